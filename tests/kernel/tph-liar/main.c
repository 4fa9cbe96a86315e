// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module: a driver on vfio-pci-core, and the parameters, which may be
 * written at any time in /sys/module/tph_liar/parameters. Lists have a value
 * for each operation: GET_CAP, ENABLE, DISABLE, GET_ST, SET_ST.
 */
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/pci-tph.h>
#include <linux/vfio.h>
#include <linux/vfio_pci_core.h>

#include "liar.h"

struct liar_ways liar = { .fails = -1, .partial = -1 };

module_param_array_named(fail, liar.fail, int, NULL, 0644);
module_param_named(fails, liar.fails, int, 0644);
module_param_array_named(lie, liar.lie, bool, NULL, 0644);
module_param_array_named(late, liar.late, uint, NULL, 0644);
module_param_named(mode, liar.mode, uint, 0644);
module_param_named(partial, liar.partial, int, 0644);
module_param_named(partial_error, liar.partial_error, int, 0644);
MODULE_PARM_DESC(fail, "errno, or minus a positive answer");
MODULE_PARM_DESC(fails, "how often (default -1: always)");
MODULE_PARM_DESC(lie, "success, and nothing done");
MODULE_PARM_DESC(late, "milliseconds");
MODULE_PARM_DESC(mode, "the mode bit that ENABLE really takes (0: as asked)");
MODULE_PARM_DESC(partial, "entries that a batch really does (-1: all)");
MODULE_PARM_DESC(partial_error, "errno of such a batch (0: success)");

static int liar_open(struct vfio_device *vdev)
{
	struct vfio_pci_core_device *core =
		container_of(vdev, struct vfio_pci_core_device, vdev);
	int ret = vfio_pci_core_enable(core);

	if (!ret)
		vfio_pci_core_finish_enable(core);
	return ret;
}

static void liar_close(struct vfio_device *vdev)
{
	struct vfio_pci_core_device *core =
		container_of(vdev, struct vfio_pci_core_device, vdev);

	pcie_disable_tph(core->pdev);
	vfio_pci_core_close_device(vdev);
}

static long liar_dev_ioctl(struct vfio_device *vdev, unsigned int cmd,
			   unsigned long arg)
{
	if (cmd == VFIO_DEVICE_PCI_TPH)
		return liar_ioctl(
			container_of(vdev, struct vfio_pci_core_device, vdev),
			(void __user *)arg);
	return vfio_pci_core_ioctl(vdev, cmd, arg);
}

static const struct vfio_device_ops liar_ops = {
	.name = "tph-liar",
	.init = vfio_pci_core_init_dev,
	.release = vfio_pci_core_release_dev,
	.open_device = liar_open,
	.close_device = liar_close,
	.ioctl = liar_dev_ioctl,
	.get_region_info_caps = vfio_pci_ioctl_get_region_info,
	.device_feature = vfio_pci_core_ioctl_feature,
	.read = vfio_pci_core_read,
	.write = vfio_pci_core_write,
	.mmap = vfio_pci_core_mmap,
	.request = vfio_pci_core_request,
	.match = vfio_pci_core_match,
	.match_token_uuid = vfio_pci_core_match_token_uuid,
	.bind_iommufd = vfio_iommufd_physical_bind,
	.unbind_iommufd = vfio_iommufd_physical_unbind,
	.attach_ioas = vfio_iommufd_physical_attach_ioas,
	.detach_ioas = vfio_iommufd_physical_detach_ioas,
	.pasid_attach_ioas = vfio_iommufd_physical_pasid_attach_ioas,
	.pasid_detach_ioas = vfio_iommufd_physical_pasid_detach_ioas,
};

static const struct vfio_pci_device_ops liar_pci_ops = {
	.get_dmabuf_phys = vfio_pci_core_get_dmabuf_phys,
};

static int liar_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct vfio_pci_core_device *core;
	int ret;

	core = vfio_alloc_device(vfio_pci_core_device, vdev, &pdev->dev,
				 &liar_ops);
	if (IS_ERR(core))
		return PTR_ERR(core);
	dev_set_drvdata(&pdev->dev, core);
	core->pci_ops = &liar_pci_ops;
	ret = vfio_pci_core_register_device(core);
	if (ret)
		vfio_put_device(&core->vdev);
	return ret;
}

static void liar_remove(struct pci_dev *pdev)
{
	struct vfio_pci_core_device *core = dev_get_drvdata(&pdev->dev);

	vfio_pci_core_unregister_device(core);
	vfio_put_device(&core->vdev);
}

static const struct pci_device_id liar_table[] = {
	{ PCI_DRIVER_OVERRIDE_DEVICE_VFIO(PCI_ANY_ID, PCI_ANY_ID) }, {}
};

static struct pci_driver liar_driver = {
	.name = "tph-liar",
	.id_table = liar_table,
	.probe = liar_probe,
	.remove = liar_remove,
	.err_handler = &vfio_pci_core_err_handlers,
	.driver_managed_dma = true,
};
module_pci_driver(liar_driver);

MODULE_DESCRIPTION("Test only: a VFIO driver that misbehaves as it is told");
MODULE_LICENSE("GPL");
