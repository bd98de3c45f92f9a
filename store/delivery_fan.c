#include "webhook_internal.h"

#include <inttypes.h>

#define ENDPOINTS 64 /* with news, in one call */
#define EVENTS 128   /* in one transaction */
#define RECENT_SEC                                                                                 \
	10 /* an event that took longer to become visible is found when all are looked at */

#define SLOW_SEC 5	 /* a device is told of an edit only if its sound took longer */
#define SLOW_REACH 10000 /* events before the sound among which the edit is looked for */

enum { NEWS, NEWS_ALL, LOCK, LANGUAGE, SLOW, INSERT, MOVE };

#define BEHIND " WHERE w.enabled AND w.deleted = 0 AND w.fanned_seq < s.seq ORDER BY w.id LIMIT ?"

static const struct sql sql[] = {
    [NEWS] = {.text = "SELECT w.id FROM user_seq s FORCE INDEX (user_seq_at)"
		      " JOIN webhook w ON w.user_id = s.user_id AND s.event_at > NOW(3) -"
		      " INTERVAL ? SECOND" BEHIND},
    [NEWS_ALL] = {.text = "SELECT w.id FROM webhook w JOIN user_seq s ON s.user_id ="
			  " w.user_id" BEHIND},
    /* Another host that has it locked does this. */
    [LOCK] = {.text = "SELECT user_id, types, fanned_seq, kind = 'device' FROM webhook WHERE id = ?"
		      " AND enabled AND deleted = 0 FOR UPDATE SKIP LOCKED"},
    [LANGUAGE] = {.text = "SELECT language FROM device WHERE webhook_id = ?"},
    /* The sounds of single edits that took long. There are few edits, so they are read first. */
    [SLOW] = {.text =
		  "SELECT DISTINCT r.seq FROM event c STRAIGHT_JOIN event r ON r.user_id ="
		  " c.user_id AND r.seq BETWEEN ? AND ? AND r.type = 'audio.ready' AND"
		  " r.audio_id = c.audio_id AND JSON_VALUE(r.data, '$.revision') ="
		  " JSON_VALUE(c.data, '$.revision') AND r.created_at > c.created_at +"
		  " INTERVAL ? SECOND WHERE c.user_id = ? AND c.seq BETWEEN ? AND ? AND c.type IN"
		  " ('audio.changed', 'audio.inserted') ORDER BY r.seq"},
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
	const char *language; /* of a device; NULL: it is none */
	const char **bodies;  /* of the events that are wanted */
	uint64_t n;	      /* out: deliveries made */
	bool more;	      /* out: there are further events */
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
			a[3] = db_text(f->bodies[i + j]);
		}
		TRY(db_run(db, NULL, &sql[INSERT], k, args, k * COLUMNS, NULL));
	}
	return RC_OK;
}

/* Choose from the N events of a user those that the endpoint is told of. */
static enum rc
choose(struct db *db, struct fanning *f, const char *types, const struct event *v, size_t n,
    const struct event **wanted)
{
	uint64_t from = v[0].seq, to = v[n - 1].seq;
	struct rows slow = {0};
	size_t k = 0;

	if (f->language != NULL)
		TRY(db_query(db, f->pool, &slow, &sql[SLOW],
		    ARGS(db_u64(from), db_u64(to), db_u64(SLOW_SEC), db_u64(v[0].user),
			db_u64(from > SLOW_REACH ? from - SLOW_REACH : 0), db_u64(to))));
	f->bodies = pool_array(f->pool, n, sizeof *f->bodies);
	for (size_t i = 0; i < n; i++) {
		if (!wants(types, event_type_name(v[i].type)))
			continue;
		while (k < slow.n && db_row(&slow, k)->number < v[i].seq)
			k++;
		if (f->language != NULL && v[i].type == EVENT_AUDIO_READY &&
		    (k == slow.n || db_row(&slow, k)->number != v[i].seq))
			continue;
		f->bodies[f->n] = f->language != NULL ? push_body(f->pool, &v[i], f->language)
						      : body_of(f->pool, &v[i]);
		if (f->bodies[f->n] != NULL)
			wanted[f->n++] = &v[i];
	}
	return RC_OK;
}

static enum rc
fan_body(struct db *db, void *ctx)
{
	struct fanning *f = ctx;
	uint64_t newest, oldest, after;
	const struct event **wanted;
	struct rows rows, device;
	struct event *v;
	size_t n;
	enum rc rc;

	f->n = 0;
	f->more = false;
	f->language = NULL;
	TRY(db_query(db, f->pool, &rows, &sql[LOCK], ARGS(db_u64(f->webhook))));
	if (rows.n == 0)
		return RC_OK;
	if (db_row(&rows, 0)[3].number != 0) {
		TRY(db_query(db, f->pool, &device, &sql[LANGUAGE], ARGS(db_u64(f->webhook))));
		f->language = device.n > 0 ? db_row(&device, 0)->s : "";
	}
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
	TRY(choose(db, f, db_row(&rows, 0)[1].s, v, n, wanted));
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
