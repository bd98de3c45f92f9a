#include "event.h"

#include <stdlib.h>

#include "../common/base/json_put.h"
#include "../common/base/log.h"
#include "internal.h"

enum { ADD_USER, COUNT_ON, INSERT, READ, COUNTER, NEWS, ALL, LAST, NUMBERS };

/* Column lists and the function that reads such a row belong together. */
#define EVENT "user_id, seq, type, created_at, project_id, audio_id, task_id, data"

static const struct sql sql[] = {
    [ADD_USER] = {.text = "INSERT INTO user_seq (user_id, event_at) VALUES (?, NOW(3))"},
    [COUNT_ON] = {.text = "UPDATE user_seq SET seq = LAST_INSERT_ID(seq + ?), event_at = NOW(3)"
			  " WHERE user_id = ?"},
    [INSERT] = {.text = "INSERT INTO event (user_id, seq, type, created_at, project_id, audio_id,"
			" task_id, data) VALUES ",
	.item = "(?, ?, ?, NOW(3), NULLIF(?, 0), NULLIF(?, 0), NULLIF(?, ''), ?)"},
    [READ] = {.text =
		  "SELECT " EVENT " FROM event WHERE user_id = ? AND seq > ? ORDER BY seq LIMIT ?"},
    [COUNTER] = {.text = "SELECT seq, oldest FROM user_seq WHERE user_id = ?"},
    [NEWS] = {.text = "SELECT user_id, seq FROM user_seq FORCE INDEX (user_seq_at)"
		      " WHERE event_at > NOW(3) - INTERVAL ? SECOND"},
    [ALL] = {.text = "SELECT user_id, seq FROM user_seq"},
    [LAST] = {.text = "SELECT " EVENT " FROM event ORDER BY created_at DESC, user_id DESC,"
		      " seq DESC LIMIT ?"},
    /* Of the counters, which are fewer than the events. */
    [NUMBERS] =
	{.text = "SELECT CAST(COALESCE(SUM(seq + 1 - oldest), 0) AS UNSIGNED),"
		 " COALESCE(TIMESTAMPDIFF(SECOND, (SELECT MAX(created_at) FROM event), NOW(3)), 0),"
		 " COALESCE(TIMESTAMPDIFF(SECOND, (SELECT MIN(created_at) FROM event), NOW(3)), 0)"
		 " FROM user_seq"},
};

static const char *const names[EVENT_TYPES] = {
    [EVENT_AUDIO_READY] = "audio.ready",
    [EVENT_AUDIO_FAILED] = "audio.failed",
    [EVENT_AUDIO_CHANGED] = "audio.changed",
    [EVENT_AUDIO_INSERTED] = "audio.inserted",
    [EVENT_AUDIO_DELETED] = "audio.deleted",
    [EVENT_PROJECT_COMPLETED] = "project.completed",
    [EVENT_PROJECT_COMPLETED_WITH_ERRORS] = "project.completed_with_errors",
    [EVENT_PROJECT_CHANGED] = "project.changed",
    [EVENT_PROJECT_DELETED] = "project.deleted",
    [EVENT_PIPELINE_STAGE] = "pipeline.stage",
    [EVENT_PIPELINE_COMPLETED] = "pipeline.completed",
    [EVENT_PIPELINE_FAILED] = "pipeline.failed",
    [EVENT_EXPORT_READY] = "export.ready",
    [EVENT_EXPORT_FAILED] = "export.failed",
    [EVENT_ENDPOINT_DISABLED] = "endpoint.disabled",
};

const char *
event_type_name(enum event_type type)
{
	return names[type];
}

enum event_type
event_type_named(const char *name)
{
	size_t i = 0;

	while (i < EVENT_TYPES && strcmp(names[i], name) != 0)
		i++;
	return (enum event_type)i;
}

/* ---------------------------------------------------------------- writing */

/* An event, and its place in the order of the caller. */
struct numbered {
	const struct event_new *event;
	size_t place;
	uint64_t seq;
};

static int
by_user(const void *a, const void *b)
{
	const struct numbered *x = a, *y = b;

	if (x->event->user != y->event->user)
		return x->event->user < y->event->user ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

/* Give the K events of one user their numbers. *THERE: the user has a counter. */
static enum rc
number_events(struct db *db, struct numbered *v, size_t k, bool *there)
{
	uint64_t last;

	TRY(db_exec(db, &sql[COUNT_ON], ARGS(db_u64(k), db_u64(v->event->user))));
	*there = db_changed(db) == 1;
	last = db_inserted(db);
	for (size_t i = 0; i < k; i++)
		v[i].seq = last - k + 1 + i;
	return RC_OK;
}

static enum rc
insert_events(struct db *db, const struct numbered *v, size_t n)
{
	enum { COLUMNS = 7 };
	size_t k;

	for (size_t i = 0; i < n; i += k) {
		struct arg args[DB_CHUNK * COLUMNS];

		k = db_chunk(n - i);
		for (size_t j = 0; j < k; j++) {
			const struct event_new *e = v[i + j].event;
			struct arg *a = &args[j * COLUMNS];

			a[0] = db_u64(e->user);
			a[1] = db_u64(v[i + j].seq);
			a[2] = db_text(names[e->type]);
			a[3] = db_u64(e->project);
			a[4] = db_u64(e->audio);
			a[5] = db_text(e->task != NULL ? e->task : "");
			a[6] = db_text(e->data != NULL ? e->data : "{}");
		}
		TRY(db_run(db, NULL, &sql[INSERT], k, args, k * COLUMNS, NULL));
	}
	return RC_OK;
}

enum rc
event_record(struct db *db, struct pool *pool, const struct event_new *v, size_t n)
{
	struct numbered *sorted = pool_array(pool, n + 1, sizeof *sorted);
	size_t kept = 0, k;

	for (size_t i = 0; i < n; i++)
		sorted[i] = (struct numbered){.event = &v[i], .place = i};
	qsort(sorted, n, sizeof *sorted, by_user);
	for (size_t i = 0; i < n; i += k) {
		bool there;

		for (k = 1; i + k < n && sorted[i + k].event->user == sorted[i].event->user;)
			k++;
		TRY(number_events(db, sorted + i, k, &there));
		if (!there)
			continue;
		memmove(sorted + kept, sorted + i, k * sizeof *sorted);
		kept += k;
	}
	db_count_events(db, kept);
	return insert_events(db, sorted, kept);
}

enum rc
event_add_user(struct db *db, uint64_t user)
{
	return db_exec(db, &sql[ADD_USER], ARGS(db_u64(user)));
}

/* ---------------------------------------------------------------- reading */

static enum rc
read_event(const struct cell *row, struct event *e)
{
	*e = (struct event){.user = row[0].number,
	    .seq = row[1].number,
	    .type = event_type_named(row[2].s),
	    .created_at = db_time(&row[3]),
	    .project = row[4].number,
	    .audio = row[5].number,
	    .task = row[6].s,
	    .data = row[7].s};
	if (e->type != EVENT_TYPES)
		return RC_OK;
	log_error("there is an event of type \"%s\", which this version does not know", row[2].s);
	return RC_FAIL;
}

/* The counter is read last: an event that was there then was there for the statement before. */
enum rc
event_read(struct db *db, struct pool *pool, uint64_t user, uint64_t after, size_t limit,
    struct event **v, size_t *n, uint64_t *newest, uint64_t *oldest)
{
	struct rows rows, counter;

	*n = 0;
	TRY(db_query(
	    db, pool, &rows, &sql[READ], ARGS(db_u64(user), db_u64(after), db_u64(limit))));
	*v = pool_array(pool, rows.n + 1, sizeof **v);
	for (size_t i = 0; i < rows.n; i++)
		TRY(read_event(db_row(&rows, i), &(*v)[i]));
	TRY(db_query(db, pool, &counter, &sql[COUNTER], ARGS(db_u64(user))));
	if (counter.n == 0)
		return RC_NOT_FOUND;
	*n = rows.n;
	*newest = db_row(&counter, 0)[0].number;
	*oldest = db_row(&counter, 0)[1].number;
	return RC_OK;
}

enum rc
event_last(struct db *db, struct pool *pool, size_t limit, struct event **v, size_t *n)
{
	struct rows rows;

	*n = 0;
	TRY(db_query(db, pool, &rows, &sql[LAST], ARGS(db_u64(limit))));
	*v = pool_array(pool, rows.n + 1, sizeof **v);
	for (size_t i = 0; i < rows.n; i++)
		TRY(read_event(db_row(&rows, rows.n - 1 - i), &(*v)[i]));
	*n = rows.n;
	return RC_OK;
}

enum rc
event_news(struct db *db, struct pool *pool, unsigned sec, struct event_news **v, size_t *n)
{
	struct rows rows;

	*n = 0;
	if (sec == 0)
		TRY(db_query(db, pool, &rows, &sql[ALL], NO_ARGS));
	else
		TRY(db_query(db, pool, &rows, &sql[NEWS], ARGS(db_u64(sec))));
	*v = pool_array(pool, rows.n + 1, sizeof **v);
	for (size_t i = 0; i < rows.n; i++)
		(*v)[i] =
		    (struct event_news){db_row(&rows, i)[0].number, db_row(&rows, i)[1].number};
	*n = rows.n;
	return RC_OK;
}

/* An event from the future, as the clock was set back since, has no age. */
static uint64_t
age(const struct cell *sec)
{
	return (int64_t)sec->number > 0 ? sec->number : 0;
}

enum rc
event_numbers(struct db *db, struct event_numbers *out)
{
	struct pool *pool = pool_new();
	struct rows rows;
	enum rc rc = db_query(db, pool, &rows, &sql[NUMBERS], NO_ARGS);

	if (rc == RC_OK)
		*out = (struct event_numbers){.kept = db_row(&rows, 0)[0].number,
		    .newest_sec = age(&db_row(&rows, 0)[1]),
		    .oldest_sec = age(&db_row(&rows, 0)[2])};
	pool_free(pool);
	return rc;
}

const char *
event_json(struct pool *pool, const struct event *e)
{
	struct buf out;

	buf_init(&out, pool, 512);
	json_put_open(&out, NULL, '{');
	json_put_uint(&out, "seq", e->seq);
	json_put_str(&out, "type", names[e->type]);
	json_put_str(&out, "created_at", e->created_at.s);
	if (e->project != 0)
		json_put_uint(&out, "project_id", e->project);
	if (e->audio != 0)
		json_put_uint(&out, "audio_id", e->audio);
	if (e->task[0] != '\0')
		json_put_str(&out, "task_id", e->task);
	json_put_json(&out, "data", e->data);
	json_put_close(&out, '}');
	return out.data;
}
