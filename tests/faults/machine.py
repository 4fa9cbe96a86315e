# SPDX-License-Identifier: GPL-2.0-or-later
"""A machine of the fake, which is put back as it was after every run."""

import os
import pathlib
import shutil
import struct
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
FAKE = HERE.parent / "fake"
MAX_VECTORS = 2048
OPERATIONS = ("ENABLE", "DISABLE", "SET_ST")


class Machine:
    """The state directory, its holders, and what a run needs to see it."""

    def __init__(self, build, holds):
        # /dev/shm where there is one: this is many small files.
        top = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="faults.", dir=top))
        self.state = self.dir / "machine"
        self.library = build / "fake" / "libvfio-tph-fake.so"
        self.state.mkdir()
        subprocess.run(["bash", "-c", '. "$0" && fake_generate "$1" "$2"',
                        FAKE / "fake.bash", HERE / "faults.machine",
                        self.state], check=True,
                       env=os.environ | {"FAKE_BUILD": str(build / "fake")})
        self.holders = {}
        self.at_rest = None	# what is open while nothing runs
        for bdf, (way, vectors) in holds.items():
            self._hold(build, bdf, way, vectors)

    def environment(self, preload=()):
        """Nothing of ours but what the fake needs."""
        return {"PATH": os.environ["PATH"], "LC_ALL": "C",
                "VFIO_TPH_FAKE": str(self.state),
                "LD_PRELOAD": ":".join([*map(str, preload),
                                        str(self.library)])}

    def _hold(self, build, bdf, way, vectors):
        holder = subprocess.Popen(
            [build / "fake" / "fake-holder", bdf, way, str(vectors)],
            env=self.environment(), stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True)
        ready = holder.stdout.readline().strip()
        if ready != "ready":
            raise SystemExit(f"try-faults: {bdf} is not held: {ready}")
        self.holders[bdf] = holder

    def holder_pid(self, bdf):
        return self.holders[bdf].pid

    def holder_fd(self, bdf):
        """The number that the device has in its holder."""
        top = f"/proc/{self.holder_pid(bdf)}/fd"
        for name in os.listdir(top):
            target = os.path.basename(os.readlink(f"{top}/{name}"))
            if target.startswith(("cdev-", "device-")):
                return int(name)
        raise SystemExit(f"try-faults: {bdf} has no descriptor")

    def close(self):
        for holder in self.holders.values():
            holder.stdin.close()
            holder.wait()
            holder.stdout.close()
        shutil.rmtree(self.dir)

    # ---- as it was ----

    def _changing(self):
        """Files that a run may change."""
        root = self.state / "root"
        yield from (p for p in self.state.iterdir() if p.is_file())
        for top in (self.state / "run", self.state / "fds", root / "run",
                    root / "proc"):
            yield from (p for p in top.rglob("*")
                        if p.is_file() and not p.is_symlink())
        yield from root.glob("sys/devices/**/config")

    def settle(self):
        """What nobody holds any more is closed now."""
        if self._open_files() == self.at_rest:
            return	# and a look would cost a process
        subprocess.run(["head", "-c0", "/proc/interrupts"], check=True,
                       env=self.environment(), stdout=subprocess.DEVNULL)

    def _open_files(self):
        return set(os.listdir(self.state / "fds"))

    def remember(self):
        self.settle()
        self.at_rest = self._open_files()
        for name in ("log", "calls"):
            (self.state / name).write_bytes(b"")
        self.files = {p: p.read_bytes() for p in self._changing()}

    def put_back(self):
        """In place: holders have locks on some of the files."""
        seen = set(self._changing())
        for path in seen - set(self.files):
            path.unlink()
        for path, data in self.files.items():
            if path not in seen or path.read_bytes() != data:
                with open(path, "r+b" if path.exists() else "wb") as f:
                    f.truncate(len(data))
                    f.write(data)

    # ---- what is ----

    def _config(self, bdf):
        return (self.state / f"root/sys/bus/pci/devices/{bdf}/config"
                ).read_bytes()

    def setting(self, bdf):
        """(control register, tags) of a device."""
        config = self._config(bdf)
        at = 0x100
        while struct.unpack_from("<H", config, at)[0] != 0x17:
            at = struct.unpack_from("<I", config, at)[0] >> 20
        capability, control = struct.unpack_from("<II", config, at + 4)
        size = (capability >> 16 & 0x7ff) + 1
        if capability >> 9 & 3 == 1:
            return control, struct.unpack_from(f"<{size}H", config, at + 12)
        state = self.state / "run" / bdf / "state"
        if not state.exists():
            return control, (0,) * 8
        words = struct.unpack_from("<8I", state.read_bytes(),
                                   state.stat().st_size - 4 * MAX_VECTORS)
        return control, tuple(w >> 16 for w in words)

    def settings(self):
        return {bdf: self.setting(bdf)
                for bdf in ("0000:01:00.0", "0000:3d:00.0")}

    def opened(self):
        """How many descriptors are open, those of the holders included."""
        return len(self._open_files())

    def changes(self):
        """The calls that changed something, without their process."""
        lines = (self.state / "log").read_text().splitlines()
        words = [line.split(" ", 1)[1] for line in lines]
        return [w for w in words if w.split()[1] in OPERATIONS and
                not w.rsplit("= ", 1)[1].startswith("-")]
