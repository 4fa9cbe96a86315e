// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * /dev/iommu, and the two ends of it at a character device: bind and attach.
 * Objects are counted; one that is used cannot be destroyed.
 */
#include "fake.h"
#include "uapi.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct fd_object *iommufd_object(struct fd_state *state, uint32_t id)
{
	unsigned int i;

	for (i = 0; id && i < FD_OBJECTS; i++)
		if (state->objects[i].type != OBJECT_FREE &&
		    state->objects[i].id == id)
			return &state->objects[i];
	return NULL;
}

static struct fd_object *object_of(struct fd_state *state, uint32_t id,
				   uint32_t type)
{
	struct fd_object *object = iommufd_object(state, id);

	return object && object->type == type ? object : NULL;
}

uint32_t iommufd_add_object(struct fd_state *state, uint32_t type,
			    uint32_t parent)
{
	struct fd_object *up = iommufd_object(state, parent);
	unsigned int i;

	for (i = 0; i < FD_OBJECTS; i++) {
		struct fd_object *object = &state->objects[i];

		if (object->type != OBJECT_FREE)
			continue;
		object->type = type;
		object->id = state->next_object++;
		object->users = 0;
		object->parent = parent;
		if (up)
			up->users++;
		return object->id;
	}
	return 0;
}

void iommufd_put(struct fd_state *state, uint32_t id)
{
	struct fd_object *object = iommufd_object(state, id), *up;

	if (!object)
		return;
	up = iommufd_object(state, object->parent);
	if (up && up->users)
		up->users--;
	object->type = OBJECT_FREE;
}

static long destroy(struct fd_state *state, void *data)
{
	struct fake_iommu_destroy *command = data;
	struct fd_object *object = iommufd_object(state, command->id);

	if (!object)
		return -ENOENT;
	if (object->users || object->type == OBJECT_DEVICE)
		return -EBUSY;
	iommufd_put(state, command->id);
	return 0;
}

static long ioas_alloc(struct fd_state *state, void *data)
{
	struct fake_iommu_ioas_alloc *command = data;

	if (command->flags)
		return -EOPNOTSUPP;
	command->out_ioas_id = iommufd_add_object(state, OBJECT_IOAS, 0);
	return command->out_ioas_id ? 0 : -ENOMEM;
}

static long hwpt_alloc(struct fd_state *state, void *data)
{
	struct fake_iommu_hwpt_alloc *command = data;
	struct fd_object *up, *queue = NULL;
	uint32_t known = FAKE_HWPT_NEST_PARENT | FAKE_HWPT_DIRTY |
			 FAKE_HWPT_FAULT_ID | FAKE_HWPT_PASID;

	if ((command->flags & ~known) || command->reserved ||
	    command->reserved2)
		return -EOPNOTSUPP;
	if (!object_of(state, command->dev_id, OBJECT_DEVICE))
		return -ENOENT;
	up = iommufd_object(state, command->pt_id);
	if (!up)
		return -ENOENT;
	if (up->type != OBJECT_IOAS && up->type != OBJECT_HWPT)
		return -EINVAL;
	if (((command->flags & FAKE_HWPT_NEST_PARENT) &&
	     !machine.iommu_nesting) ||
	    ((command->flags & FAKE_HWPT_DIRTY) && !machine.iommu_dirty) ||
	    ((command->flags & FAKE_HWPT_FAULT_ID) && !machine.iommu_fault) ||
	    (up->type == OBJECT_HWPT && !machine.iommu_nesting))
		return -EOPNOTSUPP;
	if (command->flags & FAKE_HWPT_FAULT_ID) {
		queue = object_of(state, command->fault_id, OBJECT_FAULT);
		if (!queue)
			return -ENOENT;
	}
	command->out_hwpt_id = iommufd_add_object(state, OBJECT_HWPT,
						  command->pt_id);
	if (!command->out_hwpt_id)
		return -ENOMEM;
	if (queue)
		queue->users++;
	return 0;
}

static long hw_info(struct fd_state *state, void *data)
{
	struct fake_iommu_hw_info *command = data;

	if (command->flags || command->reserved[0])
		return -EOPNOTSUPP;
	if (!object_of(state, command->dev_id, OBJECT_DEVICE))
		return -ENOENT;
	command->out_data_type = machine.iommu_type;
	command->out_max_pasid_log2 = (uint8_t)machine.iommu_pasid;
	command->out_capabilities =
		(machine.iommu_dirty ? FAKE_HW_CAP_DIRTY : 0) |
		(machine.iommu_pasid ? FAKE_HW_CAP_PASID_EXEC |
					       FAKE_HW_CAP_PASID_PRIV : 0);
	command->data_len = 0;
	return 0;
}

static long fault_alloc(struct fd_state *state, void *data)
{
	struct fake_iommu_fault_alloc *command = data;
	struct fd_state queue = { .kind = KIND_FAULT, .parent = state->id };
	int fd;

	if (command->flags)
		return -EOPNOTSUPP;
	command->out_fault_id = iommufd_add_object(state, OBJECT_FAULT, 0);
	if (!command->out_fault_id)
		return -ENOMEM;
	fd = fd_create(&queue, true);
	if (fd < 0)
		return fd;
	command->out_fault_fd = (uint32_t)fd;
	return 0;
}

static long nothing(struct fd_state *state, void *data)
{
	const uint32_t *id = (const uint32_t *)data + 2;

	return object_of(state, *id, OBJECT_IOAS) ? 0 : -ENOENT;
}

static const struct command {
	unsigned long number;
	const char *name;
	size_t size, least;
	long (*run)(struct fd_state *state, void *data);
} commands[] = {
	{ FAKE_IOMMU_DESTROY, "IOMMU_DESTROY", 8, 8, destroy },
	{ FAKE_IOMMU_IOAS_ALLOC, "IOMMU_IOAS_ALLOC", 12, 12, ioas_alloc },
	{ FAKE_IOMMU_IOAS_MAP, "IOMMU_IOAS_MAP", 40, 40, nothing },
	{ FAKE_IOMMU_HWPT_ALLOC, "IOMMU_HWPT_ALLOC", 48, 24, hwpt_alloc },
	{ FAKE_IOMMU_HW_INFO, "IOMMU_GET_HW_INFO", 40, 32, hw_info },
	{ FAKE_IOMMU_FAULT_ALLOC, "IOMMU_FAULT_QUEUE_ALLOC", 16, 16,
	  fault_alloc },
};

/* The structure as the kernel takes it: shorter ones are filled up with
 * zeros, longer ones must have zeros where it knows nothing. */
static int take(const struct command *command, void *arg, uint8_t *data)
{
	uint32_t size, i;

	if (user_get(&size, arg, sizeof(size)))
		return -EFAULT;
	if (size < command->least)
		return -EINVAL;
	for (i = (uint32_t)command->size; i < size && i < 4096; i++) {
		uint8_t byte;

		if (user_get(&byte, (char *)arg + i, 1))
			return -EFAULT;
		if (byte)
			return -E2BIG;
	}
	return user_get(data, arg,
			size < command->size ? size : command->size);
}

static long run(const struct command *command, struct fd_state *state,
		void *arg, uint32_t *data)
{
	char operation[64];
	long result;

	snprintf(operation, sizeof(operation), "ioctl.%s", command->name);
	result = fault(operation);
	if (!result)
		result = take(command, arg, (uint8_t *)data);
	if (!result)
		result = command->run(state, data);
	if (!result)
		result = fd_store_id(state);
	if (!result)
		result = user_put(arg, data, data[0] < command->size
					     ? data[0] : command->size);
	return result;
}

long ioctl_iommufd(struct fd_state *state, unsigned long number, void *arg)
{
	_Alignas(8) uint32_t data[64] = { 0 };
	size_t i;

	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		long result;

		if (commands[i].number != number)
			continue;
		result = run(&commands[i], state, arg, data);
		log_call("iommufd", commands[i].name, result,
			 " size=%u words=%x,%x,%x,%x", data[0], data[1],
			 data[2], data[3], data[4]);
		return result;
	}
	return -ENOTTY;
}
