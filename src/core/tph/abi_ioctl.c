/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VFIO_DEVICE_PCI_TPH: one ioctl, the operation in a word of its own.
 * docs/abi.md tells the families apart and says what is known of each.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/sysfs.h"
#include "core/cpu/affinity.h"
#include "core/tph/abi.h"
#include "core/tph/abi_layouts.h"
#include "core/pci/tph_cap.h"
#include "uapi/vfio_pci_tph.h"

_Static_assert(sizeof(struct vfio_pci_tph_head) == 8, "layout");
_Static_assert(sizeof(struct vfio_pci_tph_cap) == 8, "layout");
_Static_assert(sizeof(struct vfio_pci_tph_ctrl) == 8, "layout");
_Static_assert(sizeof(struct vfio_pci_tph_st) == 8, "layout");
_Static_assert(sizeof(struct vfio_pci_tph_entry) == 12, "layout");
_Static_assert(offsetof(struct vfio_pci_tph_cap, st_table_sz) == 2, "layout");
_Static_assert(offsetof(struct vfio_pci_tph_entry, index) == 6, "layout");
_Static_assert(offsetof(struct vfio_pci_tph_entry, st) == 8, "layout");
_Static_assert(TPH_CPU_NONE == VFIO_PCI_TPH_V8_CPU_NONE, "layout");

#define NAME	     "VFIO_DEVICE_PCI_TPH"
#define MAX_ENTRIES  VFIO_PCI_TPH_MAX_ENTRIES
#define PROBE_BUFFER 4096

/* GET_CAP, ENABLE, DISABLE. */
struct small_argument {
	struct vfio_pci_tph_head head;
	union {
		struct vfio_pci_tph_cap cap;
		struct vfio_pci_tph_ctrl ctrl;
	};
};

/* GET_ST, SET_ST. */
struct batch {
	struct vfio_pci_tph_head head;
	struct vfio_pci_tph_st st;
};

/* No operation has an answer above 0: a driver that gives one is in error. */
static int check_answer(int r)
{
	return r > 0 ? -EPROTO : r;
}

/*
 * With evidence, GET_CAP itself is the probe. Without it, a call that no
 * revision can take for more than a question: argsz 8 is too short for the
 * revision of 2025, in which op word 0 and argsz of 12 and more mean "switch
 * TPH on"; it answers EINVAL. So may a strict driver of this family, and the
 * two cannot be told apart. The buffer is large, since the first revision
 * writes its answer without looking at argsz.
 */
static int probe(struct tph_handle *h, bool evidence)
{
	_cleanup_free_ struct vfio_pci_tph_head *head = NULL;
	int r;

	if (evidence) {
		r = h->abi->get_cap(h);
		/* Known to be this family: EINVAL is no riddle here. */
		return r == -ENOTTY || r == -ENOMEM ? r : 0;
	}
	head = calloc(1, PROBE_BUFFER);
	if (!head)
		return -ENOMEM;
	head->argsz = sizeof(*head);
	head->op = VFIO_PCI_TPH_GET_CAP;
	r = check_answer(io_query(h->io, h->fd, VFIO_DEVICE_PCI_TPH, head, NAME,
				  "probe argsz=8 op=0"));
	return r == -EOPNOTSUPP ? 0 : r;
}

static int get_cap(struct tph_handle *h)
{
	struct small_argument arg = {
		.head = { .argsz = (__u32)VFIO_PCI_TPH_CAP_ARGSZ,
			  .op = VFIO_PCI_TPH_GET_CAP }
	};
	int r;

	if (h->asked_cap)
		return 0;
	r = check_answer(io_query(h->io, h->fd, VFIO_DEVICE_PCI_TPH, &arg, NAME,
				  "GET_CAP"));
	if (r)
		return r;
	h->asked_cap = true;
	h->has_cap = h->fd >= 0;
	h->cap.bits = arg.cap.supported_modes;
	h->cap.byte1 = arg.cap.st_table_present;
	h->cap.table_size = arg.cap.st_table_sz;
	return 0;
}

static void note_control(struct tph_handle *h, bool enabled, unsigned int mode)
{
	if (h->io->issued)
		return;
	h->pretended.control = true;
	h->pretended.enabled = enabled;
	h->pretended.mode = mode;
}

static int enable(struct tph_handle *h, unsigned int mode)
{
	struct small_argument arg = {
		.head = { .argsz = (__u32)VFIO_PCI_TPH_CTRL_ARGSZ,
			  .op = VFIO_PCI_TPH_ENABLE }
	};
	int r;

	if (h->layout)
		arg.ctrl.mode = tph_layout_bits(h->layout, mode);
	else if (h->fd >= 0)
		return -EPROTO; /* a bit could mean another mode */
	r = io_ioctl(h->io, h->fd, VFIO_DEVICE_PCI_TPH, &arg, NAME,
		     "ENABLE mode=%s", tph_mode_name(mode));
	note_control(h, true, mode);
	return check_answer(r);
}

static int disable(struct tph_handle *h)
{
	struct small_argument arg = {
		.head = { .argsz = (__u32)VFIO_PCI_TPH_CTRL_ARGSZ,
			  .op = VFIO_PCI_TPH_DISABLE }
	};
	int r = io_ioctl(h->io, h->fd, VFIO_DEVICE_PCI_TPH, &arg, NAME,
			 "DISABLE");

	note_control(h, false, 0);
	return check_answer(r);
}

static struct batch *batch_new(__u32 op, size_t n)
{
	struct batch *batch = calloc(1, VFIO_PCI_TPH_ST_ARGSZ(n));

	if (batch) {
		batch->head.argsz = (__u32)VFIO_PCI_TPH_ST_ARGSZ(n);
		batch->head.op = op;
		batch->st.count = (__u32)n;
	}
	return batch;
}

/* " 0,1,2" or " 0=4,1=5": what a batch carries. */
static char *describe(const struct vfio_pci_tph_entry *e, size_t n, bool set)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		fputs(i ? "," : " ", out);
		if (set)
			fprintf(out, "%u=", e[i].index);
		if (e[i].cpu == TPH_CPU_NONE)
			fputs("none", out);
		else
			fprintf(out, "%u", e[i].cpu);
	}
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}

static int issue_batch(struct tph_handle *h, struct batch *arg, size_t n,
		       enum tph_mem mem, bool set)
{
	_cleanup_free_ char *what = NULL;

	if (h->io->trace) {
		what = describe(arg->st.entries, n, set);
		if (!what)
			return -ENOMEM;
	}
	return check_answer((set ? io_ioctl : io_query)(
		h->io, h->fd, VFIO_DEVICE_PCI_TPH, arg, NAME,
		"%s count=%zu mem=%s%s%s", set ? "SET_ST" : "GET_ST", n,
		tph_mem_name(mem), set ? " index=cpu" : " cpu",
		what ? what : ""));
}

static int get_st_once(struct tph_handle *h, const unsigned int *cpus, size_t n,
		       enum tph_mem mem, uint16_t *tags)
{
	_cleanup_free_ struct batch *arg = batch_new(VFIO_PCI_TPH_GET_ST, n);
	struct vfio_pci_tph_entry *e;
	int r;

	if (!arg)
		return -ENOMEM;
	e = arg->st.entries;
	for (size_t i = 0; i < n; i++) {
		e[i].cpu = cpus[i];
		e[i].mem_type = (__u8)mem;
	}
	r = issue_batch(h, arg, n, mem, false);
	h->has_tags = r == 0 && h->io->issued && !h->pretended.control;
	for (size_t i = 0; i < n; i++)
		tags[i] = r ? 0 : e[i].st;
	return r;
}

/*
 * A kernel may have a lower limit than ours and refuse the batch with EINVAL.
 * Asking changes nothing, so smaller batches may be tried; SET_ST must not,
 * where EINVAL can come after entries were written.
 */
/*
 * A driver may take those CPUs alone on which its caller may run: this process
 * may for the call. cut is one on which it may not, for the message.
 */
static void widen(struct tph_handle *h, const unsigned int *cpus, size_t n,
		  struct affinity *own)
{
	_cleanup_(cpulist_free) struct cpulist cut = { 0 };

	affinity_widen(cpus, n, own, &cut);
	h->cut_cpu = cut.count ? (int)cut.items[0] : -1;
}

static int get_st(struct tph_handle *h, const unsigned int *cpus, size_t n,
		  enum tph_mem mem, uint16_t *tags)
{
	_cleanup_(affinity_restore) struct affinity own = { 0 };
	size_t limit = MAX_ENTRIES;

	if (h->fd >= 0)
		widen(h, cpus, n, &own);
	while (n) {
		size_t now = n < limit ? n : limit;
		int r = get_st_once(h, cpus, now, mem, tags);

		if (r == -EINVAL && now > 1) {
			limit = now / 2;
			continue;
		}
		if (r)
			return r;
		cpus += now;
		tags += now;
		n -= now;
	}
	return 0;
}

/* The same for the CPUs of entries. */
static int widen_for(struct tph_handle *h, const struct tph_entry *entries,
		     size_t n, struct affinity *own)
{
	_cleanup_free_ unsigned int *cpus = calloc(n + 1, sizeof(*cpus));
	size_t n_cpus = 0;

	if (!cpus)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		if (entries[i].cpu != TPH_CPU_NONE)
			cpus[n_cpus++] = entries[i].cpu;
	widen(h, cpus, n_cpus, own);
	return 0;
}

static int set_st(struct tph_handle *h, const struct tph_entry *entries,
		  size_t n, enum tph_mem mem, size_t *done)
{
	_cleanup_(affinity_restore) struct affinity own = { 0 };

	*done = 0;
	if (h->fd >= 0 && widen_for(h, entries, n, &own))
		return -ENOMEM;
	for (*done = 0; *done < n;) {
		size_t left = n - *done;
		size_t now = left < MAX_ENTRIES ? left : MAX_ENTRIES;
		_cleanup_free_ struct batch *arg =
			batch_new(VFIO_PCI_TPH_SET_ST, now);
		struct vfio_pci_tph_entry *e;
		int r;

		if (!arg)
			return -ENOMEM;
		e = arg->st.entries;
		for (size_t i = 0; i < now; i++) {
			e[i].index = (__u16)entries[*done + i].index;
			e[i].cpu = entries[*done + i].cpu;
			e[i].mem_type = (__u8)mem;
		}
		r = issue_batch(h, arg, now, mem, true);
		h->pretended.entries = !h->io->issued;
		if (r)
			return r;
		*done += now;
	}
	return 0;
}

const struct tph_abi tph_abi_ioctl = {
	.name = "ioctl",
	.probe = probe,
	.get_cap = get_cap,
	.enable = enable,
	.disable = disable,
	.get_st = get_st,
	.set_st = set_st,
};
