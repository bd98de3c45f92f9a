#include "conf_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log.h"

#define FILE_SIZE_MAX (1024 * 1024)
#define SUFFIX ".conf"

ssize_t
conf_file_read(int fd, char *data, size_t max)
{
	size_t len = 0;
	ssize_t n;

	do {
		n = read(fd, data + len, max + 1 - len);
		if (n > 0)
			len += (size_t)n;
	} while ((n > 0 && len <= max) || (n < 0 && errno == EINTR));
	if (n < 0)
		return -1;
	if (len > max) {
		errno = EFBIG;
		return -1;
	}
	return (ssize_t)len;
}

const char *
conf_file_text(struct pool *pool, const char *path)
{
	char *text = pool_alloc(pool, FILE_SIZE_MAX + 1);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	ssize_t len = fd < 0 ? -1 : conf_file_read(fd, text, FILE_SIZE_MAX);

	if (len < 0)
		log_error("cannot read %s: %s", path, strerror(errno));
	else if (memchr(text, '\0', (size_t)len) != NULL) {
		log_error("cannot read %s: it contains a NUL character", path);
		len = -1;
	} else
		text[len] = '\0';
	if (fd >= 0)
		close(fd);
	return len < 0 ? NULL : text;
}

/* Not those that an editor or dpkg leaves behind. */
static int
is_wanted(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return entry->d_name[0] != '.' && len > strlen(SUFFIX) &&
	       strcmp(entry->d_name + len - strlen(SUFFIX), SUFFIX) == 0;
}

static int
by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

const char *const *
conf_file_list(struct pool *pool, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *dir =
	    pool_printf(pool, "%.*sconf.d", slash != NULL ? (int)(slash - path) + 1 : 0, path);
	struct dirent **entries = NULL;
	int n = scandir(dir, &entries, is_wanted, by_bytes);
	const char **list;

	if (n < 0 && errno != ENOENT) {
		log_error("cannot read %s: %s", dir, strerror(errno));
		return NULL;
	}
	list = pool_array(pool, (size_t)(n < 0 ? 0 : n) + 1, sizeof *list);
	for (int i = 0; i < n; i++) {
		list[i] = pool_printf(pool, "%s/%s", dir, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return list;
}
