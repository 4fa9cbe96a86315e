/* SPDX-License-Identifier: (GPL-2.0-or-later WITH Linux-syscall-note) OR BSD-3-Clause */
/*
 * The proposed VFIO user ABI for PCIe TLP Processing Hints (TPH), the family
 * in which one ioctl carries an operation word of its own. No released kernel
 * offers it. The names and comments are this project's; the numbers and
 * layouts are those of the published proposal.
 *
 * Revisions of the proposal give the same ioctl two layouts:
 *
 *	v1	mode bits are those of the TPH Requester Capability register;
 *		GET_CAP reports whether there is an ST table
 *	v8	mode bits are one place lower and no-ST mode has none; SET_ST
 *		clears an entry whose CPU is VFIO_PCI_TPH_V8_CPU_NONE
 *
 * The ioctl number, the operations and all sizes are the same, so a program
 * must find out which layout its kernel has before it sends ENABLE: what is
 * interrupt vector mode in v1 is device-specific mode in v8.
 *
 * The tool, the driver in kernel/tph-vfio-pci and programs that use the ABI
 * include this header, so it includes nothing that only one of them has.
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
 * vfio_pci_tph_ctrl.mode exactly one. In layout v1 the bits are those of the
 * TPH Requester Capability register (PCIe 6.0, 7.9.13.2), not the numbers that
 * the control register takes.
 */
#define VFIO_PCI_TPH_MODE_NS (1u << 0) /* no steering tag */
#define VFIO_PCI_TPH_MODE_IV (1u << 1) /* interrupt vector */
#define VFIO_PCI_TPH_MODE_DS (1u << 2) /* device specific */

/* The same in layout v8, which has no bit for no-ST mode. */
#define VFIO_PCI_TPH_V8_MODE_IV (1u << 0)
#define VFIO_PCI_TPH_V8_MODE_DS (1u << 1)

/* vfio_pci_tph_entry.cpu of SET_ST, layout v8: clear the entry. */
#define VFIO_PCI_TPH_V8_CPU_NONE 0xffffffffu

/* vfio_pci_tph_entry.mem_type */
#define VFIO_PCI_TPH_MEM_VOLATILE   0
#define VFIO_PCI_TPH_MEM_PERSISTENT 1

/*
 * Entries that one GET_ST or SET_ST may carry: the architectural maximum of
 * an ST table. v8 has this limit, v1 had none; the driver in this tree has it
 * in both layouts.
 */
#define VFIO_PCI_TPH_MAX_ENTRIES 2048

/*
 * GET_CAP, out. st_table_sz is in entries; v1: 0 for a table in the MSI-X
 * table; v8: 0 for none.
 */
struct vfio_pci_tph_cap {
	__u8 supported_modes;
	__u8 st_table_present; /* v1: 1 for a table here or in MSI-X; v8: 0 */
	__u16 st_table_sz;
	__u32 reserved;
};

/* ENABLE, in. */
struct vfio_pci_tph_ctrl {
	__u8 mode;
	__u8 reserved[7];
};

/* GET_ST and SET_ST, one entry. */
struct vfio_pci_tph_entry {
	__u32 cpu;     /* in: logical CPU number; SET_ST of v8 clears by ~0 */
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
