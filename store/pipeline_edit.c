#include "pipeline_internal.h"

#include <string.h>

struct edit {
	struct pool *pool;
	const struct pipeline_key *key;
	const char *text;
	uint64_t take;
	uint64_t run; /* that the body added */
	enum stage stage;
	struct pipeline p;
};

static enum rc
edit_run(struct db *db, const struct txn *txn, struct edit *e)
{
	enum rc rc;

	e->pool = pool_new();
	rc = db_transact(db, txn, e);
	pool_free(e->pool);
	return rc;
}

static enum rc
edit_lock(struct db *db, struct edit *e)
{
	uint64_t user;

	TRY(pipeline_lock_projects(db, e->pool, e->key, &user));
	TRY(pipeline_lock(db, e->pool, e->key, &e->p));
	return e->p.started_at.s[0] == '\0' ? RC_DRAFT : RC_OK;
}

/* The body added a run: it is there, or nothing is. */
static enum rc
edit_read_back(struct db *db, void *ctx)
{
	struct edit *e = ctx;

	TRY(pipeline_lock(db, e->pool, e->key, &e->p));
	return e->p.runs[e->stage].id >= e->run ? RC_OK : RC_BUSY;
}

/* ---------------------------------------------------------------- the lyric */

static enum rc
lyric_body(struct db *db, void *ctx)
{
	struct edit *e = ctx;
	struct run_new lyric = {.stage = STAGE_LYRIC, .cause = CAUSE_EDIT, .text = e->text};
	struct run_new song = {.stage = STAGE_SONG, .cause = CAUSE_EDIT};
	uint64_t id;

	TRY(edit_lock(db, e));
	if (e->p.project != 0)
		return RC_DUPLICATE;
	TRY(pipeline_end_runs(db, e->pool, &e->p, STAGE_LYRIC, true));
	TRY(pipeline_add_run(db, e->pool, &e->p, &lyric, &e->run));
	e->stage = STAGE_LYRIC;
	if (!e->p.auto_continue || (e->p.stages & 1U << STAGE_SONG) == 0)
		return pipeline_tell(db, e->pool, &e->p, STAGE_LYRIC, PIPELINE_COMPLETED);
	song.input = e->run;
	TRY(pipeline_add_run(db, e->pool, &e->p, &song, &id));
	return pipeline_tell(db, e->pool, &e->p, STAGE_SONG, PIPELINE_PENDING);
}

enum rc
pipeline_edit_lyric(struct db *db, const struct pipeline_key *key, const char *text)
{
	static const struct txn txn = {.body = lyric_body,
	    .read_back = edit_read_back,
	    .before_commit = "store.pipeline.lyric.before_commit",
	    .committed = "store.pipeline.lyric.committed"};
	struct edit e = {.key = key, .text = text};

	return edit_run(db, &txn, &e);
}

/* ---------------------------------------------------------------- the song */

static const struct pipeline_file *
find_take(const struct pipeline_run *song, uint64_t n)
{
	for (size_t i = 0; i < song->n_files; i++)
		if (song->files[i].n == n && strncmp(song->files[i].type, "audio/", 6) == 0)
			return &song->files[i];
	return NULL;
}

static enum rc
take_body(struct db *db, void *ctx)
{
	struct edit *e = ctx;
	const struct pipeline_run *song = &e->p.runs[STAGE_SONG];
	struct run_new new = {.stage = STAGE_SONG, .cause = CAUSE_EDIT, .from = song};
	const struct pipeline_file *take;

	TRY(edit_lock(db, e));
	if (song->id == 0 || song->state != STAGE_DONE || song->external_id[0] == '\0')
		return RC_NOT_READY;
	take = find_take(song, e->take);
	if (take == NULL)
		return RC_RANGE;
	e->stage = STAGE_SONG;
	e->run = song->id;
	if (take->chosen)
		return RC_OK;
	new.part = take->external_part;
	TRY(pipeline_end_runs(db, e->pool, &e->p, STAGE_VIDEO, true));
	TRY(pipeline_add_run(db, e->pool, &e->p, &new, &e->run));
	return pipeline_tell(db, e->pool, &e->p, STAGE_SONG, PIPELINE_PROCESSING);
}

enum rc
pipeline_choose_take(struct db *db, const struct pipeline_key *key, uint64_t n)
{
	static const struct txn txn = {.body = take_body,
	    .read_back = edit_read_back,
	    .before_commit = "store.pipeline.take.before_commit",
	    .committed = "store.pipeline.take.committed"};
	struct edit e = {.key = key, .take = n};

	return edit_run(db, &txn, &e);
}
