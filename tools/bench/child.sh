# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# One command at a time that ends with the script: a guest does not outlive who wanted
# it. Sourced; a script that is done with a signal has the status a shell gives it.

child_pid=

# child COMMAND...: run it where a signal finds us; return its status
child()
{
	local status

	# A shell has what it puts into the background ignore SIGINT.
	env --default-signal=INT "$@" < /dev/null &
	child_pid=$!
	wait "$child_pid"
	status=$?
	child_pid=
	return $status
}

# child_stop STATUS
child_stop()
{
	trap '' INT TERM HUP
	if [ -n "$child_pid" ]; then
		kill -TERM "$child_pid" 2> /dev/null
		wait "$child_pid"
	fi
	exit "$1"
}
trap 'child_stop 129' HUP
trap 'child_stop 130' INT
trap 'child_stop 143' TERM
