# SPDX-License-Identifier: GPL-2.0-or-later
# What --json prints fits the schema that is shipped.
load helper.bash

SCHEMA=$BATS_TEST_DIRNAME/../../docs/vfio-tph.schema.json
VALIDATE=$BATS_TEST_DIRNAME/../../scripts/validate-json

setup()
{
	/usr/bin/python3 -c 'import jsonschema' 2> /dev/null ||
		skip "python3-jsonschema is not installed"
	fake_start server
}

valid()
{
	tph --json "$@"
	one_object
	printf '%s' "$output" > "$BATS_TEST_TMPDIR/object"
	"$VALIDATE" "$SCHEMA" "$BATS_TEST_TMPDIR/object" ||
		differs "vfio-tph --json $*" "an object of the schema" "$output"
}

@test "the schema refuses what is no report" {
	local bad
	for bad in '{}' '[]' '{"version":1}' \
		'{"version":1,"command":"cap","devices":[{}],"errors":[]}' \
		'{"version":1,"command":"cap","devices":[],"errors":[{"exit":"1"}]}'; do
		echo "$bad" > "$BATS_TEST_TMPDIR/bad"
		run "$VALIDATE" "$SCHEMA" "$BATS_TEST_TMPDIR/bad"
		expect_status 1
	done
}

@test "cap of everything there is" {
	valid cap all
	valid cap $PLAIN
	valid cap $HOST
	valid cap $INTEGRATED
}

@test "enable, disable" {
	valid enable --try $CAP
	valid enable --try $NARROW $DEAF
	valid disable $CAP
}

@test "get-st, with a CPU that has no tag" {
	valid get-st $CAP
	valid get-st --mem persistent --cpus 1,14 $CAP
}

@test "set-st, and one that failed midway" {
	valid set-st --try $CAP 0-3=4-7
	fake_fault SET_ST.entry:2:EIO
	valid set-st --try $CAP 0-3=4-7
	expect_status 9
}

@test "set-st of a kernel that gives no tags" {
	ONE_LINES='set getst=tableless' \
		one_device driver=vfio-pci tph=ns,iv,ext st=cap:4
	valid set-st --try $CAP 0-3=0-3
}

@test "a dry run" {
	valid --dry-run set-st --try $CAP 0-3=4-7
	valid --dry-run cap $CAP
}

@test "a borrowed device" {
	fake_hold $MSIX cdev 4
	valid set-st --owner --follow-irq $MSIX
	valid cap --owner $MSIX
	valid enable --try $MSIX --mode ds
}

@test "failures of every kind" {
	valid
	valid enalbe
	valid enable --bogus
	valid enable --try 77:00.0
	valid enable --try $HOST
	valid enable --try $SPLIT
	valid set-st --try $MSIX 0=0
	valid set-st --try $CAP 0=99
}
