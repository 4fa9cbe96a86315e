# SPDX-License-Identifier: GPL-2.0-or-later
# What cmake --install puts where.
load helper.bash

setup()
{
	ROOT=$BATS_TEST_TMPDIR/root
	BUILD=$(cd "$(dirname "$VFIO_TPH")/.." && pwd)
	SOURCE=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	DESTDIR=$ROOT cmake --install "$BUILD" --prefix /usr > /dev/null
}

only_in_git()
{
	[[ -e $SOURCE/.git ]] || skip "not a git repository"
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
	local zsh
	zsh=$(sed -n 's/^VFIO_TPH_ZSH_DIR:[A-Z]*=//p' "$BUILD/CMakeCache.txt")
	installed "/usr/$zsh/_vfio-tph"
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

# What every build of a Debian package has.
ESSENTIAL="gcc libc6-dev make"

# build_depends [PATTERN]: names in Build-Depends, of lines that match
build_depends()
{
	sed -n '/^Build-Depends:/,/^[^ ]*:/p' "$SOURCE/debian/control" |
		grep -E -- "${1-.}" | sed -n 's/^ \([^ ,]*\).*/\1/p' |
		grep -vE '^(debhelper-compat|dh-sequence-dkms|systemd-dev)$' | sort -u
}

# would_install OPTION...: names that install-deps installs where nothing is
would_install()
{
	mkdir -p "$BATS_TEST_TMPDIR/dpkg"
	DPKG_ADMINDIR=$BATS_TEST_TMPDIR/dpkg \
		"$SOURCE/scripts/install-deps" --list "$@" |
		grep -vxF "$(printf '%s\n' $ESSENTIAL)" | sort -u
}

@test "the Debian package is built with what install-deps installs, and tested with no more" {
	command -v dpkg-query > /dev/null || skip "not a Debian"
	expect_equal "names of Build-Depends without tests" "$(would_install)" \
		"$(build_depends '^ [^<]*$')"
	expect_equal "Build-Depends that install-deps --test does not install" "" \
		"$(comm -13 <(would_install --test) <(build_depends nocheck))"
}

@test "Debian's changelog has the version of CMakeLists.txt" {
	expect_equal "version" \
		"$(sed -n 's/^CMAKE_PROJECT_VERSION:[A-Z]*=//p' "$BUILD/CMakeCache.txt")" \
		"$(sed -n '1s/.*(\(.*\)-[0-9]*).*/\1/p' "$SOURCE/debian/changelog")"
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

@test "README, changelog and docs are installed, and README's links to docs work there" {
	local file
	installed /usr/share/doc/vfio-tph/README.md
	installed /usr/share/doc/vfio-tph/CHANGELOG.md
	for file in $(grep -o '(docs/[a-z-]*\.md' "$SOURCE/README.md" | tr -d '(' |
		sort -u); do
		installed "/usr/share/doc/vfio-tph/$file"
	done
}

@test "uninstall removes all that was installed, and nothing else" {
	: > "$ROOT/usr/sbin/other"
	DESTDIR=$ROOT cmake -P "$BUILD/uninstall.cmake" > /dev/null
	expect_equal "what is left" "./usr/sbin/other" \
		"$(cd "$ROOT" && find . -not -type d)"
	expect_equal "directories of ours" "" \
		"$(find "$ROOT" -name '*vfio-tph*')"
}

@test "the manual as HTML has every page, and every link leads to one" {
	local page pages link
	command -v mandoc > /dev/null || skip "no mandoc"
	mapfile -t pages < <(find "$BUILD/man" -maxdepth 1 -name '*.[58]' | sort)
	"$SOURCE/man/build-html" mandoc "$BATS_TEST_TMPDIR/html" "${pages[@]}"
	cd "$BATS_TEST_TMPDIR/html"
	for page in "${pages[@]##*/}"; do
		[[ -s $page.html ]] || differs "$page" "a page" "none"
		grep -q "<a href=\"$page.html\">" index.html ||
			differs "$page" "in the index" "not there"
	done
	for link in $(grep -oh 'href="[^#"]*' ./*.html | sed 's/href="//' |
		sort -u); do
		[[ $link == *://* || -s $link ]] ||
			differs "link $link" "a file" "none"
	done
	grep -q '<a href="vfio-tph-profile.5.html"><b>vfio-tph-profile</b>(5)</a>' \
		vfio-tph-apply.8.html
}

@test "a tarball is the same twice, and its snapshot is the commit" {
	only_in_git
	local first name snapshot
	first=$("$SOURCE/scripts/make-dist" "$BATS_TEST_TMPDIR" 2> /dev/null)
	name=${first##*/}
	name=${name%.tar.gz}
	mv "$first" "$BATS_TEST_TMPDIR/first"
	"$SOURCE/scripts/make-dist" "$BATS_TEST_TMPDIR" > /dev/null 2>&1
	cmp "$first" "$BATS_TEST_TMPDIR/first"
	[[ $name == vfio-tph-[0-9]* ]] || differs "name" "vfio-tph-VERSION" "$name"
	tar -x -C "$BATS_TEST_TMPDIR" -f "$first"
	snapshot=$(snapshot "$BATS_TEST_TMPDIR/$name" 0.0.0)
	[[ $snapshot == *$(git -C "$SOURCE" rev-parse --short HEAD)* ||
		$snapshot == v* ]] ||
		differs "snapshot of the tarball" "the commit" "$snapshot"
	expect_equal "second tarball from it" 2 "$(
		"$BATS_TEST_TMPDIR/$name/scripts/make-dist" /tmp > /dev/null 2>&1
		echo $?)"
}

# snapshot TREE VERSION: what --version of that tree prints in brackets
snapshot()
{
	cmake -DSOURCE="$1" -DVERSION="$2" -DOUTPUT="$BATS_TEST_TMPDIR/snapshot.h" \
		-P "$SOURCE/cmake/Snapshot.cmake"
	sed 's/.*"\(.*\)"/\1/' "$BATS_TEST_TMPDIR/snapshot.h"
}

@test "--version names the commit of a snapshot, and none of a release" {
	local tree=$BATS_TEST_TMPDIR/tree git
	command -v git > /dev/null || skip "no git"
	git=(git -C "$tree" -c user.name=a -c user.email=a@b)
	mkdir -p "$tree/cmake"
	cp "$SOURCE/cmake/archived" "$tree/cmake/"
	[[ $(< "$tree/cmake/archived") == *Format* ]] || skip "of a tarball"
	expect_equal "without git" "" "$(snapshot "$tree" 1.2.3)"
	git init -q "$tree"
	"${git[@]}" add .
	"${git[@]}" commit -qm one
	expect_equal "no tag yet" "$("${git[@]}" rev-parse --short HEAD)" \
		"$(snapshot "$tree" 1.2.3)"
	"${git[@]}" tag v1.2.3
	expect_equal "the release" "" "$(snapshot "$tree" 1.2.3)"
	echo >> "$tree/cmake/archived"
	expect_equal "with changes" "v1.2.3-dirty" "$(snapshot "$tree" 1.2.3)"
	"${git[@]}" commit -qam two
	expect_equal "one commit later" \
		"v1.2.3-1-g$("${git[@]}" rev-parse --short HEAD)" \
		"$(snapshot "$tree" 1.2.3)"
}

@test "where the manual is required, a missing scdoc is an error, and a note elsewhere" {
	local options=(-S "$SOURCE" -DBUILD_TESTING=OFF -DSCDOC_EXECUTABLE=)
	run cmake -B "$BATS_TEST_TMPDIR/a" "${options[@]}" \
		-DVFIO_TPH_REQUIRE_MANUAL=ON
	expect_equal "status" 1 "$status"
	expect_in 'scdoc not found: install scdoc'
	run cmake -B "$BATS_TEST_TMPDIR/b" "${options[@]}"
	expect_status 0
	expect_in 'The manual is not built: install scdoc'
	# And zsh looks by itself where its completion goes.
	grep -qx 'VFIO_TPH_ZSH_DIR:STRING=share/zsh/site-functions' \
		"$BATS_TEST_TMPDIR/b/CMakeCache.txt"
}
