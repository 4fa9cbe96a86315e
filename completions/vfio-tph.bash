# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Completion of vfio-tph in bash. The program knows the answers; what is done
# here is what only bash can: say what was typed, and take the answer. It
# needs bash-completion, 2.11 or later, which calls its functions otherwise
# since 2.12. src/complete/offer.h tells what an answer looks like.

# Words as they were typed: bash parts them at ":" and "=", too.
_vfio_tph_read()
{
	local breaks

	if declare -F _comp_get_words >/dev/null; then
		_comp_get_words -n := cur words cword
	else
		_get_comp_words_by_ref -n := cur words cword
	fi
	# What stands before the last such character stays as it is; not in
	# quotes, which keep a word together.
	stays=
	breaks=${COMP_WORDBREAKS//[!:=]/}
	if [[ $cur == [\"\']* ]]; then
		cur=${cur:1}
		words[cword]=$cur
	elif [[ $breaks ]]; then
		stays=${cur%"${cur##*["$breaks"]}"}
	fi
}

# Names of files: of directories, or those that end in a suffix.
_vfio_tph_files()
{
	[[ $cur != --*=* ]] || cur=${cur#*=}
	if declare -F _comp_compgen_filedir >/dev/null; then
		_comp_compgen -a filedir "$@"
	else
		_filedir "$@"
	fi
}

# The command line of another program, behind the first "--".
_vfio_tph_program()
{
	local i

	if declare -F _comp_command_offset >/dev/null; then
		for ((i = 1; i < cword; i++)); do
			[[ ${words[i]} != -- ]] || break
		done
		_comp_command_offset "$((i + 1))"
	else
		for ((i = 1; i < COMP_CWORD; i++)); do
			[[ ${COMP_WORDS[i]} != -- ]] || break
		done
		_command_offset "$((i + 1))"
	fi
}

_vfio_tph()
{
	local cur cword words answer line files="" stays

	_vfio_tph_read
	# Who is not root has no sbin in the path.
	mapfile -t answer < <(PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin \
		"${words[0]}" __complete bash "${words[@]:1:cword}" 2>/dev/null)
	COMPREPLY=()
	for line in "${answer[@]}"; do
		case $line in
		:files) files=- ;;
		:files\ *) files=${line#* } ;;
		:directories) files=-d ;;
		:program)
			_vfio_tph_program
			return
			;;
		:nospace) compopt -o nospace ;;
		*) COMPREPLY+=("${line#"$stays"}") ;;
		esac
	done
	case $files in
	"") ;;
	-) _vfio_tph_files ;;
	*) _vfio_tph_files "$files" ;;
	esac
}

complete -F _vfio_tph vfio-tph
