// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * /dev/iommu. Of the IOMMUs' drivers that of the type which the machine has:
 * VT-d knows the PASID flag always, and with a nesting parent; AMD's and
 * Arm's refuse the two together, and without PASIDs the flag by itself.
 */
#include "fake.h"
#include "uapi.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define TYPE_VTD 1

static struct fd_object *object_of(struct fd_state *state, uint32_t id,
				   uint32_t type)
{
	struct fd_object *object = iommufd_object(state, id);

	return object && object->type == type ? object : NULL;
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
	struct fd_object *object;

	if (command->flags)
		return -EOPNOTSUPP;
	object = iommufd_add_object(state, OBJECT_IOAS, 0, 0);
	if (!object)
		return -ENOMEM;
	command->out_ioas_id = object->id;
	return 0;
}

static bool pasid_flag_known(uint32_t flags)
{
	if (machine.iommu_type == TYPE_VTD)
		return true;
	return machine.iommu_pasid && !(flags & FAKE_HWPT_NEST_PARENT);
}

/* A table upon an IOAS. */
static long check_paging(const struct fake_iommu_hwpt_alloc *command)
{
	uint32_t flags = command->flags;
	uint32_t known = FAKE_HWPT_NEST_PARENT | FAKE_HWPT_DIRTY |
			 FAKE_HWPT_PASID |
			 (machine.iommu_fault ? FAKE_HWPT_FAULT_ID : 0);

	if ((flags & ~known) || command->data_len ||
	    ((flags & FAKE_HWPT_DIRTY) && !machine.iommu_dirty) ||
	    ((flags & FAKE_HWPT_NEST_PARENT) &&
	     ((flags & FAKE_HWPT_FAULT_ID) || !machine.iommu_nesting)) ||
	    ((flags & FAKE_HWPT_PASID) && !pasid_flag_known(flags)))
		return -EOPNOTSUPP;
	return 0;
}

/* A table nested on another, whose data is the IOMMU's own. */
static long check_nested(const struct fake_iommu_hwpt_alloc *command,
			 const struct fd_object *parent)
{
	uint8_t byte;

	if ((command->flags & ~(FAKE_HWPT_FAULT_ID | FAKE_HWPT_PASID)) ||
	    !command->data_len || !machine.iommu_nesting)
		return -EOPNOTSUPP;
	if (parent->is_auto || !parent->nest_parent ||
	    command->data_type != machine.iommu_type)
		return -EINVAL;
	return user_get(&byte, (void *)(uintptr_t)command->data_uptr, 1);
}

static long hwpt_alloc(struct fd_state *state, void *data)
{
	struct fake_iommu_hwpt_alloc *command = data;
	struct fd_object *up, *table;
	uint32_t queue = 0;
	long result;

	if (command->reserved)
		return -EOPNOTSUPP;
	if (!command->data_type != !command->data_len)
		return -EINVAL;
	if (!object_of(state, command->dev_id, OBJECT_DEVICE))
		return -ENOENT;
	up = iommufd_object(state, command->pt_id);
	if (!up || (up->type != OBJECT_IOAS && up->type != OBJECT_HWPT))
		return -EINVAL;
	result = up->type == OBJECT_IOAS ? check_paging(command)
					 : check_nested(command, up);
	if (result)
		return result;
	if (command->flags & FAKE_HWPT_FAULT_ID) {
		queue = command->fault_id;
		if (!object_of(state, queue, OBJECT_FAULT))
			return -ENOENT;
	}
	table = iommufd_add_object(state, OBJECT_HWPT, command->pt_id, queue);
	if (!table)
		return -ENOMEM;
	table->nest_parent = !!(command->flags & FAKE_HWPT_NEST_PARENT);
	command->out_hwpt_id = table->id;
	return 0;
}

struct wanted {
	uint64_t context;
	uint32_t dev_id;
	char bdf[16];
};

static int is_wanted(const struct fd_state *state, void *data)
{
	struct wanted *wanted = data;

	if (state->kind != KIND_CDEV || !state->bound ||
	    state->parent != wanted->context || state->dev_id != wanted->dev_id)
		return 0;
	memcpy(wanted->bdf, state->bdf, sizeof(wanted->bdf));
	return 1;
}

static bool has_ats(const struct fd_state *state, uint32_t dev_id)
{
	struct wanted wanted = { .context = state->id, .dev_id = dev_id };
	struct device *dev = malloc(sizeof(*dev));
	bool found;

	if (!dev)
		abort();
	found = fd_each(is_wanted, &wanted) && !device_load(wanted.bdf, dev) &&
		config_find_ecap(dev->config, FAKE_ECAP_ATS);
	free(dev);
	return found;
}

static long hw_info(struct fd_state *state, void *data)
{
	struct fake_iommu_hw_info *command = data;

	if (command->flags || command->reserved[0] || command->reserved[1] ||
	    command->reserved[2])
		return -EOPNOTSUPP;
	if (!object_of(state, command->dev_id, OBJECT_DEVICE))
		return -ENOENT;
	command->out_data_type = machine.iommu_type;
	command->out_max_pasid_log2 = (uint8_t)machine.iommu_pasid;
	command->out_capabilities =
		machine.iommu_capabilities |
		(machine.iommu_dirty ? FAKE_HW_CAP_DIRTY : 0) |
		(machine.iommu_pasid
			 ? FAKE_HW_CAP_PASID_EXEC | FAKE_HW_CAP_PASID_PRIV
			 : 0) |
		(has_ats(state, command->dev_id) ? 0 : FAKE_HW_CAP_NO_ATS);
	command->data_len = 0;
	return 0;
}

static long fault_alloc(struct fd_state *state, void *data)
{
	struct fake_iommu_fault_alloc *command = data;
	struct fd_state queue = { .kind = KIND_FAULT, .parent = state->id };
	struct fd_object *object;
	int fd;

	if (command->flags)
		return -EOPNOTSUPP;
	object = iommufd_add_object(state, OBJECT_FAULT, 0, 0);
	if (!object)
		return -ENOMEM;
	/* Its descriptor uses it. */
	object->users = 1;
	queue.pt_id = object->id;
	fd = fd_create(&queue, true);
	if (fd < 0)
		return fd;
	command->out_fault_id = object->id;
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
	return user_get(data, arg, size < command->size ? size : command->size);
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
		result = user_put(arg, data,
				  data[0] < command->size ? data[0]
							  : command->size);
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
