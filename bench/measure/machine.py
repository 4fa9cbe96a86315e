# SPDX-License-Identifier: GPL-2.0-or-later
"""Machines that are not there, generated on a tmpfs: hundreds of thousands of
small files, that no disk is to be measured with."""

import os
import pathlib
import shutil
import subprocess
import tempfile

TREE = pathlib.Path(__file__).resolve().parents[2]
FAKE = TREE / "tests" / "fake"
BUILD = pathlib.Path(os.environ.get(
    "FAKE_BUILD", TREE / "build" / "release" / "tests" / "fake"))
TOOL = os.environ.get("VFIO_TPH", str(TREE / "build/release/src/vfio-tph"))
MEMORY = "/dev/shm"

# A card whose name every list of PCI ids has, with its table in the
# capability.
DEVICE = ("vendor=8086 device=1889 driver=vfio-pci tph=ns,iv,ds,ext "
          "st=cap:16 msix=16@0:0x2000")


def described(name):
    """The text of one of the machines that the tests have."""
    return (FAKE / "machines" / f"{name}.machine").read_text("utf-8")


def of_cpus(cpus, nodes, table):
    """Many CPUs, and one device with a table in the capability."""
    return f"""foreach i 0-{nodes - 1}
node {{i}} cpus={{i}}-{cpus - 1}:{nodes} memory=64G
end
tags v8=0x10 v16=0x110
root 0000:00 numa=0
port 0000:00:01.0 bus=01 completer=ext
device 0000:01:00.0 {DEVICE.replace("cap:16", f"cap:{table}")}
"""


def of_functions(count):
    """Many functions, 256 at most below one Root Port."""
    segments = (count + 255) // 256
    return f"""node 0 cpus=0-7 memory=64G distance=10,21
node 1 cpus=8-15 memory=64G distance=21,10
tags v8=0x10 v16=0x110
foreach i 0-{segments - 1}
root {{i:04x}}:00 numa=0
port {{i:04x}}:00:01.0 bus=01 completer=ext
device {{i:04x}}:01:00.0 {DEVICE} count={min(count, 256)}
end
"""


def real_environment():
    """In which a program sees the machine that we are on."""
    return {**os.environ, "LC_ALL": "C", "COLUMNS": ""}


class Machine:
    """One of them, while a with block lasts."""

    def __init__(self, description):
        self._description = description
        self._directory = None
        self.state = None

    def __enter__(self):
        self._directory = tempfile.mkdtemp(
            prefix="vfio-tph-bench.",
            dir=MEMORY if os.access(MEMORY, os.W_OK) else None)
        self.state = os.path.join(self._directory, "machine")
        subprocess.run([FAKE / "fake-machine", "-", self.state], check=True,
                       text=True, input=self._description)
        # The lists that a real machine has are the ones to be measured.
        os.unlink(os.path.join(self.state, "root/usr/share/misc/pci.ids"))
        return self

    def __exit__(self, *_):
        shutil.rmtree(self._directory, ignore_errors=True)

    def environment(self):
        """In which a program sees this machine."""
        library = BUILD / "libvfio-tph-fake.so"
        if not os.access(library, os.R_OK):
            raise FileNotFoundError(f"no {library}: build vfio_tph_fake")
        return {**real_environment(), "VFIO_TPH_FAKE": self.state,
                "LD_PRELOAD": str(library)}

    def calls(self):
        """What was asked of VFIO so far: names of calls, in their order."""
        log = pathlib.Path(self.state, "log").read_text("utf-8")
        return [line.split()[2] for line in log.splitlines()]

    def forget_calls(self):
        """Count anew."""
        pathlib.Path(self.state, "log").write_text("", "utf-8")

    def functions(self):
        """The addresses of its endpoints."""
        names = os.listdir(os.path.join(self.state, "devs"))
        return sorted(names)

    def holder(self, bdf, vectors):
        """A process that holds a device, with vectors; to be terminated."""
        holder = subprocess.Popen(
            [BUILD / "fake-holder", bdf, "cdev", str(vectors)],
            env=self.environment(), stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True)
        if holder.stdout.readline() != "ready\n":
            raise RuntimeError(f"{bdf} cannot be held")
        return holder
