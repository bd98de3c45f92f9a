#include "media_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../base/fault.h"
#include "media.h"

unsigned
media_roots(const struct conf *conf)
{
	return conf->levels.n > 0 ? (unsigned)conf->levels.n : 1;
}

const char *
media_root(const struct conf *conf, unsigned rank)
{
	return conf->levels.n > 0 ? conf->levels.v[rank].path : conf->media.root;
}

unsigned
media_home(const struct conf *conf)
{
	return conf->levels.n > 0 ? (unsigned)conf->levels.home : 0;
}

int
media_path_loggable(const char *path)
{
	const char *key = strrchr(path, '-');

	return key != NULL ? (int)(key - path) : (int)strlen(path);
}

int
media_close_failed(int fd)
{
	int saved = errno;

	close(fd);
	errno = saved;
	return -1;
}

int
media_fault(const char *point)
{
	int error = fault(point);

	if (error == 0)
		return 0;
	errno = error;
	return -1;
}

bool
media_has_marker(int root)
{
	struct stat st;

	return fstatat(root, MEDIA_MARKER, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

int
media_open_root(const struct conf *conf, unsigned rank)
{
	int root = open(media_root(conf, rank), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (root >= 0 && !media_has_marker(root))
		root = media_close_failed(root);
	if (root < 0 && errno == ENOENT)
		errno = ENODEV; /* not mounted, as opposed to a file that does not exist */
	return root;
}

int
media_grant(int fd, mode_t mode)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -1;
	if ((st.st_mode & mode) == mode)
		return 0;
	return fchmod(fd, (st.st_mode & 07777) | mode);
}

int
media_open_dir(int parent, const char *name)
{
	return openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* Create a directory and open it. On success it is durable; on failure it does not exist. */
static int
make_dir(int parent, const char *name)
{
	int dir;

	if (media_fault("media.mkdir") < 0)
		return -1;
	if (mkdirat(parent, name, MEDIA_DIR_MODE) < 0 && errno != EEXIST)
		return -1;
	dir = media_open_dir(parent, name);
	if (dir < 0)
		return -1;
	if (media_grant(dir, MEDIA_DIR_MODE) < 0 || fsync(parent) < 0) {
		int saved = errno;

		media_close_failed(dir);
		unlinkat(parent, name, AT_REMOVEDIR);
		errno = saved;
		return -1;
	}
	return dir;
}

int
media_open_parent(
    const struct conf *conf, unsigned rank, const char *path, bool make, const char **name)
{
	char part[MEDIA_PATH_SIZE];
	const char *slash;
	int dir, next;

	dir = media_open_root(conf, rank);
	for (; dir >= 0 && (slash = strchr(path, '/')) != NULL; path = slash + 1) {
		snprintf(part, sizeof part, "%.*s", (int)(slash - path), path);
		next = media_open_dir(dir, part);
		if (next < 0 && errno == ENOENT && make)
			next = make_dir(dir, part);
		media_close_failed(dir);
		dir = next;
	}
	*name = path;
	return dir;
}

bool
media_path_valid(const char *path)
{
	size_t len = strlen(path);

	return len > 0 && len < MEDIA_PATH_SIZE && path[0] != '/' && path[0] != '.' &&
	       strstr(path, "//") == NULL && strstr(path, "/.") == NULL && path[len - 1] != '/';
}
