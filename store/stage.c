#include "stage_internal.h"

#include <inttypes.h>

#include "../common/base/json_put.h"
#include "../common/base/log.h"

static const char *const stages[STAGES] = {
    [STAGE_LYRIC] = "lyric",
    [STAGE_SONG] = "song",
    [STAGE_VIDEO] = "video",
};

static const char *const states[STAGE_STATES] = {
    [STAGE_PENDING] = "pending",
    [STAGE_CLAIMED] = "claimed",
    [STAGE_WAITING] = "waiting",
    [STAGE_DONE] = "done",
    [STAGE_FAILED] = "failed",
    [STAGE_CANCELLED] = "cancelled",
};

static const char *const steps[STEPS] = {
    [STEP_BEGIN] = "begin",
    [STEP_SENT] = "sent",
    [STEP_POLL] = "poll",
    [STEP_FETCH] = "fetch",
};

static const char *const causes[CAUSES] = {
    [CAUSE_START] = "start",
    [CAUSE_LYRIC_COMPLETED] = "lyric_completed",
    [CAUSE_SONG_COMPLETED] = "song_completed",
    [CAUSE_RETRY] = "retry",
    [CAUSE_RESUME] = "resume",
    [CAUSE_EDIT] = "edit",
};

const char *
stage_name(enum stage stage)
{
	return stages[stage];
}

const char *
stage_state_name(enum stage_state state)
{
	return states[state];
}

const char *
stage_step_name(enum stage_step step)
{
	return steps[step];
}

const char *
stage_cause_name(enum stage_cause cause)
{
	return causes[cause];
}

/* The number of NAME among N; N if it is not there. */
static size_t
name_find(const char *const *names, size_t n, const char *name)
{
	size_t i = 0;

	while (i < n && strcmp(names[i], name) != 0)
		i++;
	return i;
}

enum stage
stage_named(const char *name)
{
	return (enum stage)name_find(stages, STAGES, name);
}

enum stage_state
stage_state_named(const char *name)
{
	return (enum stage_state)name_find(states, STAGE_STATES, name);
}

enum rc
stage_step_read(const struct cell *cell, enum stage_step *out)
{
	*out = (enum stage_step)name_find(steps, STEPS, cell->s);
	if (*out != STEPS)
		return RC_OK;
	log_error("stage.step: \"%s\" is not known", cell->s);
	return RC_FAIL;
}

/* ---------------------------------------------------------------- pipelines and runs */

enum { PLACE, INSERT, OPEN, STATEMENTS };
enum { LOCK, TRY_END, ALERT };

/* After the user's last run, but not before what is claimed next. */
#define OF_STAGE(view)                                                                             \
	{                                                                                          \
		[PLACE] =                                                                          \
		    {.text = "SELECT (SELECT COALESCE(MAX(run), 0) + 1 FROM " view                 \
			     " WHERE pipeline_id = ?), GREATEST((SELECT COALESCE(MAX(turn) + 1, "  \
			     "0) FROM " view " WHERE user_id = ? AND state = 'pending'), (SELECT " \
			     "COALESCE(MAX(turn) + 1, 0) FROM " view                               \
			     " WHERE user_id = ? AND state = 'claimed'),"                          \
			     " " STAGE_FIRST_TURN(view " WHERE") ")"},                             \
		[INSERT] = {.text = "INSERT INTO " view                                            \
				    " (pipeline_id, user_id, stage, run, cause, input_id,"         \
				    " created_at, updated_at, turn, run_at, priority, given)"      \
				    " SELECT p.id, p.user_id, ?, ?, ?, NULLIF(?, 0), NOW(3),"      \
				    " NOW(3), ?, NOW(3), p.priority, " STAGE_GIVEN(                \
					"?") " FROM pipeline p WHERE p.id = ?"},                   \
		[OPEN] = {.text = "SELECT COUNT(*) FROM " view " WHERE pipeline_id = ?"            \
				  " AND state IN ('pending', 'claimed', 'waiting')"},              \
	}

static const struct sql of_stage[STAGES][STATEMENTS] = {
    [STAGE_LYRIC] = OF_STAGE("stage_lyric"),
    [STAGE_SONG] = OF_STAGE("stage_song"),
    [STAGE_VIDEO] = OF_STAGE("stage_video"),
};

static const struct sql sql[] = {
    [LOCK] = {.text = "SELECT id, user_id, task_id, stages + 0, auto_continue,"
		      " cancelled_at IS NOT NULL, project_id FROM pipeline WHERE id = ?"
		      " FOR UPDATE"},
    [TRY_END] = {.text = "UPDATE stage_try SET ended_at = NOW(3), outcome = ?, error_class = ?,"
			 " error = LEFT(?, 255), status = NULLIF(?, 0), answer = LEFT(?, 1024)"
			 " WHERE stage_id = ? AND ended_at IS NULL"},
    [ALERT] = {.text = "INSERT INTO alert (created_at, subject, text, run_at)"
		       " SELECT NOW(3), ?, LEFT(?, 1024), NOW(3) FROM DUAL WHERE NOT EXISTS"
		       " (SELECT 1 FROM alert WHERE subject = ? AND"
		       " created_at > NOW(3) - INTERVAL 1 HOUR)"},
};

enum rc
stage_lock_pipeline(struct db *db, struct pool *pool, uint64_t id, struct stage_pipeline *out)
{
	const struct cell *row;
	struct rows rows;

	TRY(db_query(db, pool, &rows, &sql[LOCK], ARGS(db_u64(id))));
	if (rows.n == 0)
		return RC_NOT_FOUND;
	row = db_row(&rows, 0);
	*out = (struct stage_pipeline){.id = row[0].number,
	    .user = row[1].number,
	    .task = row[2].s,
	    .auto_continue = row[4].number != 0,
	    .cancelled = row[5].number != 0,
	    .project = row[6].number};
	for (size_t i = 0; i < STAGES; i++)
		out->stages[i] = (row[3].number >> i & 1) != 0;
	return RC_OK;
}

enum rc
stage_add(struct db *db, struct pool *pool, const struct stage_new *stage, uint64_t *id)
{
	const struct sql *of = of_stage[stage->stage];
	struct rows rows;

	TRY(db_query(db, pool, &rows, &of[PLACE],
	    ARGS(db_u64(stage->pipeline), db_u64(stage->user), db_u64(stage->user))));
	TRY(db_exec(db, &of[INSERT],
	    ARGS(db_text(stages[stage->stage]), db_u64(db_row(&rows, 0)[0].number),
		db_text(causes[stage->cause]), db_u64(stage->input),
		db_u64(db_row(&rows, 0)[1].number), db_text(stages[stage->stage]),
		db_u64(stage->pipeline))));
	if (id != NULL)
		*id = db_inserted(db);
	return RC_OK;
}

enum rc
stage_is_open(struct db *db, struct pool *pool, uint64_t pipeline, enum stage stage, bool *open)
{
	struct rows rows;

	TRY(db_query(db, pool, &rows, &of_stage[stage][OPEN], ARGS(db_u64(pipeline))));
	*open = db_row(&rows, 0)->number > 0;
	return RC_OK;
}

enum rc
stage_try_end(struct db *db, uint64_t stage, const char *outcome, enum pipeline_class class,
    const char *error, int status, const char *answer)
{
	bool failed = class != CLASS_OK && class != CLASS_WAIT;

	if (answer == NULL)
		answer = "";
	return db_exec(db, &sql[TRY_END],
	    ARGS(db_text(outcome), db_text(failed ? pipeline_class_names[class] : ""),
		db_text(error), db_i64(status), db_text(answer), db_u64(stage)));
}

enum rc
alert_add(struct db *db, const char *subject, const char *text)
{
	return db_exec(db, &sql[ALERT], ARGS(db_text(subject), db_text(text), db_text(subject)));
}

/* ---------------------------------------------------------------- events */

static struct buf
data_open(struct pool *pool)
{
	struct buf out;

	buf_init(&out, pool, 256);
	json_put_open(&out, NULL, '{');
	return out;
}

static void
tell(
    struct event_list *list, const struct stage_pipeline *p, enum event_type type, struct buf *data)
{
	json_put_close(data, '}');
	event_list_add(
	    list, &(struct event_new){
		      .user = p->user, .type = type, .task = p->task, .data = data->data});
}

void
stage_tell(
    struct event_list *list, const struct stage_pipeline *p, enum stage stage, const char *status)
{
	struct buf data = data_open(list->pool);

	json_put_str(&data, "stage", stages[stage]);
	json_put_str(&data, "status", status);
	tell(list, p, EVENT_PIPELINE_STAGE, &data);
}

void
stage_tell_song(struct event_list *list, const struct stage_pipeline *p, size_t captions)
{
	struct buf data = data_open(list->pool);

	json_put_str(&data, "stage", stages[STAGE_SONG]);
	json_put_str(&data, "status", "completed");
	json_put_uint(&data, "captions", captions);
	tell(list, p, EVENT_PIPELINE_STAGE, &data);
}

void
stage_tell_failed(struct event_list *list, const struct stage_pipeline *p, enum stage stage,
    enum pipeline_class class, const char *error)
{
	struct buf data = data_open(list->pool);

	json_put_str(&data, "stage", stages[stage]);
	json_put_str(&data, "error_class", pipeline_class_names[class]);
	json_put_str(&data, "message", error);
	tell(list, p, EVENT_PIPELINE_FAILED, &data);
}

void
stage_tell_completed(struct event_list *list, const struct stage_pipeline *p)
{
	struct buf data = data_open(list->pool);

	tell(list, p, EVENT_PIPELINE_COMPLETED, &data);
}
