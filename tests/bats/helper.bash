# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# The program under test on a machine that is not there; for the suites here
# and for those of the fake itself. VFIO_TPH is the program, FAKE_BUILD the
# directory of the fake (ctest sets both; the default is the release build of
# this tree).
bats_require_minimum_version 1.5.0

TESTS=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=tests/fake/fake.bash
. "$TESTS/fake/fake.bash"
# shellcheck source=tests/bats/expect.bash
. "$TESTS/bats/expect.bash"
: "${VFIO_TPH:=$TESTS/../build/release/src/vfio-tph}"

CAP=0000:01:00.0	# server.machine: table of 16 in the capability
NARROW=0000:02:00.0	# extended, behind a port that is not
DEAF=0000:03:00.0	# behind a port without a completer
SPLIT=0000:04:00.0	# in a group that is not viable
SPOILER=0000:04:00.1	# what makes it so: with a host driver
MSIX=0000:3d:00.0	# 64 vectors, the ST table in the MSI-X table, BAR 2
BARE=0000:3d:00.1	# no table
PLAIN=0000:3d:00.2	# no TPH
HOST=0000:3d:00.3	# with a host driver
INTEGRATED=0000:80:02.0	# no Root Port, no node
export CAP NARROW DEAF SPLIT SPOILER MSIX BARE PLAIN HOST INTEGRATED

setup()
{
	fake_start server
}

# only_as_root: before what the program says to root alone.
only_as_root()
{
	((EUID == 0)) || skip "the program says this to root alone"
}

teardown()
{
	[[ -z ${FAKE_HOLDER-} ]] || fake_release || true
	[[ -z ${TPH_PID-} ]] || end_left_over
	fake_no_leaks
}

# A program that still runs is told to end: killed in the middle of a call it
# would leave the fake's own work half done.
end_left_over()
{
	kill -TERM "$TPH_PID" 2> /dev/null || return 0
	await has_ended || kill -9 "$TPH_PID" || true
}

has_ended()
{
	! kill -0 "$TPH_PID"
}

# node_of DEVICE: its character device.
node_of()
{
	echo "/dev/vfio/devices/$(fake_run ls "/sys/bus/pci/devices/$1/vfio-dev")"
}

# machine: another machine than server, described on standard input.
machine()
{
	fake_start -
}

# one_device OPTIONS...: a machine of one device, with these options, and the
# lines of ONE_LINES.
ONE_LINES=
one_device()
{
	machine <<-END
		$ONE_LINES
		node 0 cpus=0-3 memory=4G
		tags v8=0x10 v16=0x110 p8=0x40 p16=0x240
		root 0000:00 numa=0
		port 0000:00:01.0 bus=01 completer=ext
		device 0000:01:00.0 vendor=8086 device=0b25 $*
	END
}

# tph ARGS: the program on the machine; sets status, output, stderr, lines and
# stderr_lines.
tph()
{
	run --separate-stderr fake_run "$VFIO_TPH" "$@"
}

# start_tph ARGS: the same in the background; TPH_PID, its output in the files
# $TPH_OUT and $TPH_ERR. end_tph waits, and sets status, output and stderr. (A
# shell without job control ignores SIGINT in what it runs in the background, and nohup SIGHUP.)
start_tph()
{
	TPH_OUT=$BATS_TEST_TMPDIR/stdout
	TPH_ERR=$BATS_TEST_TMPDIR/stderr
	# What the last one wrote is not to be taken for this one's.
	: > "$TPH_OUT"
	: > "$TPH_ERR"
	LD_PRELOAD="${FAKE_PRELOAD:+$FAKE_PRELOAD:}$FAKE_LIBRARY" \
		env --default-signal=INT,QUIT,HUP "$VFIO_TPH" "$@" > "$TPH_OUT" 2> "$TPH_ERR" 3>&- &
	TPH_PID=$!
}

end_tph()
{
	status=0
	wait "$TPH_PID" || status=$?
	TPH_PID=
	output=$(< "$TPH_OUT")
	stderr=$(< "$TPH_ERR")
}

# await COMMAND...: until it succeeds, ten seconds at most.
await()
{
	local i
	for ((i = 0; i < 200; i++)); do
		! "$@" > /dev/null 2>&1 || return 0
		sleep 0.05
	done
	echo "waited in vain for: $*"
	return 1
}

# ioctls: the calls of the TPH interface so far, one word each: the
# operation, what it was given, and "!" with the error of those that failed.
ioctls()
{
	fake_log ' (GET_CAP|ENABLE|DISABLE|GET_ST|SET_ST|F2|TPH[A-Z_]*)( |$)' |
		sed -E '
			s/^[^ ]+ //
			s/ argsz=[0-9]+//
			s/ entries=/:/
			s/ mode=/:/
			s/ flags=/:/
			s/ = 0$//
			s/ = -(E[A-Z0-9]+)$/!\1/' || true
}

# expect_ioctls WORD...: exactly these, in order; without any: none.
expect_ioctls()
{
	local wanted=
	(($# == 0)) || wanted=$(printf '%s\n' "$@")
	expect_equal "calls of the TPH interface" "$wanted" "$(ioctls)"
}

# No VFIO node was opened and no ioctl issued.
expect_nothing_issued()
{
	expect_equal "calls on VFIO" "" "$(fake_log)"
}

# No call on the TPH interface that changes something.
expect_nothing_changed()
{
	expect_equal "calls that change something" "" \
		"$(ioctls | grep -E '^(ENABLE|DISABLE|SET_ST|F2)' || true)"
}

# expect_control BDF VALUE: the TPH control register.
expect_control()
{
	expect_equal "TPH control of $1" "$2" "$(fake_control "$1")"
}

# expect_entries BDF FIRST TAG...: entries of the ST table, from FIRST on.
expect_entries()
{
	local bdf=$1 at=$2 got=() i
	shift 2
	for ((i = at; i < at + $#; i++)); do
		got+=("$(printf '%#x' "$(fake_entry "$bdf" "$i")")")
	done
	expect_equal "ST entries of $bdf" "$*" "${got[*]}"
}

# The number of the holder's descriptor that is the device.
fd_of_holder()
{
	local fd
	for fd in /proc/"$FAKE_HOLDER"/fd/*; do
		case $(fake_run readlink "$fd") in
		'anon_inode:[vfio-device]' | /dev/vfio/devices/*)
			echo "${fd##*/}"
			return 0
			;;
		esac
	done
	return 1
}
