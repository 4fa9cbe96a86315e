/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/hints.h"

#include <stdio.h>
#include <string.h>

#include "cli/bind_words.h"
#include "core/base/text.h"
#include "core/doctor/doctor.h"
#include "core/tph/abi.h"

/*
 * The sentences. A %D is the device, %M the mode, %O the option of a holder,
 * %P its process; %B and %T how it is bound to a driver with VFIO, or to ours.
 */
static const char *const sentences[] = {
	[ADVICE_ACT_ON_HOLDER] = "act on the process that holds it: --owner",
	[ADVICE_OPEN_BY_GROUP] = "open it by its group: --via group",
	[ADVICE_OPEN_BY_CDEV] = "open it by its character device: --via cdev",
	[ADVICE_SHOW_IOMMU] = "what its IOMMU has: vfio-tph iommu %D",
	[ADVICE_SHOW_TAGS] = "a device without one gets its tags from its "
			     "driver: vfio-tph get-st %D prints them",
	[ADVICE_SWITCH_MODE] = "to switch it off and on again: vfio-tph "
			       "enable --switch --mode %M%O %D",
	[ADVICE_USE_TABLE] = "vfio-tph enable --switch --mode iv%O %D",
	[ADVICE_STOP_STEERING] = "vfio-tph disable%O %D stops steering; the "
				 "entries are cleared when the process that "
				 "has the device open closes it",
	[ADVICE_NAME_DESCRIPTOR] = "if you know which, say --pid %P --fd N",
	[ADVICE_NAME_FAMILY] = "if you know that it is the ioctl with an "
			       "operation word, use --abi v1 or --abi v8; on "
			       "the proposal of 2025 that would switch TPH on",
	[ADVICE_BIND_DRIVER] = "%B",
	[ADVICE_BIND_OUR_DRIVER] = "the driver tph-vfio-pci that comes with "
				   "vfio-tph provides it: %T",
	[ADVICE_MAKE_DUMP] = "a dump is what lspci -xxxx prints, as root, or "
			     "vfio-tph dump",
	[ADVICE_TRY_OUR_DRIVER] = "the stock driver of released kernels has "
				  "none: %T; the open device tells for certain "
				  "(--open, --owner)",
	[ADVICE_ENABLE_AGAIN] = "vfio-tph enable --owner %D",
	[ADVICE_FOLLOW_IRQ] = "vfio-tph set-st --owner --follow-irq, or move "
			      "the interrupts",
	[ADVICE_WATCH_IRQ] = "let vfio-tph watch follow them, or forbid "
			     "irqbalance these interrupts",
	[ADVICE_SHOW_TREE] = "only a function below a Root Port can steer: "
			     "vfio-tph list --tree",
	[ADVICE_OTHER_PORT] = "put it behind another Root Port (vfio-tph list "
			      "--output ADDRESS,PORT,COMPLETER), or look for "
			      "TPH in the firmware's settings",
	[ADVICE_OTHER_FUNCTION] = "look for a function that has it: vfio-tph "
				  "list",
	[ADVICE_ON_TAGS] = " (vfio-tph get-st)",
	[ADVICE_ON_HOLDER] = ": commands act on it with --owner",
	[ADVICE_ON_BORROWING] = ", with --owner",
	[ADVICE_ON_OPENING] = ": --open opens it, which resets it",
	[ADVICE_ON_UNKNOWN] = ", which vfio-tph does not know",
};

/* The word that stands for a %X. */
static const char *word_of(char letter, const struct advice *advice,
			   const char *device, char text[BIND_WORDS_SIZE])
{
	switch (letter) {
	case 'D':
		return device ? device : "DEVICE";
	case 'M':
		return tph_mode_name(advice->mode);
	case 'O':
		return advice->borrowed ? " --owner" : "";
	case 'B':
	case 'T':
		bind_words(device ? device : "DEVICE", letter == 'T', text);
		return text;
	default:
		snprintf(text, BIND_WORDS_SIZE, "%d", advice->pid);
		return text;
	}
}

/* Put the sentence behind what is in text. */
static void put(char *text, size_t size, const struct advice *advice,
		const char *device)
{
	size_t used = strlen(text);
	char text_of[BIND_WORDS_SIZE];

	for (const char *p = sentences[advice->kind]; p && *p && used < size;) {
		int literal = (int)strcspn(p, "%");
		const char *word = p[literal] ? word_of(p[literal + 1], advice,
							device, text_of)
					      : "";

		used += (size_t)snprintf(text + used, size - used, "%.*s%s",
					 literal, p, word);
		p += literal + (p[literal] ? 2 : 0);
	}
	text_keep_one_line(text);
}

void hints_error(struct error *err, const char *device)
{
	if (!err->hint[0])
		put(err->hint, sizeof(err->hint), &err->advice, device);
}

void hints_finding(struct finding *f)
{
	put(f->says, sizeof(f->says), &f->more, f->device);
	if (!f->next[0])
		put(f->next, sizeof(f->next), &f->advice, f->device);
}

const char *hints_doctor(enum error_kind kind, const char *device,
			 const char *dump, char text[HINTS_DOCTOR_SIZE])
{
	if (!device || !doctor_explains(kind) ||
	    (dump && strcmp(dump, "-") == 0)) /* which is read by now */
		return NULL;
	if (dump)
		snprintf(text, HINTS_DOCTOR_SIZE,
			 "vfio-tph doctor --from %.200s %s", dump, device);
	else
		snprintf(text, HINTS_DOCTOR_SIZE, "vfio-tph doctor %s", device);
	text_keep_one_line(text);
	return text;
}
