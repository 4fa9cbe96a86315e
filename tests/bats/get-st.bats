# SPDX-License-Identifier: GPL-2.0-or-later
# get-st: which steering tag stands for which CPU.
load helper.bash

@test "get-st prints CPU, node, distance from the device's node, and tag" {
	tph get-st --cpus 0,4,14 $CAP
	expect_status 0
	expect_stdout "CPU NODE DISTANCE   TAG" \
		"  0    0       10 0x110" \
		"  4    1       21 0x114" \
		" 14    1       21     -"
}

@test "the default is all online CPUs" {
	tph --json get-st $CAP
	expect_status 0
	expect_json '[.devices[0].tags[].cpu]' '[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14]'
}

@test "as JSON a tag is a number, and no tag is null" {
	tph --json get-st --cpus 3,14 $CAP
	one_object
	expect_json '.devices[0].tags' '[{"cpu":3,"node":0,"distance":10,"l2":"3,11","l3":"2-3,10-11","tag":275},{"cpu":14,"node":1,"distance":21,"l2":"6,14","l3":"6-7,14","tag":null}]'
}

@test "on a device that nobody holds TPH is switched on for the query and off again" {
	tph get-st --cpus 0 $CAP
	expect_status 0
	expect_ioctls GET_CAP ENABLE:2 GET_ST:0:0:0 DISABLE
}

@test "-v says that TPH was switched on and off, without it nothing does" {
	tph get-st --cpus 0 $CAP
	expect_stderr
	tph -v get-st --cpus 0 $CAP
	expect_stderr_in "^vfio-tph: $CAP: TPH was switched on for the query, and is switched off again$"
}

@test "--mode chooses the mode of the query" {
	tph get-st --mode ds --cpus 0 $CAP
	expect_ioctls GET_CAP ENABLE:4 GET_ST:0:0:0 DISABLE
}

@test "--mem persistent asks for the tags of persistent memory" {
	tph --json get-st --mem persistent --cpus 1 $CAP
	expect_json '.devices[0] | .mem, .tags[0].tag' '"persistent"
577'
	expect_ioctls GET_CAP ENABLE:2 GET_ST:0:1:1 DISABLE
}

@test "the memory type by default is volatile" {
	tph --json get-st --cpus 1 $CAP
	expect_json '.devices[0].mem' '"volatile"'
}

@test "behind a port that completes 8-bit TPH only the tags are the 8-bit ones" {
	tph --json get-st --cpus 1 $NARROW
	expect_json '.devices[0].tags[0].tag' 17
}

@test "--cpus local is the device's node" {
	tph --json get-st --cpus local $MSIX
	expect_json '[.devices[0].tags[].cpu]' '[4,5,6,7,12,13,14]'
}

@test "--cpus node:0,1 is both nodes" {
	tph --json get-st --cpus node:0,1 $MSIX
	expect_json '[.devices[0].tags[].cpu]' '[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14]'
}

@test "--cpus takes ranges with a stride, and shows each CPU once" {
	tph --json get-st --cpus 8-14:3,8,0 $CAP
	expect_json '[.devices[0].tags[].cpu]' '[0,8,11,14]'
}

@test "the distance of a device without a node is null" {
	machine <<-END
		node 0 cpus=0-1 distance=10,20
		node 1 cpus=2-3 distance=20,10
		tags v8=1
		root 0000:00
		port 0000:00:01.0 bus=01 completer=tph
		device $CAP driver=vfio-pci tph=ns,iv st=cap:4
	END
	tph --json get-st --cpus 2 $CAP
	expect_status 0
	expect_json '.devices[0].tags[0]' '{"cpu":2,"node":1,"distance":null,"l2":null,"l3":null,"tag":3}'
}

@test "distances that are not known are left out, and tags are printed" {
	local node
	for node in distance=0 "$(printf '\nabsent /sys/devices/system/node/node0/distance')"; do
		machine <<-END
			node 0 cpus=0-1 $node
			tags v8=0x10
			root 0000:00 numa=0
			port 0000:00:01.0 bus=01 completer=tph
			device $CAP driver=vfio-pci tph=ns,iv st=cap:4
		END
		tph get-st --cpus 1 $CAP
		expect_status 0
		expect_stderr
		expect_in '^ *1 +0 +- +0x11$'
		tph --json get-st --cpus 1 $CAP
		expect_status 0
		expect_json '.devices[0].tags[0].distance' null
	done
}

@test "nodes whose numbers have holes get their own distances" {
	machine <<-END
		node 0 cpus=0-1 distance=10,40,80
		node 3 cpus= distance=40,10,81
		node 8 cpus=2-3 distance=80,81,10
		tags v8=0x10
		root 0000:00 numa=8
		port 0000:00:01.0 bus=01 completer=tph
		device $CAP driver=vfio-pci tph=ns,iv st=cap:4
	END
	tph --json get-st $CAP
	expect_json '[.devices[0].tags[] | [.cpu, .node, .distance]]' \
		'[[0,0,80],[1,0,80],[2,8,10],[3,8,10]]'
}

@test "local on a device without a node among several: status 5 and the way out" {
	machine <<-END
		node 0 cpus=0-1 distance=10,20
		node 1 cpus=2-3 distance=20,10
		tags v8=1
		root 0000:00
		port 0000:00:01.0 bus=01 completer=tph
		device $CAP driver=vfio-pci tph=ns,iv st=cap:4
	END
	tph get-st --cpus local $CAP
	expect_status 5
	one_line_on_stderr 'the device has no NUMA node'
	expect_hint 'node:N'
	tph get-st --cpus l3 $CAP
	expect_status 5
	one_line_on_stderr "the device has no NUMA node: 'l3' means nothing"
	expect_nothing_issued
}

@test "on a borrowed device that is off TPH is not switched on: refused, with --force as the way out" {
	fake_hold $CAP cdev
	fake_log_clear
	tph get-st --owner $CAP
	expect_status 1
	one_line_on_stderr "TPH is off, and fake-holder \(pid $FAKE_HOLDER\) drives the device"
	expect_hint '--force'
	expect_nothing_changed
	expect_equal "tags printed" "" "$output"
}

@test "on a borrowed device that is off --force switches on and off again" {
	fake_hold $CAP cdev
	tph --json get-st --owner --force --cpus 5 $CAP
	expect_status 0
	expect_json '.devices[0].tags[0].tag' $((0x115))
	expect_ioctls GET_CAP ENABLE:2 GET_ST:0:5:0 DISABLE
	expect_control $CAP 0x00000000
}

@test "on a borrowed device that is on nothing is switched" {
	fake_hold $CAP cdev
	fake_tell enable 4
	fake_log_clear
	tph --json get-st --owner --cpus 5 $CAP
	expect_status 0
	expect_json '.devices[0].tags[0].tag' $((0x115))
	expect_ioctls GET_CAP GET_ST:0:5:0
	expect_control $CAP 0x00000302
}

@test "a platform without the _DSM: status 5, one line, TPH off again" {
	machine <<-END
		node 0 cpus=0-3
		tags none
		root 0000:00 numa=0
		port 0000:00:01.0 bus=01 completer=ext
		device $CAP driver=vfio-pci tph=ns,iv st=cap:4
	END
	tph get-st $CAP
	expect_status 5
	one_line_on_stderr 'the platform gives no steering tags'
	expect_hint '_DSM'
	expect_equal "the last call" DISABLE "$(ioctls | tail -n 1)"
}

@test "GET_ST fails: TPH is switched off again all the same" {
	fake_fault ioctl.GET_ST:1:EIO
	tph get-st --cpus 0 $CAP
	expect_status 1
	one_line_on_stderr 'cannot get steering tags: Input/output error'
	expect_ioctls GET_CAP ENABLE:2 'GET_ST!EIO' DISABLE
}

@test "a kernel that gives tags to devices without a table only: status 5" {
	ONE_LINES='set getst=tableless' \
		one_device driver=vfio-pci tph=ns,iv,ext st=cap:4
	tph get-st $CAP
	expect_status 5
	one_line_on_stderr 'this kernel gives no tags for a device that has an ST table'
}

@test "a device without a table, the gate open: its tags are given" {
	fake_parameter vfio_pci enable_unsafe_tph_ds Y
	tph --json get-st --cpus 4 $BARE
	expect_status 0
	expect_json '.devices[0].tags[0].tag' $((0x114))
}

@test "a device without a table, the gate shut: status 5, and how to open it" {
	tph get-st --cpus 4 $BARE
	expect_status 5
	expect_hint 'enable_unsafe_tph_ds'
}

@test "get-st of an id shows all devices that have it, each under its name" {
	tph get-st --cpus 0 8086:0b25
	expect_status 9
	expect_in "^$CAP:$"
	expect_in "^$NARROW:$"
	expect_stderr_in "^vfio-tph: $DEAF: its Root Port 0000:00:03.0 does not complete TPH$"
}

# without_libnuma: the loader finds a file in its place that is no library.
without_libnuma()
{
	mkdir -p "$BATS_TEST_TMPDIR/lib"
	: > "$BATS_TEST_TMPDIR/lib/libnuma.so.1"
	export LD_LIBRARY_PATH=$BATS_TEST_TMPDIR/lib
}

@test "without libnuma the tags are shown, DISTANCE is '-', and one note says why" {
	without_libnuma
	tph get-st --cpus 0,4 $CAP $MSIX
	expect_status 0
	expect_stdout "$CAP:" \
		"CPU NODE DISTANCE   TAG" \
		"  0    0        - 0x110" \
		"  4    1        - 0x114" \
		"$MSIX:" \
		"CPU NODE DISTANCE   TAG" \
		"  0    0        - 0x110" \
		"  4    1        - 0x114"
	one_line_on_stderr 'distances of nodes are not known: cannot load libnuma: .*libnuma\.so\.1'
}

@test "without libnuma the distance is null in JSON" {
	without_libnuma
	tph --json get-st --cpus 0 $CAP
	expect_status 0
	one_object
	expect_json '.devices[0].tags' '[{"cpu":0,"node":0,"distance":null,"l2":"0,8","l3":"0-1,8-9","tag":272}]'
}

@test "without libnuma -q says nothing of it" {
	without_libnuma
	tph -q get-st --cpus 0 $CAP
	expect_status 0
	expect_stderr
}

@test "the program's .note.dlopen names libnuma as packaging tools read it" {
	local note=$BATS_TEST_TMPDIR/note
	objcopy --dump-section ".note.dlopen=$note" "$VFIO_TPH" /dev/null
	run /usr/bin/python3 - "$note" <<-'END'
		import json, struct, sys
		data = open(sys.argv[1], "rb").read()
		name, desc, kind = struct.unpack_from("<III", data)
		assert kind == 0x407c0c0a, hex(kind)
		assert data[12:12 + name] == b"FDO\0", data[12:12 + name]
		at = 12 + (name + 3) // 4 * 4
		text = data[at:at + desc]
		assert text.endswith(b"\0"), text
		for entry in json.loads(text[:-1]):
		    print(entry["feature"], entry["priority"], *entry["soname"])
	END
	expect_status 0
	expect_equal "libraries" "numa recommended libnuma.so.1" "$output"
}

@test "L2 and L3 are the CPUs that share the cache" {
	tph get-st --cpus 1,14 --output CPU,L2,L3 --raw --noheadings $CAP
	expect_stdout "1 1,9 0-1,8-9" "14 6,14 6-7,14"
	tph --json get-st --cpus 9 $CAP
	expect_json '.devices[0].tags[0] | "\(.l2) \(.l3)"' '"1,9 0-1,8-9"'
}

@test "without caches in sysfs L2 and L3 are not known" {
	fake_start small
	tph get-st --cpus 1 --output L2,L3 --raw --noheadings $CAP
	expect_stdout "- -"
	tph --json get-st --cpus 1 $CAP
	expect_json '.devices[0].tags[0] | [.l2, .l3]' '[null,null]'
}

# Files of caches that were opened.
cache_reads()
{
	run --separate-stderr fake_run strace -f -E LD_PRELOAD="$FAKE_LIBRARY" \
		-E ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0" \
		-o "$BATS_TEST_TMPDIR/trace" -e trace=openat \
		"$VFIO_TPH" get-st "$@"
	grep -c /cache/ "$BATS_TEST_TMPDIR/trace"
}

@test "the table for people reads no cache, L3 four lists and the levels once" {
	expect_equal "by default" 0 "$(cache_reads $CAP)"
	expect_equal "with L3" 12 "$(cache_reads --output CPU,L3 $CAP)"
}

# shared TAGS...: the server with these lines of tags, the later first.
shared()
{
	{
		grep -v "^tags" "$FAKE_SOURCE/machines/server.machine"
		printf 'tags v8=%s\n' "$@"
	} > "$BATS_TEST_TMPDIR/shared"
	fake_start "$BATS_TEST_TMPDIR/shared"
}

@test "tags that each L3 cache has for itself are said to be" {
	shared "0x20 v16=0x20 step=0 cpus=0-1,8-9" "0x21 v16=0x21 step=0 cpus=2-3,10-11" \
		"0x22 v16=0x22 step=0 cpus=4-5,12-13" "0x23 v16=0x23 step=0 cpus=6-7,14"
	tph get-st $CAP
	expect_status 0
	expect_stderr "vfio-tph: 0000:01:00.0: tags are per L3 cache: CPUs 0-1,8-9 share 0x20"
	tph --json get-st $CAP
	expect_json '.devices[0].tags_per' '"l3"'
}

@test "tags that threads of a core share are those of their L2 cache" {
	shared "0x20 v16=0x20 cpus=0-3" "0x20 v16=0x20 cpus=8-11" \
		"0x30 v16=0x30 cpus=4-7" "0x30 v16=0x30 cpus=12-14"
	tph get-st $CAP
	expect_stderr "vfio-tph: 0000:01:00.0: tags are per L2 cache: CPUs 0,8 share 0x20"
	tph --json get-st $CAP
	expect_json '.devices[0].tags_per' '"l2"'
}

@test "tags by node are said to be" {
	shared "0x20 v16=0x20 step=0 cpus=0-3,8-11" "0x30 v16=0x30 step=0 cpus=4-7,12-14"
	tph --json get-st $CAP
	expect_json '.devices[0].tags_per' '"node"'
}

@test "CPUs that share a tag and nothing else are named" {
	shared "0x10 v16=0x110" "0x20 v16=0x20 step=0 cpus=1-2"
	tph get-st $CAP
	expect_stderr "vfio-tph: 0000:01:00.0: CPUs 1-2 share the tag 0x20, but these CPUs are no core, cache or node"
	tph --json get-st $CAP
	expect_json '.devices[0].tags_per' null
}

@test "a tag for each CPU takes no note, and one CPU shows nothing" {
	tph get-st $CAP
	expect_stderr
	tph --json get-st $CAP
	expect_json '.devices[0].tags_per' '"cpu"'
	tph --json get-st --cpus 4 $CAP
	expect_json '.devices[0].tags_per' null
}
