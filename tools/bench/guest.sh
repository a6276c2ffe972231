# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the benchmark's scripts in a guest share. Sourced; then guest_ready.

# shellcheck disable=SC2034 # for those who source it
tracing=/sys/kernel/tracing

die()
{
	echo "bench: $1" >&2
	exit 1
}

# guest_ready FILE...: set work, a directory in memory, and copy the files there, which
# are otherwise on the host; load what is needed
guest_ready()
{
	local module

	work=$(mktemp -d)
	mount -t tmpfs tmpfs "$work"
	[ $# = 0 ] || cp "$@" "$work/"
	# Without udev nobody asks for the ciphers that are fast.
	for module in aesni_intel ghash_clmulni_intel chacha_x86_64 poly1305_x86_64 \
		      chacha20poly1305 gcm inet_diag tcp_diag tls tls_trace; do
		modprobe "$module" 2> /dev/null || :
	done
	[ -d /sys/module/tls_trace ] || die 'tls_trace does not load'
	mountpoint -q "$tracing" || mount -t tracefs tracefs "$tracing"
	ip link set lo up
}
