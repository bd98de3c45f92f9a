#include "queue_core.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>

#include "../common/base/crypt.h"
#include "../common/base/log.h"

/* ---------------------------------------------------------------- claiming */

/* Mark the rows that were chosen; they are locked. */
static enum rc
claim_mark(struct db *db, const struct queue_claiming *c)
{
	size_t k;

	for (size_t i = 0; i < c->n; i += k) {
		k = db_chunk(c->n - i);
		TRY(db_run_ids(db, NULL, NULL, &c->queue->mark, c->ids + i, k,
		    ARGS(db_bytes(c->who->token, CLAIM_TOKEN_SIZE), db_text(c->who->host),
			db_u64(c->who->run_id), db_i64(c->who->lease_sec))));
	}
	return RC_OK;
}

enum rc
queue_claim_ids(struct db *db, struct queue_claiming *c)
{
	TRY(claim_mark(db, c));
	return c->queue->chosen(db, c);
}

enum rc
queue_claim_body(struct db *db, void *claiming)
{
	struct queue_claiming *c = claiming;
	const struct queue *q = c->queue;
	const struct sql *next = c->who->early && q->next_early != NULL ? q->next_early : q->next;
	struct rows found;

	c->n = 0;
	crypt_random(c->who->token, CLAIM_TOKEN_SIZE);
	TRY(c->among != NULL
		? db_run_ids(db, c->pool, &found, next, c->among, c->n_among, c->args, c->n_args)
		: db_query(db, c->pool, &found, next, c->args, c->n_args));
	if (found.n == 0)
		return RC_OK;
	c->ids = pool_array(c->pool, found.n, sizeof *c->ids);
	TRY(c->queue->choose(db, c, &found));
	return c->n == 0 ? RC_OK : queue_claim_ids(db, c);
}

/* A row that still has the token was claimed; one that has lost it since does not matter. */
enum rc
queue_claim_read_back(struct db *db, void *claiming)
{
	const struct queue_claiming *c = claiming;
	size_t k;

	for (size_t i = 0; i < c->n; i += k) {
		struct rows rows;

		k = db_chunk(c->n - i);
		TRY(db_run_ids(db, c->pool, &rows, &c->queue->own_claim, c->ids + i, k,
		    ARGS(db_bytes(c->who->token, CLAIM_TOKEN_SIZE))));
		if (rows.n > 0)
			return RC_OK;
	}
	return RC_BUSY;
}

enum rc
queue_core_claim(struct db *db, struct queue_claiming *c)
{
	enum rc rc = db_transact(db, &c->queue->claim, c);

	if (rc != RC_OK)
		c->n = 0;
	return rc;
}

/* ---------------------------------------------------------------- taking back */

struct arg
queue_cap(const struct conf *conf)
{
	return db_u64((uint64_t)conf->scheduler.retry_cap_ms * 1000);
}

uint32_t
queue_rest_ms(const struct conf *conf, unsigned n)
{
	uint64_t cap = (uint64_t)conf->scheduler.retry_cap_ms;
	uint64_t most = (uint64_t)conf->scheduler.retry_base_ms << (n < 32 ? n : 32);

	return crypt_uniform((uint32_t)(most < cap ? most : cap) + 1);
}

static bool
is_last_try(const struct queue_taking *t, const struct cell *row)
{
	return row[QUEUE_TRIES].number + 1 >= t->queue->max_tries(t->conf, row);
}

const char *
queue_exhausted(const struct queue_taking *t, const struct cell *abandoned, unsigned tries)
{
	return pool_printf(t->pool, "%s, at attempt %u%s", t->queue->died, tries,
	    t->queue->beware != NULL ? t->queue->beware(abandoned) : "");
}

/* Charge the death of its holder to a row that was in hand. */
static enum rc
charge_death(struct db *db, struct queue_taking *t, const struct cell *row)
{
	unsigned tries = (unsigned)row[QUEUE_TRIES].number + 1;
	bool last = is_last_try(t, row);
	struct arg what = db_u64((uint64_t)queue_rest_ms(t->conf, tries) * 1000);

	if (last)
		what = db_text(queue_exhausted(t, row, tries));
	TRY(db_exec(db, last ? &t->queue->exhaust : &t->queue->charge,
	    ARGS(db_u64(tries), what, db_u64(row[QUEUE_ID].number),
		db_bytes(row[QUEUE_TOKEN].s, row[QUEUE_TOKEN].len))));
	if (db_changed(db) == 0)
		return RC_OK;
	++*t->n;
	return t->queue->charged(db, t, row, tries, last);
}

static enum rc
lock_failing(struct db *db, const struct queue_taking *t, const struct rows *rows)
{
	const struct cell **failing = pool_array(t->pool, rows->n + 1, sizeof(*failing));
	size_t n = 0;

	for (size_t i = 0; i < rows->n; i++)
		if (t->queue->in_hand(t, db_row(rows, i)) && is_last_try(t, db_row(rows, i)))
			failing[n++] = db_row(rows, i);
	return n == 0 ? RC_OK : t->queue->lock_failing(db, t, failing, n);
}

static enum rc
release_abandoned(struct db *db, const struct queue_taking *t, const uint64_t *ids, size_t n)
{
	size_t k;

	for (size_t i = 0; i < n; i += k) {
		k = db_chunk(n - i);
		TRY(db_run_ids(
		    db, NULL, NULL, &t->queue->release, ids + i, k, ARGS(db_text(t->host))));
		*t->n += db_changed(db);
	}
	return RC_OK;
}

enum rc
queue_take_back_body(struct db *db, void *taking)
{
	struct queue_taking *t = taking;
	struct rows rows;
	uint64_t *ids;
	size_t n = 0;

	*t->n = 0;
	t->events = (struct event_list){.pool = t->pool};
	TRY(db_query(
	    db, t->pool, &rows, &t->queue->abandoned, ARGS(db_text(t->host), db_text(t->host))));
	TRY(lock_failing(db, t, &rows));
	ids = pool_array(t->pool, rows.n, sizeof *ids);
	for (size_t i = 0; i < rows.n; i++) {
		if (t->queue->in_hand(t, db_row(&rows, i)))
			TRY(charge_death(db, t, db_row(&rows, i)));
		else
			ids[n++] = db_row(&rows, i)[QUEUE_ID].number;
	}
	TRY(release_abandoned(db, t, ids, n));
	return event_record(db, t->pool, t->events.v, t->events.n);
}

enum rc
queue_core_take_back(struct db *db, struct queue_taking *t)
{
	enum rc rc;

	t->pool = pool_new();
	rc = db_transact(db, &t->queue->take_back, t);
	pool_free(t->pool);
	return rc;
}

/* ---------------------------------------------------------------- finishing */

bool
queue_claim_stands(const struct cell *claim_token, const uint8_t token[CLAIM_TOKEN_SIZE])
{
	return claim_token->len == CLAIM_TOKEN_SIZE &&
	       memcmp(claim_token->s, token, CLAIM_TOKEN_SIZE) == 0;
}

bool
queue_refused(enum rc rc)
{
	return rc != RC_OK && rc != RC_BUSY && rc != RC_UNKNOWN && rc != RC_SCHEMA;
}

static uint64_t
result_id(const struct queue_finishing *how, const void *result)
{
	return *(const uint64_t *)((const char *)result + how->id_at);
}

static void
set_unwritten(const struct queue_finishing *how, void *result, bool unwritten)
{
	*(bool *)((char *)result + how->unwritten_at) = unwritten;
}

void
queue_leave_to_lease(const struct queue_finishing *how, void *result)
{
	set_unwritten(how, result, true);
	log_error("%s %" PRIu64 " is left to its lease", how->what, result_id(how, result));
}

static enum rc
finish_refused(struct db *db, const struct queue_finishing *how, void *result, enum rc rc)
{
	if (how->refused != NULL)
		return how->refused(db, result, rc);
	log_error("the result of %s %" PRIu64 " is refused: error %u of the database", how->what,
	    result_id(how, result), db_error(db));
	if (db_trouble(db) != TROUBLE_ROW)
		return rc;
	queue_leave_to_lease(how, result);
	return RC_OK;
}

static enum rc
finish_each(struct db *db, const struct queue_finishing *how, void *const *v, size_t n)
{
	enum rc first = RC_OK;

	for (size_t i = 0; i < n; i++) {
		enum rc rc = how->together(db, &v[i], 1);

		if (queue_refused(rc))
			rc = finish_refused(db, how, v[i], rc);
		if (rc != RC_OK && first == RC_OK)
			first = rc;
		if (rc != RC_OK && !queue_refused(rc))
			break;
	}
	return first;
}

static int
by_group(const void *a, const void *b, void *how)
{
	const struct queue_finishing *f = how;
	uint64_t x = f->group(*(void *const *)a), y = f->group(*(void *const *)b);

	return x < y ? -1 : x > y;
}

static enum rc
finish_by_group(struct db *db, const struct queue_finishing *how, void **v, size_t n)
{
	struct queue_finishing f = *how;
	enum rc first = RC_OK;
	size_t k;

	qsort_r(v, n, sizeof(*v), by_group, &f);
	for (size_t i = 0; i < n; i += k) {
		enum rc rc;

		for (k = 1; i + k < n && f.group(v[i + k]) == f.group(v[i]);)
			k++;
		rc = f.together(db, v + i, k);
		if (queue_refused(rc))
			rc = finish_each(db, &f, v + i, k);
		if (rc != RC_OK && first == RC_OK)
			first = rc;
		if (rc != RC_OK && !queue_refused(rc))
			break;
	}
	return first;
}

enum rc
queue_core_finish(struct db *db, const struct queue_finishing *how, void **v, size_t n)
{
	enum rc rc = n == 0 ? RC_OK : how->together(db, v, n);

	if (!queue_refused(rc))
		return rc;
	return how->group != NULL ? finish_by_group(db, how, v, n) : finish_each(db, how, v, n);
}

enum rc
queue_core_finish_all(struct db *db, const struct queue_finishing *how, void *results, size_t n)
{
	struct pool *pool = pool_new();
	void **all = pool_array(pool, n, sizeof(*all));
	enum rc rc;

	for (size_t i = 0; i < n; i++) {
		all[i] = (char *)results + i * how->size;
		set_unwritten(how, all[i], false);
	}
	rc = queue_core_finish(db, how, all, n);
	pool_free(pool);
	return rc;
}
