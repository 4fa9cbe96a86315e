/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core/pci/dump_text and source_dump: dumps as people send them, and dumps
 * that were damaged on the way. Another decoder, of regular expressions,
 * says which bytes stand below which address.
 */
#include "unit.h"

#include <errno.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/cleanup.h"
#include "core/pci/device.h"
#include "core/pci/dump_text.h"

#define SIZE	  0x140 /* bytes of config space that the dump has */
#define FUNCTIONS 8

static void put16(uint8_t *c, unsigned int at, unsigned int value)
{
	c[at] = (uint8_t)value;
	c[at + 1] = (uint8_t)(value >> 8);
}

/* A Root Port that completes extended TPH; the bus below it is 1. */
static void make_port(uint8_t c[SIZE])
{
	put16(c, 0, 0x8086);
	put16(c, 2, 0x347a);
	put16(c, 6, 0x10);
	put16(c, 10, 0x0604);
	c[0xe] = 1;
	c[0x19] = 1;
	c[0x34] = 0x40;
	put16(c, 0x40, 0x10);
	put16(c, 0x42, 0x42); /* version 2, Root Port */
	put16(c, 0x40 + 0x24, 0x3000);
}

/* An Endpoint with TPH and a table of 4 entries. */
static void make_endpoint(uint8_t c[SIZE])
{
	put16(c, 0, 0x8086);
	put16(c, 2, 0x0b25);
	put16(c, 6, 0x10);
	put16(c, 10, 0x0200);
	c[0x34] = 0x40;
	put16(c, 0x40, 0x10);
	put16(c, 0x42, 2);
	put16(c, 0x100, 0x17);
	put16(c, 0x102, 1);
	put16(c, 0x104, 0x307);
	put16(c, 0x106, 3);
}

static void print_rows(FILE *out, const uint8_t c[SIZE])
{
	for (unsigned int i = 0; i < SIZE; i++) {
		if (i % 16 == 0)
			fprintf(out, "%02x:", i);
		fprintf(out, " %02x%s", c[i], i % 16 == 15 ? "\n" : "");
	}
}

/* What lspci -vxxxx prints of the two. */
static char *make_dump(void)
{
	uint8_t port[SIZE] = { 0 }, endpoint[SIZE] = { 0 };
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	make_port(port);
	make_endpoint(endpoint);
	fputs("00:01.0 PCI bridge: Intel Corporation Device 347a (rev 01)\n"
	      "\tKernel driver in use: pcieport\n",
	      out);
	print_rows(out, port);
	fputs("\n01:00.0 Ethernet controller: Intel Device [8086:0b25]\n"
	      "\tFlags: fast devsel, IRQ 255, NUMA node 1, IOMMU group 10\n"
	      "\tKernel driver in use: vfio-pci\n",
	      out);
	print_rows(out, endpoint);
	assert_int_equal(0, fclose(out));
	return text;
}

static int read_text(const char *text, size_t size, struct dump *dump,
		     struct error *err)
{
	_cleanup_fclose_ FILE *f = fmemopen((void *)text, size, "r");

	assert_non_null(f);
	return dump_read(f, "the dump", dump, err);
}

/* --- the other decoder --- */

struct seen {
	char address[32];
	int bytes[4096]; /* -1: not there */
};

static regex_t head_like, row_like;

static int compile(void **state)
{
	(void)state;
	return regcomp(&head_like,
		       "^[> \t]*(([0-9a-f]{4,8}:)?[0-9a-f]{2}:[0-9a-f]{2}"
		       "\\.[0-9a-f])([^:.]|$)",
		       REG_EXTENDED | REG_ICASE) ||
	       regcomp(&row_like,
		       "^[> \t]*([0-9a-f]{2,3}):(([ \t]+[0-9a-f]{2})+)[ "
		       "\t\r]*$",
		       REG_EXTENDED | REG_ICASE);
}

static int release(void **state)
{
	(void)state;
	regfree(&head_like);
	regfree(&row_like);
	return 0;
}

static struct seen *begin(struct seen all[FUNCTIONS], size_t *n,
			  const char *line, const regmatch_t *m)
{
	struct seen *s = &all[*n];

	assert_true(*n < FUNCTIONS);
	(*n)++;
	snprintf(s->address, sizeof(s->address), "%s%.*s",
		 m[2].rm_so < 0 ? "0000:" : "", (int)(m[1].rm_eo - m[1].rm_so),
		 line + m[1].rm_so);
	for (char *c = s->address; *c; c++)
		*c = (char)(*c >= 'A' && *c <= 'F' ? *c + 32 : *c);
	for (size_t i = 0; i < 4096; i++)
		s->bytes[i] = -1;
	return s;
}

static void take_row(struct seen *s, const char *line, const regmatch_t *m)
{
	unsigned long at = strtoul(line + m[1].rm_so, NULL, 16);
	const char *p = line + m[2].rm_so;

	for (; p < line + m[2].rm_eo && at < 4096; at++) {
		char *end;

		s->bytes[at] = (int)strtoul(p, &end, 16);
		p = end;
	}
}

/* Bytes below the line with an address, up to an empty line or another one. */
static size_t decode(const char *text, size_t size, struct seen all[FUNCTIONS])
{
	_cleanup_free_ char *copy = strndup(text, size);
	struct seen *s = NULL;
	size_t n = 0;
	char *rest = copy, *line;

	while ((line = strsep(&rest, "\n"))) {
		regmatch_t m[4];

		if (!*line)
			s = NULL;
		else if (regexec(&head_like, line, 4, m, 0) == 0)
			s = begin(all, &n, line, m);
		else if (s && regexec(&row_like, line, 4, m, 0) == 0)
			take_row(s, line, m);
	}
	return n;
}

static const struct seen *find(const struct seen *all, size_t n,
			       const char *address)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(all[i].address, address) == 0)
			return &all[i];
	return NULL;
}

/* No byte is shown that does not stand below the address of its function. */
static void must_agree(const struct dump *dump, const char *text, size_t size,
		       const char *given)
{
	static struct seen all[FUNCTIONS];
	size_t n = decode(text, size, all);

	for (size_t i = 0; i < dump->n; i++) {
		const struct dump_function *f = &dump->functions[i];
		char address[BDF_LENGTH];
		const struct seen *s =
			find(all, n, bdf_format(&f->bdf, address));

		want_int(true, s != NULL, given);
		for (unsigned int at = 0; at < 4096; at++) {
			uint8_t byte;

			if (dump_bytes(dump, f, at, &byte, 1))
				want_int(s->bytes[at], byte, given);
		}
	}
}

static void try_damaged(const char *text, size_t size, const char *given)
{
	struct error err = { .message = "" };
	struct dump dump;

	if (read_text(text, size, &dump, &err) == 0)
		must_agree(&dump, text, size, given);
	else
		want_int(true, err.message[0] != '\0', given);
	dump_free(&dump);
}

/* --- the tests --- */

static void dump_that_is_cut_shows_no_byte_that_is_not_in_it(void **state)
{
	_cleanup_free_ char *text = make_dump();
	char given[32];

	(void)state;
	for (size_t n = 1; n <= strlen(text); n++) {
		snprintf(given, sizeof(given), "cut at %zu", n);
		try_damaged(text, n, given);
	}
}

static void dump_without_a_line_shows_no_byte_of_another_function(void **state)
{
	_cleanup_free_ char *text = make_dump();
	size_t size = strlen(text);
	int number = 0;

	(void)state;
	for (const char *line = text; *line; number++) {
		const char *next = strchr(line, '\n') + 1;
		_cleanup_free_ char *without = malloc(size);
		char given[32];

		assert_non_null(without);
		memcpy(without, text, (size_t)(line - text));
		strcpy(without + (line - text), next);
		snprintf(given, sizeof(given), "without line %d", number + 1);
		try_damaged(without, strlen(without), given);
		line = next;
	}
}

static void dump_with_another_byte_shows_only_what_is_in_it(void **state)
{
	static const char others[] = "\0\n\r\t 09afAFzZ:./>#-\x7f\xc2\xff";
	_cleanup_free_ char *text = make_dump();
	size_t size = strlen(text);
	const char *head = strstr(text, "\n\n") + 2;
	char given[48];

	(void)state;
	for (size_t at = 0; at < size; at++) {
		char before = text[at];

		/* The first lines, and those round the second address. */
		if (at >= 400 &&
		    (text + at < head - 60 || text + at > head + 300))
			continue;
		for (size_t i = 0; i < sizeof(others) - 1; i++) {
			text[at] = others[i];
			snprintf(given, sizeof(given), "0x%02x at %zu",
				 (unsigned char)others[i], at);
			/* The other decoder ends at a NUL. */
			if (others[i])
				try_damaged(text, size, given);
		}
		text[at] = before;
	}
}

/* How a text was passed on. */
struct manner {
	const char *name, *begin, *prefix, *suffix, *tab, *blank;
	bool unended;
};

static const struct manner manners[] = {
	{ .name = "as it is" },
	{ .name = "indented", .prefix = "    " },
	{ .name = "indented by a tab", .prefix = "\t" },
	{ .name = "tabs as blanks", .tab = "        " },
	{ .name = "no indentation", .tab = "" },
	{ .name = "quoted", .prefix = "> " },
	{ .name = "quoted twice", .prefix = "> > " },
	{ .name = "quoted without blanks", .prefix = ">>" },
	{ .name = "blanks behind", .suffix = "  \t" },
	{ .name = "carriage returns", .suffix = "\r" },
	{ .name = "byte order mark", .begin = "\xef\xbb\xbf" },
	{ .name = "not ended", .unended = true },
	{ .name = "blanks that do not break", .blank = "\xc2\xa0" },
	{ .name = "behind a text", .begin = "Hello,\nCc: you\n\n" },
};

static char *pass_on(const char *text, const struct manner *how)
{
	char *passed;
	size_t size;
	FILE *out = open_memstream(&passed, &size);

	assert_non_null(out);
	fputs(how->begin ?: "", out);
	for (bool start = true; *text; text++) {
		if (start)
			fputs(how->prefix ?: "", out);
		start = *text == '\n';
		if (start && how->unended && !text[1])
			break;
		if (start)
			fputs(how->suffix ?: "", out);
		if (*text == '\t' && how->tab)
			fputs(how->tab, out);
		else if (*text == ' ' && how->blank)
			fputs(how->blank, out);
		else
			putc(*text, out);
	}
	assert_int_equal(0, fclose(out));
	return passed;
}

/* The Endpoint, with all that is known of it. */
static void want_endpoint(const char *text, const char *address,
			  const char *port, const char *given)
{
	_cleanup_fclose_ FILE *f = fmemopen((void *)text, strlen(text), "r");
	struct pci_source *source;
	struct pci_device dev;
	struct error err = { .message = "" };
	char got[BDF_LENGTH];
	uint32_t reg = 0;
	struct bdf bdf;

	assert_non_null(f);
	source_dump_read(f, "the dump", &source, &err);
	want_string("", err.message, given);
	assert_int_equal(0, bdf_parse(address, &bdf));
	want_int(0, pci_device_open(source, &bdf, 0, &dev, &err), given);
	want_string("vfio-pci", dev.driver, given);
	want_int(1, dev.numa_node, given);
	want_int(10, dev.iommu_group, given);
	want_int(0x8086, dev.vendor_id, given);
	want_int(0x0b25, dev.device_id, given);
	want_string(port, dev.below_port ? bdf_format(&dev.port, got) : "",
		    given);
	struct config_reader config = pci_device_config(&dev);
	want_int(0, config_read32(&config, 0x104, &reg), given);
	want_int(0x00030307, reg, given);
	pci_device_close(&dev);
	pci_source_close(source);
}

static void dump_is_read_however_it_was_passed_on(void **state)
{
	_cleanup_free_ char *text = make_dump();

	(void)state;
	for (size_t i = 0; i < sizeof(manners) / sizeof(*manners); i++) {
		_cleanup_free_ char *passed = pass_on(text, &manners[i]);

		want_endpoint(passed, "01:00.0", "0000:00:01.0",
			      manners[i].name);
	}
}

/* The dump with another address of the Endpoint, and what follows it. */
static char *with_head(const char *head)
{
	_cleanup_free_ char *text = make_dump();
	char *at = strstr(text, "\n01:00.0 ") + 1, *changed;

	*at = '\0';
	assert_true(asprintf(&changed, "%s%s%s", text, head,
			     at + strlen("01:00.0 ")) > 0);
	return changed;
}

static void address_is_read_in_all_its_forms(void **state)
{
	static const struct {
		const char *head, *address, *port;
	} forms[] = {
		{ "0000:01:00.0 ", "01:00.0", "0000:00:01.0" },
		{ "01:00.0", "01:00.0", "0000:00:01.0" },
		{ "00:01.0/01:00.0 ", "01:00.0", "0000:00:01.0" },
		{ "00:01.0/00.0 ", "01:00.0", "0000:00:01.0" },
		{ "5d0505:01:00.0 ", "5d0505:01:00.0", "" },
		{ "5d0505:01:00.0", "5d0505:01:00.0", "" },
		{ "ffffffff:01:00.0 ", "ffffffff:01:00.0", "" },
		{ "00:02.0/07:00.0/08:00.0 ", "08:00.0", "0000:00:02.0" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		_cleanup_free_ char *text = with_head(forms[i].head);

		want_endpoint(text, forms[i].address, forms[i].port,
			      forms[i].head);
	}
}

static void
function_that_cannot_be_taken_is_an_error_with_its_line(void **state)
{
	static const char *const heads[] = {
		"123456789:01:00.0 ", "01:20.0 ",    "01:00.8 ",
		"00:02.0/00.0 ",      "00:01.0/xx ", "nonsense ",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++) {
		_cleanup_free_ char *text = with_head(heads[i]);
		struct error err = { .message = "" };
		struct dump dump;

		want_int(-EINVAL, read_text(text, strlen(text), &dump, &err),
			 heads[i]);
		want_within("the dump:2", err.message, heads[i]);
		dump_free(&dump);
	}
}

static void lists_of_cpus_do_not_take_more_memory_than_they_need(void **state)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	struct error err = { .message = "" };
	struct dump dump;

	(void)state;
	assert_non_null(out);
	fputs("00:00.0 x\n", out);
	for (int i = 0; i < 2048; i++)
		fprintf(out, "# vfio-tph: cpus %d 0-65535\n", i);
	fputs("00: 12\n", out);
	assert_int_equal(0, fclose(out));
	want_int(-EINVAL, read_text(text, size, &dump, &err), NULL);
	want_within("the dump:50:", err.message, NULL);
	dump_free(&dump);
	free(text);
}

int main(void)
{
	/* clang-format off */
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dump_is_read_however_it_was_passed_on),
		cmocka_unit_test(address_is_read_in_all_its_forms),
		cmocka_unit_test(
			function_that_cannot_be_taken_is_an_error_with_its_line),
		cmocka_unit_test(
			dump_that_is_cut_shows_no_byte_that_is_not_in_it),
		cmocka_unit_test(
			dump_without_a_line_shows_no_byte_of_another_function),
		cmocka_unit_test(
			dump_with_another_byte_shows_only_what_is_in_it),
		cmocka_unit_test(
			lists_of_cpus_do_not_take_more_memory_than_they_need),
	};
	/* clang-format on */

	return cmocka_run_group_tests_name("dump", tests, compile, release);
}
