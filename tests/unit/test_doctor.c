/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core/doctor: the table of checks, which of them run after one failed, and
 * which kinds of error doctor finds the cause of.
 */
#include "unit.h"

#include <stdio.h>

#include "core/doctor/checks.h"
#include "core/doctor/doctor.h"

/* Every kind, and whether its messages point to doctor. */
static const struct {
	enum error_kind kind;
	const char *word;
} kinds[] = {
#define X(name, status, word) { name, word },
	ERROR_KINDS(X)
#undef X
};

#define N_KINDS (sizeof(kinds) / sizeof(*kinds))

/*
 * What doctor cannot tell more of: what was typed or given, what became of
 * what was asked for, what the system had not, and what the IOMMU refuses,
 * which the command iommu tells.
 */
static const enum error_kind not_explained[] = {
	ERR_SYSTEM,	 ERR_OUTPUT,	     ERR_OTHER_MODE,   ERR_TPH_OFF,
	ERR_READ_BACK,	 ERR_MISMATCH,	     ERR_USAGE,	       ERR_NOT_FOUND,
	ERR_INPUT,	 ERR_PARTIAL,	     ERR_IOMMU_CANNOT, ERR_INTERRUPTED,
	ERR_OWNER_ENDED, ERR_WOULD_NOT_LAST,
};

static bool is_excepted(enum error_kind kind)
{
	for (size_t i = 0; i < sizeof(not_explained) / sizeof(*not_explained);
	     i++)
		if (not_explained[i] == kind)
			return true;
	return false;
}

static void a_check_explains_every_kind_but_those_that_are_excepted(void **s)
{
	(void)s;
	for (size_t i = 0; i < N_KINDS; i++)
		want_int(!is_excepted(kinds[i].kind),
			 doctor_explains(kinds[i].kind) != NULL, kinds[i].word);
}

static void no_error_is_explained_by_nothing(void **s)
{
	(void)s;
	want_string(NULL, doctor_explains(ERR_NONE), NULL);
}

static void codes_are_words_and_each_is_there_once(void **s)
{
	(void)s;
	for (size_t i = 0; i < doctor_n_checks; i++) {
		const char *code = doctor_checks[i].code;

		want_int(strlen(code),
			 strspn(code, "abcdefghijklmnopqrstuvwxyz-"), code);
		for (size_t k = 0; k < i; k++)
			want_int(true, strcmp(code, doctor_checks[k].code) != 0,
				 code);
	}
}

static void what_a_check_needs_stands_above_it(void **s)
{
	(void)s;
	for (size_t i = 0; i < doctor_n_checks; i++)
		for (size_t k = 0; k < DOCTOR_NEEDS_MAX; k++) {
			doctor_check_fn *needed = doctor_checks[i].needs[k];
			bool found = !needed;

			for (size_t j = 0; j < i; j++)
				found |= doctor_checks[j].run == needed;
			want_int(true, found, doctor_checks[i].code);
		}
}

/* What was told, in order. */
static char told[4096];

static void remember(void *context, const struct doctor_check *check,
		     struct finding *f)
{
	size_t used = strlen(told);

	(void)context;
	snprintf(told + used, sizeof(told) - used, "%s %s\n", check->code,
		 f->verdict == VERDICT_SKIPPED ? f->says
					       : verdict_name(f->verdict));
}

void __wrap_check_device(struct doctor *d, struct finding *f);

static bool device_fails;

void __wrap_check_device(struct doctor *d, struct finding *f)
{
	(void)d;
	if (device_fails)
		finding_fail(f, ERR_REFUSED, "it does not answer");
}

static const char *told_of_machine(struct doctor *d)
{
	told[0] = '\0';
	doctor_run(d, DOCTOR_MACHINE, remember, NULL);
	return told;
}

static void when_one_fails_those_that_need_it_name_it_however_far_down(void **s)
{
	struct target target = { .has_port = false };
	char text[] = "00:00.0 x\n00: 12\n";
	FILE *f = fmemopen(text, strlen(text), "r");
	struct pci_source *dump;
	struct doctor d = { .target = &target };
	struct error err;

	(void)s;
	assert_non_null(f);
	assert_int_equal(0, source_dump_read(f, "dump", &dump, &err));
	fclose(f);
	d.source = dump;
	told[0] = '\0';
	device_fails = true;
	doctor_run(&d, DOCTOR_DEVICE, remember, NULL);
	want_within("device failure\n", told, NULL);
	want_within("capability pointless: device failed\n", told, NULL);
	want_within("modes pointless: device failed\n", told, NULL);
	want_within("tags pointless: device failed\n", told, NULL);
	want_within("interrupts pointless: device failed\n", told, NULL);
	want_within("rights not in the dump\n", told_of_machine(&d), NULL);
	pci_source_close(dump);
}

static void a_finding_keeps_what_comes_from_outside_on_one_line(void **s)
{
	struct finding f = { .n_evidence = 0 };

	(void)s;
	finding_warn(&f, "a\nb");
	finding_next(&f, "c\033d");
	finding_see(&f, "e\tf", "g\rh");
	want_string("a?b", f.says, NULL);
	want_string("c?d", f.next, NULL);
	want_string("e?f", f.evidence[0].source, NULL);
	want_string("g?h", f.evidence[0].value, NULL);
}

static void evidence_beyond_the_maximum_is_left_out(void **s)
{
	struct finding f = { .n_evidence = 0 };

	(void)s;
	for (int i = 0; i <= FINDING_EVIDENCE_MAX; i++)
		finding_see(&f, "file", "%d", i);
	want_int(FINDING_EVIDENCE_MAX, f.n_evidence, NULL);
	want_string("0", f.evidence[0].value, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_check_explains_every_kind_but_those_that_are_excepted),
		cmocka_unit_test(no_error_is_explained_by_nothing),
		cmocka_unit_test(codes_are_words_and_each_is_there_once),
		cmocka_unit_test(what_a_check_needs_stands_above_it),
		cmocka_unit_test(
			when_one_fails_those_that_need_it_name_it_however_far_down),
		cmocka_unit_test(
			a_finding_keeps_what_comes_from_outside_on_one_line),
		cmocka_unit_test(evidence_beyond_the_maximum_is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
