#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2154	# stderr: tph sets it
# apply to two devices, and each of its calls to the kernel fails in its turn.
# What the message says is compared with the register and the entries.
load helper

FILE=$BATS_TEST_TMPDIR/profile.json

setup()
{
	fake_start server
	fake_hold "$MSIX" group 4
	# A second one, for as long as the descriptor is open.
	exec 7> >(LD_PRELOAD="${FAKE_PRELOAD:+$FAKE_PRELOAD:}$FAKE_LIBRARY" exec \
		"$FAKE_BUILD/fake-holder" "$CAP" cdev > "$BATS_TEST_TMPDIR/ready" 3>&-)
	await grep -q ready "$BATS_TEST_TMPDIR/ready"
	echo "{ \"version\": 1, \"devices\": [
		{ \"device\": \"$CAP\", \"mode\": \"ds\", \"maps\": [ { \"index\": \"0-3\", \"cpus\": \"3,2,1,0\" } ] },
		{ \"device\": \"$MSIX\", \"mode\": \"ds\", \"maps\": [ { \"index\": \"0-3\", \"cpus\": \"3,2,1,0\" } ] } ] }" > "$FILE"
	begin_anew
}

teardown()
{
	exec 7>&-
	fake_release
}

BEFORE="0x00000301 272 273 274 275 0"
WANTED="0x00000302 275 274 273 272 0"

state_of()
{
	local i line
	line=$(fake_control "$1")
	for i in 0 1 2 3 4; do
		line+=" $(fake_entry "$1" $i)"
	done
	echo "$line"
}

# Both devices as they are before each apply.
begin_anew()
{
	local device
	fake_fault
	for device in $CAP $MSIX; do
		[[ $(state_of $device) != "$BEFORE" ]] || continue
		tph -q disable --owner $device
		tph -q set-st --owner --mode iv $device 0-3=0-3
		expect_equal "$device to begin with" "$BEFORE" "$(state_of $device)"
	done
}

# judge_device DEVICE STEP: is it as was said?
judge_device()
{
	local is said
	said=$(grep "^vfio-tph: $1: " <<< "$stderr") || true
	is=$(state_of "$1")
	case $said in
	"")
		expect_equal "$1, $2, nothing was said" "$WANTED" "$is"
		return ;;
	*"; put back as it was before (on, mode iv)")
		put_back+=1
		expect_equal "$1, $2: $said" "$BEFORE" "$is" ;;
	*"; could not be put back: TPH is off now")
		lost+=1
		expect_equal "$1, $2: $said" 0x00000000 "${is%% *}" ;;
	*"; could not be put back: TPH is on, mode iv now")
		lost+=1
		expect_equal "$1, $2: $said" 0x00000301 "${is%% *}" ;;
	*"; could not be put back: TPH is on, mode ds now")
		lost+=1
		expect_equal "$1, $2: $said" 0x00000302 "${is%% *}" ;;
	*)
		expect_equal "$1, $2: $said" "$BEFORE" "$is" ;;
	esac
	failed+=1
}

# judge STEP: the same of both, and the exit status.
judge()
{
	local -i failed=0
	judge_device $CAP "$1"
	judge_device $MSIX "$1"
	case $failed in
	0) expect_status 0 ;;
	1)
		expect_status 9
		others_done+=1 ;;
	2) [[ $status != 0 ]] || differs "exit status, $1" "not 0" 0 ;;
	esac
}

# The calls of an apply that succeeds: "OPERATION COUNT", a line each.
calls_of_apply()
{
	fake_fault
	tph -q apply --owner "$FILE"
	expect_status 0
	expect_equal "$CAP" "$WANTED" "$(state_of $CAP)"
	expect_equal "$MSIX" "$WANTED" "$(state_of $MSIX)"
	fake_calls > "$BATS_TEST_TMPDIR/calls"
	(($(wc -l < "$BATS_TEST_TMPDIR/calls") >= 8))
}

@test "one call of apply fails: what is said is what stands, and the other device is done" {
	local operation count k
	local -i put_back=0 lost=0 others_done=0
	calls_of_apply
	while read -r operation count; do
		for ((k = 1; k <= count; k++)); do
			begin_anew
			fake_fault "$operation:$k:EIO"
			tph -q apply --owner "$FILE"
			judge "$operation $k"
		done
	done < "$BATS_TEST_TMPDIR/calls"
	echo "put back $put_back, not so $lost, other device done $others_done"
	((put_back >= 4 && others_done >= 8))
}

@test "a call of apply fails each time: what is said is what stands" {
	local operation count
	local -i put_back=0 lost=0 others_done=0
	calls_of_apply
	while read -r operation count; do
		begin_anew
		fake_fault "$operation:*:EIO"
		tph -q apply --owner "$FILE"
		judge "each $operation"
	done < "$BATS_TEST_TMPDIR/calls"
	echo "put back $put_back, not so $lost, other device done $others_done"
	((lost >= 4))
}
