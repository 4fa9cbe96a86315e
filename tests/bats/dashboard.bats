#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The sample dashboard: every query of it finds something in what `metrics`
# prints. A Prometheus on loopback answers.

load helper.bash

DASHBOARD=$BATS_TEST_DIRNAME/../../contrib/grafana/vfio-tph.json

teardown()
{
	[[ -z ${SERVER-} ]] || kill "$SERVER" 2> /dev/null || true
	[[ -z ${FAKE_HOLDER-} ]] || fake_release || true
}

# serve: the metrics of the machine, as of now, in a database of Prometheus;
# URL is where to ask.
serve()
{
	local port now i

	now=$(date +%s)
	port=$(/usr/bin/python3 -c 'import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])')
	printf '%s\n' "$output" |
		sed -E -e "/^#/! s/\$/ $now/" -e '/^#/b' \
			-e 's/\{/{instance="host1",/; t' \
			-e 's/ /{instance="host1"} /' > "$BATS_TEST_TMPDIR/metrics"
	echo > "$BATS_TEST_TMPDIR/prometheus.yml"
	promtool tsdb create-blocks-from openmetrics "$BATS_TEST_TMPDIR/metrics" \
		"$BATS_TEST_TMPDIR/data"
	URL=http://127.0.0.1:$port
	prometheus --config.file="$BATS_TEST_TMPDIR/prometheus.yml" \
		--storage.tsdb.path="$BATS_TEST_TMPDIR/data" \
		--web.listen-address="127.0.0.1:$port" \
		> "$BATS_TEST_TMPDIR/prometheus.log" 2>&1 3>&- &
	SERVER=$!
	for ((i = 0; i < 300; i++)); do
		promtool query instant "$URL" 'vector(1)' > /dev/null 2>&1 && return
		sleep 0.1
	done
	cat "$BATS_TEST_TMPDIR/prometheus.log"
	return 1
}

@test "every query of the dashboard is answered from the metrics" {
	local query answer

	fake_hold "$MSIX" cdev 4
	tph -q metrics
	serve
	while IFS= read -r query; do
		answer=$(promtool query instant "$URL" "${query//\$instance/.*}") ||
			differs "query" "an answer" "$query: $answer"
		[[ $answer ]] || differs "query" "an answer" "$query: nothing"
	done < <(jq -r '.panels[].targets[].expr' "$DASHBOARD")
}

@test "every metric that the dashboard names is one that there is" {
	local name

	tph -q metrics
	for name in $(grep -o 'vfio_tph_[a-z_]*' "$DASHBOARD" | sort -u); do
		grep -q "^# TYPE $name gauge" <<< "$output" ||
			differs "metric" "$name" "$output"
	done
}
