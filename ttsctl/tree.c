#include "tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../common/base/log.h"
#include "../common/media/media.h"
#include "../common/media/media_dir.h"
#include "../common/media/media_level.h"
#include "../common/base/mem.h"

#define KEY_DIGITS 32

/* Created by mkfs at the top of a file system. */
#define LOST_AND_FOUND "lost+found"

const char *
tree_number(const char *s, uint64_t *out)
{
	size_t digits = strspn(s, "0123456789");
	char *end;

	if (digits == 0 || s[0] == '0')
		return NULL;
	errno = 0;
	*out = strtoumax(s, &end, 10);
	return errno == 0 ? end : NULL;
}

bool
tree_sound(const char *name, uint64_t *audio, uint64_t *revision)
{
	const char *s = tree_number(name, audio);

	if (s == NULL || strncmp(s, "-r", 2) != 0)
		return false;
	s = tree_number(s + 2, revision);
	return s != NULL && s[0] == '-' && strspn(s + 1, "0123456789abcdef") == KEY_DIGITS &&
	       strcmp(s + 1 + KEY_DIGITS, ".mp3") == 0;
}

static void
report_unreadable(struct tree *tree, const char *path)
{
	log_error("cannot read %s%s%s: %s", media_root(tree->conf, tree->rank),
	    path[0] == '\0' ? "" : "/", path, strerror(errno));
	tree->trouble = true;
}

/* The next entry other than "." and ".."; NULL at the end or, with errno set, on error. */
static const char *
next_entry(DIR *stream)
{
	const struct dirent *entry;

	do {
		errno = 0;
		entry = readdir(stream);
	} while (
	    entry != NULL && (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0));
	return entry != NULL ? entry->d_name : NULL;
}

/* ---------------------------------------------------------------- a project */

struct dir_reading {
	struct tree *tree;
	struct tree_dir dir;
	struct tree_file *v;
	size_t n;
	size_t left; /* entries that remain */
};

static enum rc
flush_files(struct dir_reading *r)
{
	size_t gone = 0;
	enum rc rc = RC_OK;

	if (r->n > 0)
		rc = r->tree->files(r->tree->ctx, &r->dir, r->v, r->n, &gone);
	r->left += r->n - gone;
	r->n = 0;
	return rc;
}

static void
add_entry(struct dir_reading *r, const char *name)
{
	struct tree_file *f = &r->v[r->n];
	char path[sizeof r->dir.path + NAME_MAX + 2];

	snprintf(path, sizeof path, "%s/%s", r->dir.path, name);
	if (fstatat(r->dir.fd, name, &f->st, AT_SYMLINK_NOFOLLOW) < 0) {
		if (errno == ENOENT)
			return;
		report_unreadable(r->tree, path);
		r->left++;
		return;
	}
	f->temporary = strncmp(name, MEDIA_TEMPORARY, strlen(MEDIA_TEMPORARY)) == 0;
	if (S_ISREG(f->st.st_mode) && (f->temporary || tree_sound(name, &f->audio, &f->revision))) {
		snprintf(f->name, sizeof f->name, "%s", name);
		r->n++;
	} else {
		r->tree->foreign(r->tree->ctx, path);
		r->left++;
	}
}

/* Read the directory of a project. *EMPTY is set if nothing is left in it. Closes FD. */
static enum rc
read_project(struct tree *tree, int fd, uint64_t project, const char *path, bool *empty)
{
	struct dir_reading r = {.tree = tree, .dir = {.fd = fd, .project = project}};
	struct pool *pool = pool_new();
	DIR *stream = fdopendir(fd);
	const char *name;
	enum rc rc = RC_OK;

	*empty = false;
	snprintf(r.dir.path, sizeof r.dir.path, "%s", path);
	r.v = pool_array(pool, TREE_MAX, sizeof r.v[0]);
	if (stream == NULL) {
		report_unreadable(tree, path);
		close(fd);
		pool_free(pool);
		return RC_OK;
	}
	while (rc == RC_OK && (name = next_entry(stream)) != NULL) {
		add_entry(&r, name);
		if (r.n == TREE_MAX)
			rc = flush_files(&r);
	}
	if (rc == RC_OK && errno != 0) {
		report_unreadable(tree, path);
		r.left++;
	}
	if (rc == RC_OK)
		rc = flush_files(&r);
	*empty = rc == RC_OK && r.left == 0;
	closedir(stream);
	pool_free(pool);
	return rc;
}

/* ---------------------------------------------------------------- directories of directories */

/* A directory level between the root and the files. */
struct tree_level {
	struct tree *tree;
	const char *path;  /* of the directory being read; "" for the root */
	uint64_t thousand; /* the number of a directory of a thousand projects */
	bool top;
};

static enum rc read_level(struct tree_level *level, int fd, bool *empty);

/* Tell whether NAME is a valid directory at this level, and set N to its number. */
static bool
is_our_dir(const struct tree_level *level, const char *name, uint64_t *n)
{
	const char *end;

	if (level->top && strcmp(name, "0") == 0) {
		*n = 0;
		return true;
	}
	end = tree_number(name, n);
	return end != NULL && *end == '\0' &&
	       (level->top || *n / MEDIA_PROJECTS_PER_DIR == level->thousand);
}

static bool
is_selected(const struct tree_level *level, uint64_t n)
{
	uint64_t project = level->tree->project;

	return project == 0 || n == (level->top ? project / MEDIA_PROJECTS_PER_DIR : project);
}

/* Read the directory NAME with number N in FD. Counts it in *LEFT unless it was removed. */
static enum rc
read_subdir(struct tree_level *level, int fd, const char *name, uint64_t n, size_t *left)
{
	struct tree *tree = level->tree;
	char path[48];
	struct stat st;
	bool empty;
	enum rc rc;
	int sub;

	snprintf(path, sizeof path, "%s%s%s", level->path, level->top ? "" : "/", name);
	++*left;
	sub = media_open_dir(fd, name);
	if (sub < 0 && (errno == ENOTDIR || errno == ELOOP)) {
		tree->foreign(tree->ctx, path);
		return RC_OK;
	}
	if (sub < 0 || fstat(sub, &st) < 0) {
		if (errno == ENOENT)
			--*left;
		else
			report_unreadable(tree, path);
		if (sub >= 0)
			close(sub);
		return RC_OK;
	}
	if (level->top) {
		struct tree_level below = {tree, path, n, false};

		rc = read_level(&below, sub, &empty);
	} else {
		rc = read_project(tree, sub, n, path, &empty);
	}
	if (rc == RC_OK && empty && tree->empty != NULL &&
	    tree->empty(tree->ctx, fd, name, path, st.st_mtime))
		--*left;
	return rc;
}

static enum rc
read_level(struct tree_level *level, int fd, bool *empty)
{
	DIR *stream = fdopendir(fd);
	size_t left = 0;
	const char *name;
	enum rc rc = RC_OK;
	uint64_t n;

	*empty = false;
	if (stream == NULL) {
		report_unreadable(level->tree, level->path);
		close(fd);
		return RC_OK;
	}
	while (rc == RC_OK && (name = next_entry(stream)) != NULL) {
		char path[48 + NAME_MAX + 2];

		if (level->top &&
		    (strcmp(name, MEDIA_MARKER) == 0 || strcmp(name, LOST_AND_FOUND) == 0 ||
			strcmp(name, MEDIA_PIPELINES) == 0))
			continue;
		if (is_our_dir(level, name, &n)) {
			if (is_selected(level, n))
				rc = read_subdir(level, fd, name, n, &left);
			else
				left++;
			continue;
		}
		snprintf(path, sizeof path, "%s%s%s", level->path, level->top ? "" : "/", name);
		level->tree->foreign(level->tree->ctx, path);
		left++;
	}
	if (rc == RC_OK && errno != 0) {
		report_unreadable(level->tree, level->path);
		left++;
	}
	*empty = rc == RC_OK && left == 0;
	closedir(stream);
	return rc;
}

enum rc
tree_walk(struct tree *tree)
{
	struct tree_level top = {tree, "", 0, true};
	int root = media_open_root(tree->conf, tree->rank);
	bool empty;

	tree->trouble = false;
	if (root < 0) {
		report_unreadable(tree, "");
		return RC_NO_SPACE;
	}
	return read_level(&top, root, &empty);
}
