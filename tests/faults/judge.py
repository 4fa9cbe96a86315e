# SPDX-License-Identifier: GPL-2.0-or-later
"""Is what a run did in keeping with what it said?

A run has to end with a documented status, leave no report of a sanitizer,
say one line where it failed, and leave each device as it was before unless
the line says otherwise.
"""

import json
import re

import told

DOCUMENTED = range(12)
# Libraries that end the program themselves when memory is out, before or
# where nothing can be done about it.
OF_LIBRARIES = ("pcilib: Out of memory",)
LIBRARY = "a library does not survive it"
LEAK = "LeakSanitizer: detected memory leaks"
SILENT = "another result without a word"
NO_OBJECT = "not one JSON object"
# It never disturbs the line that is being typed: without a word it offers
# less.
COMPLETION = "__complete"
MODES = {0: "ns", 1: "iv", 2: "ds"}


class Outcome:
    """What came of a run."""

    def __init__(self, status, stdout, stderr, sanitizer, settings, opened,
                 changes, at_until):
        self.status, self.stdout, self.stderr = status, stdout, stderr
        self.sanitizer, self.settings = sanitizer, settings
        self.opened, self.changes = opened, changes
        self.at_until = at_until	# settings when it was told to end


def is_hint(line):
    return line.startswith("hint: ")


def points_to_doctor(line):
    return line.startswith("hint: run 'vfio-tph doctor ")


def says_more(outcome, good):
    """The lines on stderr that the run without a fault has not."""
    rest = good.stderr.splitlines()
    more = []
    for line in outcome.stderr.splitlines():
        if line in rest:
            rest.remove(line)
        else:
            more.append(line)
    return more


def last_lines(scenario, errors):
    """Of a fault that lasts: lines that count, how many there may be, and how
    many hints. Any device of the machine may fail, once; what is said of no
    device is what the command goes on without. watch goes on, and says what
    fails next."""
    if scenario.args[0] == "watch":
        return errors, len(errors), len(errors)
    named = re.findall(r"^vfio-tph: (0000:\S+): ", "\n".join(errors), re.M)
    return named, len(set(named)), max(1, len(errors))


def lines_are_wrong(scenario, outcome, good, lasts):
    more = says_more(outcome, good)
    errors = [line for line in more if not is_hint(line)]
    devices = max(1, sum(":" in word and word[0] == "0"
                         for word in scenario.args))
    for line in errors:
        if not line.startswith(("vfio-tph: ",) + OF_LIBRARIES):
            return f"not a line of ours: {line}"
    if outcome.status == good.status:
        return None
    if scenario.args[0] == "run" and outcome.status > 128:
        return None	# the program was ended by a signal, and so are we
    if outcome.status > 0 and not errors and \
            scenario.command != COMPLETION and \
            not (scenario.command == "doctor" and "failure" in outcome.stdout):
        return "it failed without a word"
    hints = [line for line in more if is_hint(line)]
    to_doctor = [line for line in hints if points_to_doctor(line)]
    hints_at_most = len(errors)
    if lasts:
        errors, devices, hints_at_most = last_lines(scenario, errors)
    if len(errors) > devices or len(to_doctor) > hints_at_most or \
            len(hints) - len(to_doctor) > hints_at_most:
        return "more than one line, or more than one hint of a kind"
    return None


def json_is_wrong(outcome, good):
    if "cannot write the output" in outcome.stderr:
        return None
    if not outcome.stdout and outcome.stderr.startswith(OF_LIBRARIES):
        return None
    if "cannot print the result" in outcome.stderr or \
            "cannot start" in outcome.stderr:
        return None
    try:
        result = json.loads(outcome.stdout)
    except ValueError:
        return NO_OBJECT
    if outcome.status not in (0, good.status) and not result["errors"] and \
            '"result": "failure"' not in outcome.stdout and \
            not outcome.at_until:
        return "status without an error in the object"
    return None


def control_claimed(text):
    """What a line says of the register: on, off, a mode, or None."""
    found = re.search(r"TPH is (?:still )?on(?:, mode (\w+))?", text)
    if found:
        return found.group(1) or "on"
    if re.search(r"TPH (is|was switched) off", text):
        return "off"
    return None


def matches_control(claim, control):
    enabled = bool(control & 0x300)
    if claim == "off" or not enabled:
        return claim == "off" and not enabled
    return claim == "on" or claim == MODES.get(control & 7)


def entries_claimed(text, old, new):
    """The tags that a line says stand in the table, or None."""
    if "no entry stands" in text:
        return old
    if "all entries stand" in text or "the entries were written" in text:
        return new
    found = re.search(r"entries ([-0-9,]+) stand, ", text)
    if not found:
        return None
    tags = list(old)
    for part in found.group(1).split(","):
        first, _, last = part.partition("-")
        for i in range(int(first), int(last or first) + 1):
            tags[i] = new[i]
    return tuple(tags)


def device_is_wrong(text, now, old, new):
    """Compare one device with the line that is said of it."""
    if "done, but" in text or "entries programmed for" in text:
        return None if now == new else "it is not done"
    if "put back as it was" in text:
        # With TPH off what stands in the table has no effect.
        same = now == old or not (now[0] or old[0])
        return None if same else "it is not put back"
    if "cannot be read" in text or "is not known" in text:
        return None
    control = control_claimed(text)
    entries = entries_claimed(text, old[1], new[1])
    if control and not matches_control(control, now[0]):
        return f"the control register is {now[0]:#x}"
    if entries is not None and now[1] != entries:
        return f"the entries are {now[1]}"
    if control is None and now[0] != old[0]:
        return f"unsaid: control register from {old[0]:#x} to {now[0]:#x}"
    if entries is None and now[1] != old[1] and \
            "could not be put back" not in text:
        return f"unsaid: entries from {old[1]} to {now[1]}"
    return None


def lacks_entries(now, before, new):
    """As wanted, but for entries that were left alone."""
    return now[0] == new[0] and all(
        tag in pair for tag, *pair in zip(now[1], before[1], new[1]))


def state_is_wrong(scenario, outcome, good, old, signal, way):
    """old: settings before the run."""
    now, new = outcome.settings, good.settings
    # A vector that was freed meanwhile is none to be followed.
    gone = "--follow-irq" in scenario.args and way in ("ENOENT", "end")
    if scenario.until and good.at_until and scenario.args[0] != "watch":
        if outcome.at_until and outcome.status == good.status and \
                not signal and outcome.at_until != good.at_until:
            return f"held with {outcome.at_until}"
        new = old
    more = [line for line in says_more(outcome, good) if not is_hint(line)]
    for bdf, before in old.items():
        if outcome.status == good.status and not (scenario.until and more):
            if now[bdf] != new[bdf] and not (
                    gone and lacks_entries(now[bdf], before, new[bdf])):
                return f"{bdf}: success, and {now[bdf]}, not {new[bdf]}"
            continue
        if outcome.status < 0 and not more:
            # Ended by a signal: as before or as wanted, not in between.
            if now[bdf] not in (before, new[bdf]):
                return f"{bdf}: left in between: {now[bdf]}"
            continue
        # watch may have done it before it failed, and said so.
        lines = more if scenario.args[0] != "watch" else \
            [line for line in outcome.stderr.splitlines() if not is_hint(line)]
        mine = [line for line in lines if bdf in line]
        if not mine and any("0000:" in line for line in more):
            # Of several devices it is another that failed.
            if now[bdf] != new[bdf]:
                return f"{bdf}: not said to have failed: {now[bdf]}"
            continue
        wrong = device_is_wrong(" ".join(mine or more), now[bdf], before,
                                new[bdf])
        if wrong:
            return f"{bdf}: {wrong}"
    return None


def plain(text):
    """Without the name of the holder: for want of it, it is "a process"."""
    return text.replace("fake-holder", "a process")


def is_silent(outcome, good):
    """Success, not a word, and yet another result."""
    return outcome.status == good.status and not says_more(outcome, good) and \
        (plain(outcome.stdout) != plain(good.stdout) or
         sorted(outcome.changes) != sorted(good.changes))


def ended_early(scenario, outcome, old, signal):
    """A signal ended watch before it had begun to change anything."""
    return signal and scenario.args[0] == "watch" and outcome.status == 0 and \
        outcome.settings == old and not outcome.changes


def judge(scenario, outcome, good, old, signal=0, way="", of_library=False,
          absent=False, lasts=False):
    """None, or what is wrong with a run. way: how a call failed; lasts: and
    all later ones. of_library: memory ran out within
    a library, and some do not survive that; devices have to be untouched, or
    where it has but a leak, as without a fault.
    absent: something was not there, which is a fact to be shown."""
    if outcome.sanitizer and of_library and \
            (outcome.settings == old and not outcome.changes or
             LEAK in outcome.sanitizer and
             outcome.settings == good.settings):
        return LIBRARY
    if outcome.sanitizer:
        return "sanitizer: " + outcome.sanitizer
    if outcome.status is None:
        return "it hangs"
    if outcome.status not in DOCUMENTED and outcome.status != -signal and \
            not (scenario.args[0] == "run" and
                 outcome.status in (126, 127, 128 + signal)):
        return f"status {outcome.status} is not documented"
    wrong = lines_are_wrong(scenario, outcome, good, lasts)
    if not wrong and scenario.json and outcome.status >= 0:
        wrong = json_is_wrong(outcome, good)
    if not wrong and outcome.opened != good.opened:
        wrong = "a device is left open"
    if ended_early(scenario, outcome, old, signal):
        return wrong
    if not wrong:
        wrong = state_is_wrong(scenario, outcome, good, old, signal, way)
    if not wrong and not absent and outcome.status >= 0 and \
            scenario.command in told.COMMANDS:
        wrong = told.result_is_wrong(scenario, outcome, good, way,
                                     says_more(outcome, good), plain)
    elif not wrong and not absent and scenario.command != COMPLETION and \
            is_silent(outcome, good):
        wrong = SILENT
    # What they print when memory runs out in them, nobody can look after.
    if of_library and wrong and \
            wrong.startswith((SILENT, NO_OBJECT, told.UNSAID, told.LOST)):
        return LIBRARY
    return wrong
