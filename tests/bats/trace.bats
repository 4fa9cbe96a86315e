# SPDX-License-Identifier: GPL-2.0-or-later
# Nothing that the program does in these suites reaches the real machine.
load helper.bash

# A sanitizer cannot look for leaks while strace looks at the program.
traced()
{
	fake_run strace -f -E LD_PRELOAD="$FAKE_LIBRARY" \
		-E ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0" -A \
		-o "$BATS_TEST_TMPDIR/trace" -e trace=%file \
		"$VFIO_TPH" "$@" > /dev/null 2>&1 || true
}

@test "no command opens anything of the real /sys, /dev or /proc" {
	command -v strace > /dev/null || skip "strace is not installed"
	traced cap all
	traced enable --try $CAP
	traced enable --try --via group $CAP $NARROW
	traced enable --try $HOST $SPLIT
	traced get-st $CAP
	traced set-st --try $CAP 0-3=local
	traced disable $CAP
	traced run $CAP -- true
	rm "$VFIO_TPH_FAKE/root/proc/config.gz"
	traced doctor --open
	fake_hold $MSIX cdev 4
	traced set-st --owner --follow-irq $MSIX
	traced disable --owner $MSIX
	traced doctor --owner $MSIX
	fake_release
	fake_hold $MSIX group 4
	traced set-st --owner --follow-irq $MSIX
	traced enable --try $MSIX
	run "$FAKE_SOURCE/check-trace" "$BATS_TEST_TMPDIR/trace" "$VFIO_TPH_FAKE"
	expect_equal "reached" "" "$output"
	expect_status 0
}
