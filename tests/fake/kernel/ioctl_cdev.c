// SPDX-License-Identifier: GPL-2.0-or-later
/* A device's character device: bind first, then everything else. */
#include "fake.h"
#include "uapi.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int group_of(const char *bdf)
{
	struct device *dev = malloc(sizeof(*dev));
	int group;

	if (!dev)
		abort();
	group = device_load(bdf, dev) ? -1 : dev->group;
	free(dev);
	return group;
}

static int same_device(const struct fd_state *state, void *data)
{
	return state->bound && !strcmp(state->bdf, data);
}

static int open_device(struct fd_state *state, struct device *dev)
{
	bool by_cdev;

	if (device_load(state->bdf, dev))
		return -ENODEV;
	if (dev->group >= 0 && group_in_use((uint32_t)dev->group, &by_cdev))
		return -EBUSY;
	return 0;
}

static long bind_device(struct fd_state *state, struct fake_bind_iommufd *bind)
{
	struct device *dev = malloc(sizeof(*dev));
	struct fd_object *object;
	struct fd_state context;
	struct stat st;
	long result;
	int group;

	if (!dev)
		return -ENOMEM;
	result = open_device(state, dev);
	group = dev->group;
	free(dev);
	if (result)
		return result;
	/* Bound already: this descriptor, or another of the same device. */
	if (state->bound)
		return -EINVAL;
	if (!fd_load(bind->iommufd, &context))
		return sys_fstat(bind->iommufd, &st) ? -EBADF : -EBADFD;
	if (context.kind != KIND_IOMMUFD)
		return -EBADFD;
	if (fd_each(same_device, state->bdf))
		return -EINVAL;
	if (group < 0 || !group_viable((uint32_t)group))
		return -EPERM;
	object = iommufd_add_object(&context, OBJECT_DEVICE, 0, 0);
	if (!object)
		return -ENOMEM;
	state->dev_id = object->id;
	result = device_first_open(state->bdf);
	if (result)
		return result;
	state->bound = 1;
	state->parent = context.id;
	bind->out_devid = state->dev_id;
	return fd_store_id(&context) ?: fd_store_id(state);
}

static long bind_call(struct fd_state *state, void *arg)
{
	struct fake_bind_iommufd bind = { 0 };
	long result = fault("ioctl.BIND_IOMMUFD");

	if (!result && user_get(&bind, arg, sizeof(bind)))
		result = -EFAULT;
	if (!result &&
	    (bind.argsz < sizeof(bind) || bind.flags || bind.iommufd < 0))
		result = -EINVAL;
	if (!result)
		result = bind_device(state, &bind);
	if (!result)
		result = user_put(arg, &bind, sizeof(bind));
	log_call(state->bdf, "BIND_IOMMUFD", result,
		 " argsz=%u flags=%u devid=%u", bind.argsz, bind.flags,
		 bind.out_devid);
	return result;
}

/* A device of the same group, attached to a table that is not to be. */
struct neighbour {
	const struct fd_state *self;
	int group;
	uint32_t table;
};

static int is_elsewhere(const struct fd_state *state, void *data)
{
	const struct neighbour *n = data;

	return state->kind == KIND_CDEV && state->id != n->self->id &&
	       state->parent == n->self->parent && state->pt_id &&
	       state->pt_id != n->table && group_of(state->bdf) == n->group;
}

/* VT-d's driver switches page requests on for a table that has a queue;
 * Arm's takes the device without. */
static long check_attach(const struct fd_state *state,
			 const struct fd_object *table)
{
	struct neighbour n = { .self = state, .table = table->id };
	struct device *dev = malloc(sizeof(*dev));
	bool pri;

	if (!dev || device_load(state->bdf, dev))
		abort();
	n.group = dev->group;
	pri = config_find_ecap(dev->config, FAKE_ECAP_PRI);
	free(dev);
	if (fd_each(is_elsewhere, &n))
		return -EINVAL;
	return table->fault && !pri && machine.iommu_type == 1 ? -ENODEV : 0;
}

/* The table that attaching to this IOAS made before, or a new one. */
static struct fd_object *auto_table(struct fd_state *context, uint32_t ioas)
{
	struct fd_object *table;
	unsigned int i;

	for (i = 0; i < FD_OBJECTS; i++) {
		table = &context->objects[i];
		if (table->type == OBJECT_HWPT && table->is_auto &&
		    table->parent == ioas)
			return table;
	}
	table = iommufd_add_object(context, OBJECT_HWPT, ioas, 0);
	if (table)
		table->is_auto = 1;
	return table;
}

static long attach(struct fd_state *state, struct fd_state *context,
		   struct fake_attach_pt *command)
{
	struct fd_object *table = iommufd_object(context, command->pt_id);
	long result;

	if (!table)
		return -ENOENT;
	if (table->type == OBJECT_IOAS)
		table = auto_table(context, command->pt_id);
	else if (table->type != OBJECT_HWPT)
		return -EINVAL;
	if (!table)
		return -ENOMEM;
	result = check_attach(state, table);
	if (result)
		return result;
	iommufd_attach(state, context, table->id);
	command->pt_id = table->id;
	return 0;
}

static long attach_call(struct fd_state *state, void *arg, bool on)
{
	const char *name = on ? "ATTACH_IOMMUFD_PT" : "DETACH_IOMMUFD_PT";
	struct fake_attach_pt command = { 0 };
	size_t size = on ? sizeof(command) : sizeof(struct fake_detach_pt);
	struct fd_state context;
	long result = fault(on ? "ioctl.ATTACH_IOMMUFD_PT"
			       : "ioctl.DETACH_IOMMUFD_PT");

	if (!result && user_get(&command, arg, size))
		result = -EFAULT;
	if (!result && (command.argsz < size || command.flags))
		result = -EINVAL;
	if (!result && !fd_find(state->parent, &context))
		result = -EINVAL;
	if (!result) {
		if (on)
			result = attach(state, &context, &command);
		else
			iommufd_detach(state, &context);
	}
	if (!result)
		result = fd_store_id(&context) ?: fd_store_id(state);
	if (!result)
		result = user_put(arg, &command, size);
	log_call(state->bdf, name, result, " argsz=%u flags=%u pt=%u",
		 command.argsz, command.flags, command.pt_id);
	return result;
}

long ioctl_cdev(int fd, struct fd_state *state, unsigned long number, void *arg)
{
	(void)fd;
	if (number == FAKE_BIND_IOMMUFD)
		return bind_call(state, arg);
	if (!state->bound) {
		char name[32];

		snprintf(name, sizeof(name), "ioctl.%#lx", number);
		log_call(state->bdf, name, -EINVAL, " before=bind");
		return -EINVAL;
	}
	if (number == FAKE_ATTACH_PT || number == FAKE_DETACH_PT)
		return attach_call(state, arg, number == FAKE_ATTACH_PT);
	return ioctl_device(state, number, arg);
}
