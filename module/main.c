// SPDX-License-Identifier: GPL-2.0
/*
 * tls_trace: a TCP upper layer protocol that wraps the kernel's tls and reports
 * what flows through it.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/init.h>
#include <linux/module.h>
#include <net/tcp.h>

#include "clock.h"
#include "inner.h"
#include "sock.h"
#include "totals.h"
#include "ulp.h"

static int __init tls_trace_init(void)
{
	int err;

	tlst_clock_init();
	err = tlst_inner_get();
	if (err)
		return err;
	err = tlst_registry_init();
	if (err)
		goto err_inner;
	err = tlst_totals_init();
	if (err)
		goto err_registry;
	err = tlst_ulp_init();
	if (err)
		goto err_totals;
	return 0;

err_totals:
	tlst_totals_exit();
err_registry:
	tlst_registry_exit();
err_inner:
	tlst_inner_put();
	pr_err("cannot start: %d\n", err);
	return err;
}

/*
 * Every socket with the ULP holds the module, see sock.h, so none is left. What
 * they leave to RCU is memory alone, freed by code that is not ours.
 */
static void __exit tls_trace_exit(void)
{
	tlst_ulp_exit();
	tlst_totals_exit();
	tlst_registry_exit();
	tlst_inner_put();
}

module_init(tls_trace_init);
module_exit(tls_trace_exit);

MODULE_DESCRIPTION("Tracing of kernel TLS, as a TCP ULP around tls");
MODULE_AUTHOR("The tls_trace authors");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1");
MODULE_ALIAS_TCP_ULP("tls_trace");
MODULE_SOFTDEP("pre: tls");
