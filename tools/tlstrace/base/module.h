/* SPDX-License-Identifier: GPL-2.0 */
/* State of kernel modules. */
#ifndef MODULE_H
#define MODULE_H

#include <stdbool.h>
#include <stddef.h>

enum module_state {
	MODULE_MISSING,		/* neither loaded nor installed for this kernel */
	MODULE_INSTALLED,	/* can be loaded */
	MODULE_LOADED,
	MODULE_BUILTIN,
};

/**
 * struct module_info - what is known of a module
 * @state: see there
 * @version: MODULE_VERSION of the file on disk or of the loaded one, "" if none
 * @vermagic: of the file on disk, "" if not known
 * @refs: users, when loaded
 */
struct module_info {
	enum module_state state;
	char version[64];
	char vermagic[128];
	int refs;
};

int module_query(const char *name, struct module_info *info);
int module_load(const char *name, char *why, size_t size);
int module_unload(const char *name);
bool module_loading_disabled(void);
int ulp_registered(const char *name);

#endif
