#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The alert rules, and the units that have the metrics collected.

load helper.bash

RULES=$TESTS/../contrib/prometheus/vfio-tph.rules.yml
UNITS=$(dirname "$VFIO_TPH")/../contrib

@test "promtool finds nothing wrong with the rules" {
	run promtool check rules "$RULES"
	expect_status 0
	expect_in "SUCCESS: 4 rules found"
}

@test "every metric that the rules name is one that there is" {
	local name
	tph -q metrics
	for name in $(grep -o 'vfio_tph_[a-z_]*' "$RULES" | sort -u); do
		grep -q "^# TYPE $name gauge" <<< "$output" ||
			differs "metric" "$name" "$output"
	done
}

# series NAME LABELS VALUES, alert NAME LABELS: lines of promtool's test.
series()
{
	printf "      - { series: '%s{instance=\"a\"%s}', values: '%s' }\n" "$@"
}

alert()
{
	printf '      - eval_time: %s\n        alertname: %s\n' "$1" "$2"
	[[ -n ${3-} ]] || { echo '        exp_alerts: []' && return; }
	printf '        exp_alerts: [ { exp_labels: { instance: a%s } } ]\n' "$3"
}

@test "each rule fires where it should, and not where it should not" {
	# Annotations are the rules' own affair.
	sed '/annotations:/,/description:/d' "$RULES" > "$BATS_TEST_TMPDIR/rules.yml"
	{
		echo "rule_files: [ rules.yml ]"
		echo "evaluation_interval: 1m"
		echo "tests:"
		echo "  - interval: 1m"
		echo "    input_series:"
		series vfio_tph_device_held ',address="x"' '1x20'
		series vfio_tph_device_enabled ',address="x"' '0x20'
		series vfio_tph_device_held ',address="y"' '0x20'
		series vfio_tph_device_enabled ',address="y"' '0x20'
		series vfio_tph_device_enabled ',address="z"' '1x20'
		series vfio_tph_device_table_entries_programmed ',address="z"' '0x20'
		series vfio_tph_device_mode_enabled ',address="z",mode="iv"' '1x20'
		series vfio_tph_device_mode_enabled ',address="z",mode="ns"' '0x20'
		series vfio_tph_device_enabled ',address="n"' '1x20'
		series vfio_tph_device_table_entries_programmed ',address="n"' '0x20'
		series vfio_tph_device_mode_enabled ',address="n",mode="ns"' '1x20'
		series vfio_tph_functions_unreadable '' '0x5 2x15'
		series node_textfile_mtime_seconds ',file="/d/vfio-tph.prom"' '0x20'
		echo "    alert_rule_test:"
		alert 5m VfioTphOffWhileInUse
		alert 15m VfioTphOffWhileInUse ', address: x, severity: info'
		alert 15m VfioTphTableEmpty ', address: z, severity: warning'
		alert 14m VfioTphUnreadable
		alert 18m VfioTphUnreadable ', severity: warning'
		alert 5m VfioTphStale
		alert 6m VfioTphStale ', file: /d/vfio-tph.prom, severity: warning'
	} > "$BATS_TEST_TMPDIR/test.yml"
	run promtool test rules "$BATS_TEST_TMPDIR/test.yml"
	expect_status 0
}

# The units, as they would be had the program been installed where it is.
units()
{
	sed "s,=[^ ]*/vfio-tph ,=$VFIO_TPH ," "$UNITS/vfio-tph-metrics.service" \
		> "$BATS_TEST_TMPDIR/vfio-tph-metrics.service"
	cp "$TESTS/../contrib/systemd/vfio-tph-metrics.timer" "$BATS_TEST_TMPDIR"
}

@test "systemd finds nothing wrong with the units of the metrics" {
	units
	run systemd-analyze verify --man=no --recursive-errors=no \
		"$BATS_TEST_TMPDIR"/*.service "$BATS_TEST_TMPDIR"/*.timer
	expect_status 0
	expect_equal "what it says" "" "$output"
}

@test "what the service runs writes metrics" {
	local command
	units
	read -ra command <<< "$(sed -n "s,^ExecStart=$VFIO_TPH ,,p" \
		"$BATS_TEST_TMPDIR/vfio-tph-metrics.service")"
	expect_equal "the file" /var/lib/prometheus/node-exporter/vfio-tph.prom \
		"${command[-1]}"
	unset 'command[-1]'
	tph "${command[@]}" "$BATS_TEST_TMPDIR/vfio-tph.prom"
	expect_status 0
	grep -q '^vfio_tph_device_held' "$BATS_TEST_TMPDIR/vfio-tph.prom"
}
