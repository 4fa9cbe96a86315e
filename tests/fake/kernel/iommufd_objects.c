// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The objects of an iommufd and who uses them, as drivers/iommu/iommufd
 * counts: what is used cannot be destroyed. The kernel frees what is left
 * when the last descriptor is closed; here that is noted as a leak.
 */
#include "fake.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

static const char *const type_names[] = {
	[OBJECT_DEVICE] = "device",
	[OBJECT_IOAS] = "ioas",
	[OBJECT_HWPT] = "hwpt",
	[OBJECT_FAULT] = "fault",
};

struct fd_object *iommufd_object(struct fd_state *state, uint32_t id)
{
	unsigned int i;

	for (i = 0; id && i < FD_OBJECTS; i++)
		if (state->objects[i].type != OBJECT_FREE &&
		    state->objects[i].id == id)
			return &state->objects[i];
	return NULL;
}

static void use(struct fd_state *state, uint32_t id, int change)
{
	struct fd_object *object = iommufd_object(state, id);

	if (!object)
		return;
	if (change < 0 && !object->users)
		abort(); /* a bug of the fake */
	object->users += (uint32_t)change;
}

struct fd_object *iommufd_add_object(struct fd_state *state, uint32_t type,
				     uint32_t parent, uint32_t fault)
{
	unsigned int i;

	for (i = 0; i < FD_OBJECTS; i++) {
		struct fd_object *object = &state->objects[i];

		if (object->type != OBJECT_FREE)
			continue;
		*object = (struct fd_object){ .type = type,
					      .id = state->next_object++,
					      .parent = parent,
					      .fault = fault };
		use(state, parent, 1);
		use(state, fault, 1);
		return object;
	}
	return NULL;
}

void iommufd_put(struct fd_state *state, uint32_t id)
{
	struct fd_object *object = iommufd_object(state, id);

	if (!object)
		return;
	object->type = OBJECT_FREE;
	use(state, object->parent, -1);
	use(state, object->fault, -1);
}

void iommufd_attach(struct fd_state *cdev, struct fd_state *context,
		    uint32_t id)
{
	use(context, id, 1);
	iommufd_detach(cdev, context);
	cdev->pt_id = id;
}

void iommufd_detach(struct fd_state *cdev, struct fd_state *context)
{
	struct fd_object *table = iommufd_object(context, cdev->pt_id);

	cdev->pt_id = 0;
	if (!table)
		return;
	use(context, table->id, -1);
	/* One that attaching made goes with its last device. */
	if (table->is_auto && !table->users)
		iommufd_put(context, table->id);
}

/* A bound device, or the descriptor of a fault queue, is closed. */
void iommufd_release(struct fd_state *closed)
{
	struct fd_state context;

	if (!fd_find(closed->parent, &context))
		return;
	if (closed->kind == KIND_CDEV) {
		iommufd_detach(closed, &context);
		iommufd_put(&context, closed->dev_id);
	} else if (closed->kind == KIND_FAULT) {
		use(&context, closed->pt_id, -1);
	}
	fd_store_id(&context);
}

void iommufd_note_leaks(const struct fd_state *state)
{
	unsigned int i;

	for (i = 0; i < FD_OBJECTS; i++) {
		const struct fd_object *object = &state->objects[i];
		char line[64];
		int fd, n;

		if (object->type == OBJECT_FREE)
			continue;
		n = snprintf(line, sizeof(line), "process %u left %s %u\n",
			     state->opener, type_names[object->type],
			     object->id);
		fd = state_open("leaks", O_WRONLY | O_APPEND | O_CREAT);
		if (fd < 0 || real.write(fd, line, (size_t)n) != n)
			abort();
		sys_close(fd);
	}
}
