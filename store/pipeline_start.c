#include "pipeline_internal.h"

#include <stdio.h>
#include <time.h>

#include "../common/base/crypt.h"

enum { FIND, COUNT, INSERT, START, TEXTS, SIZE };

static const struct sql sql[] = {
    [FIND] = {.text = "SELECT id FROM pipeline WHERE user_id = ? AND task_id = ? FOR UPDATE"},
    [COUNT] = {.text = "SELECT COUNT(*) FROM pipeline WHERE user_id = ?"},
    [INSERT] = {.text = "INSERT INTO pipeline (user_id, task_id, created_at, updated_at)"
			" VALUES (?, ?, NOW(3), NOW(3))"},
    [START] = {.text = "UPDATE pipeline SET started_at = NOW(3), updated_at = NOW(3),"
		       " customer_name = ?, region = ?, detail = ?, language = ?, genre = ?,"
		       " orientation = ?, lyric = IF(? = '', NULL, ?), project_id = NULLIF(?, 0),"
		       " stages = ?, auto_continue = ?, priority = ?,"
		       " expires_at = IF(? = 0, NULL, NOW(3) + INTERVAL ? SECOND) WHERE id = ?"},
    [TEXTS] = {.text = "SELECT text FROM audio WHERE project_id = ? ORDER BY position"},
    [SIZE] = {.text =
		  "SELECT sentence_count, ready_count, duration_ms,"
		  " (SELECT CAST(COALESCE(SUM(CHAR_LENGTH(a.text)), 0) AS UNSIGNED) FROM audio a"
		  " WHERE a.project_id = project.id) FROM project"
		  " WHERE id = ? AND user_id = ? AND deleted = 0 AND hidden = 0"},
};

/* 48 bits of milliseconds, 12 and 62 random ones, and what says so. */
void
pipeline_task_make(char out[PIPELINE_TASK_SIZE])
{
	uint8_t bytes[16];
	struct timespec now;
	uint64_t ms;
	char hex[33];

	clock_gettime(CLOCK_REALTIME, &now);
	ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
	crypt_random(bytes, sizeof bytes);
	for (int i = 0; i < 6; i++)
		bytes[i] = (uint8_t)(ms >> (40 - 8 * i));
	bytes[6] = (uint8_t)(0x70 | (bytes[6] & 0x0f));
	bytes[8] = (uint8_t)(0x80 | (bytes[8] & 0x3f));
	crypt_hex(hex, bytes, sizeof bytes);
	snprintf(out, PIPELINE_TASK_SIZE, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12,
	    hex + 16, hex + 20);
}

enum rc
pipeline_find_or_draft(
    struct db *db, struct pool *pool, uint64_t user, const char *task, struct pipeline *out)
{
	struct rows rows;
	uint64_t id;

	TRY(db_query(db, pool, &rows, &sql[FIND], ARGS(db_u64(user), db_text(task))));
	if (rows.n > 0)
		return pipeline_read(db, pool, db_row(&rows, 0)->number, out);
	TRY(db_query(db, pool, &rows, &sql[COUNT], ARGS(db_u64(user))));
	if (db_row(&rows, 0)->number >= (uint64_t)db_conf(db)->limits.pipelines_per_user)
		return RC_LIMIT;
	TRY(db_exec(db, &sql[INSERT], ARGS(db_u64(user), db_text(task))));
	id = db_inserted(db);
	return pipeline_read(db, pool, id, out);
}

/* ---------------------------------------------------------------- a project as a lyric */

enum rc
pipeline_project_length(struct db *db, struct pool *pool, uint64_t user, uint64_t project,
    uint64_t *ms, uint64_t *chars)
{
	const struct cell *row;
	struct rows rows;

	TRY(db_query(db, pool, &rows, &sql[SIZE], ARGS(db_u64(project), db_u64(user))));
	if (rows.n == 0)
		return RC_NOT_FOUND;
	row = db_row(&rows, 0);
	if (row[0].number < 1 || row[0].number > PIPELINE_SENTENCES_MAX)
		return RC_RANGE;
	*chars = row[3].number;
	/* Some are as long as the others. */
	*ms = row[1].number > 0 ? row[2].number * row[0].number / row[1].number
				: *chars * 100 + row[0].number * 200;
	return RC_OK;
}

/* The sentences of a locked project, one a line. */
static enum rc
read_sentences(struct db *db, struct pool *pool, uint64_t project, const char **text)
{
	struct rows rows;
	struct buf out;

	TRY(db_query(db, pool, &rows, &sql[TEXTS], ARGS(db_u64(project))));
	buf_init(&out, pool, 4096);
	for (size_t i = 0; i < rows.n; i++) {
		buf_adds(&out, i > 0 ? "\n" : "");
		buf_add(&out, db_row(&rows, i)->s, db_row(&rows, i)->len);
	}
	*text = out.data;
	return RC_OK;
}

/* ---------------------------------------------------------------- starting */

struct start {
	struct pool *pool;
	uint64_t user;
	const struct pipeline_new *in;
	struct idempotency *idem;
	struct pipeline_started *out;
};

static enum rc
set_facts(struct db *db, const struct start *s, uint64_t id)
{
	const struct pipeline_new *in = s->in;
	const char *lyric = in->lyric != NULL ? in->lyric : "";
	int expire_sec = db_conf(db)->pipeline.expire_sec;

	return db_exec(db, &sql[START],
	    ARGS(db_text(in->customer_name), db_text(in->region), db_text(in->detail),
		db_text(in->language), db_text(in->genre), db_text(in->orientation), db_text(lyric),
		db_text(lyric), db_u64(in->project), db_u64(in->stages), db_i64(in->auto_continue),
		db_u64(in->priority), db_i64(expire_sec), db_i64(expire_sec), db_u64(id)));
}

/* Add the first run. If the lyric is there already, it gets a run that is done, so that the song
 * always finds one. */
static enum rc
add_first(struct db *db, const struct start *s, const struct pipeline *p, enum stage *first)
{
	const struct pipeline_new *in = s->in;
	struct run_new new = {.stage = STAGE_LYRIC, .cause = CAUSE_START};
	unsigned stages = in->stages;

	*first = STAGE_LYRIC;
	if (in->project != 0)
		TRY(read_sentences(db, s->pool, in->project, &new.text));
	else if ((stages & 1U << STAGE_LYRIC) == 0)
		new.text = in->lyric;
	TRY(pipeline_add_run(db, s->pool, p, &new, &s->out->run));
	if (new.text == NULL || (stages & ~(1U << STAGE_LYRIC)) == 0)
		return RC_OK;
	if ((stages & 1U << STAGE_LYRIC) != 0 && !in->auto_continue)
		return RC_OK;
	*first = STAGE_SONG;
	new = (struct run_new){.stage = STAGE_SONG, .cause = CAUSE_START, .input = s->out->run};
	return pipeline_add_run(db, s->pool, p, &new, &s->out->run);
}

static enum rc
start_body(struct db *db, void *ctx)
{
	struct start *s = ctx;
	struct pipeline *p = &s->out->pipeline;
	struct locked_user user;
	uint64_t sentences;
	enum stage first;

	s->out->existing = false;
	TRY(user_lock(db, s->pool, s->user, &user));
	TRY(idempotency_check(db, s->pool, s->user, s->idem));
	if (s->in->project != 0) {
		TRY(project_lock(db, s->pool, s->user, s->in->project, &sentences));
		if (sentences < 1 || sentences > PIPELINE_SENTENCES_MAX)
			return RC_RANGE;
	}
	TRY(pipeline_find_or_draft(db, s->pool, s->user, s->in->task, p));
	if (p->started_at.s[0] != '\0') {
		s->out->existing = true;
		for (int i = STAGES - 1; i >= 0; i--)
			if (p->runs[i].id != 0)
				s->out->run = p->runs[i].id;
		return idempotency_keep(db, s->pool, s->user, s->idem, s->out);
	}
	TRY(set_facts(db, s, p->id));
	TRY(add_first(db, s, p, &first));
	TRY(pipeline_read(db, s->pool, p->id, p));
	TRY(idempotency_keep(db, s->pool, s->user, s->idem, s->out));
	return pipeline_tell(db, s->pool, p, first, PIPELINE_PENDING);
}

/* A pipeline is started once: at the time that the body has read, or not by it. */
static enum rc
start_read_back(struct db *db, void *ctx)
{
	const struct start *s = ctx;
	const struct pipeline_key key = {.user = s->user, .task = s->in->task};
	const char *started_at = s->out->pipeline.started_at.s;
	struct pipeline p;
	enum rc rc = pipeline_lock(db, s->pool, &key, &p);

	if (rc == RC_OK)
		return strcmp(p.started_at.s, started_at) == 0 ? RC_OK : RC_BUSY;
	return rc == RC_NOT_FOUND ? RC_BUSY : rc;
}

enum rc
pipeline_start(struct db *db, struct pool *pool, uint64_t user, const struct pipeline_new *in,
    struct idempotency *idem, struct pipeline_started *out)
{
	static const struct txn txn = {.body = start_body,
	    .read_back = start_read_back,
	    .before_commit = "store.pipeline.start.before_commit",
	    .committed = "store.pipeline.start.committed"};
	struct start s = {.pool = pool, .user = user, .in = in, .idem = idem, .out = out};

	return db_transact(db, &txn, &s);
}
