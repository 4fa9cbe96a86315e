# SPDX-License-Identifier: GPL-2.0-or-later
# set-st: program entries of the ST table with the tags of CPUs.
load helper.bash

@test "set-st programs the entries, in one batch, and reads them back" {
	tph set-st --try $CAP 0-3=4-7
	expect_status 0
	expect_stdout "$CAP: TPH is on, mode iv (switched on)" \
		"INDEX CPU   TAG" \
		"    0   4 0x114" \
		"    1   5 0x115" \
		"    2   6 0x116" \
		"    3   7 0x117"
	expect_ioctls GET_CAP ENABLE:2 GET_ST:0:4:0,0:5:0,0:6:0,0:7:0 \
		SET_ST:0:4:0,1:5:0,2:6:0,3:7:0
}

@test "the registers hold the tags that the platform gives for the CPUs" {
	fake_hold $CAP group
	tph set-st --owner $CAP 0-3=4-7
	expect_status 0
	expect_control $CAP 0x00000301
	expect_entries $CAP 0 0x114 0x115 0x116 0x117 0
}

@test "set-st as JSON lists index, cpu and the tag as read" {
	tph --json set-st --try $CAP 3=1 9=2
	expect_status 0
	one_object
	expect_json '.devices[0].entries' '[{"index":3,"cpu":1,"tag":273},{"index":9,"cpu":2,"tag":274}]'
}

@test "JSON has the state that TPH was left in" {
	tph --json set-st --try --mode ds $CAP 3=1
	expect_json '.devices[0].state' '{"enabled":true,"mode":"ds","requester":"extended"}'
}

@test "on a device that nobody holds one line says that the setting ends with the command" {
	tph set-st --try $CAP 0=1
	expect_stderr "vfio-tph: $CAP: tried: the setting is gone, because no process has the device open"
}

@test "--mem persistent programs the tags of persistent memory" {
	fake_hold $CAP cdev
	tph --json set-st --owner --mem persistent $CAP 0=1
	expect_status 0
	expect_json '.devices[0].mem' '"persistent"'
	expect_entries $CAP 0 0x241
}

@test "behind a port that completes 8-bit TPH only the entries are 8-bit tags" {
	fake_hold $NARROW cdev
	tph set-st --owner $NARROW 0=1
	expect_status 0
	expect_entries $NARROW 0 0x11
}

@test "where TPH is on the mode is left alone" {
	fake_hold $CAP cdev
	fake_tell enable 4
	fake_log_clear
	tph set-st --owner $CAP 0=1
	expect_status 0
	expect_ioctls GET_CAP 'ENABLE:4!EBUSY' GET_ST:0:1:0 SET_ST:0:1:0
	expect_control $CAP 0x00000302
}

@test "where TPH is on in another mode than --mode names: refused with the way out" {
	fake_hold $CAP cdev
	fake_tell enable 4
	fake_log_clear
	tph set-st --owner --mode iv $CAP 0=1
	expect_status 1
	one_line_on_stderr 'TPH is on in mode ds, not in mode iv'
	expect_hint "vfio-tph enable --switch --mode iv (--owner )?$CAP"
	expect_ioctls GET_CAP 'ENABLE:2!EBUSY'
	expect_control $CAP 0x00000302
}

@test "entries that no map names keep their tags" {
	fake_hold $CAP cdev
	tph set-st --owner $CAP 0-15=4
	tph set-st --owner $CAP 1=5
	expect_status 0
	expect_entries $CAP 0 0x114 0x115 0x114
}

@test "in no-ST mode there is nothing to program: refused before anything is issued" {
	tph set-st --try --mode ns $CAP 0=1
	expect_status 5
	one_line_on_stderr 'in mode ns the entries of the ST table are not used'
	expect_nothing_issued
}

@test "a device held in no-ST mode: refused with the way out" {
	fake_hold $CAP cdev
	fake_tell enable 1
	fake_log_clear
	tph set-st --owner $CAP 0=1
	expect_status 5
	expect_hint 'vfio-tph enable --switch --mode iv'
	expect_ioctls GET_CAP 'ENABLE:2!EBUSY'
	expect_control $CAP 0x00000300
}

@test "a device without a table: status 5, and what it can do instead" {
	fake_parameter vfio_pci enable_unsafe_tph_ds Y
	tph set-st --try $BARE 0=1
	expect_status 5
	one_line_on_stderr 'it has no ST table'
	expect_hint 'vfio-tph get-st'
	expect_nothing_changed
}

@test "a table in the MSI-X table of a device just opened: refused, with reason and way out, nothing changed" {
	tph set-st --try $MSIX 0=1
	expect_status 5
	one_line_on_stderr "^vfio-tph: $MSIX: a device that was just opened has no MSI-X vector allocated, and its ST table is in the MSI-X table$"
	expect_hint '--owner'
	expect_nothing_changed
}

@test "a table in the MSI-X table: the vector control words hold the tags" {
	fake_hold $MSIX cdev 4
	tph --json set-st --owner $MSIX 0-3=4-7
	expect_status 0
	expect_json '[.devices[0].entries[].tag]' '[276,277,278,279]'
	expect_entries $MSIX 0 0x114 0x115 0x116 0x117
}

@test "a table in the MSI-X table of an owner without vectors: status 5, nothing changed" {
	fake_hold $MSIX cdev
	fake_log_clear
	tph set-st --owner $MSIX 0=1
	expect_status 5
	one_line_on_stderr "fake-holder \(pid $FAKE_HOLDER\) has no MSI-X vector allocated"
	expect_nothing_changed
}

@test "one vector of several is not allocated: which, status 5, nothing changed" {
	fake_hold $MSIX cdev 4
	fake_log_clear
	tph set-st --owner $MSIX 0-4=1
	expect_status 5
	one_line_on_stderr 'the MSI-X vector of index 4 is not allocated'
	expect_nothing_changed
}

@test "the MSI-X table is read by a mapping, never by a read of the region" {
	fake_hold $MSIX cdev 2
	tph set-st --owner $MSIX 0-1=4
	expect_equal "reads of the BAR" "" "$(fake_log 'pread region=2')"
	expect_equal "mappings" "$MSIX mmap region=2 offset=0x1000 length=32 prot=1 = 0" \
		"$(fake_log mmap)"
}

@test "the MSI-X table cannot be mapped: status 1, one line, JSON shows the tags as not known" {
	fake_hold $MSIX cdev 2
	fake_fault mmap.bar:1:EINVAL
	tph --json set-st --owner $MSIX 0-1=4
	expect_status 1
	one_line_on_stderr 'cannot map the MSI-X table'
	one_object
}

@test "an index beyond the table: status 2, nothing issued" {
	tph set-st --try $CAP 0-16=1
	expect_status 2
	one_line_on_stderr 'index 16 is beyond the ST table \(16 entries, 0-15\)'
	expect_nothing_issued
}

@test "an index beyond a table in the MSI-X table: status 2, nothing changed" {
	fake_hold $MSIX cdev 64
	fake_log_clear
	tph set-st --owner $MSIX 64=1
	expect_status 2
	one_line_on_stderr 'index 64 is beyond the ST table \(64 entries, 0-63\)'
	expect_nothing_changed
}

@test "a CPU without a tag: status 5, nothing written, TPH off again" {
	fake_hold $CAP cdev
	fake_log_clear
	tph set-st --owner $CAP 0-1=1,14
	expect_status 5
	one_line_on_stderr 'no tag for CPU 14; nothing was written'
	expect_ioctls GET_CAP ENABLE:2 GET_ST:0:1:0,0:14:0 DISABLE
	expect_control $CAP 0x00000000
}

@test "a kernel that gives no tags to devices with a table still programs it" {
	ONE_LINES='set getst=tableless' \
		one_device driver=vfio-pci tph=ns,iv,ext st=cap:4
	fake_hold $CAP cdev
	tph --json set-st --owner $CAP 0-3=0-3
	expect_status 0
	expect_json '[.devices[0].entries[].tag]' '[272,273,274,275]'
	expect_entries $CAP 0 0x110 0x111 0x112 0x113
}

@test "no completer: status 5, the port is named, nothing issued" {
	tph set-st --try $DEAF 0=1
	expect_status 5
	one_line_on_stderr 'its Root Port 0000:00:03.0 does not complete TPH'
	expect_nothing_issued
}

@test "no capability: status 5, nothing issued" {
	tph set-st --try $PLAIN 0=1
	expect_status 5
	expect_nothing_issued
}

@test "without a map: status 2, nothing issued" {
	tph set-st --try $CAP
	expect_status 2
	one_line_on_stderr 'no map was given'
	expect_nothing_issued
}

@test "several devices take the same maps" {
	tph --json set-st --try $CAP $NARROW 0=1
	expect_status 0
	expect_json '[.devices[] | .bdf, .entries[0].tag]' \
		"[\"$CAP\",273,\"$NARROW\",17]"
}

@test "one of several devices cannot: status 9, the other is done" {
	tph --json set-st --try $CAP $DEAF 0=1
	expect_status 9
	one_object
	expect_json '[.devices[].bdf], [.errors[].device]' "[\"$CAP\"]
[\"$DEAF\"]"
}

@test "-v prints each call as it is issued, with its result, on stderr" {
	tph -v set-st --try $CAP 0=1
	# Numbers of descriptors are not ours to know.
	stderr=$(sed '/ open /s/[0-9]*$/N/' <<< "$stderr")
	expect_stderr "vfio-tph: $CAP: open /dev/iommu = N" \
		"vfio-tph: $CAP: open /dev/vfio/devices/vfio0 = N" \
		"vfio-tph: $CAP: VFIO_DEVICE_BIND_IOMMUFD /dev/iommu = 0" \
		"vfio-tph: $CAP: VFIO_DEVICE_PCI_TPH GET_CAP = 0" \
		"vfio-tph: $CAP: VFIO_DEVICE_PCI_TPH ENABLE mode=iv = 0" \
		"vfio-tph: $CAP: VFIO_DEVICE_PCI_TPH GET_ST count=1 mem=volatile cpu 1 = 0" \
		"vfio-tph: $CAP: VFIO_DEVICE_PCI_TPH SET_ST count=1 mem=volatile index=cpu 0=1 = 0" \
		"vfio-tph: $CAP: tried: the setting is gone, because no process has the device open"
}

@test "set-st without a holder is refused, and with --try says that it does not last" {
	tph set-st $CAP 0=1
	expect_status 11
	expect_nothing_issued
	tph --json set-st --try $CAP 0=1
	expect_status 0
	expect_json '.devices[0].lasting' false
}

@test "the note that what was tried is gone comes behind the table" {
	run fake_run "$VFIO_TPH" set-st --try $CAP 0=1
	expect_equal "the last line" \
		"vfio-tph: $CAP: tried: the setting is gone, because no process has the device open" \
		"${lines[-1]}"
}
