#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2154	# stderr, of run --separate-stderr

load common

setup()
{
	fake_start server
}

teardown()
{
	[[ -z ${FAKE_HOLDER-} ]] || fake_release
	fake_no_leaks
}

@test "list shows every function with TPH, and no other" {
	run -0 tph list --noheadings --raw --output ADDRESS
	same "0000:01:00.0
0000:02:00.0
0000:03:00.0
0000:04:00.0
0000:04:00.1
0000:3d:00.0
0000:3d:00.1
0000:3d:00.3
0000:80:02.0"
}

@test "list says of each function what it is and what it can do" {
	run -0 tph list --noheadings --raw \
		--output ADDRESS,ID,DRIVER,NODE,GROUP,PORT,MODES,TABLE,COMPLETER,STATE,OWNER
	same "0000:01:00.0 8086:0b25 vfio-pci 0 10 0000:00:01.0 ns,iv,ds capability:16 extended off -
0000:02:00.0 8086:0b25 vfio-pci 0 11 0000:00:02.0 ns,iv,ds capability:64 tph off -
0000:03:00.0 8086:0b25 vfio-pci 0 12 0000:00:03.0 ns,iv,ds capability:16 none off -
0000:04:00.0 8086:10fb vfio-pci 0 13 0000:00:04.0 ns,iv capability:8 extended off -
0000:04:00.1 8086:10fb ixgbe 0 13 0000:00:04.0 ns,iv capability:8 extended off -
0000:3d:00.0 15b3:101d vfio-pci 1 20 0000:3a:00.0 ns,iv,ds msi-x:64 extended off -
0000:3d:00.1 15b3:101e vfio-pci 1 21 0000:3a:00.0 ns,ds none extended off -
0000:3d:00.3 15b3:1017 mlx5_core 1 23 0000:3a:00.0 ns,iv,ds msi-x:64 extended off -
0000:80:02.0 8086:0cf8 vfio-pci - 30 - ns,iv capability:4 - off -"
}

@test "list --all shows every function that lspci shows" {
	run -0 tph list --all --noheadings --raw --output ADDRESS,ID
	local mine=$output
	run -0 bash -c "LD_PRELOAD='$FAKE_LIBRARY' lspci -Dn |
		awk '{ print \$1, \$3 }'"
	same "$mine"
}

@test "list and lspci -vvv agree on which functions have TPH, on driver, node and group" {
	local address driver node group n=0
	fake_run lspci -Dvvv 2>/dev/null > "$BATS_TEST_TMPDIR/lspci"
	run -0 tph list --noheadings --raw --output ADDRESS
	local mine=$output
	run -0 awk '/^[0-9a-f]/ { bdf = $1 }
		/Transaction Processing Hints/ { print bdf }' \
		"$BATS_TEST_TMPDIR/lspci"
	same "$mine"
	while read -r address driver node group; do
		n=$((n + 1))
		run -0 awk -v bdf="$address" '
			/^[0-9a-f]/ { on = $1 == bdf; next }
			on && /NUMA node:/ { node = $3 }
			on && /IOMMU group:/ { group = $3 }
			on && /Kernel driver in use:/ { driver = $5 }
			END { print driver, node == "" ? "-" : node, group }' \
			"$BATS_TEST_TMPDIR/lspci"
		same "$driver $node $group"
	done < <(tph list --all --noheadings --raw \
		--output ADDRESS,DRIVER,NODE,GROUP)
	((n == 17))
}

@test "list agrees with lspci on modes and on where the table is" {
	local address modes table
	fake_run lspci -Dvvv 2>/dev/null > "$BATS_TEST_TMPDIR/lspci"
	while read -r address modes table; do
		run -0 awk -v bdf="$address" '
			/^[0-9a-f]/ { on = $1 == bdf; next }
			on && /Interrupt vector mode supported/ { iv = 1 }
			on && /Device specific mode supported/ { ds = 1 }
			on && /Steering table in TPH capability/ { at = "capability" }
			on && /Steering table in MSI-X table/ { at = "msi-x" }
			on && /No steering table available/ { at = "none" }
			END { print (iv ? ",iv" : "") (ds ? ",ds" : ""), at }' \
			"$BATS_TEST_TMPDIR/lspci"
		same "${modes#ns} ${table%:*}"
	done < <(tph list --noheadings --raw --output ADDRESS,MODES,TABLE)
}

@test "list opens no VFIO device" {
	fake_log_clear
	run -0 tph list --all --json
	run -0 fake_log
	same ""
}

@test "list shows the mode that is on, and who holds the device" {
	fake_hold 0000:01:00.0 cdev
	fake_tell enable 2
	run -0 tph list --noheadings --raw --output STATE,REQUESTER,OWNER 01:00.0
	same "iv extended $FAKE_HOLDER\\x20fake-holder"
}

@test "list shows who holds a device by its group, and not for a host driver's function of the group" {
	fake_hold 0000:3d:00.0 group
	run -0 tph list --noheadings --raw --output ADDRESS,OWNER 3d:00.0 3d:00.1
	same "0000:3d:00.0 $FAKE_HOLDER\\x20fake-holder
0000:3d:00.1 -"
}

@test "list --json has the same devices, each with its owner" {
	fake_hold 0000:01:00.0 cdev
	run -0 --separate-stderr tph list --json
	run -0 jq -r '.command, (.devices | length), (.devices[] | select(.owner)
		| .bdf, .owner.command, .state.enabled, .tph.table.size)' <<< "$output"
	same "list
9
0000:01:00.0
fake-holder
false
16"
}

@test "list names the device without TPH that it was asked for" {
	run -0 tph list --noheadings --raw --output ADDRESS,MODES,STATE 3d:00.2
	same "0000:3d:00.2 - -"
}

@test "list without a device that can do TPH says so, succeeds, and prints valid JSON" {
	fake_start - <<- 'END'
		node 0 cpus=0-1 memory=1G
		root 0000:00 numa=0
		port 0000:00:01.0 bus=01
		device 0000:01:00.0 vendor=8086 device=10fb
	END
	run -0 --separate-stderr tph list
	same ""
	told "no function has a TPH capability"
	run -0 --separate-stderr tph list --json
	run -0 jq -c '[.devices, .errors]' <<< "$output"
	same "[[],[]]"
}

@test "list of an absent device is an error, and the others are listed" {
	run -9 --separate-stderr tph list --noheadings --raw --output ADDRESS \
		99:00.0 01:00.0
	same "0000:01:00.0"
	told "99:00.0: no such device"
	run -3 tph list 99:00.0
}

@test "list without root says once what it cannot see" {
	fake_set uid 1000
	run -7 --separate-stderr tph list
	has "0000:01:00.0"
	((${#stderr_lines[@]} == 2))
	told "no permission to read extended config space"
	run -0 --separate-stderr tph list --all --noheadings --raw \
		--output ADDRESS,DRIVER,STATE 01:00.0
	same "0000:01:00.0 vfio-pci ?"
	told "no permission to read the extended config space of 1 functions"
	((${#stderr_lines[@]} == 1))
}

@test "list --tree puts functions below their Root Port" {
	run -0 tph list --tree --noheadings --output ADDRESS,COMPLETER 04:00.0 04:00.1 80:02.0
	same "0000:00:04.0   extended
|-0000:04:00.0 extended
\`-0000:04:00.1 extended
0000:80:02.0   -"
}

@test "list --tree tells why a Root Port is not in it, once" {
	fake_fault "readlink:/sys/bus/pci/devices/0000:00:04.0/driver:*:EIO"
	run -9 --separate-stderr tph list --tree --noheadings --output ADDRESS 04:00.0 04:00.1
	same "0000:04:00.0
0000:04:00.1"
	told "0000:00:04.0: cannot read its files in sysfs: Input/output error"
}

@test "list --tree --all shows no Root Port twice" {
	run -0 tph list --tree --all --noheadings --output ADDRESS
	(($(grep -c 0000:00:01.0 <<< "$output") == 1))
	((${#lines[@]} == 17))
}

@test "list --pairs can be evaluated by a shell" {
	run -0 tph list --pairs 3d:00.3
	((${#lines[@]} == 1))
	eval "$output"
	[[ $ADDRESS == 0000:3d:00.3 && $DRIVER == mlx5_core && -z $OWNER ]]
	[[ $NAME == "Mellanox Technologies MT27800 Family [ConnectX-5]" ]]
}

@test "columns are taken in any case and in the order given" {
	run -0 tph list --output state,Address 01:00.0
	same "STATE ADDRESS
off   0000:01:00.0"
}

@test "an unknown column is refused with those that there are" {
	run -2 --separate-stderr tph list --output ADDRESS,BOGUS
	same ""
	told "unknown column 'BOGUS'"
	told "hint: it is one of: ADDRESS, ID,"
	run -2 --separate-stderr tph list --output ""
	run -2 --separate-stderr tph list --output ADDRESS,
	run -2 --separate-stderr tph get-st --output INDEX 01:00.0
	run -2 --separate-stderr tph status --output NODE 01:00.0
}

@test "every column that --list-columns names is one" {
	local command name
	for command in list status get-st set-st; do
		run -0 tph "$command" --list-columns
		((${#lines[@]} > 3))
		while read -r name _; do
			[[ $command != set-st ]] || continue
			tph "$command" --output "$name" 01:00.0 > /dev/null
		done <<< "$output"
	done
}

@test "forms that cannot go together are refused by name" {
	run -2 --separate-stderr tph list --raw --pairs
	told "--raw and --pairs cannot go together"
	run -2 --separate-stderr tph list --tree --raw
	told "--raw and --tree cannot go together"
	run -2 --separate-stderr tph --json list --output ADDRESS
	told "--json and --output cannot go together"
	run -2 --separate-stderr tph list --json --noheadings
	run -2 --separate-stderr tph status --json --tree 01:00.0
	run -2 --separate-stderr tph get-st --json --raw 01:00.0
}

@test "colour is for terminals, and not with NO_COLOR" {
	fake_hold 0000:01:00.0 cdev
	fake_tell enable 2
	local command="$VFIO_TPH list --output STATE 01:00.0"
	run -0 tph list --output STATE 01:00.0
	[[ $output != *$'\e['* ]]
	TERM=xterm run -0 fake_run script -qec "$command" /dev/null
	has $'\e[32m'
	TERM=xterm NO_COLOR=1 run -0 fake_run script -qec "$command" /dev/null
	[[ $output == *iv* && $output != *$'\e['* ]]
	TERM=dumb run -0 fake_run script -qec "$command" /dev/null
	[[ $output == *iv* && $output != *$'\e['* ]]
}

@test "get-st takes the options of tables" {
	run -0 tph get-st --cpus 0-1 --raw 01:00.0 02:00.0
	same "DEVICE CPU NODE DISTANCE TAG
0000:01:00.0 0 0 10 0x110
0000:01:00.0 1 0 10 0x111
0000:02:00.0 0 0 10 0x10
0000:02:00.0 1 0 10 0x11"
}
