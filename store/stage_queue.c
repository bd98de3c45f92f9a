#include "stage_internal.h"

#include <stdlib.h>

#define DEATHS_MAX 20 /* of programs, one after the other, that had a run in hand */

/* Whether anything is due, and when the next run will be. The first claim makes the stage's engine
 * known. */
#define DUE(stage, view)                                                                           \
	{                                                                                          \
		.text = "SELECT COALESCE(MIN(run_at) <= NOW(3) OR " STAGE_STRANDED(                \
		    "MAX(run_at)") ", FALSE) OR NOT EXISTS (SELECT 1 FROM engine WHERE stage = "   \
				   "'" stage "'), (SELECT TIMESTAMPDIFF(MICROSECOND, NOW(3), "     \
				   "MIN(run_at)) FROM " view                                       \
				   " WHERE state = 'pending' AND run_at > NOW(3)) FROM " view      \
				   " WHERE state = 'pending'"                                      \
	}

static const struct sql due_of_stage[STAGES] = {
    [STAGE_LYRIC] = DUE("lyric", "stage_lyric"),
    [STAGE_SONG] = DUE("song", "stage_song"),
    [STAGE_VIDEO] = DUE("video", "stage_video"),
};

/* ---------------------------------------------------------------- taking back */

/* The columns of an abandoned row beyond those of every queue. */
enum { PIPELINE = QUEUE_KEYS, STAGE, IN_HAND, SENT };

static bool
was_begun(const struct queue_taking *t, const struct cell *abandoned)
{
	return abandoned[IN_HAND].number != 0;
}

static const char *
beware_of_cost(const struct cell *abandoned)
{
	return abandoned[SENT].number != 0 ? "; it may have been paid for" : "";
}

static unsigned
max_deaths(const struct conf *conf, const struct cell *abandoned)
{
	return DEATHS_MAX;
}

static int
by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static enum rc
lock_pipelines(
    struct db *db, const struct queue_taking *t, const struct cell *const *failing, size_t n)
{
	uint64_t *ids = pool_array(t->pool, n, sizeof *ids);

	for (size_t i = 0; i < n; i++)
		ids[i] = failing[i][PIPELINE].number;
	qsort(ids, n, sizeof *ids, by_number);
	for (size_t i = 0; i < n; i++) {
		struct stage_pipeline p;
		enum rc rc = stage_lock_pipeline(db, t->pool, ids[i], &p);

		if (rc != RC_OK && rc != RC_NOT_FOUND)
			return rc;
	}
	return RC_OK;
}

static enum rc
end_lost(struct db *db, struct queue_taking *t, const struct cell *abandoned, unsigned deaths,
    bool failed)
{
	enum stage stage = stage_named(abandoned[STAGE].s);
	struct stage_pipeline p;
	enum rc rc;

	TRY(stage_try_end(
	    db, abandoned[QUEUE_ID].number, "lost", CLASS_SYSTEM, t->queue->died, 0, NULL));
	if (!failed || stage == STAGES)
		return RC_OK;
	rc = stage_lock_pipeline(db, t->pool, abandoned[PIPELINE].number, &p);
	if (rc == RC_OK)
		stage_tell_failed(
		    &t->events, &p, stage, CLASS_SYSTEM, queue_exhausted(t, abandoned, deaths));
	TRY(rc == RC_NOT_FOUND ? RC_OK : rc);
	return alert_add(db, pool_printf(t->pool, "dead.%s.system", stage_name(stage)),
	    pool_printf(t->pool, "A %s failed: %s", stage_name(stage),
		queue_exhausted(t, abandoned, deaths)));
}

/* ---------------------------------------------------------------- the queues */

#define QUEUE_OF(view)                                                                             \
	{                                                                                          \
		QUEUE_STATEMENTS(view, "deaths",                                                   \
		    "pipeline_id, stage, EXISTS (SELECT 1 FROM stage_try t WHERE t.stage_id "      \
		    "= " view ".id AND t.ended_at IS NULL), step = 'sent'",                        \
		    "error_class = 'system',"                                                      \
		    " ended_at = IF(state = 'failed', NOW(3), NULL), "),                           \
		    .claim = {.body = stage_claim_body,                                            \
			.read_back = queue_claim_read_back,                                        \
			.before_commit = "store.stage.claim.before_commit",                        \
			.committed = "store.stage.claim.committed"},                               \
		    .take_back = {.body = queue_take_back_body,                                    \
			.before_commit = "store.stage.take_back.before_commit",                    \
			.committed = "store.stage.take_back.committed"},                           \
		    .died = "the program died while doing this", .chosen = stage_claim_chosen,     \
		    .in_hand = was_begun, .beware = beware_of_cost, .max_tries = max_deaths,       \
		    .lock_failing = lock_pipelines, .charged = end_lost,                           \
	}

static const struct queue queues[STAGES] = {
    [STAGE_LYRIC] = QUEUE_OF("stage_lyric"),
    [STAGE_SONG] = QUEUE_OF("stage_song"),
    [STAGE_VIDEO] = QUEUE_OF("stage_video"),
};

enum rc
stage_claim(struct db *db, struct pool *pool, struct stage_worker *worker, size_t max,
    struct stage_claim *v, size_t *n)
{
	struct stage_claiming claiming = {.worker = worker, .max = max, .v = v};
	struct queue_claiming q = {
	    .queue = &queues[worker->stage], .pool = pool, .who = &worker->who, .ctx = &claiming};
	enum rc rc;

	if (claiming.max > STAGE_CLAIMS_MAX)
		claiming.max = STAGE_CLAIMS_MAX;
	rc = queue_core_claim(db, &q);
	*n = q.n;
	return rc;
}

enum rc
stage_take_back(
    struct db *db, enum stage stage, const struct conf *conf, const char *host, uint64_t *n)
{
	struct queue_taking t = {.queue = &queues[stage], .conf = conf, .host = host, .n = n};

	return queue_core_take_back(db, &t);
}

enum rc
stage_due(struct db *db, enum stage stage, bool *due, uint64_t *ms)
{
	struct pool *pool = pool_new();
	const struct cell *row;
	struct rows rows;
	enum rc rc = db_query(db, pool, &rows, &due_of_stage[stage], NO_ARGS);

	*due = false;
	*ms = UINT64_MAX;
	if (rc == RC_OK) {
		row = db_row(&rows, 0);
		*due = row[0].number != 0;
		if (!row[1].null)
			*ms = row[1].number / 1000;
	}
	pool_free(pool);
	return rc;
}
