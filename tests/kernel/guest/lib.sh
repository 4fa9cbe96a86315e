# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC2034,SC3043,SC2001,SC2086,SC3045
#
# For a scenario's guest.sh: cases, checks, and the machine's handling. Results
# go to descriptor 3 as TAP; what commands say goes to the console.
#
#   it "a sentence"            begins a case, ends the one before
#   run COMMAND...             status, output (stdout) and error (stderr)
#   same WHAT EXPECTED GOT     } a check that fails prints expected and got,
#   has WHAT PART TEXT         } and fails the case
#   finish                     the last line of guest.sh

# The machine's devices; see run-guest.
NVME=0000:01:00.0	# 65 MSI-X vectors, node unknown
NIC=0000:02:00.0	# 5 MSI-X vectors, node unknown
FAR=0000:21:00.0	# as NVME, on node 1, host bridge of its own
# Only on machines that ask for them
INTEGRATED=0000:00:09.0	# an nvme without a Root Port
PF=0000:03:00.0		# an nvme that can have virtual functions: $VF0, $VF1
VF0=0000:03:00.1
VF1=0000:03:00.2
ATS=0000:03:00.0	# has address translation services, and MSI-X
export NVME NIC FAR INTEGRATED PF VF0 VF1 ATS

# How often the firmware was asked for a tag since the start
tags_asked() { cat /sys/bus/acpi/devices/VTPH0001:00/hrv; }

cases=0
name=""
bad=0

end_case() {
	[ -n "$name" ] || return 0
	cases=$((cases + 1))
	if [ $bad = 0 ]; then
		echo "ok $cases - $name" >&3
	else
		echo "not ok $cases - $name" >&3
	fi
	name=""
	bad=0
}

it() {
	end_case
	name=$1
	echo "== $name"
}

finish() {
	end_case
	echo "1..$cases" >&3
}

# complain WHAT EXPECTED GOT
complain() {
	bad=1
	{
		echo "# $1"
		echo "$2" | sed 's/^/#   expected: /'
		echo "$3" | sed 's/^/#        got: /'
	} >&3
}

same() { [ "$2" = "$3" ] || complain "$1" "$2" "$3"; }

has() {
	case $3 in
	*"$2"*) ;;
	*) complain "$1" "...$2..." "$3" ;;
	esac
}

run() {
	status=0
	"$@" >/tmp/output 2>/tmp/error || status=$?
	output=$(cat /tmp/output)
	error=$(cat /tmp/error)
	echo "\$ $* -> $status"
	cat /tmp/output /tmp/error
}

# run, and the exit status that is due; the tool's own words if it is another
expect_status() {
	local wanted=$1

	shift
	run "$@"
	[ "$status" = "$wanted" ] ||
		complain "exit status of: $*" "$wanted" "$status
$output
$error"
}

# run, and any exit status but 0 is due
refused() {
	run "$@"
	[ "$status" != 0 ] || complain "exit status of: $*" "not 0" 0
}

# json FILTER: of what run's command printed
json() { echo "$output" | jq -c -r "$1"; }

# Is there time for more than the usual?
deep() { grep -q bench.deep=1 /proc/cmdline; }

# --- modules, binding ---

load() {	# load MODULE [PARAMETER...], once
	local module=$1

	shift
	[ -d "/sys/module/$(echo "${module#replacement-}" | tr - _)" ] ||
		insmod "/modules/$module.ko" "$@"
}

load_vfio() {
	load irqbypass && load iommufd && load vfio && load vfio_iommu_type1 &&
		load vfio-pci-core
}

unbind() {
	[ ! -e "/sys/bus/pci/devices/$1/driver" ] ||
		echo "$1" >"/sys/bus/pci/devices/$1/driver/unbind"
}

bind() {	# bind DEVICE DRIVER
	unbind "$1"
	echo "$2" >"/sys/bus/pci/devices/$1/driver_override"
	echo "$1" >/sys/bus/pci/drivers_probe
	same "driver of $1" "$2" \
		"$(basename "$(readlink "/sys/bus/pci/devices/$1/driver")")"
}

# overlay PARAMETER...: the overlay's parameters, device=... among them. What
# there was before is taken away; the devices come out unbound.
overlay() {
	local word device

	if [ -d /sys/module/tph_overlay ]; then
		for device in $NVME $NIC $FAR $overlaid; do
			[ ! -e "/sys/bus/pci/devices/$device" ] ||
				echo 1 >"/sys/bus/pci/devices/$device/remove"
		done
		rmmod tph_overlay
		echo 1 >/sys/bus/pci/rescan
	fi
	insmod /modules/tph-overlay.ko "$@" || return
	overlaid=
	for word; do
		case $word in
		device=*)
			overlaid=$(echo "${word#device=}" | tr , ' ')
			for device in $overlaid; do
				echo 1 >"/sys/bus/pci/devices/$device/remove"
			done ;;
		esac
	done
	echo 1 >/sys/bus/pci/rescan
}

# --- what the machine says of itself, without the tool ---

config() {	# config BDF OFFSET BYTES: hexadecimal, little-endian
	od -An -v -tx1 -j "$2" -N "$3" "/sys/bus/pci/devices/$1/config" |
		awk '{ for (i = NF; i; i--) h = h $i } END { print h }'
}

# The offset of the TPH capability, by walking the list; nothing if none
tph_at() {
	local at=256 header

	while [ "$at" -ge 256 ]; do
		header=$(config "$1" "$at" 4)
		case $header in
		*0017) echo "$at"; return ;;
		esac
		at=$((0x$header >> 20))
	done
}

tph_control() { config "$1" $(($(tph_at "$1") + 8)) 4; }

tph_table() {	# tph_table BDF ENTRIES: tags, four digits each
	local at i=0 line=""

	at=$(($(tph_at "$1") + 12))
	while [ $i -lt "$2" ]; do
		line="$line $(config "$1" $((at + 2 * i)) 2)"
		i=$((i + 1))
	done
	echo ${line# }
}

# The same for a table in MSI-X, out of the device's memory
msix_table() {	# msix_table BDF ENTRIES
	local place bar base i=0 line="" word

	place=$((0x$(setpci -s "$1" CAP_MSIX+4.L)))
	bar=$((place & 7))
	base=$(sed -n "$((bar + 1))s/ .*//p" "/sys/bus/pci/devices/$1/resource")
	while [ $i -lt "$2" ]; do
		word=$(devmem $((base + (place & ~7) + 16 * i + 12)) 32)
		line="$line $(printf %04x $((word >> 16 & 0xffff)))"
		i=$((i + 1))
	done
	echo ${line# }
}

# The tag that acpi/tags.asl gives, by the same arithmetic
tag_of() {	# tag_of CPU volatile|persistent 8|16 [far]
	local tag

	case $2/$3 in
	volatile/8) tag=$((0x11 + $1)) ;;
	persistent/8) tag=$((0x41 + $1)) ;;
	volatile/16) tag=$((0x5201 + 0x10 * $1)) ;;
	persistent/16) tag=$((0x6301 + 0x10 * $1)) ;;
	esac
	case $4/$3 in
	far/8) tag=$((tag + 0x80)) ;;
	far/16) tag=$((tag + 0x8000)) ;;
	esac
	printf %04x $tag
}

tags_of() {	# tags_of "CPU..." volatile|persistent 8|16 [far]
	local cpu line="" cpus=$1

	shift
	for cpu in $cpus; do
		line="$line $(tag_of "$cpu" "$@")"
	done
	echo ${line# }
}

# --- a process that holds a device ---

# hold group|cdev DEVICE [VECTORS]: holder_pid, and tell COMMAND for what next
hold() {
	rm -f /tmp/orders /tmp/answers
	mkfifo /tmp/orders /tmp/answers
	holder "$@" </tmp/orders >/tmp/answers 3>&- &
	holder_pid=$!
	exec 8>/tmp/orders 9</tmp/answers
	read -r answer <&9
	same "the holder" ready "$answer"
}

tell() {	# tell COMMAND...: its answer in $answer
	echo "$*" >&8
	read -r answer <&9
}

let_go() {
	exec 8>&- 9<&-
	wait "$holder_pid"
}

# --- the tool, holding ---

# holding COMMAND...: started with --hold among its words, until it says that
# it holds; done_holding ends it, its exit status in $status
holding() {
	# What the last one said is not to be taken for this one's.
	: >/tmp/holding
	: >/tmp/holding.error
	"$@" >/tmp/holding 2>/tmp/holding.error 3>&- &
	tool_pid=$!
	local tries=100

	while ! grep -q holding /tmp/holding /tmp/holding.error; do
		tries=$((tries - 1))
		if [ $tries = 0 ] || ! kill -0 $tool_pid 2>/dev/null; then
			complain "$*" "holding ..." \
				"$(cat /tmp/holding /tmp/holding.error)"
			return 1
		fi
		sleep 0.1
	done
}

done_holding() {
	kill -TERM $tool_pid
	status=0
	wait $tool_pid || status=$?
	same "exit status of the holding command" 0 $status
}

# --- doctor ---

# doctor_finds CODE STATUS ARGUMENTS: this check fails, and no other ("": none)
doctor_finds() {
	local code=$1 wanted=$2

	shift 2
	expect_status "$wanted" vfio-tph -v doctor "$@"
	same "checks that fail: doctor $*" "$code" "$(doctor_results failure)"
}

doctor_results() {	# doctor_results RESULT: codes of what it was found for
	echo "$output" | awk -v result="$1" '
		$1 == result { line = line (line ? " " : "") $2 }
		END { print line }'
}

doctor_line() {	# doctor_line CODE: all that was said of it
	echo "$output" | awk -v code="$1" '$2 == code'
}

# --- interrupts ---

# The Linux interrupt of a vector that is allocated through VFIO
irq_of() {	# irq_of BDF VECTOR
	grep -F "vfio-msix[$2]($1)" /proc/interrupts |
		sed 's/^ *\([0-9]*\):.*/\1/'
}

# send_irq BDF VECTOR CPU: have it delivered there
send_irq() {
	local irq

	irq=$(irq_of "$1" "$2")
	echo "$3" >"/proc/irq/$irq/smp_affinity_list"
	same "CPU of vector $2 of $1" "$3" \
		"$(cat "/proc/irq/$irq/effective_affinity_list")"
}

# until_so SECONDS COMMAND...: try until it succeeds
until_so() {
	local tries=$(($1 * 20))

	shift
	until "$@"; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		sleep 0.05
	done
}
