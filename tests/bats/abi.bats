# SPDX-License-Identifier: GPL-2.0-or-later
# The layouts that the ioctl has had under one number: which one a driver has is
# found out from GET_CAP and config space, and nothing else is sent before.
load helper.bash

GATE='module vfio_pci enable_unsafe_tph_ds'

# of_abi ABI OPTIONS...: a machine of one device whose driver has it.
of_abi()
{
	local abi=$1
	shift
	ONE_LINES="${LINES_MORE-}
		set abi=$abi" one_device driver=vfio-pci "$@"
}

ALL="tph=ns,iv,ds,ext st=cap:8"

@test "v8: enable --mode iv switches iv on, not ds" {
	# shellcheck disable=SC2086
	of_abi f3-v8 $ALL
	fake_hold $CAP cdev
	tph --json enable --owner --mode iv $CAP
	expect_status 0
	expect_json '.devices[0].state.mode' '"iv"'
	expect_control $CAP 0x00000301
	tph enable --owner --switch --mode ds $CAP
	expect_status 0
	expect_control $CAP 0x00000302
}

@test "v8: --mode ns is refused, and iv is not switched on in its place" {
	# shellcheck disable=SC2086
	of_abi f3-v8 $ALL
	fake_hold $CAP cdev
	tph --json enable --owner --mode ns $CAP
	expect_status 5
	expect_json '.errors[0].code' '"no-mode"'
	one_line_on_stderr 'layout v8 of the driver.s interface has no mode ns'
	expect_nothing_changed
}

@test "v8: --switch to ns leaves the mode that is on" {
	# shellcheck disable=SC2086
	of_abi f3-v8 $ALL
	fake_hold $CAP cdev
	tph enable --owner --mode iv $CAP
	tph enable --owner --switch --mode ns $CAP
	expect_status 5
	expect_control $CAP 0x00000301
}

@test "cap shows the layout" {
	# shellcheck disable=SC2086
	of_abi f3-v8 $ALL
	tph --json cap $CAP
	expect_json '.devices[0] | .abi, .abi_revision' '"ioctl"
"v8"'
	# shellcheck disable=SC2086
	of_abi f3 $ALL
	tph --json cap $CAP
	expect_json '.devices[0] | .abi, .abi_revision' '"ioctl"
"v1"'
}

@test "v8: set-st and apply write the tags, though the driver tells none in iv" {
	# shellcheck disable=SC2086
	of_abi f3-v8 $ALL
	fake_hold $CAP cdev
	tph set-st --owner $CAP 0-1=2-3
	expect_status 0
	expect_entries $CAP 0 0x112 0x113
	cat > "$BATS_TEST_TMPDIR/p.json" <<-END
		{ "version": 1, "devices": [ { "device": "$CAP", "mode": "iv",
		  "maps": [ { "index": "0-1", "cpus": "0-1" } ] } ] }
	END
	tph apply --owner "$BATS_TEST_TMPDIR/p.json"
	expect_status 0
	expect_entries $CAP 0 0x110 0x111
}

@test "v8: get-st asks in device-specific mode" {
	# shellcheck disable=SC2086
	of_abi f3-v8 $ALL
	tph --json get-st --cpus 1 $CAP
	expect_status 0
	expect_json '.devices[0].tags[0].tag' 273
}

@test "v8: a SET_ST that failed left nothing, which is told" {
	# shellcheck disable=SC2086
	of_abi f3-v8 $ALL
	fake_hold $CAP cdev
	tph set-st --owner $CAP 0-3=0-3
	expect_status 0
	fake_fault SET_ST.entry:2:EIO
	tph set-st --owner $CAP 0-2=1-3
	expect_status 1
	one_line_on_stderr 'no entry stands, the entries of the call that failed are 0 now; TPH is off: the kernel switched it off$'
	expect_entries $CAP 0 0 0 0 0x113
}

@test "a table that cannot be read back after a failure: what stands is not known" {
	fake_hold $MSIX cdev 4
	fake_fault SET_ST.entry:3:EIO mmap.bar:1+:ENOMEM
	tph --json set-st --owner $MSIX 0-3=4-7
	expect_status 9
	one_line_on_stderr 'which entries stand is not known'
}

@test "without a table: each layout is told from GET_CAP" {
	of_abi f3 tph=ns,iv,ds
	tph --json cap $CAP
	expect_json '.devices[0].abi_revision' '"v1"'
	of_abi f3-v8 tph=iv,ds
	tph --json cap $CAP
	expect_json '.devices[0].abi_revision' '"v8"'
}

@test "without a table, all modes, the gate shut: the parameter's name decides" {
	LINES_MORE="${GATE}=N" of_abi f3-v3 tph=ns,iv,ds
	tph --json cap $CAP
	expect_json '.devices[0].abi_revision' '"v1"'
	LINES_MORE="${GATE}_mode=Y" of_abi f3-v8 tph=ns,iv,ds
	tph --json cap $CAP
	expect_json '.devices[0].abi_revision' '"v8"'
}

@test "what may be either is refused, and nothing but GET_CAP is sent" {
	local command
	of_abi f3-v8 tph=ns,iv,ds
	for command in "enable --try" "get-st --cpus 0"; do
		fake_log_clear
		# shellcheck disable=SC2086
		tph --json $command $CAP
		expect_status 6
		expect_json '.errors[0].code' '"unknown-abi"'
		expect_equal "other calls" "" "$(ioctls | grep -v GET_CAP || true)"
	done
}

@test "--abi decides what may be either, and is refused where GET_CAP contradicts it" {
	of_abi f3-v8 tph=ns,iv,ds
	tph --json cap --abi v8 $CAP
	expect_json '.devices[0].abi_revision' '"v8"'
	# shellcheck disable=SC2086
	of_abi f3-v8 $ALL
	fake_hold $CAP cdev
	tph --json enable --owner --abi v1 --mode iv $CAP
	expect_status 6
	one_line_on_stderr 'not of layout v1 as named'
	expect_nothing_changed
	tph enable --owner --abi v8 --mode iv $CAP
	expect_status 0
	expect_control $CAP 0x00000301
}

@test "the driver's parameter abi goes before all other evidence" {
	LINES_MORE="module vfio_pci abi=v8 enable_unsafe_tph_ds=N" of_abi f3-strict-v8 tph=ns,iv,ds
	tph --json cap $CAP
	expect_json '.devices[0].abi_revision' '"v8"'
	# shellcheck disable=SC2086
	LINES_MORE="module vfio_pci abi=v1" of_abi f3-strict-v8 $ALL
	tph enable --try $CAP
	expect_status 6
	expect_nothing_changed
}

@test "the later families are told apart" {
	LINES_MORE="module vfio_pci enable_unsafe_tph=Y" of_abi none tph=iv st=cap:4
	tph enable --try $CAP
	expect_status 6
	one_line_on_stderr '\(a later proposal\): /sys/module/vfio_pci/parameters/enable_unsafe_tph is Y$'
	LINES_MORE="module vfio_pci tph=2" of_abi none tph=iv st=cap:4
	tph enable --try $CAP
	expect_status 6
	one_line_on_stderr 'parameters/tph is 2, as of now; a bound device keeps the value of its binding$'
	LINES_MORE="file /sys/kernel/debug/vfio/vfio0/tph_policy 1" of_abi none tph=iv st=cap:4
	tph enable --try $CAP
	expect_status 6
	one_line_on_stderr 'debug/vfio/vfio0/tph_policy is 1'
	expect_ioctls
}

# --- the register is compared after every change

@test "ENABLE that did nothing is no success" {
	fake_hold $CAP cdev
	fake_set lie enable
	tph --json enable --owner --mode iv $CAP
	expect_status 1
	expect_json '.errors[0] | .code, .exit' '"mismatch"
1'
	one_line_on_stderr 'reported success, but the control register shows TPH off, not on, mode iv; TPH was switched off again$'
}

@test "another mode than the one asked for is switched off again" {
	fake_hold $CAP cdev
	fake_set lie other
	tph enable --owner --mode iv $CAP
	expect_status 1
	one_line_on_stderr 'shows TPH on, mode ds, not on, mode iv; TPH was switched off again$'
	expect_control $CAP 0x00000000
	tph set-st --owner $CAP 0=4
	expect_status 1
	expect_equal "SET_ST" "" "$(ioctls | grep SET_ST || true)"
}

@test "DISABLE that did nothing is no success" {
	fake_hold $CAP cdev
	tph enable --owner --mode iv $CAP
	fake_set lie disable
	tph --json disable --owner $CAP
	expect_status 1
	expect_json '.errors[0].code' '"mismatch"'
	one_line_on_stderr 'shows TPH on, mode iv, not off'
	expect_control $CAP 0x00000301
}

@test "SET_ST that left TPH off is no success" {
	fake_hold $CAP cdev
	fake_set lie set
	tph --json set-st --owner $CAP 0-1=4,5
	expect_status 1
	expect_json '.errors[0].code' '"mismatch"'
	one_line_on_stderr 'shows TPH off, not on, mode iv; TPH was switched off again$'
}

@test "an answer above 0 is an error of the driver's" {
	fake_hold $CAP cdev
	fake_set lie positive-cap
	tph enable --owner $CAP
	expect_status 1
	one_line_on_stderr 'cannot get the capability from the kernel: Protocol error$'
	fake_set lie positive
	tph enable --mode iv --owner $CAP
	expect_status 1
	one_line_on_stderr 'cannot enable TPH: Protocol error; TPH was switched off again$'
	expect_control $CAP 0x00000000
	fake_set lie no
	tph enable --mode iv --owner $CAP
	fake_set lie positive
	tph set-st --owner $CAP 0=4
	expect_status 1
	one_line_on_stderr 'cannot get steering tags: Protocol error$'
	tph disable --owner $CAP
	expect_status 1
	one_line_on_stderr 'cannot disable TPH: Protocol error; TPH is off now$'
}

# --- the holder ends meanwhile

@test "a holder that ends during a change: owner-ended, and nothing is said to be on" {
	local call
	local profile=$BATS_TEST_TMPDIR/profile.json
	echo "{ \"version\": 1, \"devices\": [ { \"device\": \"$CAP\", \"mode\": \"iv\" } ] }" > "$profile"
	for call in "set-st $CAP 0-1=4,5" "enable --mode=iv $CAP" \
		"apply $profile"; do
		fake_hold $CAP cdev
		fake_set lie "kill-$FAKE_HOLDER"
		# shellcheck disable=SC2086	# words
		tph --json ${call%% *} --owner ${call#* }
		expect_status 1
		expect_json '.errors[0].code' '"owner-ended"'
		expect_json '.devices | length' 0
		one_line_on_stderr "\\(pid $FAKE_HOLDER\\), which had it open, ended meanwhile: nothing of the setting stays\$"
		fake_set lie no
		wait "$FAKE_HOLDER" || true
		FAKE_HOLDER=
	done
}

# --- integrated endpoints

@test "an integrated endpoint is enabled: the kernel is asked" {
	fake_hold $INTEGRATED cdev
	tph enable --owner --mode iv $INTEGRATED
	expect_status 0
	expect_control $INTEGRATED 0x00000101
}

@test "an older kernel refuses an integrated endpoint, and the message says which" {
	fake_set rciep no
	fake_hold $INTEGRATED cdev
	tph --json enable --owner --mode iv $INTEGRATED
	expect_status 5
	expect_json '.errors[0].code' '"no-completer"'
	one_line_on_stderr 'kernels before 7.1, 7.0.y or 6.18.33 refuse$'
}

@test "an integrated endpoint has no tags of CPUs: get-st and set-st say so" {
	fake_hold $INTEGRATED cdev
	tph --json set-st --owner $INTEGRATED 0=0
	expect_status 5
	expect_json '.errors[0].code' '"no-tag"'
	one_line_on_stderr 'an integrated endpoint has none'
	expect_control $INTEGRATED 0x00000000
	tph get-st --owner --force $INTEGRATED
	expect_status 5
	one_line_on_stderr 'an integrated endpoint has none'
}

# to_clear ABI MODE: a holder's device whose entries 0-3 hold tags.
to_clear()
{
	# shellcheck disable=SC2086
	of_abi "$1" $ALL
	fake_hold $CAP cdev
	tph set-st --owner --mode "$2" $CAP 0-3=0-3
	expect_status 0
	fake_log_clear
}

@test "v8: a map of none clears its entries, in iv and in ds" {
	local mode
	for mode in iv ds; do
		to_clear f3-v8 $mode
		tph --json set-st --owner $CAP 1-2=none 3=2
		expect_status 0
		expect_json '[.devices[0].entries[] | .cpu, .tag] | tostring' \
			'"[null,0,null,0,2,274]"'
		expect_entries $CAP 0 0x110 0 0 0x112
		fake_release
	done
	expect_equal "CPUs" 1:4294967295:0,2:4294967295:0,3:2:0 \
		"$(ioctls | sed -n 's/.*SET_ST://p' | tail -1)"
}

@test "v1: a map of none is refused before the first write, with what does it" {
	to_clear f3 iv
	tph --json set-st --owner $CAP 0=3 1=none
	expect_status 5
	expect_json '.errors[0].code' '"no-mode"'
	expect_stderr_in "layout v1 of the driver's interface cannot clear an entry; nothing was written"
	expect_stderr_in "hint: vfio-tph disable --owner $CAP stops steering"
	expect_equal "writes" "" "$(ioctls | grep -E 'SET_ST|ENABLE|DISABLE' || true)"
	expect_entries $CAP 0 0x110 0x111
}

@test "v1: TPH is not switched on for a map of none" {
	# shellcheck disable=SC2086
	of_abi f3 $ALL
	tph set-st $CAP --hold all=none
	expect_status 5
	expect_equal "writes" "" "$(ioctls | grep -E 'SET_ST|ENABLE' || true)"
}

@test "a dry run shows an entry that would be cleared" {
	tph set-st --dry-run --hold --abi v8 $CAP 1=none 2=3
	expect_status 0
	expect_in "$output" 'index=cpu 1=none,2=3'
	tph set-st --dry-run --hold --abi v1 $CAP 1=none
	expect_status 5
}

# profile_of CPUS: entry 1 for them, entry 0 for CPU 0.
profile_of()
{
	cat > "$BATS_TEST_TMPDIR/none.json" <<-END
		{ "version": 1, "devices": [ { "device": "$CAP", "mode": "iv",
		  "maps": [ { "index": "0", "cpus": "0" },
			    { "index": "1", "cpus": "$1" } ] } ] }
	END
}

@test "v8: a profile clears an entry, and then holds without a write" {
	to_clear f3-v8 iv
	profile_of none
	tph --json verify --owner "$BATS_TEST_TMPDIR/none.json"
	expect_status 10
	expect_json '.devices[0].differences[] | select(.index == 1) | tojson' \
		'"{\"what\":\"entry\",\"index\":1,\"cpu\":null,\"is\":273,\"wanted\":0}"'
	tph apply --owner "$BATS_TEST_TMPDIR/none.json"
	expect_status 0
	expect_entries $CAP 0 0x110 0 0x112
}

@test "v1: a profile that would clear an entry is refused, and nothing is written" {
	to_clear f3 iv
	profile_of none
	tph apply --owner "$BATS_TEST_TMPDIR/none.json"
	expect_status 5
	expect_stderr_in 'cannot clear an entry'
	expect_equal "writes" "" "$(ioctls | grep -E 'SET_ST|ENABLE|DISABLE' || true)"
	expect_entries $CAP 0 0x110 0x111
}

@test "v1: a profile of an entry that is clear holds already" {
	# shellcheck disable=SC2086
	of_abi f3 $ALL
	fake_hold $CAP cdev
	tph set-st --owner $CAP 0=0
	fake_log_clear
	profile_of none
	tph apply --owner "$BATS_TEST_TMPDIR/none.json"
	expect_status 0
	tph verify --owner "$BATS_TEST_TMPDIR/none.json"
	expect_status 0
	expect_equal "writes" "" "$(ioctls | grep -E 'SET_ST|ENABLE|DISABLE' || true)"
}

@test "v8: a driver that leaves a cleared entry as it was is found out" {
	# In iv the driver tells no tags, so that this is all that is compared.
	LINES_MORE='set lie=clear' to_clear f3-v8 iv
	tph --json set-st --owner $CAP 1=none
	expect_status 1
	expect_json '.errors[0].code' '"read-back"'
	expect_stderr_in 'entry 1 holds tag 0x111, and was to be cleared'
}
