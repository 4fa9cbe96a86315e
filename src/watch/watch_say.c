/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines about one device, each once. */
#include <stdio.h>
#include <string.h>

#include "cli/hints.h"
#include "watch/watched.h"

void watch_say(struct watched *d, enum watch_level level, const char *text)
{
	if (strcmp(d->said, text) == 0)
		return;
	snprintf(d->said, sizeof(d->said), "%s", text);
	watch_log(level, d->pci.address, "%s", text);
}

void watch_say_error(struct watched *d, enum error_kind kind,
		     const char *message)
{
	char text[sizeof(d->said)], command[HINTS_DOCTOR_SIZE];
	const char *doctor = hints_doctor(kind, d->pci.address, NULL, command);

	if (doctor)
		snprintf(text, sizeof(text), "%.600s; hint: run '%s'", message,
			 doctor);
	else
		snprintf(text, sizeof(text), "%.900s", message);
	watch_say(d, WATCH_ERROR, text);
}

void watch_say_going(struct watched *d, const char *text)
{
	uint64_t now = watch_now();

	if (d->told_going && now - d->told_going < WATCH_LOG_MS)
		return;
	d->told_going = now;
	watch_say(d, WATCH_NOTICE, text);
}
