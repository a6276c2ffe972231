# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# For the tests of the runner.

set -uo pipefail

TESTS=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
VM_DIR=$(dirname "$TESTS")
vm=$VM_DIR/vm
cell=${TEST_CELL:-bookworm}
area=$(basename "$0" .test)
scratch=$(mktemp -d)
readonly TESTS VM_DIR cell area scratch
cleanups=()

at_end()
{
	cleanups+=("$1")
}

end_of_tests()
{
	local i

	for ((i = ${#cleanups[@]} - 1; i >= 0; i--)); do
		eval "${cleanups[i]}"
	done
	rm -rf "$scratch"
	echo '#end'
}

# finish: the last line of every test file.
finish()
{
	end_of_tests
	trap - EXIT
	exit 0
}

trap 'rm -rf "$scratch"' EXIT

skip()
{
	echo "skip $area: $1 # $2"
}

# is WHAT EXPECTED GOT
is()
{
	if [ "$2" = "$3" ]; then
		echo "ok $area: $1"
	else
		echo "not ok $area: $1"
		printf '# expected: %s\n# got:      %s\n' "${2//$'\n'/$'\n'# }" "${3//$'\n'/$'\n'# }"
	fi
}

# matches WHAT PATTERN GOT: GOT matches the extended regular expression.
matches()
{
	if grep -Eq -- "$2" <<< "$3"; then
		echo "ok $area: $1"
	else
		echo "not ok $area: $1"
		printf '# no match for: %s\n# in: %s\n' "$2" "${3//$'\n'/$'\n'# }"
	fi
}

# try COMMAND...: run it; set out, err, status.
try()
{
	status=0
	"$@" > "$scratch/out" 2> "$scratch/err" < /dev/null || status=$?
	out=$(< "$scratch/out")
	err=$(< "$scratch/err")
}

# one_line WHAT STATUS PATTERN: the last try said this in one line of stderr.
one_line()
{
	is "$1: status" "$2" "$status"
	is "$1: one line" 1 "$(grep -c '' "$scratch/err")"
	matches "$1: the line" "$3" "$err"
}

# wait_for WHAT COMMAND...: until it succeeds, for at most a minute.
wait_for()
{
	local what=$1 end=$((SECONDS + 60))
	shift

	until "$@"; do
		if [ "$SECONDS" -ge "$end" ]; then
			echo "not ok $area: waited in vain: $what"
			return 1
		fi
		sleep 0.2
	done
}

# The cache the tests work on shares with the real one the root file systems, what is
# in the variable cache_parts (such as kernels), and nothing else.
use_scratch_cache()
{
	local real=${TLS_TRACE_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/tls_trace} part

	if [ "$(id -u)" != 0 ]; then
		skip 'all' 'needs root'
		finish
	fi
	mkdir "$scratch/cache"
	for part in roots ${cache_parts:-}; do
		mkdir -p "$real/$part"
		ln -s "$real/$part" "$scratch/cache/$part"
	done
	[ ! -d "$real/accel" ] || cp -r "$real/accel" "$scratch/cache/accel"
	export TLS_TRACE_CACHE=$scratch/cache
}

# A checkout in small, with this runner in it; sets vm to its runner.
use_scratch_project()
{
	project=$scratch/project
	cp -r "$TESTS/project" "$project"
	mkdir "$project/tools"
	cp -r "$VM_DIR" "$project/tools/vm"
	printf '%s\n' '*.o' '*.ko' '*.mod' '*.mod.c' '*.cmd' product held ignored > "$project/.gitignore"
	git init -q "$project"
	vm=$project/tools/vm/vm
}

# guests: QEMU processes of this test's runs.
guests()
{
	local file

	for file in /proc/[0-9]*/cmdline; do
		! tr '\0' ' ' < "$file" | grep -F "$scratch/cache/run" | grep -q qemu || echo "$file"
	done 2> /dev/null
}

no_guest()
{
	[ -z "$(guests)" ]
}

guest_started()
{
	compgen -G "$scratch/cache/run/*/control/started" > /dev/null
}

# In the background, with signals as a person's shell would leave them.
start()
{
	env --default-signal=INT "$@" > "$scratch/out" 2> "$scratch/err" < /dev/null &
	started_pid=$!
}

# ended: wait for what was started; set status, out, err.
ended()
{
	status=0
	# Without a word from this shell about how it was killed.
	{ wait "$started_pid" || status=$?; } 2> /dev/null
	out=$(< "$scratch/out")
	err=$(< "$scratch/err")
}
