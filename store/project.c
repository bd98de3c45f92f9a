#include "internal.h"

#include <inttypes.h>
#include <stdlib.h>

#include "../common/base/log.h"

enum {
	INSERT,
	INSERT_AUDIO,
	GET,
	OWN_INSERT,
	LOCK,
	LOCK_ALL,
	TALLY,
	TALLY_RENDERED,
};

static const struct sql sql[] = {
    [INSERT] = {.text = "INSERT INTO project (user_id, created_at, updated_at, title, language,"
			" voice, context, sentence_count, hidden)"
			" VALUES (?, NOW(3), NOW(3), ?, ?, ?, ?, ?, ?)"},
    [INSERT_AUDIO] = {.text = "INSERT INTO audio (project_id, user_id, created_at, updated_at,"
			      " queued_at, run_at, position, text, speed, turn) VALUES ",
	.item = "(?, ?, NOW(3), NOW(3), NOW(3), NOW(3), ?, ?, ?, ?)"},
    [GET] = {.text = "SELECT " PROJECT_COLUMNS
		     " FROM project WHERE id = ? AND user_id = ? AND deleted = 0"},
    [OWN_INSERT] = {.text = "SELECT " PROJECT_COLUMNS " FROM project"
			    " WHERE id = ? AND user_id = ? AND title = ? FOR UPDATE"},
    [LOCK] = {.text = "SELECT sentence_count FROM project"
		      " WHERE id = ? AND user_id = ? AND deleted = 0 FOR UPDATE"},
    [LOCK_ALL] = {.text = "SELECT id, deleted, hidden FROM project WHERE id IN (",
	.item = "?",
	.tail = ") ORDER BY id FOR UPDATE"},
    [TALLY] = {.text = "UPDATE project SET updated_at = NOW(3),"
		       " sentence_count = sentence_count + ?, ready_count = ready_count + ?,"
		       " failed_count = failed_count + ?, duration_ms = duration_ms + ?"
		       " WHERE id = ?"},
    [TALLY_RENDERED] = {.text = "UPDATE project SET updated_at = NOW(3),"
				" ready_count = ready_count + ?,"
				" failed_count = failed_count + ?, duration_ms = duration_ms + ?"
				" WHERE id = ?"},
};

void
project_read(const struct cell *row, struct project *p)
{
	*p = (struct project){.id = row[0].number,
	    .user = row[1].number,
	    .created_at = db_time(&row[2]),
	    .updated_at = db_time(&row[3]),
	    .title = row[4].s,
	    .language = row[5].s,
	    .voice = row[6].s,
	    .sentence_count = row[7].number,
	    .ready_count = row[8].number,
	    .failed_count = row[9].number,
	    .duration_ms = row[10].number};
}

/* ---------------------------------------------------------------- making one */

struct creation {
	struct pool *pool;
	uint64_t user, projects_max;
	const struct project_new *in;
	struct idempotency *idem;
	uint64_t id; /* what the last try inserted */
	struct project *out;
};

/* The sentences in reading order: consecutive positions, each with its turn. */
static enum rc
insert_sentences(
    struct db *db, uint64_t user, uint64_t id, const struct project_new *in, uint64_t turn)
{
	enum { COLUMNS = 6 };
	size_t k;

	for (size_t i = 0; i < in->n; i += k) {
		struct arg args[DB_CHUNK * COLUMNS];

		k = db_chunk(in->n - i);
		for (size_t j = i; j < i + k; j++) {
			struct arg *a = &args[(j - i) * COLUMNS];
			const struct slice *s = &in->sentences[j];

			a[0] = db_u64(id);
			a[1] = db_u64(user);
			a[2] = db_i64(place_initial(j));
			a[3] = db_textn(s->data, s->len);
			a[4] = db_u64((uint64_t)in->speed);
			a[5] = db_u64(turn);
			turn += turn_cost(s->data, s->len, in->speed);
		}
		TRY(db_run(db, NULL, &sql[INSERT_AUDIO], k, args, k * COLUMNS, NULL));
	}
	return RC_OK;
}

enum rc
project_insert(struct db *db, struct pool *pool, struct locked_user *user,
    const struct project_new *in, bool hidden, uint64_t *id)
{
	uint64_t turn = 0, cost = 0;

	for (size_t i = 0; i < in->n; i++)
		cost += turn_cost(in->sentences[i].data, in->sentences[i].len, in->speed);
	TRY(db_exec(db, &sql[INSERT],
	    ARGS(db_u64(user->id), db_text(in->title), db_text(in->language), db_text(in->voice),
		db_text(in->context != NULL ? in->context : ""), db_u64(in->n), db_u64(hidden))));
	*id = db_inserted(db);
	TRY(place_create(db, *id, in->n));
	TRY(user_take_turns(db, pool, user, LANE_BULK, cost, &turn));
	return insert_sentences(db, user->id, *id, in, turn);
}

static enum rc
get(struct db *db, struct pool *pool, uint64_t user, uint64_t id, struct project *out)
{
	struct rows rows;

	TRY(db_query(db, pool, &rows, &sql[GET], ARGS(db_u64(id), db_u64(user))));
	if (rows.n == 0)
		return RC_NOT_FOUND;
	project_read(db_row(&rows, 0), out);
	return RC_OK;
}

static enum rc
create_body(struct db *db, void *ctx)
{
	struct creation *c = ctx;
	struct event_new event = {.user = c->user, .type = EVENT_PROJECT_CHANGED};
	struct locked_user user;

	TRY(user_lock(db, c->pool, c->user, &user));
	TRY(idempotency_check(db, c->pool, c->user, c->idem));
	if (user.projects >= c->projects_max)
		return RC_LIMIT;
	TRY(project_insert(db, c->pool, &user, c->in, false, &c->id));
	TRY(user_count_project(db, c->user, 1));
	TRY(get(db, c->pool, c->user, c->id, c->out));
	TRY(idempotency_keep(db, c->pool, c->user, c->idem, c->out));
	event.project = c->id;
	event.data = event_data_project(c->pool, "created", "sentence_count", c->in->n);
	return event_record(db, c->pool, &event, 1);
}

/* A server that was killed may give an id that was never committed once more: the time tells. */
static enum rc
create_read_back(struct db *db, void *ctx)
{
	const struct creation *c = ctx;
	struct project found;
	struct rows rows;

	TRY(db_query(db, c->pool, &rows, &sql[OWN_INSERT],
	    ARGS(db_u64(c->id), db_u64(c->user), db_text(c->in->title))));
	if (rows.n == 0)
		return RC_BUSY;
	project_read(db_row(&rows, 0), &found);
	return strcmp(found.created_at.s, c->out->created_at.s) == 0 ? RC_OK : RC_BUSY;
}

enum rc
project_create(struct db *db, struct pool *pool, uint64_t user, const struct project_new *in,
    uint64_t projects_max, struct idempotency *idem, struct project *out)
{
	static const struct txn txn = {.body = create_body,
	    .read_back = create_read_back,
	    .before_commit = "store.project.before_commit",
	    .committed = "store.project.committed"};
	struct creation c = {.pool = pool,
	    .user = user,
	    .projects_max = projects_max,
	    .in = in,
	    .idem = idem,
	    .out = out};

	return db_transact(db, &txn, &c);
}

/* ---------------------------------------------------------------- reading */

enum rc
project_get(struct db *db, struct pool *pool, uint64_t user, uint64_t id, struct project *out)
{
	return get(db, pool, user, id, out);
}

/* ---------------------------------------------------------------- for the other nouns */

enum rc
project_lock(struct db *db, struct pool *pool, uint64_t user, uint64_t id, uint64_t *sentences)
{
	struct rows rows;

	TRY(db_query(db, pool, &rows, &sql[LOCK], ARGS(db_u64(id), db_u64(user))));
	if (rows.n == 0)
		return RC_NOT_FOUND;
	*sentences = db_row(&rows, 0)->number;
	return RC_OK;
}

static int
by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

enum rc
project_lock_all(
    struct db *db, struct pool *pool, uint64_t *ids, size_t n, struct project_flags *flags)
{
	size_t k;

	qsort(ids, n, sizeof *ids, by_number);
	for (size_t i = 0; i < n; i += k) {
		struct rows rows;
		size_t r = 0;

		k = db_chunk(n - i);
		TRY(db_run_ids(db, pool, &rows, &sql[LOCK_ALL], ids + i, k, NO_ARGS));
		for (size_t j = i; j < i + k && flags != NULL; j++) {
			bool there;

			while (r < rows.n && db_row(&rows, r)[0].number < ids[j])
				r++;
			there = r < rows.n && db_row(&rows, r)[0].number == ids[j];
			flags[j].deleted = !there || db_row(&rows, r)[1].number != 0;
			flags[j].hidden = there && db_row(&rows, r)[2].number != 0;
		}
	}
	return RC_OK;
}

enum rc
project_tally(struct db *db, uint64_t id, const struct tally *tally)
{
	return db_exec(db, &sql[TALLY],
	    ARGS(db_i64(tally->sentences), db_i64(tally->ready), db_i64(tally->failed),
		db_i64(tally->duration_ms), db_u64(id)));
}

enum rc
project_tally_rendered(struct db *db, uint64_t id, const struct tally *tally)
{
	enum rc rc = db_exec(db, &sql[TALLY_RENDERED],
	    ARGS(db_i64(tally->ready), db_i64(tally->failed), db_i64(tally->duration_ms),
		db_u64(id)));

	if (rc == RC_OK || tally->ready != 0 || db_trouble(db) != TROUBLE_ROW)
		return rc;
	/* Of a transaction, the server took back this statement alone. */
	log_error(
	    "the counts of project %" PRIu64 " are wrong: a failed sentence is not counted", id);
	return RC_OK;
}
