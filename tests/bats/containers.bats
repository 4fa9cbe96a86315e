#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2154	# FAKE_LIBRARY, of the fake
# A holder in namespaces of its own, as a container has them; and the DaemonSet
# of contrib/kubernetes. Whether its fields are Kubernetes' own, a validator
# says: docs/containers.md.

load helper.bash

DAEMONSET=$TESTS/../contrib/kubernetes/vfio-tph-watch.yaml

# contain DEVICE HOW VECTORS: FAKE_HOLDER holds it in a mount, PID and user
# namespace of its own.
contain()
{
	local ready
	unshare --user --map-root-user --pid --fork --mount true 2> /dev/null ||
		skip "this machine allows no user namespace"
	coproc FAKE_CO {
		exec env LD_PRELOAD="$FAKE_LIBRARY" unshare --user \
			--map-root-user --pid --fork --kill-child --mount \
			"$FAKE_BUILD/fake-holder" "$@" 3>&-
	}
	read -r ready <&"${FAKE_CO[0]}"
	[[ $ready == ready ]] || differs "the holder" ready "$ready"
	FAKE_HOLDER=$FAKE_CO_PID
	CONTAINED=$(pgrep -P "$FAKE_HOLDER")
	[[ $(readlink "/proc/$CONTAINED/ns/user") != \
		"$(readlink /proc/self/ns/user)" ]]
}

@test "a holder in namespaces of its own is found, verified and programmed" {
	local how
	for how in cdev group; do
		contain "$MSIX" $how 4
		tph list --noheadings --raw --output OWNER "$MSIX"
		expect_stdout "$CONTAINED\\x20fake-holder"
		tph set-st --owner "$MSIX" 0-1=4,5
		expect_status 0
		expect_entries "$MSIX" 0 0x114 0x115
		tph status --owner --noheadings --raw --output INDEX,CPUS "$MSIX"
		expect_in "^1 5$"
		fake_release
	done
}

@test "watch applies a profile to a holder in namespaces of its own" {
	mkdir "$BATS_TEST_TMPDIR/profiles"
	echo '{ "version": 1, "devices": [ { "device": "3d:00.0",
		"maps": [ { "index": "0-1", "cpus": "6" } ] } ] }' \
		> "$BATS_TEST_TMPDIR/profiles/nic.json"
	start_tph watch --config "$BATS_TEST_TMPDIR/profiles"
	await grep -q watching "$TPH_ERR"
	contain "$MSIX" cdev 4
	await grep -q "2 entries programmed" "$TPH_ERR"
	expect_entries "$MSIX" 0 0x116 0x116
}

# yaml EXPRESSION: of the DaemonSet, as Python knows it as d.
yaml()
{
	python3 - "$DAEMONSET" "$1" <<-'END'
		import sys
		import yaml

		with open(sys.argv[1], encoding="utf-8") as stream:
		    d = yaml.safe_load(stream)["spec"]["template"]["spec"]
		print(eval(sys.argv[2]))
	END
}

@test "the DaemonSet mounts what watch reads, and nothing that it does not have" {
	python3 -c 'import yaml' 2> /dev/null ||
		skip "python3-yaml is not installed"
	expect_equal "mounts without a volume" "[]" "$(yaml "[m['name']
		for c in d['containers'] for m in c['volumeMounts'] if m['name']
		not in [v['name'] for v in d['volumes']]]")"
	expect_equal "places" "['/etc/vfio-tph.d', '/dev/vfio']" "$(yaml "[m['mountPath']
		for c in d['containers'] for m in c['volumeMounts']]")"
	expect_equal "command" "['vfio-tph', 'watch']" \
		"$(yaml "d['containers'][0]['command']")"
	run fake_run "$VFIO_TPH" watch --help
	expect_in "/etc/vfio-tph.d"
	expect_equal "hostPID" True "$(yaml "d['hostPID']")"
}
