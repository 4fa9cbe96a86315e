# SPDX-License-Identifier: GPL-2.0-or-later
# What cmake --install puts where.
load helper.bash

setup()
{
	ROOT=$BATS_TEST_TMPDIR/root
	DESTDIR=$ROOT cmake --install "$(dirname "$VFIO_TPH")/.." \
		--prefix /usr > /dev/null
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

@test "the completion of each shell is installed" {
	installed /usr/share/bash-completion/completions/vfio-tph
	installed /usr/share/zsh/vendor-completions/_vfio-tph
	installed /usr/share/fish/vendor_completions.d/vfio-tph.fish
}

@test "the service is installed, and nothing enables it" {
	installed /usr/lib/systemd/system/vfio-tph-watch.service
	expect_equal "links to the service" "" "$(find "$ROOT" -type l)"
}

@test "the rule of udev and its unit are installed when they are asked for" {
	local file
	for file in udev/rules.d/90-vfio-tph.rules \
		systemd/system/vfio-tph-watch@.service; do
		[[ ! -e $ROOT/usr/lib/$file ]] ||
			differs "$file" "not installed" "installed"
	done
	DESTDIR=$ROOT cmake --install "$(dirname "$VFIO_TPH")/.." \
		--prefix /usr --component boot > /dev/null
	installed /usr/lib/udev/rules.d/90-vfio-tph.rules
	installed /usr/lib/systemd/system/vfio-tph-watch@.service
}

@test "the service tells when it is ready" {
	grep -qx Type=notify "$ROOT/usr/lib/systemd/system/vfio-tph-watch.service"
}

@test "the service has only the capabilities it needs, and no network" {
	local unit=$ROOT/usr/lib/systemd/system/vfio-tph-watch.service
	grep -qx 'CapabilityBoundingSet=CAP_DAC_READ_SEARCH CAP_SYS_PTRACE CAP_SYS_ADMIN' "$unit"
	grep -qx PrivateNetwork=yes "$unit"
	grep -qx ProtectSystem=strict "$unit"
}
