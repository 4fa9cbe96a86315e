/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The proposed VFIO user ABI for PCIe TLP Processing Hints (TPH), the family
 * in which one ioctl carries an operation word of its own.
 *
 * No released kernel has it, so linux/vfio.h does not either: these are our
 * names and comments for the numbers and layouts of the published proposal.
 * The header serves both the tool and the driver in kernel/tph-vfio-pci, and
 * therefore includes nothing but what both sides have.
 *
 * All fields are in host byte order (little-endian on every machine that has
 * PCIe TPH today) and naturally aligned; there is no hidden padding.
 */
#ifndef UAPI_VFIO_PCI_TPH_H
#define UAPI_VFIO_PCI_TPH_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* _IO(VFIO_TYPE, VFIO_BASE + 22), spelt out so as not to need linux/vfio.h. */
#define VFIO_DEVICE_PCI_TPH _IO(';', 100 + 22)

/* vfio_pci_tph_op.op */
#define VFIO_PCI_TPH_GET_CAP 0
#define VFIO_PCI_TPH_ENABLE  1
#define VFIO_PCI_TPH_DISABLE 2
#define VFIO_PCI_TPH_GET_ST  3
#define VFIO_PCI_TPH_SET_ST  4

/*
 * Modes, as bits: in vfio_pci_tph_cap.supported_modes any of them, in
 * vfio_pci_tph_ctrl.mode exactly one. The bits are those of the TPH Requester
 * Capability register (PCIe 6.0, 7.9.13.2), not the numbers that the control
 * register takes.
 */
#define VFIO_PCI_TPH_MODE_NS (1u << 0) /* no steering tag */
#define VFIO_PCI_TPH_MODE_IV (1u << 1) /* interrupt vector */
#define VFIO_PCI_TPH_MODE_DS (1u << 2) /* device specific */

/* vfio_pci_tph_entry.mem_type */
#define VFIO_PCI_TPH_MEM_VOLATILE   0
#define VFIO_PCI_TPH_MEM_PERSISTENT 1

/*
 * Entries that one GET_ST or SET_ST may carry: the architectural maximum of
 * an ST table. The proposal names a limit without its value being known;
 * this is the value of its predecessors and of the driver in this tree.
 */
#define VFIO_PCI_TPH_MAX_ENTRIES 2048

/* GET_CAP, out. */
struct vfio_pci_tph_cap {
	__u8 supported_modes;
	__u8 st_table_present; /* 1: in the capability, or in the MSI-X table */
	__u16 st_table_sz;     /* entries; 0 for a table in the MSI-X table */
	__u32 reserved;
};

/* ENABLE, in. */
struct vfio_pci_tph_ctrl {
	__u8 mode;
	__u8 reserved[7];
};

/* GET_ST and SET_ST, one entry. */
struct vfio_pci_tph_entry {
	__u32 cpu;     /* in: logical CPU number */
	__u8 mem_type; /* in */
	__u8 reserved0;
	__u16 index; /* in, SET_ST: entry of the ST table */
	__u16 st;    /* out, GET_ST: steering tag */
	__u16 reserved1;
};

/* GET_ST and SET_ST, in and out. */
struct vfio_pci_tph_st {
	__u32 count;
	__u32 reserved;
	struct vfio_pci_tph_entry entries[];
};

/*
 * The argument of VFIO_DEVICE_PCI_TPH: this head, and what op asks for right
 * behind it. argsz counts both: 16 + 12 * count bytes for a batch.
 * (No union: a flexible array cannot stand in one.)
 */
struct vfio_pci_tph_head {
	__u32 argsz;
	__u32 op;
};

#define VFIO_PCI_TPH_CAP_ARGSZ \
	(sizeof(struct vfio_pci_tph_head) + sizeof(struct vfio_pci_tph_cap))
#define VFIO_PCI_TPH_CTRL_ARGSZ \
	(sizeof(struct vfio_pci_tph_head) + sizeof(struct vfio_pci_tph_ctrl))
#define VFIO_PCI_TPH_ST_ARGSZ(n)                                             \
	(sizeof(struct vfio_pci_tph_head) + sizeof(struct vfio_pci_tph_st) + \
	 (n) * sizeof(struct vfio_pci_tph_entry))

#endif
