# SPDX-License-Identifier: GPL-2.0-or-later
"""CPUs, nodes and the files of /proc."""

import gzip
import os

from . import cpulist

CPU = "/sys/devices/system/cpu"
NODE = "/sys/devices/system/node"


def write_cpus(out, machine):
    cpus, online = machine.cpus(), set(machine.online())
    possible = machine.possible or list(range(max(cpus) + 1))
    bits = max(possible) + 1
    out.constant(f"{CPU}/present", cpulist.show(cpus) + "\n")
    out.constant(f"{CPU}/possible", cpulist.show(possible) + "\n")
    out.constant(f"{CPU}/isolated", "\n")
    out.constant(f"{CPU}/online", cpulist.show(online) + "\n")
    out.constant(f"{CPU}/offline", cpulist.show(
        set(possible) - online) + "\n")
    out.constant(f"{CPU}/kernel_max", "8191\n")
    node_of = {c: n for n, d in machine.nodes.items() for c in d["cpus"]}
    core_of = {c: core for n in machine.nodes for core in machine.cores(n)
               for c in core}
    for cpu in cpus:
        base = f"{CPU}/cpu{cpu}"
        out.constant(f"{base}/online", "1\n" if cpu in online else "0\n")
        out.link(f"{base}/node{node_of[cpu]}", f"{NODE}/node{node_of[cpu]}")
        if cpu not in online:
            continue
        out.constant(f"{base}/topology/physical_package_id",
                     f"{node_of[cpu]}\n")
        out.constant(f"{base}/topology/core_id", f"{core_of[cpu][0]}\n")
        for name in ("core_cpus", "thread_siblings", "core_siblings"):
            if name == "core_siblings" and bits > 1024:
                continue
            mine = core_of[cpu] if name != "core_siblings" else (
                machine.nodes[node_of[cpu]]["cpus"])
            write_set(out, f"{base}/topology/{name}", ("_list", ""),
                      online.intersection(mine), bits)
    write_caches(out, machine, bits)
    return bits


def write_set(out, path, suffixes, cpus, bits):
    """The two files of a set of CPUs: as a list and as a mask."""
    out.constant(path + suffixes[0], cpulist.show(cpus) + "\n")
    out.constant(path + suffixes[1], cpulist.mask(cpus, bits) + "\n")


def write_caches(out, machine, bits):
    """L1 and L2 of each core, L3 of as many CPUs of a node as described."""
    if not machine.caches:
        return
    online = set(machine.online())
    for node in machine.nodes:
        cores = machine.cores(node)
        per_l3 = machine.caches["l3"] // machine.caches["threads"]
        per_l3 = per_l3 or len(cores)
        for place, core in enumerate(cores):
            first = place // per_l3 * per_l3
            l3 = sum(cores[first:first + per_l3], [])
            for cpu in online.intersection(core):
                write_cache(out, cpu, online, bits, (
                    (1, "Data", "48K", 12, core),
                    (1, "Instruction", "32K", 8, core),
                    (2, "Unified", "1024K", 16, core),
                    (3, "Unified", "32768K", 16, l3)))


def write_cache(out, cpu, online, bits, caches):
    for index, (level, kind, size, ways, cpus) in enumerate(caches):
        base = f"{CPU}/cpu{cpu}/cache/index{index}"
        for name, value in (("level", level), ("type", kind), ("size", size),
                            ("ways_of_associativity", ways),
                            ("coherency_line_size", 64), ("id", cpus[0])):
            out.constant(f"{base}/{name}", f"{value}\n")
        write_set(out, f"{base}/shared_cpu", ("_list", "_map"),
                  online.intersection(cpus), bits)


def write_names(out):
    """What the machine calls devices: pci.ids beside fake-machine."""
    source = os.path.join(os.path.dirname(__file__), "..", "pci.ids")
    with open(source, encoding="utf-8") as stream:
        out.constant("/usr/share/misc/pci.ids", stream.read())


def write_nodes(out, machine, bits):
    online = set(machine.online())
    names = sorted(machine.nodes)
    shown = cpulist.show(names) + "\n"
    for name in ("online", "possible", "has_memory", "has_normal_memory"):
        out.constant(f"{NODE}/{name}", shown)
    out.constant(f"{NODE}/has_cpu", cpulist.show(
        n for n in names if machine.nodes[n]["cpus"]) + "\n")
    for place, name in enumerate(names):
        node = machine.nodes[name]
        base = f"{NODE}/node{name}"
        mine = [c for c in node["cpus"] if c in online]
        out.constant(f"{base}/cpulist", cpulist.show(mine) + "\n")
        out.constant(f"{base}/cpumap", cpulist.mask(mine, bits) + "\n")
        distance = node["distance"] or [
            10 if i == place else 21 for i in range(len(names))]
        out.constant(f"{base}/distance",
                     " ".join(map(str, distance)) + "\n")
        total = node["memory"] >> 10
        out.constant(f"{base}/meminfo", "".join(
            f"Node {name} {key + ':':15}{value:9} kB\n" for key, value in (
                ("MemTotal", total), ("MemFree", total // 2),
                ("MemUsed", total - total // 2))))
        for cpu in node["cpus"]:
            out.link(f"{base}/cpu{cpu}", f"{CPU}/cpu{cpu}")


def interrupt_lines(machine):
    """The lines of host drivers; the library adds those of VFIO."""
    online = machine.online()
    lines = []
    for place, (text, cpu) in enumerate(machine.irqs):
        counts = "".join("%11d" % (1000 if c == cpu else 0) for c in online)
        lines.append(f"{24 + place:4}:{counts}  {text}\n")
    return "".join(lines)


def write_proc(out, machine):
    online = machine.online()
    out.constant("/proc/cmdline", machine.cmdline + "\n")
    out.file("/proc/config.gz", gzip.compress(
        ("\n".join(machine.config) + "\n").encode(), mtime=0))
    out.constant("/proc/cpuinfo", "".join(
        f"processor\t: {c}\nvendor_id\t: GenuineFake\ncpu family\t: 6\n"
        f"model name\t: A processor that is not there\n\n" for c in online))
    head = "     " + "".join("%-11s" % f"       CPU{c}" for c in online)
    out.file("/proc/interrupts", head + "\n" + interrupt_lines(machine))
    out.constant("/proc/version",
                 f"Linux version {machine.settings['release']} (fake)\n")
    out.constant("/proc/sys/kernel/osrelease",
                 machine.settings["release"] + "\n")
    out.constant("/proc/sys/kernel/yama/ptrace_scope", "0\n")
    total = sum(n["memory"] for n in machine.nodes.values()) >> 10
    out.constant("/proc/meminfo", f"MemTotal: {total:15} kB\n"
                 f"MemFree: {total // 2:16} kB\n")
    out.mkdir("/proc/irq")
    out.mkdir("/sys/kernel/irq")
