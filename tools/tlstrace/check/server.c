// SPDX-License-Identifier: GPL-2.0
/* "nginx -V" and "haproxy -vv", read. */
#include <stdio.h>
#include <string.h>

#include "server.h"

/* The rest of the line behind a text, wherever it is. */
static bool value_of(const char *text, const char *key, char *value, size_t size)
{
	const char *at = strstr(text, key);

	if (!at)
		return false;
	at += strlen(key);
	snprintf(value, size, "%.*s", (int)strcspn(at, "\r\n"), at);
	return true;
}

static bool read_version(struct server *srv, const char *text)
{
	srv->version[strcspn(srv->version, " \t")] = 0;
	return sscanf(text, "%u.%u.%u", &srv->major, &srv->minor, &srv->patch) >= 2;
}

/* Length of an argument of configure; quotes may be in its middle. */
static size_t argument_length(const char *s)
{
	char quote = 0;
	size_t n;

	for (n = 0; s[n] && s[n] != '\n'; n++) {
		if (quote)
			quote = s[n] == quote ? 0 : quote;
		else if (s[n] == '\'' || s[n] == '"')
			quote = s[n];
		else if (s[n] == ' ')
			break;
	}
	return n;
}

static bool has_word(const char *s, size_t len, const char *word)
{
	static const char separators[] = " '\"=,";
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= len; i++)
		if (!strncmp(s + i, word, n) && i && strchr(separators, s[i - 1]) &&
		    (i + n == len || strchr(separators, s[i + n])))
			return true;
	return false;
}

static void read_configure(struct server *srv, const char *text)
{
	const char *at = strstr(text, "configure arguments:");

	if (!at)
		return;
	at += strlen("configure arguments:");
	while (*at && *at != '\n') {
		size_t len = argument_length(at);

		if (!strncmp(at, "--with-openssl=", 15))
			srv->own_openssl = true;
		else if (!strncmp(at, "--with-openssl-opt=", 19) &&
			 has_word(at, len, "enable-ktls"))
			srv->ktls = FLAG_ON;
		at += len + (at[len] == ' ');
	}
	if (!srv->own_openssl)
		srv->ktls = FLAG_UNKNOWN;
	else if (srv->ktls != FLAG_ON)
		srv->ktls = FLAG_OFF;
}

static bool parse_nginx(const char *text, struct server *srv)
{
	char *running;

	/* Some builds have another name: "nginx version: openresty/1.25.3.1". */
	if (!value_of(text, "nginx version: ", srv->version, sizeof(srv->version)))
		return false;
	running = strchr(srv->version, '/');
	if (!running || !read_version(srv, running + 1))
		return false;
	/* Not "built by gcc". */
	value_of(text, "built with ", srv->built, sizeof(srv->built));
	running = strstr(srv->built, " (running with ");
	if (running) {
		*running = 0;
		value_of(text, " (running with ", srv->running, sizeof(srv->running));
		srv->running[strcspn(srv->running, ")")] = 0;
	}
	read_configure(srv, text);
	return true;
}

static void read_features(struct server *srv, const char *text)
{
	char list[2048], *save, *word;

	if (!value_of(text, "Feature list :", list, sizeof(list)))
		return;
	for (word = strtok_r(list, " ", &save); word; word = strtok_r(NULL, " ", &save))
		if (!strcmp(word + 1, "KTLS"))
			srv->ktls = *word == '+' ? FLAG_ON : FLAG_OFF;
}

static bool parse_haproxy(const char *text, struct server *srv)
{
	if (!value_of(text, "HAProxy version ", srv->version, sizeof(srv->version)) &&
	    !value_of(text, "HA-Proxy version ", srv->version, sizeof(srv->version)))
		return false;
	if (!read_version(srv, srv->version))
		return false;
	if (!value_of(text, "Built with SSL library version : ", srv->built, sizeof(srv->built)))
		value_of(text, "Built with OpenSSL version : ", srv->built, sizeof(srv->built));
	if (!value_of(text, "Running on SSL library version : ", srv->running,
		      sizeof(srv->running)))
		value_of(text, "Running on OpenSSL version : ", srv->running,
			 sizeof(srv->running));
	read_features(srv, text);
	return true;
}

/**
 * server_parse() - read what a server says about itself
 * @kind: which server
 * @text: output of "nginx -V" or "haproxy -vv"
 * @srv: result
 *
 * Return: false if it is not such an output.
 */
bool server_parse(enum server_kind kind, const char *text, struct server *srv)
{
	bool ok;

	memset(srv, 0, sizeof(*srv));
	ok = kind == SERVER_NGINX ? parse_nginx(text, srv) : parse_haproxy(text, srv);
	if (!strcmp(srv->built, srv->running))
		srv->running[0] = 0;
	return ok;
}

/**
 * server_older() - is a server older than a version?
 * @srv: the server
 * @major: first number
 * @minor: second
 * @patch: third
 *
 * Return: true if so.
 */
bool server_older(const struct server *srv, unsigned int major, unsigned int minor,
		  unsigned int patch)
{
	if (srv->major != major)
		return srv->major < major;
	if (srv->minor != minor)
		return srv->minor < minor;
	return srv->patch < patch;
}

/**
 * server_library() - which TLS library does it really use?
 * @srv: the server
 *
 * Return: version text, "" if it has none.
 */
const char *server_library(const struct server *srv)
{
	return srv->running[0] ? srv->running : srv->built;
}

/**
 * openssl_text_version() - numbers of a version text
 * @text: for example "OpenSSL 3.0.17 1 Jul 2025"
 * @major: result
 * @minor: result
 *
 * Return: false if it is not OpenSSL; others give its name to be compatible.
 */
bool openssl_text_version(const char *text, unsigned int *major, unsigned int *minor)
{
	return sscanf(text, "OpenSSL %u.%u", major, minor) == 2 && !strstr(text, "compatible");
}
