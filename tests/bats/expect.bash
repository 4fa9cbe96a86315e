# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154	# of run: status, output, stderr
# Assertions of all bats suites. They look at what the last command left in
# status, output and stderr, and print what was expected and what came.

# differs WHAT EXPECTED GOT: print both, and what the last command printed.
differs()
{
	printf -- '--- %s, expected:\n%s\n--- got:\n%s\n' "$1" "$2" "$3"
	[[ -z ${output-} || $3 == "$output" ]] ||
		printf -- '--- stdout:\n%s\n' "$output"
	[[ -z ${stderr-} || $3 == "$stderr" ]] ||
		printf -- '--- stderr:\n%s\n' "$stderr"
	return 1
}

# expect_equal WHAT EXPECTED GOT
expect_equal()
{
	[[ $2 == "$3" ]] || differs "$@"
}

expect_status()
{
	expect_equal "exit status" "$1" "$status"
}

# expect_stdout LINE...: exactly these.
expect_stdout()
{
	expect_equal "standard output" "$(printf '%s\n' "$@")" "$output"
}

# expect_in PATTERN: a line of standard output that matches (grep -E).
expect_in()
{
	grep -qE -- "$1" <<< "$output" ||
		differs "a line of standard output" "$1" "$output"
}

expect_not_in()
{
	! grep -qE -- "$1" <<< "$output" ||
		differs "no line of standard output" "$1" "$output"
}

# expect_stderr LINE...: exactly these; without any: nothing.
expect_stderr()
{
	local wanted=
	(($# == 0)) || wanted=$(printf '%s\n' "$@")
	expect_equal "standard error" "$wanted" "$stderr"
}

expect_stderr_in()
{
	grep -qE -- "$1" <<< "$stderr" ||
		differs "a line of standard error" "$1" "$stderr"
}

# one_line_on_stderr [PATTERN]: one line, of ours, that matches, and at most
# one line "hint:" behind it, beside the one that points to doctor.
one_line_on_stderr()
{
	local first rest
	first=${stderr%%$'\n'*}
	rest=${stderr#"$first"}
	rest=${rest#$'\n'}
	if [[ ${rest##*$'\n'} == "hint: run 'vfio-tph doctor "*"'" ]]; then
		rest=${rest%"${rest##*$'\n'}"}
		rest=${rest%$'\n'}
	fi
	[[ $first == "vfio-tph: "?* && $rest != *$'\n'* &&
		(-z $rest || $rest == "hint: "?*) ]] ||
		differs "standard error" "one line, at most one hint" "$stderr"
	[[ -z ${1-} ]] || grep -qE -- "$1" <<< "$first" ||
		differs "the line on standard error" "$1" "$first"
}

expect_hint()
{
	grep -qE -- "^hint: .*($1)" <<< "$stderr" ||
		differs "the hint" "$1" "$stderr"
}

# expect_json JQ-EXPRESSION VALUE: compared as compact JSON.
expect_json()
{
	local got
	got=$(jq -c "$1" <<< "$output") || differs "JSON" "$1" "$output"
	expect_equal "$1" "$2" "$got"
}

# one_object: standard output is one JSON object of the promised shape.
one_object()
{
	local got
	got=$(jq -cs 'length == 1 and (.[0] | .version == 1 and
		has("command") and (.devices | type) == "array" and
		all(.devices[]; keys_unsorted[0] == "bdf") and
		(.errors | type) == "array" and
		all(.errors[]; (.message | type == "string" and length > 0)
			and (.code | type) == "string"
			and (.exit | type) == "number"
			and has("device") and has("hint")))' \
		<<< "$output" 2>&1) || true
	expect_equal "one object of the promised shape" true "$got"
}
