# SPDX-License-Identifier: GPL-2.0-or-later
"""What is measured beside what."""

import contextlib
import json
import os
import pathlib
import subprocess
import tempfile
from collections import Counter

from . import watch
from .machine import (BUILD, MEMORY, TOOL, Machine, described, of_functions,
                      real_environment)
from .table import Table

FLOOR = str(BUILD.parents[1] / "bench" / "floor")
CARD = "0000:3d:00.0"           # of the machine "server"
# Looking for owners goes through all processes, whatever the number of devices.
NO_OWNER = "ADDRESS,NAME,DRIVER,NODE,GROUP,MODES,TABLE,COMPLETER,STATE"
SIZES = (16, 256, 4096, 16384)


def cap(runs):
    """One device: asked with lspci, and with nothing but the ioctls."""
    table = Table("cap of one device")
    with Machine(described("server")) as machine:
        link = os.path.join(machine.state, "root/sys/bus/pci/devices", CARD)
        node = os.listdir(os.path.realpath(link) + "/vfio-dev")[0]
        table.measure(machine.environment(), runs, {
            "cap": [TOOL, "cap", CARD],
            "lspci -s -vvv": ["lspci", "-s", CARD, "-vvv"],
            "floor": [FLOOR, "/dev/vfio/devices/" + node],
            "--version": [TOOL, "--version"],
        })
    table.ratio("cap", "lspci -s -vvv", "0.8")
    table.ratio("cap", "floor", "1.5 in instructions")
    table.ratio("cap", "--version")
    return table


def listing(runs):
    """Many functions: time by size, memory by function."""
    table = Table("list")
    for n in SIZES:
        with Machine(of_functions(n)) as machine:
            commands = {f"{what} of {n}": command for what, command in (
                ("list", [TOOL, "list"]),
                ("list, no OWNER,", [TOOL, "list", "--output", NO_OWNER]),
                ("list --json", [TOOL, "list", "--json"]),
                ("lspci -vv", ["lspci", "-vv"]),
                ("lspci -xxxx", ["lspci", "-xxxx"]))}
            # lspci by thousands under callgrind takes minutes.
            table.measure(machine.environment(), runs, commands,
                          counted=n <= 256 or [c for c in commands
                                               if c.startswith("list")])
        for lspci in "-vv", "-xxxx":
            table.ratio(f"list of {n}", f"lspci {lspci} of {n}", "0.4")
        table.ratio(f"list, no OWNER, of {n}", f"lspci -vv of {n}", "0.4")
        table.ratio(f"list --json of {n}", f"list of {n}", "1.2")
    for what in "list", "list --json":
        _by_function(table, what)
    return table


def _by_function(table, what):
    few, many = (table.row(f"{what} of {n}") for n in (256, SIZES[-1]))
    for key in "median", "instructions":
        ratio = (many[key] / SIZES[-1]) / (few[key] / 256)
        table.tell(f"{what}, {key.replace('median', 'time')} a function, "
                   f"{SIZES[-1]} / 256", f"{ratio:.2f}", "1.2")
    beyond = many["peak_kib"] - 8 * 1024
    table.tell(f"{what}, memory of {SIZES[-1]} beyond 8 MiB, KiB a function",
               f"{max(0, beyond) / SIZES[-1]:.2f}", "1")


def batches(runs):
    """As many entries and CPUs as there can be."""
    table = Table("2,048 entries, 8,192 CPUs")
    first, second = "0000:01:00.0", "0000:01:00.1"
    with Machine(described("wide")) as machine:
        holder = machine.holder(second, 2048)
        commands = {
            "cap": [TOOL, "cap", first],
            "get-st": [TOOL, "get-st", first],
            "get-st --json": [TOOL, "get-st", "--json", first],
            "set-st of 1024": [TOOL, "--quiet", "set-st", "--try", first,
                               "all=all"],
            "set-st": [TOOL, "set-st", "--owner", second, "all=all"],
            "set-st --json": [TOOL, "set-st", "--json", "--owner", second,
                              "all=all"],
        }
        try:
            # Valgrind 3.19 knows no pidfd_open(), and so no --owner.
            table.measure(machine.environment(), runs, commands, counted=[
                c for c in commands if "--owner" not in commands[c]])
            for name, least in (("get-st", "4 GET_ST"),
                                ("set-st", "1 SET_ST")):
                machine.forget_calls()
                subprocess.run(commands[name], check=True,
                               env=machine.environment(),
                               stdout=subprocess.DEVNULL)
                seen = Counter(c for c in machine.calls() if c in
                               ("GET_CAP", "ENABLE", "DISABLE", "GET_ST",
                                "SET_ST"))
                table.tell(f"ioctls of {name}", ", ".join(
                    f"{n} {call}" for call, n in seen.items()), least)
        finally:
            holder.terminate()
            holder.wait()
    for name in "get-st", "set-st":
        table.ratio(name, "cap", "1.5")
        table.ratio(f"{name} --json", name, "1.2")
    return table


def _profile(directory, devices, **members):
    path = pathlib.Path(directory, f"of-{len(devices)}.json")
    path.write_text(json.dumps({"version": 1, "devices": [
        {"device": bdf, **members} for bdf in devices]}), "utf-8")
    return str(path)


@contextlib.contextmanager
def held(machine, profile):
    """The devices of a profile, held and as it says."""
    holder = subprocess.Popen(
        [TOOL, "--quiet", "apply", "--hold", profile],
        env=machine.environment(), stdout=subprocess.PIPE, text=True)
    try:
        for line in holder.stdout:
            if "hold" in line:
                break
        yield holder
    finally:
        holder.terminate()
        holder.wait()


def profiles(runs):
    """A profile of a thousand devices that are as it says."""
    table = Table("profiles of devices that are as they should be")
    with Machine(of_functions(1000)) as machine, \
            tempfile.TemporaryDirectory(
                dir=MEMORY if os.access(MEMORY, os.W_OK) else None) as d:
        devices = machine.functions()[:1000]
        off = _profile(d, devices, mode="off")
        table.measure(machine.environment(), runs, {
            "verify of 1000, off": [TOOL, "verify", off],
            "apply of 1000, off": [TOOL, "apply", off],
        })
        on = _profile(d, devices[:100], mode="iv", maps=[
            {"index": "0-15", "cpus": "0-15"}])
        with held(machine, on):
            table.measure(machine.environment(), runs, {
                "verify of 100, held": [TOOL, "verify", on],
                "apply of 100, held": [TOOL, "apply", "--owner", on],
            }, counted=False)
    return table


def completion(runs):
    """What the shells ask for when TAB is pressed behind a few characters."""
    table = Table("completion of a device among 1,000")
    press = [TOOL, "__complete", "bash", "cap", "0000:01:"]
    with Machine(of_functions(1000)) as machine:
        table.measure(machine.environment(), runs, {"TAB": press})
        answer = subprocess.run(press, text=True, check=True,
                                env=machine.environment(),
                                stdout=subprocess.PIPE).stdout
        table.tell("lines of the answer", len(answer.splitlines()))
    return table


def real(runs):
    """This machine, whatever it has."""
    table = Table("this machine")
    table.measure(real_environment(), runs, {
        "list --all": [TOOL, "list", "--all"],
        "lspci -vv": ["lspci", "-vv"],
        "lspci -xxxx": ["lspci", "-xxxx"],
    })
    for lspci in "-vv", "-xxxx":
        table.ratio("list --all", f"lspci {lspci}")
    return table


GROUPS = {"cap": cap, "list": listing, "batches": batches,
          "profiles": profiles, "completion": completion, "real": real,
          "watch": watch.measure}
