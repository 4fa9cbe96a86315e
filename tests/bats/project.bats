# SPDX-License-Identifier: GPL-2.0-or-later
# What the project gives to strangers: examples, and placeholders for a
# maintainer's own addresses.
load helper.bash

SOURCE=$BATS_TEST_DIRNAME/../..

@test "every example of a profile is one" {
	local profile n=0
	for profile in "$SOURCE"/examples/profiles/*.json; do
		tph verify "$profile"
		[[ $status != 2 ]] || differs "$profile" "a profile" "exit status 2"
		n=$((n + 1))
	done
	((n >= 3))
}

@test "a profile with a mistake is told apart from the examples" {
	sed 's/"maps"/"mapz"/' "$SOURCE/examples/profiles/dpdk-poll.json" \
		> "$BATS_TEST_TMPDIR/wrong.json"
	tph verify "$BATS_TEST_TMPDIR/wrong.json"
	expect_status 2
}

@test "the example of a unit starts the program as it says" {
	local unit=$SOURCE/examples/systemd/dpdk-app.service command
	command=$(sed -n 's/^ExecStart=[^ ]* run //p' "$unit")
	# shellcheck disable=SC2086	# words
	tph --dry-run run ${command%% -- *} -- true
	expect_status 0
	expect_in SET_ST
}

@test "the examples are told of in their README" {
	local file
	for file in "$SOURCE"/examples/*/*; do
		grep -qF "(${file#"$SOURCE/examples/"})" \
			"$SOURCE/examples/README.md" ||
			differs "$file" "in README.md" "not there"
	done
}

@test "set-project puts a maintainer's addresses everywhere, and refuses nonsense" {
	[[ -e $SOURCE/.git ]] || skip "not a git repository"
	command -v git > /dev/null || skip "no git"
	local tree=$BATS_TEST_TMPDIR/tree
	git clone -q --no-hardlinks "file://$(realpath "$SOURCE")" "$tree"
	run "$tree/scripts/set-project" HOMEPAGE
	expect_equal "status" 2 "$status"
	"$tree/scripts/set-project" HOMEPAGE=https://tph.test/ \
		MAINTAINER=us@tph.test SECURITY=sec@tph.test
	grep -q '^Homepage: https://tph.test/$' "$tree/debian/control"
	grep -q '^Maintainer: .* <us@tph.test>$' "$tree/debian/control"
	grep -q sec@tph.test "$tree/SECURITY.md"
	expect_equal "files that still have a placeholder" "" \
		"$(cd "$tree" && git grep -lE '(https://|@)vfio-tph\.example' -- \
			':!scripts/set-project' ':!docs/release.md' ':!tests')"
}

@test "a profile of a later version is refused with the reason" {
	sed 's/"version": 1/"version": 2/' \
		"$SOURCE/examples/profiles/dpdk-poll.json" \
		> "$BATS_TEST_TMPDIR/later.json"
	tph verify "$BATS_TEST_TMPDIR/later.json"
	expect_status 2
	one_line_on_stderr 'version'
}
