# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The list of cells (tools/vm/cells).

readonly CELLS_FILE=${TLS_TRACE_CELLS:-$VM_DIR/cells}
readonly DEFAULT_CELL=bookworm
# MiB
readonly DEFAULT_MEMORY=2048

cell_names()
{
	awk '!/^[[:space:]]*(#|$)/ && $1 != "all" && !seen[$1]++ { print $1 }' "$CELLS_FILE"
}

# cell_get CELL KEY: the values of KEY, those of "all" first.
cell_get()
{
	awk -v cell="$1" -v key="$2" '
		/^[[:space:]]*#/ || $2 != key { next }
		$1 == "all" || $1 == cell {
			$1 = $2 = ""
			sub(/^[[:space:]]+/, "")
			line[$0 == "" ? n : ++n] = $0
		}
		END { for (i = 1; i <= n; i++) printf "%s%s", line[i], i < n ? " " : "\n" }
	' "$CELLS_FILE"
}

# cell_check CELL: one clear line if there is no such cell or it lacks a key.
cell_check()
{
	local key keys=(suite packages kernel)

	cell_names | grep -Fqx -- "$1" ||
		usage_error "no cell '$1'; there are: $(cell_names | paste -sd ' ')"
	[ -z "$(cell_get "$1" source)" ] || keys=(suite packages config)
	for key in "${keys[@]}"; do
		[ -n "$(cell_get "$1" "$key")" ] ||
			die "cell $1 has no '$key' line in $CELLS_FILE; add it"
	done
	if [ -n "$(cell_get "$1" source)" ]; then
		[ -z "$(cell_get "$1" kernel)" ] ||
			die "cell $1 has both 'kernel' and 'source' in $CELLS_FILE; remove one"
		[ -e "$VM_DIR/kernel/$(cell_get "$1" config)" ] ||
			die "cell $1 wants $VM_DIR/kernel/$(cell_get "$1" config), which is not there"
	fi
}

# Everything about a cell that decides what its root holds.
cell_definition()
{
	local key keys=(suite from kernel packages)

	[ -z "$(cell_get "$1" source)" ] || keys=(suite from source packages)
	for key in "${keys[@]}"; do
		printf '%s %s\n' "$key" "$(cell_get "$1" "$key")"
	done
}
