# SPDX-License-Identifier: GPL-2.0-or-later
# The traps of the kernel's TPH code, one test each.
load helper.bash

@test "tags asked for while TPH is off are 0, and come true once it is on" {
	vfio cdev "$CAP" get:0,1 enable:2 get:0,1 disable get:0,1
	expect_stdout "get 0x0,0x0" "enable ok" "get 0x110,0x111" "disable ok" \
		"get 0x0,0x0"
}

@test "a second enable is EBUSY, also in another mode" {
	vfio cdev "$CAP" enable:2 enable:2 enable:4
	expect_stdout "enable ok" "enable EBUSY" "enable EBUSY"
}

@test "disable of a device that is off succeeds" {
	vfio cdev "$CAP" disable disable
	expect_stdout "disable ok" "disable ok"
}

@test "disable leaves the table as it was" {
	vfio cdev "$CAP" enable:2 set:3=1 disable config:0x208:12
	expect_stdout "enable ok" "set ok" "disable ok" \
		"config 000000000000000000001101"
}

@test "enable takes one mode bit, not a mode number and not several" {
	vfio cdev "$CAP" enable:0 enable:3 enable:8 enable:255 enable:1
	expect_stdout "enable EINVAL" "enable EINVAL" "enable EINVAL" \
		"enable EINVAL" "enable ok"
}

@test "a mode that the device lacks is EINVAL" {
	vfio cdev "$INTEGRATED" enable:4
	expect_stdout "enable EINVAL"
	vfio cdev "$BARE" enable:2
	expect_stdout "enable EINVAL"
}

@test "without a completer at the Root Port enable is EINVAL" {
	vfio cdev "$DEAF" cap enable:2
	expect_stdout "cap modes=7 present=1 size=16" "enable EINVAL"
}

@test "without a Root Port enable is EINVAL and a tag ENODEV" {
	vfio cdev "$INTEGRATED" enable:2 get:0
	expect_stdout "enable EINVAL" "get ENODEV"
}

@test "the requester is the lesser of device and Root Port, and picks the tag" {
	vfio cdev "$NARROW" enable:2 config:0x208:4 get:0,1
	expect_stdout "enable ok" "config 01010000" "get 0x10,0x11"
	vfio cdev "$CAP" enable:2 config:0x208:4 get:0,1
	expect_stdout "enable ok" "config 01030000" "get 0x110,0x111"
}

@test "persistent memory has tags of its own" {
	vfio cdev "$CAP" enable:2 get:0,1:1 set:0=1:1 config:0x20c:2
	expect_stdout "enable ok" "get 0x240,0x241" "set ok" "config 4102"
}

@test "a tag that the firmware marks invalid comes back as 0, without error" {
	vfio cdev "$CAP" enable:2 get:13,14
	expect_stdout "enable ok" "get 0x11d,0x0"
}

@test "an offline CPU has a tag, an absent one is EINVAL" {
	vfio cdev "$CAP" enable:2 get:15 get:16 get:99999
	expect_stdout "enable ok" "get 0x11f" "get EINVAL" "get EINVAL"
}

@test "without a _DSM tags are EINVAL, and TPH stays on" {
	rm "$VFIO_TPH_FAKE/dsm"
	vfio cdev "$CAP" enable:2 get:0 set:0=0 config:0x208:4
	expect_stdout "enable ok" "get EINVAL" "set EINVAL" "config 01030000"
}

@test "pci=notph: the capability is there, enable is EINVAL" {
	fake_set notph yes
	vfio cdev "$CAP" cap enable:2
	expect_stdout "cap modes=7 present=1 size=16" "enable EINVAL"
}

@test "no TPH capability: EOPNOTSUPP for every operation" {
	vfio cdev "$PLAIN" cap enable:1 disable get:0 set:0=0
	expect_stdout "cap EOPNOTSUPP" "enable EOPNOTSUPP" "disable EOPNOTSUPP" \
		"get EOPNOTSUPP" "set EOPNOTSUPP"
}

@test "GET_CAP of a table in the MSI-X table has size 0, and present 1" {
	vfio cdev "$MSIX" cap
	expect_stdout "cap modes=7 present=1 size=0"
}

@test "GET_CAP without a table says so" {
	vfio cdev "$BARE" cap
	expect_stdout "cap modes=5 present=0 size=0"
}

@test "set while TPH is off is EINVAL and writes nothing" {
	vfio cdev "$CAP" set:0=1 config:0x20c:2
	expect_stdout "set EINVAL" "config 0000"
}

@test "set in no-ST mode succeeds and writes nothing" {
	vfio cdev "$CAP" enable:1 set:0=1 config:0x208:8
	expect_stdout "enable ok" "set ok" "config 0003000000000000"
}

@test "an index beyond the table is ENXIO, TPH goes off, entries before it stand" {
	vfio cdev "$CAP" enable:2 set:0=1,1=2,16=3,2=3 config:0x208:12
	expect_stdout "enable ok" "set ENXIO" "config 000000001101120100000000"
}

@test "the last entry of the table can be set" {
	vfio cdev "$CAP" enable:2 set:15=3 config:0x22a:2
	expect_stdout "enable ok" "set ok" "config 1301"
}

@test "MSI-X table without vectors: ENXIO, and TPH is off" {
	vfio cdev "$MSIX" enable:2 set:0=1 enable:2
	expect_stdout "enable ok" "set ENXIO" "enable ok"
}

@test "MSI-X table: only allocated vectors take a tag" {
	vfio cdev "$MSIX" vectors:2 enable:2 set:0=4,1=5 set:2=6 \
		map:2:0x2000 peek:2:0x100c peek:2:0x101c peek:2:0x102c
	expect_stdout "vectors ok" "enable ok" "set ok" "set ENXIO" "map ok" \
		"peek 0x01140000" "peek 0x01150000" "peek 0x00000001"
}

@test "no table: set is EINVAL and TPH goes off" {
	fake_parameter vfio_pci enable_unsafe_tph_ds Y
	vfio cdev "$BARE" enable:4 set:0=1 enable:4
	expect_stdout "enable ok" "set EINVAL" "enable ok"
}

@test "the gate shut: device-specific mode and tags without a table EOPNOTSUPP" {
	vfio cdev "$BARE" enable:4 get:0 enable:1
	expect_stdout "enable EOPNOTSUPP" "get EOPNOTSUPP" "enable ok"
}

@test "the gate open, or not there at all: device-specific mode without a table" {
	fake_parameter vfio_pci enable_unsafe_tph_ds Y
	vfio cdev "$BARE" enable:4 get:4
	expect_stdout "enable ok" "get 0x114"
	rm "$VFIO_TPH_FAKE/root/sys/module/vfio_pci/parameters/enable_unsafe_tph_ds"
	vfio cdev "$BARE" enable:4 get:4
	expect_stdout "enable ok" "get 0x114"
	fake_parameter vfio_pci enable_unsafe_tph_ds_mode N
	vfio cdev "$BARE" enable:4
	expect_stdout "enable EOPNOTSUPP"
}

@test "getst=tableless: tags only where there is no table" {
	fake_set getst tableless
	fake_parameter vfio_pci enable_unsafe_tph_ds Y
	vfio cdev "$CAP" enable:2 get:0
	expect_stdout "enable ok" "get EOPNOTSUPP"
	vfio cdev "$BARE" enable:4 get:0
	expect_stdout "enable ok" "get 0x110"
}

@test "a batch: count 0, beyond the limit, or larger than argsz is EINVAL" {
	vfio cdev "$CAP" enable:2 setcount:0:28 setcount:2:28 \
		setcount:1:27 setcount:1:28 getmany:2048 getmany:2049
	expect_stdout "enable ok" "setcount EINVAL" "setcount EINVAL" \
		"setcount EINVAL" "setcount ok" "getmany ok" "getmany EINVAL"
}

@test "a smaller limit of entries" {
	fake_set max_entries 16
	vfio cdev "$CAP" getmany:16 getmany:17
	expect_stdout "getmany ok" "getmany EINVAL"
}

@test "a bad memory type or reserved field is EINVAL and leaves TPH on" {
	vfio cdev "$CAP" enable:2 get:0:2 set:0=0:2 setcount:1:28:7 \
		config:0x208:4
	expect_stdout "enable ok" "get EINVAL" "set EINVAL" "setcount EINVAL" \
		"config 01030000"
}

@test "an unknown operation is EINVAL, a bad address EFAULT" {
	vfio cdev "$CAP" op:5:16 fault
	expect_stdout "op EINVAL" "fault EFAULT"
}

@test "f3: GET_CAP does not look at argsz and writes 8 bytes" {
	vfio cdev "$CAP" cap:8 cap:0
	expect_stdout "cap modes=7 present=1 size=16" "cap modes=7 present=1 size=16"
}

strict()
{
	sed -i 's/^abi .*/abi f3-strict/' "$VFIO_TPH_FAKE/devs/$1"
}

@test "f3-strict: argsz is checked, reserved fields must be 0" {
	strict "$CAP"
	vfio cdev "$CAP" cap:8 cap:15 cap:16 enable:2:15 enable:2:16:1 \
		enable:2:16
	expect_stdout "cap EINVAL" "cap EINVAL" "cap modes=7 present=1 size=16" \
		"enable EINVAL" "enable EINVAL" "enable ok"
}

@test "f3-strict: a bad entry is found before the first write, TPH stays on" {
	strict "$CAP"
	vfio cdev "$CAP" enable:2 set:0=1,16=2 set:0=1,1=99 config:0x208:8
	expect_stdout "enable ok" "set ENXIO" "set EINVAL" "config 0103000000000000"
}

@test "f3-strict: CPUs outside the caller's mask are EPERM, absent ones EINVAL" {
	strict "$CAP"
	fake_affinity 0-3
	vfio cdev "$CAP" enable:2 set:0=3 set:0=4 get:4 get:99
	expect_stdout "enable ok" "set ok" "set EPERM" "get EPERM" "get EINVAL"
}

@test "f3-strict: set in no-ST mode or without a table is EOPNOTSUPP" {
	strict "$CAP"
	strict "$BARE"
	fake_parameter vfio_pci enable_unsafe_tph_ds Y
	vfio cdev "$CAP" set:0=3 enable:1 set:0=3
	expect_stdout "set EINVAL" "enable ok" "set EOPNOTSUPP"
	vfio cdev "$BARE" enable:4 set:0=4 enable:4
	expect_stdout "enable ok" "set EOPNOTSUPP" "enable EBUSY"
}

@test "f3-strict: a device that sleeps is EIO" {
	strict "$CAP"
	vfio cdev "$CAP" poke:0x44:03 enable:2 poke:0x44:00 enable:2 \
		poke:0x44:03 set:0=0 poke:0x44:00 set:0=0 config:0x208:8
	expect_stdout "poke ok" "enable EIO" "poke ok" "enable ok" "poke ok" \
		"set EIO" "poke ok" "set ok" "config 0103000010010000"
}

@test "f2: argsz 8 is EINVAL, 12 with a zero word ENABLES no-ST mode" {
	sed -i 's/^abi .*/abi f2/' "$VFIO_TPH_FAKE/devs/$CAP"
	vfio cdev "$CAP" cap:8 config:0x208:4 cap:12 config:0x208:4
	expect_stdout "cap EINVAL" "config 00000000" \
		"cap modes=0 present=0 size=0" "config 00030000"
}

@test "a kernel without the ABI: ENOTTY" {
	sed -i 's/^abi .*/abi none/' "$VFIO_TPH_FAKE/devs/$CAP"
	vfio cdev "$CAP" cap enable:2 feature:11 raw:device:0x3b90
	expect_stdout "cap ENOTTY" "enable ENOTTY" "feature ENOTTY" "raw ENOTTY"
}

@test "a host bridge with tags of its own" {
	fake_start - <<-END
		node 0 cpus=0-3
		tags v8=0x10 v16=0x100
		tags v8=0x20 v16=0x200 root=0000:40
		tags cpus=2 root=0000:40 fail
		root 0000:00
		root 0000:40
		port 0000:00:01.0 bus=01 completer=ext
		port 0000:40:01.0 bus=41 completer=ext
		device 0000:01:00.0 driver=vfio-pci tph=ns,iv,ext st=cap:4
		device 0000:41:00.0 driver=vfio-pci tph=ns,iv,ext st=cap:4
	END
	vfio cdev 0000:01:00.0 enable:2 get:1 get:2
	expect_stdout "enable ok" "get 0x101" "get 0x102"
	vfio cdev 0000:41:00.0 enable:2 get:1 get:2
	expect_stdout "enable ok" "get 0x201" "get EINVAL"
}
