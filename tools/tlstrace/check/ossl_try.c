// SPDX-License-Identifier: GPL-2.0
/*
 * A TLS connection inside this process, both ends OpenSSL, over TCP, with a
 * pre-shared key so that no certificate is needed. All of OpenSSL is called
 * through pointers; the prototypes are those of its manual pages, and are the
 * same from 1.1.1 to 3.x as far as used here.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ktls_probe.h"
#include "ktls_uapi.h"
#include "ossl.h"

/* Constants of OpenSSL's public headers. */
#define OP_ENABLE_KTLS		(1UL << 3)
#define VERSION_TEXT		0
#define VERSION_DIR		4
#define CTRL_MIN_VERSION	123
#define CTRL_MAX_VERSION	124
#define BIO_GET_KTLS_SEND	73
#define BIO_GET_KTLS_RECV	76
#define ERROR_WANT_READ		2
#define ERROR_WANT_WRITE	3

typedef unsigned int (*psk_client_fn)(void *ssl, const char *hint, char *identity,
				      unsigned int max_identity, unsigned char *psk,
				      unsigned int max_psk);
typedef unsigned int (*psk_server_fn)(void *ssl, const char *identity, unsigned char *psk,
				      unsigned int max_psk);

static struct {
	const char *(*version)(int what);
	unsigned long (*version_num)(void);
	const void *(*method)(void);
	void *(*ctx_new)(const void *method);
	void (*ctx_free)(void *ctx);
	long (*ctx_ctrl)(void *ctx, int cmd, long larg, void *parg);
	uint64_t (*ctx_set_options)(void *ctx, uint64_t options);
	uint64_t (*ctx_get_options)(const void *ctx);
	int (*ctx_set_cipher_list)(void *ctx, const char *list);
	int (*ctx_set_ciphersuites)(void *ctx, const char *list);
	void (*ctx_set_psk_client)(void *ctx, psk_client_fn fn);
	void (*ctx_set_psk_server)(void *ctx, psk_server_fn fn);
	void *(*ssl_new)(void *ctx);
	void (*ssl_free)(void *ssl);
	int (*set_fd)(void *ssl, int fd);
	void (*set_connect)(void *ssl);
	void (*set_accept)(void *ssl);
	int (*handshake)(void *ssl);
	int (*get_error)(const void *ssl, int ret);
	int (*read)(void *ssl, void *buf, int len);
	int (*write)(void *ssl, const void *buf, int len);
	void *(*wbio)(const void *ssl);
	void *(*rbio)(const void *ssl);
	long (*bio_ctrl)(void *bio, int cmd, long larg, void *parg);
	unsigned long (*err_get)(void);
	void (*err_string)(unsigned long err, char *buf, size_t len);
} ssl;

#define SYM(member, name) { (void **)&ssl.member, name }

static const struct {
	void **to;
	const char *name;
} symbols[] = {
	SYM(method, "TLS_method"),
	SYM(ctx_new, "SSL_CTX_new"),
	SYM(ctx_free, "SSL_CTX_free"),
	SYM(ctx_ctrl, "SSL_CTX_ctrl"),
	SYM(ctx_set_options, "SSL_CTX_set_options"),
	SYM(ctx_get_options, "SSL_CTX_get_options"),
	SYM(ctx_set_cipher_list, "SSL_CTX_set_cipher_list"),
	SYM(ctx_set_ciphersuites, "SSL_CTX_set_ciphersuites"),
	SYM(ctx_set_psk_client, "SSL_CTX_set_psk_client_callback"),
	SYM(ctx_set_psk_server, "SSL_CTX_set_psk_server_callback"),
	SYM(ssl_new, "SSL_new"),
	SYM(ssl_free, "SSL_free"),
	SYM(set_fd, "SSL_set_fd"),
	SYM(set_connect, "SSL_set_connect_state"),
	SYM(set_accept, "SSL_set_accept_state"),
	SYM(handshake, "SSL_do_handshake"),
	SYM(get_error, "SSL_get_error"),
	SYM(read, "SSL_read"),
	SYM(write, "SSL_write"),
	SYM(wbio, "SSL_get_wbio"),
	SYM(rbio, "SSL_get_rbio"),
	SYM(bio_ctrl, "BIO_ctrl"),
	SYM(err_get, "ERR_get_error"),
	SYM(err_string, "ERR_error_string_n"),
};

static const unsigned char psk_key[16] = "tlstrace check";

static unsigned int psk_client(void *s, const char *hint, char *identity,
			       unsigned int max_identity, unsigned char *psk,
			       unsigned int max_psk)
{
	(void)s;
	(void)hint;
	if (max_identity < 9 || max_psk < sizeof(psk_key))
		return 0;
	memcpy(identity, "tlstrace", 9);
	memcpy(psk, psk_key, sizeof(psk_key));
	return sizeof(psk_key);
}

static unsigned int psk_server(void *s, const char *identity, unsigned char *psk,
			       unsigned int max_psk)
{
	(void)s;
	(void)identity;
	if (max_psk < sizeof(psk_key))
		return 0;
	memcpy(psk, psk_key, sizeof(psk_key));
	return sizeof(psk_key);
}

static void say_error(struct ossl_try *res, const char *what)
{
	unsigned long err = ssl.err_get();
	char buf[120] = "no reason given";

	if (err)
		ssl.err_string(err, buf, sizeof(buf));
	snprintf(res->error, sizeof(res->error), "%s: %.110s", what, buf);
}

static void wait_for(int a, int b)
{
	struct pollfd p[2] = {
		{ .fd = a, .events = POLLIN },
		{ .fd = b, .events = POLLIN },
	};

	poll(p, 2, 1000);
}

/* 1: done, 0: not yet, -1: failed */
static int progress(void *s, int ret)
{
	int err;

	if (ret > 0)
		return 1;
	err = ssl.get_error(s, ret);
	return err == ERROR_WANT_READ || err == ERROR_WANT_WRITE ? 0 : -1;
}

static bool shake_hands(void *client, void *server, const int fds[2])
{
	int c = 0, s = 0;

	for (int round = 0; round < 20 && (c != 1 || s != 1); round++) {
		if (c != 1)
			c = progress(client, ssl.handshake(client));
		if (s != 1)
			s = progress(server, ssl.handshake(server));
		if (c < 0 || s < 0)
			return false;
		if (c != 1 || s != 1)
			wait_for(c != 1 ? fds[0] : -1, s != 1 ? fds[1] : -1);
	}
	return c == 1 && s == 1;
}

static bool pass_data(void *from, void *to, int to_fd)
{
	static const char text[] = "does this arrive?";
	char buf[64];

	if (ssl.write(from, text, sizeof(text)) != (int)sizeof(text))
		return false;
	for (int round = 0; round < 20; round++) {
		int n = ssl.read(to, buf, sizeof(buf));

		if (n > 0)
			return n == (int)sizeof(text) && !memcmp(buf, text, sizeof(text));
		if (progress(to, n))
			return false;
		wait_for(to_fd, -1);
	}
	return false;
}

static void connect_both(void *client, void *server, const int fds[2], struct ossl_try *res)
{
	memset(&sockopt_spy, 0, sizeof(sockopt_spy));
	ssl.set_fd(client, fds[0]);
	ssl.set_fd(server, fds[1]);
	ssl.set_connect(client);
	ssl.set_accept(server);
	if (!shake_hands(client, server, fds))
		say_error(res, "handshake");
	else if (!pass_data(server, client, fds[0]) || !pass_data(client, server, fds[1]))
		say_error(res, "data");
	else
		res->done = true;
	res->ulp_asked = sockopt_spy.ulp;
	res->ulp_errno = sockopt_spy.ulp_errno;
	res->tx_asked = sockopt_spy.tx;
	res->tx_errno = sockopt_spy.tx_errno;
	res->rx_asked = sockopt_spy.rx;
	res->rx_errno = sockopt_spy.rx_errno;
	if (!res->done)
		return;
	res->send = ssl.bio_ctrl(ssl.wbio(client), BIO_GET_KTLS_SEND, 0, NULL) > 0 &&
		    ssl.bio_ctrl(ssl.wbio(server), BIO_GET_KTLS_SEND, 0, NULL) > 0;
	res->recv = ssl.bio_ctrl(ssl.rbio(client), BIO_GET_KTLS_RECV, 0, NULL) > 0 &&
		    ssl.bio_ctrl(ssl.rbio(server), BIO_GET_KTLS_RECV, 0, NULL) > 0;
}

static void try_version(int version, struct ossl_try *res)
{
	void *ctx = ssl.ctx_new(ssl.method()), *client = NULL, *server = NULL;
	int fds[2], err;

	if (!ctx) {
		say_error(res, "SSL_CTX_new");
		return;
	}
	ssl.ctx_set_options(ctx, OP_ENABLE_KTLS);
	ssl.ctx_ctrl(ctx, CTRL_MIN_VERSION, version, NULL);
	ssl.ctx_ctrl(ctx, CTRL_MAX_VERSION, version, NULL);
	ssl.ctx_set_psk_client(ctx, psk_client);
	ssl.ctx_set_psk_server(ctx, psk_server);
	if (!ssl.ctx_set_cipher_list(ctx, "PSK-AES128-GCM-SHA256") ||
	    !ssl.ctx_set_ciphersuites(ctx, "TLS_AES_128_GCM_SHA256")) {
		say_error(res, "cipher list");
		goto out;
	}
	err = tcp_pair(fds);
	if (err) {
		snprintf(res->error, sizeof(res->error), "no TCP connection over loopback: %s",
			 strerror(err));
		goto out;
	}
	fcntl(fds[0], F_SETFL, O_NONBLOCK);
	fcntl(fds[1], F_SETFL, O_NONBLOCK);
	client = ssl.ssl_new(ctx);
	server = ssl.ssl_new(ctx);
	if (client && server)
		connect_both(client, server, fds, res);
	else
		say_error(res, "SSL_new");
	ssl.ssl_free(client);
	ssl.ssl_free(server);
	close(fds[0]);
	close(fds[1]);
out:
	ssl.ctx_free(ctx);
}

static void *open_library(const char *library, struct ossl_info *info)
{
	/* What programs ask for; the unversioned name exists for developers only. */
	static const char * const names[] = { "libssl.so.3", "libssl.so.1.1", "libssl.so.4" };
	void *handle;

	if (library) {
		snprintf(info->library, sizeof(info->library), "%s", library);
		handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
		if (!handle)
			snprintf(info->error, sizeof(info->error), "%s", dlerror());
		return handle;
	}
	for (unsigned int i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		handle = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
		if (handle) {
			snprintf(info->library, sizeof(info->library), "%s", names[i]);
			return handle;
		}
	}
	snprintf(info->error, sizeof(info->error), "no libssl is installed");
	return NULL;
}

static bool same_file(const char *a, const char *b)
{
	struct stat sa, sb;

	return !stat(a, &sa) && !stat(b, &sb) && sa.st_dev == sb.st_dev && sa.st_ino == sb.st_ino;
}

/* Version, where its openssl.cnf is, and which libcrypto this really is. */
static bool identify(void *handle, const char *libcrypto, struct ossl_info *info)
{
	const char *dir;
	Dl_info where;

	*(void **)&ssl.version = dlsym(handle, "OpenSSL_version");
	*(void **)&ssl.version_num = dlsym(handle, "OpenSSL_version_num");
	if (!ssl.version || !ssl.version_num) {
		snprintf(info->error, sizeof(info->error), "it has no OpenSSL_version()");
		return false;
	}
	snprintf(info->version, sizeof(info->version), "%s", ssl.version(VERSION_TEXT));
	info->number = ssl.version_num();
	dir = strchr(ssl.version(VERSION_DIR), '"');
	if (dir)
		snprintf(info->conf_dir, sizeof(info->conf_dir), "%.*s",
			 (int)strcspn(dir + 1, "\""), dir + 1);
	if (dladdr(*(void **)&ssl.version, &where) && where.dli_fname)
		snprintf(info->libcrypto, sizeof(info->libcrypto), "%s", where.dli_fname);
	if (libcrypto && libcrypto[0] && !same_file(libcrypto, info->libcrypto)) {
		snprintf(info->error, sizeof(info->error),
			 "its libcrypto (%.60s) cannot be loaded here", libcrypto);
		return false;
	}
	return true;
}

/**
 * ossl_try_in_process() - load an OpenSSL and try it
 * @library: path or name, NULL for the usual names
 * @libcrypto: path of the libcrypto that it has to get; NULL or "": any
 * @info: result, zeroed by the caller
 *
 * The library stays loaded: only for a process that ends soon.
 */
void ossl_try_in_process(const char *library, const char *libcrypto, struct ossl_info *info)
{
	void *handle = open_library(library, info);
	void *ctx;

	if (!handle || !identify(handle, libcrypto, info))
		return;
	for (unsigned int i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++) {
		*symbols[i].to = dlsym(handle, symbols[i].name);
		if (!*symbols[i].to) {
			snprintf(info->error, sizeof(info->error), "it has no %s()",
				 symbols[i].name);
			return;
		}
	}
	info->found = true;
	ctx = ssl.ctx_new(ssl.method());
	if (ctx) {
		info->conf_on = info->number >= 0x30000000UL &&
				(ssl.ctx_get_options(ctx) & OP_ENABLE_KTLS);
		ssl.ctx_free(ctx);
	}
	try_version(KTLS_VERSION_12, &info->v12);
	try_version(KTLS_VERSION_13, &info->v13);
}
