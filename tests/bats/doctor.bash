# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154	# output: tph sets it
# What doctor --json found.

# results RESULT: codes of the checks that came out so, of machine and devices.
results()
{
	jq -r --arg result "$1" '[.machine.checks[], .devices[].checks[] |
		select(.result == $result) | .code] | join(" ")' <<< "$output"
}

# check CODE MEMBER: of what was found.
check()
{
	jq -r --arg code "$1" "[.machine.checks[], .devices[].checks[] |
		select(.code == \$code)][0] | .$2" <<< "$output"
}
