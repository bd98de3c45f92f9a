#include "run.h"

#include <inttypes.h>
#include <poll.h>
#include <string.h>

#include "../common/base/clock.h"
#include "../common/base/fault.h"
#include "../common/base/log.h"
#include "../common/work/kick.h"
#include "count.h"
#include "task.h"

#define CARE_MS 2000	/* how often leases are renewed, and others' claims looked at */
#define EXPIRE_MS 30000 /* how often pipelines are, that nobody works on */
#define SOON_MS 10000	/* the run waits for what is due within this time */
#define STAY_MS 200	/* after a result: most often, more follows, and to start costs more */
#define KICKED_MS 1000	/* after a kick, likewise: it is for all stages */
#define PAID_MS 6000	/* after a signal, how long the answer to what is paid for is waited for */

struct run {
	const struct run_env *env;
	struct step_env step;
	struct task *begun[STAGE_CLAIMS_MAX]; /* those with a child */
	size_t n;
	struct task *done[STAGE_CLAIMS_MAX]; /* those with a result */
	size_t done_n;
	unsigned long events_kicked;
	int64_t due, linger, until, expire_at;
};

/* ---------------------------------------------------------------- claiming */

static enum rc
run_take_over(void *ctx)
{
	struct run *run = ctx;
	const struct run_env *env = run->env;
	uint64_t n = 0;
	enum rc rc = stage_take_back(env->db, env->stage, env->conf, env->conf->scheduler.host, &n);

	if (rc != RC_OK)
		return rc;
	count_taken_back(n);
	(void)fault("pipeline.taken_back");
	if (n > 0)
		log_warn(
		    "took back %" PRIu64 " %ss that were not finished", n, stage_name(env->stage));
	return RC_OK;
}

/* Stay until MS from now, at least. */
static void
run_stay(struct run *run, int64_t ms)
{
	if (run->linger < clock_ms() + ms)
		run->linger = clock_ms() + ms;
}

/* Somebody has made a stage due a moment ago: the next one is likely to be this. */
static void
run_stay_after_kick(struct run *run)
{
	struct timespec kicked = kick_time(run->env->conf->pipeline.kick_file), now;
	int64_t ago;

	clock_gettime(CLOCK_REALTIME, &now);
	ago =
	    (now.tv_sec - kicked.tv_sec) * INT64_C(1000) + (now.tv_nsec - kicked.tv_nsec) / 1000000;
	if (ago >= 0 && ago < KICKED_MS)
		run_stay(run, KICKED_MS - ago);
}

/* Nothing can be claimed now, but something will be due in MS. */
static void
run_look_ahead(struct run *run, uint64_t ms)
{
	run_stay_after_kick(run);
	if (ms > SOON_MS)
		return;
	run->due = clock_ms() + (int64_t)ms + 1;
	if (run->linger < run->due + 100)
		run->linger = run->due + 100;
}

static enum rc
run_claim(void *ctx, struct work_loop *loop, bool early)
{
	struct run *run = ctx;
	size_t max = STAGE_CLAIMS_MAX - run->n - run->done_n, n = 0;
	struct stage_claim v[STAGE_CLAIMS_MAX];
	struct work_batch *batch;
	struct pool *pool;
	uint64_t ms;
	bool due;
	enum rc rc;

	if (early || max == 0)
		return RC_OK;
	rc = stage_due(run->env->db, run->env->stage, &due, &ms);
	if (rc != RC_OK)
		return rc;
	pool = pool_new();
	if (due)
		rc = stage_claim(run->env->db, pool, &run->step.worker, max, v, &n);
	if (rc != RC_OK || n == 0) {
		pool_free(pool);
		if (rc == RC_OK)
			run_look_ahead(run, ms);
		return rc;
	}
	(void)fault("pipeline.claimed");
	batch = work_batch(loop, pool);
	for (size_t i = 0; i < n; i++) {
		struct task *task = pool_alloc(pool, sizeof *task);

		task->claim = v[i];
		task->pool = pool;
		work_add(loop, batch, &task->base);
	}
	count_claimed(n);
	return RC_OK;
}

/* ---------------------------------------------------------------- results */

static void
run_report(struct run *run, const struct task *task)
{
	const struct stage_result *r = &task->result;
	const char *name = stage_name(task->claim.stage);

	count_result(r);
	if (r->stale) {
		task_forget_files(&run->step, task);
		return;
	}
	if (r->failed)
		log_notice("%s %" PRIu64 " of pipeline %" PRIu64 " failed: %s", name,
		    task->claim.id, task->claim.pipeline, pipeline_class_name(r->class));
	else if (r->done)
		log_info("%s %" PRIu64 " of pipeline %" PRIu64 " is done", name, task->claim.id,
		    task->claim.pipeline);
	if (r->alert)
		log_warn("%s by %s: %s", name, task->claim.engine, pipeline_class_name(r->class));
	if (r->next)
		kick_pipeline(run->env->conf);
}

struct writing {
	struct run *run;
	struct task *task;
};

static enum rc
run_write(void *ctx)
{
	const struct writing *w = ctx;

	return stage_finish(w->run->env->db, &w->task->result);
}

/* Each is a transaction of its own: they are few, and what follows from each is its own. */
static enum rc
run_finish(void *ctx, struct work_loop *loop)
{
	struct run *run = ctx;
	enum rc rc = RC_OK;

	for (size_t i = 0; i < run->done_n && rc == RC_OK; i++) {
		struct writing w = {run, run->done[i]};

		if (w.task->state != TASK_DONE)
			continue;
		(void)fault("pipeline.finish");
		rc = work_insist(loop, run_write, &w);
		(void)fault("pipeline.finished");
		if (rc == RC_OK)
			run_report(run, w.task);
	}
	run->done_n = 0;
	run_stay(run, STAY_MS);
	kick_events(run->env->conf, db_events(run->env->db), &run->events_kicked);
	work_more(loop); /* there is room for another */
	return rc;
}

/* TASK has a result, or there is none to be written. */
static void
run_end_task(struct run *run, struct work_loop *loop, struct task *task)
{
	task_clear(task);
	run->done[run->done_n++] = task;
	work_done(loop, &task->base, true);
}

static void
run_give_back(void *ctx, struct work_loop *loop, struct work_task *base)
{
	struct task *task = (struct task *)base;

	if (task->state == TASK_CLAIMED || task->state == TASK_CHILD)
		task_release(task);
	run_end_task(ctx, loop, task);
}

/* ---------------------------------------------------------------- doing */

/* What became of a task after a step came to RC? False: nothing is to be done now. */
static bool
run_stepped(struct run *run, struct work_loop *loop, struct task *task, enum rc rc)
{
	if (rc == RC_OK && task->state == TASK_CHILD)
		return false;
	if (rc == RC_STALE) {
		task->state = TASK_LOST;
	} else if (rc != RC_OK) {
		task_release(task);
		work_fail(loop, rc);
	}
	run_end_task(run, loop, task);
	if (run->step.no_space != RC_OK)
		work_fail(loop, run->step.no_space);
	return true;
}

static enum work_begun
run_begin(void *ctx, struct work_loop *loop, struct work_task *base)
{
	struct run *run = ctx;
	struct task *task = (struct task *)base;
	enum rc rc = task_begin(&run->step, task);

	if (run_stepped(run, loop, task, rc))
		return WORK_ENDED;
	run->begun[run->n++] = task;
	return WORK_STARTED;
}

/* Go on with task I, whose child has ended. */
static void
run_ended(struct run *run, struct work_loop *loop, size_t i)
{
	struct task *task = run->begun[i];
	enum rc rc;

	task->state = TASK_CLAIMED;
	rc = task_end(&run->step, task);
	if (rc == RC_OK && task->state == TASK_CHILD)
		return;
	run->begun[i] = run->begun[--run->n];
	(void)run_stepped(run, loop, task, rc);
}

/* Wait until UNTIL for a child to end, or for WAKE. */
static void
run_poll(struct run *run, int64_t until, int wake)
{
	struct pollfd fds[STAGE_CLAIMS_MAX + 1];
	int64_t now = clock_ms();
	nfds_t n = 0;

	for (size_t i = 0; i < run->n; i++) {
		fds[n++] = (struct pollfd){child_fd(run->begun[i]->child), POLLIN, 0};
		if (child_until(run->begun[i]->child) < until)
			until = child_until(run->begun[i]->child);
	}
	if (wake >= 0)
		fds[n++] = (struct pollfd){wake, POLLIN, 0};
	(void)poll(fds, n, until > now ? (int)(until - now) : 0);
}

static void
run_wait(void *ctx, struct work_loop *loop, int timeout_ms, int wake)
{
	struct run *run = ctx;
	int64_t now = clock_ms(), until = now + timeout_ms;

	if (run->due > now && run->due < until)
		until = run->due;
	if (run->n == 0 && run->linger > now && run->linger < until)
		until = run->linger;
	run_poll(run, until, wake);
	for (size_t i = run->n; i > 0; i--)
		if (child_done(run->begun[i - 1]->child))
			run_ended(run, loop, i - 1);
	if (run->due != 0 && clock_ms() >= run->due) {
		run->due = 0;
		work_more(loop);
	}
}

static size_t
run_busy(const void *ctx)
{
	const struct run *run = ctx;
	int64_t now = clock_ms();

	return run->n + (now < run->linger && now < run->until ? 1 : 0);
}

static size_t
run_room(const void *ctx, bool urgent)
{
	const struct run *run = ctx;

	return STAGE_CLAIMS_MAX - run->n - run->done_n;
}

/* ---------------------------------------------------------------- the rest of a run */

/* Renew what is in hand. What is no longer ours is ended: it was cancelled. */
static enum rc
run_renew(struct run *run, struct work_loop *loop)
{
	const struct stage_claim *claims[STAGE_CLAIMS_MAX];
	bool held[STAGE_CLAIMS_MAX];
	enum rc rc;

	if (run->n == 0)
		return RC_OK;
	for (size_t i = 0; i < run->n; i++)
		claims[i] = &run->begun[i]->claim;
	rc = stage_renew(run->env->db, &run->step.worker, claims, run->n, held);
	for (size_t i = run->n; i > 0 && rc == RC_OK; i--) {
		struct task *task = run->begun[i - 1];

		if (held[i - 1])
			continue;
		task->state = TASK_LOST;
		run->begun[i - 1] = run->begun[--run->n];
		run_end_task(run, loop, task);
	}
	return rc;
}

static enum rc
run_care(void *ctx, struct work_loop *loop)
{
	struct run *run = ctx;
	const struct run_env *env = run->env;
	uint64_t n = 0;
	enum rc rc = run_renew(run, loop);

	/* No claim has this host: ours are alive. */
	if (rc == RC_OK)
		rc = stage_take_back(env->db, env->stage, env->conf, "", &n);
	count_taken_back(n);
	if (n > 0)
		work_more(loop);
	n = 0;
	if (rc == RC_OK && clock_ms() >= run->expire_at) {
		rc = stage_expire(env->db, env->stage, &n);
		run->expire_at = clock_ms() + EXPIRE_MS;
	}
	count_expired(n);
	return rc;
}

/* Children are ended, but the answer to what was paid for is waited for. */
static void
run_stop(void *ctx)
{
	struct run *run = ctx;
	int64_t until = clock_ms() + PAID_MS;

	run->linger = 0;
	for (size_t i = run->n; i > 0; i--)
		if (!task_is_paid(run->begun[i - 1])) {
			task_clear(run->begun[i - 1]);
			run->begun[i - 1] = run->begun[--run->n];
		}
	while (run->n > 0 && clock_ms() < until) {
		run_poll(run, until, -1);
		for (size_t i = run->n; i > 0; i--) {
			struct task *task = run->begun[i - 1];

			if (!child_done(task->child))
				continue;
			task->state = TASK_CLAIMED;
			if (task_end(&run->step, task) != RC_OK)
				task->state = TASK_CLAIMED;
			run->begun[i - 1] = run->begun[--run->n];
		}
	}
	run->n = 0; /* the loop gives them back */
}

/* The engines of the stage, with the limits of the configuration. */
static void
run_engines(const struct conf *conf, struct stage_worker *worker)
{
	const struct conf_stage *stage = &conf->pipeline.stage[worker->stage];

	for (size_t i = 0; i < engines_n && worker->n < STAGE_ENGINES_MAX; i++)
		if (engines[i]->stage == worker->stage)
			worker->engines[worker->n++] =
			    (struct stage_engine){.name = engines[i]->name,
				.concurrency = stage->concurrency,
				.calls_per_min = engines[i]->remote ? stage->calls_per_min : 0,
				.deadline_sec = stage->deadline_sec};
	worker->chosen = stage->engine;
	worker->given = worker->stage == STAGE_LYRIC  ? lyric_given.name
			: worker->stage == STAGE_SONG ? "speech"
						      : "";
}

static enum rc
run_loop(struct run *run)
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
	const struct conf *conf = run->env->conf;
	const struct work_terms terms = {
	    .run_sec = conf->pipeline.run_sec,
	    .ahead = 1,
	    .results_max = STAGE_CLAIMS_MAX,
	    .care_ms = CARE_MS,
	    .kick_file = conf->pipeline.kick_file,
	    .stop = run->env->stop,
	};

	return work_run(&trade, run, &terms);
}

enum rc
run_pipeline(const struct run_env *env)
{
	const struct conf *conf = env->conf;
	struct run run = {.env = env,
	    .step = {.conf = conf, .db = env->db, .who = stage_name(env->stage)},
	    .until = clock_ms() + conf->pipeline.run_sec * INT64_C(1000)};
	struct stage_worker *worker = &run.step.worker;
	uint64_t pruned = 0;
	enum rc rc = RC_OK;

	worker->stage = env->stage;
	worker->who = (struct claimant){.host = conf->scheduler.host,
	    .run_id = env->run_id,
	    .lease_sec = conf->pipeline.lease_sec};
	run_engines(conf, worker);
	if (env->stage != STAGE_LYRIC)
		rc = media_work_begin(conf, run.step.who);
	if (rc == RC_OK)
		rc = run_loop(&run);
	if (rc == RC_OK && !*env->stop)
		rc = stage_prune(env->db, env->stage, conf->pipeline.keep_days, &pruned);
	count_pruned(pruned);
	return rc;
}
