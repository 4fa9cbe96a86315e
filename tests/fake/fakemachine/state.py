# SPDX-License-Identifier: GPL-2.0-or-later
"""What the library reads beside the tree: settings, tags, bars, owners."""

import os
import struct

from . import cpulist, pci

FAILS = 0x80            # in the first byte: the _DSM fails for this CPU
TAGS = (("v8", 0, 0x01), ("v16", 0, 0x02), ("p8", 4, 0x01), ("p16", 4, 0x02))


def _tag_table(machine, tags, bits):
    """Eight bytes a CPU, as function 0xF of the _DSM answers them."""
    table = bytearray(8 * bits)
    for cpus, fields in tags:
        step = fields.get("step", 1)
        for place, cpu in enumerate(machine.cpus() if cpus is None else cpus):
            at = 8 * cpu
            if at >= len(table):
                continue
            table[at:at + 8] = bytes(8)
            for name, half, valid in TAGS:
                if name not in fields:
                    continue
                tag = fields[name] + place * step
                table[at + half] |= valid
                if name.endswith("16"):
                    struct.pack_into("<H", table, at + half + 2,
                                     tag & 0xffff)
                else:
                    table[at + half + 1] = tag & 0xff
            if fields["ignore"]:
                table[at] |= 0x04
                table[at + 4] |= 0x04
            if fields["fail"]:
                table[at] |= FAILS
    return bytes(table)


def write_tags(out, machine, bits):
    if not machine.dsm:
        return
    common = [(c, f) for root, c, f in machine.tags if root is None]
    out.file("/dsm", _tag_table(machine, common, bits))
    for root in {r for r, _, _ in machine.tags if r is not None}:
        mine = [(c, f) for r, c, f in machine.tags if r in (None, root)]
        out.file(f"/dsm-pci{root}", _tag_table(machine, mine, bits))


def write_settings(out, machine, bits):
    settings = dict(machine.settings)
    settings["nr_cpus"] = bits
    settings["cpus_conf"] = len(machine.cpus())
    settings["cpus_online"] = len(machine.online())
    settings["notph"] = "yes" if "notph" in machine.cmdline else "no"
    settings["present"] = cpulist.show(machine.cpus())
    settings["online"] = cpulist.show(machine.online())
    settings["mems"] = cpulist.show(machine.nodes)
    for key, value in machine.iommu.items():
        settings["iommu_" + key] = value
    out.file("/machine", "".join(
        f"{k} {v}\n" for k, v in settings.items()))
    out.file("/affinity", cpulist.show(
        machine.online() if machine.affinity is None
        else machine.affinity) + "\n")
    out.file("/interrupts.head", "     " + "".join(
        "%-11s" % f"       CPU{c}" for c in machine.online()) + "\n")


def write_devices(out, machine, topology):
    for function in machine.functions:
        if not pci.is_vfio(function):
            continue
        lines = [f"path {topology.path[function.bdf]}",
                 f"abi {function.options['abi'] or machine.settings['abi']}"]
        if function.group is not None:
            lines.append(f"group {function.group}")
        if function.cdev is not None:
            lines.append(f"cdev {function.cdev}")
        lines += [f"bar{i} {size}" for i, size in function.bars.items()]
        out.file(f"/devs/{function.bdf}", "\n".join(lines) + "\n")


def write_extras(out, machine, root):
    """Files and modes that the description names one by one."""
    owners = []
    for path, mode, uid, gid in machine.owners:
        real = root.top + path
        os.chmod(real, mode | (os.stat(real).st_mode & 0o1000))
        owners.append(f"{uid} {gid} {path}\n")
    out.file("/owners", "".join(owners))
    for path, text in machine.files:
        real = root.top + path
        if os.path.lexists(real):
            os.unlink(real)
        if text is not None:
            root.file(path, text)
