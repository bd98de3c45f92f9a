#include "internal.h"

#include "../common/base/crypt.h"

#define FIRST_AGAIN_SEC 10

enum {
	ADD,
	ADD_PIPELINE,
	LIST,
	DONE,
	AGAIN,
	BURIED,
	BURIED_PROJECT,
	BURIED_AUDIO,
	BURIED_PIPELINE,
};

static const struct sql sql[] = {
    [ADD] = {.text = "INSERT INTO trash (created_at, run_at, project_id, audio_id, path, bury)"
		     " VALUES (NOW(3), NOW(3), ?, ?, ?, ?)"},
    [ADD_PIPELINE] = {.text = "INSERT INTO trash (created_at, run_at, project_id, audio_id,"
			      " pipeline_id, path, bury) VALUES (NOW(3), NOW(3), 0, ?, ?, ?, ?)"},
    /* A time too far in the future means that the clock has been set back since. */
    [LIST] = {.text = "SELECT id, project_id, audio_id, path, bury, tries, pipeline_id FROM trash"
		      " WHERE (run_at <= NOW(3) OR run_at > NOW(3) + INTERVAL ? SECOND)"
		      " AND (NOT bury OR created_at <= NOW(3) - INTERVAL ? SECOND"
		      " OR created_at > NOW(3)) ORDER BY run_at, id LIMIT ?"},
    [DONE] = {.text = "DELETE FROM trash WHERE id IN (", DB_IDS},
    [AGAIN] = {.text = "UPDATE trash SET tries = tries + 1, run_at = NOW(3) + INTERVAL ? SECOND"
		       " WHERE id = ?"},
    [BURIED] = {.text =
		    "SELECT id, project_id, audio_id, pipeline_id FROM trash WHERE bury AND id > ?"
		    " ORDER BY id LIMIT ?"},
    [BURIED_PROJECT] = {.text = "SELECT id FROM trash"
				" WHERE audio_id = 0 AND project_id = ? AND bury LIMIT 1"},
    [BURIED_AUDIO] = {.text = "SELECT id FROM trash WHERE audio_id = ? AND pipeline_id = 0"
			      " AND bury LIMIT 1"},
    [BURIED_PIPELINE] = {.text = "SELECT id FROM trash WHERE audio_id = 0 AND project_id = 0"
				 " AND pipeline_id = ? AND bury LIMIT 1"},
};

enum rc
trash_add(struct db *db, uint64_t project, uint64_t audio, const char *path, bool bury)
{
	return db_exec(db, &sql[ADD],
	    ARGS(db_u64(project), db_u64(audio), db_text(path), db_u64(bury ? 1 : 0)));
}

enum rc
trash_add_pipeline(struct db *db, uint64_t pipeline, const char *path, bool bury)
{
	return db_exec(db, &sql[ADD_PIPELINE],
	    ARGS(db_u64(0), db_u64(pipeline), db_text(path), db_u64(bury ? 1 : 0)));
}

enum rc
trash_add_picture(struct db *db, uint64_t pipeline, uint64_t picture, const char *path)
{
	return db_exec(db, &sql[ADD_PIPELINE],
	    ARGS(db_u64(picture), db_u64(pipeline), db_text(path), db_u64(1)));
}

enum rc
trash_list(struct db *db, struct pool *pool, size_t max, struct trash *v, size_t *n)
{
	struct rows rows;

	*n = 0;
	TRY(db_query(db, pool, &rows, &sql[LIST],
	    ARGS(db_u64(TRASH_AGAIN_SEC), db_u64(TRASH_REST_SEC), db_u64(max))));
	for (size_t i = 0; i < rows.n; i++) {
		const struct cell *row = db_row(&rows, i);

		v[i] = (struct trash){.id = row[0].number,
		    .project = row[1].number,
		    .audio = row[2].number,
		    .path = row[3].s,
		    .bury = row[4].number != 0,
		    .tries = (unsigned)row[5].number,
		    .pipeline = row[6].number};
	}
	*n = rows.n;
	return RC_OK;
}

enum rc
trash_buried(
    struct db *db, struct pool *pool, uint64_t after, size_t max, struct trash *v, size_t *n)
{
	struct rows rows;

	*n = 0;
	TRY(db_query(db, pool, &rows, &sql[BURIED], ARGS(db_u64(after), db_u64(max))));
	for (size_t i = 0; i < rows.n; i++) {
		const struct cell *row = db_row(&rows, i);

		v[i] = (struct trash){.id = row[0].number,
		    .project = row[1].number,
		    .audio = row[2].number,
		    .path = "",
		    .bury = true,
		    .pipeline = row[3].number};
	}
	*n = rows.n;
	return RC_OK;
}

enum rc
trash_has(struct db *db, struct pool *pool, uint64_t project, uint64_t audio, bool *has)
{
	const struct sql *find = &sql[audio == 0 ? BURIED_PROJECT : BURIED_AUDIO];
	struct rows rows;

	*has = false;
	TRY(db_query(db, pool, &rows, find, ARGS(db_u64(audio == 0 ? project : audio))));
	*has = rows.n > 0;
	return RC_OK;
}

enum rc
trash_has_pipeline(struct db *db, struct pool *pool, uint64_t pipeline, bool *has)
{
	struct rows rows;

	*has = false;
	TRY(db_query(db, pool, &rows, &sql[BURIED_PIPELINE], ARGS(db_u64(pipeline))));
	*has = rows.n > 0;
	return RC_OK;
}

struct doing {
	const struct trash *v;
	size_t n;
	struct pool *pool;
};

static enum rc
trash_done_body(struct db *db, void *ctx)
{
	const struct doing *d = ctx;
	size_t k;

	for (size_t i = 0; i < d->n; i += k) {
		uint64_t ids[DB_CHUNK];

		k = db_chunk(d->n - i);
		for (size_t j = 0; j < k; j++)
			ids[j] = d->v[i + j].id;
		TRY(db_run_ids(db, NULL, NULL, &sql[DONE], ids, k, NO_ARGS));
	}
	for (size_t i = 0; i < d->n; i++)
		TRY(tier_forget(db, d->pool, &d->v[i]));
	return RC_OK;
}

enum rc
trash_done(struct db *db, const struct trash *v, size_t n)
{
	static const struct txn txn = {.body = trash_done_body,
	    .before_commit = "store.trash.before_commit",
	    .committed = "store.trash.committed"};
	struct doing d = {v, n, pool_new()};
	enum rc rc = n == 0 ? RC_OK : db_transact(db, &txn, &d);

	pool_free(d.pool);
	return rc;
}

/* At least half of the maximum, so that what cannot be removed is not tried all the time. */
static uint32_t
trash_again_sec(unsigned tries)
{
	uint32_t most = tries < 16 ? (uint32_t)FIRST_AGAIN_SEC << tries : TRASH_AGAIN_SEC;

	if (most > TRASH_AGAIN_SEC)
		most = TRASH_AGAIN_SEC;
	return most / 2 + crypt_uniform(most / 2 + 1);
}

static enum rc
trash_again_body(struct db *db, void *ctx)
{
	const struct doing *d = ctx;

	for (size_t i = 0; i < d->n; i++)
		TRY(db_exec(db, &sql[AGAIN],
		    ARGS(db_u64(trash_again_sec(d->v[i].tries)), db_u64(d->v[i].id))));
	return RC_OK;
}

enum rc
trash_again(struct db *db, const struct trash *v, size_t n)
{
	/* Repeating it after a COMMIT that was not answered only doubles the delay. */
	static const struct txn txn = {.body = trash_again_body,
	    .before_commit = "store.trash.again.before_commit",
	    .committed = "store.trash.again.committed"};
	struct doing d = {.v = v, .n = n};

	return n == 0 ? RC_OK : db_transact(db, &txn, &d);
}
