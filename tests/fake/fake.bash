# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# For bats suites: machines that are not there. See README.md beside this
# file. FAKE_BUILD is the directory with libvfio-tph-fake.so and fake-holder
# (ctest sets it; the default is the release build of this tree).

FAKE_SOURCE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
: "${FAKE_BUILD:=$FAKE_SOURCE/../../build/release/tests/fake}"
FAKE_LIBRARY=$FAKE_BUILD/libvfio-tph-fake.so

# fake_start DESCRIPTION|-: generate a machine; exports VFIO_TPH_FAKE.
fake_start()
{
	# The loader only warns about a library that it cannot find, and the
	# program would then see the real machine.
	[[ -r $FAKE_LIBRARY ]] || {
		echo "fake_start: no $FAKE_LIBRARY: build vfio_tph_fake" >&2
		return 1
	}
	local description=$1
	if [[ $description != - && ! -e $description ]]; then
		description=$FAKE_SOURCE/machines/$description.machine
	fi
	VFIO_TPH_FAKE=$(mktemp -d "${BATS_TEST_TMPDIR:-/tmp}/machine.XXXXXX")
	export VFIO_TPH_FAKE
	fake_generate "$description" "$VFIO_TPH_FAKE"
}

# fake_generate DESCRIPTION|- DIRECTORY: a machine into an empty directory. A
# machine is generated once and kept in FAKE_BUILD/machines, by what its
# description and the generator are; after that it is copied, which takes a
# fifth of the time.
fake_generate()
{
	local text key kept files
	if [[ $1 == - ]]; then
		text=$(cat)
	else
		text=$(< "$1") || return
	fi
	key=$(cat "$FAKE_SOURCE"/{fake-machine,pci.ids,fakemachine/*.py} - \
		<<< "$text" | sha256sum)
	kept=$FAKE_BUILD/machines/${key%% *}.tar
	if [[ -r $kept ]]; then
		tar -xpf "$kept" -C "$2"
		return
	fi
	"$FAKE_SOURCE/fake-machine" - "$2" <<< "$text" || return
	# A very large one is used once, and not worth the space.
	files=$(du --inodes -s "$2")
	if ((${files%%[!0-9]*} > 20000)) ||
		! mkdir -p "$FAKE_BUILD/machines" 2> /dev/null; then
		return 0
	fi
	# Others may be at it: whoever comes last replaces the same by the same.
	if tar -cf "$kept.$BASHPID" -C "$2" . 2> /dev/null; then
		mv "$kept.$BASHPID" "$kept"
	else
		rm -f "$kept.$BASHPID"
	fi
}

# fake_run COMMAND...: run it on the machine. A sanitizer's run-time, if the
# program needs one, goes into FAKE_PRELOAD and is loaded first. By way of
# env, because a builtin of the shell would run without the library.
fake_run()
{
	env LD_PRELOAD="${FAKE_PRELOAD:+$FAKE_PRELOAD:}$FAKE_LIBRARY" "$@"
}

# fake_settle: let what nobody holds any more be closed.
fake_settle()
{
	fake_run head -c 0 /proc/interrupts
}

# fake_log [PATTERN]: the calls so far, without process numbers.
fake_log()
{
	fake_settle
	sed 's/^[0-9]* //' "$VFIO_TPH_FAKE/log" | grep -E -- "${1-.}" || true
}

# fake_no_leaks: whatever was allocated in an iommufd of this test's machines
# was freed before the iommufd was closed. For teardown.
fake_no_leaks()
{
	local machine
	for machine in "${BATS_TEST_TMPDIR:-/tmp}"/machine.*; do
		[[ -d $machine ]] || continue
		VFIO_TPH_FAKE=$machine fake_settle
		[[ ! -s $machine/leaks ]] || {
			echo "not freed:"
			cat "$machine/leaks"
			return 1
		}
	done
}

fake_log_clear()
{
	: > "$VFIO_TPH_FAKE/log"
}

# fake_config BDF OFFSET LENGTH: bytes of configuration space, in hex.
fake_config()
{
	fake_run od -An -v -tx1 -w4096 -j "$(($2))" -N "$3" \
		"/sys/bus/pci/devices/$1/config" | tr -d ' '
}

fake_u32()
{
	local bytes
	bytes=$(fake_config "$1" "$2" 4)
	echo "0x${bytes:6:2}${bytes:4:2}${bytes:2:2}${bytes:0:2}"
}

# fake_tph BDF: offset of the TPH capability; fails without one.
fake_tph()
{
	local at=0x100 head
	while ((at)); do
		head=$(fake_u32 "$1" "$at")
		if (((head & 0xffff) == 0x17)); then
			echo "$at"
			return 0
		fi
		at=$((head >> 20))
	done
	return 1
}

# fake_control BDF: the TPH control register, as 0x%08x.
fake_control()
{
	fake_u32 "$1" $(($(fake_tph "$1") + 8))
}

# fake_entry BDF INDEX: the tag in an entry of the ST table, wherever that is,
# as a decimal number.
fake_entry()
{
	local tph capability state word bytes
	tph=$(fake_tph "$1")
	capability=$(fake_u32 "$1" $((tph + 4)))
	case $((capability >> 9 & 3)) in
	1)
		bytes=$(fake_config "$1" $((tph + 12 + 2 * $2)) 2)
		echo $((16#${bytes:2:2}${bytes:0:2}))
		;;
	2)
		# The vector control words are the last member of the
		# kernel's state of the device.
		fake_settle
		state=$VFIO_TPH_FAKE/run/$1/state
		[[ -e $state ]] || { echo 0; return; }
		word=$(od -An -v -tu4 -j $(($(stat -c %s "$state") - \
			4 * (2048 - $2))) -N 4 "$state")
		echo $((word >> 16))
		;;
	*)
		return 1
		;;
	esac
}

# fake_fault OPERATION:NTH:ERRNO...: from now on, counting from 1 again.
fake_fault()
{
	: > "$VFIO_TPH_FAKE/calls"
	printf '%s\n' "$@" > "$VFIO_TPH_FAKE/faults"
}

# fake_calls: what was called so far, and how often. Paths are counted only
# while there are faults, or after fake_count_paths.
fake_calls()
{
	tr -d '\0' < "$VFIO_TPH_FAKE/calls" | sed 's/  */ /g' | sort
}

fake_count_paths()
{
	: > "$VFIO_TPH_FAKE/calls.paths"
}

# fake_cpuset LIST: the CPUs that its cpuset has: sched_setaffinity cuts to it.
fake_cpuset()
{
	echo "$1" > "$VFIO_TPH_FAKE/cpuset"
}

# fake_affinity LIST: the CPUs that the caller may use.
fake_affinity()
{
	echo "$1" > "$VFIO_TPH_FAKE/affinity"
}

# fake_set KEY VALUE: a setting of the machine (see README.md), for programs
# that start from now on.
fake_set()
{
	sed -i "s/^$1 .*/$1 $2/" "$VFIO_TPH_FAKE/machine"
}

# fake_parameter MODULE NAME VALUE: a module parameter.
fake_parameter()
{
	mkdir -p "$VFIO_TPH_FAKE/root/sys/module/$1/parameters"
	echo "$3" > "$VFIO_TPH_FAKE/root/sys/module/$1/parameters/$2"
}

# fake_hold BDF [group|cdev] [VECTORS]: somebody else holds the device. Sets
# FAKE_HOLDER to its process number. Commands: fake_tell WORDS.
fake_hold()
{
	local ready
	coproc FAKE_CO {
		# A vector is a descriptor, and there may be 2048 of them.
		ulimit -Sn "$(ulimit -Hn)"
		exec env \
			LD_PRELOAD="${FAKE_PRELOAD:+$FAKE_PRELOAD:}$FAKE_LIBRARY" \
			"$FAKE_BUILD/fake-holder" "$1" "${2-cdev}" \
			"${3-0}" 3>&-
	}
	FAKE_HOLDER=$FAKE_CO_PID
	read -r ready <&"${FAKE_CO[0]}"
	[[ $ready == ready ]] || {
		echo "fake_hold: $ready" >&2
		return 1
	}
}

fake_tell()
{
	local answer
	echo "$*" >&"${FAKE_CO[1]}"
	read -r answer <&"${FAKE_CO[0]}"
	[[ $answer == ok ]] || {
		echo "fake_tell: $answer" >&2
		return 1
	}
}

fake_release()
{
	local pid=$FAKE_HOLDER
	echo quit >&"${FAKE_CO[1]}"
	wait "$pid"
	FAKE_HOLDER=
}

# fake_move_irq BDF VECTOR CPUS: what an administrator writes to smp_affinity.
fake_move_irq()
{
	local irq
	irq=$(awk -v bdf="$1" -v vector="$2" \
		'$2 == bdf && $3 == vector { print $1 }' \
		"$VFIO_TPH_FAKE/vectors")
	[[ $irq ]] || return 1
	echo "$3" > "$VFIO_TPH_FAKE/root/proc/irq/$irq/smp_affinity_list"
}

# fake_want_back BDF: count up the event by which a holder that registered one
# learns that the kernel wants the device back, as for an unbind.
fake_want_back()
{
	/usr/bin/python3 - "$VFIO_TPH_FAKE/request.$1" <<-'END'
		import ctypes, os, sys
		pid, fd = map(int, open(sys.argv[1]).read().split())
		pidfd = os.pidfd_open(pid)
		event = ctypes.CDLL(None).syscall(438, pidfd, fd, 0)
		assert os.write(event, (1).to_bytes(8, sys.byteorder)) == 8
	END
}
