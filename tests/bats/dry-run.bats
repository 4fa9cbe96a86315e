# SPDX-License-Identifier: GPL-2.0-or-later
# --dry-run: what would be asked of the kernel; nothing is.
# shellcheck disable=SC2154	# stderr, stderr_lines: tph sets them
load helper.bash

# same_as_real ARGS: the list of a dry run is what -v shows of the real one.
# Of a borrowed device, which is open, it may be asked what it can do.
same_as_real()
{
	local planned
	fake_log_clear
	tph --dry-run "$@"
	expect_status 0
	if [[ -z ${FAKE_HOLDER-} ]]; then
		expect_nothing_issued
	else
		expect_nothing_changed
	fi
	planned=$(sed -n 's/^    //p' <<< "$output" |
		grep -E '^(open|VFIO)' || true)
	tph -v "$@"
	expect_status 0
	expect_equal "calls of vfio-tph $*" "$(sed -nE \
		's/^vfio-tph: [^ ]*: ((open|VFIO).*) = .*/\1/p' <<< "$stderr")" "$planned"
}

@test "the list equals what the real run issues: cap" {
	same_as_real cap $CAP
}

@test "the list equals what the real run issues: enable" {
	same_as_real enable --try $CAP
}

@test "the list equals what the real run issues: enable by group" {
	same_as_real enable --try --via group --mode ds $CAP
}

@test "the list equals what the real run issues: enable of several" {
	same_as_real enable --try $CAP $NARROW
}

@test "the list equals what the real run issues: enable of several by group" {
	same_as_real enable --try --via group $CAP $NARROW
}

@test "the list equals what the real run issues: get-st" {
	same_as_real get-st --cpus 0,2 --mem persistent $CAP
}

@test "the list equals what the real run issues: set-st" {
	same_as_real set-st --try $CAP 0-3=4-7 9=0
}

@test "the list equals what the real run issues: set-st by group" {
	same_as_real set-st --try --via group --cpus local $NARROW
}

@test "the list equals what the real run issues: run, the end of it too" {
	same_as_real run $CAP 0-1=4 -- true
}

@test "the list equals what the real run issues: disable of what is off" {
	same_as_real disable $CAP
}

@test "the list equals what the real run issues: a switch on a borrowed device" {
	fake_hold $CAP cdev
	fake_tell enable 2
	same_as_real enable --owner --switch --mode ds $CAP
}

@test "the list equals what the real run issues: disable on a borrowed device" {
	fake_hold $CAP group
	fake_tell enable 2
	same_as_real disable --owner $CAP
}

@test "a dry run on a borrowed device changes nothing" {
	fake_hold $CAP cdev
	fake_tell enable 2
	fake_log_clear
	tph --dry-run set-st --owner $CAP 0=4
	expect_status 0
	expect_nothing_changed
	expect_control $CAP 0x00000301
	expect_entries $CAP 0 0
}

@test "the arguments are decoded" {
	tph --dry-run set-st --try --mode ds $CAP 3=4
	expect_in '^ +VFIO_DEVICE_PCI_TPH ENABLE mode=ds$'
	expect_in '^ +VFIO_DEVICE_PCI_TPH SET_ST count=1 mem=volatile index=cpu 3=4$'
}

@test "nothing is opened: a device that could not be opened is listed all the same" {
	fake_fault 'open:/dev/iommu:*:EACCES'
	tph --dry-run enable --try $CAP
	expect_status 0
	expect_nothing_issued
}

@test "what can be checked is checked: a device that is held is busy" {
	fake_hold $CAP cdev
	fake_log_clear
	tph --dry-run enable --try $CAP
	expect_status 8
	expect_nothing_issued
}

@test "what can be checked is checked: index, CPU, binding, completer" {
	tph --dry-run set-st --try $CAP 16=0
	expect_status 2
	tph --dry-run set-st --try $CAP 0=99
	expect_status 2
	tph --dry-run enable --try $HOST
	expect_status 4
	tph --dry-run enable --try $DEAF
	expect_status 5
	expect_nothing_issued
}

@test "as JSON the list is the member ioctls of the device" {
	tph --json --dry-run enable --try $CAP
	expect_status 0
	one_object
	expect_json '[.devices[0].ioctls[] | .name] | .[:2], .[-1]' '["open","open"]
"VFIO_DEVICE_PCI_TPH"'
	expect_json '.devices[0].ioctls[-1].arguments' '"ENABLE mode=iv"'
}

@test "as JSON each device has its own list" {
	tph --json --dry-run enable --try $CAP $NARROW
	expect_json '[.devices[] | .ioctls[-1].arguments]' '["ENABLE mode=iv","ENABLE mode=iv"]'
	expect_json '[.devices[] | .ioctls | map(select(.arguments | test("devices/vfio"))) | length]' '[1,1]'
}

@test "a batch of more entries than an ioctl takes is listed as several" {
	fake_start wide
	tph --dry-run get-st --cpus 0-4095 $CAP
	expect_status 0
	expect_equal "GET_ST" 2 "$(grep -c 'GET_ST count=2048' <<< "$output")"
	expect_nothing_issued
}

@test "no program is run" {
	tph --dry-run run $CAP -- touch "$BATS_TEST_TMPDIR/ran"
	expect_status 0
	expect_nothing_issued
	[[ ! -e $BATS_TEST_TMPDIR/ran ]]
}

@test "the option may stand behind the command" {
	tph enable --try --dry-run $CAP
	expect_status 0
	expect_nothing_issued
}
