#include "sweep.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../common/base/fault.h"
#include "../common/base/log.h"
#include "../common/media/media.h"
#include "../common/media/media_dir.h"
#include "../common/media/media_level.h"
#include "out.h"
#include "progress.h"
#include "tree.h"

bool
sweep_is_old(const struct file_sweep *sweep, time_t mtime)
{
	return sweep->now - mtime > sweep->ctl->conf->media.grace_sec;
}

/* A file to be removed. */
struct victim {
	const struct file_sweep *sweep;
	const struct tree_dir *dir;
	const struct tree_file *file;
	bool gone;
	int error;
};

/* Unlink the file, unless it has been published again since it was examined. */
static void
unlink_victim(void *ctx)
{
	struct victim *v = ctx;
	struct stat st;

	v->gone = false;
	v->error = 0;
	if (fstatat(v->dir->fd, v->file->name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		v->gone = errno == ENOENT;
		v->error = v->gone ? 0 : errno;
	} else if (st.st_ino == v->file->st.st_ino &&
		   st.st_mtim.tv_sec == v->file->st.st_mtim.tv_sec &&
		   st.st_mtim.tv_nsec == v->file->st.st_mtim.tv_nsec) {
		(void)fault("ctl.sweep.unlink");
		v->gone = !v->sweep->remove || unlinkat(v->dir->fd, v->file->name, 0) == 0 ||
			  errno == ENOENT;
		v->error = v->gone ? 0 : errno;
	}
}

static void
list_removed(const struct file_sweep *sweep, const char *kind, const char *dir, const char *name)
{
	if (!sweep->list)
		return;
	progress_clear();
	printf("%s %s %s/", sweep->remove ? "removed" : "to be removed:", kind, dir);
	/* Omit the key at the end of the name: whoever reads it can fetch the file. */
	printf("%.*s\n", name[0] == '.' ? (int)strlen(name) : media_path_loggable(name), name);
}

static void
count_removed(
    struct file_sweep *sweep, struct swept *swept, const char *kind, const struct victim *v)
{
	const char *name = v->file->name;

	if (v->error != 0) {
		swept->stuck++;
		log_error("cannot remove %s/%s/%.*s: %s", media_root(sweep->ctl->conf, sweep->rank),
		    v->dir->path, media_path_loggable(name), name, strerror(v->error));
	} else if (v->gone) {
		swept->n++;
		swept->bytes += (uint64_t)v->file->st.st_size;
		list_removed(sweep, kind, v->dir->path, name);
	}
}

static void
remember_orphan(struct file_sweep *sweep, uint64_t audio)
{
	if (sweep->orphans_n == SWEEP_ORPHANS)
		sweep->orphans_more = true;
	else
		sweep->orphans[sweep->orphans_n++] = audio;
}

/*
 * A file that no row names. If the row is gone or has a later revision, it never will. Otherwise a
 * renderer may be about to publish under this very name, now or after the next edit, and only a
 * lock on the row tells whether it is.
 */
static enum rc
sweep_unnamed(
    struct file_sweep *sweep, struct victim *v, const struct admin_sound *row, const char *path)
{
	const struct tree_file *f = v->file;
	enum rc rc = RC_OK;

	if (!sweep_is_old(sweep, f->st.st_mtime)) {
		sweep->files.young++;
		if (row == NULL)
			remember_orphan(sweep, f->audio);
		return RC_OK;
	}
	if (row != NULL && row->project == v->dir->project && row->revision <= f->revision) {
		rc = admin_undisturbed(sweep->ctl->db, f->audio, path, unlink_victim, v);
		if (rc == RC_STALE) {
			sweep->files.young++;
			return RC_OK;
		}
	} else {
		unlink_victim(v);
	}
	if (rc == RC_OK)
		count_removed(sweep, &sweep->files, "unnamed file", v);
	return rc;
}

static const struct admin_sound *
row_of(const struct admin_sound *rows, size_t n, uint64_t id)
{
	for (size_t i = 0; i < n; i++)
		if (rows[i].id == id)
			return &rows[i];
	return NULL;
}

static enum rc
sweep_file(struct file_sweep *sweep, struct victim *v, const struct admin_sound *rows, size_t n)
{
	char path[sizeof v->dir->path + NAME_MAX + 2];
	const struct admin_sound *row;

	if (v->file->temporary) {
		if (sweep_is_old(sweep, v->file->st.st_mtime)) {
			unlink_victim(v);
			count_removed(sweep, &sweep->temporaries, "temporary file", v);
		} else {
			sweep->temporaries.young++;
		}
		return RC_OK;
	}
	snprintf(path, sizeof path, "%s/%s", v->dir->path, v->file->name);
	row = row_of(rows, n, v->file->audio);
	if (row != NULL && strcmp(row->path, path) == 0)
		return sweep_second(sweep, path, (uint64_t)v->file->st.st_size);
	return sweep_unnamed(sweep, v, row, path);
}

static enum rc
sweep_files(
    void *ctx, const struct tree_dir *dir, const struct tree_file *v, size_t n, size_t *gone)
{
	struct file_sweep *sweep = ctx;
	struct pool *pool = pool_new();
	struct admin_sound *rows = pool_array(pool, n, sizeof rows[0]);
	uint64_t ids[TREE_MAX];
	size_t ids_n = 0, found = 0;
	enum rc rc;

	for (size_t i = 0; i < n; i++)
		if (!v[i].temporary)
			ids[ids_n++] = v[i].audio;
	rc = admin_find(sweep->ctl->db, pool, ids, ids_n, rows, &found);
	for (size_t i = 0; i < n && rc == RC_OK; i++) {
		struct victim victim = {sweep, dir, &v[i], false, 0};

		rc = sweep_file(sweep, &victim, rows, found);
		*gone += victim.gone ? 1 : 0;
	}
	pool_free(pool);
	progress_add(n);
	return rc;
}

/* A renderer that needs the directory at this moment finds it missing and creates it again. */
static bool
sweep_dir(void *ctx, int parent, const char *name, const char *path, time_t mtime)
{
	struct file_sweep *sweep = ctx;

	if (!sweep_is_old(sweep, mtime)) {
		sweep->dirs.young++;
		return false;
	}
	if (sweep->remove && unlinkat(parent, name, AT_REMOVEDIR) < 0 && errno != ENOENT) {
		if (errno == ENOTEMPTY || errno == EEXIST)
			return false;
		sweep->dirs.stuck++;
		log_error("cannot remove %s/%s: %s", media_root(sweep->ctl->conf, sweep->rank),
		    path, strerror(errno));
		return false;
	}
	sweep->dirs.n++;
	if (sweep->list) {
		progress_clear();
		printf(
		    "%s empty directory %s\n", sweep->remove ? "removed" : "to be removed:", path);
	}
	return true;
}

/* ---------------------------------------------------------------- foreign files */

/* A link may have the name of a sound; never show the key at its end. */
static const char *
foreign_path(struct pool *pool, const char *root, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
	uint64_t audio, revision;
	int len =
	    tree_sound(name, &audio, &revision) ? media_path_loggable(path) : (int)strlen(path);

	return pool_printf(pool, "%s/%.*s", root, len, path);
}

void
sweep_report_foreign(struct file_sweep *sweep, const char *root, const char *path)
{
	struct pool *pool = sweep->foreign_paths_n < SWEEP_FOREIGN ? sweep->pool : pool_new();
	const char *shown = foreign_path(pool, root, path);

	sweep->foreign++;
	if (!sweep->quiet) {
		progress_clear();
		fputs("not ours: ", stdout);
		text_put(shown);
		putchar('\n');
	}
	if (pool == sweep->pool)
		sweep->foreign_paths[sweep->foreign_paths_n++] = shown;
	else
		pool_free(pool);
}

void
sweep_foreign_json(const struct file_sweep *sweep)
{
	out_uint("foreign", sweep->foreign);
	out_open("foreign_paths", '[');
	for (size_t i = 0; i < sweep->foreign_paths_n; i++)
		out_string(NULL, sweep->foreign_paths[i]);
	out_close(']');
}

void
sweep_foreign_text(const struct file_sweep *sweep)
{
	if (sweep->foreign > 0)
		printf("%s\n", text_count(sweep->foreign, "thing is not ours and stays",
				   "things are not ours and stay"));
}

static void
on_foreign(void *ctx, const char *path)
{
	struct file_sweep *sweep = ctx;

	sweep_report_foreign(sweep, media_root(sweep->ctl->conf, sweep->rank), path);
}

static enum rc
sweep_level(struct file_sweep *sweep)
{
	struct tree tree = {.conf = sweep->ctl->conf,
	    .project = sweep->project,
	    .rank = sweep->rank,
	    .ctx = sweep,
	    .files = sweep_files,
	    .empty = sweep_dir,
	    .foreign = on_foreign};
	enum rc rc = tree_walk(&tree);

	return rc == RC_OK && tree.trouble ? RC_NO_SPACE : rc;
}

/* A level that cannot be read does not keep the others from being swept. */
enum rc
sweep_media(struct file_sweep *sweep)
{
	enum rc rc = RC_OK, of_level;

	for (unsigned i = 0; i < media_roots(sweep->ctl->conf); i++) {
		sweep->rank = i;
		of_level = sweep_level(sweep);
		if (of_level != RC_OK && of_level != RC_NO_SPACE)
			return of_level;
		if (of_level != RC_OK)
			rc = of_level;
	}
	return rc;
}
