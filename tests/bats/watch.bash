# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154,SC2034	# of helper.bash, for the suites
# For the suites of watch.

# configure NAME MEMBERS...: a profile of one device in the directory.
configure()
{
	local name=$1
	shift
	CONFIG=$BATS_TEST_TMPDIR/config
	mkdir -p "$CONFIG"
	printf '{ "version": 1, "devices": [ { %s } ] }\n' "$*" \
		> "$CONFIG/$name.json"
}

watch()
{
	start_tph watch --config "$CONFIG" "$@"
	await grep -q watching "$TPH_ERR"
}

# The control register or an entry is this, before long.
control_is()
{
	[[ $(fake_control "$1") == "$2" ]]
}

entry_is()
{
	[[ $(fake_entry "$1" "$2") == $(($3)) ]]
}

said()
{
	grep -q -- "$1" "$TPH_ERR"
}

end_watch()
{
	kill -TERM "$TPH_PID"
	end_tph
}

switches()
{
	awk '/^voluntary_ctxt_switches/ { print $2 }' "/proc/$TPH_PID/status"
}

# Of the clock that watch uses, in hundredths.
clock()
{
	local up

	read -r up _ < /proc/uptime
	echo "${up/./}"
}

seconds()
{
	echo $(($(clock) / 100))
}

# seconds_since FIRST N: so many, of three.
seconds_since()
{
	((($(seconds) - $1) % 3 == $2))
}

# It has settled: it sleeps, and did nothing else for a while.
asleep()
{
	local before

	before=$(switches)
	sleep 0.5
	[[ $(switches) == "$before" ]] &&
		grep -q '^State:	S' "/proc/$TPH_PID/status"
}

# looks_only SECONDS: it wakes up only to look, every three seconds, whether
# sysfs has a function in use. On a busy machine the time is longer.
looks_only()
{
	local before first most woken

	first=$(clock)
	before=$(switches)
	sleep "$1"
	woken=$(($(switches) - before))
	most=$((($(clock) - first) / 300 + 1))
	echo "woken $woken times, at most $most expected"
	((woken <= most))
}

FIRST="\"device\": \"$CAP\", \"mode\": \"iv\", \"maps\": [ { \"index\": \"0-3\", \"cpus\": \"4-7\" } ]"
FOLLOW="\"device\": \"$MSIX\", \"follow-irq\": true"
