#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0
# Makes kTLS sockets without any TLS library: constant keys, both ends here.
#   ktls.pl connections N [BYTES [CALLS]]  N connections, CALLS sends of BYTES each
#   ktls.pl hold N                         the same, then waits for a line to end
#   ktls.pl forms                          every way to spell the ULP's name
#   ktls.pl large                          a socket option longer than a page
#   ktls.pl refuse                         a key that the kernel refuses
#   ktls.pl error                          a record that fails authentication
use strict;
use warnings;
use Socket qw(:all);

use constant { SOL_TLS => 282, TLS_TX => 1, TLS_RX => 2, ULP => 31 };

# One connection over loopback; "::1" or "127.0.0.1".
sub pair {
	my ($addr) = @_;
	my $v6 = $addr =~ /:/;
	my $family = $v6 ? AF_INET6 : AF_INET;
	my $any = $v6 ? pack_sockaddr_in6(0, inet_pton(AF_INET6, $addr))
		      : pack_sockaddr_in(0, inet_aton($addr));

	socket(my $l, $family, SOCK_STREAM, 0) or die "socket: $!\n";
	bind($l, $any) or die "bind: $!\n";
	listen($l, 1) or die "listen: $!\n";
	socket(my $c, $family, SOCK_STREAM, 0) or die "socket: $!\n";
	connect($c, getsockname($l)) or die "connect: $!\n";
	accept(my $s, $l) or die "accept: $!\n";
	return ($c, $s);
}

sub ulp {
	my ($sock, $name) = @_;
	return setsockopt($sock, IPPROTO_TCP, ULP, $name);
}

# TLS 1.2, AES-128-GCM: version, cipher, iv, key, salt, sequence.
sub key {
	my ($sock, $dir, $first) = @_;
	my $info = pack('SS', 0x0303, 51) . 'i' x 8 . $first . 'k' x 15 . 's' x 4 . "\0" x 8;
	return setsockopt($sock, SOL_TLS, $dir, $info);
}

sub exchange {
	my ($addr, $bytes, $calls) = @_;
	my ($c, $s) = pair($addr);

	ulp($c, "tls\0") or die "TCP_ULP: $!\n";
	ulp($s, "tls\0") or die "TCP_ULP: $!\n";
	key($c, TLS_TX, 'k') or die "TLS_TX: $!\n";
	key($s, TLS_RX, 'k') or die "TLS_RX: $!\n";
	for (1 .. $calls) {
		my $data = 'x' x $bytes;
		my $got = '';

		(syswrite($c, $data) // -1) == $bytes or die "send: $!\n";
		while (length($got) < $bytes) {
			sysread($s, $got, $bytes - length($got), length($got)) or die "recv: $!\n";
		}
		$got eq $data or die "wrong data\n";
	}
	return ($c, $s);
}

my $what = shift // '';
if ($what eq 'connections') {
	my ($n, $bytes, $calls) = @ARGV;

	exchange($_ % 2 ? '127.0.0.1' : '::1', $bytes // 100, $calls // 1) for 1 .. $n;
} elsif ($what eq 'hold') {
	my @held = map { exchange($_ % 2 ? '127.0.0.1' : '::1', 100, 1) } 1 .. $ARGV[0];

	$| = 1;
	print "ready\n";
	<STDIN>;
} elsif ($what eq 'forms') {
	for my $name ("tls", "tls\0", "tls\0junk", "tls" . "\0" x 13, "tls_trace", "tls_trace\0") {
		my ($c, $s) = pair('127.0.0.1');

		ulp($c, $name) or die "TCP_ULP: $!\n";
	}
	for my $name ("tl", "tlsx", "Tls", "t", "tls_trace2") {
		my ($c, $s) = pair('127.0.0.1');

		ulp($c, $name) and die "TCP_ULP $name accepted\n";
		$!{ENOENT} or die "TCP_ULP $name: $!\n";
	}
} elsif ($what eq 'large') {
	my ($c, $s) = pair('127.0.0.1');

	setsockopt($c, SOL_SOCKET, SO_RCVBUF, pack('i', 65536) . "\0" x 100000)
		or die "SO_RCVBUF: $!\n";
} elsif ($what eq 'refuse') {
	my ($c, $s) = pair('127.0.0.1');

	ulp($c, 'tls') or die "TCP_ULP: $!\n";
	setsockopt($c, SOL_TLS, TLS_TX, pack('SS', 0x0303, 999) . "\0" x 36)
		and die "unknown cipher accepted\n";
} elsif ($what eq 'error') {
	my ($c, $s) = pair('127.0.0.1');

	ulp($_, 'tls') or die "TCP_ULP: $!\n" for $c, $s;
	key($c, TLS_TX, 'k') or die "TLS_TX: $!\n";
	key($s, TLS_RX, 'K') or die "TLS_RX: $!\n";
	syswrite($c, 'hello');
	defined(sysread($s, my $buf, 10)) and die "wrong key, and data came out\n";
	$!{EBADMSG} or die "recv: $!\n";
} else {
	die "usage: ktls.pl connections N [BYTES [CALLS]] | hold N | forms | large | refuse | error\n";
}
