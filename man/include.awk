# SPDX-License-Identifier: GPL-2.0-or-later
# A page with the parts that it shares with others: the line
# "; include parts/NAME.scd", to scdoc a comment, stands for that file.

function put(file,    line, got) {
	while ((got = (getline line < file)) > 0) {
		if (line !~ /^; include /)
			print line
		else
			put(directory substr(line, 11))
	}
	if (got < 0) {
		print "cannot read " file >"/dev/stderr"
		failed = 1
	}
	close(file)
}

BEGIN {
	directory = ARGV[1]
	sub(/[^\/]*$/, "", directory)
	put(ARGV[1])
	exit failed
}
