// SPDX-License-Identifier: GPL-2.0
/* Privileges and modules, each with a line that says what is missing. */
#include <stdio.h>

#include "module.h"
#include "privilege.h"
#include "ready.h"
#include "tlstrace.h"

static int load_modules(void)
{
	char why[300];

	/* Without tls there is nothing to wrap: say that rather than what follows from it. */
	if (ulp_registered("tls") != 1 && module_load("tls", why, sizeof(why)) &&
	    ulp_registered(ULP_NAME) != 1) {
		msg_error("this kernel has no TLS: %s; \"tlstrace check\" says more", why);
		return -1;
	}
	if (ulp_registered(ULP_NAME) == 1)
		return 0;
	if (module_load(MODULE_NAME, why, sizeof(why))) {
		msg_error("%s; \"tlstrace check\" says more", why);
		return -1;
	}
	if (!ulp_registered(ULP_NAME)) {
		msg_error("module %s is loaded, but the kernel does not list its ULP; see the "
			  "kernel log", MODULE_NAME);
		return -1;
	}
	return 0;
}

/**
 * ready_to_trace() - see that this process may trace, and that there is the module
 * @command: the subcommand, for the message
 *
 * Return: 0, or -1 when it has been said what is missing.
 */
int ready_to_trace(const char *command)
{
	char missing[100];

	if (!trace_privileges(missing, sizeof(missing))) {
		msg_error("%s needs more privileges (missing: %s); run it as root", command,
			  missing);
		return -1;
	}
	return load_modules();
}
