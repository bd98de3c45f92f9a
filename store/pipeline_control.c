#include "internal.h"
#include "pipeline_admin.h"

enum {
	QUEUES,
	CONTROLS,
	HELD,
	ENGINES,
	MAKE_ENGINE,
	PAUSE,
	HOLD,
	DISABLE,
	LOST,
	BUSIEST,
	ERRORS,
	ENDED
};

#define SUM(what) "CAST(COALESCE(SUM(" what "), 0) AS UNSIGNED)"
#define SINCE(when) "COALESCE(GREATEST(TIMESTAMPDIFF(SECOND, " when ", NOW(3)), 0), 0)"

/* Runs that failed, and that no newer run of the stage has replaced. */
#define DEAD                                                                                       \
	"s.state = 'failed' AND NOT s.dropped AND NOT s.stale AND NOT EXISTS (SELECT 1 FROM stage" \
	" n WHERE n.pipeline_id = s.pipeline_id AND n.stage = s.stage AND n.run > s.run)"

static const struct sql sql[] = {
    /* What is waiting to be claimed is due unless its pipeline, its stage or its engine
     * is held: see admin_queues. */
    [QUEUES] =
	{.text = "SELECT s.stage, " SUM("s.state = 'pending'") ", " SUM(
	     "s."
	     "state "
	     "= "
	     "'pendin"
	     "g' AND "
	     "s.run_"
	     "at > "
	     "NOW(3)") ", " SUM("s.state = 'claimed' OR (s.state = 'pending' AND s.step <> "
				"'begin')") ", " SUM("s.state = 'waiting'") ", " SUM(DEAD) ","
											   " " SINCE(
											       "MIN"
											       "(IF"
											       "(s."
											       "sta"
											       "te "
											       "= "
											       "'pe"
											       "ndi"
											       "ng'"
											       " AN"
											       "D "
											       "s."
											       "run"
											       "_at"
											       " <="
											       " NO"
											       "W("
											       "3) "
											       "AND"
											       " p."
											       "pau"
											       "sed"
											       " = "
											       "'',"
											       " s."
											       "run"
											       "_at"
											       ", "
											       "NUL"
											       "L)"
											       ")") " FROM stage s JOIN pipeline p ON p.id = s.pipeline_id"
												    " WHERE s.state IN ('pending', 'claimed', 'waiting', 'failed')"
												    " GROUP BY s.stage"},
    [CONTROLS] = {.text = "SELECT stage, paused, reason, changed_by, changed_at"
			  " FROM stage_control"},
    [HELD] = {.text = "SELECT stage, name FROM engine WHERE disabled OR held_until > NOW(3)"},
    [ENGINES] = {.text = "SELECT e.name, e.stage, e.disabled,"
			 " CAST(COALESCE(GREATEST(CEIL(TIMESTAMPDIFF(MICROSECOND, NOW(3),"
			 " e.held_until) / 1000000), 0), 0) AS UNSIGNED), e.reason, e.changed_by,"
			 " e.changed_at, e.failing_since, (SELECT COUNT(*) FROM engine_call c"
			 " WHERE c.engine = e.name AND c.called_at > NOW(3) - INTERVAL 1 MINUTE),"
			 " e.calls_total, e.paid_total FROM engine e ORDER BY e.stage, e.name"
			 " LIMIT ?"},
    [MAKE_ENGINE] = {.text = "INSERT IGNORE INTO engine (name, stage) VALUES (?, ?)"},
    [PAUSE] = {.text = "UPDATE stage_control SET paused = ?, reason = ?, changed_by = ?,"
		       " changed_at = NOW(3) WHERE stage = ?"},
    [HOLD] = {.text = "UPDATE engine SET held_until = IF(? = 0, NULL, NOW(3) + INTERVAL ? SECOND),"
		      " reason = ?, error_class = '', changed_by = ?, changed_at = NOW(3)"
		      " WHERE name = ?"},
    [DISABLE] = {.text = "UPDATE engine SET disabled = ?, reason = ?, error_class = '',"
			 " failures = 0, failing_since = NULL, changed_by = ?,"
			 " changed_at = NOW(3) WHERE name = ?"},
    /* Of the tries of the last hour, found by their runs: those have been changed
       since. */
    [LOST] = {.text = "SELECT s.stage, " SUM("t.outcome = 'lost'") ", " SUM(
		  "t.outcome = 'again'") " FROM stage s JOIN stage_try t ON t.stage_id "
					 "= s.id"
					 " WHERE s.updated_at > NOW(3) - INTERVAL 1 "
					 "HOUR AND t.began_at > NOW(3) -"
					 " INTERVAL 1 HOUR GROUP BY s.stage"},
    [BUSIEST] = {.text = "SELECT s.stage, s.pipeline_id, COUNT(*) FROM stage s JOIN stage_try t"
			 " ON t.stage_id = s.id WHERE s.state IN ('pending', 'claimed') AND"
			 " t.outcome IN ('again', 'lost') GROUP BY s.id HAVING COUNT(*) > 2 ORDER "
			 "BY COUNT(*)"},
    [ERRORS] = {.text = "SELECT s.stage, t.error_class, MAX(t.error), COUNT(*) FROM stage s"
			" JOIN stage_try t ON t.stage_id = s.id WHERE s.updated_at > NOW(3) -"
			" INTERVAL 1 HOUR AND t.began_at > NOW(3) - INTERVAL 1 HOUR AND"
			" t.outcome IN ('again', 'failed') GROUP BY s.stage, t.error_class"
			" ORDER BY COUNT(*)"},
    [ENDED] = {.text = "SELECT (SELECT " SINCE(
		   "MAX(updated_at)") " FROM stage"
				      " WHERE state = 'done' AND stage = ?), EXISTS "
				      "(SELECT 1 FROM stage"
				      " WHERE state = 'done' AND stage = ?)"},
};

/* ------------------------------------------------------------------ the stages */

enum rc
admin_queues(struct db *db, struct pool *pool, struct admin_queue v[STAGES])
{
	const struct conf *conf = db_conf(db);
	struct rows controls, queues, held;

	TRY(db_query(db, pool, &controls, &sql[CONTROLS], NO_ARGS));
	TRY(db_query(db, pool, &queues, &sql[QUEUES], NO_ARGS));
	TRY(db_query(db, pool, &held, &sql[HELD], NO_ARGS));
	for (size_t i = 0; i < STAGES; i++)
		v[i] = (struct admin_queue){.reason = "", .changed_by = ""};
	for (size_t i = 0; i < controls.n; i++) {
		const struct cell *row = db_row(&controls, i);
		enum stage at = stage_named(row[0].s);

		if (at == STAGES)
			continue;
		v[at].paused = row[1].number != 0;
		v[at].reason = row[2].s;
		v[at].changed_by = row[3].s;
		v[at].changed_at = db_time(&row[4]);
	}
	for (size_t i = 0; i < queues.n; i++) {
		const struct cell *row = db_row(&queues, i);
		enum stage at = stage_named(row[0].s);

		if (at == STAGES)
			continue;
		v[at].pending = row[1].number;
		v[at].later = row[2].number;
		v[at].outstanding = row[3].number;
		v[at].waiting = row[4].number;
		v[at].dead = row[5].number;
		v[at].overdue_sec = v[at].paused ? 0 : row[6].number;
	}
	for (size_t i = 0; i < held.n; i++) {
		const struct cell *row = db_row(&held, i);
		enum stage at = stage_named(row[0].s);

		if (at < STAGES && strcmp(row[1].s, conf->pipeline.stage[at].engine) == 0)
			v[at].overdue_sec = 0;
	}
	return RC_OK;
}

/* ------------------------------------------------------------------ the engines */

enum rc
admin_engines(
    struct db *db, struct pool *pool, struct admin_engine v[PIPELINE_ADMIN_MAX], size_t *n)
{
	struct rows rows;

	*n = 0;
	TRY(db_query(db, pool, &rows, &sql[ENGINES], ARGS(db_u64(PIPELINE_ADMIN_MAX))));
	for (; *n < rows.n; ++*n) {
		const struct cell *row = db_row(&rows, *n);

		v[*n] = (struct admin_engine){.name = row[0].s,
		    .stage = row[1].s,
		    .disabled = row[2].number != 0,
		    .held_sec = row[3].number,
		    .reason = row[4].s,
		    .changed_by = row[5].s,
		    .changed_at = db_time(&row[6]),
		    .failing_since = db_time(&row[7]),
		    .calls = row[8].number,
		    .calls_total = row[9].number,
		    .paid_total = row[10].number};
	}
	return RC_OK;
}

/* ------------------------------------------------------------------ changes */

struct change {
	int statement;
	const char *engine, *stage; /* the engine, and where it belongs if it is not known yet */
	const struct arg *args;
	size_t n_args;
};

static enum rc
change_body(struct db *db, void *ctx)
{
	const struct change *c = ctx;

	if (c->engine != NULL && c->stage[0] != '\0')
		TRY(db_exec(db, &sql[MAKE_ENGINE], ARGS(db_text(c->engine), db_text(c->stage))));
	TRY(db_exec(db, &sql[c->statement], c->args, c->n_args));
	return db_changed(db) == 0 ? RC_NOT_FOUND : RC_OK;
}

/* To do it again after a COMMIT that was not answered sets the same again. */
static enum rc
control_change(struct db *db, struct change *c)
{
	static const struct txn txn = {.body = change_body,
	    .before_commit = "store.pipeline.control.before_commit",
	    .committed = "store.pipeline.control.committed"};

	return db_transact(db, &txn, c);
}

enum rc
admin_stage_pause(struct db *db, const char *stage, bool paused, const char *reason, const char *by)
{
	const struct arg args[] = {db_i64(paused), db_text(reason), db_text(by), db_text(stage)};
	struct change c = {.statement = PAUSE, .args = args, .n_args = 4};

	return control_change(db, &c);
}

enum rc
admin_engine_hold(struct db *db, const char *name, const char *stage, uint64_t sec,
    const char *reason, const char *by)
{
	const struct arg args[] = {
	    db_u64(sec), db_u64(sec), db_text(reason), db_text(by), db_text(name)};
	struct change c = {
	    .statement = HOLD, .engine = name, .stage = stage, .args = args, .n_args = 5};

	return control_change(db, &c);
}

enum rc
admin_engine_disable(struct db *db, const char *name, const char *stage, bool disabled,
    const char *reason, const char *by)
{
	const struct arg args[] = {db_i64(disabled), db_text(reason), db_text(by), db_text(name)};
	struct change c = {
	    .statement = DISABLE, .engine = name, .stage = stage, .args = args, .n_args = 4};

	return control_change(db, &c);
}

/* ------------------------------------------------------------------ what went wrong */

static enum rc
read_ended(struct db *db, struct pool *pool, const char *stage, struct admin_trouble *t)
{
	struct rows rows;

	TRY(db_query(db, pool, &rows, &sql[ENDED], ARGS(db_text(stage), db_text(stage))));
	t->ended_sec = db_row(&rows, 0)[0].number;
	t->ended = db_row(&rows, 0)[1].number != 0;
	return RC_OK;
}

enum rc
admin_troubles(struct db *db, struct pool *pool, struct admin_trouble v[STAGES])
{
	struct rows lost, busiest, errors;

	TRY(db_query(db, pool, &lost, &sql[LOST], NO_ARGS));
	TRY(db_query(db, pool, &busiest, &sql[BUSIEST], NO_ARGS));
	TRY(db_query(db, pool, &errors, &sql[ERRORS], NO_ARGS));
	for (size_t i = 0; i < STAGES; i++) {
		v[i] = (struct admin_trouble){.error_class = "", .error = ""};
		TRY(read_ended(db, pool, stage_name((enum stage)i), &v[i]));
	}
	for (size_t i = 0; i < lost.n; i++) {
		const struct cell *row = db_row(&lost, i);
		struct admin_trouble *t = &v[stage_named(row[0].s)];

		t->lost = row[1].number;
		t->again = row[2].number;
	}
	/* The rows with the greatest numbers come last. */
	for (size_t i = 0; i < busiest.n; i++) {
		const struct cell *row = db_row(&busiest, i);
		struct admin_trouble *t = &v[stage_named(row[0].s)];

		t->busiest_of = row[1].number;
		t->busiest = row[2].number;
	}
	for (size_t i = 0; i < errors.n; i++) {
		const struct cell *row = db_row(&errors, i);
		struct admin_trouble *t = &v[stage_named(row[0].s)];

		t->error_class = row[1].s;
		t->error = row[2].s;
		t->errors = row[3].number;
	}
	return RC_OK;
}
