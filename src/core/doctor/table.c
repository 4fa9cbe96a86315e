/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The checks, in the order in which they are made: what is needed by another
 * stands above it. docs/doctor.md has a section for each code.
 */
#include "core/doctor/checks.h"

/* clang-format off */
const struct doctor_check doctor_checks[] = {
	{ DOCTOR_MACHINE, "rights", "rights of this user",
	  .explains = { ERR_PERMISSION }, .run = check_rights },
	{ DOCTOR_MACHINE, "kernel-version", "version of the kernel",
	  .run = check_kernel_version },
	{ DOCTOR_MACHINE, "kernel-config", "TPH in the kernel",
	  .explains = { ERR_NO_ABI }, .run = check_kernel_config },
	{ DOCTOR_MACHINE, "command-line", "kernel command line",
	  .explains = { ERR_NO_COMPLETER }, .run = check_command_line },
	{ DOCTOR_MACHINE, "iommu", "IOMMU",
	  .explains = { ERR_NO_IOMMU }, .run = check_iommu },
	{ DOCTOR_MACHINE, "irqbalance", "irqbalance",
	  .run = check_irqbalance },
	{ DOCTOR_MACHINE, "cpu-isolation", "isolated CPUs",
	  .run = check_cpu_isolation },
	{ DOCTOR_MACHINE, "io-alloc", "share of the L3 cache for devices",
	  .run = check_io_alloc },

	{ DOCTOR_DEVICE, "device", "the function itself",
	  .explains = { ERR_REFUSED }, .run = check_device },
	{ DOCTOR_DEVICE, "power", "power state", { check_device },
	  { ERR_ASLEEP }, check_power },
	{ DOCTOR_DEVICE, "capability", "TPH capability", { check_device },
	  { ERR_NO_TPH, ERR_PERMISSION }, check_capability },
	{ DOCTOR_DEVICE, "modes", "modes", { check_capability },
	  { ERR_NO_MODE }, check_modes },
	{ DOCTOR_DEVICE, "table", "ST table", { check_capability, check_modes },
	  { ERR_NO_TABLE }, check_table },
	{ DOCTOR_DEVICE, "root-port", "Root Port", { check_device },
	  { ERR_NO_COMPLETER }, check_root_port },
	{ DOCTOR_DEVICE, "completer", "completer",
	  { check_root_port, check_capability },
	  { ERR_NO_COMPLETER }, check_completer },
	{ DOCTOR_DEVICE, "switches", "switches on the way",
	  { check_root_port, check_capability }, .run = check_switches },
	{ DOCTOR_DEVICE, "driver", "driver", { check_iommu, check_device },
	  { ERR_NOT_BOUND }, check_driver },
	{ DOCTOR_DEVICE, "iommu-group", "IOMMU group", { check_iommu },
	  { ERR_NO_IOMMU }, check_iommu_group },
	{ DOCTOR_DEVICE, "group-viable", "viability of the group",
	  { check_iommu_group, check_driver },
	  { ERR_GROUP_NOT_VIABLE }, check_group_viable },
	{ DOCTOR_DEVICE, "nodes", "device nodes",
	  { check_driver, check_iommu_group },
	  { ERR_NO_DEVNODE, ERR_PERMISSION }, check_nodes },
	{ DOCTOR_DEVICE, "holder", "who holds it", { check_driver },
	  { ERR_BUSY, ERR_NO_OWNER }, check_holder },
	{ DOCTOR_DEVICE, "open", "opening it",
	  { check_capability, check_nodes, check_group_viable },
	  { ERR_BUSY, ERR_NOT_VERIFIED }, check_open },
	{ DOCTOR_DEVICE, "abi", "TPH interface of the driver",
	  { check_kernel_config, check_driver, check_open },
	  { ERR_NO_ABI, ERR_UNKNOWN_ABI }, check_abi },
	{ DOCTOR_DEVICE, "agreement", "what the kernel says of it",
	  { check_abi, check_capability }, { ERR_DISAGREE }, check_agreement },
	{ DOCTOR_DEVICE, "gate", "gate of device-specific mode",
	  { check_abi, check_table }, { ERR_GATED }, check_gate },
	{ DOCTOR_DEVICE, "tags", "tags of the platform",
	  { check_command_line, check_power, check_completer, check_agreement,
	    check_gate, check_table },
	  { ERR_NO_TAG, ERR_REFUSED }, check_tags },
	{ DOCTOR_DEVICE, "tag-variety", "difference of the tags", { check_tags },
	  .run = check_tag_variety },
	{ DOCTOR_DEVICE, "vectors", "MSI-X vectors", { check_table, check_driver },
	  { ERR_NO_VECTORS }, check_vectors },
	{ DOCTOR_DEVICE, "interrupts", "interrupts beside tags",
	  { check_tags, check_vectors }, .run = check_interrupts },
	{ DOCTOR_DEVICE, "local-cpus", "CPUs near it", { check_device },
	  { ERR_NO_NODE }, check_local_cpus },
};
/* clang-format on */

const size_t doctor_n_checks = sizeof(doctor_checks) / sizeof(*doctor_checks);

_Static_assert(sizeof(doctor_checks) / sizeof(*doctor_checks) <=
		       DOCTOR_CHECKS_MAX,
	       "room for the states of all checks");
