#include "media_level.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "../base/log.h"
#include "media_dir.h"

#define LOOKS 3 /* for a file that is moved at every look */
#define KEY_DIGITS 32

/* ---------------------------------------------------------------- room */

int
media_level_error(const struct conf *conf, unsigned rank)
{
	int root = media_fault("media.level") < 0 ? -1 : media_open_root(conf, rank), error = 0;

	if (root < 0)
		return errno;
	if (faccessat(root, ".", R_OK | W_OK | X_OK, AT_EACCESS) < 0)
		error = errno;
	close(root);
	return error;
}

const char *
media_level_why(int error)
{
	return error == ENODEV ? "it does not exist, or does not contain the file " MEDIA_MARKER
			       : strerror(error);
}

bool
media_level_room(const struct conf *conf, unsigned rank, struct media_room *room)
{
	int root = media_open_root(conf, rank);
	struct statvfs fs;

	if (root < 0)
		return false;
	if (fstatvfs(root, &fs) < 0) {
		media_close_failed(root);
		return false;
	}
	close(root);
	*room = (struct media_room){.bytes = (uint64_t)fs.f_blocks * fs.f_frsize,
	    .bytes_free = (uint64_t)fs.f_bavail * fs.f_frsize,
	    .inodes = fs.f_files,
	    .inodes_free = fs.f_favail};
	return true;
}

bool
media_level_takes(const struct conf *conf, unsigned rank, uint64_t bytes)
{
	uint64_t floor = conf->levels.n > 0 ? conf->levels.v[rank].free_bytes : 0;
	struct media_room room;

	return media_level_error(conf, rank) == 0 && media_level_room(conf, rank, &room) &&
	       room.bytes_free >= bytes && room.bytes_free - bytes >= floor &&
	       (room.inodes == 0 || room.inodes_free > 0);
}

unsigned
media_new_root(const struct conf *conf)
{
	unsigned home = media_home(conf), rank = home;

	if (conf->levels.n == 0)
		return home;
	while (!media_level_takes(conf, rank, 0)) {
		if (rank == 0)
			return home;
		rank--;
	}
	return rank;
}

/* ---------------------------------------------------------------- where a file is */

/* A look at one level: something that is not negative, or -1 with errno. */
typedef int level_look(int dir, const char *name);

static int
level_open(int dir, const char *name)
{
	return openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

static int
level_has(int dir, const char *name)
{
	struct stat st;

	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW);
}

static int
look_at_level(const struct conf *conf, unsigned rank, const char *path, level_look *look)
{
	const char *name;
	int dir = media_open_parent(conf, rank, path, false, &name), found;

	if (dir < 0)
		return -1;
	found = look(dir, name);
	if (found < 0)
		return media_close_failed(dir);
	close(dir);
	return found;
}

static int
look_at_levels(const struct conf *conf, const char *path, level_look *look, unsigned *rank)
{
	int error = ENOENT;

	for (unsigned i = media_roots(conf); i-- > 0;) {
		int found = look_at_level(conf, i, path, look);

		if (found >= 0) {
			*rank = i;
			return found;
		}
		if (errno != ENOENT)
			error = errno;
	}
	errno = error;
	return -1;
}

/* It may have gone up, from a level that comes later to one that was looked at before. */
static int
look_everywhere(const struct conf *conf, const char *path, level_look *look, unsigned *rank)
{
	int found = -1;

	for (int i = 0; i < LOOKS && found < 0; i++) {
		found = look_at_levels(conf, path, look, rank);
		if (found < 0 && (errno != ENOENT || conf->levels.n == 0))
			break;
	}
	return found;
}

int
media_open(const struct conf *conf, const char *path, unsigned *rank)
{
	return look_everywhere(conf, path, level_open, rank);
}

enum rc
media_find(const struct conf *conf, const char *path, unsigned *rank)
{
	if (look_everywhere(conf, path, level_has, rank) >= 0)
		return RC_OK;
	return errno == ENOENT ? RC_NOT_FOUND : RC_NO_SPACE;
}

unsigned
media_levels(const struct conf *conf, const char *path)
{
	unsigned mask = 0;

	for (unsigned i = 0; i < media_roots(conf); i++)
		mask |= look_at_level(conf, i, path, level_has) >= 0 ? 1u << i : 0;
	return mask;
}

const char *
media_find_absolute(const struct conf *conf, struct pool *pool, const char *path)
{
	unsigned rank = media_home(conf);

	if (conf->levels.n > 0 && media_find(conf, path, &rank) != RC_OK)
		rank = media_home(conf);
	return pool_printf(pool, "%s/%s", media_root(conf, rank), path);
}

/* ---------------------------------------------------------------- by name */

/* Whether ENTRY is NAME, "-", a key, "." and a type. */
static bool
is_entry_of(const char *entry, const char *name)
{
	size_t len = strlen(name);

	return strncmp(entry, name, len) == 0 && entry[len] == '-' &&
	       strspn(entry + len + 1, "0123456789abcdef") == KEY_DIGITS &&
	       entry[len + 1 + KEY_DIGITS] == '.';
}

/* Look for it in DIR, which is closed. On success OUT has the entry's name. */
static int
search_dir(int dir, const char *name, char out[MEDIA_PATH_SIZE])
{
	DIR *stream = fdopendir(dir);
	const struct dirent *entry;
	int rc = -1, error = ENOENT;

	if (stream == NULL)
		return media_close_failed(dir);
	while (rc < 0 && (errno = 0, entry = readdir(stream)) != NULL)
		if (is_entry_of(entry->d_name, name))
			rc = snprintf(out, MEDIA_PATH_SIZE, "%s", entry->d_name);
	if (rc < 0 && errno != 0)
		error = errno;
	closedir(stream);
	errno = error;
	return rc;
}

enum rc
media_find_name(
    const struct conf *conf, const char *name, char out[MEDIA_PATH_SIZE], unsigned *rank)
{
	char entry[MEDIA_PATH_SIZE];
	const char *last;
	int error = ENOENT;

	if (!media_path_valid(name))
		return RC_NOT_FOUND;
	for (unsigned i = media_roots(conf); i-- > 0;) {
		int dir = media_open_parent(conf, i, name, false, &last);

		if (dir >= 0 && search_dir(dir, last, entry) >= 0) {
			*rank = i;
			return snprintf(out, MEDIA_PATH_SIZE, "%.*s%s", (int)(last - name), name,
				   entry) < MEDIA_PATH_SIZE
				   ? RC_OK
				   : RC_NOT_FOUND;
		}
		if (errno != ENOENT)
			error = errno;
	}
	return error == ENOENT ? RC_NOT_FOUND : RC_NO_SPACE;
}
