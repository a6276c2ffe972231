// SPDX-License-Identifier: GPL-2.0
/* GnuTLS: kTLS has to be built in, and switched on in its configuration file. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gnutls_conf.h"

/**
 * gnutls_built_with_ktls() - has a libgnutls its code for kTLS?
 * @path: the library
 *
 * Its kTLS is the only part of it that calls sendfile(); the name is in its table
 * of strings then.
 *
 * Return: 1 if so, 0 if not, -1 if the file cannot be read.
 */
int gnutls_built_with_ktls(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	char *map;
	bool found;

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || !st.st_size) {
		close(fd);
		return -1;
	}
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (map == MAP_FAILED)
		return -1;
	found = memmem(map, (size_t)st.st_size, "\0sendfile", 10) ||
		memmem(map, (size_t)st.st_size, "\0sendfile64", 12);
	munmap(map, (size_t)st.st_size);
	return found;
}

/* "KEY = VALUE", with or without blanks; comments begin with "#". */
static bool is_setting(char *line, const char *key, const char *value)
{
	char *equals = strchr(line, '='), *end;

	if (!equals)
		return false;
	*equals = 0;
	end = line + strcspn(line, " \t");
	*end = 0;
	if (strcmp(line, key))
		return false;
	line = equals + 1 + strspn(equals + 1, " \t");
	line[strcspn(line, " \t\r\n#")] = 0;
	return !strcasecmp(line, value);
}

/**
 * gnutls_conf_ktls() - does a configuration switch kTLS on?
 * @f: the file
 *
 * Return: true if its section [global] has "ktls = true".
 */
bool gnutls_conf_ktls(FILE *f)
{
	bool global = false, on = false;
	char *line = NULL;
	size_t room = 0;

	while (getline(&line, &room, f) > 0) {
		char *s = line + strspn(line, " \t");

		if (*s == '[')
			global = !strncmp(s, "[global]", 8);
		else if (*s != '#' && global && is_setting(s, "ktls", "true"))
			on = true;
	}
	free(line);
	return on;
}

/**
 * gnutls_conf_path() - which file does GnuTLS read?
 *
 * Distributions may build it with another one.
 *
 * Return: its path.
 */
const char *gnutls_conf_path(void)
{
	const char *env = secure_getenv("GNUTLS_SYSTEM_PRIORITY_FILE");

	return env ? env : "/etc/gnutls/config";
}
