#include "webhook_internal.h"

#include "../common/base/crypt.h"

#define SECOND UINT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)

enum {
	HEADS,
	DUE,
	NEXT,
	CLAIMED,
	SECRETS,
	NEXT_DUE,
};

/* The longest time to the next try, and more: what is later was put there by a clock that was set
 * back since. */
#define STRANDED "NOW(3) + INTERVAL 27 HOUR"
#define ON_TIME "(run_at <= NOW(3) OR run_at > " STRANDED ")"

/* An endpoint that may be told of something. */
#define USABLE                                                                                     \
	" JOIN webhook w ON w.id = d.webhook_id JOIN user u ON u.id = w.user_id"                   \
	" WHERE w.enabled AND w.deleted = 0 AND u.disabled = 0 AND u.deleted_at IS NULL"

/* The first and the last time of each endpoint's deliveries: one look into the index for each. */
#define PENDING                                                                                    \
	"(SELECT webhook_id, MIN(run_at) first_at, MAX(run_at) last_at FROM delivery"              \
	" WHERE state = 'pending' GROUP BY webhook_id) d"

#define TAKEN "(SELECT COUNT(*) FROM delivery c WHERE c.state = 'claimed' AND c.webhook_id = w.id)"
#define PLACES "IF(w.failing_since IS NULL, ?, 1)"

static const struct sql sql[] = {
    [HEADS] = {.text = "SELECT w.id, " PLACES " - " TAKEN " FROM " PENDING USABLE
		       " AND (d.first_at <= NOW(3) OR d.last_at > " STRANDED ")"
		       " AND " TAKEN " < " PLACES " ORDER BY d.first_at LIMIT ?"},
    [DUE] = {.text = "SELECT id FROM delivery WHERE state = 'pending' AND webhook_id = ?"
		     " AND " ON_TIME " ORDER BY run_at LIMIT ?"},
    [NEXT] = {.text = "SELECT id FROM delivery WHERE state = 'pending' AND " ON_TIME " AND id IN (",
	.item = "?",
	.tail = ") FOR UPDATE SKIP LOCKED"},
    [CLAIMED] = {.text = "SELECT d.id, d.webhook_id, w.user_id, d.seq, w.url, d.body, d.tries,"
			 " w.kind = 'device', v.token FROM delivery d JOIN webhook w ON w.id ="
			 " d.webhook_id LEFT JOIN device v ON v.webhook_id = w.id WHERE d.id IN (",
	.item = "?",
	.tail = ") ORDER BY d.webhook_id, d.run_at, d.id"},
    [SECRETS] = {.text = "SELECT secret FROM webhook_secret WHERE webhook_id = ?"
			 " AND (until IS NULL OR until > NOW(3)) ORDER BY id DESC LIMIT ?"},
    [NEXT_DUE] = {.text = "SELECT MIN(GREATEST(0, TIMESTAMPDIFF(MICROSECOND, NOW(3),"
			  " d.first_at))) FROM " PENDING USABLE},
};

uint64_t
delivery_rest_ms(unsigned n)
{
	static const uint64_t rests[DELIVERY_TRIES] = {0, 5 * SECOND, 5 * MINUTE, 30 * MINUTE,
	    2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR};
	uint64_t ms = rests[n < DELIVERY_TRIES ? n : DELIVERY_TRIES - 1];

	return ms - ms / 10 + crypt_uniform((uint32_t)(ms / 5) + 1);
}

/* ---------------------------------------------------------------- claiming */

static enum rc
claim_choose(struct db *db, struct queue_claiming *c, const struct rows *found)
{
	for (; c->n < found->n; c->n++)
		c->ids[c->n] = db_row(found, c->n)->number;
	return RC_OK;
}

static enum rc
read_secrets(struct db *db, struct pool *pool, struct delivery_claim *c)
{
	struct rows rows;

	TRY(db_query(
	    db, pool, &rows, &sql[SECRETS], ARGS(db_u64(c->webhook), db_u64(DELIVERY_SECRETS))));
	c->n_secrets = 0;
	for (size_t i = 0; i < rows.n && db_row(&rows, i)->len == WEBHOOK_SECRET_SIZE; i++)
		memcpy(c->secrets[c->n_secrets++], db_row(&rows, i)->s, WEBHOOK_SECRET_SIZE);
	return RC_OK;
}

static enum rc
read_claim(struct db *db, const struct queue_claiming *c, const struct cell *row,
    const struct delivery_claim *before, struct delivery_claim *out)
{
	*out = (struct delivery_claim){.id = row[0].number,
	    .webhook = row[1].number,
	    .user = row[2].number,
	    .seq = row[3].number,
	    .url = row[4].s,
	    .body = row[5].s,
	    .body_len = row[5].len,
	    .tries = (unsigned)row[6].number,
	    .is_device = row[7].number != 0,
	    .device_token = row[8].s};
	memcpy(out->token, c->who->token, sizeof out->token);
	if (out->is_device)
		return RC_OK;
	if (before == NULL || before->webhook != out->webhook)
		return read_secrets(db, c->pool, out);
	memcpy(out->secrets, before->secrets, sizeof out->secrets);
	out->n_secrets = before->n_secrets;
	return RC_OK;
}

/* One whose endpoint is gone is left to its lease, and is removed before that ends. */
static enum rc
claim_chosen(struct db *db, struct queue_claiming *c)
{
	struct delivery_claim *v = c->ctx;
	size_t k, n = 0;

	for (size_t i = 0; i < c->n; i += k) {
		struct rows rows;

		k = db_chunk(c->n - i);
		TRY(db_run_ids(db, c->pool, &rows, &sql[CLAIMED], c->ids + i, k, NO_ARGS));
		for (size_t j = 0; j < rows.n; j++, n++)
			TRY(read_claim(db, c, db_row(&rows, j), n > 0 ? &v[n - 1] : NULL, &v[n]));
	}
	c->n = n;
	return RC_OK;
}

/* ---------------------------------------------------------------- taking back */

/* It may have been sent. */
static bool
in_hand(const struct queue_taking *t, const struct cell *abandoned)
{
	return true;
}

static unsigned
max_tries(const struct conf *conf, const struct cell *abandoned)
{
	return DELIVERY_TRIES;
}

static enum rc
lock_nothing(
    struct db *db, const struct queue_taking *t, const struct cell *const *failing, size_t n)
{
	return RC_OK;
}

static enum rc
charged(struct db *db, struct queue_taking *t, const struct cell *abandoned, unsigned tries,
    bool failed)
{
	return RC_OK;
}

static const struct queue delivery_queue = {
    QUEUE_STATEMENTS("delivery", "tries", "webhook_id", "error_class = 'died', "),
    .next = &sql[NEXT],
    .claim = {.body = queue_claim_body,
	.read_back = queue_claim_read_back,
	.before_commit = "store.delivery.claim.before_commit",
	.committed = "store.delivery.claim.committed"},
    /* Repeating it after a COMMIT that was not answered finds nothing left to take back. */
    .take_back = {.body = queue_take_back_body,
	.before_commit = "store.delivery.take_back.before_commit",
	.committed = "store.delivery.take_back.committed"},
    .died = "the program died while sending this",
    .choose = claim_choose,
    .chosen = claim_chosen,
    .in_hand = in_hand,
    .max_tries = max_tries,
    .lock_failing = lock_nothing,
    .charged = charged,
};

/* Find up to MAX deliveries whose time has come, without locking them. */
static enum rc
find_due(struct db *db, struct pool *pool, size_t max, uint64_t ids[DELIVERY_CLAIMS], size_t *n)
{
	struct arg places = db_u64(DELIVERY_PLACES);
	struct rows heads, due;

	*n = 0;
	TRY(db_query(db, pool, &heads, &sql[HEADS], ARGS(places, places, db_u64(max))));
	for (size_t i = 0; i < heads.n && *n < max; i++) {
		uint64_t room = db_row(&heads, i)[1].number;

		if (room > max - *n)
			room = max - *n;
		TRY(db_query(db, pool, &due, &sql[DUE],
		    ARGS(db_u64(db_row(&heads, i)[0].number), db_u64(room))));
		for (size_t j = 0; j < due.n; j++)
			ids[(*n)++] = db_row(&due, j)->number;
	}
	return RC_OK;
}

enum rc
delivery_claim(struct db *db, struct pool *pool, struct claimant *who, size_t max,
    struct delivery_claim *v, size_t *n)
{
	uint64_t ids[DELIVERY_CLAIMS] = {0};
	struct queue_claiming c = {
	    .queue = &delivery_queue, .pool = pool, .who = who, .among = ids, .ctx = v};
	size_t found;
	enum rc rc;

	*n = 0;
	TRY(find_due(db, pool, max < DELIVERY_CLAIMS ? max : DELIVERY_CLAIMS, ids, &found));
	if (found == 0)
		return RC_OK;
	/* A few numbers of ids, so that there are few statements. */
	for (c.n_among = 1; c.n_among < found;)
		c.n_among *= 2;
	rc = queue_core_claim(db, &c);
	*n = rc == RC_OK ? c.n : 0;
	return rc;
}

enum rc
delivery_take_back(struct db *db, const struct conf *conf, const char *host, uint64_t *n)
{
	struct queue_taking t = {.queue = &delivery_queue, .conf = conf, .host = host, .n = n};

	return queue_core_take_back(db, &t);
}

enum rc
delivery_next_ms(struct db *db, uint64_t *ms)
{
	struct pool *pool = pool_new();
	struct rows rows;
	enum rc rc = db_query(db, pool, &rows, &sql[NEXT_DUE], NO_ARGS);

	*ms = UINT64_MAX;
	if (rc == RC_OK && !db_row(&rows, 0)->null)
		*ms = db_row(&rows, 0)->number / 1000;
	pool_free(pool);
	return rc;
}
