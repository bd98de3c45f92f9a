#include "admin.h"

#include "internal.h"

enum {
	FIND,
	SOUNDS,
	SOUNDS_OF_PROJECT,
	NAMES,
	PROJECTS,
	AUDIOS,
	PIPELINES,
	PROJECT_TRASH,
	AUDIO_TRASH,
	PIPELINE_TRASH,
	PICTURES,
	PICTURE_TRASH,
	RESULTS,
	NAMED_RESULTS,
	NAMED_PICTURES,
	NAMED_INBOX,
	OLD_KEYS,
	KEYS_OF,
	FORGET,
};

/* A column list and the function that reads such a row belong together. */
#define SOUND                                                                                      \
	"id, project_id, user_id, revision, audio_revision, state, path, size_bytes,"              \
	" duration_ms, sha256, position"
#define OLD "created_at < NOW(3) - INTERVAL 24 HOUR"

static const struct sql sql[] = {
    [FIND] = {.text = "SELECT " SOUND " FROM audio WHERE " IN_LIVING_PROJECT " AND id IN (",
	DB_IDS},
    [SOUNDS] = {.text = "SELECT " SOUND " FROM audio WHERE id > ? AND path IS NOT NULL"
			" AND " IN_LIVING_PROJECT " ORDER BY id LIMIT ?"},
    [SOUNDS_OF_PROJECT] = {.text = "SELECT " SOUND " FROM audio FORCE INDEX (audio_place)"
				   " WHERE project_id = ? AND position > ? AND path IS NOT NULL"
				   " AND " IN_LIVING_PROJECT " ORDER BY position LIMIT ?"},
    [NAMES] = {.text = "SELECT state, path FROM audio WHERE id = ? FOR UPDATE"},
    [PROJECTS] = {.text = "SELECT id FROM project WHERE deleted = 0 AND id IN (", DB_IDS},
    [AUDIOS] = {.text = "SELECT id FROM audio WHERE " IN_LIVING_PROJECT " AND id IN (", DB_IDS},
    [PIPELINES] = {.text = "SELECT id FROM pipeline WHERE id IN (", DB_IDS},
    [PIPELINE_TRASH] = {.text = "SELECT pipeline_id FROM trash WHERE bury AND audio_id = 0"
				" AND pipeline_id IN (",
	DB_IDS},
    [RESULTS] = {.text = "SELECT a.id, s.pipeline_id, s.stage, a.path, s.run, a.size_bytes,"
			 " a.sha256 FROM asset a JOIN stage s ON s.id = a.stage_id WHERE a.id > ?"
			 " ORDER BY a.id LIMIT ?"},
    [NAMED_RESULTS] = {.text = "SELECT path FROM asset WHERE path IN (", DB_IDS},
    [NAMED_PICTURES] = {.text = "SELECT path FROM image WHERE path IN (", DB_IDS},
    [NAMED_INBOX] = {.text = "SELECT inbox FROM image WHERE inbox IN (", DB_IDS},
    [PROJECT_TRASH] = {.text = "SELECT project_id FROM trash"
			       " WHERE audio_id = 0 AND project_id IN (",
	DB_IDS},
    [AUDIO_TRASH] = {.text = "SELECT audio_id FROM trash WHERE pipeline_id = 0 AND audio_id IN (",
	DB_IDS},
    [PICTURES] = {.text = "SELECT id FROM image WHERE id IN (", DB_IDS},
    [PICTURE_TRASH] = {.text = "SELECT audio_id FROM trash WHERE pipeline_id > 0 AND bury"
			       " AND audio_id IN (",
	DB_IDS},
    [OLD_KEYS] = {.text = "SELECT COUNT(*) FROM idempotency WHERE " OLD},
    [KEYS_OF] = {.text = "SELECT user_id FROM idempotency WHERE user_id > ? AND " OLD
			 " GROUP BY user_id ORDER BY user_id LIMIT ?"},
    [FORGET] = {.text = "DELETE FROM idempotency WHERE user_id = ? AND " OLD},
};

static enum rc
read_sound(const struct cell *row, struct admin_sound *s)
{
	*s = (struct admin_sound){.id = row[0].number,
	    .project = row[1].number,
	    .user = row[2].number,
	    .revision = row[3].number,
	    .audio_revision = row[4].number,
	    .path = row[6].s,
	    .size_bytes = row[7].number,
	    .duration_ms = row[8].number};
	if (row[9].len == sizeof s->sha256)
		memcpy(s->sha256, row[9].s, sizeof s->sha256);
	return audio_state_read(&row[5], &s->state);
}

/* ---------------------------------------------------------------- reading */

enum rc
admin_find(struct db *db, struct pool *pool, const uint64_t *ids, size_t n, struct admin_sound *v,
    size_t *found)
{
	size_t k;

	*found = 0;
	for (size_t i = 0; i < n; i += k) {
		struct rows rows;

		k = db_chunk(n - i);
		TRY(db_run_ids(db, pool, &rows, &sql[FIND], ids + i, k, NO_ARGS));
		for (size_t r = 0; r < rows.n && *found < n; r++)
			TRY(read_sound(db_row(&rows, r), &v[(*found)++]));
	}
	return RC_OK;
}

enum rc
admin_sounds(struct db *db, struct pool *pool, uint64_t project, int64_t cursor,
    struct admin_sound v[ADMIN_MAX], size_t *n)
{
	struct rows rows;

	*n = 0;
	if (project != 0)
		TRY(db_query(db, pool, &rows, &sql[SOUNDS_OF_PROJECT],
		    ARGS(db_u64(project), db_i64(cursor), db_u64(ADMIN_MAX))));
	else
		TRY(db_query(db, pool, &rows, &sql[SOUNDS],
		    ARGS(db_u64(cursor < 0 ? 0 : (uint64_t)cursor), db_u64(ADMIN_MAX))));
	for (size_t i = 0; i < rows.n; i++) {
		const struct cell *row = db_row(&rows, i);

		TRY(read_sound(row, &v[i]));
		v[i].cursor = (int64_t)(project != 0 ? row[10].number : row[0].number);
	}
	*n = rows.n;
	return RC_OK;
}

enum rc
admin_results(
    struct db *db, struct pool *pool, uint64_t after, struct admin_result v[ADMIN_MAX], size_t *n)
{
	struct rows rows;

	*n = 0;
	TRY(db_query(db, pool, &rows, &sql[RESULTS], ARGS(db_u64(after), db_u64(ADMIN_MAX))));
	for (size_t i = 0; i < rows.n; i++) {
		const struct cell *row = db_row(&rows, i);

		v[i] = (struct admin_result){.id = row[0].number,
		    .pipeline = row[1].number,
		    .stage = row[2].s,
		    .path = row[3].s,
		    .run = row[4].number,
		    .size_bytes = row[5].number};
		if (row[6].len == sizeof v[i].sha256)
			memcpy(v[i].sha256, row[6].s, sizeof v[i].sha256);
	}
	*n = rows.n;
	return RC_OK;
}

/* ---------------------------------------------------------------- removing files */

struct removal {
	struct pool *pool;
	uint64_t id;
	const char *path;
	void (*remove)(void *ctx);
	void *ctx;
};

static enum rc
undisturbed_body(struct db *db, void *ctx)
{
	const struct removal *r = ctx;
	enum audio_state state;
	struct rows rows;

	TRY(db_query(db, r->pool, &rows, &sql[NAMES], ARGS(db_u64(r->id))));
	if (rows.n > 0) {
		TRY(audio_state_read(&db_row(&rows, 0)[0], &state));
		if (state == AUDIO_CLAIMED || strcmp(db_row(&rows, 0)[1].s, r->path) == 0)
			return RC_STALE;
	}
	r->remove(r->ctx);
	return RC_OK;
}

enum rc
admin_undisturbed(
    struct db *db, uint64_t id, const char *path, void (*remove)(void *ctx), void *ctx)
{
	static const struct txn txn = {.body = undisturbed_body,
	    .before_commit = "store.undisturbed.before_commit",
	    .committed = "store.undisturbed.committed"};
	struct removal r = {pool_new(), id, path, remove, ctx};
	enum rc rc = db_transact(db, &txn, &r);

	pool_free(r.pool);
	return rc;
}

/* Find out which of N ids a statement returns. */
static enum rc
ids_found(struct db *db, int statement, const uint64_t *ids, size_t n, bool *there)
{
	struct pool *pool = pool_new();
	enum rc rc = RC_OK;
	size_t k;

	for (size_t i = 0; i < n && rc == RC_OK; i += k) {
		struct rows rows = {0};

		k = db_chunk(n - i);
		rc = db_run_ids(db, pool, &rows, &sql[statement], ids + i, k, NO_ARGS);
		for (size_t r = 0; rc == RC_OK && r < rows.n; r++)
			for (size_t j = i; j < i + k; j++)
				if (ids[j] == db_row(&rows, r)->number)
					there[j] = true;
	}
	pool_free(pool);
	return rc;
}

enum rc
admin_dead(struct db *db, enum admin_kind kind, struct admin_dead *v, size_t n)
{
	static const struct {
		int living, trash;
	} kinds[ADMIN_KINDS] = {
	    [ADMIN_PROJECTS] = {PROJECTS, PROJECT_TRASH},
	    [ADMIN_SENTENCES] = {AUDIOS, AUDIO_TRASH},
	    [ADMIN_PIPELINES] = {PIPELINES, PIPELINE_TRASH},
	    [ADMIN_PICTURES] = {PICTURES, PICTURE_TRASH},
	};
	bool in_trash[ADMIN_MAX] = {false}, living[ADMIN_MAX] = {false};
	uint64_t ids[ADMIN_MAX] = {0};

	if (n > ADMIN_MAX)
		return RC_FAIL;
	for (size_t i = 0; i < n; i++)
		ids[i] = v[i].id;
	/* First the rows: an object that is deleted in between is in the trash by then. */
	TRY(ids_found(db, kinds[kind].living, ids, n, living));
	TRY(ids_found(db, kinds[kind].trash, ids, n, in_trash));
	for (size_t i = 0; i < n; i++) {
		v[i].living = living[i];
		v[i].in_trash = in_trash[i];
	}
	return RC_OK;
}

/* Note which of N names STATEMENT finds. */
static enum rc
names_found(struct db *db, int statement, const char *const *names, size_t n, bool named[ADMIN_MAX])
{
	struct pool *pool = pool_new();
	enum rc rc = RC_OK;
	size_t k;

	for (size_t i = 0; i < n && rc == RC_OK; i += k) {
		struct arg args[DB_CHUNK];
		struct rows rows = {0};

		k = db_chunk(n - i);
		for (size_t j = 0; j < k; j++)
			args[j] = db_text(names[i + j]);
		rc = db_run(db, pool, &sql[statement], k, args, k, &rows);
		for (size_t r = 0; rc == RC_OK && r < rows.n; r++)
			for (size_t j = i; j < i + k; j++)
				named[j] |= strcmp(names[j], db_row(&rows, r)->s) == 0;
	}
	pool_free(pool);
	return rc;
}

enum rc
admin_named(struct db *db, bool inbox, const char *const *names, size_t n, bool named[ADMIN_MAX])
{
	if (n > ADMIN_MAX)
		return RC_FAIL;
	memset(named, 0, ADMIN_MAX * sizeof *named);
	if (inbox)
		return names_found(db, NAMED_INBOX, names, n, named);
	TRY(names_found(db, NAMED_RESULTS, names, n, named));
	return names_found(db, NAMED_PICTURES, names, n, named);
}

/* ---------------------------------------------------------------- old keys */

struct forgetting {
	const struct rows *users;
	uint64_t n;
};

static enum rc
forget_body(struct db *db, void *ctx)
{
	struct forgetting *f = ctx;

	f->n = 0;
	for (size_t i = 0; i < f->users->n; i++) {
		TRY(db_exec(db, &sql[FORGET], ARGS(db_u64(db_row(f->users, i)->number))));
		f->n += db_changed(db);
	}
	return RC_OK;
}

/* User by user, in index order, so that no transaction that writes a key has to wait for long. */
static enum rc
keys_forget(struct db *db, struct pool *pool, uint64_t *n)
{
	static const struct txn txn = {.body = forget_body,
	    .before_commit = "store.forget.before_commit",
	    .committed = "store.forget.committed"};
	uint64_t after = 0;
	struct rows rows;

	do {
		struct forgetting f = {&rows, 0};

		TRY(db_query(
		    db, pool, &rows, &sql[KEYS_OF], ARGS(db_u64(after), db_u64(ADMIN_MAX))));
		if (rows.n == 0)
			return RC_OK;
		TRY(db_transact(db, &txn, &f));
		*n += f.n;
		after = db_row(&rows, rows.n - 1)->number;
	} while (rows.n == ADMIN_MAX);
	return RC_OK;
}

enum rc
admin_forget_keys(struct db *db, bool count_only, uint64_t *n)
{
	struct pool *pool = pool_new();
	struct rows rows;
	enum rc rc;

	*n = 0;
	if (count_only) {
		rc = db_query(db, pool, &rows, &sql[OLD_KEYS], NO_ARGS);
		if (rc == RC_OK)
			*n = db_row(&rows, 0)->number;
	} else {
		rc = keys_forget(db, pool, n);
	}
	pool_free(pool);
	return rc;
}
