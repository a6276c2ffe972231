// SPDX-License-Identifier: GPL-2.0
/* Errors in words: the name, and what it means in the place where it came from. */
#include <errno.h>
#include <stdio.h>

#include "names.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define E(name) { name, #name }

static const struct {
	int err;
	const char *name;
} errnos[] = {
	E(EPERM), E(ENOENT), E(EINTR), E(EIO), E(EBADF), E(EAGAIN), E(ENOMEM), E(EACCES),
	E(EFAULT), E(EBUSY), E(EEXIST), E(ENODEV), E(EINVAL), E(ENOSPC), E(EPIPE), E(ENOSYS),
	E(ELOOP), E(EPROTO), E(EBADMSG), E(EOVERFLOW), E(EMSGSIZE), E(ENOPROTOOPT),
	E(EPROTONOSUPPORT), E(EOPNOTSUPP), E(EADDRINUSE), E(EADDRNOTAVAIL), E(ENETDOWN),
	E(ENETUNREACH), E(ECONNABORTED), E(ECONNRESET), E(ENOBUFS), E(EISCONN), E(ENOTCONN),
	E(ETIMEDOUT), E(ECONNREFUSED), E(EHOSTUNREACH), E(EALREADY), E(EINPROGRESS),
	E(ECANCELED), E(EKEYEXPIRED), E(EKEYREJECTED), E(EDESTADDRREQ), E(EPROTOTYPE),
	/* Kernel-internal ones, seen by events only (include/linux/errno.h). */
	{ 512, "ERESTARTSYS" }, { 513, "ERESTARTNOINTR" }, { 514, "ERESTARTNOHAND" },
	{ 516, "ERESTART_RESTARTBLOCK" }, { 524, "ENOTSUPP" }, { 529, "EIOCBQUEUED" },
};

/**
 * name_errno() - name of an error number
 * @err: errno, positive
 * @buf: used where there is no name
 *
 * Return: the symbolic name, or "error N".
 */
const char *name_errno(int err, char buf[NAME_SIZE])
{
	for (size_t i = 0; i < ARRAY_SIZE(errnos); i++)
		if (errnos[i].err == err)
			return errnos[i].name;
	snprintf(buf, NAME_SIZE, "error %d", err);
	return buf;
}

/*
 * From the kernel's net/tls/ and net/ipv4/tcp_ulp.c: which condition gives
 * which number. The first match wins.
 */
static const struct {
	enum errno_where where;
	int err;
	const char *text;
} meanings[] = {
	{ WHERE_ATTACH, ENOENT, "the kernel has no such ULP, or its module is not loaded" },
	{ WHERE_ATTACH, EEXIST, "the socket already has a ULP" },
	{ WHERE_ATTACH, ENOTCONN, "the socket is not connected (yet, or any more)" },
	{ WHERE_ATTACH, EPERM, "not allowed to load the ULP's module: load it beforehand" },
	{ WHERE_ATTACH, EBUSY, "the socket is in use by something that excludes kTLS" },
	{ WHERE_ATTACH, EINVAL, "the socket is in use by sockmap, which excludes kTLS" },
	{ WHERE_ATTACH, EOPNOTSUPP, "not a plain TCP socket" },
	{ WHERE_ATTACH, ENOPROTOOPT, "the kernel has no ULPs, or this is not a TCP socket" },

	{ WHERE_KEY, EINVAL,
	  "cipher, version or length unknown to this kernel, or not those of the other direction" },
	{ WHERE_KEY, EBUSY,
	  "a key is set already, and replacing it (after a KeyUpdate) needs TLS 1.3 and Linux 6.14 "
	  "or later: the program has to close the connection" },
	{ WHERE_KEY, ENOENT, "the kernel's crypto API lacks this cipher" },
	{ WHERE_KEY, ENOPROTOOPT, "the socket has no ULP: setting it failed or was never done" },
	{ WHERE_KEY, ENOTCONN, "the connection is gone" },
	{ WHERE_KEY, ENOMEM, "out of memory" },

	{ WHERE_OPTION, ENOPROTOOPT, "this kernel does not have the option" },
	{ WHERE_OPTION, EINVAL, "wrong value or length, or not for this TLS version" },
	{ WHERE_OPTION, EBUSY, "no key yet, or a record is open" },

	{ WHERE_TX, EBADMSG,
	  "the kernel gave the connection up when a bad record came in (or its sequence numbers "
	  "are used up): nothing more can be sent, not even an alert that says why" },
	{ WHERE_TX, EINVAL, "wrong control message: record type too short, or with MSG_MORE" },
	{ WHERE_TX, EOPNOTSUPP, "a flag that kTLS does not allow" },
	{ WHERE_TX, EPIPE,
	  "the connection is closed for sending: the peer broke it off, or the program shut it "
	  "down" },
	{ WHERE_TX, ECONNRESET,
	  "the peer broke the connection off (reset): it did not get all that was sent" },
	{ WHERE_TX, EFAULT, "the data could not be read from the program's memory" },
	{ WHERE_TX, ETIMEDOUT, "the peer stopped answering" },
	{ WHERE_TX, ENOMEM, "out of memory" },

	{ WHERE_RX, EBADMSG,
	  "a record failed authentication: damaged on its way, malformed, or of another key or "
	  "sequence number; nothing after it can be read, the program has to close the "
	  "connection" },
	{ WHERE_RX, EMSGSIZE,
	  "a record longer than TLS allows: often TLS_RX was set in the middle of a record" },
	{ WHERE_RX, EIO,
	  "a record other than data arrived (with TLS 1.3 most often a session ticket, else a "
	  "KeyUpdate or an alert) and the program reads without control-message room: it has to "
	  "use recvmsg() with room for the type of the record, or the peer to send none" },
	{ WHERE_RX, EINVAL,
	  "not a TLS record of this version, or splice met a control record" },
	{ WHERE_RX, EKEYEXPIRED,
	  "the peer sent KeyUpdate: the program must set the new TLS_RX key" },
	{ WHERE_RX, ECONNRESET,
	  "the peer broke the connection off (reset): what was on its way, in either direction, "
	  "is lost" },
	{ WHERE_RX, ENOTCONN, "the connection is gone" },
	{ WHERE_RX, ETIMEDOUT, "the peer stopped answering" },
	{ WHERE_RX, EFAULT, "the data could not be written to the program's memory" },
	{ WHERE_RX, ENOMEM, "out of memory" },
};

/**
 * errno_meaning() - what an error means for the user of kTLS
 * @where: the operation that failed
 * @err: errno, positive
 *
 * Return: one clause, or NULL if there is nothing to add to the name.
 */
const char *errno_meaning(enum errno_where where, int err)
{
	for (size_t i = 0; i < ARRAY_SIZE(meanings); i++)
		if (meanings[i].where == where && meanings[i].err == err)
			return meanings[i].text;
	return NULL;
}
