// SPDX-License-Identifier: GPL-2.0-or-later
/* What vfio-pci answers about a device: regions, interrupts, reset. */
#include "fake.h"
#include "uapi.h"
#include "vfio_pci_tph.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static long get_info(void *arg)
{
	struct vfio_device_info info;
	size_t least = offsetof(struct vfio_device_info, cap_offset);
	uint32_t argsz;

	if (user_get(&argsz, arg, sizeof(argsz)))
		return -EFAULT;
	if (argsz < least)
		return -EINVAL;
	memset(&info, 0, sizeof(info));
	info.argsz = argsz;
	info.flags = VFIO_DEVICE_FLAGS_PCI | VFIO_DEVICE_FLAGS_RESET;
	info.num_regions = VFIO_PCI_NUM_REGIONS;
	info.num_irqs = VFIO_PCI_NUM_IRQS;
	return user_put(arg, &info,
			argsz < sizeof(info) ? argsz : sizeof(info));
}

static long get_region_info(const struct device *dev, void *arg,
			    uint32_t *index)
{
	struct {
		struct vfio_region_info info;
		struct vfio_info_cap_header mappable;
	} out;
	size_t size = sizeof(out.info);

	if (user_get(&out.info, arg, size))
		return -EFAULT;
	*index = out.info.index;
	if (out.info.argsz < size || *index > VFIO_PCI_VGA_REGION_INDEX ||
	    *index == VFIO_PCI_VGA_REGION_INDEX)
		return -EINVAL;
	out.info.offset = (uint64_t)*index << 40;
	out.info.size = *index < 6 ? dev->bar[*index]
			: *index == VFIO_PCI_CONFIG_REGION_INDEX
				? FAKE_CONFIG_SIZE
				: 0;
	out.info.flags = 0;
	out.info.cap_offset = 0;
	if (out.info.size)
		out.info.flags = VFIO_REGION_INFO_FLAG_READ |
				 VFIO_REGION_INFO_FLAG_WRITE;
	if (*index < 6 && out.info.size >= 4096)
		out.info.flags |= VFIO_REGION_INFO_FLAG_MMAP;
	if (*index < 6 && dev->msix && *index == dev->msix_bar &&
	    (out.info.flags & VFIO_REGION_INFO_FLAG_MMAP)) {
		out.info.flags |= VFIO_REGION_INFO_FLAG_CAPS;
		out.mappable.id = VFIO_REGION_INFO_CAP_MSIX_MAPPABLE;
		out.mappable.version = 1;
		out.mappable.next = 0;
		if (out.info.argsz >= sizeof(out)) {
			out.info.cap_offset = sizeof(out.info);
			size = sizeof(out);
		} else {
			out.info.argsz = sizeof(out);
		}
	}
	return user_put(arg, &out, size);
}

static uint32_t irq_count(const struct device *dev, uint32_t index)
{
	switch (index) {
	case VFIO_PCI_MSIX_IRQ_INDEX:
		return dev->msix_size;
	case VFIO_PCI_ERR_IRQ_INDEX:
	case VFIO_PCI_REQ_IRQ_INDEX:
		return 1;
	default:
		return 0;
	}
}

static long get_irq_info(const struct device *dev, void *arg)
{
	struct vfio_irq_info info;

	if (user_get(&info, arg, sizeof(info)))
		return -EFAULT;
	if (info.argsz < sizeof(info) || info.index >= VFIO_PCI_NUM_IRQS)
		return -EINVAL;
	info.flags = VFIO_IRQ_INFO_EVENTFD;
	if (info.index == VFIO_PCI_MSI_IRQ_INDEX)
		info.flags |= VFIO_IRQ_INFO_NORESIZE;
	if (info.index == VFIO_PCI_INTX_IRQ_INDEX)
		info.flags |= VFIO_IRQ_INFO_MASKABLE | VFIO_IRQ_INFO_AUTOMASKED;
	info.count = irq_count(dev, info.index);
	return user_put(arg, &info, sizeof(info));
}

static int check_eventfd(int32_t fd)
{
	char path[32], text[64];
	ssize_t n;

	if (fd == -1)
		return 0;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	n = sys_readlinkat(AT_FDCWD, path, text, sizeof(text) - 1);
	if (n < 0)
		return -EBADF;
	text[n] = '\0';
	return strcmp(text, "anon_inode:[eventfd]") ? -EINVAL : 0;
}

static int32_t eventfd_at(const uint8_t *data, uint32_t i)
{
	int32_t fd;

	memcpy(&fd, data + 4 * (size_t)i, sizeof(fd));
	return fd;
}

static long trigger_msix(struct device *dev, const struct vfio_irq_set *set,
			 const uint8_t *data)
{
	uint32_t i, type = set->flags & VFIO_IRQ_SET_DATA_TYPE_MASK;
	bool enabled = dev->state.msix_enabled;
	int error;

	if (!set->count && type == VFIO_IRQ_SET_DATA_NONE) {
		irq_free_all(dev);
		return 0;
	}
	if (type != VFIO_IRQ_SET_DATA_EVENTFD)
		return enabled ? 0 : -EINVAL;
	for (i = 0; i < set->count; i++) {
		error = check_eventfd(eventfd_at(data, i));
		if (error)
			return error;
	}
	/* The first call allocates all up to the last; later ones add. */
	irq_allocate(dev, enabled ? set->start : 0,
		     enabled ? set->count : set->start + set->count);
	for (i = 0; i < set->count; i++)
		irq_signal(dev, set->start + i, eventfd_at(data, i) != -1);
	return 0;
}

/* Whom to tell that the device is wanted back: "pid descriptor". */
static int trigger_request(const struct device *dev,
			   const struct vfio_irq_set *set, const uint8_t *data)
{
	char name[64], text[32];
	int32_t fd = -1;
	int error = 0;

	if (set->flags & VFIO_IRQ_SET_DATA_EVENTFD) {
		fd = eventfd_at(data, 0);
		error = check_eventfd(fd);
	}
	snprintf(name, sizeof(name), "request.%s", dev->bdf);
	snprintf(text, sizeof(text), "%d %d\n", (int)getpid(), fd);
	return error ? error : state_write(name, text, strlen(text));
}

static int check_irq_set(const struct device *dev,
			 const struct vfio_irq_set *set, size_t *size)
{
	uint32_t number = irq_count(dev, set->index);
	const uint32_t known =
		VFIO_IRQ_SET_DATA_TYPE_MASK | VFIO_IRQ_SET_ACTION_TYPE_MASK;

	if (set->argsz < sizeof(*set) || set->index >= VFIO_PCI_NUM_IRQS ||
	    set->count >= UINT32_MAX - set->start || (set->flags & ~known) ||
	    set->start >= number || set->start + set->count > number)
		return -EINVAL;
	switch (set->flags & VFIO_IRQ_SET_DATA_TYPE_MASK) {
	case VFIO_IRQ_SET_DATA_NONE:
		*size = 0;
		return 0;
	case VFIO_IRQ_SET_DATA_BOOL:
		*size = set->count;
		break;
	case VFIO_IRQ_SET_DATA_EVENTFD:
		*size = 4 * (size_t)set->count;
		break;
	default:
		return -EINVAL;
	}
	return !*size || set->argsz - sizeof(*set) < *size ? -EINVAL : 0;
}

static long set_irqs(struct device *dev, void *arg, struct vfio_irq_set *set)
{
	uint8_t *data = NULL;
	size_t size;
	long result;

	if (user_get(set, arg, sizeof(*set)))
		return -EFAULT;
	result = check_irq_set(dev, set, &size);
	if (result)
		return result;
	if (size) {
		data = malloc(size);
		if (!data || user_get(data, (char *)arg + sizeof(*set), size))
			result = data ? -EFAULT : -ENOMEM;
	}
	if (!result && set->index == VFIO_PCI_MSIX_IRQ_INDEX &&
	    (set->flags & VFIO_IRQ_SET_ACTION_TYPE_MASK) ==
		    VFIO_IRQ_SET_ACTION_TRIGGER) {
		result = trigger_msix(dev, set, data);
		device_save(dev);
		irq_publish();
	}
	if (!result && set->index == VFIO_PCI_REQ_IRQ_INDEX)
		result = trigger_request(dev, set, data);
	free(data);
	return result;
}

/* VFIO_DEVICE_FEATURE: this kernel has no feature for PCI devices, and says
 * so for every number. */
static long feature(void *arg, uint32_t head[2])
{
	if (user_get(head, arg, 8))
		return -EFAULT;
	return head[0] < 8 ? -EINVAL : -ENOTTY;
}

static long dispatch(struct device *dev, unsigned long number, void *arg)
{
	struct vfio_irq_set set = { 0 };
	uint32_t words[2] = { 0 };
	long result;

#define TRY(name, call) (fault("ioctl." name) ?: (call))
	switch (number) {
	case VFIO_DEVICE_GET_INFO:
		result = TRY("GET_INFO", get_info(arg));
		log_call(dev->bdf, "GET_INFO", result, "");
		return result;
	case VFIO_DEVICE_GET_REGION_INFO:
		result = TRY("GET_REGION_INFO",
			     get_region_info(dev, arg, &words[0]));
		log_call(dev->bdf, "GET_REGION_INFO", result, " index=%u",
			 words[0]);
		return result;
	case VFIO_DEVICE_GET_IRQ_INFO:
		result = TRY("GET_IRQ_INFO", get_irq_info(dev, arg));
		log_call(dev->bdf, "GET_IRQ_INFO", result, "");
		return result;
	case VFIO_DEVICE_SET_IRQS:
		result = TRY("SET_IRQS", set_irqs(dev, arg, &set));
		log_call(dev->bdf, "SET_IRQS", result,
			 " index=%u start=%u count=%u flags=%#x", set.index,
			 set.start, set.count, set.flags);
		return result;
	case VFIO_DEVICE_RESET:
		result = fault("ioctl.RESET");
		if (!result) {
			device_reset(dev, true);
			device_save(dev);
		}
		log_call(dev->bdf, "RESET", result, "");
		return result;
	case VFIO_DEVICE_FEATURE:
		result = TRY("FEATURE", feature(arg, words));
		log_call(dev->bdf, "FEATURE", result, " argsz=%u flags=%#x",
			 words[0], words[1]);
		return result;
	case VFIO_DEVICE_PCI_TPH:
		return ioctl_tph(dev, arg);
	default:
		return -ENOTTY;
	}
#undef TRY
}

long ioctl_device(struct fd_state *state, unsigned long number, void *arg)
{
	struct device *dev = malloc(sizeof(*dev));
	long result;

	if (!dev)
		return -ENOMEM;
	result = device_load(state->bdf, dev);
	if (!result)
		result = dispatch(dev, number, arg);
	free(dev);
	return result;
}
