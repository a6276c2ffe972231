// SPDX-License-Identifier: GPL-2.0
/* Checks: what we may do, the kernel, its modules. */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "ktls_probe.h"
#include "module.h"
#include "privilege.h"
#include "tlstrace.h"

static void check_privileges(struct check *ck)
{
	char missing[128];

	if (trace_privileges(missing, sizeof(missing)) && host_capability(CAP_SYS_MODULE))
		check_say(ck, V_OK, "privileges", NULL, "all that tracing needs");
	else if (missing[0])
		check_say(ck, V_WARN, "privileges", ck->container.inside ?
			  "run it on the host as root to check everything" :
			  "run it as root to check everything",
			  "not enough to trace (missing: %s)", missing);
	else
		check_say(ck, V_WARN, "privileges", "load tls and tls_trace beforehand",
			  "no CAP_SYS_MODULE: modules cannot be loaded from here");
	if (module_loading_disabled())
		check_say(ck, V_WARN, "module loading", "only a reboot switches it on again",
			  "switched off (kernel.modules_disabled)");
}

static void check_release(struct check *ck)
{
	struct utsname uts;
	int major = 0, minor = 0;

	uname(&uts);
	if (sscanf(uts.release, "%d.%d", &major, &minor) == 2 &&
	    (major > 6 || (major == 6 && minor >= 1)))
		check_say(ck, V_OK, "kernel", NULL, "%s", uts.release);
	else
		check_say(ck, V_WARN, "kernel", "6.1 is the oldest kernel that is supported", "%s",
			  uts.release);
}

/* First character after "CONFIG_TLS=", 'n' if not set, 0 if the file cannot be read. */
static int config_value(FILE *f)
{
	char *line = NULL;
	size_t room = 0;
	int value = 0;

	while (getline(&line, &room, f) > 0) {
		if (!value && strlen(line) > 20)
			value = 'n';
		if (!strncmp(line, "CONFIG_TLS=", 11)) {
			value = line[11];
			break;
		}
	}
	free(line);
	return value;
}

/* /proc/config.gz, unpacked by whatever gzip there is; without one, not known. */
static int config_from_proc(void)
{
	int value = 0, fds[2];
	pid_t pid;
	FILE *f;

	if (access("/proc/config.gz", R_OK) || pipe2(fds, O_CLOEXEC))
		return 0;
	fflush(NULL);
	pid = fork();
	if (!pid) {
		int null = open("/dev/null", O_RDWR);

		dup2(null, STDIN_FILENO);
		dup2(fds[1], STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
		execlp("gzip", "gzip", "-dc", "/proc/config.gz", (char *)NULL);
		_exit(EXIT_FAILURE);
	}
	close(fds[1]);
	f = fdopen(fds[0], "r");
	if (f) {
		value = config_value(f);
		fclose(f);
	} else {
		close(fds[0]);
	}
	if (pid > 0)
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
	return value;
}

static void check_config(struct check *ck)
{
	static const char * const places[] = {
		"/boot/config-%s", "/lib/modules/%s/config", "/usr/lib/modules/%s/config",
		"/lib/modules/%s/build/.config",
	};
	const char *place = "/proc/config.gz";
	char path[256] = "";
	struct utsname uts;
	int value = config_from_proc();

	uname(&uts);
	for (unsigned int i = 0; !value && i < sizeof(places) / sizeof(places[0]); i++) {
		FILE *f;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(path, sizeof(path), places[i], uts.release);
#pragma GCC diagnostic pop
		f = fopen(path, "re");
		if (!f)
			continue;
		value = config_value(f);
		place = path;
		fclose(f);
	}
	if (value == 'y' || value == 'm')
		check_say(ck, V_OK, "CONFIG_TLS", NULL, "%c (%s)", value, place);
	else if (value == 'n')
		check_say(ck, V_FAIL, "CONFIG_TLS", "take a kernel that was built with CONFIG_TLS",
			  "not set (%s)", place);
	else
		check_say(ck, V_SKIP, "CONFIG_TLS", NULL,
			  "the configuration of this kernel is not %s", ck->container.inside ?
			  "in this container" : "on this machine");
}

/**
 * check_system() - checks of the process's surroundings and of the kernel
 * @ck: the run
 */
void check_system(struct check *ck)
{
	container_look(&ck->container);
	check_privileges(ck);
	check_container(ck);
	check_release(ck);
	check_config(ck);
}

static bool module_fits(const struct module_info *info)
{
	struct utsname uts;
	size_t len;

	uname(&uts);
	len = strlen(uts.release);
	return !info->vermagic[0] || (!strncmp(info->vermagic, uts.release, len) &&
				      (info->vermagic[len] == ' ' || !info->vermagic[len]));
}

/* What we cannot load, and cannot see: the ULP has the same name. */
static bool check_module_of_host(struct check *ck, const char *name, const char *what)
{
	char advice[64];
	bool tls = !strcmp(name, "tls");
	int err;

	if (!check_ulp_harmless(ck, name)) {
		check_say(ck, V_SKIP, what, NULL, "not to be seen from in here, and not tried");
		return false;
	}
	err = ktls_probe_ulp(name);
	if (!err) {
		check_say(ck, V_OK, what, NULL, "the host's kernel has it");
		return true;
	}
	if (err < 0) {
		check_say(ck, V_SKIP, what, "bring loopback up: ip link set lo up",
			  "not to be seen from in here, and no TCP connection over loopback to try "
			  "it on: %s", strerror(-err));
		return false;
	}
	snprintf(advice, sizeof(advice), "on the host, as root: modprobe %s", name);
	check_say(ck, tls ? V_FAIL : V_SKIP, what, advice,
		  "not loaded; modules are the host's, a container cannot load them%s",
		  tls ? "" : "; not needed for kTLS, only to trace it");
	return false;
}

/* Returns true if the module's ULP can be used now. */
static bool check_module(struct check *ck, const char *name, bool *loaded, const char *advice)
{
	struct module_info info;
	char why[300], what[64];
	int err = module_query(name, &info);

	snprintf(what, sizeof(what), "module %s", name);
	if (err) {
		check_say(ck, V_FAIL, what, "see whether modprobe can load it", "libkmod: %s",
			  strerror(-err));
		return false;
	}
	if (info.state == MODULE_BUILTIN) {
		check_say(ck, V_OK, what, NULL, "built into the kernel");
		return true;
	}
	if (info.state == MODULE_LOADED) {
		check_say(ck, V_OK, what, NULL, "loaded%s%s, %d user%s",
			  info.version[0] ? ", version " : "", info.version, info.refs,
			  info.refs == 1 ? "" : "s");
		return true;
	}
	if (ck->container.inside && (info.state == MODULE_MISSING ||
				     !host_capability(CAP_SYS_MODULE)))
		return check_module_of_host(ck, name, what);
	if (info.state == MODULE_MISSING) {
		check_say(ck, V_FAIL, what, advice, "neither loaded nor installed");
		return false;
	}
	if (!module_fits(&info)) {
		check_say(ck, V_FAIL, what, "build it for the running kernel",
			  "installed, but for another kernel (%s)", info.vermagic);
		return false;
	}
	if (!ck->may_load || !host_capability(CAP_SYS_MODULE)) {
		check_say(ck, V_SKIP, what, "load it with modprobe as root",
			  "installed%s%s, not loaded%s", info.version[0] ? ", version " : "",
			  info.version, ck->may_load ? "; loading it needs root" : "");
		return false;
	}
	if (module_load(name, why, sizeof(why))) {
		check_say(ck, V_FAIL, what, advice, "%s", why);
		return false;
	}
	*loaded = true;
	check_say(ck, V_OK, what, NULL, "can be loaded%s%s",
		  info.version[0] ? ", version " : "", info.version);
	return true;
}

/**
 * check_modules() - are tls and tls_trace there?
 * @ck: the run; have_tls and have_trace are set
 */
void check_modules(struct check *ck)
{
	struct module_info info;

	ck->have_tls = check_module(ck, "tls", &ck->loaded_tls,
				    "take a kernel with CONFIG_TLS, and the modules of that kernel");
	if (!ck->have_tls && ulp_registered("tls") != 1 && !ck->container.inside &&
	    !module_query(MODULE_NAME, &info) && info.state != MODULE_LOADED) {
		check_say(ck, info.state == MODULE_MISSING ? V_FAIL : V_SKIP,
			  "module " MODULE_NAME, "see to module tls first", "%s, and needs tls",
			  info.state == MODULE_MISSING ? "not installed" : "installed");
		return;
	}
	ck->have_trace = check_module(ck, MODULE_NAME, &ck->loaded_trace,
				      "build it (make) and load it (insmod module/tls_trace.ko), or "
				      "install it (make install)");
}

/**
 * check_unload() - leave the modules as they were
 * @ck: the run
 *
 * A socket of a probe may linger for a moment; a module that is still in use
 * then stays loaded, which does no harm.
 */
void check_unload(struct check *ck)
{
	if (ck->loaded_trace)
		module_unload(MODULE_NAME);
	if (ck->loaded_tls)
		module_unload("tls");
}
