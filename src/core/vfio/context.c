/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/vfio/context.h"

#include <stdlib.h>
#include <unistd.h>

void vfio_context_init(struct vfio_context *context, struct io *io)
{
	*context = (struct vfio_context){ .io = io,
					  .iommufd = { io, -1 },
					  .container = -1 };
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void vfio_context_close(struct vfio_context *context)
{
	while (context->groups) {
		struct vfio_group *group = context->groups;

		context->groups = group->next;
		close_fd(&group->fd);
		free(group);
	}
	close_fd(&context->container);
	iommufd_close(&context->iommufd);
}

int vfio_context_group_fd(const struct vfio_context *context,
			  const struct pci_device *pci)
{
	for (struct vfio_group *g = context->groups; g; g = g->next)
		if (g->number == pci->iommu_group)
			return g->fd;
	return -1;
}
