/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/openmetrics.h"

#include "core/base/utf8.h"

void openmetrics_gauge(FILE *out, const char *name, const char *help)
{
	fprintf(out, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
}

/* Both formats want UTF-8, and these three characters escaped. */
static void put_value(FILE *out, const char *value)
{
	while (*value) {
		size_t length = utf8_length(value);

		if (*value == '\n')
			fputs("\\n", out);
		else if (length == 0 || utf8_is_control(value, length))
			fputs(UTF8_REPLACEMENT, out);
		else if (*value == '\\' || *value == '"')
			fprintf(out, "\\%c", *value);
		else
			fwrite(value, 1, length, out);
		value += length ? length : 1;
	}
}

void openmetrics_sample(FILE *out, const char *name,
			const struct metric_label *labels, size_t n,
			unsigned long value)
{
	fputs(name, out);
	for (size_t i = 0; i < n; i++) {
		fprintf(out, "%s%s=\"", i ? "," : "{", labels[i].name);
		put_value(out, labels[i].value ? labels[i].value : "");
		fputc('"', out);
	}
	fprintf(out, "%s %lu\n", n ? "}" : "", value);
}

void openmetrics_end(FILE *out)
{
	fputs("# EOF\n", out);
}
