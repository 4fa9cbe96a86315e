/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The checks, for table.c alone. Each fills *f; what it needs to hold is in
 * the table, so it need not ask again.
 */
#ifndef CORE_DOCTOR_CHECKS_H
#define CORE_DOCTOR_CHECKS_H

#include "core/doctor/check.h"

typedef void doctor_check_fn(struct doctor *d, struct finding *f);

/* check_rights.c */
doctor_check_fn check_rights;
/* check_kernel.c */
doctor_check_fn check_kernel_version, check_kernel_config, check_command_line;
/* check_iommu.c */
doctor_check_fn check_iommu, check_iommu_group, check_iommu_group_recorded,
	check_group_viable;
/* check_cpus.c */
doctor_check_fn check_irqbalance, check_cpu_isolation, check_local_cpus,
	check_local_cpus_recorded;
/* check_io_alloc.c */
doctor_check_fn check_io_alloc;
/* check_function.c */
doctor_check_fn check_device, check_power;
/* check_capability.c */
doctor_check_fn check_capability, check_modes, check_table;
/* check_path.c */
doctor_check_fn check_root_port, check_completer, check_switches;
/* check_access.c */
doctor_check_fn check_driver, check_driver_recorded, check_nodes, check_holder,
	check_holder_recorded, check_open;
/* check_abi.c */
doctor_check_fn check_abi, check_agreement, check_gate;
/* check_tags.c */
doctor_check_fn check_tags, check_tag_variety;
/* check_vectors.c */
doctor_check_fn check_vectors, check_vectors_recorded, check_interrupts,
	check_interrupts_recorded;

#endif
