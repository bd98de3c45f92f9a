#include "webhook_internal.h"

#include <inttypes.h>
#include <stdlib.h>

enum { LOCK_WEBHOOKS, FIND, DONE, AGAIN, DEAD, RELEASED, FAILING, RECOVERED, DISABLE };

#define FREED ", updated_at = NOW(3), " QUEUE_UNCLAIMED
#define ANSWERED ", status = NULLIF(?, 0), answer = LEFT(?, 1024)"
#define BLAMED ", tries = ?, error_class = ?, error = LEFT(?, 255)" ANSWERED
#define GUARD " WHERE id = ?" QUEUE_GUARD
#define TO_STRING_(x) #x
#define TO_STRING(x) TO_STRING_(x)

static const struct sql sql[] = {
    [LOCK_WEBHOOKS] = {.text = "SELECT id, user_id, enabled, COALESCE(failing_since <= NOW(3) -"
			       " INTERVAL " TO_STRING(
				   DELIVERY_FAIL_DAYS) " DAY, 0), failing_since IS NOT NULL,"
						       " kind = 'device' FROM webhook"
						       " WHERE id IN (",
	.item = "?",
	.tail = ") ORDER BY id FOR UPDATE"},
    [FIND] = {.text = "SELECT id, claim_token, tries FROM delivery WHERE id IN (",
	.item = "?",
	.tail = ") ORDER BY id FOR UPDATE"},
    [DONE] = {.text = "UPDATE delivery SET state = 'done'" BLAMED FREED GUARD},
    [AGAIN] = {.text = "UPDATE delivery SET state = 'pending'" BLAMED
		       ", run_at = NOW(3) + INTERVAL ? MICROSECOND" FREED GUARD},
    [DEAD] = {.text = "UPDATE delivery SET state = 'failed'" BLAMED FREED GUARD},
    [RELEASED] = {.text = "UPDATE delivery SET state = 'pending'" FREED GUARD},
    [FAILING] = {.text = "UPDATE webhook SET failing_since = NOW(3) WHERE id = ?"
			 " AND failing_since IS NULL"},
    [RECOVERED] = {.text = "UPDATE webhook SET failing_since = NULL WHERE id = ?"
			   " AND failing_since IS NOT NULL"},
    [DISABLE] = {.text = "UPDATE webhook SET enabled = FALSE, reason = ?, updated_at = NOW(3)"
			 " WHERE id = ? AND enabled"},
};

struct finishing {
	struct pool *pool;
	struct delivery_result **v; /* by endpoint, then by id */
	size_t n;
	struct event_new *events;
	size_t n_events;
};

/* The results of one endpoint. */
struct of_endpoint {
	uint64_t id, user;
	bool enabled, failing, too_long; /* it has failed, for too long */
	bool device;
	bool ok, failed, gone; /* what its results say */
};

/* ---------------------------------------------------------------- a result */

static enum rc
write_result(struct db *db, const struct delivery_result *r, unsigned tries)
{
	struct arg args[9];
	size_t n = 0;
	int statement = r->outcome == DELIVERY_OUTCOME_RELEASED ? RELEASED
			: r->outcome == DELIVERY_OUTCOME_DONE	? DONE
			: r->dead				? DEAD
								: AGAIN;
	uint64_t rest = r->rest_ms != 0 ? r->rest_ms : delivery_rest_ms(tries);

	if (r->outcome != DELIVERY_OUTCOME_RELEASED) {
		args[n++] = db_u64(tries);
		args[n++] = db_text(r->error_class);
		args[n++] = db_text(r->dead && r->error[0] == '\0' ? "it failed" : r->error);
		args[n++] = db_i64(r->status);
		args[n++] = db_text(r->answer != NULL ? r->answer : "");
	}
	if (statement == AGAIN)
		args[n++] = db_u64((r->wait_ms > rest ? r->wait_ms : rest) * 1000);
	args[n++] = db_u64(r->id);
	args[n++] = db_bytes(r->token, CLAIM_TOKEN_SIZE);
	return db_exec(db, &sql[statement], args, n);
}

/* Write one result, whose row is locked. */
static enum rc
finish_one(struct db *db, struct delivery_result *r, const struct cell *row, struct of_endpoint *e)
{
	unsigned tries = (unsigned)row[2].number;

	r->stale = !queue_claim_stands(&row[1], r->token);
	if (r->stale)
		return RC_OK;
	if (r->outcome != DELIVERY_OUTCOME_RELEASED)
		tries++;
	r->dead = ((r->outcome == DELIVERY_OUTCOME_AGAIN || r->outcome == DELIVERY_OUTCOME_GONE) &&
		      tries >= DELIVERY_TRIES) ||
		  r->outcome == DELIVERY_OUTCOME_FAILED;
	e->ok |= r->outcome == DELIVERY_OUTCOME_DONE;
	e->failed |= r->outcome == DELIVERY_OUTCOME_AGAIN || r->outcome == DELIVERY_OUTCOME_GONE;
	e->gone |= r->outcome == DELIVERY_OUTCOME_GONE;
	return write_result(db, r, tries);
}

/* ---------------------------------------------------------------- an endpoint */

/* What the results mean for their endpoint. *WHY: it is disabled, and why. */
static enum rc
judge_endpoint(struct db *db, struct finishing *f, const struct of_endpoint *e, const char **why)
{
	*why = NULL;
	if (e->device && e->gone)
		*why = "unregistered";
	if (e->device) /* failures are those of the service, or of our configuration */
		return e->gone ? device_forget(db, e->id) : RC_OK;
	if (!e->enabled)
		return RC_OK;
	if (e->ok && e->failing)
		TRY(db_exec(db, &sql[RECOVERED], ARGS(db_u64(e->id))));
	else if (e->failed && !e->ok && !e->failing)
		TRY(db_exec(db, &sql[FAILING], ARGS(db_u64(e->id))));
	if (e->gone)
		*why = "gone";
	else if (e->failed && !e->ok && e->too_long)
		*why = "failing";
	if (*why == NULL)
		return RC_OK;
	TRY(db_exec(db, &sql[DISABLE], ARGS(db_text(*why), db_u64(e->id))));
	f->events[f->n_events++] = (struct event_new){.user = e->user,
	    .type = EVENT_ENDPOINT_DISABLED,
	    .data = pool_printf(
		f->pool, "{\"webhook_id\":%" PRIu64 ",\"reason\":\"%s\"}", e->id, *why)};
	return RC_OK;
}

/* Write N results of one endpoint, which is locked. */
static enum rc
finish_endpoint(
    struct db *db, struct finishing *f, struct delivery_result **v, size_t n, struct of_endpoint *e)
{
	const char *why;
	size_t k;

	for (size_t i = 0; i < n; i += k) {
		uint64_t ids[DB_CHUNK] = {0};
		struct rows rows;

		k = db_chunk(n - i);
		for (size_t j = 0; j < k; j++) {
			ids[j] = v[i + j]->id;
			v[i + j]->stale = true;
			v[i + j]->dead = false;
		}
		TRY(db_run_ids(db, f->pool, &rows, &sql[FIND], ids, k, NO_ARGS));
		for (size_t j = 0, r = 0; j < k && r < rows.n; j++)
			if (v[i + j]->id == db_row(&rows, r)->number)
				TRY(finish_one(db, v[i + j], db_row(&rows, r++), e));
	}
	TRY(judge_endpoint(db, f, e, &why));
	for (size_t i = 0; i < n; i++)
		v[i]->disabled = why;
	return RC_OK;
}

static int
by_endpoint(const void *a, const void *b)
{
	const struct delivery_result *x = *(struct delivery_result *const *)a,
				     *y = *(struct delivery_result *const *)b;

	if (x->webhook != y->webhook)
		return x->webhook < y->webhook ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;
}

/* Lock the endpoints of the results, whose ids are sorted, and read them into V. */
static enum rc
lock_endpoints(
    struct db *db, struct pool *pool, const uint64_t *ids, size_t n, struct of_endpoint *v)
{
	size_t k;

	for (size_t i = 0; i < n; i += k) {
		struct rows rows;

		k = db_chunk(n - i);
		TRY(db_run_ids(db, pool, &rows, &sql[LOCK_WEBHOOKS], ids + i, k, NO_ARGS));
		for (size_t j = 0, r = 0; j < k; j++) {
			const struct cell *row = r < rows.n ? db_row(&rows, r) : NULL;

			v[i + j] = (struct of_endpoint){.id = ids[i + j]};
			if (row == NULL || row->number != ids[i + j])
				continue; /* it is gone */
			v[i + j].user = row[1].number;
			v[i + j].enabled = row[2].number != 0;
			v[i + j].too_long = row[3].number != 0;
			v[i + j].failing = row[4].number != 0;
			v[i + j].device = row[5].number != 0;
			r++;
		}
	}
	return RC_OK;
}

static enum rc
finish_body(struct db *db, void *ctx)
{
	struct finishing *f = ctx;
	uint64_t *ids = pool_array(f->pool, f->n, sizeof *ids);
	struct of_endpoint *e = pool_array(f->pool, f->n, sizeof *e);
	size_t n = 0, k = 0;

	f->n_events = 0;
	for (size_t i = 0; i < f->n; i++)
		if (n == 0 || ids[n - 1] != f->v[i]->webhook)
			ids[n++] = f->v[i]->webhook;
	TRY(lock_endpoints(db, f->pool, ids, n, e));
	for (size_t i = 0, j = 0; j < n; i += k, j++) {
		for (k = 1; i + k < f->n && f->v[i + k]->webhook == ids[j];)
			k++;
		TRY(finish_endpoint(db, f, f->v + i, k, &e[j]));
	}
	return f->n_events == 0 ? RC_OK : event_record(db, f->pool, f->events, f->n_events);
}

static enum rc
finish_together(struct db *db, void *const *v, size_t n)
{
	/* The guards make it harmless to run again after a COMMIT that was not answered. */
	static const struct txn txn = {.body = finish_body,
	    .before_commit = "store.delivery.finish.before_commit",
	    .committed = "store.delivery.finish.committed"};
	struct finishing f = {.pool = pool_new(), .n = n};
	enum rc rc;

	f.v = pool_array(f.pool, n, sizeof(*f.v));
	f.events = pool_array(f.pool, n, sizeof *f.events);
	for (size_t i = 0; i < n; i++)
		f.v[i] = v[i];
	qsort(f.v, n, sizeof(*f.v), by_endpoint);
	rc = db_transact(db, &txn, &f);
	pool_free(f.pool);
	return rc;
}

enum rc
delivery_finish(struct db *db, struct delivery_result *v, size_t n)
{
	static const struct queue_finishing how = {
	    .together = finish_together, QUEUE_RESULT("delivery", struct delivery_result)};

	return queue_core_finish_all(db, &how, v, n);
}
