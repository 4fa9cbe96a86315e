# SPDX-License-Identifier: GPL-2.0-or-later
"""The 4096 bytes of configuration space of a described function."""

import struct

CONFIG_SIZE = 4096
CAP_PM, CAP_EXP, CAP_MSIX = 0x40, 0x70, 0x50
ECAP_AER, ECAP_DSN, ECAP_ATS, ECAP_PRI, ECAP_TPH = \
    0x100, 0x148, 0x160, 0x170, 0x200
EXP_TYPE = {"endpoint": 0, "root": 4, "upstream": 5, "downstream": 6,
            "rciep": 9}
COMPLETER = {"none": 0, "tph": 1, "ext": 3}


class Bytes(bytearray):
    """A byte array with little-endian stores."""

    def __init__(self):
        super().__init__(CONFIG_SIZE)

    def u8(self, offset, value):
        self[offset] = value

    def u16(self, offset, value):
        struct.pack_into("<H", self, offset, value)

    def u32(self, offset, value):
        struct.pack_into("<I", self, offset, value)


def _header(cfg, function, multifunction):
    cfg.u16(0x00, function.vendor)
    cfg.u16(0x02, function.device)
    cfg.u16(0x04, 0x0007 if function.bridge else 0x0002)
    cfg.u16(0x06, 0x0010)               # has a capability list
    cfg.u32(0x08, function.pci_class << 8 | function.rev)
    cfg.u8(0x0e, (0x80 if multifunction else 0) |
           (1 if function.bridge else 0))
    cfg.u8(0x34, CAP_PM)
    if function.bridge:
        cfg.u8(0x18, function.address[1])
        cfg.u8(0x19, function.secondary)
        cfg.u8(0x1a, function.subordinate)
        # No I/O, memory or prefetchable window: base above limit.
        cfg.u16(0x1c, 0x00f0)
        cfg.u32(0x20, 0x0000fff0)
        cfg.u32(0x24, 0x0001fff1)
        return
    cfg.u16(0x2c, function.subsystem[0])
    cfg.u16(0x2e, function.subsystem[1])
    for index, (start, _size, wide) in function.placed.items():
        cfg.u32(0x10 + 4 * index, start & 0xffffffff | (4 if wide else 0))
        if wide:
            cfg.u32(0x14 + 4 * index, start >> 32)


def _capabilities(cfg, function):
    cfg.u8(CAP_PM, 0x01)
    cfg.u8(CAP_PM + 1, CAP_MSIX if function.msix else CAP_EXP)
    cfg.u16(CAP_PM + 2, 0x0003)         # version 3, D0 and D3 only
    cfg.u16(CAP_PM + 4, 0x0008)         # no soft reset
    if function.msix:
        size, bir, offset = function.msix
        cfg.u8(CAP_MSIX, 0x11)
        cfg.u8(CAP_MSIX + 1, CAP_EXP)
        cfg.u16(CAP_MSIX + 2, size - 1)
        cfg.u32(CAP_MSIX + 4, offset | bir)
        cfg.u32(CAP_MSIX + 8, (offset - 0x1000 if offset >= 0x1000
                               else offset + 16 * size) & ~7 | bir)
    cfg.u8(CAP_EXP, 0x10)
    slot = 0x100 if function.type in ("root", "downstream") else 0
    cfg.u16(CAP_EXP + 2, 2 | EXP_TYPE[function.type] << 4 | slot)
    cfg.u32(CAP_EXP + 4, 0x10008002)    # FLR, role-based errors, 512 bytes
    cfg.u16(CAP_EXP + 8, 0x2000)
    if function.type != "rciep":
        cfg.u32(CAP_EXP + 0x0c, 0x00477104)     # x16, 16 GT/s
        cfg.u16(CAP_EXP + 0x12, 0x0104)
    # A port passes End-End TLP Prefixes on, unless it is said not to.
    prefixes = function.bridge and function.options["prefixes"] == "yes"
    cfg.u32(CAP_EXP + 0x24, COMPLETER[function.options["completer"]] << 12 |
            prefixes << 21)
    if function.type != "rciep":
        cfg.u32(CAP_EXP + 0x2c, 0x0000001e)     # speeds of the link
        cfg.u16(CAP_EXP + 0x30, 0x0004)


def _extended(cfg, function):
    tph = function.tph
    ats, pri = function.options["ats"], function.options["pri"] == "yes"
    chain = [ECAP_AER, ECAP_DSN] + [ECAP_ATS] * bool(ats) + \
        [ECAP_PRI] * pri + [ECAP_TPH] * bool(tph) + [0]
    following = dict(zip(chain, chain[1:]))
    cfg.u32(ECAP_AER, 0x0001 | 2 << 16 | following[ECAP_AER] << 20)
    cfg.u32(ECAP_DSN, 0x0003 | 1 << 16 | following[ECAP_DSN] << 20)
    if ats:
        cfg.u32(ECAP_ATS, 0x000f | 1 << 16 | following[ECAP_ATS] << 20)
        cfg.u16(ECAP_ATS + 4, 0x0020)           # page aligned requests
        cfg.u16(ECAP_ATS + 6, 0x8000 if ats == "on" else 0)
    if pri:
        cfg.u32(ECAP_PRI, 0x0013 | 1 << 16 | following[ECAP_PRI] << 20)
        cfg.u32(ECAP_PRI + 8, 32)               # outstanding requests
    cfg.u32(ECAP_DSN + 4, 0x00fab000 | function.address[2])
    cfg.u32(ECAP_DSN + 8, function.address[0] << 16 | function.address[1])
    if tph:
        # The last one: its table may fill what is left of the space.
        cfg.u32(ECAP_TPH, 0x0017 | 1 << 16)
        cfg.u32(ECAP_TPH + 4, tph["modes"] | tph["extended"] << 8 |
                tph["location"] << 9 | (tph["size"] - 1) << 16)


def build(function, multifunction):
    """Configuration space as the hardware shows it after boot."""
    cfg = Bytes()
    _header(cfg, function, multifunction)
    _capabilities(cfg, function)
    _extended(cfg, function)
    return bytes(cfg)


class Window:
    """Hands out bus addresses for base address registers."""

    def __init__(self):
        self.next32 = 0x80000000
        self.next64 = 0x380000000000

    def place(self, function):
        """Sets function.placed: index -> (start, size, is 64 bits wide)."""
        function.placed = {}
        for index, size in sorted(function.bars.items()):
            wide = index % 2 == 0 and index < 5 and \
                index + 1 not in function.bars
            top = self.next64 if wide else self.next32
            start = (top + size - 1) & ~(size - 1)
            if wide:
                self.next64 = start + size
            else:
                # 32-bit space is small: addresses may repeat, none matters.
                self.next32 = start + size if start < 0xf0000000 \
                    else 0x80000000
            function.placed[index] = (start, size, wide)


def resource(function):
    """The text of sysfs' resource file."""
    lines = []
    for index in range(13):
        start, size, wide = function.placed.get(index, (0, 0, False))
        lines.append("0x%016x 0x%016x 0x%016x" % (
            start, start + size - 1 if size else 0,
            (0x140204 if wide else 0x40200) if size else 0))
    return "\n".join(lines) + "\n"
