# SPDX-License-Identifier: GPL-2.0-or-later
# The control register was cleared behind the kernel's back, as a link reset of
# error recovery or another function's reset leaves it: the kernel believes that
# TPH is on, refuses ENABLE, and the device sends no tags.
load helper.bash

# register_lost: held, switched on by the kernel, and off in the register.
register_lost()
{
	fake_hold $CAP cdev
	fake_tell enable 2
	fake_run setpci -s $CAP ECAP_TPH+8.L=0
	expect_control $CAP 0x00000000
	fake_log_clear
}

expect_renewed()
{
	expect_status 0
	expect_stderr_in "vfio-tph: $CAP: the kernel had TPH on, although its register was off: switched it off and on again"
	expect_issued 'ENABLE .* = -EBUSY' 'DISABLE' 'ENABLE .* = 0'
}

# expect_issued PATTERN...: the calls that change TPH, in this order.
expect_issued()
{
	local got
	mapfile -t got < <(fake_log ' (ENABLE|DISABLE)')
	expect_equal "number of calls" $# ${#got[@]}
	local i=0 pattern
	for pattern; do
		[[ ${got[i]} =~ $pattern ]] ||
			differs "call $i" "$pattern" "${got[i]}"
		i=$((i + 1))
	done
}

@test "enable switches off and on again, once, and says so" {
	register_lost
	tph enable --owner --mode iv $CAP
	expect_renewed
	expect_stdout "$CAP: TPH is on, mode iv, extended tags"
	expect_control $CAP 0x00000301
}

@test "so does enable --switch" {
	register_lost
	tph enable --owner --switch --mode ds $CAP
	expect_renewed
	expect_control $CAP 0x00000302
}

@test "so does set-st, and its entries are written" {
	register_lost
	tph set-st --owner $CAP 0-1=4-5
	expect_renewed
	expect_entries $CAP 0 0x114 0x115
}

@test "so does apply" {
	register_lost
	echo '{"version":1,"devices":[{"device":"'$CAP'","mode":"iv","maps":[{"index":"0","cpus":"4"}]}]}' \
		> "$BATS_TEST_TMPDIR/profile.json"
	tph apply --owner "$BATS_TEST_TMPDIR/profile.json"
	expect_renewed
	expect_entries $CAP 0 0x114
}

@test "disable issues DISABLE on an open device, whatever the register shows" {
	register_lost
	tph disable --owner $CAP
	expect_status 0
	expect_issued DISABLE
	tph enable --owner $CAP
	expect_status 0
	expect_stderr
}

@test "ENABLE that stays busy is tried once more, and no longer" {
	register_lost
	fake_fault 'ioctl.ENABLE:*:EBUSY'
	tph enable --owner $CAP
	expect_status 1
	one_line_on_stderr 'cannot enable TPH'
	expect_issued 'ENABLE .* = -EBUSY' DISABLE 'ENABLE .* = -EBUSY'
}

@test "doctor --owner finds it" {
	register_lost
	tph doctor --owner $CAP
	expect_status 1
	expect_in "failure +$CAP +agreement: its register shows TPH off, and the kernel believes it on"
	expect_issued
}

@test "doctor is content if both say off" {
	fake_hold $CAP cdev
	tph --json doctor --owner $CAP
	expect_json '[.devices[].checks[] | select(.code == "agreement").result]' '["ok"]'
}

# ---- the other way round ----

# register_only VALUE: held, and on in the register alone, as firmware or a
# default of reset leaves it.
register_only()
{
	fake_hold $CAP cdev
	fake_run setpci -s $CAP ECAP_TPH+8.L="$1"
	fake_log_clear
}

@test "on in the register alone: enable has the kernel switch it on, and names the mode it was in" {
	register_only 102
	tph --json enable --owner --mode iv $CAP
	expect_status 0
	expect_json '.devices[0] | .changed, .state.mode' 'true
"iv"'
	expect_stderr "vfio-tph: $CAP: TPH was on in the register alone, in mode ds; the kernel has switched it on now"
	expect_control $CAP 0x00000301
	expect_issued 'ENABLE .* = 0'
}

@test "on in the register alone, in the mode that is wanted: it is not taken for done" {
	register_only 102
	tph enable --owner --mode ds $CAP
	expect_status 0
	expect_stdout "$CAP: TPH is on, mode ds, extended tags"
	expect_control $CAP 0x00000302
}

@test "on in the register alone: set-st switches it on, and its entries are written" {
	local value
	for value in 102 101 100; do
		register_only $value
		tph set-st --owner $CAP 0-1=4-5
		expect_status 0
		expect_entries $CAP 0 0x114 0x115
		fake_release
	done
}


@test "on in the register alone: what only looks says so, and asks nobody" {
	register_only 302
	tph status $CAP
	expect_in 'State: +on in the register, mode ds, extended tags'
	tph enable --dry-run --owner --mode ds $CAP
	expect_status 0
	expect_in "$CAP: TPH is already on in the register, mode ds, extended tags"
	expect_issued
}

@test "a reserved requester is called so by enable" {
	fake_hold $CAP cdev
	fake_tell enable 4
	fake_run setpci -s $CAP ECAP_TPH+8.L=202
	tph enable --owner --mode ds $CAP
	expect_status 0
	expect_stdout "$CAP: TPH is already on, mode ds, reserved requester"
}
