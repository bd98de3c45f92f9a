#include "sweep.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../common/base/log.h"
#include "../common/media/media.h"
#include "../common/media/media_dir.h"
#include "../common/media/media_level.h"
#include "progress.h"
#include "tree.h"

/*
 * The files of pipelines: "pipeline/<pipeline / 1000>/<pipeline>/" at each level, and pictures in
 * pipeline.inbox that nobody has looked into. Each has a name of its own, which is never used
 * again: a file that no row names, and that is old, never will be named.
 */

/* A directory that is being read. */
struct reading {
	struct file_sweep *sweep;
	const char *root; /* of PATH, for messages */
	const char *path; /* relative to the root; "" for the inbox */
	int dir;
	bool inbox;
	char names[ADMIN_MAX][NAME_MAX + 1];
	struct stat st[ADMIN_MAX];
	size_t n;
	size_t left; /* entries that remain */
};

static bool
is_key(const char *s, const char *tail)
{
	return strspn(s, "0123456789abcdef") == MEDIA_INBOX_DIGITS &&
	       strcmp(s + MEDIA_INBOX_DIGITS, tail) == 0;
}

/* "<kind>-<run>-<key>.<type>", or "<kind>-<run>-<n>-<key>.<type>" */
static bool
is_result(const char *name)
{
	size_t kind = strspn(name, "abcdefghijklmnopqrstuvwxyz");
	const char *end, *s;
	uint64_t number;

	if (kind == 0 || name[kind] != '-')
		return false;
	s = tree_number(name + kind + 1, &number);
	if (s == NULL || *s++ != '-')
		return false;
	end = tree_number(s, &number);
	if (end != NULL && end[0] == '-')
		s = end + 1;
	return is_key(s, ".mp3") || is_key(s, ".mp4") || is_key(s, ".jpg");
}

static void
remove_file(struct reading *r, struct swept *swept, const char *kind, size_t i)
{
	struct file_sweep *sweep = r->sweep;
	const char *name = r->names[i];
	int loggable = name[0] == '.' || r->inbox ? 8 : media_path_loggable(name);

	if (sweep->remove && unlinkat(r->dir, name, 0) < 0 && errno != ENOENT) {
		swept->stuck++;
		r->left++;
		log_error("cannot remove %s/%s/%.*s: %s", r->root, r->path, loggable, name,
		    strerror(errno));
		return;
	}
	swept->n++;
	swept->bytes += (uint64_t)r->st[i].st_size;
	if (!sweep->remove)
		r->left++;
	if (!sweep->list)
		return;
	progress_clear();
	printf("%s %s %s/%.*s\n", sweep->remove ? "removed" : "to be removed:", kind,
	    r->inbox ? r->root : r->path, loggable, name);
}

/* Look at the files that were read. */
static enum rc
flush_files(struct reading *r)
{
	struct pool *pool = pool_new();
	const char *names[ADMIN_MAX];
	bool named[ADMIN_MAX];
	enum rc rc;

	for (size_t i = 0; i < r->n; i++)
		names[i] =
		    r->inbox ? r->names[i] : pool_printf(pool, "%s/%s", r->path, r->names[i]);
	rc = admin_named(r->sweep->ctl->db, r->inbox, names, r->n, named);
	for (size_t i = 0; i < r->n && rc == RC_OK; i++) {
		bool temporary = r->names[i][0] == '.';
		struct swept *swept = temporary ? &r->sweep->temporaries : &r->sweep->files;

		if (named[i]) {
			r->left++;
			if (!r->inbox && !temporary)
				rc = sweep_second(r->sweep, names[i], (uint64_t)r->st[i].st_size);
		} else if (!sweep_is_old(r->sweep, r->st[i].st_mtime)) {
			swept->young++;
			r->left++;
		} else {
			remove_file(r, swept, temporary ? "temporary file" : "unnamed file", i);
		}
	}
	progress_add(r->n);
	r->n = 0;
	pool_free(pool);
	return rc;
}

static void
add_foreign(struct reading *r, const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof path, "%s%s%s", r->path, r->path[0] != '\0' ? "/" : "", name);
	sweep_report_foreign(r->sweep, r->root, path);
	r->left++;
}

static void
add_file(struct reading *r, const char *name)
{
	bool ours;

	if (fstatat(r->dir, name, &r->st[r->n], AT_SYMLINK_NOFOLLOW) < 0)
		return;
	ours = r->inbox ? is_key(name, "")
			: is_result(name) ||
			      strncmp(name, MEDIA_TEMPORARY, strlen(MEDIA_TEMPORARY)) == 0;
	if (!ours || !S_ISREG(r->st[r->n].st_mode)) {
		add_foreign(r, name);
		return;
	}
	snprintf(r->names[r->n++], NAME_MAX + 1, "%s", name);
}

/* Read a directory of files; closes DIR. *EMPTY: nothing is left in it. */
static enum rc
read_files(struct file_sweep *sweep, const char *root, const char *path, int dir, bool *empty)
{
	struct pool *pool = pool_new();
	struct reading *r = pool_alloc(pool, sizeof *r);
	DIR *stream = fdopendir(dir);
	const struct dirent *entry;
	enum rc rc = RC_OK;

	r->sweep = sweep;
	r->root = root;
	r->path = path;
	r->dir = dir;
	r->inbox = path[0] == '\0';
	while (stream != NULL && rc == RC_OK && (entry = readdir(stream)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		add_file(r, entry->d_name);
		if (r->n == ADMIN_MAX)
			rc = flush_files(r);
	}
	if (rc == RC_OK)
		rc = flush_files(r);
	*empty = stream != NULL && rc == RC_OK && r->left == 0;
	if (stream != NULL)
		closedir(stream);
	else
		close(dir);
	pool_free(pool);
	return rc;
}

/* ---------------------------------------------------------------- directories */

static enum rc read_dirs(
    struct file_sweep *sweep, const char *path, int dir, int depth, bool *empty);

static enum rc
unreadable(const char *root, const char *path)
{
	log_error(
	    "cannot read %s%s%s: %s", root, path[0] != '\0' ? "/" : "", path, strerror(errno));
	return RC_NO_SPACE;
}

/* Read the directory NAME in DIR, and remove it if nothing is left in it. */
static enum rc
read_subdir(
    struct file_sweep *sweep, const char *path, int dir, const char *name, int depth, size_t *left)
{
	const char *root = media_root(sweep->ctl->conf, sweep->rank);
	char below[64];
	struct stat st;
	uint64_t n;
	const char *end = strcmp(name, "0") == 0 ? name + 1 : tree_number(name, &n);
	bool numbered = end != NULL && *end == '\0', empty;
	enum rc rc;
	int sub;

	snprintf(below, sizeof below, "%s/%.20s", path, name);
	++*left;
	sub = numbered ? media_open_dir(dir, name) : -1;
	if (!numbered || (sub < 0 && (errno == ENOTDIR || errno == ELOOP))) {
		sweep_report_foreign(sweep, root, below);
		return RC_OK;
	}
	if (sub < 0 &&
	    errno == ENOENT) { /* its pipeline was deleted, and tts-work has removed it */
		--*left;
		return RC_OK;
	}
	if (sub < 0 || fstat(sub, &st) < 0) {
		rc = unreadable(root, below);
		if (sub >= 0)
			close(sub);
		return rc;
	}
	rc = depth > 0 ? read_dirs(sweep, below, sub, depth - 1, &empty)
		       : read_files(sweep, root, below, sub, &empty);
	if (rc != RC_OK || !empty || !sweep_is_old(sweep, st.st_mtime))
		return rc;
	if (!sweep->remove || unlinkat(dir, name, AT_REMOVEDIR) == 0) {
		sweep->dirs.n++;
		--*left;
	}
	return RC_OK;
}

/* Read a directory of directories; closes DIR. */
static enum rc
read_dirs(struct file_sweep *sweep, const char *path, int dir, int depth, bool *empty)
{
	DIR *stream = fdopendir(dir);
	const struct dirent *entry;
	enum rc rc = RC_OK;
	size_t left = 0;

	while (stream != NULL && rc == RC_OK && (entry = readdir(stream)) != NULL)
		if (entry->d_name[0] != '.') /* nor where a worker is making files */
			rc = read_subdir(sweep, path, dir, entry->d_name, depth, &left);
	*empty = stream != NULL && rc == RC_OK && left == 0;
	if (stream != NULL)
		closedir(stream);
	else
		close(dir);
	return rc;
}

/* Those at one level. */
static enum rc
sweep_pipelines_of_level(struct file_sweep *sweep)
{
	const struct conf *conf = sweep->ctl->conf;
	const char *path = media_root(conf, sweep->rank);
	int root = media_open_root(conf, sweep->rank), dir;
	enum rc rc = RC_OK;
	bool empty;

	if (root < 0) {
		log_error("cannot read %s: %s", path, strerror(errno));
		return RC_NO_SPACE;
	}
	dir = media_open_dir(root, MEDIA_PIPELINES);
	if (dir >= 0)
		rc = read_dirs(sweep, MEDIA_PIPELINES, dir, 1, &empty);
	else if (errno == ENOTDIR || errno == ELOOP)
		sweep_report_foreign(sweep, path, MEDIA_PIPELINES);
	else if (errno != ENOENT)
		rc = unreadable(path, MEDIA_PIPELINES);
	close(root);
	return rc;
}

enum rc
sweep_pipelines(struct file_sweep *sweep)
{
	const struct conf *conf = sweep->ctl->conf;
	enum rc rc = RC_OK, of_level;
	bool empty;
	int dir;

	for (unsigned i = 0; i < media_roots(conf); i++) {
		sweep->rank = i;
		of_level = sweep_pipelines_of_level(sweep);
		if (of_level != RC_OK && of_level != RC_NO_SPACE)
			return of_level;
		if (of_level != RC_OK)
			rc = of_level;
	}
	if (rc != RC_OK)
		return rc;
	dir = open(conf->pipeline.inbox, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir >= 0)
		return read_files(sweep, conf->pipeline.inbox, "", dir, &empty);
	return errno == ENOENT ? RC_OK : unreadable(conf->pipeline.inbox, "");
}
