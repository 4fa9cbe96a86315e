# SPDX-License-Identifier: GPL-2.0-or-later
"""Read a machine description into plain objects.

The format is described in tests/fake/README.md: one thing a line, a keyword,
then words and key=value pairs, '#' starts a comment.
"""

import re
import shlex

from . import cpulist

BDF = re.compile(r"^([0-9a-f]{4}):([0-9a-f]{2}):([0-9a-f]{2})\.([0-7])$")
SIZES = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
MODES = {"ns": 1, "iv": 2, "ds": 4}


class DescriptionError(Exception):
    """A line that cannot be understood; str() is what is wrong with it."""


def number(text):
    """A number, decimal or 0x, with an optional K, M or G."""
    scale = SIZES.get(text[-1:], 1)
    return int(text[:-1] if scale > 1 else text, 0) * scale


def boolean(text):
    """yes or no."""
    if text not in ("yes", "no"):
        raise DescriptionError(f"'{text}' is neither yes nor no")
    return text == "yes"


def split_bdf(text):
    """'0000:3b:00.1' as (domain, bus, device, function)."""
    match = BDF.match(text)
    if not match:
        raise DescriptionError(f"'{text}' is not an address like 0000:3b:00.0")
    return tuple(int(x, 16) for x in match.groups())


def join_bdf(address):
    return "%04x:%02x:%02x.%x" % address


class Function:
    """One PCI function: an endpoint ("device") or a bridge ("port")."""

    DEFAULTS = {
        "vendor": "8086", "device": None, "class": None, "rev": "01",
        "subsystem": "0000:0000", "driver": None, "group": None, "cdev": None,
        "numa": None, "bars": None, "msix": None, "tph": None, "st": "none",
        "type": None, "completer": "none", "bus": None, "abi": None,
        "irq": "0", "prefixes": "yes", "ats": None, "pri": "no",
    }

    def __init__(self, bdf, options, bridge):
        unknown = set(options) - set(self.DEFAULTS)
        if unknown:
            raise DescriptionError(f"unknown option '{sorted(unknown)[0]}'")
        self.address = split_bdf(bdf)
        self.bdf = bdf
        self.bridge = bridge
        self.options = {**self.DEFAULTS, **options}
        if self.options["device"] is None:
            self.options["device"] = "347a" if bridge else "1592"
        self.vendor, self.device, self.rev = (
            int(self.options[k], 16) for k in ("vendor", "device", "rev"))
        self.subsystem = tuple(
            int(x, 16) for x in self.options["subsystem"].split(":"))
        self.pci_class = int(self.options["class"] or
                             ("060400" if bridge else "020000"), 16)
        self.type = self.options["type"] or ("root" if bridge else "endpoint")
        self.driver = self.options["driver"]
        if self.driver is None and bridge:
            self.driver = "pcieport"
        if self.driver == "none":
            self.driver = None
        self.parent = None
        self.group = None
        self.cdev = None        # number of its character device
        self.vfio = None        # what VFIO numbers it
        self._parse_bus()
        self._parse_bars()
        self._parse_tph()

    def _parse_bus(self):
        self.secondary = self.subordinate = None
        if self.bridge:
            if not self.options["bus"]:
                raise DescriptionError("a port needs bus=")
            first, _, last = self.options["bus"].partition("-")
            self.secondary = int(first, 16)
            self.subordinate = int(last or first, 16)

    def _parse_bars(self):
        default = "" if self.bridge else "0:64K"
        text = self.options["bars"]
        self.bars = {}
        for part in filter(None, (default if text is None else
                                  text).split(",")):
            index, _, size = part.partition(":")
            self.bars[int(index)] = number(size)
        self.msix = None
        if self.options["msix"]:
            size, _, place = self.options["msix"].partition("@")
            bir, _, offset = (place or "0:0x2000").partition(":")
            self.msix = (int(size), int(bir), number(offset))
            need = number(offset) + 16 * int(size)
            if self.bars.get(int(bir), 0) < need:
                self.bars[int(bir)] = 1 << (need - 1).bit_length()

    def _parse_tph(self):
        self.tph = None
        if self.options["tph"] in (None, "none"):
            return
        words = self.options["tph"].split(",")
        modes = sum(MODES[w] for w in words if w in MODES)
        location, _, size = self.options["st"].partition(":")
        self.tph = {
            "modes": modes, "extended": "ext" in words,
            "location": {"none": 0, "cap": 1, "msix": 2}[location],
            "size": int(size or (self.msix[0] if location == "msix" and
                                 self.msix else 1)),
        }

    def numbered(self, step):
        """The same function `step` functions further on the bus."""
        domain, bus, dev, func = self.address
        place = dev * 8 + func + step
        if place > 255:
            raise DescriptionError("count= leaves the bus")
        return Function(join_bdf((domain, bus, place >> 3, place & 7)),
                        {k: v for k, v in self.options.items()
                         if v != self.DEFAULTS[k]}, self.bridge)


class Machine:
    """All that a description says."""

    def __init__(self):
        self.nodes = {}         # number -> {cpus, memory, distance}
        self.offline = []
        self.caches = None      # {threads, l3}, None: sysfs has none
        self.possible = None
        self.affinity = None
        self.roots = {}         # (domain, bus) -> node or None
        self.functions = []
        self.modules = {}       # name -> {parameter: value}
        self.driver_module = {}
        self.tags = []          # (root or None, cpus, fields)
        self.dsm = True
        self.settings = {
            "abi": "f3", "getst": "any", "max_entries": "2048", "uid": "0",
            "gid": "0", "release": "7.2.0", "fdinfo_syspath": "yes",
            "ptrace": "yes", "chroot": "/",
        }
        self.iommu = {"present": "yes", "cdev": "yes", "group": "yes",
                      "type": "1", "pasid": "20", "nesting": "yes",
                      "fault": "yes", "dirty": "yes", "capabilities": "0"}
        self.cmdline = "BOOT_IMAGE=/vmlinuz root=/dev/sda1 ro"
        self.config = ["CONFIG_PCIE_TPH=y", "CONFIG_VFIO=m",
                       "CONFIG_IOMMUFD=m"]
        self.files = []         # (path, text or None for absent)
        self.owners = []        # (path, mode, uid, gid)
        self.irqs = []          # (description, cpu)

    def cpus(self):
        return sorted(c for n in self.nodes.values() for c in n["cpus"])

    def online(self):
        gone = set(self.offline)
        return [c for c in self.cpus() if c not in gone]

    def cores(self, node):
        """Lists of CPUs, a core each: a node's first cores come first."""
        cpus = self.nodes[node]["cpus"]
        cores = len(cpus) // (self.caches or {"threads": 1})["threads"]
        return [cpus[i::cores] for i in range(cores)]

    # One method a keyword: line_<keyword>(words, options).

    def line_node(self, words, options):
        self.nodes[int(words[0])] = {
            "cpus": cpulist.parse(options.get("cpus", "")),
            "memory": number(options.get("memory", "64G")),
            "distance": [int(x) for x in
                         options.get("distance", "").split(",") if x],
        }

    def line_offline(self, words, _options):
        self.offline = cpulist.parse(words[0])

    def line_caches(self, _words, options):
        self.caches = {"threads": 1, "l3": 0}
        for key, value in options.items():
            if key not in self.caches:
                raise DescriptionError(f"unknown option '{key}'")
            self.caches[key] = number(value)

    def line_possible(self, words, _options):
        self.possible = cpulist.parse(words[0])

    def line_affinity(self, words, _options):
        self.affinity = cpulist.parse(words[0])

    def line_root(self, words, options):
        domain, _, bus = words[0].partition(":")
        numa = options.get("numa")
        self.roots[(int(domain, 16), int(bus, 16))] = (
            None if numa is None else int(numa))

    def line_port(self, words, options):
        self.functions.append(Function(words[0], options, True))

    def line_device(self, words, options):
        count = int(options.pop("count", "1"))
        first = Function(words[0], options, False)
        self.functions.append(first)
        self.functions += [first.numbered(i) for i in range(1, count)]

    def line_driver(self, words, options):
        self.driver_module[words[0]] = options.get(
            "module", words[0].replace("-", "_"))

    def line_module(self, words, options):
        self.modules.setdefault(words[0], {}).update(options)

    def line_tags(self, words, options):
        if words == ["none"]:
            self.dsm = False
            return
        fields = {k: number(v) for k, v in options.items()
                  if k in ("v8", "v16", "p8", "p16", "step")}
        fields["ignore"] = "ignore" in words
        fields["fail"] = "fail" in words
        cpus = options.get("cpus")
        self.tags.append((options.get("root"),
                          cpulist.parse(cpus) if cpus else None, fields))

    def line_set(self, _words, options):
        for key, value in options.items():
            if key not in self.settings:
                raise DescriptionError(f"unknown setting '{key}'")
            self.settings[key] = value

    def line_iommu(self, words, options):
        if words == ["none"]:
            self.iommu["present"] = "no"
        for key, value in options.items():
            if key not in self.iommu:
                raise DescriptionError(f"unknown option '{key}'")
            self.iommu[key] = value

    def line_cmdline(self, words, options):
        self.cmdline = " ".join(words + [f"{k}={v}" for k, v in
                                         options.items()])

    def line_config(self, words, options):
        self.config = words + [f"{k}={v}" for k, v in options.items()]

    def line_file(self, words, _options):
        text = words[1] if len(words) > 1 else ""
        self.files.append((words[0], text.replace("\\n", "\n") + "\n"))

    def line_absent(self, words, _options):
        self.files.append((words[0], None))

    def line_mode(self, words, options):
        self.owners.append((words[0], int(words[1], 8),
                            int(options.get("uid", "0")),
                            int(options.get("gid", "0"))))


def _expand(lines):
    """Unroll 'foreach NAME FIRST-LAST' ... 'end' (one level)."""
    body, name, values = None, None, None
    for number_, line in lines:
        words = line.split()
        if words[:1] == ["foreach"]:
            first, _, last = words[2].partition("-")
            body, name = [], words[1]
            values = range(int(first, 0), int(last, 0) + 1)
        elif words[:1] == ["end"] and body is not None:
            for value in values:
                for where, text in body:
                    yield where, text.format(**{name: value})
            body = None
        elif body is not None:
            body.append((number_, line))
        else:
            yield number_, line
    if body is not None:
        raise DescriptionError("foreach without end")


def parse(stream):
    """A Machine from the lines of a description."""
    machine = Machine()
    for where, line in _expand(enumerate(stream, 1)):
        try:
            words = shlex.split(line, comments=True)
            if not words:
                continue
            method = getattr(machine, "line_" + words[0], None)
            if not method:
                raise DescriptionError(f"unknown keyword '{words[0]}'")
            split = 1
            plain, options = [], {}
            for word in words[split:]:
                key, equals, value = word.partition("=")
                if equals and not word.startswith("/") and \
                        words[0] not in ("file",):
                    options[key] = value
                else:
                    plain.append(word)
            method(plain, options)
        except (DescriptionError, ValueError, KeyError, IndexError) as error:
            raise DescriptionError(f"line {where}: {error}") from error
    if not machine.nodes:
        machine.nodes[0] = {"cpus": [0, 1, 2, 3], "memory": 4 << 30,
                            "distance": []}
    return machine
