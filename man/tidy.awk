# SPDX-License-Identifier: GPL-2.0-or-later
# What scdoc writes, without what mandoc's lint finds in it: paragraph macros
# that have nothing to separate, a title in small letters, long lines.

# Break a line of text at blanks. A line must not begin like a macro.
function put(line,    at) {
	while (length(line) > 78) {
		for (at = 78; at > 1; at--)
			if (substr(line, at, 1) == " " &&
			    substr(line, at + 1, 1) !~ /[.' ]/)
				break
		if (at == 1)
			break
		print substr(line, 1, at - 1)
		line = substr(line, at + 1)
	}
	print line
}

/^\.nf/ { literal = 1 }
/^\.fi/ { literal = 0 }
/^\.TH/ { $2 = toupper($2) }

# scdoc calls it .P, and .PP since 1.11.3.
/^\.PP?$/ {
	held = !after_heading
	next
}

# The blank line belongs behind the end of what is indented.
held && /^\.RE/ {
	print
	next
}

{
	if (held && !/^\.(SH|SS|P)/)
		print ".P"
	held = 0
	after_heading = /^\.(TH|SH|SS)/
	if (literal || /^[.']/)
		print
	else
		put($0)
}
