/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The checks, for table.c alone, and what they share. Each fills *f; what it
 * needs to hold is in the table, so it need not ask again.
 */
#ifndef CORE_DOCTOR_CHECKS_H
#define CORE_DOCTOR_CHECKS_H

#include "core/doctor/doctor.h"

typedef void doctor_check_fn(struct doctor *d, struct finding *f);

/* check_rights.c */
doctor_check_fn check_rights;
/* check_kernel.c */
doctor_check_fn check_kernel_version, check_kernel_config, check_command_line;
/* check_iommu.c */
doctor_check_fn check_iommu, check_iommu_group, check_group_viable;
/* check_cpus.c */
doctor_check_fn check_irqbalance, check_cpu_isolation, check_local_cpus;
/* check_function.c */
doctor_check_fn check_device, check_power;
/* check_capability.c */
doctor_check_fn check_capability, check_modes, check_table;
/* check_path.c */
doctor_check_fn check_root_port, check_completer, check_switches;
/* check_access.c */
doctor_check_fn check_driver, check_nodes, check_holder, check_open;
/* check_abi.c */
doctor_check_fn check_abi, check_agreement, check_gate;
/* check_tags.c */
doctor_check_fn check_tags, check_tag_variety;
/* check_vectors.c */
doctor_check_fn check_vectors, check_interrupts;

/* "/sys/bus/pci/devices/BDF/NAME" */
#define CHECK_PATH_SIZE 192
const char *check_device_file(const struct doctor *d, const char *name,
			      char path[CHECK_PATH_SIZE]);

/*
 * A file of one value as evidence: what stands in it, or why it cannot be
 * read; left out where there is none. value is "" then. Returns as
 * sysfs_read() does.
 */
long check_see_file(struct finding *f, const char *path, char *value,
		    size_t size);

/* A register as evidence: the file, and the offset in it. */
void check_see_config(const struct doctor *d, struct finding *f,
		      const char *address, unsigned int offset, uint32_t value);

/*
 * One of the device itself, read now; left out where it is not to be seen,
 * and told where that failed.
 */
void check_see_register(const struct doctor *d, struct finding *f,
			unsigned int offset);

/*
 * Of a dump: what only the machine knows is skipped, with what. True where
 * that is so.
 */
bool check_not_in_dump(const struct doctor *d, struct finding *f);

/* What only the open device tells is skipped: how it could be asked. */
void check_skip_closed(const struct doctor *d, struct finding *f);

#endif
