# SPDX-License-Identifier: GPL-2.0-or-later
# --json: always exactly one object, whatever happened.
# shellcheck disable=SC2154	# stderr, stderr_lines: tph sets them
load helper.bash

# says EXIT CODE ARGS: the program's status, and code and status in errors.
says()
{
	local wanted=$1 code=$2
	shift 2
	tph --json "$@"
	expect_status "$wanted"
	one_object
	expect_json '.errors[0] | .code, .exit' "\"$code\"
$wanted"
}

@test "an unknown command: one object, command null" {
	says 2 usage enalbe $CAP
	expect_json '.command' null
}

@test "no command: one object" {
	says 2 usage
}

@test "an unknown option before --json was read: one object" {
	tph --bogus --json cap $CAP
	expect_status 2
	one_object
}

@test "an unknown option after the command: one object with its name" {
	says 2 usage enable --bogus $CAP
	expect_json '.command' '"enable"'
}

@test "no device: one object" {
	says 2 usage enable
}

@test "a device that is none: one object" {
	says 2 usage enable zz
}

@test "an absent device: one object, the device as it was given" {
	says 3 not-found enable --try 77:00.0
	expect_json '.devices, .errors[0].device' '[]
"77:00.0"'
}

@test "an id that nothing has: one object" {
	says 3 not-found cap dead:beef
}

@test "a machine without any PCI device: one object" {
	machine <<< 'node 0 cpus=0-3'
	tph --json cap all
	[[ $status != 0 ]]
	one_object
	expect_json '.devices' '[]'
}

@test "a machine of which no device has TPH: one object, and no error for all" {
	one_device driver=vfio-pci vendor=8086
	tph --json cap all
	expect_status 0
	one_object
	expect_json '[.devices, .errors]' '[[],[]]'
	says 5 no-tph cap 8086:0b25
}

@test "each kind of failure has its word and its status" {
	says 1 group-not-viable enable --try $SPLIT
	says 4 not-bound enable --try $HOST
	says 5 no-tph enable --try $PLAIN
	says 5 no-mode enable --try --mode iv $BARE
	says 5 no-completer enable --try $DEAF
	says 5 no-table set-st --try $BARE 0=0
	says 5 no-vectors set-st --try $MSIX 0=0
	says 5 no-tag set-st --try $CAP 0=14
	says 5 gated get-st $BARE
}

@test "a device that is held: busy, 8" {
	fake_hold $CAP cdev
	says 8 busy enable $CAP
}

@test "message and hints in JSON are those on stderr" {
	tph --json enable --try $HOST
	expect_json '.errors[0] | .message, .hint, "run \u0027\(.doctor)\u0027"' "$(sed -nE \
		"s/^vfio-tph: $HOST: (.*)/\"\1\"/p; s/^hint: (.*)/\"\1\"/p" \
		<<< "$stderr")"
}

@test "an error without a hint has hint null" {
	tph --json enable --try 77:00.0
	expect_json '.errors[0].hint' null
}

@test "success has no errors" {
	tph --json enable --try $CAP
	expect_json '.errors' '[]'
}

@test "devices that failed are in errors, those done in devices" {
	tph --json enable --try $CAP 77:00.0 $HOST
	expect_status 9
	one_object
	expect_json '[.devices[].bdf], [.errors[].device]' "[\"$CAP\"]
[\"77:00.0\",\"$HOST\"]"
}

@test "notes of -v do not get into the object" {
	tph --json -v enable --try $CAP
	expect_status 0
	one_object
}

@test "bytes that are no UTF-8 in an argument: still one object of valid JSON" {
	tph --json enable --try $'\xff\xfe'
	expect_status 2
	one_object
	tph --json enable --try $'01:00.0\n"\\'
	expect_status 2
	one_object
}

@test "--json before and behind the command is the same" {
	local before
	tph --json cap $CAP
	before=$output
	tph cap $CAP --json
	expect_equal "cap --json" "$before" "$output"
}

@test "--json as an argument of the program that run starts is not ours" {
	tph run $CAP -- echo --json
	expect_status 0
	expect_stdout --json
}

@test "--help is text also with --json" {
	tph --json --help
	expect_status 0
	expect_in '^Usage:'
}
