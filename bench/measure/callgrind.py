# SPDX-License-Identifier: GPL-2.0-or-later
"""Read what valgrind's callgrind wrote: which object spent how many
instructions, and who called whom how often."""

import os
import re
from collections import Counter, namedtuple

Call = namedtuple("Call", "object file caller callee_object callee")
NAME = re.compile(r"^\((\d+)\)(?: (.*))?$")
# Lines that name something, and in which of the three tables of names it is.
KINDS = {"ob": "ob", "cob": "ob", "fl": "fl", "fi": "fl", "fe": "fl",
         "cfi": "fl", "cfl": "fl", "fn": "fn", "cfn": "fn"}


class Profile:
    """instructions: by (object, file), each function's own; calls: how many,
    and taken: what was executed in them in all, by Call."""

    def __init__(self, path):
        self.instructions = Counter()
        self.calls = Counter()
        self.taken = Counter()
        self._names = {"ob": {}, "fl": {}, "fn": {}}
        # File and object of the function, not of what was inlined there.
        self._at = {"ob": "", "fl": "", "fn": ""}
        self._callee = {}
        with open(path, encoding="utf-8", errors="replace") as stream:
            self._read(stream)

    @staticmethod
    def _place(path):
        """Folder and file: names of files alone are not unique."""
        return "/".join(path.split("/")[-2:])

    def _name(self, kind, text):
        number, name = NAME.match(text).groups()
        if name is not None:
            self._names[kind][number] = name if kind == "fn" else \
                (self._place(name) if kind == "fl" else os.path.basename(name))
        return self._names[kind][number]

    def _line(self, key, text):
        name = self._name(KINDS[key], text)
        if key in ("ob", "fl", "fn"):
            self._at[key] = name
        elif key.startswith("c"):
            self._callee[KINDS[key]] = name

    def _read(self, stream):
        call = None
        for line in stream:
            key, equals, text = line.rstrip("\n").partition("=")
            if equals and key in KINDS:
                self._line(key, text)
            elif key == "calls":
                call = self._call()
                self.calls[call] += int(text.split()[0])
            elif line[:1].isdigit() or line[:1] in ("+", "-", "*"):
                # Behind "calls=" stands what the callee took.
                cost = int(line.split()[-1])
                if call:
                    self.taken[call] += cost
                else:
                    self.instructions[(self._at["ob"],
                                       self._at["fl"])] += cost
                call = None

    def _call(self):
        callee, self._callee = self._callee, {}
        return Call(self._at["ob"], self._at["fl"], self._at["fn"],
                    callee.get("ob", self._at["ob"]), callee["fn"])

    def of_main(self, fake):
        """What main() and all it called took, apart from calls into the
        library that answers for the machine."""
        main = sum(cost for call, cost in self.taken.items()
                   if call.object.startswith("libc.") and
                   call.caller == "(below main)" and
                   not call.callee_object.startswith(("libc.", "ld-")))
        return main - sum(cost for call, cost in self.taken.items()
                          if call.callee_object.startswith(fake) and
                          not call.object.startswith(("libc.", "ld-", fake)))
