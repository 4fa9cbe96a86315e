# SPDX-License-Identifier: GPL-2.0-or-later
"""Dumps as people send them: one of each kind, made of two functions."""

PORT, DEVICE = "0000:00:01.0", "0000:01:00.0"


def put(config, at, value, size):
    config[at:at + size] = value.to_bytes(size, "little")


def bridge(completer=3, requester=None):
    """A Root Port to bus 1."""
    c = bytearray(4096)
    for at, value, size in (
            (0, 0x347a8086, 4), (6, 0x10, 2), (10, 0x0604, 2), (14, 1, 1),
            (0x19, 1, 1), (0x1a, 1, 1), (0x34, 0x40, 1), (0x40, 0x10, 2),
            (0x42, 0x42, 2), (0x64, completer << 12, 4)):
        put(c, at, value, size)
    if requester is not None:
        put(c, 0x100, 0x00010017, 4)
        put(c, 0x104, requester, 4)
    return c


def endpoint(reg=0x000f0307, control=0, tags=(), ident=0x0b258086, kind=0,
             first=0x148):
    """A function with a TPH capability, behind another one."""
    c = bytearray(4096)
    for at, value, size in (
            (0, ident, 4), (6, 0x10, 2), (10, 0x0200, 2), (0x34, 0x50, 1),
            (0x50, 0x11, 1), (0x51, 0x70, 1), (0x52, 15, 2),
            (0x54, 0x2000, 4), (0x70, 0x10, 2), (0x72, kind << 4 | 2, 2),
            (0x100, first << 20 | 0x10001, 4)):
        put(c, at, value, size)
    if first:
        put(c, first, 0x00010017, 4)
        put(c, first + 4, reg, 4)
        put(c, first + 8, control, 4)
    for i, tag in enumerate(tags):
        put(c, first + 12 + 2 * i, tag, 2)
    return c


def rows(config, end=0x180):
    return "".join("%02x: %s\n" % (at, config[at:at + 16].hex(" "))
                   for at in range(0, end, 16))


def function(address, what, config, facts="", end=0x180):
    return f"{address} {what}\n{facts}{rows(config, end)}"


PORT_TEXT = function("00:01.0", "PCI bridge: Intel Corporation Device 347a",
                     bridge(), "\tKernel driver in use: pcieport\n")
FACTS = ("\tNUMA node: 0\n\tIOMMU group: 10\n"
         "\tKernel driver in use: vfio-pci\n")
NIC = "Ethernet controller: Intel Corporation Device 0b25 (rev 01)"


def pair(facts=FACTS, config=None, port=PORT_TEXT, address="01:00.0",
         what=NIC):
    return port + "\n" + function(address, what, config or endpoint(), facts)


def all_dumps():
    """Name: text."""
    plain = pair()
    alone = function("01:00.0", NIC, endpoint(), FACTS)
    ones = bytearray(b"\xff" * 4096)
    vf = endpoint()
    put(vf, 0, 0xffffffff, 4)
    return {
        "plain": plain,
        "on": pair(config=endpoint(control=0x301, tags=(0x110, 0, 0x112))),
        "spaces": plain.replace("\t", "        "),
        "tabs-and-blanks": plain.replace("\t", " \t "),
        "indented": "".join("    " + l if l.strip() else l
                            for l in plain.splitlines(True)),
        "trailing-blank": plain.replace("\n", " \n"),
        "crlf": plain.replace("\n", "\r\n"),
        "bom": "\ufeff" + plain,
        "quoted": "".join("> " + l for l in plain.splitlines(True)),
        "quoted-twice": "".join(">> " + l for l in plain.splitlines(True)),
        "no-break-space": plain.replace("\t", "\u00a0"),
        "no-newline": plain[:-1],
        "long-line": pair(FACTS + "\t\t[V0] Vendor specific: "
                          + "\\x00" * 5000 + "\n"),
        "flags": pair("\tFlags: fast devsel, IRQ 255, NUMA node 0, IOMMU "
                      "group 10\n\tKernel driver in use: vfio-pci\n"),
        "no-verbose": pair(""),
        "domain-8-digits": pair(address="10000000:01:00.0"),
        "domain-6-digits-no-blank": pair(address="100000:01:00.0", what=NIC)
        .replace("100000:01:00.0 ", "100000:01:00.0"),
        "path": plain.replace("\n01:00.0 ", "\n00:01.0/01:00.0 "),
        "short-path": plain.replace("\n01:00.0 ", "\n00:01.0/00.0 "),
        "vf": pair(config=vf,
                   what="Ethernet controller [0200]: Intel Corporation "
                        "Device [8086:1889] (rev 01)"),
        "vf-numeric": pair(config=vf, what="0200: 8086:1889 (rev 01)"),
        "requester-reserved": pair(config=endpoint(control=0x202)),
        "root-port-requester": pair(port=function(
            "00:01.0", "PCI bridge: Device 347a", bridge(requester=5))),
        "alone": alone,
        "integrated": function("80:02.0", NIC, endpoint(kind=9), FACTS),
        "64-bytes": function("01:00.0", NIC, endpoint(), FACTS, end=64),
        "256-bytes": function("01:00.0", NIC, endpoint(), FACTS, end=256),
        "all-ones": pair(config=ones),
        "no-tph": pair(config=endpoint(first=0)),
        "table-missing": function("01:00.0", NIC, endpoint(), FACTS,
                                  end=0x150),
        "dummy": pair(config=endpoint(reg=5, ident=0x159b8086)),
        "no-modes": pair(config=endpoint(reg=0x000f0300)),
        "mail": "Hello,\n\nhere it is:\n\n" + plain + "\nCc: somebody\n",
    }
