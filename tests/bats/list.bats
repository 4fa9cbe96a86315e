#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2154	# stderr, of run --separate-stderr

load helper.bash

@test "list shows every function with TPH, and no other" {
	tph list --noheadings --raw --output ADDRESS
	expect_status 0
	expect_stdout "0000:01:00.0
0000:02:00.0
0000:03:00.0
0000:04:00.0
0000:04:00.1
0000:3d:00.0
0000:3d:00.1
0000:3d:00.3
0000:80:02.0"
	expect_stderr
}

@test "list says of each function what it is and what it can do" {
	tph list --noheadings --raw \
		--output ADDRESS,ID,DRIVER,NODE,GROUP,PORT,MODES,TABLE,COMPLETER,STATE,OWNER
	expect_status 0
	expect_stdout "0000:01:00.0 8086:0b25 vfio-pci 0 10 0000:00:01.0 ns,iv,ds capability:16 extended off -
0000:02:00.0 8086:0b25 vfio-pci 0 11 0000:00:02.0 ns,iv,ds capability:64 tph off -
0000:03:00.0 8086:0b25 vfio-pci 0 12 0000:00:03.0 ns,iv,ds capability:16 none off -
0000:04:00.0 8086:10fb vfio-pci 0 13 0000:00:04.0 ns,iv capability:8 extended off -
0000:04:00.1 8086:10fb ixgbe 0 13 0000:00:04.0 ns,iv capability:8 extended off -
0000:3d:00.0 15b3:101d vfio-pci 1 20 0000:3a:00.0 ns,iv,ds msi-x:64 extended off -
0000:3d:00.1 15b3:101e vfio-pci 1 21 0000:3a:00.0 ns,ds none extended off -
0000:3d:00.3 15b3:1017 mlx5_core 1 23 0000:3a:00.0 ns,iv,ds msi-x:64 extended off -
0000:80:02.0 8086:0cf8 vfio-pci - 30 - ns,iv capability:4 - off -"
	expect_stderr
}

@test "list --all shows every function that lspci shows" {
	tph list --all --noheadings --raw --output ADDRESS,ID
	expect_status 0
	local mine=$output
	run -0 bash -c "LD_PRELOAD='$FAKE_LIBRARY' lspci -Dn |
		awk '{ print \$1, \$3 }'"
	expect_stdout "$mine"
}

@test "list and lspci -vvv agree on which functions have TPH, on driver, node and group" {
	local address driver node group n=0
	fake_run lspci -Dvvv 2>/dev/null > "$BATS_TEST_TMPDIR/lspci"
	tph list --noheadings --raw --output ADDRESS
	expect_status 0
	local mine=$output
	run -0 awk '/^[0-9a-f]/ { bdf = $1 }
		/Transaction Processing Hints/ { print bdf }' \
		"$BATS_TEST_TMPDIR/lspci"
	expect_stdout "$mine"
	while read -r address driver node group; do
		n=$((n + 1))
		run -0 awk -v bdf="$address" '
			/^[0-9a-f]/ { on = $1 == bdf; next }
			on && /NUMA node:/ { node = $3 }
			on && /IOMMU group:/ { group = $3 }
			on && /Kernel driver in use:/ { driver = $5 }
			END { print driver, node == "" ? "-" : node, group }' \
			"$BATS_TEST_TMPDIR/lspci"
		expect_stdout "$driver $node $group"
	done < <(fake_run "$VFIO_TPH" list --all --noheadings --raw \
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
		expect_stdout "${modes#ns} ${table%:*}"
	done < <(fake_run "$VFIO_TPH" list --noheadings --raw --output ADDRESS,MODES,TABLE)
}

@test "list opens no VFIO device" {
	fake_log_clear
	tph list --all --json
	expect_status 0
	run -0 fake_log
	expect_stdout ""
}

@test "list shows the mode that is on, and who holds the device" {
	fake_hold 0000:01:00.0 cdev
	fake_tell enable 2
	tph list --noheadings --raw --output STATE,REQUESTER,OWNER 01:00.0
	expect_status 0
	expect_stdout "iv extended $FAKE_HOLDER\\x20fake-holder"
	expect_stderr
}

@test "list shows who holds a device by its group, and not for a host driver's function of the group" {
	fake_hold 0000:3d:00.0 group
	tph list --noheadings --raw --output ADDRESS,OWNER 3d:00.0 3d:00.1
	expect_status 0
	expect_stdout "0000:3d:00.0 $FAKE_HOLDER\\x20fake-holder
0000:3d:00.1 -"
	expect_stderr
}

@test "list --json has the same devices, each with its owner" {
	fake_hold 0000:01:00.0 cdev
	tph list --json
	expect_status 0
	run -0 jq -r '.command, (.devices | length), (.devices[] | select(.owner)
		| .bdf, .owner.command, .state.enabled, .tph.table.size)' <<< "$output"
	expect_stdout "list
9
0000:01:00.0
fake-holder
false
16"
}

@test "list names the device without TPH that it was asked for" {
	tph list --noheadings --raw --output ADDRESS,MODES,STATE 3d:00.2
	expect_status 0
	expect_stdout "0000:3d:00.2 - -"
	expect_stderr
}

@test "list without a device that can do TPH says so, succeeds, and prints valid JSON" {
	fake_start - <<- 'END'
		node 0 cpus=0-1 memory=1G
		root 0000:00 numa=0
		port 0000:00:01.0 bus=01
		device 0000:01:00.0 vendor=8086 device=10fb
	END
	tph list
	expect_status 0
	expect_stdout ""
	expect_stderr_in "no function has a TPH capability"
	tph list --json
	expect_status 0
	run -0 jq -c '[.devices, .errors]' <<< "$output"
	expect_stdout "[[],[]]"
}

@test "list of an absent device is an error, and the others are listed" {
	tph list --noheadings --raw --output ADDRESS \
		99:00.0 01:00.0
	expect_status 9
	expect_stdout "0000:01:00.0"
	expect_stderr_in "99:00\.0: no such device"
	tph list 99:00.0
	expect_status 3
}

@test "list without root says once what it cannot see" {
	fake_set uid 1000
	tph list
	expect_status 7
	expect_in "0000:01:00\.0"
	((${#stderr_lines[@]} == 2))
	expect_stderr_in "no permission to read extended config space"
	tph list --all --noheadings --raw \
		--output ADDRESS,DRIVER,STATE 01:00.0
	expect_status 0
	expect_stdout "0000:01:00.0 vfio-pci ?"
	expect_stderr_in "no permission to read the extended config space of 1 functions"
	((${#stderr_lines[@]} == 1))
}

@test "list --tree puts functions below their Root Port" {
	tph list --tree --noheadings --output ADDRESS,COMPLETER 04:00.0 04:00.1 80:02.0
	expect_status 0
	expect_stdout "0000:00:04.0   extended
|-0000:04:00.0 extended
\`-0000:04:00.1 extended
0000:80:02.0   -"
	expect_stderr
}

@test "list --tree tells why a Root Port is not in it, once" {
	fake_fault "readlink:/sys/bus/pci/devices/0000:00:04.0/driver:*:EIO"
	tph list --tree --noheadings --output ADDRESS 04:00.0 04:00.1
	expect_status 9
	expect_stdout "0000:04:00.0
0000:04:00.1"
	expect_stderr_in "0000:00:04\.0: cannot read its files in sysfs: Input/output error"
}

@test "list --tree --all shows no Root Port twice" {
	tph list --tree --all --noheadings --output ADDRESS
	expect_status 0
	(($(grep -c 0000:00:01.0 <<< "$output") == 1))
	((${#lines[@]} == 17))
}

@test "list --pairs can be evaluated by a shell" {
	tph list --pairs 3d:00.3
	expect_status 0
	((${#lines[@]} == 1))
	eval "$output"
	[[ $ADDRESS == 0000:3d:00.3 && $DRIVER == mlx5_core && -z $OWNER ]]
	[[ $NAME == "Mellanox Technologies MT27800 Family [ConnectX-5]" ]]
}

@test "columns are taken in any case and in the order given" {
	tph list --output state,Address 01:00.0
	expect_status 0
	expect_stdout "STATE ADDRESS
off   0000:01:00.0"
	expect_stderr
}

@test "an unknown column is refused with those that there are" {
	tph list --output ADDRESS,BOGUS
	expect_status 2
	expect_stdout ""
	expect_stderr_in "unknown column 'BOGUS'"
	expect_stderr_in "hint: it is one of: ADDRESS, ID,"
	tph list --output ""
	expect_status 2
	tph list --output ADDRESS,
	expect_status 2
	tph get-st --output INDEX 01:00.0
	expect_status 2
	tph status --output NODE 01:00.0
	expect_status 2
}

@test "every column that --list-columns names is one" {
	local command name
	for command in list status get-st set-st; do
		tph "$command" --list-columns
		expect_status 0
		((${#lines[@]} > 3))
		while read -r name _; do
			[[ $command != set-st ]] || continue
			fake_run "$VFIO_TPH" "$command" --output "$name" 01:00.0 > /dev/null
		done <<< "$output"
	done
}

@test "forms that cannot go together are refused by name" {
	tph list --raw --pairs
	expect_status 2
	expect_stderr_in "--raw and --pairs cannot go together"
	tph list --tree --raw
	expect_status 2
	expect_stderr_in "--raw and --tree cannot go together"
	tph list --json --noheadings
	expect_status 2
	tph status --json --tree 01:00.0
	expect_status 2
	tph get-st --json --raw 01:00.0
	expect_status 2
}

@test "colour is for terminals, and not with NO_COLOR" {
	fake_hold 0000:01:00.0 cdev
	fake_tell enable 2
	local command="$VFIO_TPH list --output STATE 01:00.0"
	tph list --output STATE 01:00.0
	expect_status 0
	[[ $output != *$'\e['* ]]
	TERM=xterm run -0 fake_run script -qec "$command" /dev/null
	expect_in $'\e\\[32m'
	TERM=xterm NO_COLOR=1 run -0 fake_run script -qec "$command" /dev/null
	[[ $output == *iv* && $output != *$'\e['* ]]
	TERM=dumb run -0 fake_run script -qec "$command" /dev/null
	[[ $output == *iv* && $output != *$'\e['* ]]
}

@test "get-st takes the options of tables" {
	tph get-st --cpus 0-1 --raw 01:00.0 02:00.0
	expect_status 0
	expect_stdout "DEVICE CPU NODE DISTANCE TAG
0000:01:00.0 0 0 10 0x110
0000:01:00.0 1 0 10 0x111
0000:02:00.0 0 0 10 0x10
0000:02:00.0 1 0 10 0x11"
	expect_stderr
}

@test "--json with --output: only the members of the columns that it names" {
	tph --json list --output ADDRESS,driver,STATE $CAP
	expect_status 0
	expect_json '.devices[0] | keys_unsorted' '["bdf","driver","state"]'
	expect_json '.devices[0].state.enabled' false
	tph --json get-st --cpus 0,1 --output CPU,TAG $CAP
	expect_json '.devices[0].tags' '[{"cpu":0,"tag":272},{"cpu":1,"tag":273}]'
	tph --json list --output BOGUS
	expect_status 2
}
