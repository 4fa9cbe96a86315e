# SPDX-License-Identifier: GPL-2.0-or-later
# Bad input: each is one line on stderr, a documented status, and nothing is
# issued to the device.
# shellcheck disable=SC2154	# stderr, stderr_lines: tph sets them
load helper.bash

# refused STATUS PATTERN ARGS
refused()
{
	local wanted=$1 pattern=$2
	shift 2
	tph "$@"
	expect_status "$wanted"
	one_line_on_stderr "$pattern"
	expect_equal "standard output" "" "$output"
	expect_nothing_issued
}

bad_device()
{
	refused 2 "^vfio-tph: not a device: " enable "$1"
}

bad_cpus()
{
	refused 2 "$2" get-st --cpus "$1" $CAP
	refused 2 "$2" set-st $CAP "0-15=$1"
}

bad_map()
{
	local pattern=$1
	shift
	refused 2 "$pattern" set-st $CAP "$@"
}

# --- devices

@test "function 8 is no function" {
	bad_device 3b:00.8
}

@test "an address without a function" {
	bad_device 0000:3b
}

@test "a word that is no address" {
	bad_device zz
}

@test "an empty device" {
	bad_device ''
}

@test "a blank for a device" {
	bad_device ' '
}

@test "blanks around an address" {
	bad_device " $CAP"
	bad_device "$CAP "
}

@test "10,000 characters" {
	bad_device "$(printf '%010000d' 0)"
	((${#stderr} < 1000))
}

@test "10,000 characters that begin as an address does" {
	bad_device "$CAP$(printf '%010000d' 0)"
	((${#stderr} < 1000))
}

@test "10,000 characters below /sys" {
	bad_device "/sys/bus/pci/devices/$(printf '%010000d' 0)"
	((${#stderr} < 1000))
}

@test "device 20 is no device" {
	bad_device 3b:20.0
}

@test "bus 100 is no bus" {
	bad_device 100:00.0
}

@test "a negative number in an address" {
	refused 2 "not a device: '3b:-1.0'" enable 3b:-1.0
}

@test "a line break and a control character in a device do not reach the terminal" {
	bad_device $'3b:00\n.0'
	bad_device $'\e[31m3b:00.0'
	expect_equal "control characters" "" "$(tr -d '\n' <<< "$stderr" | tr -cd '[:cntrl:]')"
}

@test "something of which libpci knows but not we: a slot of a name" {
	bad_device 01:00.*
}

@test "a path that is none of the kernel's" {
	bad_device /etc/passwd
}

@test "a path that climbs out of the directory of devices" {
	refused 3 'no such device' enable "/sys/bus/pci/devices/../../../$CAP"
}

@test "a character device without a number" {
	bad_device /dev/vfio/devices/vfio
}

@test "a bridge path that leads nowhere: no such device" {
	refused 3 'no such device' enable 00:01.0/07.0
}

@test "an address of a domain that is not there: no such device" {
	refused 3 'no such device' enable ffff:01:00.0
}

@test "an id that no device has: no such device" {
	refused 3 'no such device' cap dead:beef
}

@test "no device" {
	local command
	for command in cap enable disable get-st set-st; do
		refused 2 '' $command
	done
}

@test "an address with capital letters is an address" {
	tph cap 0000:3D:00.1
	expect_status 0
}

# --- lists of CPUs

@test "a range that runs backwards: 3-1" {
	bad_cpus 3-1 "CPU list '3-1': a range runs backwards"
}

@test "a range without an end: 0-" {
	bad_cpus 0- "CPU list '0-': the end of a range is missing"
}

@test "two commas: 1,,2" {
	bad_cpus 1,,2 "CPU list '1,,2': a number is missing"
}

@test "a comma at an end" {
	bad_cpus 1, 'a number is missing'
	bad_cpus ,1 'a number is missing'
}

@test "an empty list" {
	bad_cpus '' 'a number is missing'
}

@test "a number of 32 bits and one: 4294967296" {
	bad_cpus 4294967296 'a number is too large'
}

@test "a number of 64 bits and one is not taken for 0" {
	bad_cpus 18446744073709551616 'a number is too large'
}

@test "a range of 100 million: 0-99999999" {
	bad_cpus 0-99999999 'a number is too large'
}

@test "a stride of 0" {
	bad_cpus 0-3:0 'a stride is 0'
}

@test "a stride that is not there" {
	bad_cpus 0-3: 'a stride is missing'
}

@test "a stride without a range" {
	bad_cpus 3:2 'a character that does not belong there'
}

@test "a negative number" {
	refused 2 'a number is missing' get-st --cpus=-1 $CAP
}

@test "hexadecimal" {
	bad_cpus 0x1 'a character that does not belong there'
}

@test "a blank in a list" {
	bad_cpus '1, 2' 'a number is missing'
}

@test "letters" {
	bad_cpus a 'a number is missing'
}

@test "a CPU that is offline" {
	bad_cpus 15 'CPU 15 is offline'
}

@test "a CPU that is absent" {
	bad_cpus 16 'CPU 16 is not present'
}

@test "a list of 100,000 characters is told in one short line" {
	bad_cpus "$(printf '0,%.0s' {1..50000})" 'a number is missing'
	((${#stderr} < 1000))
}

@test "a node that is no number" {
	bad_cpus node:x "node list 'x'"
}

@test "node: without a number" {
	bad_cpus node: 'a number is missing'
}

@test "a selector of another spelling" {
	bad_cpus Local 'a number is missing'
}

# --- maps

@test "a map with an index given twice" {
	bad_map 'index 1 is given twice' 1,1=0
}

@test "a map with more CPUs than indexes" {
	bad_map 'more CPUs \(2\) than indexes \(1\)' 0=0-1
}

@test "a map with index 2048" {
	bad_map 'index list .2048.: a number is too large \(the largest is 2047\)' 2048=0
}

@test "a map with index 65536 is not taken for index 0" {
	bad_map 'a number is too large' 65536=0
}

@test "an empty map" {
	bad_map '' ''
}

@test "a map without indexes" {
	bad_map "index list ''" =0
}

@test "a map without CPUs" {
	bad_map "CPU list ''" 0=
}

@test "a map that is only an equals sign" {
	bad_map "index list ''" =
}

@test "a map with two equals signs" {
	bad_map 'a character that does not belong there' 0=1=2
}

@test "a map with a range of indexes that runs backwards" {
	bad_map 'a range runs backwards' 3-1=0
}

@test "a map before the device" {
	refused 2 '' set-st 0=1 $CAP
}

@test "a good map and a bad one: nothing of the good one is done" {
	bad_map 'a range runs backwards' 0=1 3-1=0
}

@test "a bad map for the second of two devices: nothing is done to the first" {
	refused 2 '' set-st $CAP zz 0=1
}

# --- options

@test "two exclusive options" {
	refused 2 '--verbose and --quiet cannot go together' -v -q cap $CAP
	refused 2 '--owner and --pid cannot go together' enable --owner --pid 1 $CAP
	refused 2 '--owner and --via cannot go together' enable --owner --via cdev $CAP
	refused 2 '--cpus and --follow-irq cannot go together' set-st --cpus 1 --follow-irq $CAP
}

@test "exclusive options are found on both sides of the command" {
	refused 2 '--verbose and --quiet cannot go together' -q cap -v $CAP
}

@test "an option that needs another" {
	refused 2 '--fd needs --pid' enable --fd 3 $CAP
}

@test "an unknown command" {
	refused 2 "unknown command 'enalbe'" enalbe $CAP
}

@test "no command" {
	refused 2 'no command was given'
}

@test "an unknown long option" {
	refused 2 'unknown option --bogus' enable --bogus $CAP
}

@test "an unknown short option" {
	refused 2 'unknown option -x' enable -x $CAP
}

@test "an option of another command is not ignored" {
	refused 2 'unknown option --hold' get-st --hold $CAP
	refused 2 'unknown option --force' enable --force $CAP
	refused 2 'unknown option --switch' disable --switch $CAP
	refused 2 'unknown option --mem' enable --mem volatile $CAP
	refused 2 'unknown option --follow-irq' get-st --follow-irq $CAP
}

@test "an option without its argument" {
	refused 2 'option --mode needs an argument' enable $CAP --mode
}

@test "an argument for an option that takes none" {
	refused 2 'option --owner takes no argument' enable --owner=1 $CAP
}

@test "a mode that is not known" {
	refused 2 "mode 'fast' is not known" enable --mode fast $CAP
	expect_hint 'auto, ns, iv, ds'
}

@test "an empty mode" {
	refused 2 "mode '' is not known" enable --mode '' $CAP
}

@test "a memory type that is not known" {
	refused 2 "memory type 'hbm' is not known" get-st --mem hbm $CAP
}

@test "a way of opening that is not known" {
	refused 2 "way of opening 'magic' is not known" enable --via magic $CAP
}

@test "an ABI that is not known" {
	refused 2 "ABI 'feature' is not known" enable --abi feature $CAP
}

@test "a process id that is none" {
	local pid
	for pid in 0 -1 x 1x '' 99999999999; do
		refused 2 'not a process id' enable --pid="$pid" $CAP
	done
}

@test "a descriptor that is none" {
	local fd
	for fd in -1 x 3.5 ''; do
		refused 2 'not a descriptor' enable --pid 1 --fd="$fd" $CAP
	done
}

@test "a usage error has a hint where help is" {
	refused 2 '' enable --bogus $CAP
	expect_hint 'vfio-tph enable --help'
}

@test "a usage error prints no usage text" {
	tph enalbe
	expect_equal "standard output" "" "$output"
	expect_equal "lines on stderr" 2 "${#stderr_lines[@]}"
}

# --- what is no bad input

@test "--help of the program and of each command, on stdout, status 0" {
	local command
	tph --help
	expect_status 0
	expect_stderr
	for command in cap enable disable get-st set-st run; do
		expect_in "^  $command "
	done
	for command in cap enable disable get-st set-st run; do
		tph "$command" --help
		expect_status 0
		expect_stderr
		expect_in "^Usage: vfio-tph $command "
		expect_in '^  -h, --help'
	done
}

@test "each option that --help names is taken" {
	local option
	tph enable --help
	for option in $(grep -oE -- '--[a-z-]+' <<< "$output" | sort -u); do
		tph enable --try "$option" x y
		[[ $stderr != *"unknown option"* ]] || differs "$option" "" ""
	done
}

@test "--version, on stdout, status 0" {
	tph --version
	expect_status 0
	expect_stderr
	expect_in '^vfio-tph [0-9]+\.[0-9]+'
}

@test "--version tells of each library in which version it is" {
	local library
	tph --version
	for library in json-c:json-c libnuma:numa libpci:libpci \
		libsmartcols:smartcols; do
		expect_in "^${library%:*} $(pkg-config --modversion "${library#*:}")( |$)"
	done
	expect_equal "lines" 5 "${#lines[@]}"
}

# --- what may have been meant

@test "the nearest command, option, mode and column are suggested" {
	refused 2 "unknown command 'staus'" staus
	expect_hint "did you mean 'status'"
	refused 2 'unknown option --onwer' enable --onwer $CAP
	expect_hint 'did you mean --owner'
	refused 2 "mode 'interrupt-vektor' is not known" enable --mode interrupt-vektor $CAP
	expect_hint "did you mean 'interrupt-vector'"
	refused 2 "unknown column 'DRVIER'" list --output DRVIER
	expect_hint 'did you mean DRIVER'
	refused 2 "unknown command 'xyz'" xyz
	expect_hint 'vfio-tph --help lists the commands'
}

@test "a word in the wrong place is named" {
	refused 2 "not a device: '0:1'" set-st $CAP 0:1
	expect_hint 'a map has an equals sign: 0=1'
	refused 2 "not a device: '0=1'" enable $CAP 0=1
	expect_hint 'a map comes after the devices of set-st and run'
	refused 2 "mode '01:00.0' is not known" enable --mode 01:00.0
	expect_hint '01:00.0 is a device'
	refused 2 'no program was given' run $CAP true
	expect_hint "put -- before it: vfio-tph run $CAP -- true"
	refused 2 'unknown option -l' run $CAP ls -l
	expect_hint 'put -- before the program'
	refused 2 "'$CAP' is no map: devices come before maps" set-st 0=1 $CAP
}

@test "wrong usage is found before the device is looked up" {
	local words
	for words in "set-st 77:00.0 0=1,2" "set-st 77:00.0 1,1=0" "set-st 77:00.0 0=x" \
		"get-st --cpus x 77:00.0" "list --output X 77:00.0" "enable --mode x 77:00.0" \
		"enable 77:00.0 x" "status --fd 3 77:00.0" "run 77:00.0"; do
		# shellcheck disable=SC2086
		tph $words
		expect_status 2
	done
}
