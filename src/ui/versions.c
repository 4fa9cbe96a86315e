/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/versions.h"

#include <json.h>
#include <libsmartcols.h>
#include <stdio.h>

#include "snapshot.h"
#include "version.h"

void versions_print(void)
{
	const char *smartcols = NULL;

	scols_get_library_version(&smartcols);
	printf("vfio-tph %s%s%s%s\n"
	       "json-c %s\n"
	       "libnuma %s (built with)\n"
	       "libpci %s (built with)\n"
	       "libsmartcols %s\n",
	       VFIO_TPH_VERSION, *VFIO_TPH_SNAPSHOT ? " (" : "",
	       VFIO_TPH_SNAPSHOT, *VFIO_TPH_SNAPSHOT ? ")" : "",
	       json_c_version(), VFIO_TPH_NUMA_VERSION, VFIO_TPH_LIBPCI_VERSION,
	       smartcols);
}
