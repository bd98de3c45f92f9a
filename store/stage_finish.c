#include "stage_internal.h"
#include "work_internal.h"

#include <inttypes.h>

/*
 * The end of a claim. Everything that follows from it is one transaction: what became of the run,
 * of its engine, of the stage that comes next, of the project that was made for it, and the events.
 */

enum { FIND, WRITE, FORGET, SUBMITTED, NEWER, STATEMENTS };
enum { ASSET, CAPTION, TRY_DONE };

#define OF_STAGE(view)                                                                             \
	{                                                                                          \
		[FIND] = {.text = "SELECT claim_token, tries, stale, run, step FROM " view         \
				  " WHERE id = ? FOR UPDATE"},                                     \
		[WRITE] = {.text = "UPDATE " view " SET state = ?, step = ?, tries = ?,"           \
				   " deaths = 0, run_at = NOW(3) + INTERVAL ? MICROSECOND,"        \
				   " ended_at = IF(?, NOW(3), NULL), updated_at = NOW(3),"         \
				   " error_class = ?, error = LEFT(?, 255),"                       \
				   " status = COALESCE(NULLIF(?, 0), status),"                     \
				   " external_id = COALESCE(?, external_id),"                      \
				   " external_part = COALESCE(?, external_part),"                  \
				   " url = COALESCE(?, url), progress = COALESCE(?, progress),"    \
				   " prompt = COALESCE(?, prompt), text = COALESCE(?, text),"      \
				   " " QUEUE_UNCLAIMED " WHERE id = ?" QUEUE_GUARD},               \
		[FORGET] = {.text =                                                                \
				"UPDATE " view " SET sent_at = NULL, deadline_at = NULL,"          \
				" callback = NULL, candidate = '', external_id = '',"              \
				" external_part = '', url = '', progress = NULL WHERE id = ?"},    \
		[SUBMITTED] = {.text = "UPDATE " view " SET sent_at = COALESCE(sent_at, NOW(3)),"  \
				       " deadline_at = COALESCE(deadline_at, NOW(3) +"             \
				       " INTERVAL ? SECOND) WHERE id = ?"},                        \
		[NEWER] = {.text = "SELECT COUNT(*) FROM " view " WHERE pipeline_id = ?"           \
				   " AND run > ?"},                                                \
	}

static const struct sql of_stage[STAGES][STATEMENTS] = {
    [STAGE_LYRIC] = OF_STAGE("stage_lyric"),
    [STAGE_SONG] = OF_STAGE("stage_song"),
    [STAGE_VIDEO] = OF_STAGE("stage_video"),
};

static const struct sql sql[] = {
    [ASSET] = {.text = "INSERT INTO asset (stage_id, n, chosen, created_at, path, type,"
		       " size_bytes, duration_ms, sha256, external_part) VALUES (?, ?, ?,"
		       " NOW(3), ?, ?, ?, ?, ?, ?)"},
    [CAPTION] = {.text = "INSERT INTO caption (stage_id, position, text, start_ms, end_ms) VALUES ",
	.item = "(?, ?, LEFT(?, 2048), ?, ?)"},
    /* A question that went wrong, which was not noted when it was begun. */
    [TRY_DONE] = {.text =
		      "INSERT INTO stage_try (stage_id, n, step, host, run_id, began_at, ended_at,"
		      " outcome, error_class, error, status, answer) SELECT ?,"
		      " (SELECT COALESCE(MAX(n), 0) + 1 FROM stage_try t WHERE t.stage_id = ?),"
		      " 'poll', ?, ?, NOW(3), NOW(3), ?, ?, LEFT(?, 255), NULLIF(?, 0),"
		      " LEFT(?, 1024) FROM DUAL"},
};

struct finishing {
	struct pool *pool;
	struct stage_result *r;
	struct stage_pipeline p;
	struct event_list events;
	struct work_new narration; /* its deletion; no object: there is none */
	bool away;		   /* the engine is: it is not the run's fault */
	/* What the row says, and what it will say. */
	unsigned tries, run;
	bool was_stale;
	enum stage_step was;
	enum stage_state state;
	enum stage_step step;
	uint64_t rest_ms;
};

static bool
is_error(const struct stage_result *r)
{
	return !r->released && r->class != CLASS_OK && r->class != CLASS_WAIT;
}

static const char *
message_of(const struct stage_result *r)
{
	return r->message != NULL && r->message[0] != '\0' ? r->message : "it failed";
}

static struct arg
text_or_null(const char *s)
{
	return s != NULL ? db_text(s) : (struct arg){.type = ARG_NULL};
}

/* ---------------------------------------------------------------- what becomes of the run */

/* A request that was to cost was refused: nothing is paid for. */
static bool
was_refused(const struct stage_result *r)
{
	bool answered = r->class == CLASS_TOO_SHORT || r->class == CLASS_PROVIDER_FAILED;

	return r->began && r->claim->step == STEP_SENT && r->step == STEP_BEGIN && is_error(r) &&
	       !answered;
}

/* What it says of the engine. */
static enum rc
note_engine(struct db *db, struct finishing *f)
{
	struct stage_result *r = f->r;
	struct stage_engine_news news = {.name = r->claim->engine,
	    .stage = r->claim->stage,
	    .id = r->claim->id,
	    .class = r->class,
	    .began = r->began,
	    .message = message_of(r),
	    .retry_after_sec = r->retry_after_sec};

	f->away = false;
	if (was_refused(r))
		TRY(stage_engine_unpaid(db, news.name));
	if (r->remote && !r->released)
		return stage_engine_note(db, f->pool, &news, &f->away, &r->alert);
	r->alert = is_error(r) && stage_policy(r->claim->stage, r->class)->alerts;
	return RC_OK;
}

/* What the policy makes of a failure. */
static void
judge_failure(struct finishing *f)
{
	struct stage_result *r = f->r;
	const struct stage_policy *policy = stage_policy(r->claim->stage, r->class);
	bool charged = policy->tries > 0 && !f->away && !r->uncharged;
	unsigned most =
	    r->step == STEP_FETCH && policy->fetch_tries > 0 ? policy->fetch_tries : policy->tries;

	f->tries += charged;
	r->failed = r->final || (charged && f->tries >= most);
	f->state = r->failed ? STAGE_FAILED : STAGE_PENDING;
	if (charged)
		f->rest_ms = stage_rest_ms(policy, f->tries);
	else if (!f->away && policy->hold_sec == 0 && !policy->disables)
		f->rest_ms = (uint64_t)policy->base_sec * 1000;
	/* The service may be done by the time somebody asks for another try. */
	if (r->failed && r->class == CLASS_TIMEOUT)
		f->step = f->was;
	r->alert |= r->failed && policy->alerts_dead;
}

static void
judge(struct finishing *f)
{
	struct stage_result *r = f->r;

	f->state = STAGE_PENDING;
	f->step = r->released ? f->was : r->step;
	f->rest_ms = 0;
	if (r->released)
		return;
	if (is_error(r)) {
		judge_failure(f);
		return;
	}
	f->tries = 0;
	f->rest_ms = r->wait_ms;
	if (r->class == CLASS_OK && r->step == STEPS) {
		r->done = true;
		f->state = STAGE_DONE;
		f->step = f->was;
	}
}

static enum rc
write_row(struct db *db, const struct finishing *f)
{
	const struct stage_result *r = f->r;
	const struct stage_claim *c = r->claim;
	const struct sql *of = of_stage[c->stage];
	bool ended = f->state == STAGE_DONE || f->state == STAGE_FAILED, error = is_error(r);

	TRY(db_exec(db, &of[WRITE],
	    ARGS(db_text(stage_state_name(f->state)), db_text(stage_step_name(f->step)),
		db_u64(f->tries), db_u64(f->rest_ms * 1000), db_u64(ended),
		db_text(error ? pipeline_class_names[r->class] : ""),
		db_text(error ? message_of(r) : ""), db_i64(r->status),
		text_or_null(r->external_id), text_or_null(r->external_part), text_or_null(r->url),
		r->progress >= 0 && r->progress <= 100 ? db_i64(r->progress)
						       : (struct arg){.type = ARG_NULL},
		text_or_null(r->prompt), text_or_null(r->text), db_u64(c->id),
		db_bytes(c->token, CLAIM_TOKEN_SIZE))));
	/* What was sent has come to nothing. What is dead keeps its ids, to be looked at. */
	if (f->step == STEP_BEGIN && f->was != STEP_BEGIN && !ended)
		TRY(db_exec(db, &of[FORGET], ARGS(db_u64(c->id))));
	if (f->step == STEP_POLL && !ended && !r->released)
		TRY(db_exec(db, &of[SUBMITTED], ARGS(db_i64(r->deadline_sec), db_u64(c->id))));
	return RC_OK;
}

/* The end of its try. */
static enum rc
write_try(struct db *db, const struct finishing *f, const struct claimant *who)
{
	const struct stage_result *r = f->r;
	const char *outcome = r->released		 ? "released"
			      : f->state == STAGE_DONE	 ? "done"
			      : f->state == STAGE_FAILED ? "failed"
			      : is_error(r)		 ? "again"
							 : "waits";
	const char *error =
	    is_error(r) || r->class == CLASS_WAIT ? (r->message != NULL ? r->message : "") : "";

	if (f->was != STEP_POLL)
		return stage_try_end(
		    db, r->claim->id, outcome, r->class, error, r->status, r->excerpt);
	if (!is_error(r))
		return RC_OK;
	return db_exec(db, &sql[TRY_DONE],
	    ARGS(db_u64(r->claim->id), db_u64(r->claim->id), db_text(who->host),
		db_u64(who->run_id), db_text(outcome), db_text(pipeline_class_names[r->class]),
		db_text(error), db_i64(r->status), db_text(r->excerpt != NULL ? r->excerpt : "")));
}

/* ---------------------------------------------------------------- what it has made */

static enum rc
write_assets(struct db *db, const struct stage_result *r)
{
	for (size_t i = 0; i < r->n_assets; i++) {
		const struct stage_asset *a = &r->assets[i];

		TRY(db_exec(db, &sql[ASSET],
		    ARGS(db_u64(r->claim->id), db_u64(i + 1), db_u64(i == 0), db_text(a->path),
			db_text(a->type), db_u64(a->size_bytes), db_u64(a->duration_ms),
			db_bytes(a->sha256, sizeof a->sha256), db_text(a->external_part))));
	}
	return RC_OK;
}

static enum rc
write_captions(struct db *db, const struct stage_result *r)
{
	enum { COLUMNS = 5 };
	size_t k;

	for (size_t i = 0; i < r->n_captions; i += k) {
		struct arg args[DB_CHUNK * COLUMNS];

		k = db_chunk(r->n_captions - i);
		for (size_t j = 0; j < k; j++) {
			const struct stage_caption *c = &r->captions[i + j];
			struct arg *a = &args[j * COLUMNS];

			a[0] = db_u64(r->claim->id);
			a[1] = db_u64(i + j + 1);
			a[2] = db_text(c->text);
			a[3] = db_u64(c->start_ms);
			a[4] = db_u64(c->end_ms > c->start_ms ? c->end_ms : c->start_ms);
		}
		TRY(db_run(db, NULL, &sql[CAPTION], k, args, k * COLUMNS, NULL));
	}
	return RC_OK;
}

/* What comes after a stage that is done. */
static enum rc
continue_pipeline(struct db *db, struct finishing *f)
{
	static const enum stage_cause causes[STAGES] = {
	    [STAGE_LYRIC] = CAUSE_LYRIC_COMPLETED, [STAGE_SONG] = CAUSE_SONG_COMPLETED};
	const struct stage_claim *c = f->r->claim;
	enum stage next = (enum stage)(c->stage + 1);
	struct stage_new new = {.pipeline = f->p.id, .user = f->p.user};
	struct rows rows;
	bool open;

	if (f->was_stale) { /* it is made of something that was replaced */
		new.stage = c->stage;
		new.cause = CAUSE_EDIT;
		TRY(db_query(db, f->pool, &rows, &of_stage[c->stage][NEWER],
		    ARGS(db_u64(f->p.id), db_u64(f->run))));
		open = db_row(&rows, 0)->number > 0;
	} else if (next == STAGES || !f->p.stages[next]) {
		stage_tell_completed(&f->events, &f->p);
		return RC_OK;
	} else {
		new.stage = next;
		new.cause = causes[c->stage];
		new.input = c->id;
		TRY(stage_is_open(db, f->pool, f->p.id, next, &open));
	}
	if (open || !f->p.auto_continue || f->p.cancelled)
		return RC_OK;
	f->r->next = true;
	return stage_add(db, f->pool, &new, NULL);
}

/* ---------------------------------------------------------------- the transaction */

static enum rc
tell(struct db *db, struct finishing *f)
{
	const struct stage_result *r = f->r;
	enum stage stage = r->claim->stage;

	if (f->state == STAGE_DONE && stage == STAGE_SONG)
		stage_tell_song(&f->events, &f->p, r->n_captions);
	else if (f->state == STAGE_DONE)
		stage_tell(&f->events, &f->p, stage, "completed");
	else if (f->state == STAGE_FAILED)
		stage_tell_failed(&f->events, &f->p, stage, r->class, message_of(r));
	else if (f->step == STEP_FETCH && f->was != STEP_FETCH)
		stage_tell(&f->events, &f->p, stage, "uploading");
	else if (stage == STAGE_VIDEO && f->step == STEP_POLL && f->was != STEP_POLL)
		stage_tell(&f->events, &f->p, stage, "rendering");
	if (f->state == STAGE_DONE)
		TRY(continue_pipeline(db, f));
	return RC_OK;
}

static enum rc
tell_administrator(struct db *db, struct finishing *f)
{
	const struct stage_result *r = f->r;
	const char *stage = stage_name(r->claim->stage);
	const char *class = pipeline_class_names[r->class];
	const char *subject;

	if (!r->alert)
		return RC_OK;
	if (r->failed)
		subject = pool_printf(f->pool, "dead.%s.%s", stage, class);
	else if (r->remote)
		subject = pool_printf(f->pool, "engine.%s.%s", r->claim->engine, class);
	else
		subject = pool_printf(f->pool, "%s.%s", class, stage);
	return alert_add(db, subject,
	    pool_printf(f->pool, "%s: %s of pipeline %" PRIu64 " (%s): %s", class, stage, f->p.id,
		r->claim->engine, message_of(r)));
}

/* The project that was made for the claim goes with its end: lock it. */
static enum rc
lock_narration(struct db *db, struct finishing *f)
{
	const struct stage_claim *c = f->r->claim;
	struct locked_user user;
	uint64_t sentences;
	enum rc rc;

	f->narration = (struct work_new){.kind = WORK_KIND_PROJECT_DELETE, .user = c->user};
	if (!c->own_project || f->r->released)
		return RC_OK;
	rc = user_lock_any(db, f->pool, c->user, &user);
	if (rc == RC_OK)
		rc = project_lock(db, f->pool, c->user, c->project, &sentences);
	if (rc == RC_OK) {
		f->narration.object = c->project;
		f->narration.total = sentences;
	}
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc
lock_row(struct db *db, struct finishing *f, bool *ours)
{
	const struct stage_claim *c = f->r->claim;
	const struct cell *row;
	struct rows rows;

	TRY(db_query(db, f->pool, &rows, &of_stage[c->stage][FIND], ARGS(db_u64(c->id))));
	*ours = rows.n > 0 && queue_claim_stands(&db_row(&rows, 0)[0], c->token);
	if (!*ours)
		return RC_OK;
	row = db_row(&rows, 0);
	f->tries = (unsigned)row[1].number;
	f->was_stale = row[2].number != 0;
	f->run = (unsigned)row[3].number;
	return stage_step_read(&row[4], &f->was);
}

static enum rc
finish_body(struct db *db, void *ctx)
{
	struct finishing *f = ctx;
	struct stage_result *r = f->r;
	const struct claimant who = {.host = db_conf(db)->scheduler.host};
	bool ours;
	enum rc rc;

	r->stale = true;
	r->done = r->failed = r->alert = r->next = false;
	f->events = (struct event_list){.pool = f->pool};
	TRY(lock_narration(db, f));
	rc = stage_lock_pipeline(db, f->pool, r->claim->pipeline, &f->p);
	if (rc != RC_OK)
		return rc == RC_NOT_FOUND ? RC_STALE : rc;
	TRY(note_engine(db, f));
	TRY(lock_row(db, f, &ours));
	if (!ours)
		return RC_STALE; /* whatever was changed before is taken back */
	r->stale = false;
	judge(f);
	TRY(write_row(db, f));
	TRY(write_try(db, f, &who));
	if (r->done) {
		TRY(write_assets(db, r));
		TRY(write_captions(db, r));
	}
	TRY(tell(db, f));
	TRY(tell_administrator(db, f));
	if (f->narration.object != 0 && (r->done || r->failed))
		TRY(project_mark_deleted(db, f->pool, &f->narration));
	return event_record(db, f->pool, f->events.v, f->events.n);
}

/* Unless the claim is ours still, the result was written: nobody else has it. */
static enum rc
finish_read_back(struct db *db, void *ctx)
{
	struct finishing *f = ctx;
	bool ours;

	TRY(lock_row(db, f, &ours));
	return ours ? RC_BUSY : RC_OK;
}

static enum rc
finish_once(struct db *db, struct stage_result *r)
{
	static const struct txn txn = {.body = finish_body,
	    .read_back = finish_read_back,
	    .before_commit = "store.stage.finish.before_commit",
	    .committed = "store.stage.finish.committed"};
	struct finishing f = {.pool = pool_new(), .r = r};
	enum rc rc = db_transact(db, &txn, &f);

	pool_free(f.pool);
	return rc == RC_STALE ? RC_OK : rc;
}

enum rc
stage_finish(struct db *db, struct stage_result *r)
{
	struct stage_result refused = {.claim = r->claim,
	    .class = CLASS_PERMANENT,
	    .step = r->claim->step,
	    .message = "the database does not take the result",
	    .progress = -1};
	enum rc rc = finish_once(db, r);

	if (!queue_refused(rc) || db_trouble(db) != TROUBLE_ROW)
		return rc;
	rc = finish_once(db, &refused);
	if (rc == RC_OK)
		*r = refused;
	return rc;
}
