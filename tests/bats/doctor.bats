#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# doctor: on a sound machine nothing fails; with one thing broken, that one
# fails, and nothing else does.
# shellcheck disable=SC2154	# stderr: tph sets it

load helper.bash
load doctor.bash

# What a device with everything in order has.
SOUND="driver=vfio-pci group=1 tph=ns,iv,ds,ext st=cap:16 msix=16@0:0x2000"

# with_tags WORDS: a machine whose firmware answers so, its device sound.
with_tags()
{
	machine <<-END
		node 0 cpus=0-3
		tags $*
		module vfio_pci enable_unsafe_tph_ds=N
		root 0000:00 numa=0
		port 0000:00:01.0 bus=01 completer=ext
		device 0000:01:00.0 $SOUND
	END
}

# only_failure CODE KIND STATUS ARGS: doctor finds this, and nothing else; it
# says what to do, and shows what it was seen by.
only_failure()
{
	local code=$1 kind=$2 wanted=$3
	shift 3
	tph --json doctor "$@"
	expect_status "$wanted"
	expect_stderr
	expect_equal "checks that failed" "$code" "$(results failure)"
	expect_equal "kind of error" "$kind" "$(check "$code" error)"
	expect_equal "exit of the check" "$wanted" "$(check "$code" exit)"
	expect_equal "a next step and evidence" true "$(check "$code" \
		'next != null and .evidence != []')"
}

# only_warning CODE ARGS: steering works, but.
only_warning()
{
	local code=$1
	shift
	tph --json doctor "$@"
	expect_status 0
	expect_equal "checks that failed" "" "$(results failure)"
	expect_equal "checks that warn" "$code" "$(results warning)"
	expect_equal "a next step" true "$(check "$code" 'next != null')"
}

# steering_works ARGS: what a status of 0 promises.
steering_works()
{
	tph set-st --try "$@"
	expect_status 0
}

@test "on a sound machine every check is passed, and steering works" {
	only_as_root
	fake_start small
	tph --json doctor --open 01:00.0
	expect_status 0
	expect_stderr
	one_object
	expect_equal failures "" "$(results failure)"
	expect_equal warnings "" "$(results warning)"
	expect_equal "what is not needed" "io-alloc gate vectors interrupts" "$(results skipped)"
	steering_works 01:00.0 all=local
}

@test "-v shows each check in one line: result, code, what was found, file and value" {
	fake_start small
	tph -v doctor --open 01:00.0
	expect_status 0
	expect_equal "lines that are no check" "machine
0000:01:00.0 8086:0b25
0000:01:00.0: can steer
26 ok, 4 not checked" "$(grep -vE '^    (ok|skipped) ' <<< "$output")"
	expect_in '^    ok       command-line    TPH was not switched off when booting \(/proc/cmdline: no pci=\)$'
	expect_in '^    ok       completer  .*\(/sys/bus/pci/devices/0000:00:01.0/config, 0x94: 0x00203000\)$'
	expect_not_in '^    ok [^(]*$'
}

@test "-v shows the next step of what failed on the same line" {
	tph -v doctor 03:00.0
	expect_status 5
	expect_in '^    failure  completer .*: 0x00200000\); next: put it behind another Root Port'
}

@test "the verdict of each device comes first, then what is wrong, then the counts" {
	tph doctor 01:00.0 03:00.0 3d:00.1
	expect_status 5
	expect_equal "first lines" \
"0000:01:00.0: no obstacle found; 3 checks need the open device
0000:03:00.0: cannot steer: its Root Port 0000:00:03.0 does not complete TPH
0000:3d:00.1: cannot steer: the driver does not allow device-specific mode without an ST table" \
		"$(head -n 3 <<< "$output")"
	expect_equal "what is wrong" \
"failure  0000:03:00.0  completer: its Root Port 0000:00:03.0 does not complete TPH
failure  0000:3d:00.1  gate: the driver does not allow device-specific mode without an ST table" \
		"$(grep '^failure' <<< "$output")"
	expect_in '^         next: put it behind another Root Port'
	expect_equal "last line" "53 ok, 19 not checked (-v shows every check)" \
		"$(tail -n 1 <<< "$output")"
}

@test "a device that can steer is said to only if the kernel was asked" {
	fake_start small
	tph doctor 01:00.0
	expect_in '^0000:01:00.0: no obstacle found \(1 warning\); 3 checks need the open device$'
	tph doctor --open 01:00.0
	expect_in '^0000:01:00.0: can steer$'
}

@test "nine devices fit on two screens" {
	tph doctor
	expect_equal "devices" 9 "$(grep -cE '^0000:[0-9a-f:.]+: ' <<< "$output")"
	((${#lines[@]} <= 48)) ||
		differs "lines for nine devices" "48 at most" "${#lines[@]}"
}

@test "a failure of the machine is a verdict by itself" {
	ONE_LINES='cmdline root=/dev/sda pci=notph quiet'
	one_device "$SOUND"
	tph doctor 01:00.0
	expect_status 5
	expect_in '^machine: cannot steer: '
	expect_in '^failure  machine  command-line: '
}

@test "verdicts are coloured on a terminal, and nowhere else" {
	local command="'$VFIO_TPH' doctor 03:00.0"

	tph doctor 03:00.0
	expect_not_in $'\e'
	TERM=xterm run fake_run script -qec "$command" /dev/null
	expect_in $'\e\\[1;31mcannot steer\e'
	TERM=xterm NO_COLOR=1 run fake_run script -qec "$command" /dev/null
	expect_not_in $'\e'
	TERM=dumb run fake_run script -qec "$command" /dev/null
	expect_not_in $'\e'
}

@test "nothing is opened, and what only the open device tells is skipped, and says so" {
	only_as_root
	tph --json doctor 01:00.0
	expect_status 0
	expect_nothing_issued
	expect_equal skipped "io-alloc open agreement tags tag-variety vectors interrupts" \
		"$(results skipped)"
	expect_equal "why" true "$(check tags 'finding | test("--open")')"
}

@test "with --open a device is opened, asked, and left as it was" {
	tph --json doctor --open 01:00.0
	expect_status 0
	expect_ioctls GET_CAP ENABLE:2 \
		"$(ioctls | sed -n '/GET_ST/p')" DISABLE
	expect_control "$CAP" 0x00000000
}

@test "with --open a device that somebody holds is not opened" {
	fake_hold "$CAP" cdev
	fake_log_clear
	tph --json doctor --open 01:00.0
	expect_status 0
	expect_nothing_issued
	expect_equal "why" true "$(check open 'finding | test("--owner")')"
	expect_equal "who" true \
		"$(check holder "finding | test(\"pid $FAKE_HOLDER\")")"
}

@test "with --owner it is asked through its process, and nothing is changed" {
	fake_hold "$MSIX" group 4
	tph set-st --owner 3d:00.0 0-3=4-7
	fake_log_clear
	tph --json doctor --owner 3d:00.0
	expect_status 0
	expect_nothing_changed
	expect_equal failures "" "$(results failure)"
	expect_equal "lent" true "$(check open "finding | test(\"pid $FAKE_HOLDER\")")"
	expect_equal "vectors" ok "$(check vectors result)"
	expect_control "$MSIX" 0x00000301
}

@test "with --owner, tags are not asked for by switching TPH on behind its back" {
	fake_hold "$CAP" cdev
	fake_log_clear
	tph --json doctor --owner 01:00.0
	expect_status 0
	expect_nothing_changed
	expect_equal tags skipped "$(check tags result)"
}

@test "a dry run opens nothing" {
	tph --json --dry-run doctor 01:00.0
	expect_status 0
	expect_nothing_issued
	tph --dry-run doctor --open 01:00.0
	expect_status 2
}

@test "without a device: all that have TPH" {
	tph --json doctor
	expect_json '[.devices[].bdf] | length' 9
	expect_status 5
	expect_equal "the first that failed is behind 03:00.0" 0000:03:00.0 \
		"$(jq -r '[.devices[] | select(.checks[].result == "failure")][0].bdf' \
		<<< "$output")"
}

@test "without a device on a machine without TPH: 5, the machine is told all the same" {
	one_device driver=vfio-pci
	tph --json doctor
	expect_status 5
	expect_json '.errors[0].code' '"no-tph"'
	expect_json '.machine.checks | length > 0' true
}

@test "a device that is absent: 3, with others done" {
	tph --json doctor 99:00.0 01:00.0
	expect_status 3
	expect_json '[.devices[].bdf]' '["0000:01:00.0"]'
	expect_json '.errors[0].code' '"not-found"'
}

@test "the status is that of the first failure" {
	tph doctor 03:00.0 3d:00.3
	expect_status 5
	tph doctor 3d:00.3 03:00.0
	expect_status 4
	tph doctor 01:00.0 3d:00.3 99:00.0
	expect_status 3
}

@test "on each device --open ends as a command that steers does" {
	local bdf all wanted
	all=$(fake_run "$VFIO_TPH" list --all --raw --noheadings \
		--output ADDRESS,DRIVER | sed '/pcieport/d; s/ .*//')
	[[ $(wc -w <<< "$all") == 10 ]]
	for bdf in $all; do
		tph get-st "$bdf"
		wanted=$status
		tph doctor --open "$bdf"
		expect_status "$wanted"
	done
}

@test "a word that is no device is wrong usage, and nothing is looked at" {
	tph doctor eth0
	expect_status 2
	expect_equal stdout "" "$output"
}

# --- one thing broken at a time ---

@test "broken: a kernel that was built without TPH" {
	ONE_LINES="config CONFIG_VFIO_PCI=m"
	one_device "$SOUND"
	only_failure kernel-config no-abi 6 01:00.0
}

@test "broken: pci=notph" {
	ONE_LINES='cmdline root=/dev/sda pci=nomsi,notph quiet'
	one_device "$SOUND"
	only_failure command-line no-completer 5 --open 01:00.0
}

@test "broken: no IOMMU" {
	ONE_LINES="iommu none"
	one_device "${SOUND/group=1/group=none}"
	only_failure iommu no-iommu 5 --open 01:00.0
	expect_equal next true "$(check iommu 'next | test("firmware")')"
}

@test "broken: an IOMMU that is off" {
	ONE_LINES='iommu none
		file /sys/firmware/acpi/tables/DMAR DMAR'
	one_device "${SOUND/group=1/group=none}"
	only_failure iommu no-iommu 5 01:00.0
	expect_equal next true "$(check iommu 'next | test("intel_iommu=on")')"
}

@test "broken: a device in no IOMMU group" {
	one_device "${SOUND/group=1/group=none}"
	only_failure iommu-group no-iommu 5 --open 01:00.0
}

@test "broken: a device that answers ones only" {
	head -c 4096 /dev/zero | tr '\0' '\377' > \
		"$VFIO_TPH_FAKE/root$(fake_run readlink -f /sys/bus/pci/devices/$CAP)/config"
	only_failure device refused 1 01:00.0
}

@test "broken: a device whose power management failed" {
	ONE_LINES='file /sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0/power/runtime_status error'
	one_device "$SOUND"
	only_failure power asleep 1 --open 01:00.0
}

@test "broken: a device that its owner keeps asleep" {
	ONE_LINES='file /sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0/power_state D3hot'
	one_device "$SOUND"
	fake_hold "$CAP" cdev
	only_failure power asleep 1 --owner 01:00.0
}

@test "a device that sleeps while nobody holds it wakes when it is opened" {
	ONE_LINES='file /sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0/power_state D3hot
		file /sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0/power/runtime_status suspended'
	one_device "$SOUND"
	tph --json doctor --open 01:00.0
	expect_status 0
	expect_equal power ok "$(check power result)"
}

@test "broken: no TPH capability" {
	only_failure capability no-tph 5 --open 3d:00.2
}

@test "broken: no right to see the capability, nor to open the device" {
	fake_set uid 1000
	tph --json doctor 01:00.0
	expect_status 7
	expect_equal failures "capability nodes" "$(results failure)"
	expect_equal rights warning "$(check rights result)"
}

@test "broken: a mode that sends no tags" {
	one_device "${SOUND/ns,iv,ds,ext/ns}"
	only_failure modes no-mode 5 --open 01:00.0
}

@test "broken: interrupt vector mode without a table" {
	one_device "driver=vfio-pci tph=iv st=none"
	only_failure table no-table 5 --open 01:00.0
}

@test "broken: an ST table in a BAR that does not exist" {
	one_device "driver=vfio-pci tph=ns,iv,ds st=msix msix=16@7:0"
	only_failure table no-table 5 --open 01:00.0
}

@test "broken: no Root Port" {
	machine <<-END
		node 0 cpus=0-3
		tags v8=0x10
		root 0000:00 numa=0
		device 0000:00:02.0 driver=vfio-pci tph=ns,iv st=cap:4
	END
	only_failure root-port no-completer 5 --open 00:02.0
}

@test "an integrated endpoint: a warning, and it has no tags" {
	only_failure tags no-tag 5 --open 80:02.0
	tph --json doctor --open 80:02.0
	expect_equal "root-port" warning "$(check root-port result)"
	expect_equal "completer" skipped "$(check completer result)"
}

@test "broken: a Root Port that completes no TPH" {
	only_failure completer no-completer 5 --open 03:00.0
}

@test "broken: bound to a host driver" {
	only_failure driver not-bound 4 --open 3d:00.3
}

@test "broken: bound to no driver" {
	one_device "${SOUND/driver=vfio-pci/driver=none}"
	only_failure driver not-bound 4 --open 01:00.0
}

@test "broken: a group that is not viable" {
	only_failure group-viable group-not-viable 1 --open 04:00.0
	expect_equal "who is in the way" true \
		"$(check group-viable 'finding | test("0000:04:00.1 .ixgbe.")')"
}

@test "broken: no node to open it by" {
	ONE_LINES='absent /dev/vfio/devices/vfio0
		absent /dev/vfio/1'
	one_device "$SOUND"
	only_failure nodes no-device-node 1 --open 01:00.0
}

@test "broken: an owner that this user may not trace" {
	fake_hold "$CAP" cdev
	fake_set ptrace no
	only_failure open permission 7 --owner 01:00.0
}

@test "broken: a process that does not hold it" {
	fake_hold "$CAP" cdev
	sleep 60 > /dev/null 2>&1 3>&- &
	only_failure open no-owner 11 --pid $! 01:00.0
	expect_equal "who does" true \
		"$(check holder "finding | test(\"pid $FAKE_HOLDER\")")"
	kill $!
}

@test "broken: the kernel does not let it be opened" {
	fake_fault "ioctl.BIND_IOMMUFD:*:ENOMEM"
	only_failure open system 1 --open 01:00.0
}

@test "broken: a driver without the interface" {
	fake_start plain-vfio
	tph --json doctor --open 01:00.0
	expect_status 6
	expect_equal failures abi "$(results failure)"
	expect_equal kind no-abi "$(check abi error)"
}

@test "a driver that says nothing of the interface is warned of until it is opened" {
	fake_start small
	only_warning abi 01:00.0
	[[ $(check abi next) == *"tph-vfio-pci"*"--open"* ]]
}

@test "broken: a driver with an interface of a later revision" {
	ONE_LINES='module vfio_pci tph=0'
	one_device "$SOUND"
	only_failure abi unknown-abi 6 01:00.0
	only_failure abi unknown-abi 6 --open 01:00.0
}

@test "broken: a kernel that says other than config space" {
	fake_start small
	fake_hold "$CAP" cdev
	fake_fault "ioctl.GET_CAP:*:EOPNOTSUPP"
	only_failure agreement disagree 1 --owner 01:00.0
}

@test "broken: the gate is shut for a device without a table" {
	only_failure gate gated 5 --open 3d:00.1
	expect_equal "the parameter" true "$(check gate \
		'evidence[0].source == "/sys/module/vfio_pci/parameters/enable_unsafe_tph_ds"')"
	fake_parameter vfio_pci enable_unsafe_tph_ds Y
	tph --json doctor --open 3d:00.1
	expect_status 0
}

@test "broken: no tag method" {
	with_tags none
	only_failure tags no-tag 5 --open 01:00.0
}

@test "broken: a tag method that marks every tag as invalid" {
	with_tags cpus=0-3
	only_failure tags no-tag 5 --open 01:00.0
}

@test "broken: the kernel refuses to switch TPH on" {
	fake_start small
	fake_fault "ioctl.ENABLE:*:EINVAL"
	only_failure tags refused 1 --open 01:00.0
}

@test "broken: no vector allocated where the table is in the MSI-X table" {
	fake_hold "$MSIX" cdev
	only_failure vectors no-vectors 5 3d:00.0
	fake_tell alloc 2
	tph doctor 3d:00.0
	expect_status 0
}

# --- what does not keep it from working ---

@test "a CPU without a tag is named" {
	only_warning tags --open 01:00.0
	expect_equal "the CPU" true "$(check tags 'finding | test("CPUs 14$")')"
}

@test "one tag for all CPUs is reported" {
	with_tags v8=0x10 v16=0x110 step=0
	only_warning tag-variety --open 01:00.0
}

@test "a switch that passes no prefixes is named, where 16-bit tags are sent" {
	local ports='module vfio_pci enable_unsafe_tph_ds=N
		node 0 cpus=0-3
		tags v8=0x10 v16=0x110
		root 0000:00 numa=0
		port 0000:00:01.0 bus=01-03 completer=ext
		port 0000:01:00.0 bus=02-03 type=upstream
		port 0000:02:00.0 bus=03 type=downstream prefixes=no'
	machine <<< "$ports
		device 0000:03:00.0 $SOUND"
	only_warning switches 03:00.0
	expect_equal "the port" true \
		"$(check switches 'finding | test("0000:02:00.0")')"
	machine <<< "$ports
		device 0000:03:00.0 ${SOUND/,ext/}"
	tph --json doctor 03:00.0
	expect_equal "with 8-bit tags" ok "$(check switches result)"
}

@test "tags and interrupts on different nodes are named" {
	fake_hold "$MSIX" group 4
	tph set-st --owner 3d:00.0 0-3=4,5,0,1
	for i in 0 1 2; do
		fake_move_irq "$MSIX" $i 4
	done
	fake_move_irq "$MSIX" 3 0
	tph --json doctor --owner 3d:00.0
	expect_status 0
	expect_equal "interrupts" warning "$(check interrupts result)"
	expect_equal "the entry" true \
		"$(check interrupts 'finding | test("entries 2 are")')"
	fake_move_irq "$MSIX" 2 0
	tph --json doctor --owner 3d:00.0
	expect_equal "interrupts" ok "$(check interrupts result)"
}

@test "isolated CPUs on another node are named" {
	sed '$a file /sys/devices/system/cpu/isolated 4-7' \
		"$BATS_TEST_DIRNAME/../fake/machines/server.machine" > "$BATS_TEST_TMPDIR/isolated"
	fake_start "$BATS_TEST_TMPDIR/isolated"
	only_warning local-cpus 01:00.0
	tph --json doctor 3d:00.0
	expect_equal "on its own node" ok "$(check local-cpus result)"
	expect_equal "the CPUs" true \
		"$(check cpu-isolation 'finding | test("4-7")')"
}

# io_alloc LINE...: the server, with these files of resctrl.
io_alloc()
{
	{
		cat "$FAKE_SOURCE/machines/server.machine"
		printf 'file /sys/fs/resctrl/info/%s\n' "$@"
	} > "$BATS_TEST_TMPDIR/resctrl"
	fake_start "$BATS_TEST_TMPDIR/resctrl"
}

@test "an L3 cache that leaves one way to devices is named" {
	io_alloc "L3/io_alloc enabled" "L3/io_alloc_cbm 0=ffff;1=8000"
	tph --json doctor 01:00.0
	expect_equal "io-alloc" warning "$(check io-alloc result)"
	expect_equal "the cache" true \
		"$(check io-alloc 'finding | test("1 way of L3 cache 1")')"
	expect_equal "what to do" true "$(check io-alloc \
		'next | test("echo 1=MASK > /sys/fs/resctrl/info/L3/io_alloc_cbm")')"
}

@test "two ways for devices are enough" {
	io_alloc "L3/io_alloc enabled" "L3/io_alloc_cbm 0=ffff;1=c000"
	tph --json doctor 01:00.0
	expect_equal "io-alloc" ok "$(check io-alloc result)"
	expect_equal "the ways" true "$(check io-alloc 'finding | test("2 ways")')"
}

@test "no way at all is named, also where code and data are split" {
	io_alloc "L3DATA/io_alloc enabled" "L3DATA/io_alloc_cbm 0=0"
	tph --json doctor 01:00.0
	expect_equal "io-alloc" warning "$(check io-alloc result)"
	expect_equal "the place" true "$(check io-alloc 'next | test("L3DATA")')"
}

@test "masks that do not apply are not judged" {
	local value
	for value in disabled "not supported"; do
		io_alloc "L3/io_alloc '$value'" "L3/io_alloc_cbm 0=0"
		tph --json doctor 01:00.0
		expect_equal "io-alloc" ok "$(check io-alloc result)"
	done
}

@test "without resctrl, or with masks that are not understood, io-alloc is skipped" {
	tph --json doctor 01:00.0
	expect_equal "io-alloc" skipped "$(check io-alloc result)"
	io_alloc "L3/io_alloc enabled" "L3/io_alloc_cbm 0=zz"
	tph --json doctor 01:00.0
	expect_equal "io-alloc" skipped "$(check io-alloc result)"
	io_alloc "L3/io_alloc enabled"
	tph --json doctor 01:00.0
	expect_equal "io-alloc" skipped "$(check io-alloc result)"
}

@test "a device whose node is not known is named on a machine of several" {
	tph --json doctor 80:02.0
	expect_equal "local CPUs" warning "$(check local-cpus result)"
}

@test "an irqbalance that runs is named" {
	fake_start small
	cp "$(type -P sleep)" "$BATS_TEST_TMPDIR/irqbalance"
	"$BATS_TEST_TMPDIR/irqbalance" 60 > /dev/null 2>&1 3>&- &
	await grep -qx irqbalance "/proc/$!/comm"
	tph --json doctor 01:00.0
	kill $!
	expect_equal irqbalance warning "$(check irqbalance result)"
}

@test "an old kernel is warned of, not refused" {
	ONE_LINES="set release=6.12.0
		module vfio_pci enable_unsafe_tph_ds=N"
	one_device "$SOUND"
	only_warning kernel-version --open 01:00.0
}

@test "the configuration is looked for in /boot and /lib/modules, too" {
	ONE_LINES='absent /proc/config.gz
		set release=7.2.0
		file /lib/modules/7.2.0/config CONFIG_PCIE_TPH=y'
	one_device "$SOUND"
	tph --json doctor 01:00.0
	expect_equal "there" /lib/modules/7.2.0/config \
		"$(check kernel-config 'evidence[0].source')"
	ONE_LINES+='
		file /boot/config-7.2.0 "# CONFIG_PCIE_TPH is not set"'
	one_device "$SOUND"
	only_failure kernel-config no-abi 6 01:00.0
	expect_equal "there" /boot/config-7.2.0 \
		"$(check kernel-config 'evidence[0].source')"
	ONE_LINES='absent /proc/config.gz'
	one_device "$SOUND"
	tph --json doctor 01:00.0
	expect_equal "nowhere" skipped "$(check kernel-config result)"
}

# --- a dump ---

@test "--from shows what a dump tells, and skips the rest" {
	fake_run "$VFIO_TPH" dump all > "$BATS_TEST_TMPDIR/dump"
	tph --json doctor --from "$BATS_TEST_TMPDIR/dump" 3d:00.0
	expect_status 0
	expect_equal ok "device capability modes table root-port completer switches driver iommu-group local-cpus" \
		"$(results ok)"
	expect_equal "switches" 3 "$(check switches 'evidence | length')"
	tph doctor --from "$BATS_TEST_TMPDIR/dump" 03:00.0
	expect_status 5
	tph doctor --from "$BATS_TEST_TMPDIR/dump" 3d:00.3
	expect_status 4
	expect_nothing_issued
}

@test "--from takes what lspci writes" {
	fake_run lspci -xxxx > "$BATS_TEST_TMPDIR/dump"
	tph --json doctor --from "$BATS_TEST_TMPDIR/dump" 01:00.0
	expect_status 0
	expect_equal driver skipped "$(check driver result)"
	tph doctor --from - 03:00.0 < "$BATS_TEST_TMPDIR/dump"
	expect_status 5
	tph doctor --from /dev/null
	expect_status 2
}

# --- the hint to it ---

@test "an error that doctor finds the cause of ends in a hint to it, behind its own" {
	tph enable --try 3d:00.3
	expect_status 4
	expect_stderr \
		"vfio-tph: 0000:3d:00.3: bound to the driver mlx5_core, not to a VFIO driver" \
		"hint: modprobe vfio-pci; cd /sys/bus/pci/devices/0000:3d:00.3; echo vfio-pci > driver_override; echo 0000:3d:00.3 > driver/unbind; echo 0000:3d:00.3 > /sys/bus/pci/drivers_probe" \
		"hint: run 'vfio-tph doctor 0000:3d:00.3'"
	tph --json enable --try 3d:00.3
	expect_json '.errors[0].doctor' '"vfio-tph doctor 0000:3d:00.3"'
}

# said KIND STATUS ARGUMENTS: a command fails with that kind, and its last
# line points to doctor.
said()
{
	local kind=$1 wanted=$2 bdf
	shift 2
	tph --json "$@"
	expect_status "$wanted"
	expect_json '.errors[0].code' "\"$kind\""
	bdf=$(jq -r '.errors[0].device' <<< "$output")
	tph "$@"
	expect_equal "last line of $*" "hint: run 'vfio-tph doctor $bdf'" \
		"${stderr##*$'\n'}"
	SAID+=("$kind")
}

@test "each kind of error that doctor explains ends in the hint to it" {
	local explained word squatter
	SAID=()
	env LD_PRELOAD="$FAKE_LIBRARY" bash -c 'exec 9<> "$0"; exec sleep 60' \
		"$(node_of "$CAP")" 3>&- &
	squatter=$!
	await test -e "/proc/$squatter/fd/9"
	said node-open 11 enable --owner 01:00.0
	kill $squatter
	wait $squatter || true
	said no-completer 5 enable --try 03:00.0
	said no-tph 5 enable --try 3d:00.2
	said no-mode 5 enable --try --mode ds 04:00.0
	said no-table 5 set-st --try 3d:00.1 0=0
	said not-bound 4 enable --try 3d:00.3
	said group-not-viable 1 enable --try --via group 04:00.0
	said no-owner 11 enable --owner 01:00.0
	said gated 5 enable --try --mode ds 3d:00.1
	said no-node 5 get-st --cpus local 80:02.0
	fake_fault "ioctl.ENABLE:*:EINVAL"
	said refused 1 enable --try 01:00.0
	fake_fault "ioctl.ENABLE:*:EIO"
	said asleep 1 enable --try 01:00.0
	fake_fault
	fake_set uid 1000
	said permission 7 status 01:00.0
	fake_set uid 0
	fake_hold "$MSIX" group
	said busy 8 enable 3d:00.0
	said no-vectors 5 set-st --owner 3d:00.0 0=4
	said not-verified 1 enable --pid "$FAKE_HOLDER" --fd 0 3d:00.0
	fake_fault "ioctl.GET_CAP:*:EOPNOTSUPP"
	said disagree 1 cap --owner 3d:00.0
	fake_fault
	fake_release
	fake_start plain-vfio
	said no-abi 6 enable --try 01:00.0
	one_device "${SOUND/group=1/group=none}"
	said no-iommu 5 enable --try 01:00.0
	ONE_LINES='absent /dev/vfio/1'
	one_device "$SOUND"
	said no-device-node 1 enable --try --via group 01:00.0
	ONE_LINES='module vfio_pci tph=0'
	one_device "$SOUND"
	said unknown-abi 6 enable --try 01:00.0
	with_tags none
	said no-tag 5 get-st 01:00.0
	# Every kind of the table was said.
	explained=$(grep -oE 'ERR_[A-Z_]+' \
		"$BATS_TEST_DIRNAME/../../src/core/doctor/table.c" | sort -u |
		while read -r word; do
			sed -n "s/.*X($word, [A-Z_]*, \"\([a-z-]*\)\").*/\1/p" \
				"$BATS_TEST_DIRNAME/../../src/core/base/error.h"
		done | sort)
	expect_equal "kinds that were said" "$explained" \
		"$(printf '%s\n' "${SAID[@]}" | sort)"
}

# unsaid STATUS ARGUMENTS: it fails, and nothing points to doctor.
unsaid()
{
	local wanted=$1
	shift
	tph "$@"
	expect_status "$wanted"
	[[ $stderr != *doctor* ]] || differs "the last line of $*" \
		"no hint to doctor" "$stderr"
}

@test "what doctor cannot tell more of does not point to it" {
	unsaid 2 enable
	unsaid 2 set-st 01:00.0 99=0
	unsaid 3 enable 99:00.0
	unsaid 5 cap 15b3:101f
	fake_hold "$CAP" cdev
	unsaid 1 get-st --owner 01:00.0
	fake_tell enable 2
	unsaid 1 enable --owner --mode ds 01:00.0
	fake_fault SET_ST.entry:3:ENXIO
	unsaid 9 set-st --owner 01:00.0 0-7=local
}

@test "of a dump the hint is to doctor --from, of one that is gone there is none" {
	fake_run "$VFIO_TPH" dump 3d:00.2 > "$BATS_TEST_TMPDIR/dump"
	tph cap --from "$BATS_TEST_TMPDIR/dump" 3d:00.2
	expect_stderr_in "^hint: run 'vfio-tph doctor --from $BATS_TEST_TMPDIR/dump 0000:3d:00.2'\$"
	tph cap --from - 3d:00.2 < "$BATS_TEST_TMPDIR/dump"
	expect_stderr "vfio-tph: 0000:3d:00.2: it has no TPH capability"
}

@test "doctor has no hint to itself" {
	tph doctor 99:00.0 3d:00.2
	expect_stderr "vfio-tph: 99:00.0: no such device"
}

# ---- what could not be looked at ----

# unseen CODE FAULT TEXT [ARGS]: the check says why, and claims nothing.
unseen()
{
	local code=$1 text=$3
	fake_fault "$2"
	shift 3
	tph --json doctor "${@:-01:00.0}"
	expect_status 0
	expect_equal "result of $code" skipped "$(check "$code" result)"
	grep -qF -- "$text" <<< "$(check "$code" finding)" ||
		differs "$code says why" "$text" "$(check "$code" finding)"
}

@test "a check whose file cannot be read is skipped, and names file and error" {
	local device=/sys/bus/pci/devices/0000:01:00.0
	fake_start small
	unseen rights 'open:/proc/self/status:*:EIO' "/proc/self/status: Input/output error"
	unseen command-line 'open:/proc/cmdline:*:EIO' "/proc/cmdline: Input/output error"
	unseen iommu 'open:/sys/kernel/iommu_groups:*:EMFILE' "/sys/kernel/iommu_groups: Too many open files"
	unseen cpu-isolation 'open:/sys/devices/system/cpu/isolated:*:EIO' "/sys/devices/system/cpu/isolated: Input/output error"
	unseen power "open:$device/power_state:*:EIO" "$device/power_state: Input/output error"
	unseen power "open:$device/power/runtime_status:*:EIO" "runtime_status: Input/output error"
	unseen local-cpus 'open:/sys/devices/system/cpu/online:*:ENOMEM' "/sys/devices/system/cpu/online: Cannot allocate memory"
}

@test "an IOMMU that could not be looked for is not said to be missing" {
	fake_start small
	fake_fault 'open:/sys/kernel/iommu_groups:*:EMFILE'
	tph --json doctor 01:00.0
	expect_equal "checks that failed" "" "$(results failure)"
}

@test "a gate that cannot be read is skipped, and not said to be shut" {
	local gate=/sys/module/vfio_pci/parameters/enable_unsafe_tph_ds
	unseen gate "open:$gate:*:EIO" "$gate: Input/output error" $BARE
}

@test "a TPH interface that cannot be looked for is not said to be missing" {
	unseen abi 'access:/sys/module/vfio_pci/parameters/enable_unsafe_tph_ds:*:EIO' "Input/output error"
}

@test "nodes that cannot be looked at are neither forbidden nor missing" {
	fake_start small
	unseen nodes 'access:/dev/iommu:*:EIO access:/dev/vfio/vfio:*:EIO' "cannot see whether"
}

@test "config space whose opening is interrupted once is read all the same" {
	fake_start small
	fake_fault 'open:/sys/bus/pci/devices/0000:01:00.0/config:1:EINTR'
	tph --json doctor 01:00.0
	expect_status 0
	expect_equal "checks that failed" "" "$(results failure)"
}
