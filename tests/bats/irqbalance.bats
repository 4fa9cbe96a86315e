#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# contrib/irqbalance/vfio-tph-policy: called as irqbalance calls it, and by
# irqbalance itself on the fake machine.

load helper.bash

setup()
{
	fake_start server
	POLICY=$BATS_TEST_TMPDIR/vfio-tph-policy
	PROFILES=$BATS_TEST_TMPDIR/profiles
	mkdir "$PROFILES" "$BATS_TEST_TMPDIR/bin"
	# irqbalance(1) wants a script that its own user owns.
	cp "$TESTS/../contrib/irqbalance/vfio-tph-policy" "$POLICY"
	# /etc is not the machine's.
	cat > "$BATS_TEST_TMPDIR/bin/vfio-tph" <<-END
		#!/bin/sh
		exec "$VFIO_TPH" "\$@" --config "$PROFILES"
	END
	chmod +x "$BATS_TEST_TMPDIR/bin/vfio-tph"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH:/usr/sbin
	echo '{ "version": 1, "devices": [
		{ "device": "3d:00.0", "follow-irq": true } ] }' \
		> "$PROFILES/nic.json"
}

# policy DEVICE
policy()
{
	run --separate-stderr fake_run "$POLICY" "/sys/bus/pci/devices/$1" 99
}

@test "interrupts of a device that a profile names are banned" {
	policy "$MSIX"
	expect_status 0
	expect_stdout ban=true
	expect_stderr
}

@test "those of another device under VFIO are none of its concern" {
	policy "$CAP"
	expect_status 1
	expect_equal "standard output" "" "$output"
}

@test "those of a device with a host driver are not even looked up" {
	printf '#!/bin/sh\necho called\n' > "$BATS_TEST_TMPDIR/bin/vfio-tph"
	policy "$HOST"
	expect_status 1
	expect_equal "standard output" "" "$output"
}

@test "interrupts without a device are none of its concern" {
	run --separate-stderr fake_run "$POLICY" /sys 9
	expect_status 1
	expect_equal "standard output" "" "$output"
}

@test "profiles that cannot be read are an error" {
	rm -r "$PROFILES"
	policy "$MSIX"
	expect_status 2
	expect_equal "standard output" "" "$output"
	expect_stderr_in "cannot read $PROFILES"
}

# balance: by irqbalance itself, on the machine.
balance()
{
	run --separate-stderr fake_run irqbalance --debug --oneshot \
		--interval=1 --policyscript="$POLICY"
}

@test "irqbalance leaves the vectors of that device alone" {
	local irq irqs
	command -v irqbalance > /dev/null ||
		skip "irqbalance is not installed: apt-get install irqbalance"
	fake_hold "$MSIX" cdev 4
	irqs=$(fake_run ls "/sys/bus/pci/devices/$MSIX/msi_irqs")
	balance
	for irq in $irqs; do
		expect_in "IRQ $irq was BANNED"
		expect_not_in "Interrupt $irq node_num"
	done
	rm "$PROFILES/nic.json"
	balance
	for irq in $irqs; do
		expect_in "Interrupt $irq node_num"
	done
}
