# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Completion of vfio-tph in bash: commands and options, as the program's own
# --help tells them.

_vfio_tph_words()
{
	# $1: commands|options; the rest: the program and its command, if any.
	local what=$1
	shift
	"$@" --help 2>/dev/null | case $what in
	commands)
		sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z-]*\) .*/\1/p'
		;;
	options)
		sed -n '/^Options:/,/^$/s/^  *\(-[A-Za-z], \)*\(--[a-z-]*\).*/\2/p'
		;;
	esac
}

_vfio_tph()
{
	local program=${COMP_WORDS[0]} word=${COMP_WORDS[COMP_CWORD]}
	local command="" i words

	COMPREPLY=()
	for ((i = 1; i < COMP_CWORD; i++)); do
		# What follows is a program's.
		[[ ${COMP_WORDS[i]} != -- ]] || return 0
		if [[ ! $command && ${COMP_WORDS[i]} != -* ]]; then
			command=${COMP_WORDS[i]}
		fi
	done
	if [[ $word == -* ]]; then
		words=$(_vfio_tph_words options "$program" ${command:+"$command"})
	elif [[ ! $command ]]; then
		words=$(_vfio_tph_words commands "$program")
	else
		return 0
	fi
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}

complete -o default -F _vfio_tph vfio-tph
