// SPDX-License-Identifier: GPL-2.0
/*
 * What tls_trace wraps or reads and every kernel so far has in this form. An
 * assertion that fails names what has changed.
 */
#include <net/tcp.h>
#include <net/tls.h>

#define ASSERT_TYPE(what, type, name)					\
	static_assert(__builtin_types_compatible_p(typeof(what), type), name)

static struct proto prot;
static struct proto_ops ops;
static struct tcp_ulp_ops ulp;
static struct tls_context ctx;

ASSERT_TYPE(prot.close, void (*)(struct sock *, long), "proto.close");
ASSERT_TYPE(prot.setsockopt,
	    int (*)(struct sock *, int, int, sockptr_t, unsigned int),
	    "proto.setsockopt");
ASSERT_TYPE(prot.sendmsg, int (*)(struct sock *, struct msghdr *, size_t),
	    "proto.sendmsg");

ASSERT_TYPE(ops.release, int (*)(struct socket *), "proto_ops.release");
ASSERT_TYPE(ops.splice_read,
	    ssize_t (*)(struct socket *, loff_t *, struct pipe_inode_info *,
			size_t, unsigned int),
	    "proto_ops.splice_read");
/* 6.5 (2bfc66850952), and late in stable 6.1. */
ASSERT_TYPE(ops.splice_eof, void (*)(struct socket *), "proto_ops.splice_eof");
ASSERT_TYPE(ops.read_sock,
	    int (*)(struct sock *, read_descriptor_t *, sk_read_actor_t),
	    "proto_ops.read_sock");

ASSERT_TYPE(ulp.init, int (*)(struct sock *), "tcp_ulp_ops.init");
ASSERT_TYPE(ulp.update,
	    void (*)(struct sock *, struct proto *, void (*)(struct sock *)),
	    "tcp_ulp_ops.update");
ASSERT_TYPE(ulp.release, void (*)(struct sock *), "tcp_ulp_ops.release");

ASSERT_TYPE(ctx.prot_info.version, u16, "tls_context.prot_info.version");
ASSERT_TYPE(ctx.prot_info.cipher_type, u16,
	    "tls_context.prot_info.cipher_type");
/* The last member of a key is its first sequence number. */
static_assert(offsetofend(struct tls12_crypto_info_aes_gcm_128, rec_seq) ==
	      sizeof(struct tls12_crypto_info_aes_gcm_128) &&
	      sizeof_field(struct tls12_crypto_info_aes_gcm_128, rec_seq) == 8,
	      "tls12_crypto_info_aes_gcm_128.rec_seq");
