/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * src/uapi: our headers against the numbers of the ABI, and, where the build
 * machine's own headers have the thing, against those. The names of ours are
 * changed before they are included, so that both stand side by side.
 */
#include "unit.h"

#include <linux/pci_regs.h>
#include <linux/vfio.h>

#ifdef VFIO_DEVICE_BIND_IOMMUFD
#define THEIRS 1
static const unsigned long their_bind_number = VFIO_DEVICE_BIND_IOMMUFD;
static const size_t their_bind_offsets[] = {
	offsetof(struct vfio_device_bind_iommufd, argsz),
	offsetof(struct vfio_device_bind_iommufd, flags),
	offsetof(struct vfio_device_bind_iommufd, iommufd),
	offsetof(struct vfio_device_bind_iommufd, out_devid),
};
#undef VFIO_DEVICE_BIND_IOMMUFD
#else
#define THEIRS 0
static const unsigned long their_bind_number;
static const size_t their_bind_offsets[4];
#endif

#define vfio_device_bind_iommufd our_bind_iommufd
#include "uapi/vfio_cdev.h"
#include "uapi/vfio_pci_tph.h"

static const size_t our_bind_offsets[] = {
	offsetof(struct our_bind_iommufd, argsz),
	offsetof(struct our_bind_iommufd, flags),
	offsetof(struct our_bind_iommufd, iommufd),
	offsetof(struct our_bind_iommufd, out_devid),
};

static void bind_has_the_number_of_the_machines_header(void **state)
{
	(void)state;
	if (!THEIRS)
		skip(); /* a header older than Linux 6.6 */
	want_int(their_bind_number, VFIO_DEVICE_BIND_IOMMUFD, NULL);
}

static void bind_has_the_layout_of_the_machines_header(void **state)
{
	(void)state;
	if (!THEIRS)
		skip();
	for (size_t i = 0; i < 4; i++)
		want_int(their_bind_offsets[i], our_bind_offsets[i], NULL);
}

static void tph_number_is_counted_from_the_machines_base(void **state)
{
	(void)state;
	want_int(_IO(VFIO_TYPE, VFIO_BASE + 22), VFIO_DEVICE_PCI_TPH, NULL);
}

/* The ABI in numbers. */
#define NUMBERS(X)                                                          \
	X(bind_is_ioctl_3b76, 0x3b76, VFIO_DEVICE_BIND_IOMMUFD)             \
	X(bind_has_16_bytes, 16, sizeof(struct our_bind_iommufd))           \
	X(bind_takes_the_iommufd_at_8, 8,                                   \
	  offsetof(struct our_bind_iommufd, iommufd))                       \
	X(tph_is_ioctl_3b7a, 0x3b7a, VFIO_DEVICE_PCI_TPH)                   \
	X(get_cap_is_op_0, 0, VFIO_PCI_TPH_GET_CAP)                         \
	X(enable_is_op_1, 1, VFIO_PCI_TPH_ENABLE)                           \
	X(disable_is_op_2, 2, VFIO_PCI_TPH_DISABLE)                         \
	X(get_st_is_op_3, 3, VFIO_PCI_TPH_GET_ST)                           \
	X(set_st_is_op_4, 4, VFIO_PCI_TPH_SET_ST)                           \
	X(volatile_memory_is_0, 0, VFIO_PCI_TPH_MEM_VOLATILE)               \
	X(persistent_memory_is_1, 1, VFIO_PCI_TPH_MEM_PERSISTENT)           \
	X(batch_holds_2048_entries, 2048, VFIO_PCI_TPH_MAX_ENTRIES)         \
	X(argsz_of_get_cap_is_16, 16, VFIO_PCI_TPH_CAP_ARGSZ)               \
	X(argsz_of_enable_is_16, 16, VFIO_PCI_TPH_CTRL_ARGSZ)               \
	X(argsz_of_one_entry_is_28, 28, VFIO_PCI_TPH_ST_ARGSZ(1))           \
	X(argsz_of_2048_entries_is_24592, 24592,                            \
	  VFIO_PCI_TPH_ST_ARGSZ(VFIO_PCI_TPH_MAX_ENTRIES))                  \
	X(op_stands_at_4, 4, offsetof(struct vfio_pci_tph_head, op))        \
	X(table_stands_at_1, 1,                                             \
	  offsetof(struct vfio_pci_tph_cap, st_table_present))              \
	X(table_size_stands_at_2, 2,                                        \
	  offsetof(struct vfio_pci_tph_cap, st_table_sz))                   \
	X(control_has_8_bytes, 8, sizeof(struct vfio_pci_tph_ctrl))         \
	X(entry_has_12_bytes, 12, sizeof(struct vfio_pci_tph_entry))        \
	X(memory_type_stands_at_4, 4,                                       \
	  offsetof(struct vfio_pci_tph_entry, mem_type))                    \
	X(index_stands_at_6, 6, offsetof(struct vfio_pci_tph_entry, index)) \
	X(tag_stands_at_8, 8, offsetof(struct vfio_pci_tph_entry, st))      \
	X(entries_stand_at_8, 8, offsetof(struct vfio_pci_tph_st, entries))

/* Modes are the bits of the capability register. */
#define MODES(X)                                                       \
	X(no_st_is_the_first_bit, 1, VFIO_PCI_TPH_MODE_NS)             \
	X(interrupt_vector_is_the_second_bit, 2, VFIO_PCI_TPH_MODE_IV) \
	X(device_specific_is_the_third_bit, 4, VFIO_PCI_TPH_MODE_DS)

#define X(name, expected, got)                 \
	static void name(void **state)         \
	{                                      \
		(void)state;                   \
		want_int(expected, got, NULL); \
	}
NUMBERS(X)
MODES(X)
#undef X

/* What config_space.h writes out, by the machine's names for it. */
#define REGISTERS(X)                                                \
	X(tph_capability_has_id_17, 0x17, PCI_EXT_CAP_ID_TPH)       \
	X(msix_capability_has_id_11, 0x11, PCI_CAP_ID_MSIX)         \
	X(pcie_capability_has_id_10, 0x10, PCI_CAP_ID_EXP)          \
	X(root_port_has_type_4, 4, PCI_EXP_TYPE_ROOT_PORT)          \
	X(device_capabilities_2_stand_at_24, 0x24, PCI_EXP_DEVCAP2) \
	X(tph_register_stands_at_4, 4, PCI_TPH_CAP)                 \
	X(table_location_has_mask_600, 0x600, PCI_TPH_CAP_LOC_MASK)

#define X(name, expected, got)                 \
	static void name(void **state)         \
	{                                      \
		(void)state;                   \
		want_int(expected, got, NULL); \
	}
REGISTERS(X)
#undef X

int main(void)
{
#define X(name, ...) cmocka_unit_test(name),
	const struct CMUnitTest tests[] = {
		NUMBERS(X) MODES(X) REGISTERS(X)
			X(bind_has_the_number_of_the_machines_header) X(
				bind_has_the_layout_of_the_machines_header)
				X(tph_number_is_counted_from_the_machines_base)
	};
#undef X

	return cmocka_run_group_tests_name("uapi", tests, NULL, NULL);
}
