# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the runner says: errors in one line, and the progress of long steps.
# All of it goes to stderr: stdout belongs to the command in the guest.

readonly EX_USAGE=2		# wrong command line
readonly EX_ARCHIVE=120		# apt could not get or install a cell's packages
readonly EX_RUNNER=121		# the runner could not do its part
readonly EX_KERNEL_LOG=123	# the kernel log holds a warning
readonly EX_TIMEOUT=124
readonly EX_CRASH=125		# the guest ended without a status

say()
{
	printf 'vm: %s\n' "$*" >&2
}

# die MESSAGE [STATUS]
die()
{
	say "$1"
	exit "${2:-$EX_RUNNER}"
}

usage_error()
{
	die "$1; see 'vm --help'" "$EX_USAGE"
}

# The last line of a log, printable and short enough for a status line.
log_tail()
{
	tail -n 1 "$1" 2>/dev/null | tr -cd '[:print:]' | cut -c 1-"$2"
}

# explain_failure LOG: a likely reason that the log names, if any.
explain_failure()
{
	# A full disk may have no room for the message either.
	if grep -q 'No space left on device' "$1" ||
	   [ "$(df -Pm "$CACHE" | awk 'NR == 2 { print $4 }')" -lt 1 ]; then
		printf '%s' ' (disk full)'
	elif grep -Eq 'Temporary failure resolving|Could not connect|Unable to connect' "$1"; then
		printf '%s' ' (the archive cannot be reached)'
	fi
}

# archive_failure LOG: in apt's own words, why a root's packages could not be had.
# Fails if the log of its making tells of no apt that failed.
archive_failure()
{
	# mmdebstrap, and root-hook after its example, name the command like this.
	grep -Eq '^E: (.* )?(apt-get|dpkg) .*failed$' "$1" || return 1
	grep -E '^(E|dpkg): ' "$1" | grep -Evm 1 '^E: (.* )?(apt-get|dpkg) .*failed$' ||
		echo "E: no word about why"
}

# Seconds between two lines of progress when stderr is no terminal.
readonly PROGRESS_INTERVAL=30

# phase NAME LOG COMMAND...: run COMMAND with its output in LOG and show that
# it is under way. Returns its status; says nothing about a failure. COMMAND
# has mount and process namespaces of its own: no mount and no process of it
# outlives it, nor does it outlive the runner.
phase()
{
	local name=$1 log=$2 start=$SECONDS shown=$SECONDS pid status=0 width
	shift 2

	: > "$log" || return 1
	[ -t 2 ] || say "$name ..."
	setpriv --pdeathsig KILL -- unshare --mount --propagation private \
		--pid --fork --kill-child --mount-proc -- "$@" >> "$log" 2>&1 < /dev/null &
	pid=$!
	phase_pid=$pid
	while kill -0 "$pid" 2>/dev/null; do
		if [ -t 2 ]; then
			width=$(stty size <&2 2> /dev/null | cut -d ' ' -f 2)
			width=$((${width:-80} - ${#name} - 20))
			printf '\r\033[Kvm: %s %d s  %s' "$name" $((SECONDS - start)) \
				"$(log_tail "$log" $((width > 10 ? width : 10)))" >&2
		elif [ $((SECONDS - shown)) -ge "$PROGRESS_INTERVAL" ]; then
			shown=$SECONDS
			say "$name ... $((SECONDS - start)) s: $(log_tail "$log" 60)"
		fi
		wait_a_moment "$pid"
	done
	wait "$pid" || status=$?
	phase_pid=
	[ ! -t 2 ] || printf '\r\033[K' >&2
	if [ "$status" = 0 ]; then
		say "$name: done in $((SECONDS - start)) s"
	fi
	return "$status"
}

# Up to half a second, less if the process ends.
wait_a_moment()
{
	timeout 0.5 tail --pid="$1" -s 0.1 -f /dev/null || :
}
