# SPDX-License-Identifier: GPL-2.0-or-later
# Groups, character devices, iommufd: the order that the kernel insists on.
load helper.bash

@test "the chain of the group, in order, and in no other" {
	vfio raw "$CAP" container version extension:1 extension:3 \
		extension:99 setiommu group status device setcontainer \
		device setiommu setiommu status device
	expect_stdout "container ok" "version 0" "extension 1" "extension 1" \
		"extension 0" "setiommu EINVAL" "group ok" "status 1" \
		"device EINVAL" "setcontainer ok" "device EINVAL" \
		"setiommu ok" "setiommu EINVAL" "status 3" "device ok"
}

@test "an IOMMU type that there is not is ENODEV" {
	vfio raw "$CAP" container group setcontainer setiommu:7
	expect_stdout "container ok" "group ok" "setcontainer ok" "setiommu ENODEV"
}

@test "a container that is no container is EBADFD; twice is EINVAL" {
	vfio raw "$CAP" group open:null:/dev/null setcontainer:null \
		container setcontainer setcontainer
	expect_stdout "group ok" "open ok" "setcontainer EBADFD" "container ok" \
		"setcontainer ok" "setcontainer EINVAL"
}

@test "a container cannot be taken away while a device is open" {
	vfio group "$CAP" unsetcontainer close:device unsetcontainer \
		unsetcontainer
	expect_stdout "unsetcontainer EBUSY" "close ok" "unsetcontainer ok" \
		"unsetcontainer EINVAL"
}

@test "a second opener of a group gets EBUSY, in the same process too" {
	vfio raw "$CAP" group:a group:b close:a group:b
	expect_stdout "group ok" "group EBUSY" "close ok" "group ok"
	fake_hold "$CAP" group
	vfio raw "$CAP" group
	expect_stdout "group EBUSY"
	fake_release
	vfio raw "$CAP" group
	expect_stdout "group ok"
}

@test "a group stays open as long as a device of it does" {
	vfio group "$CAP" close:group group:again close:device group:again
	expect_stdout "close ok" "group EBUSY" "close ok" "group ok"
}

@test "the group path opens a device more than once" {
	vfio group "$CAP" enable:2 device:second close:device "shell:true"
	expect_stdout "enable ok" "device ok" "close ok"
	vfio group "$CAP" device:device:0000:99:00.0
	expect_stdout "device ENODEV"
}

@test "a group with a host driver in it is not viable" {
	vfio raw "$SPLIT" container group status setcontainer
	expect_stdout "container ok" "group ok" "status 0" "setcontainer EPERM"
	vfio raw "$SPLIT" cdev iommufd bind
	expect_stdout "cdev ok" "iommufd ok" "bind EPERM"
}

@test "before binding, every ioctl of a character device is EINVAL" {
	vfio raw "$CAP" cdev info cap reset region:0 iommufd bind info
	expect_stdout "cdev ok" "info EINVAL" "cap EINVAL" "reset EINVAL" \
		"region EINVAL" "iommufd ok" "bind ok" \
		"info flags=3 regions=9 irqs=5"
}

@test "bind: argsz, flags and the iommufd are looked at" {
	vfio raw "$CAP" cdev iommufd container bind:device:iommufd:12 \
		bind:device:iommufd:16:4 bind:device:container \
		open:null:/dev/null bind:device:null bind bind
	expect_stdout "cdev ok" "iommufd ok" "container ok" "bind EINVAL" \
		"bind EINVAL" "bind EBADFD" "open ok" "bind EBADFD" "bind ok" \
		"bind EINVAL"
}

@test "a second binder is refused with EINVAL" {
	fake_hold "$CAP" cdev
	vfio raw "$CAP" cdev iommufd bind cap
	expect_stdout "cdev ok" "iommufd ok" "bind EINVAL" "cap EINVAL"
	fake_release
	vfio cdev "$CAP" cap
	expect_stdout "cap modes=7 present=1 size=16"
}

@test "group and character device exclude each other" {
	fake_hold "$CAP" group
	vfio raw "$CAP" cdev iommufd bind
	expect_stdout "cdev ok" "iommufd ok" "bind EBUSY"
	fake_release
	fake_hold "$CAP" cdev
	vfio raw "$CAP" group
	expect_stdout "group EBUSY"
	fake_release
}

@test "TPH needs the bind, not the attach" {
	vfio cdev "$CAP" enable:2 ioas attach detach
	expect_stdout "enable ok" "ioas ok" "attach hwpt" "detach ok"
}

@test "objects of an iommufd are counted" {
	vfio cdev "$CAP" ioas attach destroy detach destroy destroy
	expect_stdout "ioas ok" "attach hwpt" "destroy EBUSY" "detach ok" \
		"destroy ok" "destroy ENOENT"
	vfio cdev "$CAP" attach:77 destroy:1
	expect_stdout "attach ENOENT" "destroy EBUSY"
}

@test "an IOMMU of few features refuses page tables with more" {
	vfio cdev "$CAP" ioas hwinfo queue hwpt:0 hwpt:1 hwpt:2 hwpt:4 \
		hwpt:8 hwpt:16
	expect_stdout "ioas ok" "hwinfo type=1 pasid=20 caps=15" "queue ok" \
		"hwpt ok" "hwpt ok" "hwpt ok" "hwpt ok" "hwpt ok" \
		"hwpt EOPNOTSUPP"
	fake_set iommu_nesting no
	fake_set iommu_dirty no
	fake_set iommu_fault no
	fake_set iommu_pasid 0
	vfio cdev "$CAP" ioas hwinfo queue hwpt:1 hwpt:2 hwpt:4 hwpt:8
	expect_stdout "ioas ok" "hwinfo type=1 pasid=0 caps=8" "queue ok" \
		"hwpt EOPNOTSUPP" "hwpt EOPNOTSUPP" "hwpt EOPNOTSUPP" "hwpt ok"
}

@test "an IOMMU that is not VT-d refuses the PASID flag without PASIDs, and with nesting" {
	fake_set iommu_type 4
	vfio cdev "$CAP" ioas hwpt:8 hwpt:9
	expect_stdout "ioas ok" "hwpt ok" "hwpt EOPNOTSUPP"
	fake_set iommu_pasid 0
	vfio cdev "$CAP" ioas hwpt:8 hwpt:1
	expect_stdout "ioas ok" "hwpt EOPNOTSUPP" "hwpt ok"
}

@test "a nesting parent with a fault queue is refused" {
	vfio cdev "$CAP" ioas queue hwpt:5
	expect_stdout "ioas ok" "queue ok" "hwpt EOPNOTSUPP"
}

@test "a page table: its parent must be one, data goes with a type" {
	vfio cdev "$CAP" ioas queue hwpt:0:77 hwpt:0:queue hwpt:0:ioas:1:0 \
		hwpt:0:ioas:0:16 hwpt:0:ioas:1:16
	expect_stdout "ioas ok" "queue ok" "hwpt EINVAL" "hwpt EINVAL" "hwpt EINVAL" \
		"hwpt EINVAL" "hwpt EOPNOTSUPP"
}

@test "a page table is nested on a nesting parent alone, with the IOMMU's data" {
	vfio cdev "$CAP" ioas hwpt:0 hwpt:0:hwpt:1:16 hwpt:1 hwpt:0:hwpt \
		hwpt:0:hwpt:2:16 hwpt:0:hwpt:1:16
	expect_stdout "ioas ok" "hwpt ok" "hwpt EINVAL" "hwpt ok" "hwpt EOPNOTSUPP" \
		"hwpt EINVAL" "hwpt ok"
	vfio cdev "$CAP" ioas attach hwpt:0:3:1:16
	expect_stdout "ioas ok" "attach hwpt" "hwpt EINVAL"
}

@test "a fault queue is used by its descriptor, and by page tables" {
	vfio cdev "$CAP" ioas queue destroy:queue hwpt:4 close:queue \
		destroy:queue destroy:hwpt destroy:queue
	expect_stdout "ioas ok" "queue ok" "destroy EBUSY" "hwpt ok" "close ok" \
		"destroy EBUSY" "destroy ok" "destroy ok"
}

@test "on VT-d a table with a fault queue takes no device without page requests" {
	vfio cdev "$CAP" ioas queue hwpt:4 attach:hwpt hwpt:0 attach:hwpt
	expect_stdout "ioas ok" "queue ok" "hwpt ok" "attach ENODEV" "hwpt ok" \
		"attach hwpt"
	fake_set iommu_type 2
	vfio cdev "$CAP" ioas queue hwpt:4 attach:hwpt
	expect_stdout "ioas ok" "queue ok" "hwpt ok" "attach hwpt"
	fake_start - <<-END
		node 0 cpus=0
		root 0000:00
		port 0000:00:01.0 bus=01
		device 0000:01:00.0 driver=vfio-pci ats=on pri=yes
	END
	vfio cdev 0000:01:00.0 ioas queue hwpt:4 attach:hwpt hwinfo
	expect_stdout "ioas ok" "queue ok" "hwpt ok" "attach hwpt" \
		"hwinfo type=1 pasid=20 caps=7"
}

@test "devices of one group are attached to one table" {
	fake_start - <<-END
		node 0 cpus=0
		root 0000:00
		port 0000:00:01.0 bus=01
		device 0000:01:00.0 driver=vfio-pci group=5
		device 0000:01:00.1 driver=vfio-pci group=5
		device 0000:01:00.2 driver=vfio-pci group=6
	END
	vfio cdev 0000:01:00.0 ioas attach function:1 cdev:second \
		bind:second function:2 cdev:third bind:third ioas \
		attach:ioas:second attach:ioas:third attach:2:second
	expect_stdout "ioas ok" "attach hwpt" "function ok" "cdev ok" "bind ok" \
		"function ok" "cdev ok" "bind ok" "ioas ok" "attach EINVAL" \
		"attach hwpt" "attach hwpt"
}

@test "what is left in an iommufd that is closed is noted; closing in order leaves nothing" {
	vfio cdev "$CAP" ioas attach
	expect_status 0
	vfio cdev "$CAP" ioas queue hwpt:4 destroy:hwpt close:queue \
		destroy:queue destroy:ioas
	expect_status 0
	fake_settle
	run sed 's/^process [0-9]* //' "$VFIO_TPH_FAKE/leaks"
	expect_stdout "left ioas 2"
	run fake_no_leaks
	((status == 1))
}

@test "no IOMMU: no group, no node, no /dev/iommu" {
	fake_start - <<-END
		node 0 cpus=0
		iommu none
		root 0000:00
		port 0000:00:01.0 bus=01
		device 0000:01:00.0 driver=none
	END
	run fake_run ls /dev/iommu /sys/bus/pci/devices/0000:01:00.0/iommu_group
	((status != 0))
	[[ $(fake_run ls /sys/kernel/iommu_groups) == "" ]]
	[[ $(fake_run ls /dev/vfio) == vfio ]]
}

@test "without permission on a node: EACCES; stat tells mode and owner" {
	fake_start - <<-END
		node 0 cpus=0
		set uid=1000 gid=1000
		root 0000:00
		port 0000:00:01.0 bus=01
		device 0000:01:00.0 driver=vfio-pci group=5
		device 0000:01:00.1 driver=vfio-pci group=6
		mode /dev/vfio/6 0660 uid=0 gid=1000
	END
	vfio raw 0000:01:00.0 open:a:/dev/vfio/5 open:b:/dev/vfio/6 \
		open:c:/dev/vfio/vfio open:d:/dev/iommu
	expect_stdout "open EACCES" "open ok" "open ok" "open EACCES"
	run fake_run stat -c '%a %u %g %F %t:%T' /dev/vfio/6 /dev/iommu
	expect_stdout "660 0 1000 character special file f0:6" \
		"660 0 0 character special file a:7e"
	[[ $(fake_run id -u) == 1000 ]]
	run ! fake_run test -r /dev/vfio/5
	fake_run test -r /dev/vfio/6
}

@test "without privilege only 64 bytes of config space can be read" {
	[[ $(fake_run cat /sys/bus/pci/devices/"$CAP"/config | wc -c) == 4096 ]]
	fake_set uid 1000
	[[ $(fake_run cat /sys/bus/pci/devices/"$CAP"/config | wc -c) == 64 ]]
}

@test "regions and interrupts are as vfio-pci shows them" {
	vfio cdev "$MSIX" region:0 region:2 region:2:32 region:1 region:7 \
		region:8 irq:2 irq:0 info:12
	expect_stdout "region argsz=40 flags=7 caps=0 size=0x100000 offset=0x0 cap=0" \
		"region argsz=40 flags=15 caps=32 size=0x2000 offset=0x20000000000 cap=3" \
		"region argsz=40 flags=15 caps=0 size=0x2000 offset=0x20000000000 cap=0" \
		"region argsz=40 flags=0 caps=0 size=0x0 offset=0x10000000000 cap=0" \
		"region argsz=40 flags=3 caps=0 size=0x1000 offset=0x70000000000 cap=0" \
		"region EINVAL" "irq flags=1 count=64" "irq flags=7 count=0" \
		"info EINVAL"
}

@test "a read of the vector table is all ones, a mapping shows the words" {
	vfio cdev "$MSIX" vectors:1 enable:2 set:0=4 bar:2:0xff8:24 \
		map:2:0x2000 peek:2:0x100c
	expect_stdout "vectors ok" "enable ok" "set ok" \
		"bar 0000000000000000ffffffffffffffffffffffffffffffff" \
		"map ok" "peek 0x01140000"
}

@test "without memory decoding a read is EIO, a touch of a mapping SIGBUS" {
	vfio cdev "$MSIX" vectors:1 enable:2 set:0=4 map:2:0x2000 \
		poke:4:0000 bar:2:0:4 poke:4:0200 peek:2:0x100c
	expect_stdout "vectors ok" "enable ok" "set ok" "map ok" "poke ok" "bar EIO" \
		"poke ok" "peek 0x01140000"
	vfio cdev "$MSIX" map:2:0x2000 poke:4:0000 peek:2:0x100c
	((status == 128 + 7))
	vfio cdev "$MSIX" poke:4:0000 map:2:0x2000 peek:2:0x100c
	((status == 128 + 7))
}

@test "TPH registers cannot be written through the config region" {
	vfio cdev "$CAP" enable:2 poke:0x208:00000000 config:0x208:4 \
		poke:0x20c:ffff config:0x20c:2
	expect_stdout "enable ok" "poke ok" "config 01030000" "poke ok" "config 0000"
}

@test "a map beyond the region, or a private one, is EINVAL" {
	vfio cdev "$MSIX" map:2:0x3000 map:1:0x1000 map:7:0x1000
	expect_stdout "map EINVAL" "map EINVAL" "map EINVAL"
}
