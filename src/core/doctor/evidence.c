/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/doctor/evidence.h"

#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/base/sysfs.h"

const char *check_device_file(const struct doctor *d, const char *name,
			      char path[CHECK_PATH_SIZE])
{
	snprintf(path, CHECK_PATH_SIZE, "/sys/bus/pci/devices/%s/%s",
		 d->target->pci.address, name);
	return path;
}

long check_see_file(struct finding *f, const char *path, char *value,
		    size_t size)
{
	long n = sysfs_read(path, value, size);

	if (n < 0)
		value[0] = '\0';
	if (n != -ENOENT)
		finding_see(f, path, "%s", n < 0 ? strerror((int)-n) : value);
	return n;
}

char *check_see_text(struct finding *f, const char *path)
{
	char *text = sysfs_read_all(path);
	int number = errno;

	if (text)
		text[strcspn(text, "\n")] = '\0';
	if (text || number != ENOENT)
		finding_see(f, path, "%s", text ? text : strerror(number));
	errno = number;
	return text;
}

void check_see_config(const struct doctor *d, struct finding *f,
		      const struct bdf *bdf, unsigned int offset,
		      uint32_t value)
{
	char place[PCI_PLACE_SIZE], source[PCI_PLACE_SIZE + 16];

	pci_source_place(d->source, bdf, "config", place);
	snprintf(source, sizeof(source), "%s, 0x%x", place, offset);
	finding_see(f, source, "0x%08x", value);
}

void check_see_register(const struct doctor *d, struct finding *f,
			unsigned int offset)
{
	struct config_reader config = target_config(d->target);
	char source[CHECK_PATH_SIZE];
	uint32_t reg;
	int r = config.read(config.context, offset, &reg, sizeof(reg));

	if (r == 0)
		check_see_config(d, f, &d->target->pci.bdf, offset,
				 le32toh(reg));
	else if (r != -EPERM && r != -ERANGE)
		finding_see(f, check_device_file(d, "config", source), "%s",
			    strerror(-r));
}

void check_skip_unseen(const struct doctor *d, struct finding *f)
{
	finding_skip(f, "%s", pci_source_unseen(d->source)->why);
}

void check_skip_bridge(const struct doctor *d, struct finding *f,
		       const struct bdf *bridge)
{
	char address[BDF_LENGTH];

	finding_skip(f, "%s: the config space of %s cannot be seen",
		     pci_source_unseen(d->source)->why,
		     bdf_format(bridge, address));
}

void check_skip_closed(const struct doctor *d, struct finding *f)
{
	const struct owner *owner = &d->target->owner;

	f->reason = SKIPPED_CLOSED;
	if (d->vfio->io->dry_run)
		finding_skip(f, "a dry run opens nothing");
	else if (owner->pid)
		finding_skip(f, "asked through the process that holds the "
				"device alone");
	else
		finding_skip(f, "asked of the open device alone");
	if (!d->vfio->io->dry_run)
		finding_more(f, owner->pid ? ADVICE_ON_BORROWING
					   : ADVICE_ON_OPENING);
}
