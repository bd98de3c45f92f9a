#include "pipeline_internal.h"

#include "../common/base/json_put.h"
#include "queue_core.h"
#include "stage_internal.h"
#include "work_internal.h"

enum {
	TURN,
	ADD,
	ADD_DONE,
	ADD_FROM,
	END,
	END_TRIES,
	STALE,
	TOUCH,
	OWNER,
	OWN_PROJECTS,
	OWN_PROJECT,
};

#define OPEN_STATES "state IN ('pending', 'claimed', 'waiting')"

static const struct sql sql[] = {
    /* After the user's last one, but not before what is claimed next. */
    [TURN] = {.text = "SELECT GREATEST((SELECT COALESCE(MAX(turn) + 1, 0) FROM stage"
		      " WHERE user_id = ? AND stage = ? AND state IN ('pending', 'claimed')),"
		      " " STAGE_FIRST_TURN("stage WHERE stage = ? AND") ")"},
    [ADD] = {.text = "INSERT INTO stage (pipeline_id, user_id, stage, run, cause, input_id,"
		     " created_at, updated_at, run_at, turn, priority, given)"
		     " SELECT p.id, p.user_id, ?, (SELECT COALESCE(MAX(r.run), 0) + 1 FROM stage r"
		     " WHERE r.pipeline_id = p.id AND r.stage = ?), ?, NULLIF(?, 0), NOW(3),"
		     " NOW(3), NOW(3), ?, p.priority, " STAGE_GIVEN("?") " FROM pipeline p"
									 " WHERE p.id = ?"},
    [ADD_DONE] = {.text =
		      "INSERT INTO stage (pipeline_id, user_id, stage, run, cause, created_at,"
		      " updated_at, run_at, ended_at, state, engine, text)"
		      " SELECT ?, ?, ?, COALESCE(MAX(run), 0) + 1, ?, NOW(3), NOW(3), NOW(3),"
		      " NOW(3), 'done', 'given', ? FROM stage WHERE pipeline_id = ? AND stage = ?"},
    /* It has as much time as it had at first. */
    [ADD_FROM] =
	{.text = "INSERT INTO stage (pipeline_id, user_id, stage, run, cause, input_id, created_at,"
		 " updated_at, run_at, turn, priority, given, step, engine, sent_at, deadline_at, "
		 "external_id,"
		 " external_part) SELECT pipeline_id, user_id, stage, run + 1, ?, input_id, NOW(3),"
		 " NOW(3), NOW(3), ?, priority, given, 'poll', engine, COALESCE(sent_at, NOW(3)), "
		 "NOW(3) + INTERVAL"
		 " COALESCE(GREATEST(TIMESTAMPDIFF(SECOND, sent_at, deadline_at), 60), 600) SECOND,"
		 " external_id, ? FROM stage WHERE id = ?"},
    [END] = {.text = "UPDATE stage SET state = 'cancelled', updated_at = NOW(3),"
		     " ended_at = NOW(3), " QUEUE_UNCLAIMED " WHERE id = ? AND " OPEN_STATES},
    [END_TRIES] = {.text = "UPDATE stage_try SET ended_at = NOW(3), outcome = 'released',"
			   " error_class = 'cancelled' WHERE stage_id = ? AND ended_at IS NULL"},
    [STALE] = {.text = "UPDATE stage SET stale = 1, updated_at = NOW(3) WHERE id = ?"},
    [TOUCH] = {.text = "UPDATE pipeline SET updated_at = NOW(3), cancelled_at = NULL,"
		       " stages = stages | ?, expires_at = IF(expires_at <= NOW(3),"
		       " NOW(3) + INTERVAL ? SECOND, expires_at) WHERE id = ?"},
    [OWNER] = {.text = "SELECT user_id FROM pipeline WHERE id = ?"},
    [OWN_PROJECTS] = {.text =
			  "SELECT DISTINCT s.project_id FROM stage s"
			  " JOIN pipeline p ON p.id = s.pipeline_id"
			  " WHERE p.user_id = ? AND (p.task_id = ? OR p.id = ?) AND s.own_project"},
    [OWN_PROJECT] = {.text = "SELECT DISTINCT r.id, r.sentence_count FROM stage s"
			     " JOIN project r ON r.id = s.project_id WHERE s.pipeline_id = ?"
			     " AND (? = 0 OR s.id = ?) AND s.own_project AND r.deleted = 0"},
};

/* ---------------------------------------------------------------- adding */

static enum rc
find_turn(struct db *db, struct pool *pool, uint64_t user, enum stage stage, uint64_t *turn)
{
	struct arg name = db_text(stage_name(stage));
	struct rows rows;

	TRY(db_query(db, pool, &rows, &sql[TURN], ARGS(db_u64(user), name, name, name)));
	*turn = db_row(&rows, 0)->number;
	return RC_OK;
}

enum rc
pipeline_add_run(struct db *db, struct pool *pool, const struct pipeline *p,
    const struct run_new *new, uint64_t *id)
{
	struct arg stage = db_text(stage_name(new->stage));
	struct arg cause = db_text(stage_cause_name(new->cause));
	uint64_t turn;

	/* Whoever has a stage done wants the pipeline to go on. */
	TRY(db_exec(db, &sql[TOUCH],
	    ARGS(db_u64(new->text == NULL ? 1U << new->stage : 0),
		db_i64(db_conf(db)->pipeline.expire_sec), db_u64(p->id))));
	TRY(find_turn(db, pool, p->user, new->stage, &turn));
	if (new->text != NULL)
		TRY(db_exec(db, &sql[ADD_DONE],
		    ARGS(db_u64(p->id), db_u64(p->user), stage, cause, db_text(new->text),
			db_u64(p->id), stage)));
	else if (new->from != NULL)
		TRY(db_exec(db, &sql[ADD_FROM],
		    ARGS(cause, db_u64(turn),
			db_text(new->part != NULL ? new->part : new->from->external_part),
			db_u64(new->from->id))));
	else
		TRY(db_exec(db, &sql[ADD],
		    ARGS(stage, stage, cause, db_u64(new->input), db_u64(turn), stage,
			db_u64(p->id))));
	*id = db_inserted(db);
	return RC_OK;
}

/* ---------------------------------------------------------------- ending */

/* Delete the projects that were made for RUN, or for all runs (0). */
static enum rc
delete_own_projects(struct db *db, struct pool *pool, const struct pipeline *p, uint64_t run)
{
	struct rows rows;

	TRY(db_query(
	    db, pool, &rows, &sql[OWN_PROJECT], ARGS(db_u64(p->id), db_u64(run), db_u64(run))));
	for (size_t i = 0; i < rows.n; i++) {
		const struct cell *row = db_row(&rows, i);

		TRY(project_mark_deleted(db, pool,
		    &(struct work_new){.kind = WORK_KIND_PROJECT_DELETE,
			.user = p->user,
			.object = row[0].number,
			.total = row[1].number}));
	}
	return RC_OK;
}

enum rc
pipeline_delete_projects(struct db *db, struct pool *pool, const struct pipeline *p)
{
	return delete_own_projects(db, pool, p, 0);
}

enum rc
pipeline_end_runs(
    struct db *db, struct pool *pool, const struct pipeline *p, enum stage first, bool stale)
{
	for (int i = first; i < STAGES; i++) {
		const struct pipeline_run *r = &p->runs[i];

		if (pipeline_run_open(r)) {
			TRY(db_exec(db, &sql[END], ARGS(db_u64(r->id))));
			TRY(db_exec(db, &sql[END_TRIES], ARGS(db_u64(r->id))));
		}
		if (stale && r->id != 0)
			TRY(db_exec(db, &sql[STALE], ARGS(db_u64(r->id))));
	}
	for (int i = first; i < STAGES; i++)
		if (pipeline_run_open(&p->runs[i]))
			TRY(delete_own_projects(db, pool, p, p->runs[i].id));
	return RC_OK;
}

enum rc
pipeline_lock_projects(
    struct db *db, struct pool *pool, const struct pipeline_key *key, uint64_t *user)
{
	struct locked_user locked;
	struct rows rows;
	uint64_t *ids;

	*user = key->user;
	if (*user == 0) {
		TRY(db_query(db, pool, &rows, &sql[OWNER], ARGS(db_u64(key->id))));
		if (rows.n == 0)
			return RC_NOT_FOUND;
		*user = db_row(&rows, 0)->number;
	}
	TRY(user_lock_any(db, pool, *user, &locked));
	TRY(db_query(db, pool, &rows, &sql[OWN_PROJECTS],
	    ARGS(db_u64(*user), db_text(key->user != 0 ? key->task : ""), db_u64(key->id))));
	ids = pool_array(pool, rows.n + 1, sizeof *ids);
	for (size_t i = 0; i < rows.n; i++)
		ids[i] = db_row(&rows, i)->number;
	return project_lock_all(db, pool, ids, rows.n, NULL);
}

/* ---------------------------------------------------------------- telling */

enum rc
pipeline_tell(struct db *db, struct pool *pool, const struct pipeline *p, enum stage stage,
    enum pipeline_word word)
{
	struct event_new event = {.user = p->user, .type = EVENT_PIPELINE_STAGE, .task = p->task};
	struct buf data;

	buf_init(&data, pool, 64);
	json_put_open(&data, NULL, '{');
	json_put_str(&data, "stage", stage_name(stage));
	json_put_str(&data, "status", pipeline_word_name(word));
	json_put_close(&data, '}');
	event.data = data.data;
	return event_record(db, pool, &event, 1);
}
