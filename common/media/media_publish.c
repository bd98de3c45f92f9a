#include "media.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/log.h"
#include "media_dir.h"
#include "media_level.h"

#define TRIES 3

/* A file that is written but not yet durable under its name. */
struct unsettled {
	char path[MEDIA_PATH_SIZE];
	char temporary[MEDIA_TEMPORARY_SIZE];
	int dir; /* consecutive files in the same directory share the descriptor */
	int fd;	 /* -1: closed */
	bool named;
	bool was_there; /* a file with the same bytes existed, and a row may name it */
};

struct media_batch {
	const struct conf *conf;
	uint64_t run;
	uint64_t *projects; /* see media_batch_new() */
	unsigned rank;	    /* the level that they go to */
	struct unsettled *files;
	size_t n, cap;
	bool settled; /* the files are kept for media_published until the next one is published */
	bool failed;  /* and could not be settled */
};

struct media_batch *
media_batch_new(const struct conf *conf, uint64_t run, uint64_t projects[MEDIA_NOTES])
{
	struct media_batch *batch = calloc(1, sizeof *batch);

	if (batch == NULL) {
		log_error("cannot prepare to publish: %s", strerror(errno));
		return NULL;
	}
	batch->conf = conf;
	batch->run = run;
	batch->projects = projects;
	return batch;
}

/* Note in whose directory there will be a temporary file. What finds no room is left to the sweep.
 */
static void
note_project(const struct media_batch *batch, const char *path)
{
	const char *slash = strchr(path, '/');
	uint64_t project = slash != NULL ? strtoull(slash + 1, NULL, 10) : 0;
	size_t i = 0;

	if (batch->projects == NULL || project == 0)
		return;
	while (i < MEDIA_NOTES && batch->projects[i] != 0 && batch->projects[i] != project)
		i++;
	if (i < MEDIA_NOTES)
		__atomic_store_n(&batch->projects[i], project, __ATOMIC_SEQ_CST);
}

static void
forget_projects(const struct media_batch *batch)
{
	for (size_t i = 0; batch->projects != NULL && i < MEDIA_NOTES; i++)
		__atomic_store_n(&batch->projects[i], 0, __ATOMIC_SEQ_CST);
}

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
write_temporary(const struct media_batch *batch, struct unsettled *u, const void *data, size_t len,
    const char **step)
{
	media_temporary_name(u->temporary, batch->conf, batch->run);
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

/* Whether PATH is in the directory of the last file of the batch. */
static bool
in_last_dir(const struct media_batch *batch, const char *path)
{
	size_t len = (size_t)(base_name(path) - path);
	const char *last = batch->n > 0 ? batch->files[batch->n - 1].path : "";

	return batch->n > 0 && strncmp(last, path, len) == 0 && base_name(last) == last + len;
}

static int
publish_once(const struct media_batch *batch, const void *data, size_t len, bool again,
    struct unsettled *u, const char **step)
{
	bool shared = !again && in_last_dir(batch, u->path);
	const char *name;

	*step = "open the directory";
	u->dir = shared ? batch->files[batch->n - 1].dir
			: media_open_parent(batch->conf, batch->rank, u->path, true, &name);
	if (u->dir < 0)
		return -1;
	if (write_temporary(batch, u, data, len, step) == 0)
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
batch_grow(struct media_batch *batch)
{
	if (batch->n < batch->cap)
		return true;
	size_t cap = batch->cap > 0 ? 2 * batch->cap : 64;
	struct unsettled *more = realloc(batch->files, cap * sizeof batch->files[0]);

	if (more == NULL)
		return false;
	batch->files = more;
	batch->cap = cap;
	return true;
}

enum rc
media_publish(
    struct media_batch *batch, const char *path, const void *data, size_t len, size_t *file)
{
	const char *step = "allocate memory";
	int rc = -1;

	if (!media_path_valid(path)) {
		log_error(
		    "cannot publish %.*s: the name is not valid", media_path_loggable(path), path);
		return RC_FAIL;
	}
	if (batch->settled)
		batch->n = 0;
	batch->settled = batch->failed = false;
	if (batch->n == 0)
		batch->rank = media_new_root(batch->conf);
	note_project(batch, path);
	/* Another host may remove the directory of a deleted project at any step: start over. */
	for (int i = 0; i < TRIES && rc < 0 && batch_grow(batch); i++) {
		struct unsettled *u = &batch->files[batch->n];

		*u = (struct unsettled){.fd = -1};
		memcpy(u->path, path, strlen(path) + 1);
		rc = publish_once(batch, data, len, i > 0, u, &step);
		if (rc < 0 && errno != ENOENT && errno != EINTR)
			break;
	}
	if (rc < 0) {
		log_error("cannot publish %.*s: %s: %s", media_path_loggable(path), path, step,
		    strerror(errno));
		return RC_NO_SPACE;
	}
	*file = batch->n++;
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
fsync_file(const struct media_batch *batch, struct unsettled *u)
{
	if (media_fault("media.fsync") < 0 || fsync_once(u->fd) < 0)
		return -1;
	return media_fault("media.synced");
}

static int
close_file(const struct media_batch *batch, struct unsettled *u)
{
	int fd = u->fd, rc;

	u->fd = -1;
	rc = media_fault("media.close") < 0 ? media_close_failed(fd) : close(fd);
	return rc < 0 && errno == EINTR ? 0 : rc; /* it is closed, and its data was forced before */
}

static int
rename_file(const struct media_batch *batch, struct unsettled *u)
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
last_in_dir(const struct media_batch *batch, const struct unsettled *u)
{
	return u + 1 == batch->files + batch->n || u[1].dir != u->dir;
}

static int
fsync_dir(const struct media_batch *batch, struct unsettled *u)
{
	if (!last_in_dir(batch, u))
		return 0;
	return media_fault("media.renamed") < 0 ? -1 : fsync_once(u->dir);
}

/*
 * In this order because forcing the first file writes most of what the others need too. A rename
 * before that would have to be written again.
 */
static const struct {
	const char *what;
	int (*run)(const struct media_batch *batch, struct unsettled *u);
} steps[] = {
    {"fsync", fsync_file},
    {"close", close_file},
    {"rename", rename_file},
    {"fsync of the directory", fsync_dir},
};

static int
batch_settle(const struct media_batch *batch)
{
	for (size_t s = 0; s < sizeof steps / sizeof steps[0]; s++)
		for (struct unsettled *u = batch->files; u < batch->files + batch->n; u++)
			if (steps[s].run(batch, u) < 0) {
				log_error("cannot publish %.*s: %s: %s",
				    media_path_loggable(u->path), u->path, steps[s].what,
				    strerror(errno));
				return -1;
			}
	return 0;
}

static void
undo_file(const struct unsettled *u)
{
	if (!u->named)
		unlinkat(u->dir, u->temporary, 0);
	else if (!u->was_there)
		unlinkat(u->dir, base_name(u->path), 0);
	if (u->fd >= 0)
		close(u->fd);
}

/* End what was begun with each file, successfully or not. */
static void
batch_close(struct media_batch *batch, bool failed)
{
	for (size_t i = 0; i < batch->n; i++) {
		const struct unsettled *u = &batch->files[i];

		if (failed)
			undo_file(u);
		if (last_in_dir(batch, u))
			close(u->dir);
	}
	forget_projects(batch);
	batch->settled = true;
	batch->failed = failed;
}

enum rc
media_settle(struct media_batch *batch)
{
	if (batch->settled)
		batch->n = 0;
	batch_close(batch, batch_settle(batch) < 0);
	return batch->failed ? RC_NO_SPACE : RC_OK;
}

bool
media_published(const struct media_batch *batch, size_t file)
{
	return batch->settled && !batch->failed && file < batch->n && batch->files[file].named;
}

void
media_batch_free(struct media_batch *batch)
{
	if (batch == NULL)
		return;
	if (!batch->settled)
		batch_close(batch, true);
	free(batch->files);
	free(batch);
}
