# SPDX-License-Identifier: GPL-2.0-or-later
# A holder that cannot be seen: in another PID namespace, or without /proc.
# shellcheck disable=SC2154	# of run: status, output, stderr
load helper.bash

# hidden_enable DEVICE: what sysfs shows of a function that VFIO has enabled.
hidden_enable()
{
	local enable
	enable=$(readlink -f "$VFIO_TPH_FAKE/root/sys/bus/pci/devices/$1")/enable
	rm "$enable"
	echo 1 > "$enable"
}

@test "--owner: not 'no process holds it', and root is not told to be root" {
	only_as_root
	hidden_enable $CAP
	tph set-st --owner $CAP 0=4
	one_line_on_stderr 'held by a process that cannot be seen from here \(PID namespace\)'
	[[ $stderr != *"as root"* ]]
}

@test "status says so" {
	only_as_root
	hidden_enable $CAP
	tph status --owner $CAP
	expect_status 0
	expect_stderr_in 'held by a process that cannot be seen from here \(PID namespace\)'
}

@test "doctor warns" {
	only_as_root
	hidden_enable $CAP
	tph --json doctor $CAP
	expect_json '.devices[0].checks[] | select(.code == "holder").result' '"warning"'
}

@test "watch says so, once" {
	only_as_root
	load watch.bash
	configure nic "$FIRST"
	hidden_enable $CAP
	watch
	await said 'held by a process that cannot be seen from here'
	sleep 5
	expect_equal "lines" 1 "$(grep -c 'cannot be seen' "$TPH_ERR")"
}

@test "of one that nobody has open, no process holds it" {
	only_as_root
	tph set-st --owner $CAP 0=4
	one_line_on_stderr 'no process holds it'
}
