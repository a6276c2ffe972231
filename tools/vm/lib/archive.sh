# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Where packages come from: the archive that the host itself uses.

# host_archives: "ADDRESS RELEASE" per source of the host, in any format that
# its apt reads (one-line or deb822).
host_archives()
{
	command -v apt-get > /dev/null || return 0
	apt-get indextargets --format '$(REPO_URI) $(RELEASE)' \
		'Created-By: Packages' 2>/dev/null | grep -E '^https?://' | sort -u
}

# shellcheck disable=SC2016 # $(...) is for apt
# archive_address (main|security): empty if the host's apt does not know one.
archive_address()
{
	local debian='^(stable|oldstable|testing|unstable|sid|trixie|bookworm|forky)'

	host_archives | awk -v want="$1" -v debian="$debian" '
		$2 !~ debian { next }
		($2 ~ /-security/) == (want == "security") { print $1; exit }'
}

# archive_sources SUITE [FURTHER...]: lines for sources.list, or nothing when
# mmdebstrap must use its own default.
archive_sources()
{
	local suite=$1 main security further
	shift

	main=$(archive_address main)
	[ -n "$main" ] || return 0
	printf 'deb %s %s main\n' "$main" "$suite"
	case $suite in
	sid | unstable) ;;
	*)
		printf 'deb %s %s-updates main\n' "$main" "$suite"
		security=$(archive_address security)
		# Mirrors carry both archives side by side.
		[ -n "$security" ] || security=${main%/debian*}/debian-security
		printf 'deb %s %s-security main\n' "$security" "$suite"
		;;
	esac
	for further; do
		printf 'deb %s %s main\n' "$main" "$further"
	done
}
