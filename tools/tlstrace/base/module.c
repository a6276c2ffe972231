// SPDX-License-Identifier: GPL-2.0
/* Kernel modules through libkmod. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <libkmod.h>

#include "module.h"

static void no_log(void *data, int priority, const char *file, int line, const char *fn,
		   const char *format, va_list args)
{
	(void)data;
	(void)priority;
	(void)file;
	(void)line;
	(void)fn;
	(void)format;
	(void)args;
}

static struct kmod_ctx *context(void)
{
	struct kmod_ctx *ctx = kmod_new(NULL, NULL);

	if (ctx)
		kmod_set_log_fn(ctx, no_log, NULL);
	return ctx;
}

/* /sys/module/NAME/version of a loaded module. */
static void loaded_version(const char *name, char *buf, size_t size)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "/sys/module/%s/version", name);
	f = fopen(path, "re");
	if (!f)
		return;
	if (!fgets(buf, (int)size, f))
		buf[0] = 0;
	buf[strcspn(buf, "\n")] = 0;
	fclose(f);
}

static void file_info(struct kmod_module *mod, struct module_info *info)
{
	struct kmod_list *list = NULL, *l;

	if (kmod_module_get_info(mod, &list) < 0)
		return;
	kmod_list_foreach(l, list) {
		const char *key = kmod_module_info_get_key(l);
		const char *value = kmod_module_info_get_value(l);

		if (!strcmp(key, "version") && !info->version[0])
			snprintf(info->version, sizeof(info->version), "%s", value);
		else if (!strcmp(key, "vermagic"))
			snprintf(info->vermagic, sizeof(info->vermagic), "%s", value);
	}
	kmod_module_info_free_list(list);
}

/**
 * module_query() - look a module up
 * @name: its name
 * @info: result
 *
 * A module that was loaded with insmod need not be installed.
 *
 * Return: 0, or -errno if libkmod does not work.
 */
int module_query(const char *name, struct module_info *info)
{
	struct kmod_ctx *ctx = context();
	struct kmod_list *list = NULL;
	struct kmod_module *mod = NULL;
	char path[128];
	int err, state;

	memset(info, 0, sizeof(*info));
	if (!ctx)
		return -ENOMEM;
	/* A lookup, unlike the name alone, knows the file and built-in ones. */
	if (!kmod_module_new_from_lookup(ctx, name, &list) && list)
		mod = kmod_module_get_module(list);
	kmod_module_unref_list(list);
	if (!mod) {
		err = kmod_module_new_from_name(ctx, name, &mod);
		if (err < 0) {
			kmod_unref(ctx);
			return err;
		}
	}

	snprintf(path, sizeof(path), "/sys/module/%s", name);
	state = kmod_module_get_initstate(mod);
	if (state == KMOD_MODULE_BUILTIN) {
		info->state = MODULE_BUILTIN;
	} else if (state == KMOD_MODULE_LIVE) {
		info->state = MODULE_LOADED;
		info->refs = kmod_module_get_refcnt(mod);
		loaded_version(name, info->version, sizeof(info->version));
	} else if (kmod_module_get_path(mod)) {
		info->state = MODULE_INSTALLED;
	}
	if (info->state == MODULE_MISSING && !access(path, F_OK))
		info->state = MODULE_BUILTIN;
	if (kmod_module_get_path(mod))
		file_info(mod, info);
	kmod_module_unref(mod);
	kmod_unref(ctx);
	return 0;
}

/**
 * module_load() - load a module and what it depends on, as modprobe does
 * @name: its name
 * @why: on failure, one clause that says what is wrong and what to do
 * @size: room at @why
 *
 * Return: 0 (also if it was loaded already), or -errno.
 */
int module_load(const char *name, char *why, size_t size)
{
	struct kmod_ctx *ctx = context();
	struct kmod_list *list = NULL, *l;
	struct utsname uts;
	int err;

	if (!ctx) {
		snprintf(why, size, "libkmod does not work");
		return -ENOMEM;
	}
	uname(&uts);
	err = kmod_module_new_from_lookup(ctx, name, &list);
	if (!err && !list)
		err = -ENOENT;
	if (!err) {
		kmod_list_foreach(l, list) {
			struct kmod_module *mod = kmod_module_get_module(l);

			err = kmod_module_probe_insert_module(mod, KMOD_PROBE_APPLY_BLACKLIST,
							      NULL, NULL, NULL, NULL);
			kmod_module_unref(mod);
			if (err)
				break;
		}
	}
	kmod_module_unref_list(list);
	kmod_unref(ctx);
	switch (err) {
	case 0:
		return 0;
	case -ENOENT:
		snprintf(why, size, "module %s is not installed for kernel %s", name, uts.release);
		break;
	case -EPERM:
		snprintf(why, size, "not allowed to load module %s (needs CAP_SYS_MODULE; from a "
			 "container, load it on the host)", name);
		break;
	case -ENOEXEC:
		snprintf(why, size, "module %s does not fit kernel %s: build it for this kernel",
			 name, uts.release);
		break;
	case -EKEYREJECTED:
		snprintf(why, size, "module %s is not signed by a key that this kernel trusts "
			 "(Secure Boot)", name);
		break;
	case KMOD_PROBE_APPLY_BLACKLIST:
		err = -EPERM;
		snprintf(why, size, "module %s is blacklisted by the modprobe configuration", name);
		break;
	default:
		snprintf(why, size, "cannot load module %s: %s (the kernel log says more)", name,
			 strerror(err < 0 ? -err : EIO));
		if (err > 0)
			err = -EIO;
		break;
	}
	return err;
}

/**
 * module_unload() - unload a module that nobody uses
 * @name: its name
 *
 * Return: 0 or -errno.
 */
int module_unload(const char *name)
{
	struct kmod_ctx *ctx = context();
	struct kmod_module *mod = NULL;
	int err;

	if (!ctx)
		return -ENOMEM;
	err = kmod_module_new_from_name(ctx, name, &mod);
	if (!err)
		err = kmod_module_remove_module(mod, 0);
	kmod_module_unref(mod);
	kmod_unref(ctx);
	return err;
}

/**
 * module_loading_disabled() - has loading been switched off until reboot?
 *
 * Return: true if kernel.modules_disabled is set.
 */
bool module_loading_disabled(void)
{
	FILE *f = fopen("/proc/sys/kernel/modules_disabled", "re");
	int c = f ? fgetc(f) : '0';

	if (f)
		fclose(f);
	return c == '1';
}

/**
 * ulp_registered() - has the kernel this TCP ULP?
 * @name: its name
 *
 * Return: 1 if so, 0 if not, -1 if net.ipv4.tcp_available_ulp does not say
 * (it is not shown in every network namespace).
 */
int ulp_registered(const char *name)
{
	FILE *f = fopen("/proc/sys/net/ipv4/tcp_available_ulp", "re");
	char word[32];
	int found = 0;

	if (!f)
		return -1;
	while (!found && fscanf(f, "%31s", word) == 1)
		found = !strcmp(word, name);
	fclose(f);
	return found;
}
