# SPDX-License-Identifier: GPL-2.0-or-later
"""CPU lists and masks, in the spellings that sysfs and procfs use."""


def parse(text):
    """'0-3,8,16-31:2' as a sorted list of numbers; '' is the empty list."""
    cpus = set()
    for part in text.split(",") if text else []:
        span, _, stride = part.partition(":")
        first, _, last = span.partition("-")
        cpus.update(range(int(first), int(last or first) + 1,
                          int(stride or 1)))
    return sorted(cpus)


def show(cpus):
    """A list of numbers as ranges: '0-3,8'."""
    ranges = []
    for cpu in sorted(cpus):
        if ranges and ranges[-1][1] == cpu - 1:
            ranges[-1][1] = cpu
        else:
            ranges.append([cpu, cpu])
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in ranges)


def mask(cpus, bits):
    """A mask of `bits` bits as the kernel prints it: 32-bit groups."""
    value = 0
    for cpu in cpus:
        value |= 1 << cpu
    groups = max(1, (bits + 31) // 32)
    return ",".join(f"{(value >> (32 * i)) & 0xffffffff:08x}"
                    for i in reversed(range(groups)))
