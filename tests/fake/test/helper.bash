# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# For the fake's own suites: the helper of all suites, and vfioctl in place of
# the program.

# shellcheck source=tests/bats/helper.bash
. "$BATS_TEST_DIRNAME/../../bats/helper.bash"

# Some of these tests leave objects in an iommufd on purpose.
teardown()
{
	[[ -z ${FAKE_HOLDER-} ]] || fake_release
}

# vfio ARGS: vfioctl on the machine; sets status, output and lines. It prints
# nothing on stderr unless it ends badly.
vfio()
{
	run --separate-stderr fake_run "$BATS_TEST_DIRNAME/vfioctl" "$@"
	expect_equal "standard error" "" "${stderr-}"
}
