# SPDX-License-Identifier: GPL-2.0-or-later
# Large machines: as few ioctls as the limit of 2048 entries allows.
load helper.bash

# 8,192 CPUs on two nodes, one device with the largest table. To write it down
# takes longer than the tests: once for all of them.
setup_file()
{
	BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR machine <<-END
		node 0 cpus=0-4095 memory=64G
		node 1 cpus=4096-8191 memory=64G
		tags v8=0x10 v16=0x110
		root 0000:00 numa=0
		port 0000:00:01.0 bus=01 completer=ext
		device $CAP driver=vfio-pci tph=ns,iv,ds,ext st=msix msix=2048@0:0x8000 bars=0:128K
	END
}

setup()
{
	fake_settle
	fake_log_clear
}

# counts: the number of entries of each call of an operation.
counts()
{
	fake_log " $1 " | sed -E 's/.*argsz=([0-9]+).*/\1/' |
		while read -r size; do
			echo $(((size - 16) / 12))
		done | paste -sd' ' -
}

@test "2048 entries are one GET_ST and one SET_ST, and each stands" {
	fake_hold $CAP cdev 2048
	fake_log_clear
	tph --json set-st --owner $CAP 0-2047=4096-6143
	expect_status 0
	expect_equal "entries a SET_ST" 2048 "$(counts SET_ST)"
	expect_equal "entries a GET_ST" 2048 "$(counts GET_ST)"
	expect_json '.devices[0].entries | length, (map(.tag == .cpu + 272) | all)' '2048
true'
	expect_entries $CAP 0 0x1110 0x1111
	expect_entries $CAP 2047 0x190f
}

@test "the tags of 8192 CPUs are four GET_ST, one ENABLE, one DISABLE" {
	tph --json get-st $CAP
	expect_status 0
	expect_equal "entries a GET_ST" "2048 2048 2048 2048" "$(counts GET_ST)"
	expect_equal "calls of ENABLE and DISABLE" 2 \
		"$(fake_log ' (ENABLE|DISABLE) ' | wc -l)"
	expect_json '.devices[0].tags | length, (map(.tag == .cpu + 272) | all)' '8192
true'
}

@test "one more CPU than a call takes is two calls" {
	tph get-st --cpus 0-2048 $CAP
	expect_status 0
	expect_equal "entries a GET_ST" "2048 1" "$(counts GET_ST)"
}

@test "a CPU that many entries have is asked for once" {
	fake_hold $CAP cdev 2048
	fake_log_clear
	tph set-st --owner $CAP 0-2047=7
	expect_status 0
	expect_equal "entries a GET_ST" 1 "$(counts GET_ST)"
	expect_equal "entries a SET_ST" 2048 "$(counts SET_ST)"
}

@test "the nodes of 8192 CPUs are told right" {
	tph --json get-st --cpus 4095,4096,8191 $CAP
	expect_json '[.devices[0].tags[].node]' '[0,1,1]'
}
