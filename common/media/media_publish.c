#include "media.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/crypt.h"
#include "../base/log.h"
#include "media_dir.h"

#define TEMPORARY ".tmp-" /* nginx does not serve names that begin with a dot */
#define TEMPORARY_SIZE (sizeof TEMPORARY + 2 * 16)
#define TRIES 3

/* A file that is written but not yet durable under its name. */
struct unsettled {
	char path[MEDIA_PATH_SIZE];
	char temporary[TEMPORARY_SIZE];
	int dir; /* consecutive files in the same directory share the descriptor */
	int fd;	 /* -1: closed */
	bool named;
	bool was_there; /* a file with the same bytes existed, and a row may name it */
};

static struct unsettled *unsettled;
static size_t unsettled_n, unsettled_cap;

static int
write_all(int fd, const uint8_t *data, size_t len)
{
	while (len > 0) {
		ssize_t n = media_fault("media.write") < 0 ? -1 : write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0)
			errno = EIO;
		if (n <= 0)
			return -1;
		data += n;
		len -= (size_t)n;
	}
	return media_fault("media.written");
}

/* Write DATA to a new temporary file of *U. On failure *STEP is the step that failed. */
static int
write_temporary(struct unsettled *u, const void *data, size_t len, const char **step)
{
	uint8_t random[16];

	memcpy(u->temporary, TEMPORARY, sizeof TEMPORARY);
	crypt_random(random, sizeof random);
	crypt_hex(u->temporary + sizeof TEMPORARY - 1, random, sizeof random);

	*step = "create";
	u->fd = openat(u->dir, u->temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
	    MEDIA_FILE_MODE);
	if (u->fd < 0)
		return -1;
	if (media_grant(u->fd, MEDIA_FILE_MODE) < 0)
		return -1;
	*step = "write";
	if (write_all(u->fd, data, len) < 0)
		return -1;
	/* Start writing now, to wait less in fsync, which is what reports errors. */
	(void)sync_file_range(u->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
	return 0;
}

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

/* Whether PATH is in the directory of the last unsettled file. */
static bool
in_last_dir(const char *path)
{
	size_t len = (size_t)(base_name(path) - path);
	const char *last = unsettled_n > 0 ? unsettled[unsettled_n - 1].path : "";

	return unsettled_n > 0 && strncmp(last, path, len) == 0 && base_name(last) == last + len;
}

static int
publish_once(const struct conf *conf, const void *data, size_t len, bool again, struct unsettled *u,
    const char **step)
{
	bool shared = !again && in_last_dir(u->path);
	const char *name;

	*step = "open the directory";
	u->dir =
	    shared ? unsettled[unsettled_n - 1].dir : media_open_parent(conf, u->path, true, &name);
	if (u->dir < 0)
		return -1;
	if (write_temporary(u, data, len, step) == 0)
		return 0;
	int saved = errno;
	if (u->fd >= 0) {
		unlinkat(u->dir, u->temporary, 0);
		close(u->fd);
	}
	if (!shared)
		close(u->dir);
	errno = saved;
	return -1;
}

static bool
unsettled_grow(void)
{
	if (unsettled_n < unsettled_cap)
		return true;
	size_t cap = unsettled_cap > 0 ? 2 * unsettled_cap : 64;
	struct unsettled *more = realloc(unsettled, cap * sizeof unsettled[0]);

	if (more == NULL)
		return false;
	unsettled = more;
	unsettled_cap = cap;
	return true;
}

enum rc
media_publish(const struct conf *conf, const char *path, const void *data, size_t len)
{
	const char *step = "allocate memory";
	int rc = -1;

	if (!media_path_valid(path)) {
		log_error(
		    "cannot publish %.*s: the name is not valid", media_path_loggable(path), path);
		return RC_FAIL;
	}
	/* Another host may remove the directory of a deleted project at any step: start over. */
	for (int i = 0; i < TRIES && rc < 0 && unsettled_grow(); i++) {
		struct unsettled *u = &unsettled[unsettled_n];

		*u = (struct unsettled){.fd = -1};
		memcpy(u->path, path, strlen(path) + 1);
		rc = publish_once(conf, data, len, i > 0, u, &step);
		if (rc < 0 && errno != ENOENT && errno != EINTR)
			break;
	}
	if (rc < 0) {
		log_error("cannot publish %.*s: %s: %s", media_path_loggable(path), path, step,
		    strerror(errno));
		return RC_NO_SPACE;
	}
	unsettled_n++;
	return RC_OK;
}

/* ---------------------------------------------------------------- settling */

/*
 * After a failed fsync the kernel may have discarded the data, so it must not be repeated. Only if
 * a signal interrupted it, nothing is decided yet.
 */
static int
fsync_once(int fd)
{
	int rc = -1;

	for (int i = 0; i < TRIES; i++) {
		rc = fsync(fd);
		if (rc == 0 || errno != EINTR)
			break;
	}
	return rc;
}

static int
fsync_file(struct unsettled *u)
{
	if (media_fault("media.fsync") < 0 || fsync_once(u->fd) < 0)
		return -1;
	return media_fault("media.synced");
}

static int
close_file(struct unsettled *u)
{
	int fd = u->fd, rc;

	u->fd = -1;
	rc = media_fault("media.close") < 0 ? media_close_failed(fd) : close(fd);
	return rc < 0 && errno == EINTR ? 0 : rc; /* it is closed, and its data was forced before */
}

static int
rename_file(struct unsettled *u)
{
	const char *name = base_name(u->path);
	struct stat st;
	int rc = -1;

	u->was_there = fstatat(u->dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
	if (media_fault("media.rename") < 0)
		return -1;
	for (int i = 0; i < TRIES; i++) {
		rc = renameat(u->dir, u->temporary, u->dir, name);
		if (rc == 0 || errno != EINTR)
			break;
	}
	u->named = rc == 0;
	/* The directory was removed, and the file with it. */
	return rc < 0 && errno == ENOENT ? 0 : rc;
}

/* Whether U is the last of the files that share a directory: that one forces and closes it. */
static bool
last_in_dir(const struct unsettled *u)
{
	return u + 1 == unsettled + unsettled_n || u[1].dir != u->dir;
}

static int
fsync_dir(struct unsettled *u)
{
	if (!last_in_dir(u))
		return 0;
	return media_fault("media.renamed") < 0 ? -1 : fsync_once(u->dir);
}

/*
 * In this order because forcing the first file writes most of what the others need too. A rename
 * before that would have to be written again.
 */
static const struct {
	const char *what;
	int (*run)(struct unsettled *u);
} steps[] = {
    {"fsync", fsync_file},
    {"close", close_file},
    {"rename", rename_file},
    {"fsync of the directory", fsync_dir},
};

static int
settle(void)
{
	for (size_t s = 0; s < sizeof steps / sizeof steps[0]; s++)
		for (struct unsettled *u = unsettled; u < unsettled + unsettled_n; u++)
			if (steps[s].run(u) < 0) {
				log_error("cannot publish %.*s: %s: %s",
				    media_path_loggable(u->path), u->path, steps[s].what,
				    strerror(errno));
				return -1;
			}
	return 0;
}

static void
undo(const struct unsettled *u)
{
	if (!u->named)
		unlinkat(u->dir, u->temporary, 0);
	else if (!u->was_there)
		unlinkat(u->dir, base_name(u->path), 0);
	if (u->fd >= 0)
		close(u->fd);
}

enum rc
media_settle(bool *lost)
{
	int rc = settle();

	for (size_t i = 0; i < unsettled_n; i++) {
		const struct unsettled *u = &unsettled[i];

		if (rc < 0)
			undo(u);
		if (lost != NULL)
			lost[i] = !u->named;
		if (last_in_dir(u))
			close(u->dir);
	}
	unsettled_n = 0;
	return rc == 0 ? RC_OK : RC_NO_SPACE;
}
