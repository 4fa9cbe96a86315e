/* SPDX-License-Identifier: GPL-2.0-or-later */
/* src/cli/hints: what core advises becomes a sentence. */
#include "unit.h"

#include <errno.h>

#include "cli/hints.h"
#include "uapi/vfio_pci_tph.h"

#define DEVICE "0000:3b:00.0"

static const char *hint(struct advice advice, const char *device)
{
	static struct error err;

	error_set(&err, ERR_OTHER_MODE, EBUSY, "refused");
	err.advice = advice;
	hints_error(&err, device);
	return err.hint;
}

static void no_advice_is_no_hint(void **state)
{
	(void)state;
	want_string("", hint((struct advice){ .kind = ADVICE_NONE }, DEVICE),
		    NULL);
}

static void every_advice_has_a_sentence(void **state)
{
	(void)state;
	for (enum advice_kind kind = ADVICE_NONE + 1; kind <= ADVICE_ON_UNKNOWN;
	     kind++) {
		const char *text =
			hint((struct advice){ .kind = kind }, DEVICE);

		want_int(false, text[0] == '\0',
			 "an advice without a sentence");
		want_int(true, strchr(text, '%') == NULL, text);
	}
}

static void facts_are_in_the_sentence(void **state)
{
	struct advice other = { ADVICE_SWITCH_MODE,
				.mode = VFIO_PCI_TPH_MODE_DS };
	struct advice named = { ADVICE_NAME_DESCRIPTOR, .pid = 4711 };

	(void)state;
	want_within("enable --switch --mode ds " DEVICE, hint(other, DEVICE),
		    NULL);
	other.borrowed = true;
	want_within("--mode ds --owner " DEVICE, hint(other, DEVICE), NULL);
	want_string("if you know which, say --pid 4711 --fd N",
		    hint(named, DEVICE), NULL);
}

static void sentence_of_core_is_kept(void **state)
{
	struct error err;

	(void)state;
	error_set(&err, ERR_BUSY, EBUSY, "refused");
	error_advise(&err, ADVICE_ACT_ON_HOLDER);
	error_hint(&err, "end it");
	hints_error(&err, DEVICE);
	want_string("end it", err.hint, NULL);
}

static void new_message_drops_the_old_advice(void **state)
{
	struct error err = { 0 };

	(void)state;
	error_advise(&err, ADVICE_ACT_ON_HOLDER);
	error_set(&err, ERR_USAGE, EINVAL, "new");
	want_int(ADVICE_NONE, err.advice.kind, NULL);
	error_advise(&err, ADVICE_ACT_ON_HOLDER);
	error_system(&err, EIO, "new");
	want_int(ADVICE_NONE, err.advice.kind, NULL);
}

static void finding_is_completed(void **state)
{
	struct finding f = { 0 };

	(void)state;
	finding_ok(&f, "a sentence");
	finding_more(&f, ADVICE_ON_HOLDER);
	finding_advise(&f, ADVICE_SHOW_TREE);
	hints_finding(&f);
	want_string("a sentence: commands act on it with --owner", f.says,
		    NULL);
	want_within("vfio-tph list --tree", f.next, NULL);
}

static void long_sentence_is_cut(void **state)
{
	struct finding f = { 0 };

	(void)state;
	memset(f.says, 'x', sizeof(f.says) - 4);
	finding_more(&f, ADVICE_ON_OPENING);
	hints_finding(&f);
	want_int(sizeof(f.says) - 1, strlen(f.says), NULL);
}

static void doctor_is_pointed_to_where_it_finds_the_cause(void **state)
{
	char text[HINTS_DOCTOR_SIZE];

	(void)state;
	want_string("vfio-tph doctor " DEVICE,
		    hints_doctor(ERR_NO_TPH, DEVICE, NULL, text), NULL);
	want_string("vfio-tph doctor --from a?b " DEVICE,
		    hints_doctor(ERR_NO_TPH, DEVICE, "a\nb", text), NULL);
	want_string(NULL, hints_doctor(ERR_NO_TPH, NULL, NULL, text), NULL);
	want_string(NULL, hints_doctor(ERR_NO_TPH, DEVICE, "-", text), NULL);
	want_string(NULL, hints_doctor(ERR_USAGE, DEVICE, NULL, text), NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_advice_is_no_hint),
		cmocka_unit_test(every_advice_has_a_sentence),
		cmocka_unit_test(facts_are_in_the_sentence),
		cmocka_unit_test(sentence_of_core_is_kept),
		cmocka_unit_test(new_message_drops_the_old_advice),
		cmocka_unit_test(finding_is_completed),
		cmocka_unit_test(long_sentence_is_cut),
		cmocka_unit_test(doctor_is_pointed_to_where_it_finds_the_cause),
	};

	return cmocka_run_group_tests_name("hints", tests, NULL, NULL);
}
