# SPDX-License-Identifier: GPL-2.0
# bash completion for tlstrace
# shellcheck shell=bash

_tlstrace_words()
{
	local IFS=$' \t\n'

	# shellcheck disable=SC2207
	COMPREPLY=($(compgen -W "$1" -- "$cur"))
}

# _tlstrace_program OPTIONS: behind which comes another command line
_tlstrace_program()
{
	local i

	for ((i = 2; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		-[obpsi] | --interval | --duration | --by | --limit | --output | --buffer-size | --keep | --color | --snaplen | --encap | \
			--port-map | --max-size | --port | --pid | --comm)
			((i++))
			;;
		--)
			((i++))
			break
			;;
		-*) ;;
		*)
			break
			;;
		esac
	done
	if ((i < COMP_CWORD)) || [ "${COMP_WORDS[i - 1]}" = -- ]; then
		if declare -F _command_offset >/dev/null; then
			_command_offset "$i"
		else
			compopt -o filenames 2>/dev/null
			mapfile -t COMPREPLY < <(compgen -c -f -- "$cur")
		fi
	elif [[ $cur == -* ]]; then
		_tlstrace_words "$1"
	else
		mapfile -t COMPREPLY < <(compgen -c -- "$cur")
	fi
}

_tlstrace()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local commands="check exec attach detach list live record stat top" command=${COMP_WORDS[1]}

	COMPREPLY=()
	if [ "$COMP_CWORD" -eq 1 ]; then
		_tlstrace_words "$commands help --help --version"
		return
	fi
	case $prev in
	--color)
		_tlstrace_words "auto always never"
		return
		;;
	-o | --output)
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--program)
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -c -f -- "$cur")
		return
		;;
	-p | --pid)
		mapfile -t COMPREPLY < <(compgen -W "$(cd /proc && echo [1-9]*)" -- "$cur")
		return
		;;
	-d | --direction)
		[ "$command" = top ] || _tlstrace_words "tx rx"
		return
		;;
	-e | --event)
		_tlstrace_words "attach setsockopt tx rx alert rekey close"
		return
		;;
	--type)
		_tlstrace_words "data handshake alert change_cipher_spec"
		return
		;;
	-s | --sort)
		[ "$command" != top ] || _tlstrace_words "bytes records calls errors latency name"
		return
		;;
	--by)
		_tlstrace_words "connection process none"
		return
		;;
	--encap)
		_tlstrace_words "raw upper-pdu both"
		return
		;;
	--cgroup)
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		return
		;;
	-b | --buffer-size | --keep | --port | --comm | -l | --min-latency | -n | --count | \
		--snaplen | --port-map | --max-size | -i | --interval | --duration | --delay | \
		--limit)
		return
		;;
	esac
	case $command in
	help)
		_tlstrace_words "$commands"
		;;
	check)
		_tlstrace_words "--program --json --no-load --color --help"
		;;
	attach)
		_tlstrace_words "--cgroup --pid --all --help"
		;;
	detach)
		_tlstrace_words "--pid --help"
		;;
	live)
		_tlstrace_words "--direction --event --type --port --pid --comm --errors \
			--min-latency --count --all --json --buffer-size --color --help"
		;;
	list)
		_tlstrace_words "--pid --port --json --color --help"
		;;
	exec)
		_tlstrace_program "--all --output --json --quiet --wait --buffer-size --keep \
			--color --help"
		;;
	record)
		_tlstrace_program "--output --force --decode --json --snaplen --metadata-only \
			--encap --port-map --max-size --port --pid --comm --wait --buffer-size \
			--color --help"
		;;
	stat)
		_tlstrace_program "--interval --duration --by --limit --histograms --port --pid \
			--comm --output --json --wait --buffer-size --color --help"
		;;
	top)
		_tlstrace_words "--delay --count --sort --by --limit --batch --port --pid --comm \
			--buffer-size --color --help"
		;;
	esac
}

complete -F _tlstrace tlstrace
