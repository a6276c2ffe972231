// SPDX-License-Identifier: GPL-2.0
/*
 * A module for the tests of the runner: makes the kernel complain, as the
 * parameter says, when it is loaded.
 */
#include <linux/bug.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/string.h>

static char *complain = "";
module_param(complain, charp, 0);
MODULE_PARM_DESC(complain, "how: warn, bug or not at all");

static int __init complain_init(void)
{
	WARN_ON(!strcmp(complain, "warn"));
	BUG_ON(!strcmp(complain, "bug"));
	return 0;
}

static void __exit complain_exit(void)
{
}

module_init(complain_init);
module_exit(complain_exit);
MODULE_DESCRIPTION("Complains when loaded");
MODULE_LICENSE("GPL");
