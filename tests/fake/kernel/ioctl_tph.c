// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * VFIO_DEVICE_PCI_TPH in the flavours that a tool may meet:
 *	f3		as first proposed (v1): GET_CAP does not look at argsz,
 *			entries are done one by one
 *	f3-v3		the same; a gate that is shut leaves device-specific
 *			mode out of GET_CAP
 *	f3-v8		other mode bits, entries that can be cleared, and all
 *			entries of a call that failed are 0; see tph_v8.c
 *	f3-strict	every argsz and reserved field checked, a batch is
 *			resolved and checked whole before its first write
 *	f3-strict-v8	the same by the layout of v8
 *	f2		the older meaning of the number: what is op in f3 is a
 *			flags word, and 0 in it is "enable in no-ST mode"
 *	none		no such ioctl
 * The gate of device-specific mode without a table exists when the module
 * of the device's driver has its parameter.
 */
#include "kernel/tph.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#define HEAD	sizeof(struct vfio_pci_tph_head)
#define ST_HEAD sizeof(struct vfio_pci_tph_st)

struct batch {
	uint32_t count;
	struct vfio_pci_tph_entry *entries;
};

static bool strict(const struct device *dev)
{
	return !strncmp(dev->abi, "f3-strict", strlen("f3-strict"));
}

/* True where the gate exists and is shut. */
bool tph_gate_shut(const struct device *dev)
{
	static const char *const names[] = { "enable_unsafe_tph_ds",
					     "enable_unsafe_tph_ds_mode" };
	char name[PATH_MAX], text[8];
	unsigned int i;

	for (i = 0; i < 2; i++) {
		snprintf(name, sizeof(name),
			 "root%.3000s/driver/module/parameters/%s", dev->path,
			 names[i]);
		if (state_read(name, text, sizeof(text)) > 0)
			return text[0] != 'Y' && text[0] != 'y' &&
			       text[0] != '1';
	}
	return false;
}

static long get_cap(struct device *dev, void *arg, uint32_t argsz)
{
	struct vfio_pci_tph_cap cap = { 0 };

	if (strict(dev) && argsz < VFIO_PCI_TPH_CAP_ARGSZ)
		return -EINVAL;
	if (!dev->tph)
		return -EOPNOTSUPP;
	cap.supported_modes = config_u32(dev, dev->tph + 4) & 7;
	cap.st_table_present = tph_core_location(dev) != TPH_LOC_NONE;
	cap.st_table_sz = (uint16_t)tph_core_table_size(dev);
	if ((tph_is_v8(dev) || !strcmp(dev->abi, "f3-v3")) &&
	    !cap.st_table_present && tph_gate_shut(dev))
		cap.supported_modes &= (uint8_t)~VFIO_PCI_TPH_MODE_DS;
	if (tph_is_v8(dev))
		v8_cap(dev, &cap);
	return user_put((char *)arg + HEAD, &cap, sizeof(cap));
}

static long enable(struct device *dev, void *arg, uint32_t argsz,
		   struct vfio_pci_tph_ctrl *ctrl)
{
	static const uint8_t zero[sizeof(ctrl->reserved)];
	unsigned int mode;

	if (argsz < VFIO_PCI_TPH_CTRL_ARGSZ)
		return -EINVAL;
	if (user_get(ctrl, (char *)arg + HEAD, sizeof(*ctrl)))
		return -EFAULT;
	if (!dev->tph)
		return -EOPNOTSUPP;
	if (memcmp(ctrl->reserved, zero, sizeof(zero)) && strict(dev))
		return -EINVAL;
	/* One bit; no-ST mode has none in v8, and the others are one lower. */
	for (mode = tph_is_v8(dev); mode < 3; mode++)
		if (ctrl->mode == 1 << (mode - tph_is_v8(dev)))
			break;
	if (mode == 3)
		return -EINVAL;
	/* A mode that the device lacks is the PCI core's to refuse. */
	if (mode == 2 && tph_core_location(dev) == TPH_LOC_NONE &&
	    (config_u32(dev, dev->tph + 4) & 4) && tph_gate_shut(dev))
		return -EOPNOTSUPP;
	if (strict(dev) && device_sleeps(dev))
		return -EIO;
	if (!strcmp(machine.lie, "enable"))
		return 0;
	if (!strcmp(machine.lie, "other") && mode)
		mode = 3 - mode;
	return tph_core_enable(dev, mode);
}

static int get_batch(const struct device *dev, void *arg, uint32_t argsz,
		     struct batch *batch)
{
	struct vfio_pci_tph_st st;
	size_t size;

	if (argsz < HEAD + ST_HEAD)
		return -EINVAL;
	if (user_get(&st, (char *)arg + HEAD, sizeof(st)))
		return -EFAULT;
	if (!st.count || st.count > machine.max_entries || st.reserved ||
	    argsz < VFIO_PCI_TPH_ST_ARGSZ((size_t)st.count))
		return -EINVAL;
	size = st.count * sizeof(*batch->entries);
	batch->entries = malloc(size);
	if (!batch->entries)
		return -ENOMEM;
	batch->count = st.count;
	if (user_get(batch->entries, (char *)arg + HEAD + ST_HEAD, size))
		return -EFAULT;
	return strict(dev) ? strict_batch(dev, batch->entries, batch->count)
			   : 0;
}

int tph_resolve(const struct device *dev,
		const struct vfio_pci_tph_entry *entry, uint16_t *tag)
{
	if (entry->mem_type > VFIO_PCI_TPH_MEM_PERSISTENT || entry->reserved0 ||
	    entry->reserved1)
		return -EINVAL;
	if (v8_clears(dev, entry)) {
		*tag = 0;
		return 0;
	}
	if (!cpu_in(machine.present, entry->cpu))
		return -EINVAL;
	return tph_core_cpu_tag(dev, entry->mem_type, entry->cpu, tag);
}

static long get_st(struct device *dev, void *arg, uint32_t argsz,
		   struct batch *batch)
{
	bool tableless = tph_core_location(dev) == TPH_LOC_NONE;
	long result = get_batch(dev, arg, argsz, batch);
	uint32_t i;

	if (result)
		return result;
	if (!dev->tph || (tableless && tph_gate_shut(dev)) ||
	    (!tableless && machine.getst_tableless))
		return -EOPNOTSUPP;
	if (tph_is_v8(dev))
		result = v8_may_ask(dev);
	for (i = 0; !result && i < batch->count; i++)
		result = tph_resolve(dev, &batch->entries[i],
				     &batch->entries[i].st);
	if (result)
		return result;
	return user_put((char *)arg + HEAD + ST_HEAD, batch->entries,
			batch->count * sizeof(*batch->entries));
}

static long set_st(struct device *dev, void *arg, uint32_t argsz,
		   struct batch *batch)
{
	long result = get_batch(dev, arg, argsz, batch);
	uint16_t tag;
	uint32_t i;

	if (result)
		return result;
	if (!dev->tph)
		return -EOPNOTSUPP;
	if (strict(dev))
		result = strict_set(dev, batch->entries, batch->count);
	/* Before it looks at the indexes the strict one has begun nothing. */
	if (result && result != -ENXIO)
		return result;
	for (i = 0; !result && i < batch->count; i++) {
		if (v8_clears(dev, &batch->entries[i]) &&
		    !strcmp(machine.lie, "clear"))
			continue;
		result = tph_resolve(dev, &batch->entries[i], &tag);
		if (!result)
			result = tph_core_set_entry(
				dev, batch->entries[i].index, tag);
	}
	if (result && tph_is_v8(dev))
		v8_roll_back(dev, batch->entries, batch->count);
	return result;
}

/* ---- the older family ---- */

static long older(struct device *dev, uint32_t argsz, uint32_t flags)
{
	if (argsz < 12)
		return -EINVAL;
	if (flags == 0) /* enable, and mode 0 is no-ST */
		return tph_core_enable(dev, 0);
	return -EINVAL;
}

/* ---- entry ---- */

static void show_entries(const struct batch *batch, char *out, size_t size)
{
	size_t at = 0;
	uint32_t i;

	out[0] = '\0';
	for (i = 0; batch->entries && i < batch->count && at < size - 48; i++)
		at += (size_t)snprintf(
			out + at, size - at, "%s%u:%u:%u",
			i ? "," : " entries=", batch->entries[i].index,
			batch->entries[i].cpu, batch->entries[i].mem_type);
}

/* What a driver does that is not asked of it. */
static long lie_after(struct device *dev, uint32_t operation)
{
	struct pollfd holder = { .fd = -1, .events = POLLIN };

	if (!strcmp(machine.lie, "set") && operation == VFIO_PCI_TPH_SET_ST)
		tph_core_disable(dev);
	if (!strncmp(machine.lie, "kill-", 5))
		holder.fd = (int)real.syscall(SYS_pidfd_open,
					      atoi(machine.lie + 5), 0);
	if (holder.fd >= 0) {
		real.syscall(SYS_pidfd_send_signal, holder.fd, SIGKILL, NULL,
			     0);
		real.syscall(SYS_poll, &holder, 1, -1);
		real.syscall(SYS_close, holder.fd);
	}
	return !strcmp(machine.lie, operation == VFIO_PCI_TPH_GET_CAP
					    ? "positive-cap"
					    : "positive");
}

static long run(struct device *dev, void *arg,
		const struct vfio_pci_tph_head *head, const char *name)
{
	struct vfio_pci_tph_ctrl ctrl = { 0 };
	struct batch batch = { 0 };
	char operation[32], text[40000] = "";
	long result;

	snprintf(operation, sizeof(operation), "ioctl.%s", name);
	result = fault(operation);
	if (result)
		goto log;
	switch (head->op) {
	case VFIO_PCI_TPH_GET_CAP:
		result = get_cap(dev, arg, head->argsz);
		break;
	case VFIO_PCI_TPH_ENABLE:
		result = enable(dev, arg, head->argsz, &ctrl);
		snprintf(text, sizeof(text), " mode=%u", ctrl.mode);
		break;
	case VFIO_PCI_TPH_DISABLE:
		if (!dev->tph)
			result = -EOPNOTSUPP;
		else if (strcmp(machine.lie, "disable") != 0)
			tph_core_disable(dev);
		break;
	case VFIO_PCI_TPH_GET_ST:
		result = get_st(dev, arg, head->argsz, &batch);
		break;
	case VFIO_PCI_TPH_SET_ST:
		result = set_st(dev, arg, head->argsz, &batch);
		break;
	default:
		result = -EINVAL;
	}
	if (!result)
		result = lie_after(dev, head->op);
	if (batch.entries)
		show_entries(&batch, text, sizeof(text));
	device_save(dev);
	free(batch.entries);
log:
	log_call(dev->bdf, name, result, " argsz=%u%s", head->argsz, text);
	return result;
}

long ioctl_tph(struct device *dev, void *arg)
{
	static const char *const names[] = { "GET_CAP", "ENABLE", "DISABLE",
					     "GET_ST", "SET_ST" };
	struct vfio_pci_tph_head head = { 0 };
	long result;

	if (!strcmp(dev->abi, "none")) {
		log_call(dev->bdf, "TPH", -ENOTTY, "");
		return -ENOTTY;
	}
	if (user_get(&head, arg, sizeof(head))) {
		log_call(dev->bdf, "TPH", -EFAULT, "");
		return -EFAULT;
	}
	if (!strcmp(dev->abi, "f2")) {
		result = fault("ioctl.F2") ?: older(dev, head.argsz, head.op);
		device_save(dev);
		log_call(dev->bdf, "F2", result, " argsz=%u flags=%#x",
			 head.argsz, head.op);
		return result;
	}
	if (strict(dev) && head.argsz < HEAD) {
		log_call(dev->bdf, "TPH", -EINVAL, " argsz=%u", head.argsz);
		return -EINVAL;
	}
	return run(dev, arg, &head,
		   head.op < 5 ? names[head.op] : "TPH_UNKNOWN");
}
