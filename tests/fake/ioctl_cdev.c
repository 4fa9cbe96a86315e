// SPDX-License-Identifier: GPL-2.0-or-later
/* A device's character device: bind first, then everything else. */
#include "fake.h"
#include "uapi.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

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

static long bind_device(struct fd_state *state,
			struct fake_bind_iommufd *bind)
{
	struct device *dev = malloc(sizeof(*dev));
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
	state->dev_id = iommufd_add_object(&context, OBJECT_DEVICE, 0);
	if (!state->dev_id)
		return -ENOMEM;
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
	if (!result && (bind.argsz < sizeof(bind) || bind.flags ||
			bind.iommufd < 0))
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

static void detach(struct fd_state *state, struct fd_state *context)
{
	struct fd_object *table = iommufd_object(context, state->pt_id);

	if (!table)
		return;
	if (table->users)
		table->users--;
	/* One that attaching made goes with it. */
	if (!table->users && table->type == OBJECT_HWPT && state->iommu_type)
		iommufd_put(context, state->pt_id);
	state->pt_id = 0;
	state->iommu_type = 0;
}

static long attach(struct fd_state *state, struct fd_state *context,
		   struct fake_attach_pt *command)
{
	struct fd_object *table = iommufd_object(context, command->pt_id);
	bool made = false;
	uint32_t id;

	if (!table)
		return -ENOENT;
	if (table->type != OBJECT_IOAS && table->type != OBJECT_HWPT)
		return -EINVAL;
	id = command->pt_id;
	if (table->type == OBJECT_IOAS) {
		id = iommufd_add_object(context, OBJECT_HWPT, id);
		if (!id)
			return -ENOMEM;
		made = true;
	}
	detach(state, context);
	iommufd_object(context, id)->users++;
	state->pt_id = id;
	state->iommu_type = made;
	command->pt_id = id;
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
			detach(state, &context);
	}
	if (!result)
		result = fd_store_id(&context) ?: fd_store_id(state);
	if (!result)
		result = user_put(arg, &command, size);
	log_call(state->bdf, name, result, " argsz=%u flags=%u pt=%u",
		 command.argsz, command.flags, command.pt_id);
	return result;
}

long ioctl_cdev(int fd, struct fd_state *state, unsigned long number,
		void *arg)
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
