#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Profiles that somebody else could have written, and files below /run that
# somebody else could have prepared.
# shellcheck disable=SC2154	# stderr: tph sets it
load helper.bash

RECORDS=root/run/vfio-tph

setup()
{
	((EUID == 0)) || skip "files of other users: only as root"
	fake_start server
	PLACE=$BATS_TEST_TMPDIR/place
	FILE=$PLACE/p.json
	mkdir "$PLACE"
	printf '{ "version": 1, "devices": [ { "device": "%s", "mode": "iv" } ] }\n' \
		"$MSIX" > "$FILE"
	fake_hold "$MSIX" cdev 4
}

# refused PATTERN [FILE]: neither apply nor watch does what it says.
refused()
{
	local file=${2-$FILE}
	tph apply --owner "$file"
	expect_status 7
	one_line_on_stderr "^vfio-tph: $file is not trusted: others may write $1"
	expect_nothing_changed
	start_tph watch --config "$(dirname "$file")"
	await grep -qE "is not trusted: others may write $1" "$TPH_ERR"
	kill -TERM "$TPH_PID"
	end_tph
	expect_nothing_changed
}

taken()
{
	tph apply -q --owner "${1-$FILE}"
	expect_status 0
	expect_control "$MSIX" 0x00000301
}

@test "a profile of root's below root's directories is taken" {
	taken
}

@test "a relative name is taken" {
	cd "$PLACE"
	taken p.json
	cd ..
	taken ./place/../place//p.json
}

@test "a profile of another user" {
	chown 1234 "$FILE"
	refused 'it \(owner 1234'
}

@test "a profile that its group may write" {
	chmod 664 "$FILE"
	refused 'it \(owner 0, mode 0664\)'
}

@test "a profile in a directory that its group may write" {
	chmod 775 "$PLACE"
	refused 'the directory place \(owner 0, mode 0775\)'
}

@test "a profile in a directory of another user" {
	chown 1234 "$PLACE"
	refused 'the directory place \(owner 1234'
}

@test "a profile two levels below a directory that anybody may write" {
	mkdir -p "$PLACE/a/b"
	chmod 777 "$PLACE"
	mv "$FILE" "$PLACE/a/b"
	refused 'the directory place' "$PLACE/a/b/p.json"
}

@test "root's own directory in one with the sticky bit, such as /tmp, is taken" {
	chmod 1777 "$PLACE"
	mkdir "$PLACE/mine"
	mv "$FILE" "$PLACE/mine"
	taken "$PLACE/mine/p.json"
}

@test "a link of another user's to a file of root's" {
	chmod 1777 "$PLACE"
	ln -s "$FILE" "$PLACE/link.json"
	chown -h 1234 "$PLACE/link.json"
	tph apply --owner "$PLACE/link.json"
	expect_status 7
	one_line_on_stderr 'is not trusted: .*through a link \(owner 1234'
	expect_nothing_changed
}

@test "a link of root's to a file of root's is taken" {
	mkdir "$PLACE/a"
	ln -s "../p.json" "$PLACE/a/relative.json"
	ln -s "$PLACE/a" "$PLACE/absolute"
	taken "$PLACE/absolute/relative.json"
}

@test "a link of root's into a directory that others may write" {
	mkdir "$PLACE/open" "$PLACE/a"
	mv "$FILE" "$PLACE/open"
	chmod 777 "$PLACE/open"
	ln -s "$PLACE/open/p.json" "$PLACE/a/p.json"
	refused 'the directory open' "$PLACE/a/p.json"
}

@test "links that lead in a circle" {
	ln -s b "$PLACE/a"
	ln -s a "$PLACE/b"
	tph apply --try "$PLACE/a"
	expect_status 2
	one_line_on_stderr 'cannot read .*: Too many levels of symbolic links'
}

@test "a directory is no profile" {
	tph apply --try "$PLACE"
	expect_status 2
	one_line_on_stderr 'is not a regular file'
}

@test "what root gives by standard input is taken" {
	run --separate-stderr fake_run "$VFIO_TPH" apply -q --owner - < "$FILE"
	expect_status 0
	expect_control "$MSIX" 0x00000301
}

# --- the record for undo

no_record()
{
	tph apply --owner "$FILE"
	expect_status 0
	expect_stderr_in "undo will not be possible: $1"
}

@test "/run/vfio-tph as a link is not followed" {
	mkdir -p "$VFIO_TPH_FAKE/root/run" "$BATS_TEST_TMPDIR/elsewhere"
	ln -s "$BATS_TEST_TMPDIR/elsewhere" "$VFIO_TPH_FAKE/$RECORDS"
	no_record 'cannot open /run/vfio-tph'
	expect_equal "files elsewhere" "" "$(ls "$BATS_TEST_TMPDIR/elsewhere")"
}

@test "/run/vfio-tph of another user is not used" {
	mkdir -p "$VFIO_TPH_FAKE/$RECORDS"
	chown 1234 "$VFIO_TPH_FAKE/$RECORDS"
	no_record '/run/vfio-tph is not trusted'
}

@test "a record that is a link is replaced, and what it leads to is untouched" {
	echo precious > "$BATS_TEST_TMPDIR/victim"
	mkdir -p "$VFIO_TPH_FAKE/$RECORDS"
	ln -s "$BATS_TEST_TMPDIR/victim" "$VFIO_TPH_FAKE/$RECORDS/undo.json"
	taken
	expect_equal "what it led to" precious "$(< "$BATS_TEST_TMPDIR/victim")"
	[[ -f $VFIO_TPH_FAKE/$RECORDS/undo.json && \
		! -L $VFIO_TPH_FAKE/$RECORDS/undo.json ]]
}

@test "a link in the place of the new record is not followed" {
	echo precious > "$BATS_TEST_TMPDIR/victim"
	mkdir -p "$VFIO_TPH_FAKE/$RECORDS"
	run fake_run bash -c "
		ln -s '$BATS_TEST_TMPDIR/victim' \
			'$VFIO_TPH_FAKE/$RECORDS/.undo.json.'\$\$
		exec '$VFIO_TPH' apply -q --owner '$FILE'"
	expect_status 0
	expect_equal "what it led to" precious "$(< "$BATS_TEST_TMPDIR/victim")"
	expect_equal "files" undo.json \
		"$(ls -A --ignore="*.lock" "$VFIO_TPH_FAKE/$RECORDS")"
}

@test "directory and record are root's alone under any umask" {
	(umask 0 && taken)
	expect_equal "modes" "700 600" "$(stat -c %a \
		"$VFIO_TPH_FAKE/$RECORDS" \
		"$VFIO_TPH_FAKE/$RECORDS/undo.json" | paste -sd ' ')"
}

@test "the record is replaced at once: a reader sees the old or the new one" {
	taken
	local before
	before=$(stat -c %i "$VFIO_TPH_FAKE/$RECORDS/undo.json")
	exec 8< "$VFIO_TPH_FAKE/$RECORDS/undo.json"
	tph -q disable --owner "$MSIX"
	taken
	[[ $(stat -c %i "$VFIO_TPH_FAKE/$RECORDS/undo.json") != "$before" ]]
	run jq -c .version <&8
	expect_equal "the old record, read through the old descriptor" 1 "$output"
}
