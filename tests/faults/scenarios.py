# SPDX-License-Identifier: GPL-2.0-or-later
"""Each command, on each way of opening."""

import json

CAP, MSIX = "0000:01:00.0", "0000:3d:00.0"
BY_CDEV, BY_GROUP = {MSIX: ("cdev", 4)}, {MSIX: ("group", 4)}
BOTH = {CAP: ("cdev", 4), MSIX: ("group", 4)}
ON = ["enable", "--owner", MSIX]
SOME = ["set-st", "--owner", MSIX, "0-1=2,3"]


def device(bdf, **more):
    return {"device": bdf, **more}


def profile(*devices):
    return json.dumps({"version": 1, "devices": devices})


STEERED = profile(device(MSIX, mode="iv", maps=[
    {"index": "0-3", "cpus": "0-3"}]))
STEERED_CAP = profile(device(CAP, mode="iv", maps=[
    {"index": "0-7", "cpus": "local"}]))
STEERED_BOTH = profile(
    device(CAP, mode="iv", maps=[{"index": "0-3", "cpus": "0-3"}]),
    device(MSIX, mode="iv", maps=[{"index": "0-3", "cpus": "0-3"}]))
SWITCHED = profile(device(MSIX, mode="ds", maps=[
    {"index": "2", "cpus": "1"}]))


class Scenario:
    """A command line, and the machine that it meets.

    holds: device -> (way, vectors) of who has it open. before: command lines
    that are run first. files: name -> text, in the directory FILES of args.
    until: the run goes on until this word is on stderr or stdout, and is
    ended by SIGTERM then. PID and FD in args are those of the first holder.
    changes: it may change a device, so that signals are tried, too.
    """

    def __init__(self, name, args, holds=None, before=(), files=None,
                 until=None, changes=False, status=0):
        self.name, self.args = name, args.split()
        self.holds, self.before = holds or {}, before
        self.files, self.until, self.changes = files or {}, until, changes
        self.status = status
        self.json = "--json" in self.args
        self.command = next((word for word in self.args
                             if not word.startswith("--")), "help")


def make():
    yield Scenario("help", "--help")
    yield Scenario("help of a command", "set-st --help")
    yield Scenario("help by its command", "help")
    yield Scenario("completion of functions", "__complete zsh set-st 0000",
                   holds=BY_CDEV)
    yield Scenario("completion of options", "__complete bash set-st --")
    yield Scenario("list", "list", holds=BY_CDEV)
    yield Scenario("list as JSON", "--json list all", holds=BY_GROUP)
    yield Scenario("list as a tree", "list --tree")
    yield Scenario("list of a dump", "list --from FILES/dump --all",
                   before=[["dump", "all"]])
    yield Scenario("status", f"status {MSIX} {CAP}", holds=BY_CDEV,
                   before=[SOME])
    yield Scenario("status of an owner", f"--json status --owner {MSIX}",
                   holds=BY_GROUP, before=[SOME])
    yield Scenario("status of a dump", "status --from FILES/dump all",
                   holds=BY_CDEV, before=[SOME, ["dump", "--owner", MSIX]])
    yield Scenario("cap by cdev", f"--json cap --via cdev {CAP}")
    yield Scenario("cap by group", f"cap --via group {CAP}")
    yield Scenario("cap of an owner", f"cap --owner {MSIX}", holds=BY_CDEV)
    yield Scenario("cap of a dump", "cap --from FILES/dump all",
                   before=[["dump", "all"]])
    yield Scenario("dump", "dump all")
    yield Scenario("dump of an owner", f"dump --owner {MSIX}",
                   holds=BY_GROUP, before=[SOME])
    for way in ("cdev", "group"):
        yield Scenario(f"enable by {way}", f"enable --try --via {way} {CAP}",
                       changes=True)
        yield Scenario(f"get-st by {way}", f"get-st --via {way} {CAP}",
                       changes=True)
        yield Scenario(f"set-st by {way}", f"set-st --try --via {way} {CAP} "
                       "all=local", changes=True)
        yield Scenario(f"run by {way}", f"run --via {way} {CAP} 0-3=1 -- "
                       "/bin/true", changes=True)
        yield Scenario(f"apply by {way}", f"apply --try --via {way} FILES/p.json",
                       files={"p.json": STEERED_CAP}, changes=True)
    yield Scenario("enable held", f"enable --hold {CAP}", until="holding",
                   changes=True)
    yield Scenario("set-st held, as JSON", f"--json set-st --hold {CAP} 0=1",
                   until="holding", changes=True)
    yield Scenario("apply held", "apply --hold FILES/p.json",
                   files={"p.json": STEERED_CAP}, until="holding",
                   changes=True)
    yield Scenario("a dry run", f"--dry-run set-st --try {CAP} all=local")
    yield Scenario("enable of an owner", f"enable --owner {MSIX}",
                   holds=BY_CDEV, changes=True)
    yield Scenario("enable --switch of an owner",
                   f"enable --switch --mode ds --owner {MSIX}",
                   holds=BY_GROUP, before=[SOME], changes=True)
    yield Scenario("disable of an owner", f"--json disable --owner {MSIX}",
                   holds=BY_GROUP, before=[SOME], changes=True)
    yield Scenario("get-st of an owner", f"get-st --force --owner {MSIX}",
                   holds=BY_CDEV, changes=True)
    yield Scenario("set-st of an owner", f"set-st --owner {MSIX} 0-3=0-3",
                   holds=BY_CDEV, changes=True)
    yield Scenario("set-st of an owner who has it on",
                   f"--json set-st --owner {MSIX} 0-3=0-3", holds=BY_GROUP,
                   before=[SOME], changes=True)
    yield Scenario("set-st of a descriptor",
                   f"set-st --pid PID --fd FD {MSIX} --follow-irq",
                   holds=BY_GROUP, changes=True)
    yield Scenario("set-st of two owners",
                   f"set-st --owner {CAP} {MSIX} 0-3=1", holds=BOTH,
                   changes=True)
    yield Scenario("save", f"save --owner {MSIX}", holds=BY_CDEV,
                   before=[SOME])
    yield Scenario("verify", "verify --owner FILES/p.json", holds=BY_GROUP,
                   before=[SOME], files={"p.json": STEERED}, status=10)
    yield Scenario("apply to an owner", "apply --owner FILES/p.json",
                   holds=BY_CDEV, files={"p.json": STEERED}, changes=True)
    yield Scenario("apply to an owner who has another mode",
                   "--json apply --owner FILES/p.json", holds=BY_GROUP,
                   before=[SOME], files={"p.json": SWITCHED}, changes=True)
    yield Scenario("undo", "undo", holds=BY_CDEV, files={"p.json": SWITCHED},
                   before=[SOME, ["apply", "--owner", "FILES/p.json"]],
                   changes=True)
    yield Scenario("metrics", "metrics", holds=BY_GROUP, before=[SOME])
    yield Scenario("enable with a page table of its own",
                   f"enable --hold --iommu nesting-parent {CAP}",
                   until="holding", changes=True)
    yield Scenario("watch", "watch --config FILES", holds=BY_CDEV,
                   files={"p.json": STEERED}, until="programmed",
                   changes=True)
    yield Scenario("watch of two devices", "watch --config FILES", holds=BOTH,
                   files={"p.json": STEERED_BOTH}, until="programmed",
                   changes=True)
    yield Scenario("doctor", f"doctor {CAP} {MSIX}", holds=BY_CDEV)
    yield Scenario("doctor of an owner", f"doctor --owner {MSIX}",
                   holds=BY_GROUP, before=[SOME])
    yield Scenario("doctor that opens by cdev", f"doctor --open {CAP}",
                   changes=True)
    yield Scenario("doctor as JSON", f"--json doctor {CAP} {MSIX}",
                   holds=BY_CDEV, before=[SOME])
    yield Scenario("doctor of a dump", "doctor --from FILES/dump all",
                   before=[["dump", "all"]])
    yield Scenario("iommu", f"iommu {CAP}", changes=True)
    yield Scenario("iommu as JSON", f"--json iommu {CAP}", changes=True)
