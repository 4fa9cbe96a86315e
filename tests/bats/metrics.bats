#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The metrics: their values, and that both readers of such a text take it.

load helper.bash

METRICS=$BATS_TEST_TMPDIR/metrics.prom

# expect_valid: standard output of the last tph is good for promtool, for the
# strict parser of OpenMetrics, and for that of the older format.
expect_valid()
{
	local said
	printf '%s\n' "$output" > "$METRICS"
	said=$(promtool check metrics < "$METRICS" 2>&1) ||
		differs "promtool check metrics" "no remark" "$said"
	expect_equal "promtool check metrics" "" "$said"
	said=$("$BATS_TEST_DIRNAME/../../scripts/validate-openmetrics" "$METRICS" 2>&1) ||
		differs "validate-openmetrics" "no remark" "$said"
	expect_equal "last line" "# EOF" "${lines[-1]}"
}

# expect_sample NAME{LABELS} VALUE; the prefix vfio_tph_ is left out.
expect_sample()
{
	local got
	got=$(grep -v '^#' <<< "$output" | grep -F "vfio_tph_$1 ") || true
	expect_equal "sample of $1" "vfio_tph_$1 $2" "$got"
}

# expect_no_sample NAME{...: none begins so.
expect_no_sample()
{
	expect_equal "samples of $1" "" \
		"$(grep -F "vfio_tph_$1" <<< "$output" | grep -v '^#' || true)"
}

# put_driver NAME: let the driver of 01:00.0 have this name.
put_driver()
{
	ln -snf "../../../../bus/pci/drivers/$1" \
		"$VFIO_TPH_FAKE/root/sys/bus/pci/devices/$CAP/driver"
}

@test "metrics of a machine are valid in both formats" {
	fake_hold "$MSIX" group 4
	tph metrics
	expect_status 0
	expect_stderr
	expect_valid
}

@test "metrics has every device that list has, and no other" {
	tph list --noheadings --raw --output ADDRESS
	local listed=$output
	tph metrics
	expect_equal "devices" "$listed" "$(sed -n \
		's/^vfio_tph_device_info{address="\([^"]*\)".*/\1/p' <<< "$output")"
}

@test "metrics opens no VFIO device" {
	fake_log_clear
	tph metrics
	expect_status 0
	expect_nothing_issued
}

@test "a device that is off has its table's size and 0 for all else" {
	tph metrics $CAP
	expect_sample "device_scrape_success{address=\"$CAP\"}" 1
	expect_sample "device_enabled{address=\"$CAP\"}" 0
	expect_sample "device_mode_enabled{address=\"$CAP\",mode=\"iv\"}" 0
	expect_sample "device_extended_tags_enabled{address=\"$CAP\"}" 0
	expect_sample "device_table_entries{address=\"$CAP\"}" 16
	expect_sample "device_table_entries_programmed{address=\"$CAP\"}" 0
	expect_sample "device_vectors_allocated{address=\"$CAP\"}" 0
	expect_sample "device_held{address=\"$CAP\"}" 0
}

@test "modes that a device has not are 0" {
	tph metrics $SPLIT
	expect_sample "device_mode_supported{address=\"$SPLIT\",mode=\"iv\"}" 1
	expect_sample "device_mode_supported{address=\"$SPLIT\",mode=\"ds\"}" 0
}

@test "a device that is in use shows its mode, its vectors, and how many entries hold a tag" {
	fake_hold "$CAP" cdev 3
	tph set-st --owner $CAP 0-4=1
	tph metrics $CAP
	expect_valid
	expect_sample "device_enabled{address=\"$CAP\"}" 1
	expect_sample "device_mode_enabled{address=\"$CAP\",mode=\"iv\"}" 1
	expect_sample "device_mode_enabled{address=\"$CAP\",mode=\"ds\"}" 0
	expect_sample "device_extended_tags_enabled{address=\"$CAP\"}" 1
	expect_sample "device_table_entries_programmed{address=\"$CAP\"}" 5
	expect_sample "device_vectors_allocated{address=\"$CAP\"}" 3
	expect_sample "device_held{address=\"$CAP\"}" 1
}

@test "of a table in the MSI-X table the entries programmed are left out" {
	fake_hold "$MSIX" group 4
	tph set-st --owner $MSIX 0-3=1
	tph metrics $MSIX
	expect_sample "device_table_entries{address=\"$MSIX\"}" 64
	expect_sample "device_vectors_allocated{address=\"$MSIX\"}" 4
	expect_no_sample device_table_entries_programmed
}

@test "the vectors of two devices are counted apart" {
	machine <<- 'END'
		node 0 cpus=0-3 memory=4G
		root 0000:00 numa=0
		port 0000:00:01.0 bus=01 completer=ext
		device 0000:01:00.0 driver=vfio-pci group=1 tph=ns,iv st=msix msix=8@0:0x2000 count=2
	END
	fake_hold 0000:01:00.0 group 3
	tph metrics
	expect_sample 'device_vectors_allocated{address="0000:01:00.0"}' 3
	expect_sample 'device_vectors_allocated{address="0000:01:00.1"}' 0
}

@test "what a device is stands in the labels of device_info" {
	tph metrics $SPLIT $INTEGRATED
	expect_sample "device_info{address=\"$SPLIT\",vendor_id=\"0x8086\",device_id=\"0x10fb\",name=\"Intel Corporation 82599ES 10-Gigabit SFI/SFP+ Network Connection\",driver=\"vfio-pci\",numa_node=\"0\",iommu_group=\"13\",root_port=\"0000:00:04.0\",completer=\"extended\",table=\"capability\"}" 1
	expect_in "^vfio_tph_device_info\{address=\"$INTEGRATED\",.*,numa_node=\"\",iommu_group=\"30\",root_port=\"\",completer=\"\",table=\"capability\"\} 1\$"
}

@test "quotes, backslashes and newlines in a name are escaped, other bytes replaced" {
	put_driver $'we"ird\\na\nme\xff'
	tph metrics $CAP
	expect_status 0
	expect_valid
	expect_in ',driver="we\\"ird\\\\na\\nme'$'\xef\xbf\xbd''",'
}

@test "a name in UTF-8 stays as it is" {
	put_driver "gerät"
	tph metrics $CAP
	expect_valid
	expect_in ',driver="gerät",'
}

@test "no process and no number of one is in the metrics" {
	fake_hold "$CAP" cdev
	tph metrics
	expect_not_in fake-holder
	expect_not_in "\"$FAKE_HOLDER\""
}

@test "a machine without TPH has valid metrics, a note, and no device" {
	machine <<- 'END'
		node 0 cpus=0-1 memory=1G
		root 0000:00 numa=0
		port 0000:00:01.0 bus=01
		device 0000:01:00.0 vendor=8086 device=10fb
	END
	tph metrics
	expect_status 0
	expect_stderr "vfio-tph: no function has a TPH capability"
	expect_valid
	expect_no_sample device_
}

@test "without root it is said once, counted, and exit status 7" {
	fake_set uid 1000
	tph metrics
	expect_status 7
	one_line_on_stderr 'no permission to read extended config space'
	expect_valid
	expect_sample functions_unreadable 17
	expect_no_sample device_
}

@test "without root a device that was named is one that failed" {
	fake_set uid 1000
	tph metrics $CAP
	expect_status 7
	expect_valid
	expect_sample "device_scrape_success{address=\"$CAP\"}" 0
	expect_no_sample device_enabled
}

@test "a device whose config space cannot be seen has failed, and the others are done" {
	fake_fault "open:/sys/bus/pci/devices/$CAP/config:*:EACCES"
	tph metrics $CAP $NARROW
	expect_status 0
	expect_stderr "vfio-tph: no permission to read the extended config space of 1 functions"
	expect_valid
	expect_sample functions_unreadable 1
	expect_sample "device_scrape_success{address=\"$CAP\"}" 0
	expect_sample "device_scrape_success{address=\"$NARROW\"}" 1
}

@test "a device whose table cannot be read has failed, with the rest of it shown" {
	# As many entries as would not fit into config space.
	printf '\xff\x07' | dd bs=1 conv=notrunc status=none \
		seek=$(($(fake_tph $CAP) + 6)) \
		of="$VFIO_TPH_FAKE/root/sys/bus/pci/devices/$CAP/config"
	tph metrics $CAP $NARROW
	expect_status 9
	one_line_on_stderr "$CAP: cannot read the ST table"
	expect_valid
	expect_sample "device_scrape_success{address=\"$CAP\"}" 0
	expect_sample "device_enabled{address=\"$CAP\"}" 0
	expect_no_sample "device_table_entries_programmed{address=\"$CAP\"}"
	expect_sample "device_scrape_success{address=\"$NARROW\"}" 1
}

@test "a device that is not there is an error, and the others are done" {
	tph metrics 99:00.0 $CAP
	expect_status 9
	one_line_on_stderr '99:00.0: no such device'
	expect_valid
	expect_sample "device_scrape_success{address=\"$CAP\"}" 1
}

@test "the same metrics come out of a dump" {
	fake_hold "$CAP" cdev 3
	tph set-st --owner $CAP 0-4=1
	tph metrics
	local here=$output
	fake_run "$VFIO_TPH" dump all > "$BATS_TEST_TMPDIR/dump" 2> /dev/null
	fake_start small
	tph metrics --from "$BATS_TEST_TMPDIR/dump"
	expect_status 0
	expect_valid
	# Vectors are in a dump only with the tags of their entries.
	local without='/^vfio_tph_device_vectors_allocated/d'
	expect_equal "metrics" "$(sed "$without" <<< "$here")" \
		"$(sed "$without" <<< "$output")"
	expect_sample "device_vectors_allocated{address=\"$CAP\"}" 3
}

@test "--write writes the file, readable by all, and nothing else" {
	umask 077
	tph metrics --write "$BATS_TEST_TMPDIR/tph.prom"
	expect_status 0
	expect_stdout
	expect_equal mode 644 "$(stat -c %a "$BATS_TEST_TMPDIR/tph.prom")"
	output=$(< "$BATS_TEST_TMPDIR/tph.prom")
	mapfile -t lines < "$BATS_TEST_TMPDIR/tph.prom"
	expect_valid
	local written=$output
	tph metrics
	expect_equal "file" "$output" "$written"
}

@test "--write takes a name in the directory that it is run in" {
	cd "$BATS_TEST_TMPDIR"
	tph metrics --write tph.prom
	expect_status 0
	[[ -s tph.prom ]]
}

@test "--write puts a new file in place of the old one, which is whole to whoever reads it" {
	local file=$BATS_TEST_TMPDIR/tph.prom
	echo old > "$file"
	exec 7< "$file"
	tph metrics --write "$file"
	expect_status 0
	expect_equal "what was open" old "$(cat <&7)"
	expect_equal "last line" "# EOF" "$(tail -n 1 "$file")"
	expect_equal "files" tph.prom "$(cd "$BATS_TEST_TMPDIR" && ls -A ./*prom* .*prom* 2> /dev/null | sed 's,^\./,,')"
}

@test "--write into a directory that is not there is one line, and leaves nothing" {
	tph metrics --write "$BATS_TEST_TMPDIR/none/tph.prom"
	expect_status 1
	one_line_on_stderr 'cannot write .*/none/tph.prom: No such file or directory'
}

@test "--write to something that is no regular file is refused, and it stays" {
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	tph metrics --write "$BATS_TEST_TMPDIR/pipe"
	expect_status 1
	one_line_on_stderr 'pipe: it is no regular file'
	[[ -p $BATS_TEST_TMPDIR/pipe ]]
	ln -s tph.prom "$BATS_TEST_TMPDIR/link"
	tph metrics --write "$BATS_TEST_TMPDIR/link"
	expect_status 1
	[[ -L $BATS_TEST_TMPDIR/link ]]
}

@test "a wrong call leaves the file as it was" {
	local file=$BATS_TEST_TMPDIR/tph.prom
	echo old > "$file"
	tph metrics --write "$file" nonsense
	expect_status 2
	tph metrics --write "$file" --from /nowhere
	expect_status 2
	expect_equal "file" old "$(< "$file")"
}

@test "without root the file says so, too" {
	fake_set uid 1000
	tph metrics --write "$BATS_TEST_TMPDIR/tph.prom"
	expect_status 7
	output=$(< "$BATS_TEST_TMPDIR/tph.prom")
	expect_sample functions_unreadable 17
}

@test "a dry run shows what it would write, and writes nothing" {
	tph --dry-run metrics --write "$BATS_TEST_TMPDIR/tph.prom"
	expect_status 0
	mapfile -t lines <<< "$output"
	expect_valid
	[[ ! -e $BATS_TEST_TMPDIR/tph.prom ]]
}

@test "--json is refused, since the metrics have a form of their own" {
	tph --json metrics
	expect_status 2
	one_object
	expect_json '.errors[0].message' \
		'"--json and metrics cannot go together: its output is OpenMetrics text"'
}
