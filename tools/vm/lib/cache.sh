# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Directories of the cache that take long to make: complete or not there, and
# known by what they hold.

# What to remove when this process ends.
unfinished=()

# tree_digest DIR: of names, types, modes, sizes and times of all files.
tree_digest()
{
	(cd "$1" && find . -xdev -printf '%P\t%y%m\t%s\t%T@\t%l\n' | LC_ALL=C sort | sha256sum)
}

# drop_partial DIR: what an interrupted build left there. A build in progress
# holds its lock.
drop_partial()
{
	local partial fd

	for partial in "$1"/*.partial; do
		[ -d "$partial" ] || continue
		exec {fd}> "${partial%.partial}.lock"
		if flock -n -x "$fd"; then
			say "removing what an interrupted build left: $partial"
			remove_tree "$partial"
		fi
		exec {fd}>&-
	done
}
