// SPDX-License-Identifier: GPL-2.0
/*
 * What a record carries, as far as the caller of sendmsg and recvmsg can see it.
 */
#include <linux/compat.h>
#include <linux/socket.h>
#include <linux/uaccess.h>
#include <linux/uio.h>
#include <net/compat.h>

#include "record.h"

/**
 * tlst_tx_type - content type that a sendmsg asks for
 * @msg: its message; the control messages are in kernel memory, see
 *	____sys_sendmsg()
 *
 * Takes the last type given, as tls_process_cmsg() does. A message that tls
 * refuses gives what can be read of it.
 *
 * Return: the content type, data without a control message.
 */
u8 tlst_tx_type(struct msghdr *msg)
{
	u8 type = TLST_TYPE_DATA;
	struct cmsghdr *cmsg;

	if (likely(!msg->msg_controllen))
		return type;
	for_each_cmsghdr(cmsg, msg) {
		if (!CMSG_OK(msg, cmsg))
			break;
		if (cmsg->cmsg_level == SOL_TLS &&
		    cmsg->cmsg_type == TLS_SET_RECORD_TYPE &&
		    cmsg->cmsg_len >= CMSG_LEN(sizeof(type)))
			type = *(u8 *)CMSG_DATA(cmsg);
	}
	return type;
}

/**
 * tlst_rx_type - content type that a successful recvmsg reported
 * @msg: its message after the call
 * @control: msg->msg_control before the call
 *
 * tls tells the type by put_cmsg(), the only one there is on a keyed socket,
 * which moves msg_control. Without room for it only data is received. The caller's
 * memory is read back: it may have been changed meanwhile, which is no worse
 * than an event that shows what the caller did to itself.
 *
 * Context: process context, may fault.
 * Return: the content type, TLST_TYPE_NONE when it cannot be read.
 */
u8 tlst_rx_type(const struct msghdr *msg, void *control)
{
	size_t offset = CMSG_ALIGN(sizeof(struct cmsghdr));
	u8 type;

	if (msg->msg_control == control)
		return TLST_TYPE_DATA;
#ifdef CONFIG_COMPAT
	if (msg->msg_flags & MSG_CMSG_COMPAT)
		offset = ALIGN(sizeof(struct compat_cmsghdr), sizeof(s32));
#endif
	/* Cut short, it has no room for the type; tls lets that pass for data. */
	if (msg->msg_control - control <= offset)
		return TLST_TYPE_DATA;
	if (!msg->msg_control_is_user)
		return *(u8 *)(control + offset);
	if (get_user(type, (u8 __user *)(control + offset)))
		return TLST_TYPE_NONE;
	return type;
}

/**
 * tlst_tx_alert - read the alert that a sendmsg is about to send
 * @msg: its message before the call, left as it is
 * @alert: where to
 *
 * Context: process context, may fault.
 * Return: whether there are the two bytes of an alert.
 */
bool tlst_tx_alert(const struct msghdr *msg, struct tlst_alert *alert)
{
	struct iov_iter iter = msg->msg_iter;

	return copy_from_iter(alert, sizeof(*alert), &iter) == sizeof(*alert);
}

/**
 * tlst_rx_alert - read the alert that a recvmsg has received
 * @iter: copy of the message's iterator made before the call; used up
 * @alert: where to
 *
 * Context: process context, may fault; the call has received an alert whole.
 * Return: whether it could be read.
 */
bool tlst_rx_alert(struct iov_iter *iter, struct tlst_alert *alert)
{
	/* A caller in the kernel may throw away what it receives. */
	if (iov_iter_is_discard(iter))
		return false;
	/* What was the destination is read as a source. */
	iter->data_source = ITER_SOURCE;
	return copy_from_iter(alert, sizeof(*alert), iter) == sizeof(*alert);
}
