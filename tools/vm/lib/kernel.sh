# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Kernels built from Debian's source: one per version of the source and way of
# building it, kept in the cache apart from the root file systems, which change
# more often.
#
#	kernels/VERSION-KEY/product	what goes into a root, see kernel/build
#	kernels/VERSION-KEY/config	its configuration
#	kernels/VERSION-KEY/version	its release
#	kernels/VERSION-KEY/manifest	digest of what product holds
#
# A directory of that name is complete: it was renamed to it at the end.

# Space that a build needs at its peak, in MiB.
readonly KERNEL_NEEDS_MB=6000

# kernel_key CELL: of all that decides what is built, but for the source. The
# suite stands for its compiler.
kernel_key()
{
	{
		cell_get "$1" suite
		cat "$VM_DIR/kernel/$(cell_get "$1" config)" "$VM_DIR/kernel/build"
	} | sha256sum | cut -c 1-12
}

# kernel_ensure CELL DIR: set kernel_dir, with a shared lock on it. DIR/root is
# the root file system to build in, DIR/source.tar.xz the source if there is
# need to build, DIR/source-version the version of its package.
kernel_ensure()
{
	local cell=$1 dir=$2 version what

	version=$(< "$dir/source-version")
	what="the kernel of $cell"
	make_dir "$CACHE/kernels"
	kernel_dir=$CACHE/kernels/$version-$(kernel_key "$cell")
	# What an interrupted build left is as large as the kernel's whole source.
	drop_partial "$CACHE/kernels"

	lock_take kernel_lock "$kernel_dir.lock" shared "$what"
	if ! kernel_intact "$kernel_dir"; then
		lock_take kernel_lock "$kernel_dir.lock" exclusive "$what"
		# Another process may have built it while this one waited.
		kernel_intact "$kernel_dir" || kernel_build "$cell" "$dir" "$version" "$kernel_dir"
		lock_take kernel_lock "$kernel_dir.lock" shared "$what"
	fi
}

kernel_intact()
{
	[ -d "$1" ] || return 1
	[ -s "$1/manifest" ] && [ -s "$1/version" ] && [ -s "$1/config" ] &&
		[ "$(tree_digest "$1/product")" = "$(< "$1/manifest")" ] && return 0
	say "the kernel $1 is damaged; building it anew"
	return 1
}

# kernel_build CELL DIR VERSION TO: under the exclusive lock.
kernel_build()
{
	local cell=$1 dir=$2 version=$3 to=$4 partial=$4.partial log
	local others=("${unfinished[@]}")

	log=$(log_path "make-kernel-$cell")
	need_namespaces
	need_space "$CACHE" "$KERNEL_NEEDS_MB" "the kernel of $cell"
	remove_tree "$partial"
	remove_tree "$to"
	make_dir "$partial"
	unfinished+=("$partial")
	mv "$dir/source.tar.xz" "$partial/" || die "cannot write to $partial (disk full?)"

	say "building the kernel of $cell from source: once, half an hour of two processors; log: $log"
	if ! phase "$cell: kernel $version from source" "$log" \
		"$VM_DIR/lib/in-root" "$dir/root" --ro "$VM_DIR/kernel" /repo --rw "$partial" /stage -- \
		/repo/build /stage "$(cell_get "$cell" config)"; then
		remove_tree "$partial"
		die "building the kernel of $cell failed$(explain_failure "$log"): $(build_error "$log"); see $log"
	fi
	rm "$partial/source.tar.xz"
	tree_digest "$partial/product" > "$partial/manifest"
	# What the name promises must be on the disk before the name is.
	sync -f "$partial"
	mv -T "$partial" "$to" || die "cannot rename $partial to $to"
	unfinished=("${others[@]}")
}

# kernels_in_use: the directory of each cell's kernel that was built last.
kernels_in_use()
{
	local name

	for name in $(cell_names); do
		[ -n "$(cell_get "$name" source)" ] || continue
		find "$CACHE/kernels" -mindepth 1 -maxdepth 1 -type d -name "*-$(kernel_key "$name")" \
			-printf '%T@ %p\n' 2> /dev/null | sort -n | tail -n 1 | cut -d ' ' -f 2-
	done
}
