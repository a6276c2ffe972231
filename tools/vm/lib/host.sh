# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the runner needs from the host: privilege, tools, space, locks.

# Roots are made and entered by root alone.
become_root()
{
	[ "$(id -u)" != 0 ] || return 0
	if command -v sudo > /dev/null && sudo -n true 2>/dev/null; then
		# The caller's directories stay the caller's.
		make_dir "$CACHE"
		exec sudo -n env HOME="$HOME" TERM="${TERM:-dumb}" PATH="$PATH" \
			TLS_TRACE_CACHE="$CACHE" TLS_TRACE_CELLS="$CELLS_FILE" "$VM_DIR/vm" "$@"
	fi
	die "needs root to make and enter root file systems; run it as root, or through sudo"
}

# need_tools NAME...: each must be on PATH.
need_tools()
{
	local tool missing=()

	for tool; do
		command -v "$tool" > /dev/null || missing+=("$tool")
	done
	[ ${#missing[@]} = 0 ] ||
		die "missing: ${missing[*]}; run tools/vm/setup to install what is needed"
}

make_dir()
{
	mkdir -p "$1" 2>/dev/null || die "cannot make directory $1 (read-only, or disk full?)"
}

remove_tree()
{
	rm -rf --one-file-system -- "$1" || die "cannot remove $1"
}

# need_space DIR MIB WHAT
need_space()
{
	local free

	free=$(df -Pm "$1" | awk 'NR == 2 { print $4 }')
	[ "${free:-0}" -ge "$2" ] ||
		die "$3 needs $2 MiB, and $1 has only ${free:-0} MiB free; make room or set TLS_TRACE_CACHE"
}

log_path()
{
	make_dir "$CACHE/log"
	printf '%s/%s.log' "$CACHE/log" "$1"
}

# Seconds of waiting for another run that need no word.
readonly QUIET_WAIT=3

# lock_take NAME FILE shared|exclusive WHAT: hold the lock in the file
# descriptor $NAME, which children inherit. Says so if it has to wait.
lock_take()
{
	local -n lock_fd=$1
	local mode=-x

	[ "$3" = exclusive ] || mode=-s
	if [ -z "${lock_fd:-}" ]; then
		exec {lock_fd}> "$2" || die "cannot write $2"
	fi
	if ! flock -w "$QUIET_WAIT" "$mode" "$lock_fd"; then
		say "waiting for another run that works on $4"
		flock "$mode" "$lock_fd" || die "cannot lock $2"
	fi
}

lock_drop()
{
	local -n lock_fd=$1

	[ -z "${lock_fd:-}" ] || exec {lock_fd}>&-
	lock_fd=
}

# Roots are entered in mount and process namespaces of their own.
need_namespaces()
{
	need_tools unshare setpriv
	unshare --mount --propagation private --pid --fork --mount-proc true 2> /dev/null ||
		die "may not mount here; in a container, run it privileged"
}
