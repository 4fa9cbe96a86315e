# SPDX-License-Identifier: GPL-2.0-or-later
# --follow-irq and INDEXES=irq: each entry gets the CPU that its interrupt
# goes to.
load helper.bash

# cpus_of_entries INDEX=CPU,...
cpus_of_entries()
{
	expect_json '[.devices[0].entries[] | "\(.index)=\(.cpu)"] | join(",")' \
		"\"$1\""
}

# four_vectors: MSIX is held, its vectors go to CPUs 1, 5, 2 and 6.
four_vectors()
{
	fake_hold $MSIX cdev 4
	fake_move_irq $MSIX 0 1
	fake_move_irq $MSIX 1 5
	fake_move_irq $MSIX 2 2
	fake_move_irq $MSIX 3 6
	fake_log_clear
}

@test "each entry gets the CPU of its vector" {
	four_vectors
	tph --json set-st --owner --follow-irq $MSIX
	expect_status 0
	cpus_of_entries 0=1,1=5,2=2,3=6
	expect_entries $MSIX 0 0x111 0x115 0x112 0x116
}

@test "a vector that moves is followed by the next run" {
	four_vectors
	tph set-st --owner --follow-irq $MSIX
	fake_move_irq $MSIX 2 7
	tph --json set-st --owner --follow-irq $MSIX
	expect_status 0
	cpus_of_entries 0=1,1=5,2=7,3=6
	expect_entries $MSIX 2 0x117
}

@test "INDEXES=irq follows for a part of the table, the rest is as told" {
	four_vectors
	tph --json set-st --owner $MSIX 0-1=irq 3=4
	expect_status 0
	cpus_of_entries 0=1,1=5,3=4
	expect_entries $MSIX 0 0x111 0x115 0 0x114
}

@test "a table in the capability follows the vectors too, entries without a vector are left alone" {
	fake_hold $CAP cdev 2
	fake_move_irq $CAP 0 3
	fake_move_irq $CAP 1 6
	tph --json set-st --owner --follow-irq $CAP
	expect_status 0
	cpus_of_entries 0=3,1=6
	expect_entries $CAP 0 0x113 0x116 0
}

@test "the CPU is the effective one, not the set of those allowed" {
	fake_hold $MSIX cdev 1
	fake_move_irq $MSIX 0 5
	fake_move_irq $MSIX 0 4-7
	tph --json set-st --owner --follow-irq $MSIX
	expect_status 0
	expect_json '.devices[0].entries | length' 1
	expect_json '.devices[0].entries[0].cpu' \
		"$(cat "$VFIO_TPH_FAKE"/root/proc/irq/*/effective_affinity_list | head -n 1)"
}

@test "a vector without a single effective CPU is reported and left alone" {
	local irq
	four_vectors
	irq=$(awk -v bdf=$MSIX '$2 == bdf && $3 == 2 { print $1 }' \
		"$VFIO_TPH_FAKE/vectors")
	fake_move_irq $MSIX 2 4-5
	echo 4-5 > "$VFIO_TPH_FAKE/root/proc/irq/$irq/effective_affinity_list"
	tph --json set-st --owner --follow-irq $MSIX
	expect_status 0
	cpus_of_entries 0=1,1=5,3=6
	expect_stderr_in "^vfio-tph: $MSIX: left alone, since the interrupt goes to more than one CPU or to none: 2$"
	expect_entries $MSIX 2 0
}

@test "an index of which the vector is not allocated: status 5, nothing changed" {
	four_vectors
	tph set-st --owner $MSIX 3-4=irq
	expect_status 5
	one_line_on_stderr 'the MSI-X vector of index 4 is not allocated'
	expect_nothing_changed
}

@test "an owner without vectors: status 5, nothing changed" {
	fake_hold $CAP cdev
	fake_log_clear
	tph set-st --owner --follow-irq $CAP
	expect_status 5
	one_line_on_stderr 'has no MSI-X vector allocated'
	expect_nothing_changed
}

@test "on a device that nobody holds there is nothing to follow: status 5, and the way out" {
	tph set-st --try --follow-irq $CAP
	expect_status 5
	one_line_on_stderr 'just opened has no MSI-X vector'
	expect_hint '--owner'
	expect_nothing_changed
}

@test "--follow-irq and a map cannot go together" {
	tph set-st --owner --follow-irq $CAP 0=1
	expect_status 2
	one_line_on_stderr '--follow-irq and a map cannot go together'
	expect_nothing_issued
}

@test "vectors of another device are not taken for ours" {
	fake_hold $NARROW cdev 8
	FIRST=$FAKE_HOLDER
	fake_hold $CAP cdev 1
	fake_move_irq $CAP 0 2
	tph --json set-st --owner --follow-irq $CAP
	expect_status 0
	cpus_of_entries 0=2
	kill "$FIRST"
}

@test "interrupts are followed for a device held by group" {
	fake_hold $MSIX group 2
	fake_move_irq $MSIX 0 6
	fake_move_irq $MSIX 1 0
	tph --json set-st --owner --follow-irq $MSIX
	expect_status 0
	cpus_of_entries 0=6,1=0
}
