# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Builds the checkout for a cell, inside the cell's root.
#
#	build/ID/repo		copy of the checkout's files, and what make made of them
#	build/ID/sources	the files copied, as they were in the checkout
#	build/ID/building	make is, or was, at work on repo
#	build/ID/gen-N		what a guest sees: repo/ and overlay/ (installed files),
#				and sources, what it was made from
#	build/ID/current	the N of the newest complete one
#
# A guest keeps its gen-N while later builds make new ones.

# Space that a build needs at its peak, in MiB.
readonly BUILD_NEEDS_MB=200

# list_sources: NUL-separated, the checkout's files, tracked or not, but for what git ignores.
list_sources()
{
	(
		cd "$TOP" || exit 1
		if git -c safe.directory='*' rev-parse --git-dir > /dev/null 2>&1; then
			git -c safe.directory='*' ls-files -z --cached --others --exclude-standard
		else
			find . -type f -printf '%P\0'
		fi | while IFS= read -r -d '' file; do
			[ ! -e "$file" ] && [ ! -L "$file" ] || printf '%s\0' "$file"
		done
	)
}

# describe_sources: a line per file that changes when the file does.
describe_sources()
{
	(cd "$TOP" && list_sources | LC_ALL=C sort -zu |
		xargs -0 -r stat --printf '%n\t%f %s %Y %Z\n' --)
}

# sync_sources DIR: bring DIR/repo and DIR/sources up to the checkout's state.
# Copies get the present time, so that make sees an older file put back.
sync_sources()
{
	local dir=$1 removed=

	if [ -e "$dir/building" ]; then
		# Make was killed: it may take half an object for a whole one.
		rm -f "$dir/sources"
	elif [ -e "$dir/sources" ]; then
		cmp -s "$dir/sources.new" "$dir/sources" && return 0
		# A file less may leave objects and dependencies that no rule knows.
		removed=$(LC_ALL=C comm -23 <(cut -f 1 "$dir/sources") <(cut -f 1 "$dir/sources.new"))
		mv "$dir/sources" "$dir/sources.old"
	fi
	if [ ! -e "$dir/sources.old" ] || [ -n "$removed" ]; then
		remove_tree "$dir/repo"
		rm -f "$dir/building"
		: > "$dir/sources.old" || return 1
	fi
	mkdir -p "$dir/repo" || return 1
	LC_ALL=C comm -13 "$dir/sources.old" "$dir/sources.new" | cut -f 1 |
		tar -C "$TOP" -c --verbatim-files-from -T - |
		tar -C "$dir/repo" -x -m --no-same-owner || return 1
	rm -f "$dir/sources.old"
	mv "$dir/sources.new" "$dir/sources"
}

# build_ensure: set gen_dir to what the guest shall see, locked like a root.
build_ensure()
{
	local id dir current log tries

	id=$(printf '%s\n' "$TOP" "$root_dir" "$build_mode" | sha256sum | cut -c 1-12)
	dir=$CACHE/build/$id
	log=$(log_path "build-$cell")
	[ ! -e "$TOP/.git" ] || need_tools git
	make_dir "$dir"
	lock_take build_lock "$dir/lock" exclusive "the build of this checkout"
	printf '%s\n%s\n' "$TOP" "$root_dir" > "$dir/about" || die "cannot write to $dir (disk full?)"

	# A file may go away between being listed and being copied.
	for tries in 4 3 2 1 0; do
		rm -f "$dir/sources.old"
		describe_sources > "$dir/sources.new" 2> "$log" || continue
		current=$(cat "$dir/current" 2> /dev/null || echo 0)
		! cmp -s "$dir/sources.new" "$dir/gen-$current/sources" || break
		if sync_sources "$dir" 2> "$log"; then
			build_make "$dir" $((++current)) "$log"
			break
		fi
		[ "$tries" != 0 ] ||
			die "copying the checkout to $dir failed$(explain_failure "$log"); see $log"
	done
	gen_dir=$dir/gen-$current
	lock_take gen_lock "$gen_dir.lock" shared "the build of this checkout"
	build_drop_old "$dir" "$current"
	lock_drop build_lock
}

# build_make DIR N LOG: make gen-N from the copied sources.
build_make()
{
	local dir=$1 n=$2 log=$3 gen=$1/gen-$2.partial

	need_namespaces
	need_space "$CACHE" "$BUILD_NEEDS_MB" "building the checkout"
	remove_tree "$gen"
	make_dir "$gen/overlay"
	make_dir "$gen/repo"
	unfinished=("$gen")
	: > "$dir/building" || die "cannot write to $dir (disk full?)"
	if [ "$build_mode" != none ] &&
	   ! phase "$cell: building the checkout" "$log" \
		"$VM_DIR/lib/in-root" "$root_dir/root" --rw "$dir/repo" /repo --rw "$gen/overlay" /stage \
		--script "$VM_DIR/lib/build-steps" -- \
		/run/script "$kernel_version" "$build_mode"; then
		rm -f "$dir/building"
		remove_tree "$gen"
		die "building the checkout for $cell failed$(explain_failure "$log"): $(build_error "$log"); see $log"
	fi
	rm -f "$dir/building"
	if ! cp -a --reflink=auto "$dir/repo/." "$gen/repo" 2>> "$log" ||
	   ! cp "$dir/sources" "$gen/sources" 2>> "$log" ||
	   ! mv -T "$gen" "$dir/gen-$n" 2>> "$log" ||
	   ! echo "$n" > "$dir/current"; then
		remove_tree "$gen"
		die "keeping the build failed$(explain_failure "$log"); see $log"
	fi
	unfinished=()
}

# The first error in a log of make.
build_error()
{
	grep -aE -m 1 '(: (fatal )?error:|\*\*\*)' "$1" | cut -c 1-160
}

# Generations that no guest uses.
build_drop_old()
{
	local old fd

	for old in "$1"/gen-*; do
		case $old in
		*.lock | "$1/gen-$2") continue ;;
		esac
		exec {fd}> "$old.lock"
		if flock -n -x "$fd"; then
			remove_tree "$old"
			rm -f "$old.lock"
		fi
		exec {fd}>&-
	done
}
