#include "media.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../base/log.h"
#include "media_dir.h"
#include "media_level.h"

#define DEPTH_MAX 8 /* of unexpected directories inside ours */
#define TRIES 3

#define NAME_SIZE 24 /* of a tombstone: a letter and a 64-bit number */

/* How much one call may remove. */
struct removal {
	size_t max; /* entries that may still be removed */
	bool left;  /* out: it ended there, and something may be left */
};

static int remove_all(int dir, const char *prefix, int depth, struct removal *r);

/* Remove a file, a link, or a directory with its contents. */
static int
remove_entry(int dir, const char *name, int depth, struct removal *r)
{
	int rc;

	if (r->max == 0) {
		r->left = true;
		return 0;
	}
	rc = media_fault("media.unlink") < 0 ? -1 : unlinkat(dir, name, 0);
	r->max -= rc == 0;
	if (rc < 0 && errno == ENOENT)
		return 0;
	if (rc == 0 || errno != EISDIR)
		return rc;
	/* A renderer that does not know yet may be adding a file: try again. */
	for (int i = 0; i < TRIES; i++) {
		int sub = depth > 0 ? media_open_dir(dir, name) : -1;

		if (sub < 0)
			return -1;
		rc = remove_all(sub, "", depth - 1, r);
		if (r->left)
			return 0;
		if (rc == 0)
			rc = unlinkat(dir, name, AT_REMOVEDIR);
		if (rc == 0 || (errno != ENOTEMPTY && errno != EEXIST))
			break;
	}
	return rc;
}

/* Remove the entries of DIR whose names begin with PREFIX, continuing after errors. Closes DIR. */
static int
remove_all(int dir, const char *prefix, int depth, struct removal *r)
{
	DIR *stream = fdopendir(dir);
	struct dirent *entry;
	int error = 0;

	if (stream == NULL)
		return media_close_failed(dir);
	while (errno = 0, !r->left && (entry = readdir(stream)) != NULL) {
		const char *name = entry->d_name;

		if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
			continue;
		if (strncmp(name, prefix, strlen(prefix)) != 0)
			continue;
		if (remove_entry(dir, name, depth, r) < 0)
			error = errno;
	}
	if (errno != 0)
		error = errno;
	closedir(stream);
	errno = error;
	return error == 0 ? 0 : -1;
}

/* The target of remove_path: PATH itself, or all files whose names begin with it. */
enum extent { ENTRY, PREFIX };

static enum rc
remove_from_level(const struct conf *conf, unsigned rank, const char *path, enum extent extent,
    int depth, struct removal *r)
{
	const char *name;
	int dir = media_open_parent(conf, rank, path, false, &name), rc;

	if (dir < 0)
		rc = errno == ENOENT ? 0 : -1;
	else if (extent == PREFIX)
		rc = remove_all(dir, name, depth, r);
	else {
		rc = remove_entry(dir, name, depth, r);
		media_close_failed(dir);
	}
	/* What could not be removed is met again when the rest is gone. */
	if (rc < 0 && !r->left) {
		log_error("cannot remove %.*s from %s: %s", media_path_loggable(path), path,
		    media_root(conf, rank), strerror(errno));
		return RC_NO_SPACE;
	}
	return RC_OK;
}

/* Remove it from all levels, also if that fails at one. */
static enum rc
remove_path(
    const struct conf *conf, const char *path, enum extent extent, int depth, struct removal *r)
{
	enum rc rc = RC_OK;

	for (unsigned i = 0; i < media_roots(conf) && !r->left; i++)
		if (remove_from_level(conf, i, path, extent, depth, r) != RC_OK)
			rc = RC_NO_SPACE;
	return rc;
}

/* A sound that came after the directory of its project was removed has made that again. */
void
media_remove_empty_parent(const struct conf *conf, unsigned rank, const char *path)
{
	char parent[MEDIA_PATH_SIZE];
	const char *slash = strrchr(path, '/'), *name;
	int dir;

	if (slash == NULL)
		return;
	snprintf(parent, sizeof parent, "%.*s", (int)(slash - path), path);
	dir = media_open_parent(conf, rank, parent, false, &name);
	if (dir < 0)
		return;
	(void)unlinkat(dir, name, AT_REMOVEDIR);
	close(dir);
}

int
media_remove_tree(int dir, const char *name)
{
	struct removal r = {.max = SIZE_MAX};

	return remove_entry(dir, name, DEPTH_MAX, &r);
}

enum rc
media_unlink(const struct conf *conf, const char *path)
{
	if (!media_path_valid(path)) {
		log_error(
		    "cannot remove %.*s: the name is not valid", media_path_loggable(path), path);
		return RC_FAIL;
	}
	enum rc rc = remove_path(conf, path, ENTRY, 0, &(struct removal){.max = SIZE_MAX});
	for (unsigned i = 0; i < media_roots(conf) && rc == RC_OK; i++)
		media_remove_empty_parent(conf, i, path);
	return rc;
}

enum rc
media_unlink_audio(const struct conf *conf, uint64_t project, uint64_t audio)
{
	char path[MEDIA_PATH_SIZE];

	snprintf(path, sizeof path, "%" PRIu64 "/%" PRIu64 "/%" PRIu64 "-r",
	    project / MEDIA_PROJECTS_PER_DIR, project, audio);
	return remove_path(conf, path, PREFIX, 0, &(struct removal){.max = SIZE_MAX});
}

enum rc
media_unlink_project(const struct conf *conf, uint64_t project, size_t max, bool *left)
{
	struct removal r = {.max = max};
	char path[MEDIA_PATH_SIZE];
	enum rc rc;

	snprintf(
	    path, sizeof path, "%" PRIu64 "/%" PRIu64, project / MEDIA_PROJECTS_PER_DIR, project);
	rc = remove_path(conf, path, ENTRY, DEPTH_MAX, &r);
	*left = r.left;
	return rc;
}

enum rc
media_unlink_pipeline(const struct conf *conf, uint64_t pipeline)
{
	char path[MEDIA_PATH_SIZE];

	snprintf(path, sizeof path, MEDIA_PIPELINES "/%" PRIu64 "/%" PRIu64,
	    pipeline / MEDIA_PROJECTS_PER_DIR, pipeline);
	return remove_path(conf, path, ENTRY, DEPTH_MAX, &(struct removal){.max = SIZE_MAX});
}

/* "p<project>", "a<audio>", "t<pipeline>" or "i<picture>" */
static void
tombstone_name(char name[NAME_SIZE], uint64_t project, uint64_t audio)
{
	snprintf(
	    name, NAME_SIZE, "%c%" PRIu64, audio == 0 ? 'p' : 'a', audio == 0 ? project : audio);
}

static void
tombstone_name_pipeline(char name[NAME_SIZE], uint64_t pipeline)
{
	snprintf(name, NAME_SIZE, "t%" PRIu64, pipeline);
}

static void
tombstone_name_picture(char name[NAME_SIZE], uint64_t picture)
{
	snprintf(name, NAME_SIZE, "i%" PRIu64, picture);
}

static int
tombstone_lay(int dir, const char *name)
{
	int fd = openat(
	    dir, name, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY, MEDIA_FILE_MODE);

	if (fd < 0)
		return -1;
	if (media_grant(fd, MEDIA_FILE_MODE) < 0 || fsync(fd) < 0)
		return media_close_failed(fd);
	close(fd);
	return fsync(dir);
}

static enum rc
tombstone_lay_named(const struct conf *conf, const char *name)
{
	int dir = open(conf->media.gone_root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dir < 0 || tombstone_lay(dir, name) < 0) {
		log_error(
		    "cannot lay tombstone %s/%s: %s", conf->media.gone_root, name, strerror(errno));
		if (dir >= 0)
			close(dir);
		return RC_NO_SPACE;
	}
	close(dir);
	return RC_OK;
}

enum rc
media_lay_tombstone(const struct conf *conf, uint64_t project, uint64_t audio)
{
	char name[NAME_SIZE];

	tombstone_name(name, project, audio);
	return tombstone_lay_named(conf, name);
}

enum rc
media_lay_pipeline_tombstone(const struct conf *conf, uint64_t pipeline)
{
	char name[NAME_SIZE];

	tombstone_name_pipeline(name, pipeline);
	return tombstone_lay_named(conf, name);
}

enum rc
media_lay_picture_tombstone(const struct conf *conf, uint64_t picture)
{
	char name[NAME_SIZE];

	tombstone_name_picture(name, picture);
	return tombstone_lay_named(conf, name);
}

static bool
tombstone_exists(const struct conf *conf, const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof path, "%s/%s", conf->media.gone_root, name);
	return access(path, F_OK) == 0;
}

bool
media_has_tombstone(const struct conf *conf, uint64_t project, uint64_t audio)
{
	char name[NAME_SIZE];

	tombstone_name(name, project, audio);
	return tombstone_exists(conf, name);
}

bool
media_has_pipeline_tombstone(const struct conf *conf, uint64_t pipeline)
{
	char name[NAME_SIZE];

	tombstone_name_pipeline(name, pipeline);
	return tombstone_exists(conf, name);
}

bool
media_has_picture_tombstone(const struct conf *conf, uint64_t picture)
{
	char name[NAME_SIZE];

	tombstone_name_picture(name, picture);
	return tombstone_exists(conf, name);
}

static void
tombstone_remove_named(const struct conf *conf, const char *name)
{
	int dir = open(conf->media.gone_root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dir < 0 || (unlinkat(dir, name, 0) < 0 && errno != ENOENT))
		log_warn("cannot remove tombstone %s/%s: %s", conf->media.gone_root, name,
		    strerror(errno));
	if (dir >= 0)
		close(dir);
}

void
media_remove_tombstone(const struct conf *conf, uint64_t project, uint64_t audio)
{
	char name[NAME_SIZE];

	tombstone_name(name, project, audio);
	tombstone_remove_named(conf, name);
}

void
media_remove_pipeline_tombstone(const struct conf *conf, uint64_t pipeline)
{
	char name[NAME_SIZE];

	tombstone_name_pipeline(name, pipeline);
	tombstone_remove_named(conf, name);
}

void
media_remove_picture_tombstone(const struct conf *conf, uint64_t picture)
{
	char name[NAME_SIZE];

	tombstone_name_picture(name, picture);
	tombstone_remove_named(conf, name);
}
