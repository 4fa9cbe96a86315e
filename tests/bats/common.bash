# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154	# of run: output, stderr
# What the suites over the fake share. VFIO_TPH is the program; ctest sets it.

bats_require_minimum_version 1.5.0
: "${VFIO_TPH:=$BATS_TEST_DIRNAME/../../build/release/src/vfio-tph}"
# shellcheck source=../fake/fake.bash
. "$BATS_TEST_DIRNAME/../fake/fake.bash"

tph()
{
	fake_run "$VFIO_TPH" "$@"
}

# same WANTED: is $output that?
same()
{
	[[ $output == "$1" ]] || {
		printf 'wanted:\n%s\ngot:\n%s\n' "$1" "$output"
		return 1
	}
}

# has TEXT: is it in $output (with run --separate-stderr: of stdout)?
has()
{
	[[ $output == *"$1"* ]] || {
		printf 'not there: %s\nin:\n%s\n' "$1" "$output"
		return 1
	}
}

# told TEXT: is it in $stderr?
told()
{
	# shellcheck disable=SC2154	# of run --separate-stderr
	[[ $stderr == *"$1"* ]] || {
		printf 'not told: %s\nbut:\n%s\n' "$1" "$stderr"
		return 1
	}
}
