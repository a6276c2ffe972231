// SPDX-License-Identifier: GPL-2.0
/*
 * An HTTPS client to be linked statically, with OpenSSL inside: no preloaded
 * library and no probe in a shared one sees what it does.
 *
 * usage: fetch PORT PATH [off|read]
 *	off	without kTLS
 *	read	after the handshake with plain read(), which has no room for the type of
 *		a record: a mistake that programs make
 *
 * Writes the body to stdout. Status 1: an error, 2: the kernel did not get the keys.
 */
#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int die(const char *what)
{
	perror(what);
	ERR_print_errors_fp(stderr);
	exit(1);
}

static int connect_to(const char *port)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_port = htons((unsigned short)atoi(port)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || connect(fd, (struct sockaddr *)&addr, sizeof(addr)))
		die("connect");
	return fd;
}

/* What follows the empty line, to stdout. */
static void body(const char *data, size_t len)
{
	static const char end[] = "\r\n\r\n";
	static size_t matched;

	while (matched < 4 && len) {
		matched = *data == end[matched] ? matched + 1 : *data == '\r';
		data++;
		len--;
	}
	if (fwrite(data, 1, len, stdout) != len)
		die("stdout");
}

int main(int argc, char **argv)
{
	const char *how = argc > 3 ? argv[3] : "";
	char request[256], data[16384];
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	SSL *ssl;
	long got;
	int fd;

	if (argc < 3 || !ctx)
		die("usage: fetch PORT PATH [off|read]");
	if (strcmp(how, "off"))
		SSL_CTX_set_options(ctx, SSL_OP_ENABLE_KTLS);
	fd = connect_to(argv[1]);
	ssl = SSL_new(ctx);
	if (!ssl || SSL_set_fd(ssl, fd) != 1 || SSL_connect(ssl) != 1)
		die("handshake");
	if (!strcmp(how, "read") && !BIO_get_ktls_recv(SSL_get_rbio(ssl)))
		return 2;
	if (!strcmp(how, "") && !BIO_get_ktls_send(SSL_get_wbio(ssl)))
		return 2;
	snprintf(request, sizeof(request), "GET %s HTTP/1.0\r\n\r\n", argv[2]);
	if (SSL_write(ssl, request, (int)strlen(request)) <= 0)
		die("write");
	for (;;) {
		if (!strcmp(how, "read"))
			got = read(fd, data, sizeof(data));
		else
			got = SSL_read(ssl, data, sizeof(data));
		if (got <= 0)
			break;
		body(data, (size_t)got);
	}
	if (got < 0)
		die("read");
	if (fflush(stdout))
		die("stdout");
	SSL_shutdown(ssl);
	return 0;
}
