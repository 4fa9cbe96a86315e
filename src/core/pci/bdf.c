/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/pci/bdf.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/*
 * Read min to max hexadecimal digits at *p and step over them. Returns -1
 * where there are fewer, or where one more follows.
 */
static int64_t take_hex(const char **p, int min, int max)
{
	int64_t value = 0;
	int n = 0;

	while (n < max && isxdigit((unsigned char)**p)) {
		char c = (char)tolower((unsigned char)**p);

		value = value * 16 + (c <= '9' ? c - '0' : c - 'a' + 10);
		(*p)++;
		n++;
	}
	return n < min || isxdigit((unsigned char)**p) ? -1 : value;
}

static int take_char(const char **p, char c)
{
	if (**p != c)
		return -EINVAL;
	(*p)++;
	return 0;
}

/* DD.F */
static int take_devfn(const char **p, uint8_t *device, uint8_t *function)
{
	int64_t dev = take_hex(p, 1, 2), fn;

	if (dev < 0 || dev > 0x1f || take_char(p, '.'))
		return -EINVAL;
	fn = take_hex(p, 1, 1);
	if (fn < 0 || fn > 7)
		return -EINVAL;
	*device = (uint8_t)dev;
	*function = (uint8_t)fn;
	return 0;
}

/* [DDDD:]BB:DD.F; what stands before a second colon is the domain. */
static int take_bdf(const char **p, struct bdf *bdf)
{
	int64_t domain = 0, bus;
	const char *first = strchr(*p, ':');
	const char *slash = strchr(*p, '/');
	const char *second = first ? strchr(first + 1, ':') : NULL;

	if (second && (!slash || second < slash)) {
		domain = take_hex(p, 1, 8);
		if (domain < 0 || take_char(p, ':'))
			return -EINVAL;
	}
	bus = take_hex(p, 1, 2);
	if (bus < 0 || take_char(p, ':'))
		return -EINVAL;
	bdf->domain = (uint32_t)domain;
	bdf->bus = (uint8_t)bus;
	return take_devfn(p, &bdf->device, &bdf->function);
}

int bdf_parse(const char *text, struct bdf *bdf)
{
	struct bdf parsed = { 0 };

	if (take_bdf(&text, &parsed) || *text)
		return -EINVAL;
	*bdf = parsed;
	return 0;
}

const char *bdf_format(const struct bdf *bdf, char buffer[BDF_LENGTH])
{
	snprintf(buffer, BDF_LENGTH, "%04x:%02x:%02x.%x", bdf->domain, bdf->bus,
		 bdf->device & 0x1fu, bdf->function & 7u);
	return buffer;
}

bool bdf_equal(const struct bdf *a, const struct bdf *b)
{
	return a->domain == b->domain && a->bus == b->bus &&
	       a->device == b->device && a->function == b->function;
}

int bdf_compare(const struct bdf *a, const struct bdf *b)
{
	uint64_t x = (uint64_t)a->domain << 16 | (uint64_t)a->bus << 8 |
		     (uint64_t)a->device << 3 | a->function;
	uint64_t y = (uint64_t)b->domain << 16 | (uint64_t)b->bus << 8 |
		     (uint64_t)b->device << 3 | b->function;

	return (x > y) - (x < y);
}

/* VVVV:DDDD: four digits each, so that no address looks like it. */
static int parse_id(const char *p, struct selector *sel)
{
	int64_t vendor = take_hex(&p, 4, 4), device;

	if (vendor < 0 || take_char(&p, ':'))
		return -EINVAL;
	device = take_hex(&p, 4, 4);
	if (device < 0 || *p)
		return -EINVAL;
	sel->vendor = (uint16_t)vendor;
	sel->device = (uint16_t)device;
	return 0;
}

/* [BB:]DD.F */
static int take_hop(const char **p, struct bridge_hop *hop)
{
	size_t length = strcspn(*p, "/");

	hop->bus = -1;
	if (memchr(*p, ':', length)) {
		hop->bus = (int)take_hex(p, 1, 2);
		if (hop->bus < 0 || take_char(p, ':'))
			return -EINVAL;
	}
	return take_devfn(p, &hop->device, &hop->function);
}

static int parse_bridge_path(const char *p, struct selector *sel)
{
	if (take_bdf(&p, &sel->bdf))
		return -EINVAL;
	while (*p) {
		if (take_char(&p, '/') || sel->n_hops == BRIDGE_PATH_MAX ||
		    take_hop(&p, &sel->hops[sel->n_hops++]))
			return -EINVAL;
	}
	return sel->n_hops ? 0 : -EINVAL;
}

/* The last component of a path below /sys is the address. */
static int parse_sysfs(const char *text, struct selector *sel)
{
	size_t length = strlen(text);
	char last[BDF_LENGTH];
	size_t start;

	while (length && text[length - 1] == '/')
		length--;
	for (start = length; start && text[start - 1] != '/'; start--)
		;
	if (length - start >= sizeof(last))
		return -EINVAL;
	memcpy(last, text + start, length - start);
	last[length - start] = '\0';
	return bdf_parse(last, &sel->bdf);
}

static int parse_cdev(const char *text)
{
	const char *p = text + strlen("/dev/vfio/devices/");

	if (strncmp(p, "vfio", 4) != 0)
		return -EINVAL;
	p += 4;
	return *p && strspn(p, "0123456789") == strlen(p) && strlen(p) < 10
		       ? 0
		       : -EINVAL;
}

static bool starts_with(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

static int parse_kind(const char *text, struct selector *sel)
{
	if (strcmp(text, "all") == 0) {
		sel->kind = SELECT_ALL;
		return 0;
	}
	if (starts_with(text, "/sys/bus/pci/devices/") ||
	    starts_with(text, "/sys/devices/")) {
		sel->kind = SELECT_SYSFS;
		return parse_sysfs(text, sel);
	}
	if (starts_with(text, "/dev/vfio/devices/")) {
		sel->kind = SELECT_CDEV;
		return parse_cdev(text);
	}
	if (*text != '/' && strchr(text, '/')) {
		sel->kind = SELECT_BRIDGE_PATH;
		return parse_bridge_path(text, sel);
	}
	if (!strchr(text, '.')) {
		sel->kind = SELECT_ID;
		return parse_id(text, sel);
	}
	sel->kind = SELECT_BDF;
	return bdf_parse(text, &sel->bdf);
}

int selector_parse(const char *text, struct selector *sel, struct error *err)
{
	*sel = (struct selector){ .text = text };
	if (parse_kind(text, sel) == 0)
		return 0;
	error_set(err, ERR_USAGE, EINVAL, "not a device: '%.64s%s'", text,
		  strlen(text) > 64 ? "..." : "");
	error_hint(err, "a device is named as 0000:3b:00.0, 3b:00.0, "
			"8086:0b25, 00:03.0/00.0, a path below "
			"/sys/bus/pci/devices or /dev/vfio/devices/vfioN");
	return -EINVAL;
}

bool selector_is_plural(const struct selector *sel)
{
	return sel->kind == SELECT_ID || sel->kind == SELECT_ALL;
}
