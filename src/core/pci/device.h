/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One PCI function: what it is, and its configuration space. */
#ifndef CORE_PCI_DEVICE_H
#define CORE_PCI_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/pci/bdf.h"
#include "core/pci/config_reader.h"
#include "core/pci/source.h"

struct dump_function;
struct pci_fact;

struct pci_device {
	struct pci_source *source;
	struct bdf bdf;
	char address[BDF_LENGTH];
	uint16_t vendor_id, device_id, class_id;
	char name[PCI_NAME_SIZE]; /* vendor and device in words, or "" */
	char driver[64];	  /* driver bound, or "" */
	int iommu_group;	  /* -1: none, or not known */
	int numa_node;		  /* -1: none, or not known */
	char cdev[64];		  /* "/dev/vfio/devices/vfioN", or "" */
	bool below_port;	  /* is there a bridge above it? */
	struct bdf port;	  /* the topmost one: its Root Port, if PCIe */
	unsigned int unknown;	  /* PCI_FACT_*, of what shows as none here */

	/* Of its source. */
	int fd;				      /* config space, or -1 */
	const struct dump_function *recorded; /* or NULL */
	struct pci_fact *fact;		      /* once filled, or NULL */
};

/*
 * Open one function and read what its source says of it, and what else is asked
 * for (PCI_DEVICE_*). The device must be closed before its source. Returns 0,
 * or -errno with *err filled.
 */
int pci_device_open(struct pci_source *source, const struct bdf *bdf,
		    unsigned int what, struct pci_device *dev,
		    struct error *err);

/*
 * The same in two steps, for looking at many functions: begin makes config
 * space readable and reads nothing; fill reads what the source says, except
 * for what costs more and is asked for by what (PCI_DEVICE_*).
 */
#define PCI_DEVICE_NAME (1u << 0)
#define PCI_DEVICE_CDEV (1u << 1)
/* Without a name, as lspci has it: "Intel Corporation Device 0b25". */
#define PCI_DEVICE_NAME_OR_ID (1u << 2)

int pci_device_begin(struct pci_source *source, const struct bdf *bdf,
		     struct pci_device *dev, struct error *err);
int pci_device_fill(struct pci_device *dev, unsigned int what,
		    struct error *err);

void pci_device_close(struct pci_device *dev);

/*
 * A reader of its configuration space; without CAP_SYS_ADMIN the kernel shows
 * no more than the first 64 bytes. Valid as long as dev.
 */
struct config_reader pci_device_config(struct pci_device *dev);

/*
 * The process that has it open, once it is filled; a pid of 0: none is seen.
 * Returns 0, or -errno with *err filled.
 */
int pci_device_holder(const struct pci_device *dev, struct owner *holder,
		      struct error *err);

/*
 * The online CPUs of its node, once it is filled; none where it has no node.
 * *cpus is to be freed. Returns 0, or -errno with *err filled.
 */
int pci_device_node_cpus(const struct pci_device *dev, struct cpulist *cpus,
			 struct error *err);

/*
 * The ST table as its source has it recorded, once it is filled; NULL where
 * it has not. Valid as long as dev.
 */
const struct st_table *pci_device_table(const struct pci_device *dev);

/*
 * The bridges above it, the topmost (its Root Port, if PCIe) first. Returns
 * how many, or -errno.
 */
int pci_device_bridges(const struct pci_device *dev,
		       struct bdf list[PCI_BRIDGES_MAX]);

/* A function of an IOMMU group, and the driver it is bound to. */
struct group_member {
	struct bdf bdf;
	char driver[64]; /* or "" */
	bool vfio;	 /* which offers VFIO */
};

/*
 * Does a driver of this name offer VFIO? A variant driver may have any name,
 * but nearly all have vfio in it.
 */
bool pci_driver_is_vfio(const char *driver);

/*
 * The same of a function's driver: one of another name registers the function
 * as a VFIO device in sysfs.
 */
bool pci_device_is_vfio(const struct pci_device *dev);
bool pci_function_is_vfio(const struct bdf *bdf);

/*
 * Is it a group that VFIO made itself, of a function that no IOMMU translates
 * for (drivers/vfio/group.c, vfio_noiommu_group_alloc)?
 */
bool pci_group_is_noiommu(int group);

/* Its node: "/dev/vfio/N", "/dev/vfio/noiommu-N". */
void pci_group_node(int group, char *node, size_t size);

/* The functions of an IOMMU group, in *members (to be freed). */
int pci_group_members(int group, struct group_member **members, size_t *n,
		      struct error *err);

/*
 * Module of the driver that the function is bound to ("tph_vfio_pci").
 * Returns 0, or -errno; -ENOENT where the driver is built in.
 */
int pci_device_module(const struct pci_device *dev, char *name, size_t size);

#endif
