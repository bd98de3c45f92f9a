#include "oracle.h"

#include <errno.h>
#include <fts.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "../../common/media/media.h"
#include "../../common/media/media_level.h"

/* The sound of an information frame's encoder delay and padding, and half a frame. */
#define DURATION_SLACK_MS 150

/* A file on any level whose name is one of ours. */
struct file {
	uint64_t project, audio, revision;
	const char *path; /* relative */
	bool named;	  /* by a row */
	time_t mtime;
};

struct tree {
	const struct conf *conf;
	struct pool *pool;
	const struct snapshot *s;
	const char *root; /* of the level that is walked */
	struct file *files;
	size_t n, max;
	size_t left; /* for the sweep */
};

static bool
is_old(const struct tree *t, time_t mtime)
{
	return time(NULL) - mtime > t->conf->media.grace_sec;
}

static bool
in_trash(const struct snapshot *s, const struct file *f)
{
	for (size_t i = 0; i < s->trash_n; i++) {
		const struct trash_row *row = &s->trash[i];

		if (row->project == f->project &&
		    (row->audio == 0 ||
			(row->audio == f->audio &&
			    (row->path[0] == '\0' || strcmp(row->path, f->path) == 0))))
			return true;
	}
	return false;
}

static bool
read_name(struct tree *t, const char *path, struct file *f)
{
	char expected[MEDIA_PATH_SIZE];
	uint64_t thousand;
	int end = 0;

	*f = (struct file){.path = pool_strdup(t->pool, path)};
	if (sscanf(path, "%" SCNu64 "/%" SCNu64 "/%" SCNu64 "-r%" SCNu64 "-%n", &thousand,
		&f->project, &f->audio, &f->revision, &end) != 4 ||
	    end == 0)
		return false;
	media_path(t->conf, expected, f->project, f->audio, f->revision);
	if (strcmp(expected, path) != 0)
		broken(I3, "%s is not the one name of that revision", path);
	return true;
}

static void
add_file(struct tree *t, const struct file *f)
{
	if (t->n == t->max) {
		t->max = t->max == 0 ? 1024 : t->max * 2;
		t->files = realloc(t->files, t->max * sizeof t->files[0]);
		if (t->files == NULL)
			give_up("out of memory");
	}
	t->files[t->n++] = *f;
}

/* A file that no row names is left for the sweep, but only for a time. */
static void
unnamed(struct tree *t, const char *path, time_t mtime)
{
	if (is_old(t, mtime))
		broken(I6, "%s outlived the grace time", path);
	else
		t->left++;
}

static void
meet(struct tree *t, const FTSENT *e)
{
	const char *path = e->fts_path + strlen(t->root) + 1;
	struct file f;
	struct mp3_facts facts;
	const char *why;
	struct pool *own;
	uint8_t *data;
	size_t len = 0;

	if (e->fts_level == 1 && strcmp(e->fts_name, MEDIA_MARKER) == 0)
		return;
	if (!S_ISREG(e->fts_statp->st_mode)) {
		broken(I6, "%s is no file", path);
		return;
	}
	if (strncmp(e->fts_name, ".tmp-", 5) == 0) {
		unnamed(t, path, e->fts_statp->st_mtime);
		return;
	}
	if (!read_name(t, path, &f)) {
		broken(I6, "%s has no name of ours", path);
		return;
	}
	f.mtime = e->fts_statp->st_mtime;
	own = pool_new();
	data = file_read(own, e->fts_path, &len);
	if (data == NULL || !mp3_inspect(data, len, &facts, &why))
		broken(I6, "%s is no whole MP3: %s", path, data == NULL ? strerror(errno) : why);
	pool_free(own);
	add_file(t, &f);
}

static void
walk(struct tree *t)
{
	char *const paths[] = {pool_strdup(t->pool, t->root), NULL};
	FTS *fts = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	FTSENT *e;

	if (fts == NULL)
		give_up("cannot read %s: %s", t->root, strerror(errno));
	while ((e = fts_read(fts)) != NULL) {
		if (e->fts_info == FTS_D || e->fts_info == FTS_DP)
			continue;
		if (e->fts_info == FTS_ERR || e->fts_info == FTS_DNR)
			give_up("cannot read %s: %s", e->fts_path, strerror(e->fts_errno));
		meet(t, e);
	}
	fts_close(fts);
}

static int
by_sentence(const void *a, const void *b)
{
	const struct file *x = a, *y = b;

	if (x->audio != y->audio)
		return x->audio < y->audio ? -1 : 1;
	return x->revision < y->revision ? -1 : x->revision > y->revision;
}

static void
check_file(struct tree *t, const struct row *row)
{
	struct pool *own = pool_new();
	char expected[MEDIA_PATH_SIZE];
	uint8_t hash[CRYPT_SHA256_SIZE];
	struct mp3_facts facts;
	const char *why;
	size_t len = 0;
	uint8_t *data = file_read(own, media_find_absolute(t->conf, own, row->path), &len);

	media_path(t->conf, expected, row->project, row->id, row->audio_revision);
	if (strcmp(expected, row->path) != 0)
		broken(I3, "audio %" PRIu64 " has the sound of something else: %s, not %s", row->id,
		    row->path, expected);
	if (data == NULL) {
		broken(I2, "audio %" PRIu64 " (%s) has no file %s", row->id, row->state, row->path);
	} else {
		crypt_sha256(hash, data, len);
		if (len != row->size_bytes || memcmp(hash, row->sha256, sizeof hash) != 0)
			broken(I2, "audio %" PRIu64 " has a file of another size or hash: %s",
			    row->id, row->path);
		else if (mp3_inspect(data, len, &facts, &why)) {
			int64_t ms = (int64_t)facts.frames * facts.samples * 1000 / facts.rate;

			if (llabs(ms - (int64_t)row->duration_ms) > DURATION_SLACK_MS)
				broken(I2, "audio %" PRIu64 " says %" PRIu64 " ms and has %" PRId64,
				    row->id, row->duration_ms, ms);
		}
	}
	pool_free(own);
}

/* The file that ROW names. */
static struct file *
find(const struct tree *t, const struct row *row)
{
	const struct file key = {.audio = row->id, .revision = row->audio_revision};
	struct file *f = NULL, *end = t->files + t->n;

	if (t->n > 0)
		f = bsearch(&key, t->files, t->n, sizeof t->files[0], by_sentence);
	while (f != NULL && f > t->files && by_sentence(f - 1, &key) == 0)
		f--;
	for (; f != NULL && f < end && by_sentence(f, &key) == 0; f++)
		if (strcmp(f->path, row->path) == 0)
			return f;
	return NULL;
}

static void
check_rows(struct tree *t)
{
	const struct snapshot *s = t->s;

	for (size_t i = 0; i < s->rows_n; i++) {
		const struct row *row = &s->rows[i];
		struct file *f;

		if (strcmp(row->state, "ready") == 0 && row->audio_revision != row->revision)
			broken(I2,
			    "audio %" PRIu64 " is ready with the sound of r%" PRIu64
			    " for r%" PRIu64,
			    row->id, row->audio_revision, row->revision);
		if (row->path == NULL)
			continue;
		check_file(t, row);
		f = find(t, row);
		if (f != NULL)
			f->named = true;
	}
}

static void
check_files(struct tree *t)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct file *f = &t->files[i];

		if (i > 0 && by_sentence(f, f - 1) == 0)
			broken(I3, "%s and %s are of one revision%s", f->path, f[-1].path,
			    strcmp(f->path, f[-1].path) == 0 ? ", on two levels" : "");
		if (!f->named && !in_trash(t->s, f))
			unnamed(t, f->path, f->mtime);
	}
	for (size_t i = 0; i < t->s->trash_n; i++)
		if (t->s->trash[i].old)
			broken(I6, "the trash keeps %s of project %" PRIu64, t->s->trash[i].path,
			    t->s->trash[i].project);
}

/* The tombstone of a pipeline or a picture, whose rows went before it was laid. */
static void
check_pipeline(struct tree *t, const FTSENT *e)
{
	if (is_old(t, e->fts_statp->st_mtime))
		broken(I6, "tombstone %s outlived the grace time", e->fts_name);
}

/* A tombstone of an existing object hides its sound. */
static void
check_tombstones(struct tree *t)
{
	char *const paths[] = {pool_strdup(t->pool, t->conf->media.gone_root), NULL};
	FTS *fts = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	FTSENT *e;

	if (fts == NULL)
		give_up("cannot read %s: %s", paths[0], strerror(errno));
	while ((e = fts_read(fts)) != NULL) {
		uint64_t id;
		char kind;
		int end = 0;

		if (e->fts_level == 0)
			continue;
		if (sscanf(e->fts_name, "%c%" SCNu64 "%n", &kind, &id, &end) != 2 ||
		    e->fts_name[end] != '\0' ||
		    (kind != 'a' && kind != 'p' && kind != 't' && kind != 'i'))
			broken(I6, "%s is no tombstone", e->fts_path);
		else if (kind == 't' || kind == 'i')
			check_pipeline(t, e);
		else if (kind == 'a' ? row_find(t->s, id) != NULL : project_find(t->s, id) != NULL)
			broken(I2, "there is a tombstone on the living %s", e->fts_name);
		else if (is_old(t, e->fts_statp->st_mtime))
			broken(I6, "tombstone %s outlived the grace time", e->fts_name);
	}
	fts_close(fts);
}

void
check_media(const struct conf *conf, struct pool *pool, const struct snapshot *s)
{
	struct tree t = {.conf = conf, .pool = pool, .s = s};

	for (unsigned i = 0; i < media_roots(conf); i++) {
		t.root = media_root(conf, i);
		walk(&t);
	}
	if (t.n > 0)
		qsort(t.files, t.n, sizeof t.files[0], by_sentence);
	check_rows(&t);
	check_files(&t);
	check_tombstones(&t);
	if (t.left > 0)
		note("%zu files are left for the sweep", t.left);
}
