#include "stage_internal.h"

#include <stdio.h>
#include <stdlib.h>

#define DEATHS_MAX 20 /* of programs, one after the other, that had a run in hand */

enum { NEXT, READ, ENGINE, DUE, STATEMENTS };
enum { CONTROL };

/*
 * The engine of a run that begins: the request may bring what it would make. NULL if somebody has
 * stopped its pipeline, also of a run that is further. A subquery that gives a value, because the
 * server would make a join of one that is only to exist, and sort and lock all runs that are
 * pending.
 */
#define ENGINE_OF(given)                                                                           \
	"(SELECT IF(" given ", ?, ?) FROM pipeline p JOIN user u ON u.id = p.user_id"              \
	" WHERE p.id = s.pipeline_id AND p.paused = '' AND p.cancelled_at IS NULL"                 \
	" AND u.disabled = 0 AND u.deleted_at IS NULL)"

/* The clock was set back since: later than any time that is waited for. */
#define STRANDED(time) time " > NOW(3) + INTERVAL 2 HOUR"

#define FOUR "(?, ?, ?, ?)"

/*
 * GIVEN is what brings the result with the request. In the order of the index; engines that are
 * asked nothing now are left out here, so that others are not held up.
 */
#define OF_STAGE(view, given)                                                                      \
	{                                                                                          \
		[NEXT] =                                                                           \
		    {.text = "SELECT s.id, s.step, IF(s.step = 'begin', " ENGINE_OF(               \
			 given) ", s.engine) FROM " view " s WHERE s.state = 'pending' AND"        \
				" (s.run_at <= NOW(3) OR " STRANDED(                               \
				    "s.run_at") ")"                                                \
						" AND (? OR s.step <> 'begin') AND IF(s.step = "   \
						"'begin', " ENGINE_OF(                             \
						    given) " NOT IN " FOUR                         \
							   ", " ENGINE_OF(                         \
							       given) " IS NOT NULL) AND NOT "     \
								      "(s.step IN ('sent', "       \
								      "'poll') "                   \
								      "AND s.engine IN " FOUR      \
								      ") AND NOT (s.step = "       \
								      "'fetch' AND s.engine "      \
								      "IN " FOUR                   \
								      ") ORDER BY s.priority, "    \
								      "s.turn, s.id LIMIT ?"       \
								      " FOR UPDATE SKIP LOCKED"},  \
		[READ] = {.text = "SELECT id, pipeline_id, user_id, step, run, tries, engine,"     \
				  " project_id, own_project, external_id, external_part,"          \
				  " candidate, url, COALESCE(deadline_at <= NOW(3), 0),"           \
				  " GREATEST(TIMESTAMPDIFF(MICROSECOND, created_at, NOW(3)), 0)"   \
				  " DIV 1000, COALESCE(GREATEST(TIMESTAMPDIFF(MICROSECOND,"        \
				  " sent_at, NOW(3)), 1000), 0) DIV 1000, input_id,"               \
				  " COALESCE(LOWER(HEX(callback)), '') FROM " view                 \
				  " WHERE claim_token = ? AND id IN (",                            \
		    .item = "?",                                                                   \
		    .tail = ") ORDER BY priority, turn, id"},                                      \
		[ENGINE] = {.text = "UPDATE " view " SET engine = ? WHERE id = ?"},                \
		[DUE] = {                                                                          \
		    .text = "SELECT COALESCE(MIN(run_at) <= NOW(3) OR " STRANDED(                  \
			"MAX(run_at)") ", FALSE), (SELECT TIMESTAMPDIFF(MICROSECOND, NOW(3),"      \
				       " MIN(run_at)) FROM " view " WHERE state = 'pending' AND"   \
				       " run_at > NOW(3)) FROM " view " WHERE state = 'pending'"}, \
	}

static const struct sql of_stage[STAGES][STATEMENTS] = {
    [STAGE_LYRIC] = OF_STAGE("stage_lyric", "p.lyric IS NOT NULL OR p.project_id IS NOT NULL"),
    [STAGE_SONG] = OF_STAGE("stage_song", "p.project_id IS NOT NULL"),
    [STAGE_VIDEO] = OF_STAGE("stage_video", "FALSE"),
};

static const struct sql sql[] = {
    [CONTROL] = {.text = "SELECT paused FROM stage_control WHERE stage = ? FOR UPDATE"},
};

/* ---------------------------------------------------------------- claiming */

/* A claim on its way. */
struct claiming {
	struct stage_worker *worker;
	size_t max;
	struct stage_claim *v;
	struct stage_engine_row engines[STAGE_ENGINES_MAX];
	size_t n_engines;
	uint64_t room[STAGE_ENGINES_MAX]; /* for so many more that begin */
	const char **chosen;		  /* the engine of each that is claimed */
	struct arg args[8 + 3 * STAGE_ENGINES_MAX];
};

static const struct stage_engine *
limits_of(const struct stage_worker *worker, const char *engine)
{
	for (size_t i = 0; i < worker->n; i++)
		if (strcmp(worker->engines[i].name, engine) == 0)
			return &worker->engines[i];
	return NULL;
}

/* How many runs may begin with this engine now. */
static uint64_t
engine_room(const struct stage_worker *worker, const struct stage_engine_row *e)
{
	const struct stage_engine *limits = limits_of(worker, e->name);
	uint64_t places, calls;

	if (limits == NULL || e->disabled || e->held)
		return 0;
	places = e->away ? 1 : (uint64_t)limits->concurrency;
	places = places > e->out ? places - e->out : 0;
	calls = (uint64_t)limits->calls_per_min;
	if (calls == 0)
		return places;
	calls = calls > e->calls ? calls - e->calls : 0;
	return places < calls ? places : calls;
}

/* For one ENGINE_OF. */
static size_t
engine_args(struct claiming *c, size_t n)
{
	c->args[n++] = db_text(c->worker->given);
	c->args[n++] = db_text(c->worker->chosen);
	return n;
}

/* The arguments of NEXT: which engines are left out, by what is to be asked of them. */
static size_t
claim_args(struct claiming *c)
{
	struct arg begin[STAGE_ENGINES_MAX], poll[STAGE_ENGINES_MAX], fetch[STAGE_ENGINES_MAX];
	uint64_t room = 0;
	size_t n = engine_args(c, 0);

	for (size_t i = 0; i < STAGE_ENGINES_MAX; i++) {
		const struct stage_engine_row *e = i < c->n_engines ? &c->engines[i] : NULL;

		begin[i] = poll[i] = fetch[i] = db_text("");
		if (e == NULL)
			continue;
		room += c->room[i];
		if (c->room[i] == 0)
			begin[i] = db_text(e->name);
		if (e->disabled || (e->held && !e->money))
			poll[i] = db_text(e->name);
		if (e->by_operator && (e->disabled || e->held))
			fetch[i] = db_text(e->name);
	}
	c->args[n++] = db_u64(room > 0);
	n = engine_args(c, n);
	memcpy(&c->args[n], begin, sizeof begin);
	n = engine_args(c, n + STAGE_ENGINES_MAX);
	memcpy(&c->args[n], poll, sizeof poll);
	n += STAGE_ENGINES_MAX;
	memcpy(&c->args[n], fetch, sizeof fetch);
	n += STAGE_ENGINES_MAX;
	c->args[n++] = db_u64(c->max);
	return n;
}

/* Lock what limits all hosts together, and see what it allows. */
static enum rc
stage_claim_body(struct db *db, void *ctx)
{
	struct queue_claiming *q = ctx;
	struct claiming *c = q->ctx;
	struct rows rows;

	q->n = 0;
	TRY(db_query(
	    db, q->pool, &rows, &sql[CONTROL], ARGS(db_text(stage_name(c->worker->stage)))));
	if (rows.n == 0 || db_row(&rows, 0)->number != 0)
		return RC_OK;
	TRY(stage_engines_lock(
	    db, q->pool, c->worker, c->engines, STAGE_ENGINES_MAX, &c->n_engines));
	for (size_t i = 0; i < c->n_engines; i++)
		c->room[i] = engine_room(c->worker, &c->engines[i]);
	q->args = c->args;
	q->n_args = claim_args(c);
	return queue_claim_body(db, q);
}

/* Those that begin, as long as there is room for them; of the others all. */
static enum rc
claim_choose(struct db *db, struct queue_claiming *q, const struct rows *found)
{
	struct claiming *c = q->ctx;

	c->chosen = pool_array(q->pool, found->n, sizeof(*c->chosen));
	for (size_t i = 0; i < found->n; i++) {
		const struct cell *row = db_row(found, i);
		size_t e = 0;
		enum stage_step step;

		TRY(stage_step_read(&row[1], &step));
		while (e < c->n_engines && strcmp(c->engines[e].name, row[2].s) != 0)
			e++;
		if (step == STEP_BEGIN && e < c->n_engines) {
			if (c->room[e] == 0)
				continue;
			c->room[e]--;
		}
		c->chosen[q->n] = step == STEP_BEGIN ? row[2].s : NULL;
		q->ids[q->n++] = row[0].number;
	}
	return RC_OK;
}

static enum rc
read_claim(const struct cell *row, const struct stage_worker *worker, struct stage_claim *c)
{
	*c = (struct stage_claim){.id = row[0].number,
	    .pipeline = row[1].number,
	    .user = row[2].number,
	    .stage = worker->stage,
	    .run = (unsigned)row[4].number,
	    .tries = (unsigned)row[5].number,
	    .engine = row[6].s,
	    .project = row[7].number,
	    .own_project = row[8].number != 0,
	    .external_id = row[9].s,
	    .external_part = row[10].s,
	    .candidate = row[11].s,
	    .url = row[12].s,
	    .late = row[13].number != 0,
	    .age_ms = row[14].number,
	    .sent_ms = row[15].number,
	    .input = row[16].number,
	    .lease_sec = worker->who.lease_sec};
	memcpy(c->token, worker->who.token, sizeof c->token);
	snprintf(c->callback, sizeof c->callback, "%s", row[17].s);
	return stage_step_read(&row[3], &c->step);
}

/* Note their engines, count what begins, and read them all. */
static enum rc
claim_chosen(struct db *db, struct queue_claiming *q)
{
	struct claiming *c = q->ctx;
	const struct sql *of = of_stage[c->worker->stage];
	size_t k, n = 0;

	for (size_t i = 0; i < q->n; i++) {
		const struct stage_engine *limits;

		if (c->chosen[i] == NULL)
			continue;
		limits = limits_of(c->worker, c->chosen[i]);
		TRY(db_exec(db, &of[ENGINE], ARGS(db_text(c->chosen[i]), db_u64(q->ids[i]))));
		TRY(stage_engine_call(
		    db, c->chosen[i], limits != NULL && limits->calls_per_min > 0));
	}
	for (size_t i = 0; i < q->n; i += k) {
		struct rows rows;

		k = db_chunk(q->n - i);
		TRY(db_run_ids(db, q->pool, &rows, &of[READ], q->ids + i, k,
		    ARGS(db_bytes(c->worker->who.token, CLAIM_TOKEN_SIZE))));
		for (size_t j = 0; j < rows.n; j++)
			TRY(read_claim(db_row(&rows, j), c->worker, &c->v[n++]));
	}
	return RC_OK;
}

/* ---------------------------------------------------------------- taking back */

/* The columns of an abandoned row beyond those of every queue. */
enum { PIPELINE = QUEUE_KEYS, STAGE, IN_HAND };

static bool
was_begun(const struct queue_taking *t, const struct cell *abandoned)
{
	return abandoned[IN_HAND].number != 0;
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
		stage_tell_failed(&t->events, &p, stage, CLASS_SYSTEM, queue_exhausted(t, deaths));
	TRY(rc == RC_NOT_FOUND ? RC_OK : rc);
	return alert_add(db, pool_printf(t->pool, "dead.%s.system", stage_name(stage)),
	    pool_printf(t->pool, "A %s failed: %s", stage_name(stage), queue_exhausted(t, deaths)));
}

/* ---------------------------------------------------------------- the queues */

#define QUEUE_OF(view, number)                                                                     \
	{                                                                                          \
		QUEUE_STATEMENTS(view, "deaths",                                                   \
		    "pipeline_id, stage, EXISTS (SELECT 1 FROM stage_try t WHERE t.stage_id "      \
		    "= " view ".id AND t.ended_at IS NULL)",                                       \
		    "error_class = 'system', updated_at = NOW(3),"                                 \
		    " ended_at = IF(state = 'failed', NOW(3), NULL), "),                           \
		    .next = &of_stage[number][NEXT],                                               \
		    .claim = {.body = stage_claim_body,                                            \
			.read_back = queue_claim_read_back,                                        \
			.before_commit = "store.stage.claim.before_commit",                        \
			.committed = "store.stage.claim.committed"},                               \
		    .take_back = {.body = queue_take_back_body,                                    \
			.before_commit = "store.stage.take_back.before_commit",                    \
			.committed = "store.stage.take_back.committed"},                           \
		    .died = "the program died while doing this", .choose = claim_choose,           \
		    .chosen = claim_chosen, .in_hand = was_begun, .max_tries = max_deaths,         \
		    .lock_failing = lock_pipelines, .charged = end_lost,                           \
	}

static const struct queue queues[STAGES] = {
    [STAGE_LYRIC] = QUEUE_OF("stage_lyric", STAGE_LYRIC),
    [STAGE_SONG] = QUEUE_OF("stage_song", STAGE_SONG),
    [STAGE_VIDEO] = QUEUE_OF("stage_video", STAGE_VIDEO),
};

enum rc
stage_claim(struct db *db, struct pool *pool, struct stage_worker *worker, size_t max,
    struct stage_claim *v, size_t *n)
{
	struct claiming claiming = {.worker = worker, .max = max, .v = v};
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
	enum rc rc = db_query(db, pool, &rows, &of_stage[stage][DUE], NO_ARGS);

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
