#include "queue_core.h"

#include <inttypes.h>
#include <stdlib.h>

#include "../common/base/log.h"

enum { FIND };

#define FREED "updated_at = NOW(3), " QUEUE_UNCLAIMED
#define CHARGED FREED ", attempts = ?, crashes = ?"
#define GUARD " WHERE id = ? AND revision = ?" QUEUE_GUARD

static const struct sql sql[] = {
    [FIND] = {.text = "SELECT id, revision, claim_token, audio_revision, path, user_id"
		      " FROM audio WHERE id IN (",
	.item = "?",
	.tail = ") ORDER BY id FOR UPDATE"},
};

static const struct sql by_outcome[] = {
    [OUTCOME_READY] = {.text = "UPDATE audio SET state = 'ready', audio_revision = revision,"
			       " error = '', path = ?, duration_ms = ?, size_bytes = ?,"
			       " sha256 = ?, loudness = ?, made_with = ?, " CHARGED GUARD},
    [OUTCOME_RETRY] = {.text = "UPDATE audio SET state = 'pending',"
			       " run_at = NOW(3) + INTERVAL ? MICROSECOND, " CHARGED GUARD},
    [OUTCOME_FAILED] = {.text = "UPDATE audio SET state = 'failed', error = LEFT(?, 255),"
				" " CHARGED GUARD},
    [OUTCOME_RELEASE] = {.text =
			     "UPDATE audio SET state = 'pending', run_at = NOW(3), " FREED GUARD},
};

struct finishing {
	struct pool *pool;
	void *const *v;
	size_t n;
};

static int
by_id(const void *a, const void *b)
{
	uint64_t x = (*(struct result *const *)a)->id, y = (*(struct result *const *)b)->id;

	return x < y ? -1 : x > y;
}

static const char *
error_of(const struct result *r)
{
	return r->error != NULL && r->error[0] != '\0' ? r->error : "cannot be spoken";
}

/* Write one result over the claim it is for; nothing is changed when the claim is gone. */
static enum rc
write_result(struct db *db, const struct result *r)
{
	struct arg args[16];
	size_t n = 0;

	if (r->outcome == OUTCOME_READY) {
		args[n++] = db_text(r->path);
		args[n++] = db_u64(r->duration_ms);
		args[n++] = db_u64(r->size_bytes);
		args[n++] = db_bytes(r->sha256, sizeof r->sha256);
		args[n++] = r->loudness != LOUDNESS_UNKNOWN ? db_i64(r->loudness)
							    : (struct arg){.type = ARG_NULL};
		args[n++] =
		    r->made_with != NULL ? db_text(r->made_with) : (struct arg){.type = ARG_NULL};
	} else if (r->outcome == OUTCOME_RETRY) {
		args[n++] = db_u64((uint64_t)r->delay_ms * 1000);
	} else if (r->outcome == OUTCOME_FAILED) {
		args[n++] = db_text(error_of(r));
	}
	if (r->outcome != OUTCOME_RELEASE) {
		args[n++] = db_u64(r->attempts);
		args[n++] = db_u64(r->crashes);
	}
	args[n++] = db_u64(r->id);
	args[n++] = db_u64(r->revision);
	args[n++] = db_bytes(r->token, CLAIM_TOKEN_SIZE);
	return db_exec(db, &by_outcome[r->outcome], args, n);
}

/* A row as FIND gives it, before the result is written. */
struct before {
	bool ours;	      /* the claim still stands */
	bool done;	      /* this very sound is published already */
	bool nameable;	      /* the row has that path, or gets it from who renders it now */
	const char *replaces; /* the file of the sound before; "" if none */
};

static struct before
look(const struct cell *row, const struct result *r)
{
	bool same_path = r->outcome == OUTCOME_READY && strcmp(row[4].s, r->path) == 0;
	struct before b = {
	    .ours = row[1].number == r->revision && queue_claim_stands(&row[2], r->token),
	    .done = same_path && row[3].number == r->revision,
	    .nameable = same_path || row[1].number == r->revision,
	    .replaces = same_path ? "" : row[4].s};

	return b;
}

static void
tell_finished(
    struct db *db, struct event_list *events, const struct result *r, const struct cell *row)
{
	bool ready = r->outcome == OUTCOME_READY;
	struct event_new event = {.user = row[5].number,
	    .type = ready ? EVENT_AUDIO_READY : EVENT_AUDIO_FAILED,
	    .project = r->project,
	    .audio = r->id,
	    .data = ready ? event_data_ready(db, events->pool, r->revision, r->path, r->duration_ms)
			  : event_data_failed(events->pool, r->revision, error_of(r))};

	event_list_add(events, &event);
}

/* The projects of some results, locked: one for each result. */
struct finish_projects {
	uint64_t *ids, *users; /* the users of those with a tally */
	struct project_flags *flags;
	struct tally *tallies;
	size_t n;
	struct event_list events;
};

/* Finish one of the sentences of the Pth project, and add to the project's tally. ROW is NULL if
 * the sentence is gone, or its project is. *SOUNDS says whether it has a new sound now. */
static enum rc
finish_one(struct db *db, struct result *r, const struct cell *row,
    struct finish_projects *projects, size_t p, bool *sounds)
{
	struct tally *tally = &projects->tallies[p];
	struct before b = {.replaces = ""};

	if (row != NULL)
		b = look(row, r);
	r->stale = !b.ours && !b.done;
	r->unwanted = r->stale && !b.nameable;
	*sounds = false;
	if (!b.ours)
		return RC_OK;
	TRY(write_result(db, r));
	if (db_changed(db) != 1) {
		r->stale = true;
		return RC_OK;
	}
	if (r->outcome == OUTCOME_FAILED)
		tally->failed++;
	if (r->outcome == OUTCOME_FAILED || r->outcome == OUTCOME_READY) {
		projects->users[p] = row[5].number;
		if (!projects->flags[p].hidden)
			tell_finished(db, &projects->events, r, row);
	}
	if (r->outcome != OUTCOME_READY)
		return RC_OK;
	*sounds = true;
	tally->ready++;
	tally->duration_ms += (int64_t)r->duration_ms;
	return b.replaces[0] == '\0' ? RC_OK : trash_add(db, r->project, r->id, b.replaces, false);
}

/* Finish K results, in the order of their ids. */
static enum rc
finish_some(struct db *db, struct pool *pool, struct result *const *v, size_t k,
    struct finish_projects *projects)
{
	uint64_t ids[DB_CHUNK] = {0};
	struct result *sounding[DB_CHUNK];
	struct rows rows;
	size_t found = 0, n_sounding = 0;

	for (size_t i = 0; i < k; i++)
		ids[i] = v[i]->id;
	TRY(db_run_ids(db, pool, &rows, &sql[FIND], ids, k, NO_ARGS));
	for (size_t i = 0; i < k; i++) {
		const struct cell *row = NULL;
		size_t p = 0;
		bool sounds;

		while (found < rows.n && db_row(&rows, found)[0].number < v[i]->id)
			found++;
		if (found < rows.n && db_row(&rows, found)[0].number == v[i]->id)
			row = db_row(&rows, found);
		while (p + 1 < projects->n && projects->ids[p] != v[i]->project)
			p++;
		if (projects->flags[p].deleted)
			row = NULL;
		TRY(finish_one(db, v[i], row, projects, p, &sounds));
		if (sounds)
			sounding[n_sounding++] = v[i];
	}
	return timing_put(db, pool, sounding, n_sounding);
}

/* Write the counts of the projects, and what there is to tell of all this. */
static enum rc
finish_count(struct db *db, struct finish_projects *projects)
{
	for (size_t i = 0; i < projects->n; i++)
		if (projects->tallies[i].ready != 0 || projects->tallies[i].failed != 0) {
			TRY(project_tally_rendered(db, projects->ids[i], &projects->tallies[i]));
			TRY(event_list_completion(
			    db, &projects->events, projects->users[i], projects->ids[i]));
		}
	return event_record(db, projects->events.pool, projects->events.v, projects->events.n);
}

static enum rc
finish_body(struct db *db, void *ctx)
{
	const struct finishing *f = ctx;
	struct result **sorted = pool_array(f->pool, f->n, sizeof *sorted);
	struct finish_projects projects = {.ids = pool_array(f->pool, f->n, sizeof(uint64_t)),
	    .users = pool_array(f->pool, f->n, sizeof(uint64_t)),
	    .flags = pool_array(f->pool, f->n, sizeof(struct project_flags)),
	    .tallies = pool_array(f->pool, f->n, sizeof(struct tally)),
	    .n = f->n,
	    .events = {.pool = f->pool}};
	size_t k;

	for (size_t i = 0; i < f->n; i++) {
		sorted[i] = f->v[i];
		projects.ids[i] = sorted[i]->project;
	}
	qsort(sorted, f->n, sizeof *sorted, by_id);
	TRY(project_lock_all(db, f->pool, projects.ids, f->n, projects.flags));
	for (size_t i = 0; i < f->n; i += k) {
		k = db_chunk(f->n - i);
		TRY(finish_some(db, f->pool, sorted + i, k, &projects));
	}
	return finish_count(db, &projects);
}

static enum rc
finish_together(struct db *db, void *const *v, size_t n)
{
	/* The guards make it harmless to run again after a COMMIT that was not answered. */
	static const struct txn txn = {.body = finish_body,
	    .before_commit = "store.finish.before_commit",
	    .committed = "store.finish.committed"};
	struct finishing f = {pool_new(), v, n};
	enum rc rc = db_transact(db, &txn, &f);

	pool_free(f.pool);
	return rc;
}

/* ---------------------------------------------------------------- what is refused */

static uint64_t
project_of(const void *result)
{
	return ((const struct result *)result)->project;
}

static enum rc finish_refused(struct db *db, void *result, enum rc rc);

/* Project by project, so that one with wrong counts does not hold up the others. */
static const struct queue_finishing finishing = {.together = finish_together,
    .group = project_of,
    .refused = finish_refused,
    QUEUE_RESULT("audio", struct result)};

/* Make a failure of a sound that cannot be stored. What is none of its own doing stays as it is. */
static enum rc
finish_refused(struct db *db, void *result, enum rc rc)
{
	const struct conf *conf = db_conf(db);
	struct result *r = result;
	struct result charged = *r;
	void *one = &charged;

	log_error("the result of audio %" PRIu64 " of project %" PRIu64
		  " is refused: error %u of the database",
	    r->id, r->project, db_error(db));
	if (db_trouble(db) != TROUBLE_ROW)
		return rc;
	if (r->outcome == OUTCOME_READY) {
		charged.attempts++;
		charged.outcome = charged.attempts >= (unsigned)conf->scheduler.max_attempts
				      ? OUTCOME_FAILED
				      : OUTCOME_RETRY;
		charged.error = "the sound could not be stored in the database";
		charged.delay_ms = queue_rest_ms(conf, charged.attempts);
		rc = finish_together(db, &one, 1);
		if (rc == RC_OK)
			*r = charged;
		if (!queue_refused(rc) || db_trouble(db) != TROUBLE_ROW)
			return rc;
	}
	queue_leave_to_lease(&finishing, r);
	return RC_OK;
}

enum rc
queue_finish(struct db *db, struct result *v, size_t n)
{
	return queue_core_finish_all(db, &finishing, v, n);
}
