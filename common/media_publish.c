#include "media.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypt.h"
#include "log.h"
#include "media_dir.h"

#define TEMPORARY ".tmp-" /* nginx gives out no name that begins with a dot */
#define TEMPORARY_SIZE (sizeof TEMPORARY + 2 * 16)
#define TRIES 3

/* A file that has its name, but not yet for good. */
struct unsettled {
	char path[MEDIA_PATH_SIZE];
	int dir;	/* those that follow each other in one directory share it */
	bool was_there; /* the same bytes: they may be there for a row that names them */
};

static struct unsettled *unsettled;
static size_t unsettled_n, unsettled_cap;

/* One try to publish. STEP says what failed. */
struct publication {
	int dir;
	bool shared; /* DIR is that of the last unsettled file */
	const char *name;
	char temporary[TEMPORARY_SIZE];
	bool was_there;
	const char *step;
};

static int
write_all(int fd, const uint8_t *data, size_t len)
{
	while (len > 0) {
		ssize_t n = media_inject("media.write") < 0 ? -1 : write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0)
			errno = EIO;
		if (n <= 0)
			return -1;
		data += n;
		len -= (size_t)n;
	}
	return media_inject("media.written");
}

/* After a failed fsync the kernel may have thrown the data away: there is no second one. */
static int
sync_file(int fd)
{
	if (media_inject("media.fsync") < 0 || fsync(fd) < 0)
		return -1;
	return media_inject("media.synced");
}

static int
close_file(int fd)
{
	int rc = media_inject("media.close") < 0 ? media_drop(fd) : close(fd);

	return rc < 0 && errno == EINTR ? 0 : rc; /* it is closed, and was synced before */
}

static int
write_temporary(struct publication *p, const void *data, size_t len)
{
	uint8_t random[16];
	int fd;

	memcpy(p->temporary, TEMPORARY, sizeof TEMPORARY);
	crypt_random(random, sizeof random);
	crypt_hex(p->temporary + sizeof TEMPORARY - 1, random, sizeof random);

	p->step = "create";
	fd = openat(p->dir, p->temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
	    MEDIA_FILE_MODE);
	if (fd < 0)
		return -1;
	if (media_grant(fd, MEDIA_FILE_MODE) < 0)
		return media_drop(fd);
	p->step = "write";
	if (write_all(fd, data, len) < 0)
		return media_drop(fd);
	p->step = "fsync";
	if (sync_file(fd) < 0)
		return media_drop(fd);
	p->step = "close";
	return close_file(fd);
}

static int
give_name(struct publication *p)
{
	struct stat st;

	p->was_there = fstatat(p->dir, p->name, &st, AT_SYMLINK_NOFOLLOW) == 0;
	p->step = "rename";
	if (media_inject("media.rename") < 0)
		return -1;
	return renameat(p->dir, p->temporary, p->dir, p->name);
}

static const char *
name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

/* Whether PATH is in the directory of the last unsettled file. */
static bool
same_dir(const char *path)
{
	size_t len = (size_t)(name_of(path) - path);
	const char *last = unsettled_n > 0 ? unsettled[unsettled_n - 1].path : "";

	return unsettled_n > 0 && strncmp(last, path, len) == 0 && name_of(last) == last + len;
}

static int
publish(const struct conf *conf, const char *path, const void *data, size_t len, bool again,
    struct publication *p)
{
	int rc = -1;

	*p = (struct publication){.step = "open the directory", .shared = !again && same_dir(path)};
	if (p->shared) {
		p->dir = unsettled[unsettled_n - 1].dir;
		p->name = name_of(path);
	} else {
		p->dir = media_open_parent(conf, path, true, &p->name);
	}
	if (p->dir < 0)
		return -1;
	rc = write_temporary(p, data, len);
	if (rc == 0)
		rc = give_name(p);
	if (rc == 0)
		return 0;
	int saved = errno;
	unlinkat(p->dir, p->temporary, 0);
	if (!p->shared)
		media_drop(p->dir);
	errno = saved;
	return -1;
}

static bool
room_for_one(void)
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
	struct publication p = {.step = "remember the name"};
	int rc = -1;

	if (!media_is_ours(path)) {
		log_error("cannot publish %.*s: no name of ours", media_shown(path), path);
		return RC_FAIL;
	}
	/* Another host may remove the directory of a dead project at any step: begin again. */
	for (int i = 0; i < TRIES && rc < 0 && room_for_one(); i++) {
		rc = publish(conf, path, data, len, i > 0, &p);
		if (rc < 0 && errno != ENOENT && errno != EINTR)
			break;
	}
	if (rc < 0) {
		log_error("cannot publish %.*s: %s: %s", media_shown(path), path, p.step,
		    strerror(errno));
		return RC_NO_SPACE;
	}
	struct unsettled *u = &unsettled[unsettled_n++];
	memcpy(u->path, path, strlen(path) + 1);
	u->dir = p.dir;
	u->was_there = p.was_there;
	return RC_OK;
}

/* Force the names in the directory of *U to the disk. */
static int
settle(const struct unsettled *u)
{
	int rc = media_inject("media.renamed");

	for (int i = 0; i < TRIES; i++) {
		if (rc == 0 && (rc = fsync(u->dir)) == 0)
			return 0;
		if (errno != EINTR)
			break;
		rc = 0;
	}
	log_error("cannot publish %.*s: fsync of the directory: %s", media_shown(u->path), u->path,
	    strerror(errno));
	return -1;
}

enum rc
media_settle(void)
{
	int rc = 0;

	for (size_t i = 0; i < unsettled_n && rc == 0; i++)
		if (i + 1 == unsettled_n || unsettled[i + 1].dir != unsettled[i].dir)
			rc = settle(&unsettled[i]);
	for (size_t i = 0; i < unsettled_n; i++) {
		const struct unsettled *u = &unsettled[i];

		if (rc < 0 && !u->was_there)
			unlinkat(u->dir, name_of(u->path), 0);
		if (i + 1 == unsettled_n || unsettled[i + 1].dir != u->dir)
			close(u->dir);
	}
	unsettled_n = 0;
	return rc == 0 ? RC_OK : RC_NO_SPACE;
}
