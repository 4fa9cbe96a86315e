# SPDX-License-Identifier: GPL-2.0-or-later
# What is done at boot: the rule of udev, by this machine's udev on a machine
# that is not there, and the units that it and an administrator start.
load helper.bash

CONTRIB=$BATS_TEST_DIRNAME/../../contrib
UNITS=$(dirname "$VFIO_TPH")/../contrib

# udev ACTION SYSPATH: sets output to the properties that udev gives it, by
# our rule and those of this machine. What udev writes goes into directories
# of a mount namespace.
udev()
{
	unshare --map-root-user --mount true ||
		skip "no mount namespace can be made here"
	mkdir -p "$BATS_TEST_TMPDIR/rules"
	cp "$CONTRIB/udev/90-vfio-tph.rules" "$BATS_TEST_TMPDIR/rules"
	run --separate-stderr unshare --map-root-user --mount bash -c '
		mount --bind "$1" /etc/udev/rules.d
		mount -t tmpfs tmpfs /run
		shift
		"$@"' - "$BATS_TEST_TMPDIR/rules" \
		env SYSTEMD_DEVICE_VERIFY_SYSFS=0 LD_PRELOAD="$FAKE_LIBRARY" \
		udevadm test --action="$1" "$2"
	expect_status 0
	expect_in '^DEVPATH=/devices/'
}

# command_of NAME: sets COMMAND to what the template unit's line of that name
# calls the program with, for the function $CAP and the profiles in config.
command_of()
{
	read -ra COMMAND < <(sed -n "s/^$1=[^ ]*vfio-tph \(.*\)/\1/p" \
		"$UNITS/vfio-tph-watch@.service" | sed "s/%i/$CAP/")
	COMMAND+=(--config "$BATS_TEST_TMPDIR/config")
}

profile_of()
{
	mkdir -p "$BATS_TEST_TMPDIR/config"
	printf '{ "version": 1, "devices": [ { "device": "%s", "maps": [
		{ "index": "0", "cpus": "4" } ] } ] }\n' "$1" \
		> "$BATS_TEST_TMPDIR/config/nic.json"
}

entry_is()
{
	[[ $(fake_entry "$1" "$2") == $(($3)) ]]
}

@test "udev has a function that comes under VFIO watched" {
	udev add /sys/class/vfio-dev/vfio4
	expect_in "^SYSTEMD_WANTS=vfio-tph-watch@$MSIX.service\$"
	expect_in '^TAGS=.*:systemd:'
}

@test "the unit is bound to what udev calls the function" {
	udev add /sys/class/vfio-dev/vfio4
	local alias unit
	alias=$(sed -n 's/^SYSTEMD_ALIAS=//p' <<< "$output")
	unit=$(systemd-escape --path --suffix=device "$alias")
	expect_equal "the device's unit" "$unit" \
		"$(sed -n 's/^BindsTo=//p' "$UNITS/vfio-tph-watch@.service" |
			sed "s/%i/$MSIX/")"
}

@test "udev has nothing watched when a function leaves VFIO" {
	udev remove /sys/class/vfio-dev/vfio4
	expect_not_in '^SYSTEMD_WANTS='
}

@test "udev has nothing watched of a function that is not under VFIO" {
	udev add "/sys/bus/pci/devices/$HOST"
	expect_not_in '^SYSTEMD_WANTS='
}

@test "udev finds nothing wrong with the rule" {
	udevadm verify --help > /dev/null 2>&1 ||
		skip "this udevadm knows no verify"
	run udevadm verify "$CONTRIB/udev/90-vfio-tph.rules"
	expect_status 0
}

# The units, as they would be had the program been installed where it is.
units()
{
	local unit
	for unit in "$UNITS"/*.service; do
		sed "s,=[^ ]*/vfio-tph ,=$VFIO_TPH ," "$unit" \
			> "$BATS_TEST_TMPDIR/${unit##*/}"
	done
}

@test "systemd finds nothing wrong with the units" {
	units
	run systemd-analyze verify --man=no --recursive-errors=no \
		"$BATS_TEST_TMPDIR"/*.service
	expect_status 0
	expect_equal "what it says" "" "$output"
}

# What is left of its sum is for root, and for the three capabilities.
@test "systemd finds the units exposed by 2.5 of 10 at most" {
	units
	run systemd-analyze security --no-pager --offline=true --threshold=25 \
		"$BATS_TEST_TMPDIR"/*.service
	expect_status 0
}

# refused UNIT FILE: the calls in a record of strace that the unit's filter
# does not let through.
refused()
{
	python3 - "$UNITS/$1" "$2" <<-'END'
		import functools, re, subprocess, sys

		@functools.cache
		def expand(word):
		    if not word.startswith("@"):
		        return frozenset([word])
		    lines = subprocess.run(
		        ["systemd-analyze", "syscall-filter", "--no-pager", word],
		        check=True, capture_output=True, text=True).stdout
		    words = re.findall(r"^    ([@a-z]\S*)$", lines, re.M)
		    return frozenset().union(*map(expand, words))

		allowed = set()
		for line in open(sys.argv[1]):
		    if line.startswith("SystemCallFilter="):
		        words = line.split("=", 1)[1].split()
		        without = words[0].startswith("~")
		        words[0] = words[0].lstrip("~")
		        calls = set().union(*map(expand, words))
		        allowed = allowed - calls if without else allowed | calls
		made = set(re.findall(r"^\d+ +(\w+)\(", open(sys.argv[2]).read(), re.M))
		assert {"openat", "ioctl"} <= allowed, "nothing was expanded"
		assert "openat" in made, "nothing was recorded"
		print(*sorted(made - allowed))
	END
}

# trace PROGRAM...: a record of its calls, those of its children, too.
trace()
{
	fake_run strace -f -qq -o "$BATS_TEST_TMPDIR/calls" \
		-E LD_PRELOAD="$FAKE_LIBRARY" \
		-E ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0" "$@"
}

@test "the units let through every call that is made" {
	command -v strace > /dev/null || skip "strace is not installed"
	profile_of "$CAP"
	fake_hold "$CAP" cdev
	trace timeout -s TERM 8 "$VFIO_TPH" watch --config "$BATS_TEST_TMPDIR/config" || true
	entry_is "$CAP" 0 0x114
	expect_equal "calls of watch that are refused" "" \
		"$(refused vfio-tph-watch.service "$BATS_TEST_TMPDIR/calls")"
	expect_equal "calls of the other unit that are refused" "" \
		"$(refused vfio-tph-watch@.service "$BATS_TEST_TMPDIR/calls")"
	grep -q pidfd_getfd "$BATS_TEST_TMPDIR/calls"
	trace "$VFIO_TPH" -q metrics --write "$BATS_TEST_TMPDIR/x.prom"
	expect_equal "calls of metrics that are refused" "" \
		"$(refused vfio-tph-metrics.service "$BATS_TEST_TMPDIR/calls")"
}

@test "the unit's condition holds where a profile names the function" {
	profile_of $CAP
	command_of ExecCondition
	tph "${COMMAND[@]}"
	expect_status 0
	expect_nothing_issued
}

@test "the unit's condition does not hold where no profile names it" {
	profile_of $MSIX
	command_of ExecCondition
	tph "${COMMAND[@]}"
	expect_status 3
	one_line_on_stderr 'no profile in .*/config names such a device'
}

@test "the unit's command applies the profile to who holds the function" {
	profile_of $CAP
	command_of ExecStart
	start_tph "${COMMAND[@]}"
	await grep -q watching "$TPH_ERR"
	fake_hold $CAP
	await entry_is $CAP 0 0x114
}
