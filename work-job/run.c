#include "run.h"

#include <inttypes.h>
#include <poll.h>
#include <string.h>

#include "../common/base/clock.h"
#include "../common/base/fault.h"
#include "../common/base/log.h"
#include "../common/media/media.h"
#include "../common/work/kick.h"
#include "../common/work/loop.h"
#include "../store/event.h"
#include "../store/pipeline.h"
#include "../store/work.h"
#include "count.h"
#include "step.h"
#include "trash.h"

#define FINISH_MAX 64 /* results in one transaction */
#define PRUNE_MS 1000 /* how long a run removes old events */
#define CARE_MS 2000  /* how often other things than claimed work are seen to */

/* A claim on its way. */
struct task {
	struct work_task base;
	struct work_claim claim;
	struct task *next;	   /* of those that have begun: whose turn is after this one's */
	struct work_result result; /* once it is done */
	bool lost;		   /* the claim is not ours any more: there is no result */
};

struct run {
	const struct run_env *env;
	struct claimant who;
	struct task *first, *last; /* those that have begun; the first has the next step */
	size_t running;
	bool trash; /* there may be something in it */
	int64_t until;
	struct task *done[FINISH_MAX];
	size_t done_n;
	unsigned long events_kicked;
};

static size_t
run_places(const struct run *run)
{
	return (size_t)run->env->conf->work.batch_size;
}

/* ---------------------------------------------------------------- claiming */

static enum rc
run_take_over(void *ctx)
{
	struct run *run = ctx;
	const struct run_env *env = run->env;
	uint64_t n = 0;
	enum rc rc = work_queue_take_back(env->db, env->conf, env->conf->scheduler.host, &n);

	if (rc != RC_OK)
		return rc;
	count_taken_back(n);
	(void)fault("work.taken_back");
	if (n > 0)
		log_warn("took back %" PRIu64 " pieces of work that were not finished", n);
	return RC_OK;
}

static enum rc
run_claim(void *ctx, struct work_loop *loop, bool early)
{
	struct run *run = ctx;
	size_t max = run_places(run) - run->running, n = 0;
	struct work_claim *v;
	struct work_batch *batch;
	struct pool *pool;
	enum rc rc;

	if (early || max == 0)
		return RC_OK;
	pool = pool_new();
	v = pool_array(pool, max, sizeof *v);
	rc = work_queue_claim(run->env->db, pool, &run->who, max, v, &n);
	if (rc != RC_OK || n == 0) {
		pool_free(pool);
		return rc;
	}
	(void)fault("work.claimed");
	batch = work_batch(loop, pool);
	for (size_t i = 0; i < n; i++) {
		struct task *task = pool_alloc(pool, sizeof *task);

		*task = (struct task){.claim = v[i]};
		work_add(loop, batch, &task->base);
	}
	count_claimed(n);
	return RC_OK;
}

/* ---------------------------------------------------------------- results */

static void
run_end_task(struct run *run, struct work_loop *loop, struct task *task, enum work_outcome outcome,
    const char *error_class, const char *error)
{
	task->result = (struct work_result){
	    .id = task->claim.id, .outcome = outcome, .error_class = error_class, .error = error};
	memcpy(task->result.token, task->claim.token, sizeof task->result.token);
	run->done[run->done_n++] = task;
	work_done(loop, &task->base, true);
	work_more(loop); /* there is room for another */
}

/* Take TASK out of those that have begun; it is the first of them. */
static void
run_pop(struct run *run)
{
	run->first = run->first->next;
	if (run->first == NULL)
		run->last = NULL;
	run->running--;
}

static void
run_push(struct run *run, struct task *task)
{
	task->next = NULL;
	if (run->last != NULL)
		run->last->next = task;
	else
		run->first = task;
	run->last = task;
	run->running++;
}

static enum rc
run_write(void *ctx)
{
	struct run *run = ctx;
	struct work_result v[FINISH_MAX];
	size_t n = 0;
	enum rc rc;

	for (size_t i = 0; i < run->done_n; i++)
		if (!run->done[i]->lost)
			v[n++] = run->done[i]->result;
	rc = n > 0 ? work_queue_finish(run->env->db, v, n) : RC_OK;
	for (size_t i = 0, j = 0; i < run->done_n; i++)
		if (!run->done[i]->lost)
			run->done[i]->result = v[j++];
	return rc;
}

static enum rc
run_finish(void *ctx, struct work_loop *loop)
{
	struct run *run = ctx;
	enum rc rc;

	(void)fault("work.finish");
	rc = work_insist(loop, run_write, run);
	(void)fault("work.finished");
	for (size_t i = 0; i < run->done_n && rc == RC_OK; i++)
		if (!run->done[i]->lost && !run->done[i]->result.unwritten)
			count_result(run->done[i]->claim.kind, &run->done[i]->result);
	run->done_n = 0;
	return rc;
}

static void
run_give_back(void *ctx, struct work_loop *loop, struct work_task *base)
{
	run_end_task(ctx, loop, (struct task *)base, WORK_OUTCOME_RELEASED, "", "");
}

/* ---------------------------------------------------------------- doing */

static enum work_begun
run_begin(void *ctx, struct work_loop *loop, struct work_task *base)
{
	struct run *run = ctx;
	struct task *task = (struct task *)base;
	enum rc rc = work_queue_begin(run->env->db, &run->who, &task->claim);

	switch (rc) {
	case RC_OK:
		run_push(run, task);
		return WORK_STARTED;
	case RC_STALE: /* cancelled, or taken by another host */
		work_drop(loop, base);
		return WORK_ENDED;
	default:
		work_fail(loop, rc);
		return WORK_NOT_NOW;
	}
}

static const char *
run_step_error(enum rc rc)
{
	return rc == RC_BUSY ? "the database was too busy" : "the database refused a step";
}

/* A step came to RC: what becomes of its task, which is the first of those that have begun? */
static void
run_stepped(struct run *run, struct work_loop *loop, enum rc rc, enum work_step step)
{
	struct task *task = run->first;

	run_pop(run);
	if (rc == RC_OK && step == WORK_STEP_MORE) {
		run_push(run, task);
	} else if (rc == RC_OK) {
		run_end_task(run, loop, task,
		    step == WORK_STEP_DONE ? WORK_OUTCOME_DONE : WORK_OUTCOME_WAITS, "", "");
	} else if (rc == RC_STALE || rc == RC_UNKNOWN) {
		/* Not known: the next claim of it sees whether the step was done. */
		task->lost = rc == RC_STALE;
		run_end_task(run, loop, task, WORK_OUTCOME_RELEASED, "", "");
	} else if (rc == RC_SCHEMA || db_ready(run->env->db) != RC_OK) {
		/* Nothing is wrong with this piece of work. */
		run_end_task(run, loop, task, WORK_OUTCOME_RELEASED, "", "");
		work_fail(loop, rc);
	} else {
		run_end_task(run, loop, task, WORK_OUTCOME_AGAIN,
		    rc == RC_BUSY ? "busy" : "database", run_step_error(rc));
	}
}

static void
run_step(struct run *run, struct work_loop *loop)
{
	struct work_claim *claim = &run->first->claim;
	enum work_step step = WORK_STEP_MORE;
	enum rc rc;

	(void)fault("work.step");
	rc = step_do(run->env->conf, run->env->db, claim, &step);
	kick_events(run->env->conf, db_events(run->env->db), &run->events_kicked);
	(void)fault("work.stepped");
	if (rc == RC_OK)
		count_step();
	run_stepped(run, loop, rc, step);
}

/* The time of the run is over: the rest is for the next one. */
static void
run_give_back_begun(struct run *run, struct work_loop *loop)
{
	run->trash = false;
	while (run->first != NULL) {
		struct task *task = run->first;

		run_pop(run);
		run_end_task(run, loop, task, WORK_OUTCOME_RELEASED, "", "");
	}
}

static void
run_empty_trash(struct run *run, struct work_loop *loop)
{
	struct trash_sum sum;

	work_fail(loop, trash_empty(run->env->conf, run->env->db, &sum));
	run->trash = sum.left;
	count_trash(&sum);
}

/* Nothing runs beside this process: to wait is to do the next step of what comes next. */
static void
run_wait(void *ctx, struct work_loop *loop, int timeout_ms, int wake)
{
	struct run *run = ctx;

	if (clock_ms() >= run->until) {
		run_give_back_begun(run, loop);
	} else if (run->first == NULL && !run->trash) {
		struct pollfd fd = {wake, POLLIN, 0};

		(void)poll(&fd, wake >= 0 ? 1 : 0, timeout_ms);
	}
	if (run->first != NULL)
		run_step(run, loop);
	if (run->trash && !*run->env->stop)
		run_empty_trash(run, loop);
}

static size_t
run_busy(const void *ctx)
{
	const struct run *run = ctx;

	return run->running + (run->trash ? 1 : 0);
}

static size_t
run_room(const void *ctx, bool urgent)
{
	const struct run *run = ctx;

	return run_places(run) - run->running;
}

/* ---------------------------------------------------------------- the rest of a run */

/* Now and then: the trash, and what other hosts claimed and did not finish in their time. */
static enum rc
run_care(void *ctx, struct work_loop *loop)
{
	struct run *run = ctx;
	uint64_t n = 0;
	/* No claim has this host: ours are alive. */
	enum rc rc = work_queue_take_back(run->env->db, run->env->conf, "", &n);

	if (n > 0)
		work_more(loop);
	count_taken_back(n);
	run->trash = run->env->media && rc == RC_OK;
	return rc;
}

static void
run_stop(void *ctx)
{
	struct run *run = ctx;

	while (run->first != NULL)
		run_pop(run); /* the loop gives them back */
	run->trash = false;
}

/* Remove events that are too old, for a moment: there may be many more for the runs to come. */
static enum rc
run_prune_events(const struct run *run)
{
	int64_t until = clock_ms() + PRUNE_MS;
	uint64_t n = 1;
	enum rc rc = RC_OK;

	while (rc == RC_OK && n > 0 && clock_ms() < until && !*run->env->stop) {
		rc = event_prune(run->env->db, run->env->conf->events.keep_days, &n);
		count_events_pruned(n);
	}
	return rc;
}

/* Delete drafts that nobody starts. Their tombstones keep nginx from serving the files until the
 * trash is emptied. */
static enum rc
run_forget_drafts(const struct run_env *env)
{
	struct pool *pool = pool_new();
	int days = env->conf->pipeline.draft_days;
	uint64_t *gone;
	size_t n = 0;
	enum rc rc = RC_OK;

	if (days > 0)
		rc = pipeline_forget_drafts(env->db, pool, days, &gone, &n);
	(void)fault("work.drafts");
	for (size_t i = 0; i < n; i++)
		(void)media_lay_pipeline_tombstone(env->conf, gone[i]);
	if (n > 0)
		log_notice("deleted %zu drafts of pipelines that nobody has started", n);
	pool_free(pool);
	return rc;
}

enum rc
run_work(const struct run_env *env)
{
	static const struct work_trade trade = {
	    .take_over = run_take_over,
	    .claim = run_claim,
	    .begin = run_begin,
	    .wait = run_wait,
	    .busy = run_busy,
	    .room = run_room,
	    .finish = run_finish,
	    .care = run_care,
	    .stop = run_stop,
	    .give_back = run_give_back,
	};
	struct run run = {
	    .env = env, .until = clock_ms() + env->conf->work.run_sec * INT64_C(1000)};
	const struct work_terms terms = {
	    .run_sec = env->conf->work.run_sec,
	    .ahead = 1,
	    .results_max = FINISH_MAX,
	    .care_ms = CARE_MS,
	    .kick_file = env->conf->work.kick_file,
	    .stop = env->stop,
	};
	uint64_t pruned = 0;
	enum rc rc;

	run.who = (struct claimant){.host = env->conf->scheduler.host,
	    .run_id = env->run_id,
	    .lease_sec = env->conf->work.lease_sec};
	rc = work_run(&trade, &run, &terms);
	if (rc == RC_OK && !*env->stop)
		rc = work_prune(env->db, env->conf->work.keep_days, &pruned);
	count_pruned(pruned);
	if (rc == RC_OK)
		rc = run_prune_events(&run);
	if (rc == RC_OK && !*env->stop)
		rc = run_forget_drafts(env);
	return rc;
}
