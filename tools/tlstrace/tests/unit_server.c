// SPDX-License-Identifier: GPL-2.0
/* What nginx and HAProxy say, and the configuration of GnuTLS. */
#include <stdlib.h>
#include <string.h>

#include "gnutls_conf.h"
#include "server.h"
#include "unit.h"

static void test_nginx(void)
{
	struct server srv;

	unit_case("nginx -V: version, OpenSSL it was built and runs with");
	CHECK(server_parse(SERVER_NGINX,
			   "nginx version: nginx/1.22.1 (Distribution)\n"
			   "built by gcc 12.2.0\n"
			   "built with OpenSSL 3.0.8 7 Feb 2023 "
			   "(running with OpenSSL 3.0.17 1 Jul 2025)\n"
			   "TLS SNI support enabled\n"
			   "configure arguments: --with-cc-opt='-g -O2' --with-http_ssl_module\n",
			   &srv));
	EQUAL(srv.version, "nginx/1.22.1");
	EQUAL(srv.built, "OpenSSL 3.0.8 7 Feb 2023");
	EQUAL(server_library(&srv), "OpenSSL 3.0.17 1 Jul 2025");
	CHECK(!srv.own_openssl && srv.ktls == FLAG_UNKNOWN);
	CHECK(!server_older(&srv, 1, 21, 4) && !server_older(&srv, 1, 22, 1));
	CHECK(server_older(&srv, 1, 22, 2) && server_older(&srv, 1, 23, 0) &&
	      server_older(&srv, 2, 0, 0));

	unit_case("nginx -V: OpenSSL built along with it");
	CHECK(server_parse(SERVER_NGINX,
			   "nginx version: openresty/1.25.3.1\nbuilt with OpenSSL 3.0.15 3 Sep 2024\n"
			   "configure arguments: --with-openssl='/src/openssl' "
			   "--with-openssl-opt='no-weak-ssl-ciphers enable-ktls'", &srv));
	EQUAL(srv.version, "openresty/1.25.3.1");
	EQUAL(server_library(&srv), "OpenSSL 3.0.15 3 Sep 2024");
	CHECK(srv.own_openssl && srv.ktls == FLAG_ON);
	CHECK(server_parse(SERVER_NGINX,
			   "nginx version: nginx/1.27.0\nbuilt with OpenSSL 3.0.15 3 Sep 2024\n"
			   "configure arguments: --with-openssl=/src --with-openssl-opt=enable-ktls\n",
			   &srv) && srv.ktls == FLAG_ON);
	/* The word elsewhere, or only a part of one, is not the flag. */
	CHECK(server_parse(SERVER_NGINX,
			   "nginx version: nginx/1.27.0\nconfigure arguments: --with-openssl=/src "
			   "--prefix='/x enable-ktls' --with-openssl-opt='enable-ktlsx no-enable-ktls'\n",
			   &srv) && srv.ktls == FLAG_OFF);
	/* An option for an OpenSSL that is not built along says nothing. */
	CHECK(server_parse(SERVER_NGINX,
			   "nginx version: nginx/1.27.0\n"
			   "configure arguments: --with-openssl-opt=enable-ktls\n", &srv) &&
	      srv.ktls == FLAG_UNKNOWN && !srv.built[0]);

	unit_case("nginx -V: what it is not");
	CHECK(!server_parse(SERVER_NGINX, "", &srv));
	CHECK(!server_parse(SERVER_NGINX, "nginx version: nginx", &srv));
	CHECK(!server_parse(SERVER_NGINX, "nginx version: nginx/x.y\n", &srv));
	CHECK(!server_parse(SERVER_NGINX, "HAProxy version 3.3.0 2025/11/26\n", &srv));
}

static void test_haproxy(void)
{
	struct server srv;

	unit_case("haproxy -vv: version, features, OpenSSL");
	CHECK(server_parse(SERVER_HAPROXY,
			   "HAProxy version 3.3.1-1 2025/12/19 - https://haproxy.org/\n"
			   "Status: stable branch\n"
			   "Build options : \n  OPTIONS = USE_OPENSSL=1 USE_KTLS=1\n\n"
			   "Feature list : -51DEGREES +ACCEPT4 +KTLS -KTLSX +OPENSSL\n"
			   "Built with SSL library version : OpenSSL 3.5.1 1 Jul 2025\n"
			   "Running on SSL library version : OpenSSL 3.5.4 30 Sep 2025\n", &srv));
	EQUAL(srv.version, "3.3.1-1");
	EQUAL(server_library(&srv), "OpenSSL 3.5.4 30 Sep 2025");
	CHECK(srv.ktls == FLAG_ON && !server_older(&srv, 3, 3, 0));
	CHECK(server_parse(SERVER_HAPROXY,
			   "HAProxy version 3.3-dev2 2025/06/30\nFeature list : +OPENSSL -KTLS\n",
			   &srv) && srv.ktls == FLAG_OFF && !server_older(&srv, 3, 3, 0));

	unit_case("haproxy -vv: old ones");
	CHECK(server_parse(SERVER_HAPROXY,
			   "HA-Proxy version 1.8.30 2021/04/12\n"
			   "Built with OpenSSL version : OpenSSL 1.1.1n  15 Mar 2022\n"
			   "Running on OpenSSL version : OpenSSL 1.1.1n  15 Mar 2022\n", &srv));
	CHECK(srv.ktls == FLAG_UNKNOWN && server_older(&srv, 3, 3, 0) && !srv.running[0]);
	EQUAL(server_library(&srv), "OpenSSL 1.1.1n  15 Mar 2022");
	CHECK(!server_parse(SERVER_HAPROXY, "haproxy: not found\n", &srv));
	CHECK(!server_parse(SERVER_HAPROXY, "HAProxy version new\n", &srv));
}

static void test_versions(void)
{
	unsigned int major = 0, minor = 0;

	unit_case("version texts: OpenSSL, and what is compatible with it");
	CHECK(openssl_text_version("OpenSSL 3.0.17 1 Jul 2025", &major, &minor) && major == 3 &&
	      !minor);
	CHECK(!openssl_text_version("OpenSSL 1.1.1 (compatible; AWS-LC 1.29.0)", &major, &minor));
	CHECK(!openssl_text_version("LibreSSL 3.9.2", &major, &minor));
	CHECK(!openssl_text_version("BoringSSL", &major, &minor));
}

static bool conf(const char *text)
{
	FILE *f = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
	bool on = gnutls_conf_ktls(f);

	fclose(f);
	return on;
}

static void test_gnutls(void)
{
	unit_case("GnuTLS: ktls = true in [global]");
	CHECK(conf("[global]\nktls = true\n"));
	CHECK(conf("# comment\n[overrides]\nx = y\n[global]\n  ktls=true # yes\n"));
	CHECK(!conf("[global]\nktls = false\n") && !conf("[global]\n# ktls = true\n"));
	CHECK(!conf("ktls = true\n") && !conf("[overrides]\nktls = true\n"));
	CHECK(!conf("[global]\nxktls = true\n") && !conf("[global]\nktls true\n"));
	CHECK(!conf("[global]\nktls = truelove\n"));
	CHECK(gnutls_built_with_ktls("/nonexistent") < 0 && gnutls_built_with_ktls("/") < 0);
}

void test_server(void)
{
	test_nginx();
	test_haproxy();
	test_versions();
	test_gnutls();
}
