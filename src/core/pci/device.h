/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PCI functions of this machine, through libpci: finding them by what a user
 * may write, what they are, and their configuration space.
 */
#ifndef CORE_PCI_DEVICE_H
#define CORE_PCI_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/pci/bdf.h"
#include "core/base/error.h"
#include "core/pci/tph_cap.h"

struct pci_dev;

/* libpci's view of the machine. */
struct pci_bus;

struct pci_device {
	struct pci_bus *bus;
	struct pci_dev *handle;
	struct bdf bdf;
	char address[BDF_LENGTH];
	uint16_t vendor_id, device_id, class_id;
	char name[PCI_NAME_SIZE]; /* vendor and device in words, or "" */
	char driver[64];	  /* driver bound, or "" */
	int iommu_group;	  /* -1: none */
	int numa_node;		  /* -1: none or not known */
	char cdev[64];		  /* "/dev/vfio/devices/vfioN", or "" */
	bool below_port;	  /* is there a bridge above it? */
	struct bdf port;	  /* the topmost one: its Root Port, if PCIe */
};

int pci_bus_open(struct pci_bus **bus, struct error *err);
/*
 * A file that lspci -xxxx or vfio-tph dump wrote, in place of this machine;
 * "-": standard input. Returns 0, or -errno with *err filled (ERR_USAGE
 * where it is no such file).
 */
int pci_bus_open_dump(const char *file, struct pci_bus **bus,
		      struct error *err);
bool pci_bus_is_dump(const struct pci_bus *bus);
void pci_bus_close(struct pci_bus *bus);

/*
 * The addresses that a selector names, ascending, in *found (to be freed).
 * A selector that names nothing is ERR_NOT_FOUND. Returns 0 or -errno.
 */
int pci_bus_find(struct pci_bus *bus, const struct selector *sel,
		 struct bdf **found, size_t *n, struct error *err);

/*
 * Open one function and read what sysfs says of it, and what else is asked
 * for (PCI_DEVICE_*). The device must be closed before its bus. Returns 0, or
 * -errno with *err filled.
 */
int pci_device_open(struct pci_bus *bus, const struct bdf *bdf,
		    unsigned int what, struct pci_device *dev,
		    struct error *err);

/*
 * The same in two steps, for looking at many functions: begin makes config
 * space readable and reads nothing; fill reads what sysfs says, except for
 * what costs more and is asked for by what (PCI_DEVICE_*).
 */
#define PCI_DEVICE_NAME (1u << 0)
#define PCI_DEVICE_CDEV (1u << 1)
/* Without a name, as lspci has it: "Intel Corporation Device 0b25". */
#define PCI_DEVICE_NAME_OR_ID (1u << 2)

/*
 * The name of a vendor's device in words, from the list of PCI ids; "" where
 * it has none, or, with or_number, as lspci has it.
 */
void pci_bus_name(struct pci_bus *bus, uint16_t vendor, uint16_t device,
		  bool or_number, char *name, size_t size);

int pci_device_begin(struct pci_bus *bus, const struct bdf *bdf,
		     struct pci_device *dev, struct error *err);
int pci_device_fill(struct pci_device *dev, unsigned int what,
		    struct error *err);

void pci_device_close(struct pci_device *dev);

/*
 * A reader of its configuration space through sysfs; without CAP_SYS_ADMIN
 * the kernel shows no more than the first 64 bytes. Valid as long as dev.
 */
struct config_reader pci_device_config(struct pci_device *dev);

/*
 * What a Root Port completes; the answer for the last one asked is kept.
 * Returns 0, -ENODEV where the function is no Root Port, or the error of
 * reading its config space.
 */
int pci_bus_completer(struct pci_bus *bus, const struct bdf *port,
		      enum tph_completer *completer);

/* What a dump tells of the function beside its config space, or NULL. */
struct pci_fact;
const struct pci_fact *pci_device_fact(const struct pci_device *dev);

/* A function of an IOMMU group, and the driver it is bound to. */
struct group_member {
	struct bdf bdf;
	char driver[64]; /* or "" */
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

/* The functions of an IOMMU group, in *members (to be freed). */
int pci_group_members(int group, struct group_member **members, size_t *n,
		      struct error *err);

/*
 * Module of the driver that the function is bound to ("tph_vfio_pci").
 * Returns 0, or -errno; -ENOENT where the driver is built in.
 */
int pci_device_module(const struct pci_device *dev, char *name, size_t size);

#endif
