#include "webhook_internal.h"

#include <inttypes.h>

#include "event.h"

#define ENDPOINTS 64 /* with news, in one call */
#define EVENTS 128   /* in one transaction */
#define RECENT_SEC                                                                                 \
	10 /* an event that took longer to become visible is found when all are looked at */

enum { NEWS, NEWS_ALL, LOCK, INSERT, MOVE };

#define BEHIND " WHERE w.enabled AND w.deleted = 0 AND w.fanned_seq < s.seq ORDER BY w.id LIMIT ?"

static const struct sql sql[] = {
    [NEWS] = {.text = "SELECT w.id FROM user_seq s FORCE INDEX (user_seq_at)"
		      " JOIN webhook w ON w.user_id = s.user_id AND s.event_at > NOW(3) -"
		      " INTERVAL ? SECOND" BEHIND},
    [NEWS_ALL] = {.text = "SELECT w.id FROM webhook w JOIN user_seq s ON s.user_id ="
			  " w.user_id" BEHIND},
    /* Another host that has it locked does this. */
    [LOCK] = {.text = "SELECT user_id, types, fanned_seq FROM webhook WHERE id = ? AND enabled"
		      " AND deleted = 0 FOR UPDATE SKIP LOCKED"},
    /* One that is there was asked for again, by a replay. */
    [INSERT] = {.text = "INSERT INTO delivery (webhook_id, seq, type, body, created_at,"
			" updated_at, run_at) VALUES ",
	.item = "(?, ?, ?, ?, NOW(3), NOW(3), NOW(3))",
	.tail = " ON DUPLICATE KEY UPDATE run_at = IF(state IN ('done', 'failed'), NOW(3), run_at),"
		" tries = IF(state IN ('done', 'failed'), 0, tries),"
		" updated_at = NOW(3), state = IF(state IN ('done', 'failed'), 'pending', state)"},
    [MOVE] = {.text = "UPDATE webhook SET fanned_seq = ? WHERE id = ?"},
};

struct fanning {
	struct pool *pool;
	uint64_t webhook;
	uint64_t n; /* out: deliveries made */
	bool more;  /* out: there are further events */
};

/* Whether TYPES, a list separated by commas, has NAME; an empty one has all. */
static bool
wants(const char *types, const char *name)
{
	size_t len = strlen(name);

	if (types[0] == '\0')
		return true;
	for (const char *s = types; *s != '\0'; s += *s == ',') {
		size_t word = strcspn(s, ",");

		if (word == len && memcmp(s, name, len) == 0)
			return true;
		s += word;
	}
	return false;
}

/* The body of Standard Webhooks. */
static const char *
body_of(struct pool *pool, const struct event *e)
{
	const char *at = e->created_at.s;

	return pool_printf(pool, "{\"type\":\"%s\",\"timestamp\":\"%s\",\"data\":%s}",
	    event_type_name(e->type), at, event_json(pool, e));
}

static enum rc
insert(struct db *db, const struct fanning *f, const struct event *const *v, size_t n)
{
	enum { COLUMNS = 4 };
	size_t k;

	for (size_t i = 0; i < n; i += k) {
		struct arg args[DB_CHUNK * COLUMNS];

		k = db_chunk(n - i);
		for (size_t j = 0; j < k; j++) {
			struct arg *a = &args[j * COLUMNS];

			a[0] = db_u64(f->webhook);
			a[1] = db_u64(v[i + j]->seq);
			a[2] = db_text(event_type_name(v[i + j]->type));
			a[3] = db_text(body_of(f->pool, v[i + j]));
		}
		TRY(db_run(db, NULL, &sql[INSERT], k, args, k * COLUMNS, NULL));
	}
	return RC_OK;
}

static enum rc
fan_body(struct db *db, void *ctx)
{
	struct fanning *f = ctx;
	uint64_t newest, oldest, after;
	const struct event **wanted;
	struct event *v;
	struct rows rows;
	size_t n;
	enum rc rc;

	f->n = 0;
	f->more = false;
	TRY(db_query(db, f->pool, &rows, &sql[LOCK], ARGS(db_u64(f->webhook))));
	if (rows.n == 0)
		return RC_OK;
	after = db_row(&rows, 0)[2].number;
	rc = event_read(
	    db, f->pool, db_row(&rows, 0)[0].number, after, EVENTS, &v, &n, &newest, &oldest);
	if (rc == RC_NOT_FOUND) /* the user is gone */
		return RC_OK;
	TRY(rc);
	/* The newest one may have been written after the events were read: only what was pruned is
	 * passed over. */
	if (n == 0)
		return oldest > after + 1
			   ? db_exec(db, &sql[MOVE], ARGS(db_u64(oldest - 1), db_u64(f->webhook)))
			   : RC_OK;
	wanted = pool_array(f->pool, n, sizeof *wanted);
	for (size_t i = 0; i < n; i++)
		if (wants(db_row(&rows, 0)[1].s, event_type_name(v[i].type)))
			wanted[f->n++] = &v[i];
	f->more = n == EVENTS;
	TRY(insert(db, f, wanted, f->n));
	return db_exec(db, &sql[MOVE], ARGS(db_u64(v[n - 1].seq), db_u64(f->webhook)));
}

static enum rc
fan_one(struct db *db, uint64_t webhook, uint64_t *n, bool *more)
{
	/* After a COMMIT that was not answered the cursor tells whether it was done. */
	static const struct txn txn = {.body = fan_body,
	    .before_commit = "store.delivery.fan.before_commit",
	    .committed = "store.delivery.fan.committed"};
	struct fanning f = {.pool = pool_new(), .webhook = webhook};
	enum rc rc = db_transact(db, &txn, &f);

	if (rc == RC_OK) {
		*n += f.n;
		*more |= f.more;
	}
	pool_free(f.pool);
	return rc;
}

enum rc
delivery_fan_out(struct db *db, bool all, uint64_t *n, bool *more)
{
	struct pool *pool = pool_new();
	struct rows rows = {0};
	enum rc rc;

	*n = 0;
	*more = false;
	rc = all ? db_query(db, pool, &rows, &sql[NEWS_ALL], ARGS(db_u64(ENDPOINTS)))
		 : db_query(
		       db, pool, &rows, &sql[NEWS], ARGS(db_u64(RECENT_SEC), db_u64(ENDPOINTS)));
	for (size_t i = 0; i < rows.n && rc == RC_OK; i++)
		rc = fan_one(db, db_row(&rows, i)->number, n, more);
	*more |= rows.n == ENDPOINTS;
	pool_free(pool);
	return rc;
}
