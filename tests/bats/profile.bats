#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Profiles: save, verify, apply and undo.
load helper.bash

# profile MEMBERS...: a profile of one device in $FILE.
profile()
{
	FILE=$BATS_TEST_TMPDIR/profile.json
	printf '{ "version": 1, "devices": [ { %s } ] }\n' "$*" > "$FILE"
}

# text TEXT: the file as it is.
text()
{
	FILE=$BATS_TEST_TMPDIR/profile.json
	printf '%s' "$1" > "$FILE"
}

# complained POINTER PATTERN: one of the lines is about that place.
# shellcheck disable=SC2154 # stderr is set by run
complained()
{
	grep -qE -- "^vfio-tph: $FILE: $1: .*$2" <<< "$stderr" ||
		differs "a complaint about $1" "$2" "$stderr"
}

FIRST='"device": "0000:01:00.0", "mode": "iv", "maps": [ { "index": "0-3", "cpus": "4-7" } ]'

held_with_entries()
{
	fake_hold "$CAP" group
	tph -q set-st --owner "$CAP" 0-3=4-7 8-9=1
	expect_status 0
	fake_log_clear
}

@test "save of a device that is off says so" {
	tph save "$CAP"
	expect_status 0
	expect_json .devices '[{"device":"0000:01:00.0","id":"8086:0b25","mode":"off"}]'
}

@test "save of a device that is off opens nothing" {
	tph save "$CAP"
	expect_nothing_issued
}

@test "save names the mode and the CPUs of the tags" {
	held_with_entries
	tph save "$CAP"
	expect_status 0
	expect_json '.devices[0].mode' '"iv"'
	expect_json '.devices[0].maps' '[{"index":"0-3","cpus":"4-7"},{"index":"8-9","cpus":"1"}]'
}

@test "save changes nothing" {
	held_with_entries
	tph save "$CAP"
	expect_nothing_changed
}

@test "save knows tags of persistent memory" {
	fake_hold "$CAP" group
	tph -q set-st --owner --mem persistent "$CAP" 0-1=2-3
	tph save "$CAP"
	expect_json '.devices[0].mem' '"persistent"'
	expect_json '.devices[0].maps' '[{"index":"0-1","cpus":"2-3"}]'
}

@test "save reads a table in MSI-X" {
	fake_hold "$MSIX" cdev 4
	tph -q set-st --owner "$MSIX" 0-3=4-7
	tph save "$MSIX"
	expect_json '.devices[0].maps' '[{"index":"0-3","cpus":"4-7"}]'
}

@test "save leaves out a tag that no CPU has, and says so" {
	held_with_entries
	fake_run setpci -s "$CAP" ECAP_TPH+10.L=77777777
	tph save "$CAP"
	expect_status 0
	expect_stderr_in 'left out.*entries 2-3'
	expect_json '.devices[0].maps[0]' '{"index":"0-1","cpus":"4-5"}'
}

@test "save with --json has the profile in the object" {
	tph --json save "$CAP"
	expect_json .profile.version 1
	one_object
}

@test "verify of what was saved finds no drift" {
	held_with_entries
	tph save "$CAP"
	text "$output"
	tph verify "$FILE"
	expect_status 0
	expect_stdout "$CAP: as wanted"
}

@test "verify exits 10 with a line for each entry that differs" {
	held_with_entries
	tph -q set-st --owner "$CAP" 2=0
	profile "$FIRST"
	tph verify "$FILE"
	expect_status 10
	expect_stdout "$CAP: entry 2: is 0x110, wanted 0x116 (CPU 6)"
}

@test "verify of entries whose vectors are gone exits 10 with a line for each" {
	fake_hold "$MSIX" group 4
	tph -q set-st --owner "$MSIX" 0-3=4-7
	tph save "$MSIX"
	text "$output"
	fake_tell free
	fake_tell alloc 2
	tph -q set-st --owner "$MSIX" 0-1=4-5
	tph verify "$FILE"
	expect_status 10
	expect_stdout "$MSIX: entry 2: its MSI-X vector is not allocated" \
		"$MSIX: entry 3: its MSI-X vector is not allocated"
	expect_stderr
	tph --json verify "$FILE"
	expect_status 10
	expect_json '.devices[0].drift' true
	expect_json '.devices[0].differences' '[{"what":"entry","index":2,"cpu":null,"is":null,"wanted":null},{"what":"entry","index":3,"cpu":null,"is":null,"wanted":null}]'
}

@test "verify of a device that nobody holds any more exits 10: it is off, and its vectors are gone" {
	profile "\"device\": \"$MSIX\", \"mode\": \"iv\", \"maps\": [ { \"index\": \"1\", \"cpus\": \"4\" } ]"
	tph verify "$FILE"
	expect_status 10
	expect_stdout "$MSIX: mode: is off, wanted iv" \
		"$MSIX: entry 1: its MSI-X vector is not allocated"
}

@test "verify of all entries, or of those that follow interrupts, where no vector is allocated exits 10" {
	local maps
	for maps in '"maps": [ { "index": "all", "cpus": "local" } ]' \
		'"follow-irq": true'; do
		profile "\"device\": \"$MSIX\", \"mode\": \"iv\", $maps"
		tph verify "$FILE"
		expect_status 10
		expect_stdout "$MSIX: mode: is off, wanted iv" \
			"$MSIX: no MSI-X vector is allocated"
		tph --json verify "$FILE"
		expect_json '.devices[0].differences[1]' '{"what":"vectors","is":"none","wanted":"allocated"}'
	done
}

@test "verify of an interrupt to follow that is gone exits 10, also for a table in the capability" {
	fake_hold "$CAP" group 2
	tph enable --owner --mode iv "$CAP"
	profile "\"device\": \"$CAP\", \"mode\": \"iv\", \"maps\": [ { \"index\": \"5\", \"cpus\": \"irq\" } ]"
	tph verify "$FILE"
	expect_status 10
	expect_stdout "$CAP: entry 5: its MSI-X vector is not allocated"
}

@test "apply of entries whose vectors are gone is still refused, and nothing is changed" {
	fake_hold "$MSIX" group 4
	tph -q set-st --owner "$MSIX" 0-3=4-7
	tph save "$MSIX"
	text "$output"
	fake_tell free
	fake_tell alloc 2
	fake_log_clear
	tph apply --owner "$FILE"
	expect_status 5
	one_line_on_stderr 'the MSI-X vector of index 2 is not allocated'
	expect_nothing_changed
}

@test "verify names another mode" {
	fake_hold "$CAP" group
	tph enable --owner --mode ds "$CAP"
	profile "\"device\": \"$CAP\", \"mode\": \"iv\""
	tph verify "$FILE"
	expect_status 10
	expect_stdout "$CAP: mode: is ds, wanted iv"
}

@test "verify of a device that is off and wanted off finds no drift" {
	profile "\"device\": \"$CAP\", \"mode\": \"off\""
	tph verify "$FILE"
	expect_status 0
}

@test "verify --owner of a device that is off and that nobody holds is no error" {
	profile "\"device\": \"$CAP\", \"mode\": \"off\""
	tph verify --owner "$FILE"
	expect_status 0
	expect_nothing_issued
}

@test "verify changes nothing" {
	held_with_entries
	profile "\"device\": \"$CAP\", \"mode\": \"ds\""
	tph verify "$FILE"
	expect_status 10
	expect_nothing_changed
}

@test "verify tells differences in JSON" {
	held_with_entries
	tph -q set-st --owner "$CAP" 2=0
	profile "$FIRST"
	tph --json verify "$FILE"
	expect_json '.devices[0].drift' true
	expect_json '.devices[0].differences' '[{"what":"entry","index":2,"cpu":6,"is":272,"wanted":278}]'
}

@test "apply brings the owner's device to the profile" {
	fake_hold "$CAP" group
	profile "$FIRST"
	tph -q apply --owner "$FILE"
	expect_status 0
	expect_control "$CAP" 0x00000301
	expect_entries "$CAP" 0 0x114 0x115 0x116 0x117
}

@test "apply of what already holds says unchanged and writes nothing" {
	held_with_entries
	profile "$FIRST"
	tph apply --owner "$FILE"
	expect_status 0
	expect_stdout "$CAP: unchanged"
	expect_nothing_changed
}

@test "apply writes only the entries that differ" {
	held_with_entries
	tph -q set-st --owner "$CAP" 2=0
	fake_log_clear
	profile "$FIRST"
	tph -q apply --owner "$FILE"
	expect_equal "calls that change something" "ENABLE:2!EBUSY
SET_ST:2:6:0" \
		"$(ioctls | grep -E '^(ENABLE|DISABLE|SET_ST)')"
}

@test "apply switches another mode over" {
	fake_hold "$CAP" group
	tph enable --owner --mode ds "$CAP"
	profile "$FIRST"
	tph -q apply --owner "$FILE"
	expect_control "$CAP" 0x00000301
}

@test "apply of mode off switches TPH off" {
	held_with_entries
	profile "\"device\": \"$CAP\", \"mode\": \"off\""
	tph -q apply --owner "$FILE"
	expect_status 0
	expect_control "$CAP" 0x00000000
}

@test "apply follows interrupts" {
	fake_hold "$MSIX" cdev 4
	fake_move_irq "$MSIX" 2 1
	profile "\"device\": \"$MSIX\", \"follow-irq\": true"
	tph -q apply --owner "$FILE"
	expect_status 0
	expect_entries "$MSIX" 2 0x111
}

@test "apply to a held device needs --owner" {
	fake_hold "$CAP" group
	profile "$FIRST"
	tph apply --try "$FILE"
	expect_status 8
	one_line_on_stderr "held by fake-holder"
}

@test "apply to a device that nobody holds is refused unless --try or --hold is given" {
	profile "$FIRST"
	tph apply "$FILE"
	expect_status 11
	expect_nothing_issued
	tph --json apply --try "$FILE"
	expect_status 0
	expect_json '.devices[0].lasting' false
}

@test "apply to several devices, one of which nobody holds, ends with 9" {
	fake_hold "$CAP" group
	FILE=$BATS_TEST_TMPDIR/two.json
	echo "{ \"version\": 1, \"devices\": [
		{ \"device\": \"$NARROW\", \"mode\": \"iv\" },
		{ $FIRST } ] }" > "$FILE"
	tph -q apply --owner "$FILE"
	expect_status 9
}

@test "undo of a device that nobody holds any more is refused if TPH was on" {
	held_with_entries
	profile '"device": "0000:01:00.0", "mode": "iv", "maps": [ { "index": "0-3", "cpus": "0-3" } ]'
	tph -q apply --owner "$FILE"
	expect_status 0
	fake_release
	tph undo
	expect_status 11
}

@test "apply puts the mode and the entries back when an entry fails" {
	held_with_entries
	profile "\"device\": \"$CAP\", \"mode\": \"ds\", \"maps\": [ { \"index\": \"0-7\", \"cpus\": \"0\" } ]"
	fake_fault SET_ST.entry:3:EIO
	tph apply --owner "$FILE"
	expect_status 1
	one_line_on_stderr 'put back as it was before \(on, mode iv\)'
	expect_control "$CAP" 0x00000301
	expect_entries "$CAP" 0 0x114 0x115 0x116 0x117
}

@test "apply that cannot put things back says what is now, with status 9" {
	held_with_entries
	profile "\"device\": \"$CAP\", \"mode\": \"ds\", \"maps\": [ { \"index\": \"0-7\", \"cpus\": \"0\" } ]"
	fake_fault 'SET_ST.entry:*:EIO'
	tph apply --owner "$FILE"
	expect_status 9
	one_line_on_stderr 'could not be put back: TPH is '
}

@test "apply does the other devices when one fails, and exits 9" {
	fake_hold "$CAP" group
	FILE=$BATS_TEST_TMPDIR/two.json
	echo "{ \"version\": 1, \"devices\": [
		{ \"device\": \"0000:09:00.0\", \"mode\": \"iv\" },
		{ $FIRST } ] }" > "$FILE"
	tph -q apply --owner "$FILE"
	expect_status 9
	expect_entries "$CAP" 0 0x114
}

@test "apply --dry-run shows what is, what is wanted and the calls, and does nothing" {
	held_with_entries
	profile "\"device\": \"$CAP\", \"mode\": \"ds\""
	tph apply --owner --dry-run "$FILE"
	expect_status 0
	expect_stdout "$CAP: mode: is iv, wanted ds" \
		"    VFIO_DEVICE_PCI_TPH DISABLE" \
		"    VFIO_DEVICE_PCI_TPH ENABLE mode=ds"
	expect_nothing_changed
}

@test "apply --hold --dry-run shows the calls at its end, as enable does" {
	local wanted
	profile "$FIRST"
	tph --dry-run enable --hold $CAP
	wanted=$(grep -A9 DISABLE <<< "$output")
	tph --dry-run apply --hold "$FILE"
	expect_status 0
	expect_equal "calls from DISABLE on" "$wanted" "$(grep -A9 DISABLE <<< "$output")"
}

@test "apply refuses another card in the slot" {
	fake_hold "$CAP" group
	profile "\"id\": \"15b3:101d\", $FIRST"
	tph apply --owner "$FILE"
	expect_status 1
	one_line_on_stderr 'another device is there: 8086:0b25, not 15b3:101d'
}

@test "apply refuses a file that others may write" {
	only_as_root
	profile "$FIRST"
	chmod 666 "$FILE"
	tph apply --owner "$FILE"
	expect_status 7
	one_line_on_stderr 'is not trusted'
}

@test "apply by vendor and device takes the devices that match" {
	profile '"device": "15b3:101d", "match": "all", "mode": "iv"'
	fake_hold "$MSIX" cdev
	tph -q apply --owner "$FILE"
	expect_status 0
	expect_control "$MSIX" 0x00000301
}

@test "a profile that wants one device refuses two" {
	profile '"device": "8086:0b25", "match": "one", "mode": "iv"'
	tph apply --try "$FILE"
	expect_status 2
	one_line_on_stderr 'matches 3 devices'
}

@test "a profile by bridge path finds the device" {
	fake_hold "$MSIX" cdev 4
	profile '"device": "3a:00.0/00.0/03.0/00.0", "maps": [ { "index": "0-1", "cpus": "4" } ]'
	tph -q apply --owner "$FILE"
	expect_status 0
	expect_entries "$MSIX" 0 0x114 0x114
}

@test "undo puts back what the last apply replaced" {
	held_with_entries
	profile "\"device\": \"$CAP\", \"mode\": \"ds\", \"maps\": [ { \"index\": \"0-7\", \"cpus\": \"0\" } ]"
	tph -q apply --owner "$FILE"
	expect_control "$CAP" 0x00000302
	tph -q undo
	expect_status 0
	expect_control "$CAP" 0x00000301
	expect_entries "$CAP" 0 0x114 0x115 0x116 0x117
}

@test "undo a second time has nothing to undo" {
	fake_hold "$CAP" group
	profile "$FIRST"
	tph -q apply --owner "$FILE"
	tph -q undo
	tph undo
	expect_status 1
	one_line_on_stderr 'nothing to undo'
}

@test "what undo will not restore is said before; then it ends in 9, names the entries and keeps the record" {
	fake_hold "$CAP" group
	tph -q set-st --owner "$CAP" 0-3=4-7
	# A tag that no CPU of the machine has, in entry 2.
	fake_run setpci -s "$CAP" ECAP_TPH+10.W=7777
	profile "\"device\": \"$CAP\", \"mode\": \"iv\", \"maps\": [ { \"index\": \"0-3\", \"cpus\": \"0-3\" } ]"
	tph apply --owner "$FILE"
	expect_status 0
	expect_stderr_in 'undo will not be able to restore entries 2'
	tph undo
	expect_status 9
	expect_stderr_in 'entries 2 could not be restored'
	expect_entries "$CAP" 0 0x114 0x115
	[[ -e $VFIO_TPH_FAKE/root/run/vfio-tph/undo.json ]]
}

@test "a foreign tag that apply leaves alone is no loss" {
	fake_hold "$CAP" group
	tph -q set-st --owner "$CAP" 0-3=4-7
	fake_run setpci -s "$CAP" ECAP_TPH+10.W=7777
	profile "\"device\": \"$CAP\", \"mode\": \"iv\", \"maps\": [ { \"index\": \"0\", \"cpus\": \"0\" } ]"
	tph apply --owner "$FILE"
	expect_status 0
	expect_stderr
	tph undo
	expect_status 0
	expect_entries "$CAP" 0 0x114 0x115
	expect_equal "entry 2" $((0x7777)) "$(fake_entry "$CAP" 2)"
}

@test "a reserved mode is not written into a profile" {
	fake_hold "$CAP" group
	fake_run setpci -s "$CAP" ECAP_TPH+8.L=305
	tph save "$CAP"
	expect_status 1
	one_line_on_stderr 'reserved mode'
}

@test "undo refuses a record of another boot" {
	fake_hold "$CAP" group
	profile "$FIRST"
	tph -q apply --owner "$FILE"
	sed -i 's/"boot": "[^"]*"/"boot": "another"/' \
		"$VFIO_TPH_FAKE/root/run/vfio-tph/undo.json"
	tph undo
	expect_status 1
	expect_entries "$CAP" 0 0x114
}

@test "the record for undo is for root alone" {
	fake_hold "$CAP" group
	profile "$FIRST"
	tph -q apply --owner "$FILE"
	expect_equal mode 600 \
		"$(stat -c %a "$VFIO_TPH_FAKE/root/run/vfio-tph/undo.json")"
}

@test "undo does not trust a directory that others may write" {
	fake_hold "$CAP" group
	profile "$FIRST"
	mkdir -p "$VFIO_TPH_FAKE/root/run/vfio-tph"
	chmod 777 "$VFIO_TPH_FAKE/root/run/vfio-tph"
	tph apply --owner "$FILE"
	expect_stderr_in 'undo will not be possible: .* not trusted'
}

@test "what is not JSON is refused with line and column" {
	text $'{ "a": [1,\n  2,, ] }'
	tph verify "$FILE"
	expect_status 2
	expect_stderr "vfio-tph: $FILE:2:5: unexpected character"
}

@test "an object with two members of one name is refused, by verify and by apply" {
	local command twice
	for twice in '"mode": "iv", "mode": "ds"' '"mode": "ds", "mod\u0065": "iv"'; do
		profile '"device": "0000:01:00.0"', "$twice"
		for command in verify apply; do
			tph $command "$FILE"
			expect_status 2
			expect_stderr "vfio-tph: $FILE: an object has two members of the same name"
			expect_nothing_issued
		done
	done
}

@test "colons, quotes and backslashes in strings are no members" {
	profile '"device": "0000:01:00.0", "mode": "off", "id": "8086\u003a0b25"'
	tph verify "$FILE"
	expect_status 0
}

@test "an empty file is refused" {
	text ""
	tph verify "$FILE"
	expect_status 2
	one_line_on_stderr "$FILE:1:1:"
}

@test "something behind the document is refused" {
	text '{ "version": 1, "devices": [] } x'
	tph verify "$FILE"
	expect_status 2
	one_line_on_stderr "$FILE:1:33:"
}

@test "a document that is null is refused" {
	text null
	tph verify "$FILE"
	expect_status 2
	one_line_on_stderr 'must be an object'
}

@test "all errors of meaning are told at once" {
	text '{ "version": 2, "devces": [], "devices": [
		{ "device": "zz", "mdoe": "iv", "maps": [ { "index": "0-", "cpus": "locl" } ] },
		{ "device": "8086:0b25" } ] }'
	tph verify "$FILE"
	expect_status 2
	complained 'the document' 'version 1'
	complained /devces "did you mean 'devices'"
	complained /devices/0/device "not a device: 'zz'"
	complained /devices/0/mdoe "did you mean 'mode'"
	complained /devices/0/maps/0/index 'the end of a range is missing'
	complained /devices/0/maps/0/cpus "CPU list 'locl'"
	complained /devices/1 'needs "match"'
}

@test "of very many errors the first hundred are told, and the others counted" {
	profile '"device": "01:00.0", "maps": ['"$(printf '1,%.0s' {1..5000})"'1]'
	tph verify "$FILE"
	expect_status 2
	# shellcheck disable=SC2154 # stderr_lines is set by run
	expect_equal "number of lines" 100 "${#stderr_lines[@]}"
	expect_equal "the last line" \
		"vfio-tph: $FILE: /devices/0/maps/99: must be an object (and 4901 more problems)" \
		"${stderr_lines[99]}"
}

@test "maps and follow-irq cannot go together" {
	profile "$FIRST, \"follow-irq\": true"
	tph verify "$FILE"
	expect_status 2
	complained /devices/0/follow-irq 'cannot go together'
}

@test "maps of mode off are refused" {
	profile '"device": "01:00.0", "mode": "off", "maps": [ { "index": "0", "cpus": "0" } ]'
	tph verify "$FILE"
	expect_status 2
	complained /devices/0 "mode 'off' has no use for maps"
}

@test "a document that is too deep is refused" {
	text "$(printf '[%.0s' {1..50})"
	tph verify "$FILE"
	expect_status 2
	one_line_on_stderr 'nesting too deep'
}

@test "a file that is too large is refused" {
	FILE=$BATS_TEST_TMPDIR/large.json
	truncate -s 2M "$FILE"
	tph verify "$FILE"
	expect_status 2
	one_line_on_stderr 'larger than 1048576 bytes'
}

@test "a file that is not there is refused" {
	tph verify /nonexistent
	expect_status 2
	one_line_on_stderr 'cannot read /nonexistent'
}

@test "a FIFO does not stop apply" {
	only_as_root
	FILE=$BATS_TEST_TMPDIR/fifo
	mkfifo "$FILE"
	tph apply --try "$FILE"
	expect_status 2
	one_line_on_stderr 'not a regular file'
}

@test "verify takes exactly one file" {
	tph verify
	expect_status 2
	one_line_on_stderr 'takes one file'
}

@test "save of a device that is off notes it, with the way to one that steers" {
	tph save "$CAP"
	expect_stderr "vfio-tph: $CAP: TPH is off, and so it is in the profile: --follow-irq or --cpus makes one that steers"
}

@test "save --follow-irq and --cpus make a profile of an idle device, and open nothing" {
	tph save --follow-irq "$MSIX"
	expect_status 0
	expect_json .devices '[{"device":"0000:3d:00.0","id":"15b3:101d","mode":"iv","maps":[{"index":"all","cpus":"irq"}]}]'
	tph save --cpus local "$CAP"
	expect_json '.devices[0].maps' '[{"index":"all","cpus":"local"}]'
	expect_nothing_issued
	tph save --cpus x "$CAP"
	expect_status 2
	tph save --follow-irq "$BARE"
	expect_status 5
}

@test "comments are taken, and are strings" {
	text '{ "version": 1, "comment": "a", "devices": [ { "comment": "b", "device": "0000:01:00.0",
		"mode": "iv", "maps": [ { "comment": "c", "index": "0", "cpus": "1" } ] } ] }'
	fake_hold "$CAP" group
	tph apply --owner "$FILE"
	expect_status 0
	text '{ "version": 1, "comment": 1, "devices": [] }'
	tph verify "$FILE"
	expect_status 2
	complained /comment 'must be a string'
}

@test "a profile that names a device twice is refused, however it is named" {
	local other
	fake_hold "$CAP" group
	for other in 01:00.0 00:01.0/00.0; do
		text "{ \"version\": 1, \"devices\": [ { $FIRST }, { \"device\": \"$other\", \"mode\": \"off\" } ] }"
		tph apply --owner "$FILE"
		expect_status 2
		expect_control "$CAP" 0x00000000
	done
	one_line_on_stderr "one device twice: '0000:01:00.0' and '00:01.0/00.0'"
}

@test "standard input and the document are called so" {
	run --separate-stderr bash -c "echo '[]' | LD_PRELOAD='$FAKE_LIBRARY' '$VFIO_TPH' verify -"
	expect_status 2
	expect_stderr "vfio-tph: standard input: the document: must be an object"
}
