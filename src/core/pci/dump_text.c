/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/pci/dump_text.h"

#include <ctype.h>
#include <errno.h>
#include <linux/pci_regs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "core/pci/record.h"

#define NO_BREAK_SPACE "\xc2\xa0"

/* Where the reader is. */
struct reader {
	const char *name; /* of the file, in messages */
	unsigned int line;
	struct dump *dump;
	struct dump_function *function; /* that lines belong to, or NULL */
	struct pci_fact fact;		/* what its lines said so far */
	size_t room, rows_room, notes_room;
};

/* An array that has room for n more. Returns 0 or -ENOMEM. */
static int make_room(void *array, size_t used, size_t n, size_t *room,
		     size_t size)
{
	void **items = array, *larger;
	size_t more = *room ? *room : 64;

	while (more < used + n)
		more *= 2;
	if (more == *room)
		return 0;
	larger = reallocarray(*items, more, size);
	if (!larger)
		return -ENOMEM;
	*items = larger;
	*room = more;
	return 0;
}

static int out_of_memory(struct error *err)
{
	return error_system(err, ENOMEM, "cannot read the dump");
}

static int bad_line(const struct reader *r, const char *why, struct error *err)
{
	return error_set(err, ERR_USAGE, EINVAL, "%.256s:%u: %s", r->name,
			 r->line, why);
}

/*
 * What counts of a line: without the marks of a quotation, and without blanks
 * before and behind it. Blanks that do not break are blanks.
 */
static char *strip(char *line, size_t length)
{
	char *to = line;

	for (const char *from = line; from < line + length; from++) {
		bool wide = text_after(from, NO_BREAK_SPACE);

		*to++ = (char)(wide ? ' ' : *from ? *from : '?');
		from += wide;
	}
	while (to > line && isspace((unsigned char)to[-1]))
		to--;
	*to = '\0';
	return line + strspn(line, "> \t");
}

static size_t hex_length(const char *p)
{
	return strspn(p, "0123456789abcdefABCDEF");
}

static unsigned int hex_value(const char *p, size_t length)
{
	char digits[5] = "";

	memcpy(digits, p, length);
	return (unsigned int)strtoul(digits, NULL, 16);
}

/* How long is the address, [DDDD:]BB:DD.F, that p begins with? 0: none. */
static size_t address_length(const char *p)
{
	size_t domain = hex_length(p);
	size_t at = 0;

	if (domain >= 4 && p[domain] == ':')
		at = domain + 1;
	if (hex_length(p + at) != 2 || p[at + 2] != ':' ||
	    hex_length(p + at + 3) != 2 || p[at + 5] != '.' ||
	    !isxdigit((unsigned char)p[at + 6]))
		return 0;
	return at + 7;
}

static bool take_address(const char **p, struct bdf *bdf)
{
	size_t length = address_length(*p);
	char address[BDF_LENGTH];

	if (length == 0 || length >= sizeof(address))
		return false;
	memcpy(address, *p, length);
	address[length] = '\0';
	*p += length;
	return bdf_parse(address, bdf) == 0;
}

/* DD.F behind a bridge (lspci -P): the bus is the one below the bridge. */
static bool take_short(const struct dump *dump, const char **p,
		       const struct bdf *bridge, struct bdf *bdf)
{
	size_t i = dump->n;
	uint8_t head[PCI_SECONDARY_BUS + 1];
	char address[BDF_LENGTH];

	if (hex_length(*p) != 2 || (*p)[2] != '.')
		return false;
	while (i && !bdf_equal(&dump->functions[i - 1].bdf, bridge))
		i--;
	if (!i ||
	    !dump_bytes(dump, &dump->functions[i - 1], 0, head, sizeof(head)) ||
	    (head[PCI_HEADER_TYPE] & 0x7f) != PCI_HEADER_TYPE_BRIDGE)
		return false;
	snprintf(address, sizeof(address), "%02x:%.4s", head[PCI_SECONDARY_BUS],
		 *p);
	*p += strlen("00.0");
	return bdf_parse(address, bdf) == 0;
}

struct head {
	struct bdf bdf, port;
	bool has_port;
	const char *rest; /* behind the address */
};

/*
 * The line that a function begins with: its address, alone or behind those of
 * the bridges above it (lspci -P and -PP), then what it is: there are programs
 * that put no blank between. Returns 1; 0 where it is none; -EINVAL where it
 * is one, and where the function is cannot be told.
 */
static int parse_head(const struct dump *dump, const char *p, struct head *head)
{
	struct bdf next;

	*head = (struct head){ .has_port = false };
	if (!take_address(&p, &head->bdf))
		return 0;
	while (*p == '/') {
		p++;
		if (!head->has_port)
			head->port = head->bdf;
		head->has_port = true;
		if (!take_address(&p, &next) &&
		    !take_short(dump, &p, &head->bdf, &next))
			return -EINVAL;
		next.domain = head->bdf.domain;
		head->bdf = next;
	}
	head->rest = p;
	return !*p || *p == ' ' || *p == '\t' || isalnum((unsigned char)*p);
}

/* "8086:0b25", no longer. */
static bool take_ids(const char *p, uint16_t *vendor, uint16_t *device)
{
	if (hex_length(p) != 4 || p[4] != ':' || hex_length(p + 5) != 4)
		return false;
	*vendor = (uint16_t)hex_value(p, 4);
	*device = (uint16_t)hex_value(p + 5, 4);
	return true;
}

/*
 * Ids in the line that a function begins with: "0200: 8086:0b25 ..." (lspci -n
 * and ours), or the last "[8086:0b25]" (lspci -nn). A virtual function has
 * them nowhere else.
 */
static void parse_ids(const char *p, struct dump_function *f)
{
	p += strspn(p, " \t");
	if (hex_length(p) == 4 && text_after(p + 4, ": ") &&
	    take_ids(p + 6, &f->vendor, &f->device)) {
		f->has_ids = true;
		return;
	}
	while ((p = strchr(p, '[')))
		f->has_ids |=
			take_ids(++p, &f->vendor, &f->device) && p[9] == ']';
}

/*
 * A row, "1f0: 00 12 ...". Returns 1; 0 where it is none, as a line "Cc:" of
 * a mail is not; -EINVAL where it is one, and not a whole one.
 */
static int parse_row(const char *p, struct dump_row *row)
{
	size_t digits = hex_length(p);

	if (digits < 2 || digits > 3 || p[digits] != ':' ||
	    hex_value(p, digits) % DUMP_ROW || p[digits + 1] != ' ')
		return 0;
	*row = (struct dump_row){ .offset = (uint16_t)hex_value(p, digits) };
	for (p += digits + 1; *p; p += 2) {
		p += strspn(p, " \t");
		if (hex_length(p) != 2 || row->length == DUMP_ROW)
			return -EINVAL;
		row->bytes[row->length++] = (uint8_t)hex_value(p, 2);
	}
	return 1;
}

static int add_row(struct reader *r, const struct dump_row *row,
		   struct error *err)
{
	struct dump *d = r->dump;
	struct dump_function *f = r->function;

	if (!f)
		return bad_line(r,
				"bytes of no function: the line with its "
				"address is missing",
				err);
	if (f->n_rows && d->rows[d->n_rows - 1].offset >= row->offset)
		return bad_line(r,
				"this row does not follow the one before "
				"it: the line with the address of its "
				"function is missing",
				err);
	if (make_room(&d->rows, d->n_rows, 1, &r->rows_room, sizeof(*d->rows)))
		return out_of_memory(err);
	d->rows[d->n_rows++] = *row;
	f->n_rows++;
	return 0;
}

/* Lines about a function are kept as they are, and read once it is looked at.
 */
static int add_note(struct reader *r, const char *line, struct error *err)
{
	struct dump *d = r->dump;
	size_t size = strlen(line) + 1;
	int taken = pci_fact_take(&r->fact, line);

	if (taken == -EINVAL)
		return bad_line(r, "not a line of a dump", err);
	if (taken < 0)
		return out_of_memory(err);
	if (!taken)
		return 0;
	if (make_room(&d->notes, d->n_notes, size, &r->notes_room, 1))
		return out_of_memory(err);
	memcpy(d->notes + d->n_notes, line, size);
	d->n_notes += size;
	r->function->n_notes += (uint32_t)size;
	return 0;
}

static int add_function(struct reader *r, const struct head *head,
			struct error *err)
{
	struct dump *d = r->dump;
	char note[64], address[BDF_LENGTH];

	if (make_room(&d->functions, d->n, 1, &r->room, sizeof(*d->functions)))
		return out_of_memory(err);
	r->function = &d->functions[d->n++];
	*r->function = (struct dump_function){ .bdf = head->bdf,
					       .line = r->line,
					       .row = (uint32_t)d->n_rows,
					       .notes = (uint32_t)d->n_notes };
	parse_ids(head->rest, r->function);
	if (!head->has_port)
		return 0;
	snprintf(note, sizeof(note), PCI_RECORD_MARK "port %s",
		 bdf_format(&head->port, address));
	return add_note(r, note, err);
}

static void end_function(struct reader *r)
{
	if (r->function)
		pci_fact_free(&r->fact);
	r->function = NULL;
}

static int read_line(struct reader *r, const char *line, struct error *err)
{
	struct dump_row row;
	struct head head;
	int is_head = parse_head(r->dump, line, &head), is_row;

	if (!*line || address_length(line))
		end_function(r);
	if (is_head < 0)
		return bad_line(r,
				"the bus of this function is not known: the "
				"bridge above it is not in the dump before it",
				err);
	if (is_head)
		return add_function(r, &head, err);
	is_row = parse_row(line, &row);
	if (is_row > 0)
		return add_row(r, &row, err);
	if (!r->function)
		return 0;
	return is_row < 0 ? bad_line(r, "not a row of config space", err)
			  : add_note(r, line, err);
}

static int compare(const void *a, const void *b)
{
	const struct dump_function *x = a, *y = b;

	return bdf_compare(&x->bdf, &y->bdf);
}

/* Without a byte of config space it is a list, not a dump. */
static int finish(struct reader *r, struct error *err)
{
	struct dump *d = r->dump;
	char address[BDF_LENGTH];

	if (d->n == 0)
		return error_set(err, ERR_USAGE, EINVAL,
				 "%.256s: no device in it", r->name);
	qsort(d->functions, d->n, sizeof(*d->functions), compare);
	for (size_t i = 1; i < d->n; i++)
		if (compare(&d->functions[i - 1], &d->functions[i]) == 0)
			return error_set(
				err, ERR_USAGE, EINVAL,
				"%.256s: %s is in it twice", r->name,
				bdf_format(&d->functions[i].bdf, address));
	if (d->n_rows == 0)
		return error_set(err, ERR_USAGE, EINVAL,
				 "%.256s: no bytes of config space in it",
				 r->name);
	return 0;
}

static int too_large(const struct reader *r, struct error *err)
{
	return error_set(err, ERR_USAGE, EFBIG,
			 "cannot read %.256s: it is larger than 2 GiB",
			 r->name);
}

static int read_lines(struct reader *r, FILE *f, struct error *err)
{
	struct stat st;
	_cleanup_free_ char *line = NULL;
	size_t room = 0, total = 0;
	ssize_t n;
	int result = 0;

	if (fstat(fileno(f), &st) == 0 && S_ISREG(st.st_mode) &&
	    (unsigned long long)st.st_size > DUMP_SIZE_MAX)
		return too_large(r, err);
	while (result == 0 && (n = getline(&line, &room, f)) > 0) {
		char *text = line;

		total += (size_t)n;
		if (total > DUMP_SIZE_MAX)
			return too_large(r, err);
		if (r->line++ == 0 && text_after(text, "\xef\xbb\xbf"))
			text += 3; /* a byte order mark */
		text = strip(text, (size_t)(n - (text - line)));
		result = read_line(r, text, err);
	}
	if (result == 0 && !feof(f))
		result = error_set(err, ERR_USAGE, errno,
				   "cannot read %.256s: %s", r->name,
				   strerror(errno));
	return result;
}

int dump_read(FILE *f, const char *name, struct dump *dump, struct error *err)
{
	struct reader r = { .name = name, .dump = dump };
	int result;

	*dump = (struct dump){ 0 };
	result = read_lines(&r, f, err);
	end_function(&r);
	return result ? result : finish(&r, err);
}

void dump_free(struct dump *dump)
{
	free(dump->functions);
	free(dump->rows);
	free(dump->notes);
	*dump = (struct dump){ 0 };
}

const struct dump_function *dump_find(const struct dump *dump,
				      const struct bdf *bdf)
{
	const struct dump_function key = { .bdf = *bdf };

	return bsearch(&key, dump->functions, dump->n, sizeof(key), compare);
}

/* The row that a byte is in, or NULL. The first ones mostly are all there. */
static const struct dump_row *find_row(const struct dump *dump,
				       const struct dump_function *f,
				       unsigned int offset)
{
	const struct dump_row *rows = dump->rows + f->row;
	size_t i = offset / DUMP_ROW;

	if (f->n_rows == 0)
		return NULL;
	if (i >= f->n_rows)
		i = f->n_rows - 1;
	while (i && rows[i].offset > offset)
		i--;
	return offset >= rows[i].offset &&
			       offset < (unsigned int)rows[i].offset +
						rows[i].length
		       ? &rows[i]
		       : NULL;
}

bool dump_bytes(const struct dump *dump, const struct dump_function *f,
		unsigned int offset, void *buffer, unsigned int length)
{
	uint8_t *to = buffer;

	while (length) {
		const struct dump_row *row = find_row(dump, f, offset);
		unsigned int at, n;

		if (!row)
			return false;
		at = offset - row->offset;
		n = row->length - at < length ? row->length - at : length;
		memcpy(to, row->bytes + at, n);
		to += n;
		offset += n;
		length -= n;
	}
	return true;
}

int dump_fact(const struct dump *dump, const struct dump_function *f,
	      struct pci_fact *fact)
{
	size_t end = (size_t)f->notes + f->n_notes;
	int r = 0;

	pci_fact_init(fact);
	for (size_t at = f->notes; at < end && r >= 0;
	     at += strlen(dump->notes + at) + 1)
		r = pci_fact_take(fact, dump->notes + at);
	return r < 0 ? r : 0;
}
