#include "stage_internal.h"

#include "../common/base/crypt.h"

/*
 * The rows of engines. They are locked in each claim, so that concurrency and rate hold for all
 * hosts together, and by results that say something of the engine itself: that it is to be left
 * alone, or that it works again.
 */

#define AWAY 3	       /* so many runs in a row, each another, and it is the engine's fault */
#define AWAY_SEC 5     /* the first time it is left alone; it doubles */
#define AWAY_CAP 60    /* the longest: so long after its return it may go unnoticed */
#define HOLD_MAX 86400 /* of what the service asks for */

enum {
	ADD,
	LOCK,
	CALL,
	FORGET,
	COUNT,
	PAID,
	UNPAID,
	LOOK,
	LOCK_ONE,
	HOLD,
	DISABLE,
	FAILED,
	WORKS,
	ANSWERS,
};

static const struct sql sql[] = {
    [ADD] = {.text = "INSERT IGNORE INTO engine (name, stage) VALUES (?, ?)"},
    [LOCK] = {.text = "SELECT name, disabled, COALESCE(held_until > NOW(3), 0), error_class,"
		      " failures, (SELECT COUNT(*) FROM engine_call c WHERE c.engine = engine.name"
		      " AND c.called_at > NOW(3) - INTERVAL 60 SECOND) FROM engine"
		      " FORCE INDEX (engine_stage) WHERE stage = ? ORDER BY name FOR UPDATE"},
    [CALL] = {.text = "INSERT INTO engine_call (engine, called_at) VALUES (?, NOW(3))"},
    [FORGET] = {.text = "DELETE FROM engine_call WHERE engine = ?"
			" AND called_at < NOW(3) - INTERVAL 61 SECOND"},
    [COUNT] = {.text = "UPDATE engine SET calls_total = calls_total + 1 WHERE name = ?"},
    [PAID] = {.text = "UPDATE engine SET paid_total = paid_total + 1 WHERE name = ?"},
    [UNPAID] = {.text = "UPDATE engine SET paid_total = GREATEST(paid_total, 1) - 1"
			" WHERE name = ?"},
    [LOOK] = {.text = "SELECT failures, error_class FROM engine WHERE name = ?"},
    [LOCK_ONE] = {.text = "SELECT disabled, error_class, failures, COALESCE(failing_since >"
			  " NOW(3) - INTERVAL 1 HOUR, 1), COALESCE(failed_stage, 0) FROM engine"
			  " WHERE name = ? FOR UPDATE"},
    [HOLD] = {.text = "UPDATE engine SET held_until = GREATEST(COALESCE(held_until, NOW(3)),"
		      " NOW(3) + INTERVAL ? MICROSECOND), reason = LEFT(?, 255), error_class = ?,"
		      " changed_by = '', changed_at = NOW(3) WHERE name = ?"},
    [DISABLE] = {.text = "UPDATE engine SET disabled = TRUE, reason = LEFT(?, 255),"
			 " error_class = ?, changed_by = '', changed_at = NOW(3) WHERE name = ?"},
    [FAILED] = {.text = "UPDATE engine SET failures = ?, failing_since ="
			" COALESCE(failing_since, NOW(3)), failed_stage = ? WHERE name = ?"},
    /* What an operator has said stays. */
    [WORKS] = {.text = "UPDATE engine SET failures = 0, failing_since = NULL, failed_stage ="
		       " NULL, held_until = IF(error_class = '', held_until, NULL), reason ="
		       " IF(error_class = '', reason, ''), error_class = '' WHERE name = ?"
		       " AND NOT disabled"},
    [ANSWERS] = {.text = "UPDATE engine SET failures = 0, failing_since = NULL, failed_stage ="
			 " NULL WHERE name = ?"},
};

/* What is being worked on, here or there. What is late there is not waited for. Each is a look into
 * an index, however many runs there are. */
#define OUT(view)                                                                                  \
	{                                                                                          \
		.text = "SELECT (SELECT COUNT(*) FROM " view " WHERE engine = ? AND state ="       \
			" 'claimed' AND step <> 'fetch') + (SELECT COUNT(*) FROM " view            \
			" WHERE engine = ? AND state = 'pending' AND step IN ('sent', 'poll')"     \
			" AND deadline_at > NOW(3))"                                               \
	}

static const struct sql out[STAGES] = {
    [STAGE_LYRIC] = OUT("stage_lyric"),
    [STAGE_SONG] = OUT("stage_song"),
    [STAGE_VIDEO] = OUT("stage_video"),
};

static enum rc
read_engines(struct db *db, struct pool *pool, enum stage stage, const struct rows *rows,
    struct stage_engine_row *v)
{
	struct rows busy;

	for (size_t i = 0; i < rows->n; i++) {
		const struct cell *row = db_row(rows, i);

		v[i] = (struct stage_engine_row){.name = row[0].s,
		    .disabled = row[1].number != 0,
		    .held = row[2].number != 0,
		    .money = strcmp(row[3].s, pipeline_class_names[CLASS_OUT_OF_MONEY]) == 0,
		    .by_operator = row[3].len == 0,
		    .away = row[4].number >= AWAY,
		    .calls = row[5].number};
	}
	for (size_t i = 0; i < rows->n; i++) {
		TRY(db_query(
		    db, pool, &busy, &out[stage], ARGS(db_text(v[i].name), db_text(v[i].name))));
		v[i].out = db_row(&busy, 0)->number;
	}
	return RC_OK;
}

enum rc
stage_engines_lock(struct db *db, struct pool *pool, const struct stage_worker *worker,
    struct stage_engine_row *v, size_t max, size_t *n)
{
	struct rows rows;
	bool missing = false;

	*n = 0;
	TRY(db_query(db, pool, &rows, &sql[LOCK], ARGS(db_text(stage_name(worker->stage)))));
	for (size_t i = 0; i < worker->n; i++) {
		bool there = false;

		for (size_t j = 0; j < rows.n; j++)
			there |= strcmp(db_row(&rows, j)[0].s, worker->engines[i].name) == 0;
		if (!there)
			TRY(db_exec(db, &sql[ADD],
			    ARGS(db_text(worker->engines[i].name),
				db_text(stage_name(worker->stage)))));
		missing |= !there;
	}
	if (missing)
		TRY(db_query(
		    db, pool, &rows, &sql[LOCK], ARGS(db_text(stage_name(worker->stage)))));
	if (rows.n > max)
		rows.n = max;
	*n = rows.n;
	return read_engines(db, pool, worker->stage, &rows, v);
}

enum rc
stage_engine_call(struct db *db, const char *engine, bool limited)
{
	if (limited) {
		TRY(db_exec(db, &sql[FORGET], ARGS(db_text(engine))));
		TRY(db_exec(db, &sql[CALL], ARGS(db_text(engine))));
	}
	return db_exec(db, &sql[COUNT], ARGS(db_text(engine)));
}

enum rc
stage_engine_paid(struct db *db, const char *engine)
{
	return db_exec(db, &sql[PAID], ARGS(db_text(engine)));
}

enum rc
stage_engine_unpaid(struct db *db, const char *engine)
{
	return db_exec(db, &sql[UNPAID], ARGS(db_text(engine)));
}

/* ---------------------------------------------------------------- what results say */

/* Leave the engine alone for SEC, or for as long as it asks. */
static enum rc
hold(struct db *db, const struct stage_engine_news *news, int64_t sec)
{
	uint64_t ms = (uint64_t)sec * 1000;

	if (news->retry_after_sec > 0)
		ms = (uint64_t)(news->retry_after_sec < HOLD_MAX ? news->retry_after_sec
								 : HOLD_MAX) *
		     1000;
	else /* not all hosts and engines at the same time */
		ms = ms - ms / 10 + crypt_uniform((uint32_t)(ms / 5) + 1);
	return db_exec(db, &sql[HOLD],
	    ARGS(db_u64(ms * 1000), db_text(news->message),
		db_text(pipeline_class_names[news->class]), db_text(news->name)));
}

/* No answer, or no good one. Another run than the one before? Then it may be the engine's fault. */
static enum rc
note_failure(
    struct db *db, const struct stage_engine_news *news, const struct cell *row, bool *away)
{
	uint64_t failures = row[2].number;
	uint64_t sec;

	if (failures == 0 || failures >= AWAY || row[4].number != news->id)
		failures++;
	/* Not for ever: what is wrong with one request may look like that. */
	*away = failures >= AWAY && row[3].number != 0;
	TRY(db_exec(
	    db, &sql[FAILED], ARGS(db_u64(failures), db_u64(news->id), db_text(news->name))));
	if (failures < AWAY)
		return RC_OK;
	sec = (uint64_t)AWAY_SEC << (failures - AWAY < 8 ? failures - AWAY : 8);
	return hold(db, news, (int64_t)(sec < AWAY_CAP ? sec : AWAY_CAP));
}

/* It answers. Whether there is money again is known only when something was begun. */
static enum rc
note_success(struct db *db, struct pool *pool, const struct stage_engine_news *news)
{
	struct rows rows;
	bool any;

	TRY(db_query(db, pool, &rows, &sql[LOOK], ARGS(db_text(news->name))));
	any = rows.n > 0 && (db_row(&rows, 0)[0].number > 0 || db_row(&rows, 0)[1].len > 0);
	return any ? db_exec(db, &sql[news->began ? WORKS : ANSWERS], ARGS(db_text(news->name)))
		   : RC_OK;
}

enum rc
stage_engine_note(
    struct db *db, struct pool *pool, const struct stage_engine_news *news, bool *away, bool *alert)
{
	const struct stage_policy *policy = stage_policy(news->stage, news->class);
	const struct cell *row;
	struct rows rows;

	*away = *alert = false;
	if (news->class == CLASS_OK || news->class == CLASS_WAIT)
		return note_success(db, pool, news);
	if (!policy->disables && policy->hold_sec == 0 && news->class != CLASS_TRANSIENT)
		return RC_OK;
	TRY(db_query(db, pool, &rows, &sql[LOCK_ONE], ARGS(db_text(news->name))));
	if (rows.n == 0)
		return RC_OK;
	row = db_row(&rows, 0);
	/* Told once, until it works again. */
	*alert = policy->alerts && strcmp(row[1].s, pipeline_class_names[news->class]) != 0;
	if (policy->disables)
		return db_exec(db, &sql[DISABLE],
		    ARGS(db_text(news->message), db_text(pipeline_class_names[news->class]),
			db_text(news->name)));
	if (policy->hold_sec > 0)
		return hold(db, news, policy->hold_sec);
	return note_failure(db, news, row, away);
}
