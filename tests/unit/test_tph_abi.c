/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core/tph_abi: choosing the family, by the parameters of modules and by a
 * probe; and core/io, through which every call goes.
 */
#include "unit.h"

#include <stdio.h>

#include "core/pci/device.h"
#include "core/tph/abi.h"
#include "fake_ioctl.h"

/* The driver's module, or NULL: the driver is built in. */
static const char *module_name;
/* The one parameter that there is, or NULL. */
static const char *parameter;

int __wrap_access(const char *path, int mode);
int __wrap_pci_device_module(const struct pci_device *dev, char *name,
			     size_t size);

int __wrap_access(const char *path, int mode)
{
	(void)mode;
	if (parameter && strcmp(path, parameter) == 0)
		return 0;
	errno = ENOENT;
	return -1;
}

int __wrap_pci_device_module(const struct pci_device *dev, char *name,
			     size_t size)
{
	(void)dev;
	if (!module_name)
		return -ENOENT;
	snprintf(name, size, "%s", module_name);
	return 0;
}

static int answered;

static int answer(unsigned int call, uint8_t *bytes)
{
	(void)call, (void)bytes;
	return answered;
}

static int reset(void **state)
{
	module_name = parameter = NULL;
	answered = 0;
	return fake_reset(state);
}

/* What the trace was told last, and how often. */
static struct io_call told;
static char told_arguments[64];
static int n_told;

static void tell(void *context, const struct io_call *call)
{
	(void)context;
	n_told++;
	told = *call;
	snprintf(told_arguments, sizeof(told_arguments), "%s", call->arguments);
}

static int choose(const char *forced, bool dry_run, struct error *err)
{
	static const struct pci_device dev = { .address = "0000:3b:00.0",
					       .driver = "my-driver" };
	struct io io = { .dry_run = dry_run, .trace = tell };
	struct tph_handle h;

	n_told = 0;
	*err = (struct error){ 0 };
	fake_answer = answer;
	return tph_abi_choose(&dev, dry_run ? IO_DRY_FD : FAKE_FD, &io, forced,
			      &h, err);
}

/* argsz of the probe tells whether it was a blind one. */
static unsigned int argsz_of_probe(void)
{
	struct error err;

	choose(NULL, false, &err);
	return fake_n ? fake_get32(fake_calls[0].bytes) : 0;
}

static void without_evidence_the_probe_is_blind(void **state)
{
	(void)state;
	module_name = "vfio_pci";
	want_int(8, argsz_of_probe(), NULL);
}

#define EVIDENCE(X)                                                         \
	X(parameter_of_the_driver_is_evidence, "tph_vfio_pci",              \
	  "/sys/module/tph_vfio_pci/parameters/enable_unsafe_tph_ds")       \
	X(its_later_name_is_evidence, "tph_vfio_pci",                       \
	  "/sys/module/tph_vfio_pci/parameters/enable_unsafe_tph_ds_mode")  \
	X(parameter_of_vfio_pci_is_evidence_for_a_variant, "mlx5_vfio_pci", \
	  "/sys/module/vfio_pci/parameters/enable_unsafe_tph_ds")           \
	X(parameter_is_evidence_for_a_built_in_driver, NULL,                \
	  "/sys/module/vfio_pci/parameters/enable_unsafe_tph_ds")

#define X(name, which, path)                          \
	static void name(void **state)                \
	{                                             \
		(void)state;                          \
		module_name = which;                  \
		parameter = path;                     \
		want_int(16, argsz_of_probe(), path); \
	}
EVIDENCE(X)
#undef X

static void parameter_of_another_module_is_no_evidence(void **state)
{
	(void)state;
	module_name = "vfio_pci";
	parameter = "/sys/module/tph_vfio_pci/parameters/enable_unsafe_tph_ds";
	want_int(8, argsz_of_probe(), parameter);
}

#define LATER(X)                                           \
	X(parameter_tph_is_a_later_proposal,               \
	  "/sys/module/vfio_pci/parameters/tph")           \
	X(parameter_enable_unsafe_tph_is_a_later_proposal, \
	  "/sys/module/vfio_pci/parameters/enable_unsafe_tph")

#define X(name, path)                                      \
	static void name(void **state)                     \
	{                                                  \
		struct error err;                          \
                                                           \
		(void)state;                               \
		parameter = path;                          \
		choose(NULL, false, &err);                 \
		want_int(ERR_UNKNOWN_ABI, err.kind, path); \
		want_int(0, fake_n, "calls issued");       \
	}
LATER(X)
#undef X

/* What the blind probe was answered, and what kind of error that is. */
#define ANSWERS(X)                                                 \
	X(success_is_the_family, 0, ERR_NONE)                      \
	X(eopnotsupp_is_the_family, -EOPNOTSUPP, ERR_NONE)         \
	X(enotty_is_no_abi, -ENOTTY, ERR_NO_ABI)                   \
	X(einval_is_an_unknown_abi, -EINVAL, ERR_UNKNOWN_ABI)      \
	X(eperm_is_a_matter_of_permission, -EPERM, ERR_PERMISSION) \
	X(eio_is_a_system_error, -EIO, ERR_SYSTEM)

#define X(name, result, expected)                   \
	static void name(void **state)              \
	{                                           \
		struct error err;                   \
                                                    \
		(void)state;                        \
		answered = result;                  \
		choose(NULL, false, &err);          \
		want_int(expected, err.kind, NULL); \
	}
ANSWERS(X)
#undef X

static void unknown_abi_has_the_way_out_in_its_advice(void **state)
{
	struct error err;

	(void)state;
	answered = -EINVAL;
	choose(NULL, false, &err);
	want_int(ADVICE_NAME_FAMILY, err.advice.kind, NULL);
}

static void family_that_was_named_is_not_probed(void **state)
{
	struct error err;

	(void)state;
	want_int(0, choose("ioctl", false, &err), NULL);
	want_int(0, fake_n, NULL);
}

static void dry_run_tells_the_probe_and_does_not_issue_it(void **state)
{
	struct error err;

	(void)state;
	want_int(0, choose(NULL, true, &err), NULL);
	want_int(1, n_told, "calls told");
	want_int(0, fake_n, "calls issued");
}

/* core/io */

static int issue(bool dry_run, int (*how)(unsigned int, uint8_t *))
{
	struct io io = { .dry_run = dry_run, .trace = tell };
	uint32_t argument[4] = { 16 };

	n_told = 0;
	fake_answer = how;
	return io_ioctl(&io, FAKE_FD, 1, argument, "NAME", "x=%d", 7);
}

static int answer_eintr_twice(unsigned int call, uint8_t *bytes)
{
	(void)bytes;
	return call < 2 ? -EINTR : 5;
}

static void interrupted_ioctl_is_issued_again(void **state)
{
	(void)state;
	want_int(5, issue(false, answer_eintr_twice), NULL);
}

static void interrupted_ioctl_is_told_once(void **state)
{
	(void)state;
	issue(false, answer_eintr_twice);
	want_int(1, n_told, NULL);
}

static void failed_ioctl_returns_the_negative_number(void **state)
{
	(void)state;
	answered = -ENXIO;
	want_int(-ENXIO, issue(false, answer), NULL);
}

static void trace_tells_the_decoded_argument(void **state)
{
	(void)state;
	issue(false, answer);
	want_string("x=7", told_arguments, NULL);
}

static void trace_tells_the_result(void **state)
{
	(void)state;
	answered = -ENXIO;
	issue(false, answer);
	want_int(-ENXIO, told.result, NULL);
}

static void dry_run_issues_no_ioctl(void **state)
{
	(void)state;
	issue(true, answer);
	want_int(0, fake_n, NULL);
}

static void dry_run_tells_the_ioctl_as_not_issued(void **state)
{
	(void)state;
	issue(true, answer);
	want_int(true, n_told == 1 && !told.issued, NULL);
}

int main(void)
{
#define X(name, ...) cmocka_unit_test_teardown(name, reset),
	const struct CMUnitTest tests[] = {
		EVIDENCE(X) LATER(X) ANSWERS(X) X(without_evidence_the_probe_is_blind) X(
			parameter_of_another_module_is_no_evidence)
			X(unknown_abi_has_the_way_out_in_its_advice) X(
				family_that_was_named_is_not_probed)
				X(dry_run_tells_the_probe_and_does_not_issue_it) X(
					interrupted_ioctl_is_issued_again)
					X(interrupted_ioctl_is_told_once) X(
						failed_ioctl_returns_the_negative_number)
						X(trace_tells_the_decoded_argument) X(
							trace_tells_the_result)
							X(dry_run_issues_no_ioctl)
								X(dry_run_tells_the_ioctl_as_not_issued)
	};
#undef X

	return cmocka_run_group_tests_name("tph_abi", tests, NULL, NULL);
}
