// SPDX-License-Identifier: GPL-2.0-only
/*
 * tph-vfio-pci: a VFIO driver for PCI devices that behaves like vfio-pci and
 * offers, in addition, the ioctl VFIO_DEVICE_PCI_TPH. Also the source of the
 * module that takes the place of vfio-pci: see replacement.c.
 */
#include "compat.h"

#include <linux/init.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/pci_ids.h>
#include <linux/uaccess.h>
#include <linux/vfio.h>
#include <linux/vfio_pci_core.h>

#include "params.h"
#include "tph-vfio-pci.h"
#include "vfio_pci_tph.h"

#ifdef TPH_REPLACES_VFIO_PCI
#define TPH_DRIVER_NAME "vfio-pci"
#else
#define TPH_DRIVER_NAME "tph-vfio-pci"
#endif

/*
 * Not to be changed at run time: what the machine allows its users stays the
 * same from the first open to the last, and what user space reads in sysfs is
 * what the driver goes by.
 */
bool enable_unsafe_tph_ds;
module_param(enable_unsafe_tph_ds, bool, 0444);
MODULE_PARM_DESC(enable_unsafe_tph_ds,
		 "Allow device-specific TPH mode on devices without an ST table, whose users can then name any steering tag (default: off)");

static int tph_vfio_init_dev(struct vfio_device *core_vdev)
{
	struct tph_vfio_device *tdev = to_tph_vfio_device(core_vdev);

	tph_params_latch(&tdev->core);
	mutex_init(&tdev->op_lock);
	return vfio_pci_core_init_dev(core_vdev);
}

static void tph_vfio_release_dev(struct vfio_device *core_vdev)
{
	struct tph_vfio_device *tdev = to_tph_vfio_device(core_vdev);

	mutex_destroy(&tdev->op_lock);
	vfio_pci_core_release_dev(core_vdev);
}

/* First descriptor of the device. */
static int tph_vfio_open_device(struct vfio_device *core_vdev)
{
	struct tph_vfio_device *tdev = to_tph_vfio_device(core_vdev);
	int ret;

	ret = vfio_pci_core_enable(&tdev->core);
	if (ret)
		return ret;

	tph_hw_open(tdev);
	vfio_pci_core_finish_enable(&tdev->core);
	return 0;
}

/* Last descriptor of the device. */
static void tph_vfio_close_device(struct vfio_device *core_vdev)
{
	tph_hw_close(to_tph_vfio_device(core_vdev));
	vfio_pci_core_close_device(core_vdev);
}

static long tph_vfio_dev_ioctl(struct vfio_device *core_vdev, unsigned int cmd,
			       unsigned long arg)
{
	struct tph_vfio_device *tdev = to_tph_vfio_device(core_vdev);
	long ret;

	if (cmd == VFIO_DEVICE_PCI_TPH)
		return tph_vfio_ioctl(tdev, (void __user *)arg);

	ret = vfio_pci_core_ioctl(core_vdev, cmd, arg);
	/* It may have failed after it allocated some. */
	if (cmd == VFIO_DEVICE_SET_IRQS)
		tph_table_vectors_changed(tdev);
	return ret;
}

static const struct vfio_device_ops tph_vfio_ops = {
	.name = TPH_DRIVER_NAME,
	.init = tph_vfio_init_dev,
	.release = tph_vfio_release_dev,
	.open_device = tph_vfio_open_device,
	.close_device = tph_vfio_close_device,
	.ioctl = tph_vfio_dev_ioctl,
	.device_feature = vfio_pci_core_ioctl_feature,
	.read = vfio_pci_core_read,
	.write = vfio_pci_core_write,
	.mmap = vfio_pci_core_mmap,
	.request = vfio_pci_core_request,
	.match = vfio_pci_core_match,
	.bind_iommufd = vfio_iommufd_physical_bind,
	.unbind_iommufd = vfio_iommufd_physical_unbind,
	.attach_ioas = vfio_iommufd_physical_attach_ioas,
	.detach_ioas = vfio_iommufd_physical_detach_ioas,
#ifdef TPH_HAVE_REGION_INFO_CAPS
	.get_region_info_caps = vfio_pci_ioctl_get_region_info,
#endif
#ifdef TPH_HAVE_MATCH_TOKEN_UUID
	.match_token_uuid = vfio_pci_core_match_token_uuid,
#endif
#ifdef TPH_HAVE_PASID_ATTACH
	.pasid_attach_ioas = vfio_iommufd_physical_pasid_attach_ioas,
	.pasid_detach_ioas = vfio_iommufd_physical_pasid_detach_ioas,
#endif
};

#ifdef TPH_HAVE_DMABUF_OPS
static const struct vfio_pci_device_ops tph_vfio_pci_ops = {
	.get_dmabuf_phys = vfio_pci_core_get_dmabuf_phys,
};
#endif

static int tph_vfio_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct tph_vfio_device *tdev;
	int ret;

	if (tph_params_denied(pdev) || tph_table_denied(pdev))
		return -EINVAL;

	tdev = vfio_alloc_device(tph_vfio_device, core.vdev, &pdev->dev,
				 &tph_vfio_ops);
	if (IS_ERR(tdev))
		return PTR_ERR(tdev);

	/* vfio-pci-core's handlers expect its own structure here. */
	dev_set_drvdata(&pdev->dev, &tdev->core);
#ifdef TPH_HAVE_DMABUF_OPS
	tdev->core.pci_ops = &tph_vfio_pci_ops;
#endif
	ret = vfio_pci_core_register_device(&tdev->core);
	if (ret)
		vfio_put_device(&tdev->core.vdev);
	return ret;
}

static void tph_vfio_remove(struct pci_dev *pdev)
{
	struct vfio_pci_core_device *core = dev_get_drvdata(&pdev->dev);

	vfio_pci_core_unregister_device(core);
	vfio_put_device(&core->vdev);
}

static int tph_vfio_sriov_configure(struct pci_dev *pdev, int nr_virtfn)
{
	if (!tph_params_sriov())
		return -ENOENT;
	return vfio_pci_core_sriov_configure(dev_get_drvdata(&pdev->dev),
					     nr_virtfn);
}

/* Any device whose driver_override names this driver, and no other. */
static const struct pci_device_id tph_vfio_table[] = {
	{ PCI_DRIVER_OVERRIDE_DEVICE_VFIO(PCI_ANY_ID, PCI_ANY_ID) }, {}
};

/*
 * Only the replacement gets module aliases, the stock module's own. A second
 * module with "any device" among them would leave it to chance which of the
 * two a management program picks by alias.
 */
#ifdef TPH_REPLACES_VFIO_PCI
MODULE_DEVICE_TABLE(pci, tph_vfio_table);
#endif

static struct pci_driver tph_vfio_driver = {
	.name = TPH_DRIVER_NAME,
	.id_table = tph_vfio_table,
	.probe = tph_vfio_probe,
	.remove = tph_vfio_remove,
	.sriov_configure = tph_vfio_sriov_configure,
	.err_handler = &vfio_pci_core_err_handlers,
	.driver_managed_dma = true,
};

static int __init tph_vfio_module_init(void)
{
	int ret;

	tph_params_apply();
	ret = pci_register_driver(&tph_vfio_driver);
	if (ret)
		return ret;

	tph_params_add_ids(&tph_vfio_driver);
	if (enable_unsafe_tph_ds)
		pr_warn("%s: device-specific TPH mode allowed without an ST table\n",
			KBUILD_MODNAME);
	return 0;
}
module_init(tph_vfio_module_init);

static void __exit tph_vfio_module_exit(void)
{
	pci_unregister_driver(&tph_vfio_driver);
}
module_exit(tph_vfio_module_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("The vfio-tph authors");
MODULE_DESCRIPTION("VFIO for PCI devices, with the PCIe TPH user ABI");
