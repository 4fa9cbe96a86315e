# SPDX-License-Identifier: GPL-2.0-or-later
"""One run of the program in a scenario, with a fault or without."""

import os
import pathlib
import select
import signal
import subprocess
import time

from judge import Outcome
from machine import Machine
from points import read_trace

PATIENCE = 20		# seconds: then it hangs
GIVEN_UP = 5		# and this long after it was told to end
WATCHES = 2		# so long watch may try again what keeps failing
# Leaks are told by their whole way through libraries without frame pointers.
ASAN = ("verify_asan_link_order=0:allocator_may_return_null=1:detect_leaks=1:"
        "fast_unwind_on_malloc=0:log_path=")
# When libpci reports an error, by a jump, it has no occasion to give back what
# it was working on. What it never gives back is in lsan.c.
LIBPCI_LEAKS = "leak:libpci.so\n"
LIBPCI = 1		# see inject.c


class Bench:
    """A scenario's machine and the program on it."""

    def __init__(self, build, scenario):
        self.scenario = scenario
        self.program = str(build / "faults" / "vfio-tph")
        self.machine = Machine(build, scenario.holds)
        self.files = self.machine.dir / "files"
        self.files.mkdir(0o700)
        inject = build / "faults" / "libvfio-tph-inject.so"
        self.preload = [inject]
        self.libpci_leaks = self.machine.dir / "libpci-leaks"
        self.libpci_leaks.write_text(LIBPCI_LEAKS)
        for name, text in scenario.files.items():
            (self.files / name).write_text(text)
            (self.files / name).chmod(0o600)
        for words in scenario.before:
            self._prepare(words)
        self.machine.remember()
        self.good = None
        self.old = self.machine.settings()

    def close(self):
        self.machine.close()

    def _words(self, words):
        named = {"FILES": str(self.files)}
        if self.machine.holders:
            first = next(iter(self.machine.holders))
            named |= {"PID": str(self.machine.holder_pid(first)),
                      "FD": str(self.machine.holder_fd(first))}
        words = [named.get(word, word) for word in words]
        return [word.replace("FILES/", f"{self.files}/") for word in words]

    def _environment(self):
        return self.machine.environment(self.preload) | {
            "ASAN_OPTIONS": ASAN + str(self.machine.dir / "sanitizer"),
            "UBSAN_OPTIONS": "print_stacktrace=1:log_path=" +
                             str(self.machine.dir / "sanitizer"),
            "INJECT_PROGRAM": self.program}

    def _prepare(self, words):
        done = subprocess.run([self.program, *self._words(words)], text=True,
                              env=self._environment(), capture_output=True,
                              check=False)
        if words[0] == "dump":
            (self.files / "dump").write_text(done.stdout)
        elif done.returncode:
            raise SystemExit(f"try-faults: {self.scenario.name}: {words}: "
                             f"{done.stderr}")

    def record(self):
        """The run without a fault: its outcome and its points."""
        trace = self.machine.dir / "trace"
        outcome = self.run({"INJECT_TRACE": str(trace)})
        self.good = outcome.settings
        return outcome, read_trace(trace)

    def inject(self, point, action):
        """A run with a fault: its outcome, and whether it came to it."""
        hit = self.machine.dir / "hit"
        hit.unlink(missing_ok=True)
        lasts = "+" if action.endswith("+") else ""
        more = {"INJECT_AT": f"{point}{lasts} {action.rstrip('+')}",
                "INJECT_HIT": str(hit)}
        if point.site[2] == LIBPCI:
            more["LSAN_OPTIONS"] = f"suppressions={self.libpci_leaks}"
        waits = action == "block" or \
            lasts and self.scenario.args[0] == "watch"
        outcome = self.run(more, stuck=hit if waits else None,
                           patience=0 if action == "block" else WATCHES)
        return outcome, hit.exists()

    def lose_output(self, how):
        """A run whose stdout cannot be written."""
        reader = None
        if how == "full disk":
            out = os.open("/dev/full", os.O_WRONLY)
        elif how == "not for writing":
            out = os.open("/dev/null", os.O_RDONLY)
        else:
            reader, out = os.pipe()
            os.close(reader)
        try:
            return self.run({}, stdout=out)
        finally:
            os.close(out)

    def run(self, more, stdout=None, stuck=None, patience=0):
        """stuck: a file that appears when the run may get no further; it is
        told to end so many seconds later."""
        self.machine.put_back()
        out = self.machine.dir / "stdout"
        err = self.machine.dir / "stderr"
        with open(out, "wb") as o, open(err, "wb") as e:
            child = subprocess.Popen(
                [self.program, *self._words(self.scenario.args)],
                env=self._environment() | more, stdin=subprocess.DEVNULL,
                stdout=o if stdout is None else stdout, stderr=e)
            at_until = self._end(child, out, err, stuck, patience)
        self.machine.settle()
        return Outcome(child.returncode, out.read_text(errors="replace"),
                       err.read_text(errors="replace"), self._sanitizer(),
                       self.machine.settings(), self.machine.opened(),
                       self.machine.changes(), at_until)

    def _end(self, child, out, err, stuck, patience):
        """Wait for it; where it stays, tell it to end when it is ready."""
        until = self.scenario.until
        deadline = time.monotonic() + PATIENCE
        at_until = None
        while time.monotonic() < deadline and not self._has_ended(
                child, deadline - time.monotonic()
                if not (until or stuck) or at_until else 0.002):
            if stuck and stuck.exists() and \
                    time.time() > stuck.stat().st_mtime + patience and \
                    (not patience or self._watches(err)):
                stuck = None
                deadline = time.monotonic() + GIVEN_UP
                child.send_signal(signal.SIGTERM)
                continue
            if at_until is None and until and \
                    self._is_ready(out, err, until):
                at_until = self.machine.settings()
                child.send_signal(signal.SIGTERM)
        if child.poll() is None:
            child.kill()
            child.wait()
            child.returncode = None
        return at_until

    @staticmethod
    def _has_ended(child, patience):
        """Wait for it so many seconds. The timeout of Popen.wait() sleeps in
        steps, and would take half as long again as the run does."""
        if child.poll() is None:
            fd = os.pidfd_open(child.pid)
            try:
                select.select([fd], [], [], max(0, patience))
            finally:
                os.close(fd)
        return child.poll() is not None

    @staticmethod
    def _watches(err):
        """What ends before it watches ends by itself."""
        return "watching, " in err.read_text(errors="replace")

    def _is_ready(self, out, err, until):
        said = err.read_text(errors="replace")
        if self.scenario.args[0] == "watch":
            # It said that it did it, or why it did not, of each: a
            # child that fails is no reason to leave another device alone.
            return self._watches(err) and (
                self.is_done() or
                len(said.splitlines()) > len(self.scenario.holds) or
                all(any(bdf in line and until in line
                        for line in said.splitlines())
                    for bdf in self.scenario.holds))
        return until in said + out.read_text(errors="replace")

    def is_done(self):
        """It can be done without a word, after a SIGHUP."""
        return self.good is not None and \
            self.machine.settings() == self.good

    def _sanitizer(self):
        text = ""
        for path in pathlib.Path(self.machine.dir).glob("sanitizer.*"):
            text += path.read_text(errors="replace")
            os.unlink(path)
        return text
