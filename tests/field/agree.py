#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Does the program show of a dump what a decoder of its own finds in it?

usage: agree.py PROGRAM [--deep] [FILE...]

Without a FILE: all dumps of dumps.py, and damaged ones: each line removed in
turn, each of the first 200 bytes changed, cut at each length (a sample, unless
--deep). No function may be shown with bytes that are not in the file under its
own address, none may be left out without a word, and no run may crash, hang or
take more than 512 MiB."""

import concurrent.futures
import json
import os
import re
import resource
import subprocess
import sys
import tempfile

import decoder
import dumps

LIMIT = 512 << 20
WORDS = "0f:. \n>/z"
CONFIG = re.compile(r"config of (\S+), 0x([0-9a-f]+)$")


def bound():
    resource.setrlimit(resource.RLIMIT_AS, (LIMIT, LIMIT))


def run(program, *words):
    # A sanitizer's shadow is larger than any limit.
    limit = None if os.environ.get("ASAN_OPTIONS") else bound
    done = subprocess.run([program, *words], capture_output=True, timeout=60,
                          preexec_fn=limit, check=False)
    assert 0 <= done.returncode <= 11, f"status {done.returncode}"
    return done.returncode, json.loads(done.stdout), done.stderr.decode(
        errors="replace")


def refused(report):
    """A dump that is wrong: one sentence that says what, or in which line."""
    message = report["errors"][0]["message"]
    assert re.search(r":\d+: |no device in it|no bytes of config|is in it "
                     r"twice", message), message
    assert not report["devices"]


def check_device(dump, device):
    bdf = device["bdf"]
    assert bdf in dump.config, f"{bdf} is not in the file"
    ids = dump.ids(bdf)
    shown = (device["vendor"], device["device"])
    assert shown == (("0x%04x" % ids[0], "0x%04x" % ids[1]) if ids
                     else (None, None)) or \
        dump.read(bdf, 0, 12) is None, f"{bdf}: ids {shown}"
    facts, tph = dump.facts(bdf), device["tph"]
    # Without all that is before it the capability may be passed over.
    if facts and all(at in dump.config[bdf] for at in range(256)):
        assert tph, f"{bdf}: {tph}, not {facts}"
    assert facts or not tph, f"{bdf}: {tph}, not {facts}"
    if tph:
        got = {k: tph[k] for k in ("modes", "extended")}
        got["requester"] = device["state"]["requester"]
        assert got == facts, f"{bdf}: {got}, not {facts}"


def check_evidence(dump, report):
    for device in report["devices"]:
        assert device["bdf"] in dump.config
        for check in device["checks"]:
            for evidence in check["evidence"]:
                place = CONFIG.match(evidence["source"])
                if not place or not evidence["value"].startswith("0x"):
                    continue
                value = dump.read(place[1], int(place[2], 16), 4)
                assert value == int(evidence["value"], 16), \
                    f"{evidence}: the file has {value}"


def check(program, data):
    """True if the dump was taken."""
    dump = decoder.Dump(data)
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        status, report, text = run(program, "--json", "list", "--all",
                                   "--from", file.name)
        diagnosis = run(program, "--json", "doctor", "--from", file.name)
    assert "unexpected" not in text
    if report["errors"] and not report["devices"]:
        assert status == 2, status
        refused(report)
        refused(diagnosis[1])
        return False
    shown = [d["bdf"] for d in report["devices"]]
    assert sorted(shown) == sorted(dump.config), \
        f"{shown} of {sorted(dump.config)}"
    for device in report["devices"]:
        check_device(dump, device)
    check_evidence(dump, diagnosis[1])
    return True


def damaged(data, deep):
    """Pairs: what was done, what came of it."""
    lines = data.splitlines(True)
    for i in range(len(lines)):
        yield f"without line {i + 1}", b"".join(lines[:i] + lines[i + 1:])
    for i in range(min(200, len(data))):
        for word in WORDS if deep else WORDS[i % len(WORDS)]:
            yield (f"byte {i} is {word!r}",
                   data[:i] + word.encode() + data[i + 1:])
    for i in range(0, len(data), 1 if deep else 23):
        yield f"cut at {i}", data[:i]


def tasks(files, deep):
    if files:
        for name in files:
            with open(name, "rb") as file:
                data = file.read()
            yield name, "whole", data
            for what, bad in damaged(data, deep):
                yield name, what, bad
        return
    for name, text in dumps.all_dumps().items():
        data = text.encode("utf-8")
        yield name, "whole", data
        if deep or name == "alone":
            for what, bad in damaged(data, deep):
                yield name, what, bad


def main():
    program, *words = sys.argv[1:]
    deep = "--deep" in words
    files = [w for w in words if w != "--deep"]
    wrong = taken = n = 0

    def one(task):
        try:
            return task, check(program, task[2]), None
        except (AssertionError, ValueError, KeyError,
                subprocess.TimeoutExpired) as error:
            return task, False, f"{type(error).__name__}: {error}"

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for (name, what, _), took, error in pool.map(one,
                                                     tasks(files, deep)):
            n += 1
            taken += took
            if what == "whole" and not took and not error:
                error = "a whole dump was refused"
            if error:
                wrong += 1
                print(f"{name}, {what}: {error}"[:300])
    print(f"{n} dumps, {taken} taken, {wrong} wrong")
    # A program that refuses whatever it is given would be right in all.
    sys.exit(wrong > 0 or taken * 4 < n)


if __name__ == "__main__":
    main()
