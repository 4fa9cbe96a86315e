# SPDX-License-Identifier: GPL-2.0-or-later
# How long a setting lives, and who may touch it.
load helper.bash

@test "a setting is lost when the last descriptor closes, table and all" {
	vfio cdev "$CAP" enable:2 set:0=1
	expect_stdout "enable ok" "set ok"
	[[ $(fake_control $CAP) == 0x00000000 ]]
	[[ $(fake_entry "$CAP" 0) == 0 ]]
	vfio cdev "$CAP" config:0x208:8 enable:4
	expect_stdout "config 0000000000000000" "enable ok"
}

@test "a duplicate of the descriptor keeps the setting" {
	vfio cdev "$CAP" enable:2 dup close:device close:iommufd \
		"shell:head -c 0 /proc/interrupts; setpci -s $CAP 208.l"
	expect_stdout "enable ok" "dup ok" "close ok" "close ok" "00000301"
}

@test "a child keeps the setting of a parent that is gone" {
	cat > "$BATS_TEST_TMPDIR/child" <<-'END'
		import os, sys
		sys.path.insert(0, sys.argv[1])
		from importlib.machinery import SourceFileLoader
		vfioctl = SourceFileLoader("v", sys.argv[1] + "/vfioctl").load_module()
		step = vfioctl.Steps(sys.argv[2])
		for name in vfioctl.CHAINS["group"]:
		    getattr(step, "do_" + name)()
		step.do_enable("2")
		if os.fork():
		    os._exit(0)
		sys.stdin.read()
	END
	mkfifo "$BATS_TEST_TMPDIR/end"
	fake_run /usr/bin/python3 -W ignore "$BATS_TEST_TMPDIR/child" \
		"$BATS_TEST_DIRNAME" "$CAP" < "$BATS_TEST_TMPDIR/end" &
	exec 9> "$BATS_TEST_TMPDIR/end"
	wait $!
	[[ $(fake_control $CAP) == 0x00000301 ]]
	exec 9>&-
	for _ in {1..100}; do
		[[ $(fake_control $CAP) != 0x00000000 ]] || return 0
		sleep 0.1
	done
	return 1
}

@test "a holder killed by SIGKILL loses its setting" {
	fake_hold "$CAP" cdev
	fake_tell enable 4
	[[ $(fake_control $CAP) == 0x00000302 ]]
	kill -9 "$FAKE_HOLDER"
	wait "$FAKE_HOLDER" || true
	FAKE_HOLDER=
	[[ $(fake_control $CAP) == 0x00000000 ]]
}

@test "a reset leaves a setting that is on, tags too" {
	vfio cdev "$CAP" enable:2 set:0=1 reset config:0x208:8
	expect_stdout "enable ok" "set ok" "reset ok" "config 0103000011010000"
	vfio cdev "$MSIX" vectors:2 enable:2 set:1=4 reset map:2:0x2000 \
		peek:2:0x101c
	expect_stdout "vectors ok" "enable ok" "set ok" "reset ok" "map ok" \
		"peek 0x01140000"
}

@test "a reset of a device with TPH off clears its table" {
	vfio cdev "$CAP" enable:2 set:0=1 disable config:0x20c:2 reset \
		config:0x20c:2
	expect_stdout "enable ok" "set ok" "disable ok" "config 1101" "reset ok" \
		"config 0000"
}

@test "vectors show in /proc/interrupts and /proc/irq while they are allocated" {
	fake_hold "$MSIX" group 3
	run fake_run grep -o 'vfio-msix.*' /proc/interrupts
	expect_stdout "vfio-msix[0]($MSIX)" "vfio-msix[1]($MSIX)" \
		"vfio-msix[2]($MSIX)"
	run fake_run sh -c 'cat /proc/irq/*/effective_affinity_list'
	expect_stdout 4 5 6
	fake_move_irq "$MSIX" 1 13-14
	run fake_run sh -c 'cat /proc/irq/*/effective_affinity_list'
	expect_stdout 4 13 6
	fake_tell free
	run ! fake_run grep vfio /proc/interrupts
	fake_tell alloc 64
	[[ $(fake_run grep -c vfio-msix /proc/interrupts) == 64 ]]
	fake_release
	run ! fake_run grep vfio /proc/interrupts
	[[ $(fake_run ls /proc/irq) == "" ]]
}

@test "vectors show in msi_irqs while they are allocated, and in /sys/kernel/irq with who handles them" {
	fake_hold "$MSIX" group 2
	run fake_run sh -c "cd /sys/bus/pci/devices/$MSIX/msi_irqs && cat *"
	expect_stdout msix msix
	run fake_run sh -c "cd /sys/bus/pci/devices/$MSIX/msi_irqs &&
		for irq in *; do cat /sys/kernel/irq/\$irq/actions; done"
	expect_stdout "vfio-msix[0]($MSIX)" "vfio-msix[1]($MSIX)"
	fake_release
	[[ $(fake_run ls "/sys/bus/pci/devices/$MSIX/msi_irqs") == "" ]]
	[[ $(fake_run ls /sys/kernel/irq) == "" ]]
}

@test "/proc/PID/fd and fdinfo tell what a descriptor is" {
	fake_hold "$CAP" group
	run fake_run sh -c "for f in /proc/$FAKE_HOLDER/fd/*; do readlink \$f
		done | grep -E 'vfio|iommu'"
	expect_stdout /dev/vfio/vfio /dev/vfio/10 "anon_inode:[vfio-device]"
	run fake_run sh -c "cat /proc/$FAKE_HOLDER/fdinfo/* | grep vfio"
	expect_stdout "vfio-device-syspath: /sys/devices/pci0000:00/0000:00:01.0/$CAP"
	fake_release
	fake_set fdinfo_syspath no
	fake_hold "$CAP" cdev
	run fake_run sh -c "for f in /proc/$FAKE_HOLDER/fd/*; do readlink \$f
		done | grep -E 'vfio|iommu'"
	expect_stdout /dev/vfio/devices/vfio0 /dev/iommu
	run fake_run sh -c "cat /proc/$FAKE_HOLDER/fdinfo/* | grep vfio"
	((status == 1))
}

borrowed_number()
{
	local link
	for link in /proc/"$FAKE_HOLDER"/fd/*; do
		if [[ $(fake_run readlink "$link") == "$1" ]]; then
			echo "${link##*/}"
		fi
	done
}

@test "a borrowed descriptor works, and the owner's setting outlives the borrower" {
	fake_hold "$MSIX" group 4
	vfio raw "$MSIX" "borrow:$FAKE_HOLDER:$(borrowed_number \
		'anon_inode:[vfio-device]')" enable:2 set:3=5
	expect_stdout "borrow ok" "enable ok" "set ok"
	[[ $(fake_control $MSIX) == 0x00000301 ]]
	[[ $(fake_entry "$MSIX" 3) == $((0x115)) ]]
	fake_tell reset
	[[ $(fake_entry "$MSIX" 3) == $((0x115)) ]]
	fake_release
	[[ $(fake_control $MSIX) == 0x00000000 ]]
	[[ $(fake_entry "$MSIX" 3) == 0 ]]
}

@test "a borrower keeps a device open whose owner has gone" {
	fake_hold "$CAP" cdev
	local number
	number=$(borrowed_number /dev/vfio/devices/vfio0)
	mkfifo "$BATS_TEST_TMPDIR/end"
	fake_run "$BATS_TEST_DIRNAME/vfioctl" raw "$CAP" \
		"borrow:$FAKE_HOLDER:$number" enable:2 \
		"shell:cat $BATS_TEST_TMPDIR/end" &
	exec 9> "$BATS_TEST_TMPDIR/end"	# it has come that far
	fake_release
	[[ $(fake_control $CAP) == 0x00000301 ]]
	exec 9>&-
	wait
	[[ $(fake_control $CAP) == 0x00000000 ]]
}

@test "without the right to trace, borrowing is EPERM" {
	fake_hold "$CAP" cdev
	fake_set ptrace no
	vfio raw "$CAP" "borrow:$FAKE_HOLDER:4"
	expect_stdout "borrow EPERM"
}

@test "many processes at once leave a consistent device" {
	local i
	for i in 1 2 3 4 5 6 7 8; do
		fake_run "$BATS_TEST_DIRNAME/vfioctl" group "$CAP" \
			enable:2 set:0=1,1=2,2=3 disable > \
			"$BATS_TEST_TMPDIR/out.$i" &
	done
	wait
	# Each either had the group to itself or was told that it is busy.
	run sort -u "$BATS_TEST_TMPDIR"/out.*
	[[ $output != *EINVAL* && $output == *"set ok"* ]]
	[[ $(fake_control $CAP) == 0x00000000 ]]
	[[ $(ls "$VFIO_TPH_FAKE/fds") == "" ]]
}
