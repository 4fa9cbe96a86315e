# SPDX-License-Identifier: GPL-2.0-or-later
"""The PCI part of sysfs, IOMMU groups, and the nodes of VFIO in /dev."""

from . import cpulist, pciconfig
from .describe import DescriptionError

BUS = "/sys/bus/pci"
STICKY = 0o1000         # marks a node of /dev for the library


class Topology:
    """Where each function hangs, and its number where it needs one."""

    def __init__(self, machine):
        self.machine = machine
        self.path = {}          # bdf -> path in /sys
        self.node = {}          # bdf -> NUMA node or None
        self.groups = {}        # number -> functions
        self._place()
        self.noiommu = machine.iommu["present"] != "yes"
        self._group()
        self._number()

    def _place(self):
        buses = {}
        for function in self.machine.functions:
            if function.bridge:
                key = function.address[0], function.secondary
                buses[key] = function
        for function in self.machine.functions:
            chain = []
            walk = function
            while walk:
                chain.append(walk)
                key = walk.address[:2]
                walk = buses.get(key)
                if len(chain) > 64:
                    raise DescriptionError(f"{function.bdf}: bridges in a "
                                           "circle")
            root = chain[-1].address[:2]
            if root not in self.machine.roots:
                raise DescriptionError(
                    f"{function.bdf}: no bridge leads to its bus, and no "
                    "'root' names it")
            function.parent = chain[1] if len(chain) > 1 else None
            self.path[function.bdf] = "/sys/devices/pci%04x:%02x/" % root + \
                "/".join(f.bdf for f in reversed(chain))
            numa = next((f.options["numa"] for f in chain
                         if f.options["numa"] is not None), None)
            self.node[function.bdf] = (
                self.machine.roots[root] if numa is None else
                None if numa in ("none", "-1") else int(numa))

    def _group(self):
        taken = {int(f.options["group"]) for f in self.machine.functions
                 if f.options["group"] not in (None, "none")}
        fresh = (n for n in range(1 << 20) if n not in taken)
        for function in self.machine.functions:
            wish = function.options["group"]
            if wish == "none" or (self.noiommu and (
                    wish is None or not is_vfio(function))):
                continue
            function.group = next(fresh) if wish is None else int(wish)
            self.groups.setdefault(function.group, []).append(function)

    def _number(self):
        """VFIO numbers its devices; where it has no character devices the
        kernel has the directories in sysfs all the same."""
        fresh = iter(range(1 << 20))
        for function in self.machine.functions:
            if not is_vfio(function):
                continue
            wish = function.options["cdev"]
            function.vfio = (next(fresh) if wish in (None, "none")
                             else int(wish))
            if self.machine.iommu["cdev"] == "yes" and wish != "none" and \
                    not self.noiommu:
                function.cdev = function.vfio


def is_vfio(function):
    """A driver that hands functions to VFIO has vfio in its name."""
    return bool(function.driver) and "vfio" in function.driver


def _write_function(out, machine, topology, function, config, bits):
    base = topology.path[function.bdf]
    alias = "pci:v%08Xd%08Xsv%08Xsd%08Xbc%02Xsc%02Xi%02X" % (
        function.vendor, function.device, *function.subsystem,
        function.pci_class >> 16, function.pci_class >> 8 & 255,
        function.pci_class & 255)
    for name, text in (
            ("vendor", f"0x{function.vendor:04x}"),
            ("device", f"0x{function.device:04x}"),
            ("subsystem_vendor", f"0x{function.subsystem[0]:04x}"),
            ("subsystem_device", f"0x{function.subsystem[1]:04x}"),
            ("class", f"0x{function.pci_class:06x}"),
            ("revision", f"0x{function.rev:02x}"),
            ("irq", function.options["irq"]),
            ("power_state", "D0"),
            ("power/runtime_status", "active"),
            ("modalias", alias)):
        out.constant(f"{base}/{name}", text + "\n")
    # VFIO enables a function while somebody has it open.
    out.file(f"{base}/enable", "0\n" if is_vfio(function) else "1\n")
    out.file(f"{base}/uevent", (
        f"DRIVER={function.driver}\n" if function.driver else "") +
        f"PCI_CLASS={function.pci_class:04X}\n"
        f"PCI_ID={function.vendor:04X}:{function.device:04X}\n"
        "PCI_SUBSYS_ID=%04X:%04X\n" % tuple(function.subsystem) +
        f"PCI_SLOT_NAME={function.bdf}\nMODALIAS={alias}\n")
    out.constant(f"{base}/resource", pciconfig.resource(function))
    node = topology.node[function.bdf]
    out.constant(f"{base}/numa_node", f"{-1 if node is None else node}\n")
    local, local_mask = topology.local[node]
    out.constant(f"{base}/local_cpulist", local)
    out.constant(f"{base}/local_cpus", local_mask)
    write = out.file if is_vfio(function) else out.constant
    write(f"{base}/config", config)
    out.link(f"{base}/subsystem", BUS)
    out.link(f"{BUS}/devices/{function.bdf}", base)
    if function.driver:
        driver = f"{BUS}/drivers/{function.driver}"
        out.link(f"{base}/driver", driver)
        out.link(f"{driver}/{function.bdf}", base)
        out.file(f"{base}/driver_override", f"{function.driver}\n"
                 if is_vfio(function) else "(null)\n")
    if function.group is not None:
        group = f"/sys/kernel/iommu_groups/{function.group}"
        out.link(f"{base}/iommu_group", group)
        out.link(f"{group}/devices/{function.bdf}", base)
        if not topology.noiommu:
            out.link(f"{base}/iommu", "/sys/devices/virtual/iommu/dmar0")


def _write_vfio(out, machine, topology, function):
    base = topology.path[function.bdf]
    name = f"vfio{function.vfio}"
    out.link(f"{base}/vfio-dev/{name}/device", base)
    out.link(f"{base}/vfio-dev/{name}/subsystem", "/sys/class/vfio-dev")
    out.link(f"/sys/class/vfio-dev/{name}", f"{base}/vfio-dev/{name}")
    out.file(f"{base}/vfio-dev/{name}/uevent",
             "" if function.cdev is None else
             f"MAJOR=511\nMINOR={function.cdev}\n"
             f"DEVNAME=vfio/devices/{name}\n")
    if function.cdev is not None:
        out.constant(f"{base}/vfio-dev/{name}/dev", f"511:{function.cdev}\n")
        out.file(f"/dev/vfio/devices/{name}", "", 0o600 | STICKY)
    if function.group is not None and machine.iommu["group"] == "yes":
        name = f"{'noiommu-' if topology.noiommu else ''}{function.group}"
        path = f"/dev/vfio/{name}"
        if path not in topology.nodes:
            topology.nodes.add(path)
            out.file(path, "", 0o600 | STICKY)
            out.constant(f"/sys/devices/virtual/vfio/{name}/dev",
                         f"240:{function.group}\n")
            out.link(f"/sys/class/vfio/{name}",
                     f"/sys/devices/virtual/vfio/{name}")


def _write_drivers(out, machine):
    used = {f.driver for f in machine.functions if f.driver}
    for driver in used | set(machine.driver_module):
        module = machine.driver_module.get(driver, driver.replace("-", "_"))
        base = f"{BUS}/drivers/{driver}"
        out.mkdir(base)
        for name in ("bind", "unbind", "new_id", "remove_id"):
            out.file(f"{base}/{name}", "", 0o200)
        if module != "none" and driver != "pcieport":
            machine.modules.setdefault(module, {})
            out.link(f"{base}/module", f"/sys/module/{module}")
    for module, parameters in machine.modules.items():
        out.mkdir(f"/sys/module/{module}")
        out.constant(f"/sys/module/{module}/initstate", "live\n")
        for name, value in parameters.items():
            out.file(f"/sys/module/{module}/parameters/{name}", value + "\n")


def write(out, machine, bits):
    """Everything of PCI; returns the Topology."""
    topology = Topology(machine)
    topology.nodes = set()
    online = set(machine.online())
    topology.local = {None: (cpulist.show(online) + "\n",
                             cpulist.mask(online, bits) + "\n")}
    for name, node in machine.nodes.items():
        mine = [c for c in node["cpus"] if c in online]
        topology.local[name] = (cpulist.show(mine) + "\n",
                                cpulist.mask(mine, bits) + "\n")
    for path in (f"{BUS}/devices", f"{BUS}/drivers", f"{BUS}/slots",
                 "/sys/kernel/iommu_groups", "/sys/class/vfio-dev",
                 "/sys/class/vfio", "/sys/class/iommu", "/sys/module",
                 "/dev/vfio"):
        out.mkdir(path)
    if machine.iommu["present"] == "yes":
        out.mkdir("/sys/devices/virtual/iommu/dmar0/intel-iommu")
        out.constant("/sys/devices/virtual/iommu/dmar0/intel-iommu/version",
                     "1:0\n")
        out.link("/sys/class/iommu/dmar0", "/sys/devices/virtual/iommu/dmar0")
    out.file("/dev/vfio/vfio", "", 0o666 | STICKY)
    if machine.iommu["cdev"] == "yes" and machine.iommu["present"] == "yes":
        out.file("/dev/iommu", "", 0o660 | STICKY)
    window = pciconfig.Window()
    slots = {}
    for function in machine.functions:
        slots.setdefault(function.address[:3], []).append(function)
    for function in machine.functions:
        window.place(function)
        config = pciconfig.build(function,
                                 len(slots[function.address[:3]]) > 1)
        _write_function(out, machine, topology, function, config, bits)
        if is_vfio(function):
            _write_vfio(out, machine, topology, function)
    for number, members in topology.groups.items():
        if topology.noiommu:
            out.constant(f"/sys/kernel/iommu_groups/{number}/name",
                         "vfio-noiommu\n")
        out.constant(f"/sys/kernel/iommu_groups/{number}/type",
                     "DMA-FQ\n" if members else "\n")
    if topology.noiommu and topology.groups:
        machine.modules.setdefault("vfio", {})[
            "enable_unsafe_noiommu_mode"] = "Y"
    _write_drivers(out, machine)
    for domain, bus in machine.roots:
        out.mkdir("/sys/devices/pci%04x:%02x" % (domain, bus))
    return topology
