# SPDX-License-Identifier: GPL-2.0-or-later
"""Read what valgrind's callgrind wrote: which object spent how many
instructions, and who called whom how often."""

import os
import re
from collections import Counter

NAME = re.compile(r"^\((\d+)\)(?: (.*))?$")
# Lines that name something, and in which of the three tables of names it is.
KINDS = {"ob": "ob", "cob": "ob", "fl": "fl", "fi": "fl", "fe": "fl",
         "cfi": "fl", "cfl": "fl", "fn": "fn", "cfn": "fn"}


class Profile:
    """instructions: by (object, file); calls: by (caller's object, caller's
    file, callee's object, callee)."""

    def __init__(self, path):
        self.instructions = Counter()
        self.calls = Counter()
        self._names = {"ob": {}, "fl": {}, "fn": {}}
        # File and object of the function, not of what was inlined there.
        self._at = {"ob": "", "fl": "", "fn": ""}
        self._callee = {}
        with open(path, encoding="utf-8", errors="replace") as stream:
            self._read(stream)

    def _name(self, kind, text):
        number, name = NAME.match(text).groups()
        if name is not None:
            self._names[kind][number] = name if kind == "fn" else \
                os.path.basename(name)
        return self._names[kind][number]

    def _line(self, key, text):
        name = self._name(KINDS[key], text)
        if key in ("ob", "fl", "fn"):
            self._at[key] = name
        elif key.startswith("c"):
            self._callee[KINDS[key]] = name

    def _read(self, stream):
        cost_of_call = False
        for line in stream:
            key, equals, text = line.rstrip("\n").partition("=")
            if equals and key in KINDS:
                self._line(key, text)
            elif key == "calls":
                callee = self._callee
                self.calls[(self._at["ob"], self._at["fl"],
                            callee.get("ob", self._at["ob"]),
                            callee["fn"])] += int(text.split()[0])
                self._callee = {}
                cost_of_call = True
            elif line[:1].isdigit() or line[:1] in ("+", "-", "*"):
                # Behind "calls=" stands what the callee took, in all.
                if not cost_of_call:
                    self.instructions[(self._at["ob"], self._at["fl"])] += \
                        int(line.split()[-1])
                cost_of_call = False

    def objects(self):
        """Instructions by object."""
        sums = Counter()
        for (name, _), count in self.instructions.items():
            sums[name] += count
        return sums
