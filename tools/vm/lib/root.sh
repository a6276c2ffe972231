# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Root file systems: built once per definition of a cell, kept in the cache.
#
#	roots/CELL-KEY/root		the file system, never written to again
#	roots/CELL-KEY/version		release of its kernel
#	roots/CELL-KEY/initrd		what the guest boots from, without init
#	roots/CELL-KEY/manifest		digest of what root holds
#
# A directory of that name is complete: it was renamed to it at the end.

# Space that a build needs at its peak, in MiB.
readonly ROOT_NEEDS_MB=3200

root_key()
{
	{
		cell_definition "$1"
		cat "$VM_DIR/lib/root-hook" "$VM_DIR/lib/root-make" "$VM_DIR/lib/root-initrd"
		[ -z "$(cell_get "$1" source)" ] || { kernel_key "$1"; cat "$VM_DIR/lib/root-kernel"; }
	} | sha256sum | cut -c 1-12
}

# root_ensure CELL: set root_dir (holds root, version, initrd), with a shared
# lock on it for as long as this process or a child of it lives.
root_ensure()
{
	local cell=$1 parent=$CACHE/roots

	make_dir "$parent"
	root_dir=$parent/$cell-$(root_key "$cell")
	drop_partial "$parent"

	lock_take root_lock "$root_dir.lock" shared "the root file system of $cell"
	if ! root_intact "$root_dir"; then
		lock_take root_lock "$root_dir.lock" exclusive "the root file system of $cell"
		# Another process may have built it while this one waited.
		root_intact "$root_dir" || root_build "$cell" "$root_dir"
		lock_take root_lock "$root_dir.lock" shared "the root file system of $cell"
	fi
	kernel_version=$(< "$root_dir/version")
}

root_intact()
{
	[ -d "$1" ] || return 1
	[ -s "$1/manifest" ] && [ -s "$1/initrd" ] && [ -s "$1/version" ] &&
		[ "$(tree_digest "$1/root")" = "$(< "$1/manifest")" ] && return 0
	say "the root file system $1 is damaged; building it anew"
	return 1
}

# root_build CELL DIR: under the exclusive lock.
root_build()
{
	local cell=$1 dir=$2 partial=$2.partial log
	local suite further what=kernel reason words

	log=$(log_path "root-$cell")
	need_tools mmdebstrap
	need_namespaces
	need_space "$CACHE" "$ROOT_NEEDS_MB" "the root file system of $cell"
	suite=$(cell_get "$cell" suite)
	further=$(cell_get "$cell" from)
	[ -z "$(cell_get "$cell" source)" ] || what=source
	remove_tree "$partial"
	remove_tree "$dir"
	make_dir "$partial"
	unfinished+=("$partial")

	say "building the root file system of $cell: once, a few minutes; log: $log"
	# shellcheck disable=SC2086 # further is a list
	archive_sources "$suite" $further > "$partial/sources"
	[ -s "$partial/sources" ] || rm "$partial/sources"
	if ! phase "$cell: packages, kernel, test harness" "$log" \
		"$VM_DIR/lib/root-make" "$partial" "$suite" "$what" \
		"$(cell_get "$cell" "$what")" "$(cell_get "$cell" packages)"; then
		remove_tree "$partial"
		reason=$(explain_failure "$log")
		if [[ $reason != *disk* ]] && words=$(archive_failure "$log"); then
			die "no packages for $cell$reason, apt says: ${words#E: }; see $log" "$EX_ARCHIVE"
		fi
		die "building the root of $cell failed$reason; see $log"
	fi
	[ "$what" = kernel ] || root_add_kernel "$cell" "$partial" "$log"
	mv "$partial/root/boot/version" "$partial/version"
	kernel_version=$(< "$partial/version")
	mv "$partial/root/boot/initrd" "$partial/initrd"
	tree_digest "$partial/root" > "$partial/manifest"
	# What the name promises must be on the disk before the name is.
	sync -f "$partial"
	mv -T "$partial" "$dir" || die "cannot rename $partial to $dir"
	unfinished=()
}

# root_add_kernel CELL DIR LOG: to a root that is complete but for its kernel.
root_add_kernel()
{
	local cell=$1 dir=$2 log=$3 file

	for file in source.tar.xz source-version; do
		mv "$dir/root/boot/$file" "$dir/"
	done
	kernel_ensure "$cell" "$dir"
	rm -f "$dir"/source*
	phase "$cell: adding the kernel" "$log" "$VM_DIR/lib/root-kernel" \
		"$dir/root" "$kernel_dir/product" "$(< "$kernel_dir/version")" ||
		die "adding the kernel to the root of $cell failed$(explain_failure "$log"); see $log"
	lock_drop kernel_lock
}
