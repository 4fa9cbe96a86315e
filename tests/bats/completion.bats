# SPDX-License-Identifier: GPL-2.0-or-later
# Completion: keys are pressed in a shell in a pseudo-terminal, whose
# completion asks the program, which sees the machine. BASH_COMPLETION is
# another bash_completion than the one installed.
bats_require_minimum_version 1.5.0
load helper.bash

PRESS=$BATS_TEST_DIRNAME/../completion/press-tab
SHIMS=$BATS_TEST_DIRNAME/../../completions
: "${BASH_COMPLETION:=/usr/share/bash-completion/bash_completion}"
WORK=$BATS_TEST_TMPDIR/work	# where it is
BEFORE=		# what the shell reads before the keys come

# The shell is not on the machine; what it starts is.
environment()
{
	mkdir -p "$WORK"
	printf 'cd %q\n' "$WORK"
	printf 'export PATH=%q:$PATH VFIO_TPH_FAKE=%q LD_PRELOAD=%q\n' \
		"$(dirname "$VFIO_TPH")" "$VFIO_TPH_FAKE" "$FAKE_LIBRARY"
}

# press KEYS LINE: what the keys make of the line in bash.
press()
{
	expect_equal "$1" "$2" "$("$PRESS" bash ". $BASH_COMPLETION
		. $SHIMS/vfio-tph.bash
		$(environment)
		$BEFORE" "$1")"
}

# The same in zsh.
press_zsh()
{
	expect_equal "$1 in zsh" "$2" "$("$PRESS" zsh "
		fpath=($SHIMS \$fpath)
		compinit -u -D
		$(environment)" "$1")"
}

# What fish offers.
fish_offers()
{
	expect_equal "$1 in fish" "$2" "$(fish --no-config -c "
		. $SHIMS/vfio-tph.fish
		set -x PATH $(dirname "$VFIO_TPH") \$PATH
		set -x VFIO_TPH_FAKE $VFIO_TPH_FAKE
		set -x LD_PRELOAD '$FAKE_LIBRARY'
		complete -C'$1'")"
}

# offers WORDS LINE...: the program itself, the last word being completed.
offers()
{
	local words=()
	read -ra words <<< "$1"
	[[ $1 != *" " ]] || words+=("")
	shift
	tph __complete bash "${words[@]}"
	expect_status 0
	expect_stderr
	expect_equal "what is offered behind '${words[*]}'" \
		"$(printf '%s\n' "$@")" "$(LC_ALL=C sort <<< "$output")"
}

@test "a command is completed" {
	press 'vfio-tph en<TAB>' 'vfio-tph enable |'
}

@test "a command is completed as far as several have it in common" {
	press 'vfio-tph d<TAB>i<TAB>' 'vfio-tph disable |'
}

@test "a command is completed behind options" {
	press 'vfio-tph --json -q ca<TAB>' 'vfio-tph --json -q cap |'
}

@test "a command is completed in the middle of a line" {
	press 'vfio-tph ena 3d:00.0<LEFT><LEFT><LEFT><LEFT><LEFT><LEFT><LEFT><LEFT><TAB>' \
		'vfio-tph enable| 3d:00.0'
}

@test "a command is completed behind sudo" {
	BEFORE=$'sudo() { :; }\n'
	press 'sudo vfio-tph en<TAB>' 'sudo vfio-tph enable |'
}

@test "an option is completed, with a blank where it is whole" {
	press 'vfio-tph enable --sw<TAB>' 'vfio-tph enable --switch |'
}

@test "the mode is completed behind the option, and behind its letter" {
	press 'vfio-tph enable --mode <ALL>' 'vfio-tph enable --mode auto ds iv ns |'
	offers 'enable -m i' iv
	offers 'enable -mi' -miv
}

@test "the mode is completed behind an equals sign" {
	press 'vfio-tph enable --mode=i<TAB>' 'vfio-tph enable --mode=iv |'
}

@test "a mode's long name is completed where no short one fits" {
	offers 'enable --mode inter' interrupt-vector
}

@test "columns are completed in any case, one behind the other, each once" {
	press 'vfio-tph list --output addr<TAB>,dri<TAB>,<TAB>A<TAB>' \
		'vfio-tph list --output ADDRESS,DRIVER,A|'
}

@test "columns are those of the command" {
	offers 'status --output=I' --output=INDEX --output=IRQ --output=IRQ-CPU \
		:nospace
}

@test "an address is completed over its colons" {
	press 'vfio-tph enable 0000:80<TAB>' 'vfio-tph enable 0000:80:02.0 |'
}

@test "an address is completed as far as several have it in common" {
	press 'vfio-tph enable 0000:3<TAB>1' 'vfio-tph enable 0000:3d:00.1|'
}

@test "an address is completed without its domain" {
	press 'vfio-tph enable 80:<TAB>' 'vfio-tph enable 80:02.0 |'
}

@test "an address is completed in quotes" {
	press 'vfio-tph enable "0000:80<TAB>' 'vfio-tph enable "0000:80:02.0" |'
	press "vfio-tph enable '0000:80:<TAB>" "vfio-tph enable '0000:80:02.0' |"
}

@test "an address is completed where a colon breaks no word" {
	BEFORE='COMP_WORDBREAKS=${COMP_WORDBREAKS//:}'
	press 'vfio-tph enable 0000:80<TAB>' 'vfio-tph enable 0000:80:02.0 |'
}

@test "a device that was given is not offered again" {
	press 'vfio-tph enable 80:02.0 0000:3d:00.0 0000:<ALL>' \
		"vfio-tph enable 80:02.0 0000:3d:00.0 0000:01:00.0 02:00.0 03:00.0 04:00.0 3d:00.1 3d:00.2 |"
}

@test "devices offered to commands that change something are those under VFIO" {
	offers 'enable ' $CAP $NARROW $DEAF $SPLIT $MSIX $BARE $PLAIN $INTEGRATED
}

@test "devices offered to commands that show something are all but bridges" {
	offers 'status 0000:' $CAP $NARROW $DEAF $SPLIT $SPOILER $MSIX $BARE \
		$PLAIN $HOST $INTEGRATED
}

@test "devices are offered on a kernel that has groups alone" {
	ONE_LINES='iommu cdev=no' one_device driver=vfio-pci group=7
	offers 'enable ' $CAP
}

@test "devices of this machine are not offered for those of a dump" {
	offers 'list --from dump '
}

@test "ids and all are offered to commands that take them" {
	offers 'cap 15b3:101' 15b3:1017 15b3:101d 15b3:101e 15b3:101f
	offers 'get-st a' all
	offers 'enable a'
	offers 'enable 15b3:1'
}

@test "a map is begun behind a device" {
	offers 'set-st 3d:00.0 a' :nospace all=
	press 'vfio-tph set-st 3d:00.0 0-3<TAB>lo<TAB>' 'vfio-tph set-st 3d:00.0 0-3=local |'
}

@test "no map is offered before a device, nor beside --cpus" {
	offers 'set-st a'
	offers 'set-st --cpus 4 3d:00.0 a'
}

@test "no device is offered behind a map" {
	offers 'set-st 3d:00.0 0=4 0000:'
}

@test "CPU selectors are offered in a map, irq and none among them" {
	offers 'set-st 3d:00.0 all=' all=all all=core all=irq all=l3 all=l3: \
		all=local all=node: all=none
}

@test "CPU selectors are offered to --cpus, irq and none not among them" {
	offers 'get-st --cpus ' all core l3 l3: local node:
	offers 'get-st -clo' -clocal
}

@test "nodes are completed over equals sign and colon, one behind the other" {
	press 'vfio-tph set-st 3d:00.0 0-3=nod<TAB>0,<TAB>' \
		'vfio-tph set-st 3d:00.0 0-3=node:0,1 |'
}

@test "CPUs are offered behind l3:" {
	offers 'get-st --cpus l3:1' l3:1 l3:10 l3:11 l3:12 l3:13 l3:14
}

@test "an option that excludes one that was given is not offered" {
	offers 'enable --via cdev --o'
	offers 'enable --o' --owner
}

@test "profiles are completed, and directories, but no other file" {
	mkdir -p "$WORK/sub"
	touch "$WORK"/{nic.json,note.txt}
	press 'vfio-tph apply <ALL>' 'vfio-tph apply nic.json sub |'
	press 'vfio-tph apply n<TAB>' 'vfio-tph apply nic.json |'
}

@test "a file is completed behind --from=, a directory behind --config" {
	mkdir -p "$WORK/sub"
	touch "$WORK/dump.txt"
	press 'vfio-tph list --from=d<TAB>' 'vfio-tph list --from=dump.txt |'
	press 'vfio-tph watch --config <TAB>' 'vfio-tph watch --config sub/|'
}

@test "the program of run is completed, and what it takes" {
	mkdir -p "$WORK/sub"
	press 'vfio-tph run 0000:01:00.0 0=4 -- setpc<TAB>' \
		'vfio-tph run 0000:01:00.0 0=4 -- setpci |'
	press 'vfio-tph run 0000:01:00.0 0=4 -- cd s<TAB>' \
		'vfio-tph run 0000:01:00.0 0=4 -- cd sub/|'
}

@test "run takes one device, then maps or the program" {
	offers 'run 3d:00.0 ' -- all=
}

@test "help is offered commands, but one" {
	offers 'help wa' watch
	offers 'help watch '
}

@test "where nothing can stand nothing is offered" {
	offers 'nosuch '
	offers 'undo '
	offers 'enable --pid '
	offers 'nosuch --'
}

@test "completion needs no root, opens no device and reads no config space" {
	fake_set uid 1000
	fake_count_paths
	offers 'set-st 3d' 3d:00.0 3d:00.1 3d:00.2
	expect_nothing_issued
	expect_equal "config space read" "" "$(fake_calls | grep /config || true)"
}

@test "of 1,000 devices under VFIO no file is read, of others one each" {
	machine <<-END
		node 0 cpus=0-3 memory=4G
		foreach i 0-3
		root {i:04x}:00 numa=0
		port {i:04x}:00:01.0 bus=01
		device {i:04x}:01:00.0 driver=vfio-pci count=250
		end
	END
	fake_count_paths
	tph __complete bash enable ''
	expect_equal "devices offered" 1000 "${#lines[@]}"
	expect_equal "files of devices opened" "" \
		"$(fake_calls | grep 'open:/sys/bus/pci/devices/' || true)"
	tph __complete bash cap 0
	expect_equal "devices offered" 1000 "${#lines[@]}"
	expect_equal "files of devices opened, and how often" "1004 uevent 1" \
		"$(fake_calls | sed -n 's,^open:/sys/bus/pci/devices/.*/,,p' |
			sort | uniq -c | sed 's/^ *//')"
}

@test "zsh completes commands, options, addresses, maps and files" {
	mkdir -p "$WORK"
	touch "$WORK/nic.json"
	press_zsh 'vfio-tph en<TAB>--sw<TAB>0000:80<TAB>' \
		'vfio-tph enable --switch 0000:80:02.0 |'
	press_zsh 'vfio-tph set-st 3d:00.0 0-3=nod<TAB>1<TAB>' \
		'vfio-tph set-st 3d:00.0 0-3=node:1 |'
	press_zsh 'vfio-tph list --output=addr<TAB>' \
		'vfio-tph list --output=ADDRESS|'
	press_zsh 'vfio-tph apply n<TAB>' 'vfio-tph apply nic.json |'
	press_zsh 'vfio-tph run 01:00.0 -- setpc<TAB>' \
		'vfio-tph run 01:00.0 -- setpci |'
}

@test "fish offers commands, devices with their names, and files" {
	fish_offers 'vfio-tph en' $'enable\tSwitch TPH on'
	fish_offers 'vfio-tph cap 3d:00.0' \
		$'3d:00.0\tMellanox Technologies MT2892 Family [ConnectX-6 Dx]'
	fish_offers "vfio-tph list --from=$VFIO_TPH_FAKE/mach" \
		"--from=$VFIO_TPH_FAKE/machine"
}
