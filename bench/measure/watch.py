# SPDX-License-Identifier: GPL-2.0-or-later
"""What "watch" costs while nothing happens, while owners hold devices, and
after many of them."""

import json
import os
import pathlib
import queue
import re
import statistics
import subprocess
import tempfile
import threading
import time

from .machine import BUILD, MEMORY, TOOL, Machine, of_functions
from .table import Table

FLOOR = str(BUILD.parents[1] / "bench" / "floor")
DEVICES = 100
SECONDS = 60
CYCLES = 10000
HOLD_MS = 2             # of each cycle
PATIENCE = 300
SETTLING = 10           # after the last device was programmed


class Watch:
    """The daemon, on a machine whose devices all have a profile."""

    def __init__(self, machine, directory):
        config = pathlib.Path(directory, "devices.json")
        config.write_text(json.dumps({"version": 1, "devices": [
            {"device": bdf, "mode": "iv",
             "maps": [{"index": "0-15", "cpus": "0-15"}]}
            for bdf in machine.functions()[:DEVICES]]}), "utf-8")
        self.process = subprocess.Popen(
            [TOOL, "watch", "--config", directory], text=True,
            env=machine.environment(), stderr=subprocess.PIPE)
        self.lines = queue.SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()
        self.wait_for("watching")

    def _read(self):
        """All that it says at once: in a full pipe it would stop."""
        for line in self.process.stderr:
            self.lines.put(line)

    def wait_for(self, text, times=1):
        """Until it has said so in as many lines."""
        while times:
            try:
                times -= text in self.lines.get(timeout=PATIENCE)
            except queue.Empty:
                raise RuntimeError(f"watch has no word of '{text}'") from None

    def _status(self, key):
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text(
            "utf-8")
        return int(re.search(rf"^{key}:\s*(\d+)", text, re.M).group(1))

    def sleeps(self):
        """How often it went to sleep, and so was woken before."""
        return self._status("voluntary_ctxt_switches")

    def resident(self):
        """KiB."""
        return self._status("VmRSS")

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def cpu(self):
        """Seconds, those of its children that ended among them."""
        stat = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text(
            "utf-8")
        fields = stat.rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")

    def end(self):
        self.process.terminate()
        self.process.wait()


def _over(seconds, number):
    """What a number grew by meanwhile."""
    before = number()
    time.sleep(seconds)
    return number() - before


def _settle(watch):
    """Until it sleeps: nothing is left to be done."""
    for _ in range(PATIENCE):
        if _over(1, watch.cpu) == 0:
            return
    raise RuntimeError("watch does not come to rest")


def _react(watch, machine, node, runs):
    """Seconds from before an owner is started to its device being as the
    profile wants it."""
    for _ in range(runs):
        begun = time.monotonic()
        owner = subprocess.Popen([FLOOR, node, "1", "60000"],
                                 env=machine.environment())
        watch.wait_for("programmed")
        yield time.monotonic() - begun
        owner.kill()
        owner.wait()
        watch.wait_for("its owner ended")


def _follow(table, watch, machine):
    # They leave TPH alone: who switched it on himself might find it on.
    owners = [machine.holder(bdf, 1) for bdf in machine.functions()[:DEVICES]]
    try:
        watch.wait_for("programmed", DEVICES)
        time.sleep(SETTLING)
        cpu = _over(SECONDS, watch.cpu)
        table.tell(f"CPU seconds an hour, following {DEVICES} devices",
                   f"{cpu * 3600 / SECONDS:.1f}")
        table.tell("wake-ups a minute, following them",
                   _over(SECONDS, watch.sleeps) * 60 // SECONDS)
    finally:
        for owner in owners:
            owner.terminate()
            owner.wait()


def _cycle(table, watch, machine, node):
    """An owner that opens and closes, by hundreds, then by thousands."""
    for cycles in CYCLES // 100, CYCLES - CYCLES // 100:
        subprocess.run([FLOOR, node, str(cycles), str(HOLD_MS)], check=True,
                       env=machine.environment())
        _settle(watch)
        table.tell(f"after {cycles} more cycles of open and close",
                   f"{watch.resident()} KiB, {watch.descriptors()} "
                   "descriptors", "flat")


def measure(runs):
    """The table of it."""
    table = Table("watch")
    with Machine(of_functions(DEVICES)) as machine, \
            tempfile.TemporaryDirectory(
                dir=MEMORY if os.access(MEMORY, os.W_OK) else None) as d:
        node = "/dev/vfio/devices/vfio0"
        watch = Watch(machine, d)
        try:
            _settle(watch)
            table.tell("wake-ups a minute, idle",
                       _over(SECONDS, watch.sleeps) * 60 // SECONDS, "0")
            times = list(_react(watch, machine, node, runs))
            table.tell("reaction to an owner, median of "
                       f"{len(times)}", f"{statistics.median(times) * 1e3:.0f}"
                       f" ms, at most {max(times) * 1e3:.0f} ms")
            _follow(table, watch, machine)
            _settle(watch)
            _cycle(table, watch, machine, node)
        finally:
            watch.end()
    return table
