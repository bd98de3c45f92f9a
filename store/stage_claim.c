#include "stage_internal.h"

#include <stdio.h>
#include <stdlib.h>

#include "../common/base/crypt.h"

/*
 * What a claim takes. First what is under way, which is not much, then what begins, as long as
 * there is room at its engine. Each is found in the order of an index that has what begins by
 * whether the request brings its result, which is what decides the engine: what waits for an engine
 * that is full is not looked at, however much it is.
 *
 * Users take turns, and the priority of a run says which of the user's own has the turn.
 */

enum { UNDER_WAY, BEGINS, BEST, TURN, READ, ENGINE, STATEMENTS };
enum { CONTROL };

/* Nobody has stopped its pipeline. A subquery that gives a value, because the server would make a
 * join of one that is only to exist, and sort and lock all runs that are pending. */
#define OPEN                                                                                       \
	"(SELECT 1 FROM pipeline p JOIN user u ON u.id = p.user_id WHERE p.id = s.pipeline_id"     \
	" AND p.paused = '' AND p.cancelled_at IS NULL AND u.disabled = 0"                         \
	" AND u.deleted_at IS NULL) IS NOT NULL"

#define DUE "(s.run_at <= NOW(3) OR " STAGE_STRANDED("s.run_at") ")"

#define TO_BEGIN "s.state = 'pending' AND s.step = 'begin' AND s.given = ? AND " DUE " AND " OPEN

#define FOUR "(?, ?, ?, ?)"

/* Of BEGINS the last column says whether the user has another run that is to be done before. */
#define OF_STAGE(view)                                                                             \
	{                                                                                          \
		[UNDER_WAY] = {.text =                                                             \
				   "SELECT s.id FROM " view " s WHERE s.state = 'pending' AND"     \
				   " s.step IN ('sent', 'poll', 'fetch') AND " DUE " AND " OPEN    \
				   " AND NOT (s.step IN ('sent', 'poll') AND s.engine IN " FOUR    \
				   ") AND NOT (s.step = 'fetch' AND s.engine IN " FOUR             \
				   ") ORDER BY s.turn, s.id LIMIT ? FOR UPDATE SKIP LOCKED"},      \
		[BEGINS] = {.text = "SELECT s.id, s.user_id, s.turn, (SELECT 1 FROM " view " b"    \
				    " WHERE b.user_id = s.user_id AND b.state = 'pending' AND"     \
				    " b.step = 'begin' AND b.given = s.given AND"                  \
				    " b.priority < s.priority LIMIT 1) IS NOT NULL FROM " view     \
				    " s WHERE " TO_BEGIN " ORDER BY s.turn, s.id LIMIT ?"          \
				    " FOR UPDATE SKIP LOCKED"},                                    \
		[BEST] = {.text = "SELECT s.id, s.user_id, s.turn FROM " view                      \
				  " s WHERE s.user_id = ? AND " TO_BEGIN " ORDER BY s.priority,"   \
				  " s.turn, s.id LIMIT ? FOR UPDATE SKIP LOCKED"},                 \
		[TURN] = {.text = "UPDATE " view " SET turn = ? WHERE id = ?"},                    \
		[READ] = {.text = "SELECT id, pipeline_id, user_id, step, run, tries, engine,"     \
				  " project_id, own_project, external_id, external_part,"          \
				  " candidate, url, COALESCE(deadline_at <= NOW(3), 0),"           \
				  " GREATEST(TIMESTAMPDIFF(MICROSECOND, created_at, NOW(3)), 0)"   \
				  " DIV 1000, COALESCE(GREATEST(TIMESTAMPDIFF(MICROSECOND,"        \
				  " sent_at, NOW(3)), 1000), 0) DIV 1000, input_id,"               \
				  " COALESCE(LOWER(HEX(callback)), '') FROM " view                 \
				  " WHERE claim_token = ? AND id IN (",                            \
		    .item = "?",                                                                   \
		    .tail = ") ORDER BY turn, id"},                                                \
		[ENGINE] = {.text = "UPDATE " view " SET engine = ? WHERE id = ?"},                \
	}

static const struct sql of_stage[STAGES][STATEMENTS] = {
    [STAGE_LYRIC] = OF_STAGE("stage_lyric"),
    [STAGE_SONG] = OF_STAGE("stage_song"),
    [STAGE_VIDEO] = OF_STAGE("stage_video"),
};

static const struct sql sql[] = {
    [CONTROL] = {.text = "SELECT paused FROM stage_control WHERE stage = ? FOR UPDATE"},
};

/* ---------------------------------------------------------------- what there is room for */

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

/* The room at an engine; NULL: it has no row, as there is nothing that it could do. */
static uint64_t *
room_of(struct stage_claiming *c, const char *engine)
{
	for (size_t i = 0; i < c->n_engines; i++)
		if (strcmp(c->engines[i].name, engine) == 0)
			return &c->room[i];
	return NULL;
}

/* ---------------------------------------------------------------- what is under way */

/* Whatever has an engine that may be asked for it now. */
static enum rc
find_under_way(struct db *db, struct queue_claiming *q)
{
	struct stage_claiming *c = q->ctx;
	struct arg args[2 * STAGE_ENGINES_MAX + 1];
	struct rows rows;

	for (size_t i = 0; i < STAGE_ENGINES_MAX; i++) {
		const struct stage_engine_row *e = i < c->n_engines ? &c->engines[i] : NULL;
		bool poll = e == NULL || !(e->disabled || (e->held && !e->money));
		bool fetch = e == NULL || !(e->by_operator && (e->disabled || e->held));

		args[i] = db_text(poll ? "" : e->name);
		args[STAGE_ENGINES_MAX + i] = db_text(fetch ? "" : e->name);
	}
	args[2 * STAGE_ENGINES_MAX] = db_u64(c->max);
	TRY(db_query(db, q->pool, &rows, &of_stage[c->worker->stage][UNDER_WAY], args,
	    sizeof args / sizeof *args));
	for (size_t i = 0; i < rows.n; i++)
		q->ids[q->n++] = db_row(&rows, i)->number;
	return RC_OK;
}

/* ---------------------------------------------------------------- what begins */

/* A run that may begin. */
struct beginner {
	uint64_t id, user, turn;
	bool given;
	bool overtaken; /* the user has another that is to be done before */
	bool taken;
};

struct beginners {
	struct beginner v[2 * STAGE_CLAIMS_MAX];
	size_t n;
};

static const char *
engine_for(const struct stage_claiming *c, bool given)
{
	return given ? c->worker->given : c->worker->chosen;
}

static enum rc
find_beginners(struct db *db, struct queue_claiming *q, bool given, struct beginners *out)
{
	struct stage_claiming *c = q->ctx;
	const uint64_t *room = room_of(c, engine_for(c, given));
	uint64_t left = c->max - q->n;
	struct rows rows;

	if (room == NULL || *room == 0 || left == 0)
		return RC_OK;
	TRY(db_query(db, q->pool, &rows, &of_stage[c->worker->stage][BEGINS],
	    ARGS(db_u64(given), db_u64(*room < left ? *room : left))));
	for (size_t i = 0; i < rows.n; i++) {
		const struct cell *row = db_row(&rows, i);

		out->v[out->n++] = (struct beginner){.id = row[0].number,
		    .user = row[1].number,
		    .turn = row[2].number,
		    .given = given,
		    .overtaken = row[3].number != 0};
	}
	return RC_OK;
}

static int
by_turn(const void *a, const void *b)
{
	const struct beginner *x = a, *y = b;

	if (x->turn != y->turn)
		return x->turn < y->turn ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;
}

static bool
is_of(const struct beginner *b, const struct beginner *like)
{
	return b->taken && b->user == like->user && b->given == like->given;
}

/* Give the turns of both to the BEST in their order, and what is left to the others. */
static enum rc
swap_turns(struct db *db, const struct sql *turn, struct beginner *best, size_t n,
    struct beginner *others, size_t n_others)
{
	struct beginner *all[2 * STAGE_CLAIMS_MAX], turns[2 * STAGE_CLAIMS_MAX];
	size_t k = 0;

	if (n + n_others == 0)
		return RC_OK;
	for (size_t i = 0; i < n + n_others; i++, k++) {
		all[k] = i < n ? &best[i] : &others[i - n];
		turns[k] = *all[k];
	}
	qsort(turns, k, sizeof *turns, by_turn);
	for (size_t i = 0; i < k; i++)
		if (all[i]->turn != turns[i].turn)
			TRY(db_exec(db, turn, ARGS(db_u64(turns[i].turn), db_u64(all[i]->id))));
	return RC_OK;
}

/* Instead of those of one user that were found, take as many that this user wants done first. */
static enum rc
take_best(struct db *db, struct queue_claiming *q, struct beginners *b, const struct beginner *like)
{
	struct stage_claiming *c = q->ctx;
	const struct sql *of = of_stage[c->worker->stage];
	struct beginner best[STAGE_CLAIMS_MAX], others[STAGE_CLAIMS_MAX];
	size_t of_user[STAGE_CLAIMS_MAX], n = 0, n_others = 0;
	struct rows rows;

	for (size_t i = 0; i < b->n; i++)
		if (is_of(&b->v[i], like))
			of_user[n++] = i;
	TRY(db_query(db, q->pool, &rows, &of[BEST],
	    ARGS(db_u64(like->user), db_u64(like->given), db_u64(n))));
	if (rows.n < n)
		return RC_OK; /* it cannot be: those that were found are among them */
	for (size_t i = 0; i < n; i++)
		best[i] = (struct beginner){.id = db_row(&rows, i)[0].number,
		    .user = like->user,
		    .turn = db_row(&rows, i)[2].number,
		    .given = like->given,
		    .taken = true};
	for (size_t i = 0; i < n; i++) {
		bool still = false;

		for (size_t j = 0; j < n; j++)
			still |= best[j].id == b->v[of_user[i]].id;
		if (!still)
			others[n_others++] = b->v[of_user[i]];
	}
	TRY(swap_turns(db, &of[TURN], best, n, others, n_others));
	for (size_t i = 0; i < n; i++)
		b->v[of_user[i]] = best[i];
	return RC_OK;
}

/* As many as there is room for, users in turn. */
static enum rc
find_begins(struct db *db, struct queue_claiming *q)
{
	struct stage_claiming *c = q->ctx;
	struct beginners b = {.n = 0};
	size_t left = c->max - q->n;

	TRY(find_beginners(db, q, false, &b));
	TRY(find_beginners(db, q, true, &b));
	qsort(b.v, b.n, sizeof *b.v, by_turn);
	for (size_t i = 0; i < b.n && left > 0; i++) {
		uint64_t *room = room_of(c, engine_for(c, b.v[i].given));

		if (*room == 0)
			continue; /* both kinds have the same engine */
		--*room;
		left--;
		b.v[i].taken = true;
	}
	for (size_t i = 0; i < b.n; i++)
		if (b.v[i].taken && b.v[i].overtaken)
			TRY(take_best(db, q, &b, &b.v[i]));
	for (size_t i = 0; i < b.n; i++) {
		if (!b.v[i].taken)
			continue;
		c->chosen[q->n] = engine_for(c, b.v[i].given);
		q->ids[q->n++] = b.v[i].id;
	}
	return RC_OK;
}

/* ---------------------------------------------------------------- the claim */

/* Lock what limits all hosts together, and see what it allows. */
enum rc
stage_claim_body(struct db *db, void *ctx)
{
	struct queue_claiming *q = ctx;
	struct stage_claiming *c = q->ctx;
	struct rows rows;

	q->n = 0;
	crypt_random(c->worker->who.token, CLAIM_TOKEN_SIZE);
	TRY(db_query(
	    db, q->pool, &rows, &sql[CONTROL], ARGS(db_text(stage_name(c->worker->stage)))));
	if (rows.n == 0 || db_row(&rows, 0)->number != 0)
		return RC_OK;
	TRY(stage_engines_lock(
	    db, q->pool, c->worker, c->engines, STAGE_ENGINES_MAX, &c->n_engines));
	for (size_t i = 0; i < c->n_engines; i++)
		c->room[i] = engine_room(c->worker, &c->engines[i]);
	q->ids = pool_array(q->pool, STAGE_CLAIMS_MAX, sizeof *q->ids);
	c->chosen = pool_array(q->pool, STAGE_CLAIMS_MAX, sizeof(*c->chosen));
	TRY(find_under_way(db, q));
	TRY(find_begins(db, q));
	return q->n == 0 ? RC_OK : queue_claim_ids(db, q);
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
enum rc
stage_claim_chosen(struct db *db, struct queue_claiming *q)
{
	struct stage_claiming *c = q->ctx;
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
