/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Metrics as text that is both: OpenMetrics 1.0 and the text format 0.0.4 of
 * Prometheus, which the node exporter's textfile collector reads. They differ
 * in the types that they know and in what ends a text; a gauge, and "# EOF",
 * which the older format takes for a comment, are good in both.
 */
#ifndef UI_OPENMETRICS_H
#define UI_OPENMETRICS_H

#include <stddef.h>
#include <stdio.h>

struct metric_label {
	const char *name;
	const char *value; /* any bytes; NULL: "", that is none */
};

/*
 * Begin a family of gauges: all of its samples follow before the next one
 * begins. help: a sentence without a backslash.
 */
void openmetrics_gauge(FILE *out, const char *name, const char *help);

/* A sample of the family that was begun. */
void openmetrics_sample(FILE *out, const char *name,
			const struct metric_label *labels, size_t n,
			unsigned long value);

/* The last line. */
void openmetrics_end(FILE *out);

#endif
