/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A kernel connection multiplexor (KCM): a socket of messages over a TCP socket.
 * The kernel's stream parser takes them from the TCP socket by read_sock of its
 * proto_ops, and KCM sends pages to it.
 */
#ifndef TT_KCM_H
#define TT_KCM_H

/* The way of data that they take, as tls_trace numbers it beside enum tt_path. */
#define TT_RX_READ_SOCK	2

/**
 * tt_kcm_open() - make a multiplexor
 * Return: descriptor with time limits as tt_tcp_pair() sets them, or -errno
 * (-EAFNOSUPPORT without the module).
 */
int tt_kcm_open(void);

/**
 * tt_kcm_attach() - give it a TCP socket
 * @kcm:	multiplexor
 * @fd:		TCP socket
 * @prog:	BPF program that finds the length of a message
 * Return: 0 or -errno.
 */
int tt_kcm_attach(int kcm, int fd, int prog);

/**
 * tt_kcm_detach() - take the TCP socket back
 * @kcm:	multiplexor
 * @fd:		TCP socket
 * Return: 0 or -errno.
 */
int tt_kcm_detach(int kcm, int fd);

/**
 * tt_kcm_probe() - what in-kernel readers of a socket with the ULP tls get
 * Return: 1 plaintext (tls has a read_sock of its own), 0 what is on the wire
 * (it is TCP's), or -errno with the reason noted.
 */
int tt_kcm_probe(void);

#endif
