# SPDX-License-Identifier: GPL-2.0-or-later
"""What doctor and iommu tell of a call that failed.

They find things out, and what they could not find out stands among their
results. So each result is the same as without the fault, or names the error,
or is skipped since another one is; nothing is claimed that was not seen.
"""

import errno
import json
import os

COMMANDS = ("doctor", "iommu")
UNSAID = "another result without the error"
LOST = "nothing is told of"


def names_of(way):
    """How an error may be called: "Input/output error", "EIO"."""
    number = getattr(errno, way, 0)
    return (way, os.strerror(number)) if number else ()


def facts_of_text(command, text):
    """(device or "machine", what) -> the line."""
    facts, device = {}, ""
    for line in text.splitlines():
        if not line.startswith(" "):
            device = line.split()[0]
        elif command == "doctor":
            facts[device, line.split()[1]] = line.strip()
        else:
            facts[device, line.partition(":")[0].strip()] = line.strip()
    return facts


def facts_of_object(text):
    """The same of an object, a fact as JSON."""
    result, facts = json.loads(text), {}
    for part in [result.get("machine", {}), *result.get("devices", [])]:
        device = part.get("bdf", "machine")
        for check in part.get("checks", []):
            facts[device, check.get("code")] = \
                f"{check.get('result')} {json.dumps(check)}"
        for name, value in part.get("iommu", {}).items():
            facts[device, name] = json.dumps(value)
    return facts


def facts(scenario, text):
    return facts_of_object(text) if scenario.json else \
        facts_of_text(scenario.command, text)


def is_excused(device, more):
    """The device, or all of it, failed as such, and a line says so."""
    return any(device in line or "0000:" not in line for line in more)


def claims(line, was, names):
    """Does a line that is another one say what was not seen?"""
    if line.startswith("skipped"):
        return False	# for itself, or for want of another one
    if not any(name in line for name in names):
        return True
    if "no (" in line or '"available": false' in line:
        return True
    return line.startswith("ok") and not (was or "").startswith("ok")


def result_is_wrong(scenario, outcome, good, way, more, plain):
    """more: the lines on stderr that the run without a fault has not; plain:
    makes a text such that two are the same."""
    if outcome.stdout == good.stdout or (not outcome.stdout and more) or \
            any("cannot print the result" in line for line in more):
        return None
    names = names_of(way)
    before = facts(scenario, plain(good.stdout))
    after = facts(scenario, plain(outcome.stdout))
    for device, what in before.keys() - after.keys():
        if not is_excused(device, more):
            return f"{LOST} {device}, {what}"
    changed = {key: line for key, line in after.items()
               if line != before.get(key, line)}
    said = [*changed.values(), *more]
    if changed and not any(name in line for line in said for name in names):
        return UNSAID + "".join(f"\n    {line}" for line in changed.values())
    for key, line in changed.items():
        if claims(line, before[key], names):
            return f"claimed, and not seen: {line}"
    return None
