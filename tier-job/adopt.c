#include "adopt.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../common/base/crypt.h"
#include "../common/media/media.h"
#include "../common/media/media_dir.h"

#define ENTRIES 20000 /* looked at in one walk */
#define DEPTH 4	      /* of directories: "pipeline/<thousand>/<pipeline>/" has the most */

struct walk {
	struct mover *mover;
	unsigned level;
	size_t left;	   /* entries that may still be looked at */
	uint64_t wanted;   /* bytes */
	struct pool *pool; /* of V */
	struct tier_file v[TIER_MAX];
	size_t n;
};

static bool
walk_is_over(const struct walk *w)
{
	return w->left == 0 || w->wanted == 0 || mover_is_over(w->mover);
}

/* Give those that were found a row. */
static enum rc
walk_flush(struct walk *w)
{
	uint64_t bytes = 0;
	size_t n_new = 0;
	enum rc rc = w->n > 0 ? tier_adopt(w->mover->db, w->level, w->v, w->n, &n_new) : RC_OK;

	for (size_t i = 0; i < w->n; i++)
		bytes += w->v[i].bytes;
	/* Which ones are new is not known: take the average. */
	if (n_new > 0)
		bytes = bytes / w->n * n_new;
	w->wanted -= n_new == 0 ? 0 : bytes < w->wanted ? bytes : w->wanted;
	w->n = 0;
	pool_reset(w->pool);
	return rc;
}

static enum rc walk_dir(struct walk *w, int dir, const char *path, int depth);

static enum rc
walk_entry(struct walk *w, int dir, const char *path, const char *name, int depth)
{
	char below[MEDIA_PATH_SIZE];
	struct stat st;
	int sub;

	w->left--;
	if (snprintf(below, sizeof below, "%s%s%s", path, path[0] != '\0' ? "/" : "", name) >=
		(int)sizeof below ||
	    fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return RC_OK;
	if (S_ISDIR(st.st_mode)) {
		sub = depth > 0 ? media_open_dir(dir, name) : -1;
		return sub >= 0 ? walk_dir(w, sub, below, depth - 1) : RC_OK;
	}
	if (!S_ISREG(st.st_mode) || path[0] == '\0')
		return RC_OK;
	w->v[w->n++] = (struct tier_file){pool_strdup(w->pool, below), (uint64_t)st.st_size};
	return w->n == TIER_MAX ? walk_flush(w) : RC_OK;
}

/* The entries of a directory, at most as many as may be looked at. Closes DIR. */
static const char **
list_dir(const struct walk *w, struct pool *pool, int dir, size_t *n)
{
	const char **names = pool_array(pool, w->left + 1, sizeof(*names));
	DIR *stream = fdopendir(dir);
	const struct dirent *entry;

	*n = 0;
	while (stream != NULL && *n < w->left && (entry = readdir(stream)) != NULL)
		if (entry->d_name[0] != '.')
			names[(*n)++] = pool_strdup(pool, entry->d_name);
	if (stream != NULL)
		closedir(stream);
	else
		close(dir);
	return names;
}

/* Look at a directory from a random entry on. Closes DIR. */
static enum rc
walk_dir(struct walk *w, int dir, const char *path, int depth)
{
	struct pool *pool = pool_new();
	int again = media_open_dir(dir, "."); /* to look at the entries while none are read */
	size_t n = 0, first;
	const char **names = list_dir(w, pool, dir, &n);
	enum rc rc = RC_OK;

	first = n > 0 ? crypt_uniform((uint32_t)n) : 0;
	for (size_t i = 0; again >= 0 && i < n && rc == RC_OK && !walk_is_over(w); i++)
		rc = walk_entry(w, again, path, names[(first + i) % n], depth);
	if (again >= 0)
		close(again);
	pool_free(pool);
	return rc;
}

enum rc
adopt_files(struct mover *m, unsigned level, uint64_t bytes)
{
	struct pool *pool = pool_new();
	struct walk *w = pool_alloc(pool, sizeof *w);
	int root = media_open_root(m->conf, level);
	enum rc rc = RC_OK;

	*w = (struct walk){
	    .mover = m, .level = level, .left = ENTRIES, .wanted = bytes, .pool = pool_new()};
	if (root >= 0)
		rc = walk_dir(w, root, "", DEPTH);
	if (rc == RC_OK)
		rc = walk_flush(w);
	pool_free(w->pool);
	pool_free(pool);
	return rc;
}
