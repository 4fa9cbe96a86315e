# SPDX-License-Identifier: GPL-2.0-or-later
"""A reader of dumps that shares nothing with the program's.

It knows the bytes that stand in a text under each address, and what the TPH
capability in them says."""

import re

HEX = "[0-9a-fA-F]"
ONE = rf"(?:{HEX}{{4,8}}:)?{HEX}{{2}}:{HEX}{{2}}\.[0-7]"
HEAD = re.compile(rf"^({ONE}(?:/(?:{ONE}|{HEX}{{2}}\.[0-7]))*)(?=$|[ \tA-Za-z0-9])")
ROW = re.compile(rf"^({HEX}{{2,3}}): ((?:[ \t]*{HEX}{{2}}){{1,16}})$")
MODES = ((1, "ns"), (2, "iv"), (4, "ds"))


def full(address):
    domain, _, rest = address.rpartition(":")[0].rpartition(":")
    return "%04x:%s:%s" % (int(domain or "0", 16), rest.lower(),
                           address[-4:].lower())


class Dump:
    """config: address -> {offset: byte}; heads: address -> its line."""

    def __init__(self, data):
        self.config, self.heads = {}, {}
        text = data.decode("utf-8", "surrogateescape")
        text = text.removeprefix("\ufeff").replace("\u00a0", " ")
        at = None
        for line in text.split("\n"):
            line = line.rstrip(" \t\r\v\f").lstrip("> \t")
            head, row = HEAD.match(line), ROW.match(line)
            if head:
                at = self.name(head.group(1))
                self.heads[at] = line
                self.config[at] = {}
            elif not line:
                at = None
            elif row and at:
                for i, byte in enumerate(bytes.fromhex(
                        re.sub(r"\s", "", row.group(2)))):
                    self.config[at][int(row.group(1), 16) + i] = byte

    def name(self, text):
        """Of a path the last function, on the bus below the bridge."""
        address = None
        for part in text.split("/"):
            if ":" in part:
                domain = address.rsplit(":", 2)[0] if address else None
                address = full(part)
                if domain:
                    address = domain + address[address.index(":"):]
            else:
                bus = self.config.get(address, {}).get(0x19, 0)
                address = "%s:%02x:%s" % (address.rsplit(":", 2)[0], bus,
                                          part.lower())
        return address

    def read(self, address, at, size):
        config = self.config[address]
        if any(at + i not in config for i in range(size)):
            return None
        return int.from_bytes(bytes(config[at + i] for i in range(size)),
                              "little")

    def ids(self, address):
        """(vendor, device), or None where no byte and no word tells."""
        both = self.read(address, 0, 4)
        if both is not None and both & 0xffff != 0xffff:
            return both & 0xffff, both >> 16
        numeric = re.search(rf"[ \t]{HEX}{{4}}: ({HEX}{{4}}):({HEX}{{4}})"
                            r"(?=$|[ \t])", self.heads[address])
        if numeric:
            return tuple(int(w, 16) for w in numeric.groups())
        words = re.findall(rf"\[({HEX}{{4}}):({HEX}{{4}})\]",
                           self.heads[address])
        return tuple(int(w, 16) for w in words[-1]) if words else None

    def tph(self, address):
        """Offset of the capability; 0: there is none; None: not known."""
        at = 0x100
        for _ in range(960):
            head = self.read(address, at, 4)
            if head is None or head == 0xffffffff:
                return None
            if head & 0xffff == 0x17:
                return at
            at = head >> 20 & 0xffc
            if at < 0x100:
                return 0
        return None

    def facts(self, address):
        """What list --json must say of its capability, or None."""
        at = self.tph(address)
        reg = at and self.read(address, at + 4, 4)
        control = at and self.read(address, at + 8, 4)
        if reg is None or control is None or not at:
            return None
        return {"modes": [word for bit, word in MODES if reg & bit],
                "extended": bool(reg & 0x100),
                "requester": ("none", "tph", "reserved", "extended")
                [control >> 8 & 3]}
