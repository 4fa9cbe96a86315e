# SPDX-License-Identifier: GPL-2.0-or-later
# Opening a device: by character device or by group, and all that is in the
# way of it.
load helper.bash

chain()
{
	fake_log | sed -E 's/ = .*//; s/ argsz=.*//; /closed|GET_CAP|ENABLE/d' |
		paste -sd, -
}

@test "by character device where both ways exist" {
	tph enable --try $CAP
	expect_status 0
	expect_equal "the way in" "/dev/iommu open,/dev/vfio/devices/vfio0 open,$CAP BIND_IOMMUFD" \
		"$(chain)"
}

@test "by group where there is no /dev/iommu" {
	ONE_LINES='iommu cdev=no' one_device driver=vfio-pci group=7 \
		tph=ns,iv st=cap:4
	tph enable --try $CAP
	expect_status 0
	expect_equal "nodes opened" "/dev/vfio/vfio,/dev/vfio/7" \
		"$(fake_log ' open ' | cut -d' ' -f1 | paste -sd, -)"
}

@test "--via group opens by group and container, in the order that the kernel wants" {
	tph enable --try --via group $CAP
	expect_status 0
	expect_equal "calls on group and container" \
		"GROUP_GET_STATUS GROUP_SET_CONTAINER SET_IOMMU GROUP_GET_DEVICE_FD" \
		"$(fake_log | grep -oE ' (GROUP_[A-Z_]+|SET_IOMMU) ' |
			tr -d ' ' | paste -sd' ' -)"
}

@test "--via cdev where there is none: one line, and the other way" {
	ONE_LINES='iommu cdev=no' one_device driver=vfio-pci tph=ns,iv st=cap:4
	tph enable --try --via cdev $CAP
	expect_status 1
	one_line_on_stderr 'no character device'
	expect_hint '--via group'
	expect_nothing_issued
}

@test "--via group where groups have no nodes: status not 0, one line that names the file" {
	ONE_LINES='iommu group=no' one_device driver=vfio-pci tph=ns,iv st=cap:4
	tph enable --try --via group $CAP
	[[ $status != 0 ]]
	one_line_on_stderr '/dev/vfio/1'
	expect_nothing_changed
}

@test "two devices by character device share one iommufd" {
	tph enable --try $CAP $NARROW
	expect_status 0
	expect_equal "openings of /dev/iommu" 1 "$(fake_log '^/dev/iommu open' | wc -l)"
}

@test "two devices by group share one container" {
	tph enable --try --via group $CAP $NARROW
	expect_status 0
	expect_equal "openings of the container" 1 \
		"$(fake_log '^/dev/vfio/vfio open' | wc -l)"
}

@test "two devices of one group are both opened" {
	machine <<-END
		node 0 cpus=0-3
		tags v8=1
		root 0000:00 numa=0
		port 0000:00:01.0 bus=01 completer=tph
		device 0000:01:00.0 driver=vfio-pci group=5 tph=ns,iv st=cap:4
		device 0000:01:00.1 driver=vfio-pci group=5 tph=ns,iv st=cap:4
	END
	tph --json enable --try --via group 01:00.0 01:00.1
	expect_status 0
	expect_json '[.devices[].state.enabled]' '[true,true]'
}

@test "not bound to VFIO: status 4, the driver that it is bound to, and how to bind it" {
	tph enable --try $HOST
	expect_status 4
	one_line_on_stderr "^vfio-tph: $HOST: bound to the driver mlx5_core, not to a VFIO driver$"
	expect_hint "modprobe vfio-pci; cd /sys/bus/pci/devices/$HOST; echo vfio-pci > driver_override; echo $HOST > driver/unbind; echo $HOST > /sys/bus/pci/drivers_probe$"
	expect_nothing_issued
}

@test "bound to no driver at all: status 4" {
	one_device driver=none tph=ns,iv st=cap:4
	tph enable --try $CAP
	expect_status 4
	one_line_on_stderr 'bound to no driver'
	expect_hint "echo vfio-pci > driver_override; echo $CAP > /sys/bus/pci/drivers_probe$"
	expect_nothing_issued
}

@test "not bound, for each command that opens: status 4" {
	local args
	for args in "set-st --try $HOST 0=1" "get-st $HOST" "disable $HOST" \
		"run $HOST -- true"; do
		# shellcheck disable=SC2086
		tph $args
		expect_status 4
		one_line_on_stderr "^vfio-tph: $HOST: bound to the driver mlx5_core"
		expect_nothing_issued
	done
}

@test "a group that is not viable names the device in the way and its driver" {
	tph enable --try --via group $SPLIT
	expect_status 1
	one_line_on_stderr "IOMMU group 13 is not viable: $SPOILER \(ixgbe\) in the way"
	expect_hint 'bind every device of the group'
	expect_nothing_changed
}

@test "by character device the device in the way is named too" {
	tph enable --try --via cdev $SPLIT
	expect_status 1
	one_line_on_stderr "$SPOILER \(ixgbe\)"
	expect_nothing_changed
}

@test "busy by group, held by group: status 8, the holder, and --owner" {
	fake_hold $CAP group
	tph enable --try --via group $CAP
	expect_status 8
	one_line_on_stderr "^vfio-tph: $CAP: held by fake-holder \(pid $FAKE_HOLDER\)"
	expect_stderr_in '--owner'
	expect_nothing_changed
}

@test "busy by character device, held by character device: status 8, the holder, and --owner" {
	fake_hold $CAP cdev
	tph enable --try --via cdev $CAP
	expect_status 8
	one_line_on_stderr "^vfio-tph: $CAP: held by fake-holder \(pid $FAKE_HOLDER\)"
	expect_stderr_in '--owner'
	expect_nothing_changed
}

@test "busy by group, held by character device: status 8 and the holder" {
	fake_hold $CAP cdev
	tph enable --try --via group $CAP
	expect_status 8
	one_line_on_stderr "held by fake-holder \(pid $FAKE_HOLDER\)"
}

@test "busy by character device, held by group: status 8 and the holder" {
	fake_hold $CAP group
	tph enable --try --via cdev $CAP
	expect_status 8
	one_line_on_stderr "held by fake-holder \(pid $FAKE_HOLDER\)"
}

@test "JSON of a busy device has the code and the status" {
	fake_hold $CAP cdev
	tph --json enable --try $CAP
	one_object
	expect_json '.errors[0] | .device, .code, .exit' "\"$CAP\"
\"busy\"
8"
}

@test "EINVAL of the bind, nobody holding the device, is not taken for busy" {
	fake_fault ioctl.BIND_IOMMUFD:1:EINVAL
	tph enable --try $CAP
	expect_status 1
	one_line_on_stderr 'cannot bind /dev/vfio/devices/vfio0'
}

@test "no permission on the character device: status 7, which file, which owner" {
	machine < <(cat "$FAKE_SOURCE/machines/small.machine"
		echo 'set uid=1000 gid=1000'
		echo 'mode /dev/iommu 0666')
	tph --json enable --try $CAP
	expect_status 7
	one_line_on_stderr 'no permission to open /dev/vfio/devices/vfio0 \(owner root, mode 0600\)'
	expect_json '.errors[0].code' '"permission"'
	expect_nothing_changed
}

@test "no permission on /dev/iommu: status 7, which file, which owner" {
	machine < <(cat "$FAKE_SOURCE/machines/small.machine"
		echo 'set uid=1000 gid=1000'
		echo 'mode /dev/iommu 0600 uid=0'
		echo 'mode /dev/vfio/devices/vfio0 0660 uid=1000')
	tph enable --try $CAP
	expect_status 7
	one_line_on_stderr 'no permission to open /dev/iommu \(owner root, mode 0600\)'
}

@test "no permission on the group: status 7, which file, which owner" {
	machine < <(sed 's/^device .*/& group=7/' "$FAKE_SOURCE/machines/small.machine"
		echo 'set uid=1000 gid=1000'
		echo 'mode /dev/vfio/7 0600 uid=12345')
	tph enable --try --via group $CAP
	expect_status 7
	one_line_on_stderr 'no permission to open /dev/vfio/7 \(owner 12345, mode 0600\)'
}

@test "a user who was given the nodes needs no more to switch TPH on" {
	machine < <(sed 's/^device .*/& group=7/' "$FAKE_SOURCE/machines/small.machine"
		echo 'set uid=1000 gid=1000'
		echo 'mode /dev/iommu 0666'
		echo 'mode /dev/vfio/devices/vfio0 0600 uid=1000')
	tph --json enable --try $CAP
	expect_status 0
	expect_json '.devices[0].state' '{"enabled":true,"mode":"iv","requester":"extended"}'
}

@test "no IOMMU: status 5, and what switches it on" {
	ONE_LINES='iommu none' one_device driver=vfio-pci group=none \
		tph=ns,iv st=cap:4
	tph enable --try $CAP
	expect_status 5
	one_line_on_stderr 'IOMMU'
	expect_hint 'intel_iommu=on'
	expect_nothing_issued
}

@test "a kernel without the ioctl: status 6, with the driver that provides it" {
	fake_start plain-vfio
	tph --json enable --try $CAP
	expect_status 6
	one_line_on_stderr 'has no TPH interface'
	expect_hint 'tph-vfio-pci'
	expect_json '.errors[0].code' '"no-abi"'
}

@test "the revision of 2025: status 6, and it is never switched on by the probe" {
	one_device driver=vfio-pci tph=ns,iv st=cap:4 abi=f2
	tph enable --try $CAP
	expect_status 6
	one_line_on_stderr 'a revision that vfio-tph does not know'
	expect_hint '--abi v1'
	expect_ioctls 'F2:0!EINVAL'
	expect_equal "the size that was given" 8 \
		"$(fake_log ' F2 ' | sed -E 's/.*argsz=([0-9]+).*/\1/')"
}

@test "the revision of 2025: no command switches anything on" {
	local args
	one_device driver=vfio-pci tph=ns,iv st=cap:4 abi=f2
	for args in "cap" "enable --try" "get-st" "set-st --try --cpus 0" "disable"; do
		# shellcheck disable=SC2086
		tph $args $CAP
		expect_equal "calls that succeeded" "" \
			"$(fake_log ' F2 .* = 0$')"
	done
}

@test "--abi v1 goes past the probe" {
	one_device driver=vfio-pci tph=ns,iv st=cap:4 abi=f3-strict
	tph --json enable --try --abi v1 $CAP
	expect_status 0
	expect_json '.devices[0].state.enabled' true
}

@test "a strict kernel without a parameter that tells is not guessed at: status 6" {
	one_device driver=vfio-pci tph=ns,iv st=cap:4 abi=f3-strict
	tph enable --try $CAP
	expect_status 6
	one_line_on_stderr 'does not know'
	expect_nothing_changed
}

@test "a strict kernel whose module has the parameter is known" {
	ONE_LINES='module vfio_pci enable_unsafe_tph_ds=N' \
		one_device driver=vfio-pci tph=ns,iv st=cap:4 abi=f3-strict
	tph enable --try $CAP
	expect_status 0
}

@test "the parameter by its later name tells as well" {
	ONE_LINES='module vfio_pci enable_unsafe_tph_ds_mode=N' \
		one_device driver=vfio-pci tph=ns,iv st=cap:4 abi=f3-strict
	tph enable --try $CAP
	expect_status 0
}

@test "a variant driver is looked at first: its own parameter tells" {
	ONE_LINES='module tph_vfio_pci enable_unsafe_tph_ds=N' \
		one_device driver=tph-vfio-pci tph=ns,iv st=cap:4 abi=f3-strict
	tph enable --try $CAP
	expect_status 0
}

@test "the first revision without any parameter is found by the probe that cannot harm" {
	one_device driver=vfio-pci tph=ns,iv st=cap:4 abi=f3
	tph enable --try $CAP
	expect_status 0
	expect_equal "the size of the first call" 8 \
		"$(fake_log ' GET_CAP ' | head -n 1 | sed -E 's/.*argsz=([0-9]+).*/\1/')"
}

@test "a later proposal (parameter tph): status 6, nothing of it is called" {
	ONE_LINES='module vfio_pci tph=3' \
		one_device driver=vfio-pci tph=ns,iv st=cap:4 abi=none
	tph enable --try $CAP
	expect_status 6
	one_line_on_stderr 'a revision that vfio-tph does not know \(a later proposal\)'
	expect_ioctls
}

@test "a later proposal (parameter enable_unsafe_tph): status 6" {
	ONE_LINES='module vfio_pci enable_unsafe_tph=N' \
		one_device driver=vfio-pci tph=ns,iv st=cap:4 abi=none
	tph enable --try $CAP
	expect_status 6
	expect_ioctls
}

@test "a device that is absent: status 3, one line, nothing issued" {
	tph enable --try 0000:77:00.0
	expect_status 3
	one_line_on_stderr '^vfio-tph: 0000:77:00.0: no such device$'
	expect_nothing_issued
}

@test "a character device that is absent: status 3" {
	tph enable --try /dev/vfio/devices/vfio99
	expect_status 3
	expect_nothing_issued
}

@test "each call on the way in may fail: one line, status 1, nothing is switched on" {
	local call
	for call in GROUP_GET_STATUS GROUP_SET_CONTAINER SET_IOMMU \
		GROUP_GET_DEVICE_FD; do
		fake_log_clear
		fake_fault "ioctl.$call:1:EIO"
		tph enable --try --via group $CAP
		expect_status 1
		one_line_on_stderr "^vfio-tph: $CAP: cannot .*: Input/output error$"
		expect_nothing_changed
	done
	fake_log_clear
	fake_fault ioctl.BIND_IOMMUFD:1:EIO
	tph enable --try --via cdev $CAP
	expect_status 1
	one_line_on_stderr "^vfio-tph: $CAP: cannot bind .*: Input/output error$"
	expect_nothing_changed
}

@test "nothing stays open when the program ends, after success and after failure" {
	tph enable --try $CAP
	tph enable --try --via group $NARROW
	fake_fault ioctl.ENABLE:1:EIO
	tph enable --try $CAP
	fake_settle
	expect_equal "descriptors left" "" "$(ls "$VFIO_TPH_FAKE/fds")"
}
