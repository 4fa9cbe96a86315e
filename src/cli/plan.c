/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a dry run would issue. */
#include <stdlib.h>
#include <string.h>

#include "cli/plan.h"

#include "cli/invocation.h"

struct planned {
	char *name;
	char *arguments;
};

struct plan {
	struct planned *calls;
	size_t n;
};

void plan_add(struct invocation *inv, const struct io_call *call)
{
	struct planned *larger;
	struct plan *plan;

	if (!inv->plan)
		inv->plan = calloc(1, sizeof(*inv->plan));
	plan = inv->plan;
	larger = plan ? reallocarray(plan->calls, plan->n + 1,
				     sizeof(*plan->calls))
		      : NULL;
	if (!larger) {
		report_incomplete(inv->report);
		return;
	}
	plan->calls = larger;
	larger += plan->n;
	larger->name = strdup(call->name);
	larger->arguments = strdup(call->arguments);
	plan->n++;
	if (larger->name && larger->arguments)
		return;
	/* A plan with a call missing would be a lie. */
	plan->n--;
	free(larger->name);
	free(larger->arguments);
	report_incomplete(inv->report);
}

void plan_tell(struct invocation *inv)
{
	if (!inv->settings.dry_run)
		return;
	report_enter_array(inv->report, "ioctls");
	for (size_t i = 0; inv->plan && i < inv->plan->n; i++) {
		const struct planned *call = &inv->plan->calls[i];

		report_enter(inv->report, NULL);
		report_string(inv->report, "name", call->name);
		report_string(inv->report, "arguments", call->arguments);
		report_leave(inv->report);
		report_heading(inv->report, "    %s%s%s", call->name,
			       call->arguments[0] ? " " : "", call->arguments);
	}
	report_leave(inv->report);
	plan_forget(inv);
}

void plan_forget(struct invocation *inv)
{
	for (size_t i = 0; inv->plan && i < inv->plan->n; i++) {
		free(inv->plan->calls[i].name);
		free(inv->plan->calls[i].arguments);
	}
	if (inv->plan)
		inv->plan->n = 0;
}

void plan_free(struct invocation *inv)
{
	plan_forget(inv);
	if (inv->plan)
		free(inv->plan->calls);
	free(inv->plan);
	inv->plan = NULL;
}
