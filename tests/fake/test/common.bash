# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the suites of the fake itself share.

# shellcheck source=tests/fake/fake.bash
. "$BATS_TEST_DIRNAME/../fake.bash"

CAP=0000:01:00.0	# server.machine: table of 16 in the capability
NARROW=0000:02:00.0	# extended, behind a port that is not
DEAF=0000:03:00.0	# behind a port without a completer
SPLIT=0000:04:00.0	# in a group that is not viable
MSIX=0000:3d:00.0	# table in the MSI-X table, BAR 2
BARE=0000:3d:00.1	# no table
PLAIN=0000:3d:00.2	# no TPH
HOST=0000:3d:00.3	# with a host driver
INTEGRATED=0000:80:02.0	# no Root Port
export CAP NARROW DEAF SPLIT MSIX BARE PLAIN HOST INTEGRATED

setup()
{
	fake_start server
}

vfio()
{
	fake_run "$BATS_TEST_DIRNAME/vfioctl" "$@"
}

# expect LINE...: the output of the last run is exactly these lines.
expect()
{
	local wanted
	wanted=$(printf '%s\n' "$@")
	[[ $output == "$wanted" ]] || {
		printf 'wanted:\n%s\ngot:\n%s\n' "$wanted" "$output"
		return 1
	}
}
