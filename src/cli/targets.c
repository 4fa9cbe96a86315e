/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/targets.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#include "cli/command.h"
#include "cli/invocation.h"
#include "cli/plan.h"
#include "core/base/cleanup.h"
#include "core/base/interrupt.h"
#include "core/tph/explain.h"
#include "ui/message.h"

/*
 * Before a device is begun: let signals wait from now on, where the command
 * changes devices. Returns 0, or -EINTR with *err filled: one came, the
 * device is not to be begun.
 */
static int begin(const struct invocation *inv, struct error *err)
{
	int number;

	if (!inv->command->changes || inv->settings.dry_run)
		return 0;
	interrupt_hold();
	number = interrupt_pending();
	/* --hold waits for just that signal. */
	if (!number || inv->settings.hold)
		return 0;
	return error_set(err, ERR_INTERRUPTED, EINTR,
			 "interrupted by %s: nothing was done to it",
			 interrupt_name(number));
}

/* For as few reads as it takes to see that it is not meant. */
static int look(struct invocation *inv, const struct visit *visit,
		struct error *err)
{
	const unsigned int what = inv->look;
	const bool meant = visit->selected->named || what & LOOK_NON_TPH;
	struct target *t = visit->target;
	int r = target_glance(inv->source, &visit->selected->bdf, t, err);

	if (r)
		return r;
	if (!meant && t->cap_known && !t->cap.offset)
		return DEVICE_SKIPPED;
	r = target_fill(t, what, err);
	if (r == 0 && what & LOOK_OWNER)
		r = pci_device_holder(&t->pci, &t->owner, err);
	return r;
}

static int do_one(struct invocation *inv, struct visit *visit,
		  struct error *err)
{
	const struct command *command = inv->command;
	int r;

	plan_forget(inv);
	r = begin(inv, err);
	if (r)
		return r;
	if (command->changes)
		r = invocation_lock(inv, &visit->selected->bdf, err);
	if (r)
		return r;
	inv->io.renewed = false;
	inv->io.taken_from = NULL;
	r = look(inv, visit, err);
	if (r == 0)
		r = command->act(inv, visit, err);
	else if (r < 0 && err->kind != ERR_NOT_FOUND && command->miss)
		command->miss(visit);
	if (inv->io.renewed)
		message_note(inv->io.device,
			     "the kernel had TPH on, although its register was "
			     "off: switched it off and on again");
	if (inv->io.taken_from)
		message_note(inv->io.device,
			     "TPH was on in the register alone, in mode %s; "
			     "the kernel has switched it on now",
			     inv->io.taken_from);
	if (r < 0 && command->tells_state)
		steering_explain_state(visit->target, err);
	/* Unplugged since it was found: "all" does not mean it any more. */
	if (r < 0 && !visit->selected->named && err->kind == ERR_NOT_FOUND)
		r = DEVICE_SKIPPED;
	return r;
}

static void count(struct invocation *inv, const struct bdf *bdf, int r,
		  const struct error *err)
{
	char address[BDF_LENGTH];

	if (r < 0)
		invocation_fail(inv, bdf_format(bdf, address), err);
	else if (r == DEVICE_SKIPPED)
		inv->skipped++;
	else if (r == DEVICE_UNSEEN)
		inv->unseen++;
	else if (r == DEVICE_SILENT)
		inv->silent++;
	else
		inv->succeeded++;
}

/* Functions were there of which nobody can tell whether they have TPH. */
static int conclude_unseen(const struct invocation *inv, struct error *err)
{
	const struct pci_unseen *unseen = pci_source_unseen(inv->source);

	if (inv->succeeded) {
		message_note(NULL,
			     "%s the extended config space of %d functions",
			     unseen->cannot, inv->unseen);
		return 0;
	}
	error_set(err, unseen->kind, unseen->number,
		  "%s: which functions have a TPH capability is not known",
		  unseen->config);
	error_hint(err, "%s", unseen->hint);
	return -unseen->number;
}

/* What there is to say of all of them. */
static int conclude(const struct invocation *inv, bool of_all,
		    struct error *err)
{
	if (inv->silent)
		message_note(NULL,
			     "%d functions do not answer: whether they have a "
			     "TPH capability is not known",
			     inv->silent);
	if (inv->unseen)
		return conclude_unseen(inv, err);
	if (!inv->skipped || inv->succeeded || inv->failed)
		return 0;
	if (!of_all)
		return error_set(err, ERR_NO_TPH, EOPNOTSUPP,
				 "none of %d devices has a TPH capability",
				 inv->skipped);
	message_note(NULL, "no function has a TPH capability");
	return 0;
}

int for_each_target(struct invocation *inv, const struct selection *selection,
		    void *state, struct error *err)
{
	for (size_t i = 0; i < selection->n; i++) {
		const struct selected *selected = &selection->list[i];
		_cleanup_(target_close) struct target target = TARGET_NONE;
		struct visit visit = { selected, &target, state };
		struct error why;
		int r = do_one(inv, &visit, &why);

		count(inv, &selected->bdf, r, &why);
		target_close(&target); /* which changes it, too */
		invocation_unlock(inv);
	}
	return conclude(inv, selection->of_all, err);
}

int select_words(struct invocation *inv, char **words, int n,
		 struct selection *selection, struct error *err)
{
	static char all_word[] = "all", *all[] = { all_word };
	_cleanup_free_ struct selector *sels = NULL;
	bool plural = inv->command->takes & TAKES_PLURAL;
	int r;

	*selection = (struct selection){ 0 };
	if (n == 0 && inv->command->takes & TAKES_NONE) {
		words = all;
		n = 1;
	}
	sels = selection_parse(words, n, plural, err);
	if (!sels)
		return -EINVAL;
	r = invocation_open_source(inv, err);
	for (int i = 0; r == 0 && i < n; i++) {
		struct error why;

		if (selection_add(selection, inv->source, &sels[i], &why))
			invocation_fail(inv, sels[i].text, &why);
	}
	return r;
}

int act_on_words(struct invocation *inv, int n, void *state, struct error *err)
{
	_cleanup_(selection_free) struct selection selection;
	int r = select_words(inv, inv->words, n, &selection, err);

	return r ? r : for_each_target(inv, &selection, state, err);
}
