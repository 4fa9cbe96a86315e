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

void check_see_config(const struct doctor *d, struct finding *f,
		      const char *address, unsigned int offset, uint32_t value)
{
	char source[CHECK_PATH_SIZE];

	snprintf(source, sizeof(source),
		 d->dump ? "config of %s, 0x%x"
			 : "/sys/bus/pci/devices/%s/config, 0x%x",
		 address, offset);
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
		check_see_config(d, f, d->target->pci.address, offset,
				 le32toh(reg));
	else if (r != -EPERM && r != -ERANGE)
		finding_see(f, check_device_file(d, "config", source), "%s",
			    strerror(-r));
}

bool check_not_in_dump(const struct doctor *d, struct finding *f)
{
	if (d->dump)
		finding_skip(f, "not in the dump");
	return d->dump;
}

void check_skip_closed(const struct doctor *d, struct finding *f)
{
	const struct owner *owner = &d->target->owner;

	if (check_not_in_dump(d, f))
		return;
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
