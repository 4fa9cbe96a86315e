# SPDX-License-Identifier: GPL-2.0-or-later
# enable: switch TPH on.
load helper.bash

# Somebody holds CAP with TPH on in interrupt-vector mode.
hold_in_iv()
{
	fake_hold $CAP cdev
	fake_tell enable 2
	fake_log_clear
}

@test "enable switches TPH on, once" {
	tph enable --try $CAP
	expect_status 0
	expect_ioctls GET_CAP ENABLE:2
}

@test "enable says what is on, and on stderr in one line that it ends with the command" {
	tph enable --try $CAP
	expect_stdout "$CAP: TPH is on, mode iv, extended tags"
	expect_stderr "vfio-tph: $CAP: tried: the setting is gone, because no process has the device open"
}

@test "without a holder enable is refused before anything is opened, with the ways out" {
	tph enable $CAP
	expect_status 11
	expect_stdout
	expect_stderr \
		"vfio-tph: $CAP: no process has the device open: the setting would end with this command" \
		"hint: --hold keeps the device open; --owner acts on the program that drives it, once that runs; 'run' starts one; --try only tries it"
	expect_nothing_issued
	tph --json enable $CAP
	expect_status 11
	expect_json '.errors[0].code' '"would-not-last"'
}

@test "a dry run is refused as the real run would be" {
	tph --dry-run enable $CAP
	expect_status 11
	tph --dry-run enable --try $CAP
	expect_status 0
}

@test "the other refusals come first: no driver, no completer, a holder" {
	tph enable $HOST
	expect_status 4
	tph enable $DEAF
	expect_status 5
	fake_hold $CAP cdev
	tph enable $CAP
	expect_status 8
}

@test "--try: JSON says that it does not last; of a holder it does" {
	tph --json enable --try $CAP
	expect_status 0
	expect_json '.devices[0].lasting' false
	fake_hold $CAP cdev
	tph --json enable --owner $CAP
	expect_json '.devices[0].lasting' true
}

@test "--try goes with none of --hold, --owner and --pid" {
	local other
	for other in --hold --owner "--pid 1"; do
		# shellcheck disable=SC2086
		tph enable --try $other $CAP
		expect_status 2
	done
}

@test "one of several that nobody holds: done in part" {
	fake_hold $CAP cdev
	tph enable --owner $CAP $NARROW
	expect_status 9
}

@test "and it does end with the command" {
	tph enable --try $CAP
	expect_control $CAP 0x00000000
}

@test "with -q enable says nothing on stderr" {
	tph -q enable --try $CAP
	expect_status 0
	expect_stderr
}

@test "mode auto is interrupt-vector where the device has it and a table" {
	tph --json enable --try --mode auto $CAP
	expect_json '.devices[0].state' '{"enabled":true,"mode":"iv","requester":"extended"}'
}

@test "mode auto is device-specific where there is no table" {
	fake_parameter vfio_pci enable_unsafe_tph_ds Y
	tph --json enable --try $BARE
	expect_status 0
	expect_json '.devices[0].state.mode' '"ds"'
}

@test "mode auto is no-st where the device has nothing else" {
	one_device driver=vfio-pci tph=ns st=none
	tph --json enable --try $CAP
	expect_status 0
	expect_json '.devices[0].state' '{"enabled":true,"mode":"ns","requester":"tph"}'
}

@test "modes by their short and their long names are the same" {
	local pair
	for pair in ns:1 no-st:1 iv:2 interrupt-vector:2 ds:4 device-specific:4; do
		fake_log_clear
		tph enable --try --mode "${pair%:*}" $CAP
		expect_status 0
		expect_ioctls GET_CAP "ENABLE:${pair#*:}"
	done
}

@test "behind a port that completes 8-bit TPH only, tags are of 8 bits" {
	tph enable --try $NARROW
	expect_stdout "$NARROW: TPH is on, mode iv, 8-bit tags"
}

@test "on by the register of a device that is in use is success, and nothing is issued" {
	hold_in_iv
	tph enable --try --mode iv $CAP
	expect_status 0
	expect_stdout "$CAP: TPH is already on in the register, mode iv, extended tags"
	expect_nothing_issued
}

@test "already on: the kernel is asked, and agrees" {
	hold_in_iv
	tph enable --owner --mode iv $CAP
	expect_status 0
	expect_stdout "$CAP: TPH is already on, mode iv, extended tags"
	expect_ioctls GET_CAP 'ENABLE:2!EBUSY'
}

@test "already on: JSON says that nothing was changed" {
	hold_in_iv
	tph --json enable --try $CAP
	expect_json '.devices[0] | .changed, .state.mode' 'false
"iv"'
}

@test "on in another mode is refused with the way out" {
	hold_in_iv
	tph enable --owner --mode ds $CAP
	expect_status 1
	one_line_on_stderr 'TPH is on in mode iv, not in mode ds'
	expect_hint "vfio-tph enable --switch --mode ds --owner $CAP"
	expect_ioctls GET_CAP 'ENABLE:4!EBUSY'
	expect_control $CAP 0x00000301
}

@test "on in another mode with --switch: disabled, then enabled" {
	hold_in_iv
	tph enable --owner --mode ds --switch $CAP
	expect_status 0
	expect_ioctls GET_CAP 'ENABLE:4!EBUSY' DISABLE ENABLE:4
	expect_control $CAP 0x00000302
}

@test "--switch on a device that is in that mode does nothing" {
	hold_in_iv
	tph enable --owner --mode iv --switch $CAP
	expect_status 0
	expect_ioctls GET_CAP 'ENABLE:2!EBUSY'
}

@test "a mode that the device lacks: status 5, what it has, nothing issued" {
	tph enable --try --mode iv $BARE
	expect_status 5
	one_line_on_stderr "^vfio-tph: $BARE: it has no mode iv \(it has: ns ds\)$"
	expect_nothing_issued
}

@test "no completer at the Root Port: status 5, the port is named, nothing issued" {
	tph enable --try $DEAF
	expect_status 5
	one_line_on_stderr 'its Root Port 0000:00:03.0 does not complete TPH'
	expect_nothing_issued
}

@test "an endpoint that is not integrated, and no Root Port: status 5, nothing issued" {
	machine <<-END
		node 0 cpus=0-3
		tags v8=0x10
		root 0000:00 numa=0
		device 0000:00:02.0 driver=vfio-pci tph=ns,iv st=cap:4
	END
	tph enable --try 00:02.0
	expect_status 5
	one_line_on_stderr 'there is no Root Port'
	expect_nothing_issued
}

@test "no capability: status 5, nothing issued" {
	tph enable --try $PLAIN
	expect_status 5
	one_line_on_stderr 'it has no TPH capability'
	expect_nothing_issued
}

@test "booted with pci=notph: status 5 and that is said" {
	ONE_LINES='cmdline root=/dev/sda1 pci=notph quiet' \
		one_device driver=vfio-pci tph=ns,iv st=cap:4
	tph enable --try $CAP
	expect_status 5
	one_line_on_stderr 'booted with pci=notph'
}

@test "the gate is shut: status 5, the parameter that opens it is named" {
	tph enable --try --mode ds $BARE
	expect_status 5
	one_line_on_stderr 'enable_unsafe_tph_ds is off'
	expect_hint '/sys/module/vfio_pci/parameters/enable_unsafe_tph_ds'
}

@test "the gate is open: device-specific mode without a table" {
	fake_parameter vfio_pci enable_unsafe_tph_ds Y
	tph enable --try --mode ds $BARE
	expect_status 0
}

@test "the kernel's errors on ENABLE: one line and status 1" {
	local errno
	for errno in EIO EBUSY EINVAL ENOMEM; do
		fake_fault "ioctl.ENABLE:1:$errno"
		tph enable --try $CAP
		expect_status 1
		one_line_on_stderr "^vfio-tph: $CAP: cannot enable TPH"
	done
}

@test "ENODEV and EOPNOTSUPP on ENABLE: status 5" {
	local errno
	for errno in ENODEV EOPNOTSUPP; do
		fake_fault "ioctl.ENABLE:1:$errno"
		tph enable --try $CAP
		expect_status 5
		one_line_on_stderr "^vfio-tph: $CAP: cannot enable TPH"
	done
}

@test "several devices are done in the order given" {
	tph --json enable --try $NARROW $CAP
	expect_status 0
	expect_json '[.devices[].bdf]' "[\"$NARROW\",\"$CAP\"]"
}

@test "one of several devices fails: status 9, the others are done" {
	tph --json enable --try $CAP $DEAF $NARROW
	expect_status 9
	one_object
	expect_json '[.devices[].bdf], [.errors[] | .device, .code, .exit]' "[\"$CAP\",\"$NARROW\"]
[\"$DEAF\",\"no-completer\",5]"
}

@test "all of several devices fail: the status of the first" {
	tph enable --try $DEAF $HOST
	expect_status 5
}

@test "what may name several devices is not taken by a command that acts" {
	local word
	for word in all 8086:0b25; do
		tph enable --try "$word"
		expect_status 2
		one_line_on_stderr "'$word' may name several devices"
		expect_nothing_issued
	done
}
