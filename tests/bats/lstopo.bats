#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# contrib/lstopo/tph-lstopo: entries are drawn where they aim. What was added to
# the topology is read from hwloc's XML, and what is in the picture from TikZ,
# which has its text as text: both are forms of output as SVG is.

load helper.bash

setup()
{
	command -v lstopo-no-graphics hwloc-annotate > /dev/null ||
		skip "hwloc is not installed: apt-get install hwloc-nox"
	fake_start server
	PATH=$(dirname "$VFIO_TPH"):$PATH
	DRAWN=$BATS_TEST_TMPDIR/drawn.xml
}

draw()
{
	run --separate-stderr fake_run \
		"$TESTS/../contrib/lstopo/tph-lstopo" "$@"
}

# boxes: "TYPE NUMBER: text" of each box that was added to the topology.
boxes()
{
	python3 - "$DRAWN" <<-'END'
		import sys
		import xml.etree.ElementTree

		for item in xml.etree.ElementTree.parse(sys.argv[1]).iter("object"):
		    for box in item.findall("object[@type='Misc']"):
		        print(f"{item.get('type')} {item.get('os_index')}:", box.get("name"))
	END
}

# colour NUMBER: of a CPU's box; nothing if it has none of its own.
colour()
{
	python3 - "$DRAWN" "$1" <<-'END'
		import sys
		import xml.etree.ElementTree

		path = f".//object[@type='PU'][@os_index='{sys.argv[2]}']/info[@name='lstopoStyle']"
		for info in xml.etree.ElementTree.parse(sys.argv[1]).iterfind(path):
		    print(info.get("value"))
	END
}

hold_and_program()
{
	fake_hold "$MSIX" cdev 8
	fake_run "$VFIO_TPH" -q set-st --owner "$MSIX" 0-3=4,6 4=0 > /dev/null
}

@test "entries are in the boxes of the CPUs that they aim at" {
	hold_and_program
	draw --owner -o "$DRAWN" "$MSIX"
	expect_status 0
	output=$(boxes)
	expect_stdout "PU 0: 3d:00.0 entry 4 (0x110)" \
		"PU 4: 3d:00.0 entries 0,2 (0x114)" \
		"PU 6: 3d:00.0 entries 1,3 (0x116)"
}

@test "a tag that the CPUs of a cache share is in the box of the cache" {
	{
		grep -v ^tags "$FAKE_SOURCE/machines/server.machine"
		echo "tags v8=0x10 v16=0x110"
		echo "tags cpus=4-5,12-13 v8=0x20 v16=0x200 step=0"
	} > "$BATS_TEST_TMPDIR/shared.machine"
	fake_start "$BATS_TEST_TMPDIR/shared.machine"
	fake_hold "$MSIX" cdev 8
	fake_run "$VFIO_TPH" -q set-st --owner "$MSIX" 0-3=4,5 4=6 > /dev/null
	draw --owner -o "$DRAWN" "$MSIX"
	output=$(boxes)
	expect_stdout "L3Cache 4: 3d:00.0 entries 0-3 (0x200)" \
		"PU 6: 3d:00.0 entry 4 (0x116)"
}

@test "a CPU whose entry aims at another node than its interrupt is red" {
	hold_and_program
	fake_move_irq "$MSIX" 0 0
	fake_move_irq "$MSIX" 1 6
	fake_move_irq "$MSIX" 2 4
	fake_move_irq "$MSIX" 3 6
	draw --owner -o "$DRAWN" "$MSIX"
	expect_equal "colour of CPU 4" "Background=#ff9080" "$(colour 4)"
	expect_equal "colour of CPU 6" "Background=#ffe0a0" "$(colour 6)"
	expect_equal "colour of CPU 5" "" "$(colour 5)"
}

@test "what a disabled device's table still holds is not drawn" {
	hold_and_program
	fake_run "$VFIO_TPH" -q disable --owner "$MSIX"
	draw --owner -o "$DRAWN" "$MSIX"
	expect_status 0
	expect_equal "boxes" "" "$(boxes)"
}

@test "the picture has caches, entries, and a line for each device" {
	local text
	hold_and_program
	draw --owner -o "$BATS_TEST_TMPDIR/drawn.tikz" "$MSIX" "$CAP"
	expect_status 0
	for text in "L3 4 (32MB)" "3d:00.0 entries 0,2 (0x114)" \
		"mode iv, 5 of 64 entries hold a tag, 2 red: other-cache, 1 red: other-node" "$CAP: TPH is off"; do
		grep -qF "$text" "$BATS_TEST_TMPDIR/drawn.tikz" ||
			differs "in the picture" "$text" \
				"$(< "$BATS_TEST_TMPDIR/drawn.tikz")"
	done
}

@test "a picture that exists is replaced" {
	echo before > "$BATS_TEST_TMPDIR/drawn.svg"
	draw -o "$BATS_TEST_TMPDIR/drawn.svg" "$MSIX"
	expect_status 0
	grep -q "<svg" "$BATS_TEST_TMPDIR/drawn.svg"
}

@test "of many like cores none with an entry is left out" {
	lstopo-no-graphics --input "core:64 pu:1" --of xml -f \
		"$BATS_TEST_TMPDIR/many.xml"
	hold_and_program
	draw --owner --topology "$BATS_TEST_TMPDIR/many.xml" \
		-o "$BATS_TEST_TMPDIR/drawn.tikz" "$MSIX"
	expect_status 0
	grep -qF "3d:00.0 entries 1,3 (0x116)" "$BATS_TEST_TMPDIR/drawn.tikz"
}

@test "a dump is drawn over the topology of its machine" {
	hold_and_program
	fake_run "$VFIO_TPH" dump --owner "$MSIX" > "$BATS_TEST_TMPDIR/dump"
	fake_run lstopo-no-graphics --no-io --of xml "$BATS_TEST_TMPDIR/there.xml"
	fake_release
	fake_start small
	draw --from "$BATS_TEST_TMPDIR/dump" -o "$DRAWN" \
		--topology "$BATS_TEST_TMPDIR/there.xml" "$MSIX"
	expect_status 0
	grep -qF "PU 6: 3d:00.0 entries 1,3 (0x116)" <<< "$(boxes)"
}

@test "a dump without a topology is refused" {
	draw --from "$BATS_TEST_TMPDIR/dump" -o "$DRAWN" "$MSIX"
	expect_status 2
	expect_stderr_in "a dump does not contain the machine's caches"
	[[ ! -e $DRAWN ]]
}

@test "a topology that is none is refused with its name" {
	echo "<topology>" > "$BATS_TEST_TMPDIR/broken.xml"
	draw --topology "$BATS_TEST_TMPDIR/broken.xml" -o "$DRAWN" "$MSIX"
	((status != 0))
	[[ ! -e $DRAWN ]]
}

@test "an absent device gives the exit status of vfio-tph and no picture" {
	draw -o "$DRAWN" 0000:77:00.0
	expect_status 3
	expect_stderr "vfio-tph: 0000:77:00.0: no such device"
	[[ ! -e $DRAWN ]]
}

@test "without hwloc one line says what to install" {
	mkdir "$BATS_TEST_TMPDIR/bin"
	run --separate-stderr env PATH="$BATS_TEST_TMPDIR/bin" \
		"$TESTS/../contrib/lstopo/tph-lstopo" -o "$DRAWN" "$MSIX"
	expect_status 1
	expect_stderr "tph-lstopo: lstopo or hwloc-annotate is missing: install hwloc"
}
