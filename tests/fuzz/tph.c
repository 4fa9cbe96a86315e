/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core/tph_abi, steering, snapshot, msix: everything that is done to an open
 * device, with any answers of the kernel.
 */
#include "kernel.h"

#include "core/profile/snapshot.h"
#include "core/tph/table_read.h"
#include "core/tph/steering.h"

#define ENTRIES_MAX 16

static struct topology *topology;

static void explain(int r, const struct error *err)
{
	if (r)
		fuzz_must_explain(err);
}

/* Success means that the table holds what the kernel said to be the tags. */
static void check_result(const struct steering_result *result)
{
	for (size_t i = 0; i < result->n; i++)
		fuzz_must(
			!result->wanted_known || !result->tag_known ||
			(result->entries[i].wanted &&
			 result->entries[i].tag == result->entries[i].wanted));
}

static void set(struct target *target)
{
	struct tph_entry entries[ENTRIES_MAX];
	struct st_plan plan = { .entries = entries };
	struct steering_result result = { 0 };
	unsigned int index = 0, mode;
	struct error err = { 0 };
	size_t n = kernel_take() % ENTRIES_MAX;
	int r = steering_check_set(target, kernel_take() & 7, &mode, &err);

	explain(r, &err);
	for (; r == 0 && plan.n < n; plan.n++) {
		index += 1 + kernel_take() % 8u;
		if (index >= target->cap.table_size)
			break;
		entries[plan.n] = (struct tph_entry){ index, kernel_take() };
	}
	if (r == 0) {
		r = steering_set(target, &plan, kernel_take() & 1, mode,
				 &result, &err);
		explain(r, &err);
		if (r == 0)
			check_result(&result);
		steering_result_free(&result);
	}
}

static void look(struct target *target)
{
	struct snapshot snapshot;
	struct st_table table;
	struct error err = { 0 };
	int r = snapshot_take(target, topology, &snapshot, &err);

	explain(r, &err);
	if (r == 0)
		snapshot_free(&snapshot);
	r = st_table_read(target, topology, false, &table, &err);
	explain(r, &err);
	if (r == 0)
		st_table_free(&table);
}

static void act(struct target *target, uint8_t what)
{
	unsigned int mode;
	struct error err = { 0 };
	bool changed;

	switch (what % 8) {
	case 0:
	case 1:
		explain(target_check_agreement(target, &err), &err);
		break;
	case 2:
		if (steering_choose_mode(target, kernel_take() & 7, &mode,
					 &err) == 0)
			explain(steering_enable(target, mode, what & 0x80,
						&changed, &err),
				&err);
		break;
	case 3:
		explain(steering_disable(target, &changed, &err), &err);
		break;
	case 4:
		look(target);
		break;
	default:
		set(target);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* clang-format off */
	struct target target = { .has_port = true, .cap_known = true,
				 .open = true, .through_vfio = true,
				 .completer = TPH_COMPLETER_EXTENDED,
				 .pci = { .address = "0000:01:00.0" } };
	struct io io = { .device = target.pci.address };
	/* clang-format on */
	struct config_reader config = vfio_device_config(&target.vfio);
	struct error err = { 0 };
	int r;

	if (!topology)
		fuzz_must(topology_load(&topology, &err) == 0);
	kernel_load(data, size);
	vfio_device_borrow(&target.vfio, &io, KERNEL_FD);
	target.vfio.config_offset = 0x1000; /* asked for by the target open */
	r = tph_abi_choose(&target.pci, KERNEL_FD, &io, NULL, &target.tph,
			   &err);
	explain(r, &err);
	if (r || tph_cap_read(&config, &target.cap) || !target.cap.offset ||
	    target_read_control(&target, &err))
		return 0;
	for (int i = 0; i < 4; i++)
		act(&target, kernel_take());
	return 0;
}
