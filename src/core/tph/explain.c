/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/tph/explain.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/cleanup.h"
#include "core/base/kernel_cmdline.h"
#include "core/cpu/cpuset.h"
#include "core/tph/abi_evidence.h"
#include "core/tph/abi_layouts.h"
#include "uapi/vfio_pci_tph.h"

const char *steering_modes(unsigned int modes, char text[16])
{
	size_t used = 0;

	snprintf(text, 16, "none");
	for (unsigned int mode = 1; mode <= VFIO_PCI_TPH_MODE_DS; mode <<= 1)
		if (modes & mode)
			used += (size_t)snprintf(text + used, 16 - used, "%s%s",
						 used ? " " : "",
						 tph_mode_name(mode));
	return text;
}

/*
 * The gate is a parameter of the driver's module; some drivers let it be
 * changed while they are loaded, others only when they are.
 */
void steering_hint_gate(const struct target *target, struct error *err)
{
	char module[64], path[160];
	struct stat st;

	if (pci_device_module(&target->pci, module, sizeof(module)))
		snprintf(module, sizeof(module), "vfio_pci");
	if (tph_evidence_gate(&target->pci, path, sizeof(path)) > 0 &&
	    stat(path, &st) == 0 && (st.st_mode & S_IWUSR))
		error_hint(err,
			   "whoever drives the device could then aim at "
			   "any cache; if that is wanted: echo 1 > %s",
			   path);
	else
		error_hint(err,
			   "whoever drives the device could then aim at "
			   "any cache; if that is wanted, load the "
			   "module %s with enable_unsafe_tph_ds=1",
			   module);
}

static int gated(const struct target *target, int number, struct error *err)
{
	error_set(err, ERR_GATED, -number,
		  "the driver does not allow device-specific mode without an "
		  "ST table (enable_unsafe_tph_ds is off)");
	steering_hint_gate(target, err);
	return number;
}

static bool is_gate_errno(int number)
{
	return number == -EOPNOTSUPP || number == -EPERM || number == -EINVAL;
}

static bool needs_gate(const struct target *target, unsigned int mode)
{
	return mode == VFIO_PCI_TPH_MODE_DS &&
	       target->cap.location == TPH_TABLE_NONE;
}

int steering_explain_enable(const struct target *target, unsigned int mode,
			    int number, struct error *err)
{
	if (number == -EINVAL && kernel_cmdline_notph()) {
		error_set(err, ERR_NO_COMPLETER, EINVAL,
			  "cannot enable TPH: the kernel was booted with "
			  "pci=notph");
		error_hint(err, "boot without it");
		return number;
	}
	if (needs_gate(target, mode) && is_gate_errno(number))
		return gated(target, number, err);
	if (number == -EINVAL && target->express.integrated)
		return error_set(err, ERR_NO_COMPLETER, EINVAL,
				 "cannot enable TPH: it is an integrated "
				 "endpoint, which kernels before 7.1, 7.0.y "
				 "or 6.18.33 refuse");
	switch (number) {
	case -EBUSY:
		return error_set(err, ERR_REFUSED, EBUSY,
				 "cannot enable TPH: it was switched on "
				 "meanwhile");
	case -EOPNOTSUPP:
		return error_set(err, ERR_NO_TPH, EOPNOTSUPP,
				 "cannot enable TPH: the kernel says that the "
				 "device cannot do it");
	case -ENODEV:
		return error_set(err, ERR_NO_COMPLETER, ENODEV,
				 "cannot enable TPH: there is no Root Port, "
				 "or no ACPI");
	case -EIO:
		return error_set(err, ERR_ASLEEP, EIO,
				 "cannot enable TPH: the device could not be "
				 "woken");
	case -EINVAL:
		return error_set(err, ERR_REFUSED, EINVAL,
				 "cannot enable TPH in mode %s: %s",
				 tph_mode_name(mode), strerror(EINVAL));
	default:
		return error_system(err, -number, "cannot enable TPH");
	}
}

int steering_explain_cut(const struct target *target, struct error *err)
{
	unsigned int cpu = (unsigned int)target->tph.cut_cpu;
	char own[CPUSET_PATH_SIZE], partition[CPUSET_PATH_SIZE];

	cpuset_own(own);
	error_set(err, ERR_PERMISSION, EPERM,
		  "the driver takes no CPU on which this process may not run, "
		  "and the kernel does not let it run on CPU %u%s%.300s%s",
		  cpu, own[0] ? " (its cpuset is " : "", own,
		  own[0] ? ")" : "");
	if (cpuset_partition_of(cpu, partition))
		error_hint(err,
			   "CPU %u belongs to a partition; start it there: "
			   "echo $$ > /sys/fs/cgroup%.250s/cgroup.procs",
			   cpu, partition);
	else
		error_hint(err, "start it in a cpuset that has that CPU");
	return -EPERM;
}

int steering_explain_get_tags(const struct target *target, int number,
			      struct error *err)
{
	if (number == -EPERM && target->tph.cut_cpu >= 0)
		return steering_explain_cut(target, err);
	if (number == -EOPNOTSUPP || number == -EPERM) {
		if (target->tph.layout && target->tph.layout->tags_in_ds &&
		    target->control.mode != VFIO_PCI_TPH_MODE_DS)
			return error_set(err, ERR_GATED, -number,
					 "layout %s of the driver's interface "
					 "gives tags in mode ds alone",
					 target->tph.layout->name);
		if (target->cap.location == TPH_TABLE_NONE)
			return gated(target, number, err);
		return error_set(err, ERR_GATED, -number,
				 "this kernel gives no tags for a device that "
				 "has an ST table");
	}
	if (number == -ENODEV && target->express.integrated)
		return error_set(err, ERR_NO_TAG, ENODEV,
				 "it has no steering tags of CPUs: the kernel "
				 "asks for them at the Root Port, and an "
				 "integrated endpoint has none");
	if (number == -EINVAL) {
		error_set(err, ERR_NO_TAG, EINVAL,
			  "the platform gives no steering tags");
		error_hint(err, "the firmware must have the _DSM method for "
				"TPH on the host bridge");
		return number;
	}
	return error_system(err, -number, "cannot get steering tags");
}

int steering_explain_other_mode(const struct target *target,
				unsigned int wanted, struct error *err)
{
	error_set(err, ERR_OTHER_MODE, EBUSY,
		  "TPH is on in mode %s, not in mode %s",
		  tph_mode_name(target->control.mode), tph_mode_name(wanted));
	err->advice = (struct advice){ ADVICE_SWITCH_MODE, .mode = wanted,
				       .borrowed = target->borrowed };
	return -EBUSY;
}

/*
 * Which entries stand is known by what was read back: where the tags of the
 * CPUs are not known, only if the driver undid the call that failed.
 */
static bool is_known(const struct steering_result *result,
		     const struct tph_layout *layout)
{
	return result->tag_known &&
	       (result->wanted_known || (layout && layout->undoes));
}

static bool stands(const struct steering_result *result, size_t i, size_t done)
{
	const struct steering_entry *e = &result->entries[i];

	if (result->wanted_known)
		return e->tag == e->wanted;
	return i < done && (e->tag == 0) == (e->cpu == TPH_CPU_NONE);
}

/* The driver set the entries of the call that failed to 0, those before too. */
static bool were_undone(const struct steering_result *result, size_t done,
			const struct tph_layout *layout)
{
	if (!layout || !layout->undoes)
		return false;
	for (size_t i = done; i < result->n; i++)
		if (result->entries[i].tag)
			return false;
	return true;
}

/* Returns how many stand, and says which. */
static size_t describe_standing(const struct steering_result *result,
				size_t done, char standing[256])
{
	_cleanup_(cpulist_free) struct cpulist yes = { 0 }, no = { 0 };
	_cleanup_free_ char *yes_text = NULL, *no_text = NULL;

	for (size_t i = 0; i < result->n; i++)
		cpulist_append(stands(result, i, done) ? &yes : &no,
			       result->entries[i].index, 1, 1);
	yes_text = cpulist_format(&yes);
	no_text = cpulist_format(&no);
	if (yes.count && no.count)
		snprintf(standing, 256, "entries %.100s stand, %.100s do not",
			 yes_text, no_text);
	else
		snprintf(standing, 256, "%s",
			 yes.count ? "all entries stand" : "no entry stands");
	return yes.count;
}

int steering_explain_set(const struct steering_result *result, size_t done,
			 const struct tph_layout *layout, int number,
			 struct error *err)
{
	const char *because = number == -ENXIO
				      ? " (beyond the table, or its MSI-X "
					"vector is not allocated)"
				      : "";
	char standing[256] = "which entries stand is not known";
	bool known = is_known(result, layout);
	size_t n = known ? describe_standing(result, done, standing) : 1;

	error_set(err, n ? ERR_PARTIAL : ERR_REFUSED, -number,
		  "cannot program the ST table: %s%s; %s", strerror(-number),
		  because, standing);
	if (known && were_undone(result, done, layout))
		error_append(err, ", the entries of the call that failed are "
				  "0 now");
	return number;
}

void steering_explain_state(struct target *target, struct error *err)
{
	const struct tph_control *is = &target->control;
	struct error ignored;

	if (!target->open || !target->borrowed || err->tells_state ||
	    target->tph.pretended.control)
		return;
	if (target_read_control(target, &ignored))
		error_append(err, "; whether TPH is on now cannot be read");
	else if (is->enabled != target->before.enabled ||
		 (is->enabled && is->mode != target->before.mode))
		error_append(err, "; TPH is %s%s now",
			     is->enabled ? "on, mode " : "off",
			     is->enabled ? tph_mode_name(is->mode) : "");
}

void steering_explain_end(const struct target *target, bool put_back,
			  struct error *err)
{
	if (target->control.enabled)
		error_append(err, "; TPH is still on");
	else if (put_back)
		error_append(err, "; TPH was switched off again");
	else
		error_append(err, "; TPH is off: the kernel switched it off");
}
