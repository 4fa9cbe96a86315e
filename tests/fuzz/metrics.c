/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ui/openmetrics: a sample is one line whatever its labels' values are, and
 * these are UTF-8 that is read back as it was.
 */
#include "fuzz.h"

#include "core/base/utf8.h"
#include "ui/openmetrics.h"

/* The value behind name=", up to the quote that ends it, is `value`. */
static const char *read_back(const char *at, const char *name,
			     const char *value)
{
	size_t n = strlen(name);

	fuzz_must(strncmp(at, name, n) == 0 && at[n] == '=' &&
		  at[n + 1] == '"');
	for (at += n + 2; *at != '"'; at++, value++) {
		size_t length = utf8_length(value);

		if (*value && *value != '\n' &&
		    utf8_is_control(value, length)) {
			fuzz_must(strncmp(at, UTF8_REPLACEMENT, 3) == 0);
			at += 2;
			value += length - 1;
		} else if (*at == '\\') {
			at++;
			fuzz_must(*at == '\\' || *at == '"' || *at == 'n');
			fuzz_must(*value == (*at == 'n' ? '\n' : *at));
		} else {
			fuzz_must(*at && *at != '\n' && *at == *value);
		}
	}
	fuzz_must(!*value);
	return at + 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t half = size / 2, length;
	_cleanup_free_ char *one = fuzz_text(data, half);
	_cleanup_free_ char *two = fuzz_text(data + half, size - half);
	_cleanup_free_ char *clean_one = utf8_clean(one);
	_cleanup_free_ char *clean_two = utf8_clean(two);
	const struct metric_label labels[] = { { "a", one }, { "b", two } };
	char *text = NULL;
	const char *at;
	FILE *out = open_memstream(&text, &length);

	fuzz_must(out && clean_one && clean_two);
	openmetrics_sample(out, "m", labels, 2, size);
	fuzz_must(fclose(out) == 0);
	fuzz_must_be_clean(text);
	fuzz_must(utf8_valid(text) && strchr(text, '\n') == text + length - 1);
	fuzz_must(strncmp(text, "m{", 2) == 0);
	at = read_back(text + 2, "a", clean_one);
	fuzz_must(*at == ',');
	at = read_back(at + 1, "b", clean_two);
	fuzz_must(strncmp(at, "} ", 2) == 0);
	free(text);
	return 0;
}
