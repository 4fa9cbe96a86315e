# SPDX-License-Identifier: GPL-2.0-or-later
# What cmake --install puts where.
load helper.bash

setup()
{
	ROOT=$BATS_TEST_TMPDIR/root
	DESTDIR=$ROOT cmake --install "$(dirname "$VFIO_TPH")/.." \
		--prefix /usr > /dev/null
}

# Where units are: a build for a distribution has its own place.
units()
{
	local place
	place=$(sed -n 's/^VFIO_TPH_SYSTEMD_UNIT_DIR:[A-Z]*=//p' \
		"$(dirname "$VFIO_TPH")/../CMakeCache.txt")
	[[ $place == /* ]] || place=/usr/$place
	echo "$place"
}

installed()
{
	[[ -e $ROOT$1 ]] || differs "installed" "$1" "$(cd "$ROOT" && find .)"
}

@test "the program is installed into sbin" {
	installed /usr/sbin/vfio-tph
}

@test "the manual is installed" {
	installed /usr/share/man/man8/vfio-tph.8
}

@test "each command's page is installed" {
	local command
	for command in $("$VFIO_TPH" --help |
		sed -n '/^Commands:/,/^$/s/^  \([a-z-]*\) .*/\1/p'); do
		installed "/usr/share/man/man8/vfio-tph-$command.8"
	done
	installed /usr/share/man/man8/vfio-tph-watch.8
}

@test "the header of the ABI is installed, and programs can include it" {
	local header
	installed /usr/share/doc/vfio-tph/examples/vfio_pci_tph.h
	header=$ROOT/usr/share/doc/vfio-tph/examples/vfio_pci_tph.h
	expect_equal "its first line" "SPDX-License-Identifier: \
(GPL-2.0-or-later WITH Linux-syscall-note) OR BSD-3-Clause" \
		"$(sed -n '1s,^/\* \(.*\) \*/$,\1,p' "$header")"
	echo 'int main(void) { return sizeof(struct vfio_pci_tph_entry) != 12; }' |
		gcc -Wall -Wextra -Werror -include "$header" -xc -o "$ROOT/program" -
	"$ROOT/program"
	rm "$ROOT/program"
}

@test "the script that draws the machine is installed, to be run" {
	installed /usr/share/doc/vfio-tph/examples/tph-lstopo
	[[ -x $ROOT/usr/share/doc/vfio-tph/examples/tph-lstopo ]]
}

@test "the policy script of irqbalance is installed, to be run" {
	installed /usr/share/vfio-tph/irqbalance/vfio-tph-policy
	[[ -x $ROOT/usr/share/vfio-tph/irqbalance/vfio-tph-policy ]]
}

@test "the completion of each shell is installed" {
	installed /usr/share/bash-completion/completions/vfio-tph
	installed /usr/share/zsh/vendor-completions/_vfio-tph
	installed /usr/share/fish/vendor_completions.d/vfio-tph.fish
}

@test "the service is installed, and nothing enables it" {
	installed "$(units)/vfio-tph-watch.service"
	expect_equal "links to the service" "" "$(find "$ROOT" -type l)"
}

@test "the rule of udev and its unit are installed when they are asked for" {
	local file
	for file in /usr/lib/udev/rules.d/90-vfio-tph.rules \
		"$(units)/vfio-tph-watch@.service"; do
		[[ ! -e $ROOT$file ]] ||
			differs "$file" "not installed" "installed"
	done
	DESTDIR=$ROOT cmake --install "$(dirname "$VFIO_TPH")/.." \
		--prefix /usr --component boot > /dev/null
	installed /usr/lib/udev/rules.d/90-vfio-tph.rules
	installed "$(units)/vfio-tph-watch@.service"
}

# What the tests need that building the package does not run.
NOT_IN_PACKAGE="ansible-core dropbear-bin iproute2 openssh-client shellcheck valgrind"
# What every build of a Debian package has.
ESSENTIAL="gcc libc6-dev make"

@test "the Debian package is built with what install-deps installs" {
	local source=$BATS_TEST_DIRNAME/../.. wanted
	command -v dpkg-query > /dev/null || skip "not a Debian"
	# As if nothing were installed.
	mkdir -p "$BATS_TEST_TMPDIR/dpkg"
	wanted=$(DPKG_ADMINDIR=$BATS_TEST_TMPDIR/dpkg \
		"$source/scripts/install-deps" --list --test |
		grep -vxF "$(printf '%s\n' $NOT_IN_PACKAGE $ESSENTIAL)" | sort -u)
	expect_equal "names of Build-Depends" "$wanted" \
		"$(sed -n '/^Build-Depends:/,/^[^ ]*:/s/^ \([^ ,]*\).*/\1/p' \
			"$source/debian/control" |
			grep -vE '^(debhelper-compat|dh-sequence-dkms|systemd-dev)$' | sort -u)"
}

@test "the service tells when it is ready" {
	grep -qx Type=notify "$ROOT$(units)/vfio-tph-watch.service"
}

@test "the service has only the capabilities it needs, and no network" {
	local unit
	unit=$ROOT$(units)/vfio-tph-watch.service
	grep -qx 'CapabilityBoundingSet=CAP_DAC_READ_SEARCH CAP_SYS_PTRACE CAP_SYS_ADMIN' "$unit"
	grep -qx PrivateNetwork=yes "$unit"
	grep -qx ProtectSystem=strict "$unit"
}
