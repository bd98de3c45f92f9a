#include "run.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../common/base/crypt.h"
#include "../common/base/fault.h"
#include "../common/base/log.h"
#include "../common/media/media.h"
#include "../common/work/kick.h"
#include "../common/work/loop.h"
#include "outcome.h"
#include "stats.h"
#include "timing.h"

#define FINISH_MAX 64	     /* results in one transaction */
#define FINISH_MS 250	     /* how long a result may wait for others to share it */
#define CARE_MS 2000	     /* how often other things than sentences are seen to */
#define CLAIM_SOUND_MS 60000 /* of estimated sound in one claim, for each worker */
#define LEFT_MAX 1024	     /* sentences that were being spoken when the last renderer died */

/* What all sentences of one claim have in common. */
struct render_batch {
	struct work_batch *work;
	uint8_t token[CLAIM_TOKEN_SIZE];
};

/* A sentence on its way. */
struct render_task {
	struct work_task work; /* first */
	const struct render_batch *batch;
	const struct claim *claim;
	struct said said;      /* set once it was given to a child */
	struct utterance what; /* likewise */
	size_t file;	       /* in run.files, of a result that is READY */
};

struct run {
	const struct run_env *env;
	struct run_sum *sum;
	struct claimant who;
	struct media_batch *files; /* of the results below */
	struct result results[FINISH_MAX];
	struct finished {
		const struct render_task *task;
		bool held; /* its slot is released only when the result is in the database */
		size_t slot;
	} finished[FINISH_MAX];
	size_t results_n;
	unsigned long events_kicked, woken;
};

static void
run_kick_events(struct run *run)
{
	kick_events(run->env->conf, db_events(run->env->db), &run->events_kicked);
	if (db_woken(run->env->db) != run->woken)
		kick_pipeline(run->env->conf);
	run->woken = db_woken(run->env->db);
}

/* ---------------------------------------------------------------- finishing */

/* Nothing is changed when the database is away, so the call can be repeated. */
static enum rc
run_finish_results(void *ctx)
{
	struct run *run = ctx;
	return queue_finish(run->env->db, run->results, run->results_n);
}

/* Make the files of the results durable under their names; where that fails the sentence waits. */
static enum rc
run_settle_files(struct run *run)
{
	enum rc rc = media_settle(run->files);
	for (size_t i = 0; i < run->results_n; i++) {
		const struct render_task *task = run->finished[i].task;
		if (run->results[i].outcome == OUTCOME_READY &&
		    !media_published(run->files, task->file))
			run->results[i] = outcome_release(task->claim, task->batch->token);
	}
	return rc;
}

/* The result is in the database. */
static void
run_result_written(struct run *run, struct work_loop *loop, const struct result *r)
{
	stats_result(run->sum, r);
	if (r->stale)
		log_info("audio %" PRIu64 " stale: it was edited or deleted meanwhile", r->id);
	if (r->unwanted && r->outcome == OUTCOME_READY)
		media_unlink(run->env->conf, r->path);
	if (r->outcome == OUTCOME_RELEASE || (r->outcome == OUTCOME_RETRY && r->delay_ms == 0))
		work_more(loop);
}

static enum rc
run_finish(void *ctx, struct work_loop *loop)
{
	struct run *run = ctx;
	work_fail(loop, run_settle_files(run));
	(void)fault("render.finish");
	enum rc rc = work_insist(loop, run_finish_results, run);
	run_kick_events(run);
	(void)fault("render.finished");
	for (size_t i = 0; rc == RC_OK && i < run->results_n; i++) {
		if (!run->results[i].unwritten)
			run_result_written(run, loop, &run->results[i]);
		if (run->finished[i].held)
			workers_release(run->env->workers, run->finished[i].slot);
	}
	run->results_n = 0;
	return rc;
}

static void
run_add_result(struct run *run, struct work_loop *loop, struct render_task *task,
    const struct result *result, bool held, size_t slot)
{
	run->finished[run->results_n] = (struct finished){task, held, slot};
	run->results[run->results_n++] = *result;
	work_done(loop, &task->work, held);
}

/* ---------------------------------------------------------------- publishing */

/* Store the file. RC_NO_SPACE: the disk does not take it, and no sentence is to blame. */
static enum rc
run_publish(const struct run *run, const struct ending *e, struct pool *pool, struct result *result,
    size_t *file)
{
	char path[MEDIA_PATH_SIZE];
	const struct conf *conf = run->env->conf;
	media_path(conf, path, result->project, result->id, result->revision);
	crypt_sha256(result->sha256, e->mp3, e->mp3_len);
	enum rc rc = media_publish(run->files, path, e->mp3, e->mp3_len, file);
	if (rc != RC_OK)
		return rc;
	(void)fault("render.published");
	result->path = pool_strdup(pool, path);
	result->outcome = OUTCOME_READY;
	return RC_OK;
}

/* A child has ended. DISK is what publishing the files before it came to. */
static enum rc
run_received(struct run *run, struct work_loop *loop, const struct ending *e, enum rc disk)
{
	struct render_task *task = e->owner;
	struct pool *pool = task->batch->work->pool;
	struct result result = outcome_release(task->claim, task->batch->token);
	(void)fault("render.parent.received");
	outcome_of(run->env->conf, pool, task->claim, e, &result);
	if (e->ended == ENDED_SPOKEN && disk == RC_OK) {
		disk = run_publish(run, e, pool, &result, &task->file);
		if (disk == RC_OK)
			result.words = timing_words(pool, task->claim->text, task->claim->text_len,
			    &task->said, e, (uint32_t)result.duration_ms, &result.words_n);
	}
	outcome_tell(&result, e);
	stats_ending(e);
	/* Until the charge is in the database, the table of what is being spoken notes it. */
	bool held = e->ended == ENDED_CRASHED || e->ended == ENDED_LATE;
	if (!held)
		workers_release(run->env->workers, e->slot);
	run_add_result(run, loop, task, &result, held, e->slot);
	return disk;
}

static void
run_wait(void *ctx, struct work_loop *loop, int timeout_ms, int wake)
{
	struct run *run = ctx;
	struct ending endings[FINISH_MAX];
	enum rc disk = RC_OK;
	size_t n = workers_wait(run->env->workers, timeout_ms, wake, endings, FINISH_MAX);
	for (size_t i = 0; i < n; i++)
		disk = run_received(run, loop, &endings[i], disk);
	work_fail(loop, disk);
}

/* ---------------------------------------------------------------- claiming */

static enum rc
run_claim(void *ctx, struct work_loop *loop, bool early)
{
	struct run *run = ctx;
	struct pool *pool = pool_new();
	size_t max = (size_t)run->env->conf->scheduler.batch_size, n = 0;
	struct claim *v = pool_array(pool, max, sizeof v[0]);
	run->who.early = early;
	enum rc rc = queue_claim(run->env->db, pool, &run->who, max, v, &n);
	if (n == 0) {
		pool_free(pool);
		if (run->who.more)
			work_more(loop);
		return rc;
	}
	(void)fault("render.claimed");
	struct render_batch *batch = pool_alloc(pool, sizeof *batch);
	struct render_task *tasks = pool_array(pool, n, sizeof tasks[0]);
	batch->work = work_batch(loop, pool);
	memcpy(batch->token, run->who.token, sizeof batch->token);
	for (size_t i = 0; i < n; i++) {
		/* One that has had its turn does not overtake anybody. */
		tasks[i].work.urgent = !v[i].had_turn;
		tasks[i].work.turn = v[i].turn;
		tasks[i].batch = batch;
		tasks[i].claim = &v[i];
		work_add(loop, batch->work, &tasks[i].work);
	}
	stats_claimed(run->sum, n);
	return rc;
}

/* Let go of the sentences that were edited or deleted since they were claimed. */
static enum rc
run_recheck(void *ctx, struct work_loop *loop)
{
	struct run *run = ctx;
	struct pool *pool = pool_new();
	struct render_task *task = (struct render_task *)work_next_waiting(loop, NULL);
	enum rc rc = RC_OK;
	while (task != NULL && rc == RC_OK) {
		const struct render_batch *batch = task->batch;
		struct render_task *next = task;
		uint64_t ids[FINISH_MAX];
		bool ours[FINISH_MAX];
		size_t n = 0;
		while (next != NULL && next->batch == batch && n < FINISH_MAX) {
			ids[n++] = next->claim->id;
			next = (struct render_task *)work_next_waiting(loop, &next->work);
		}
		rc = queue_still_claimed(run->env->db, pool, batch->token, ids, n, ours);
		for (size_t i = 0; rc == RC_OK && i < n; i++) {
			struct work_task *this = &task->work;
			task = (struct render_task *)work_next_waiting(loop, this);
			if (!ours[i])
				work_drop(loop, this);
		}
		task = next;
	}
	pool_free(pool);
	return rc;
}

/* Finish a task that no child was given. */
static enum work_begun
run_end_unspoken(
    struct run *run, struct work_loop *loop, struct render_task *task, const char *error)
{
	struct result result = outcome_release(task->claim, task->batch->token);
	if (error != NULL) {
		outcome_fail(&result, error);
		stats_unspeakable();
	}
	run_add_result(run, loop, task, &result, false, 0);
	return WORK_ENDED;
}

static enum work_begun
run_begin(void *ctx, struct work_loop *loop, struct work_task *work)
{
	struct run *run = ctx;
	struct render_task *task = (struct render_task *)work;
	const struct conf *conf = run->env->conf;
	const struct claim *c = task->claim;
	/* It might not be done when others may take it: then others do it, not both of us. */
	if (work_age_ms(loop, work) > (run->who.lease_sec - conf->speech.timeout_sec) * 1000LL)
		return run_end_unspoken(run, loop, task, NULL);
	const struct voice *voice = outcome_voice(conf, c);
	const char *error = outcome_unspeakable(c, voice);
	if (error != NULL)
		return run_end_unspoken(run, loop, task, error);
	if (task->said.text == NULL) {
		struct pool *pool = task->batch->work->pool;
		task->said = outcome_said(conf, pool, c, voice);
		task->what = outcome_utterance(pool, &task->said, voice, c->speed);
	}
	switch (workers_speak(run->env->workers, &task->what, work->urgent, c->id, task)) {
	case ACCEPTED:
		return WORK_STARTED;
	case ACCEPTED_NO_VOICE:
		return run_end_unspoken(run, loop, task, "the voice is not installed");
	case ACCEPTED_NOT_NOW:
		return WORK_NOT_NOW;
	case ACCEPTED_NEVER:
		break;
	}
	return WORK_NEVER;
}

static size_t
run_busy(const void *ctx)
{
	return workers_busy(((const struct run *)ctx)->env->workers);
}

static size_t
run_room(const void *ctx, bool urgent)
{
	return workers_room(((const struct run *)ctx)->env->workers, urgent);
}

/* ---------------------------------------------------------------- the rest of a run */

/* Now and then: take back what other hosts claimed and did not finish in their time. */
static enum rc
run_care(void *ctx, struct work_loop *loop)
{
	struct run *run = ctx;
	const struct run_env *env = run->env;
	uint64_t n = 0;
	/* No claim has this host: ours are alive. */
	enum rc rc = queue_take_back(env->db, env->conf, "", NULL, 0, &n);
	run_kick_events(run);
	if (n > 0)
		work_more(loop);
	stats_taken_back(n);
	return rc;
}

/* Note who was being spoken when the last renderer of this host died, and take everything back. */
static enum rc
run_take_over(void *ctx)
{
	struct run *run = ctx;
	const struct run_env *env = run->env;
	uint64_t left[LEFT_MAX], n = 0;
	size_t left_n = speaking_left(env->speaking, left, LEFT_MAX);
	enum rc rc =
	    queue_take_back(env->db, env->conf, env->conf->scheduler.host, left, left_n, &n);
	run_kick_events(run);
	if (rc != RC_OK)
		return rc;
	stats_taken_back(n);
	media_remove_leftovers(env->conf, env->run_id, stats_publishing());
	(void)fault("render.taken_back");
	speaking_begin(env->speaking);
	if (n > 0)
		log_warn("took back %" PRIu64
			 " sentences that a renderer claimed and did not finish, "
			 "%zu of them charged with its death",
		    n, left_n);
	return RC_OK;
}

/* Kill the children; the table no longer says that a sentence is to blame for that. */
static void
run_stop(void *ctx)
{
	struct run *run = ctx;
	speaking_void(run->env->speaking);
	workers_stop(run->env->workers);
	for (size_t i = 0; i < run->results_n; i++)
		run->finished[i].held = false;
	(void)fault("render.release");
}

static void
run_give_back(void *ctx, struct work_loop *loop, struct work_task *task)
{
	run_end_unspoken(ctx, loop, (struct render_task *)task, NULL);
}

enum rc
run_queue(const struct run_env *env, struct run_sum *sum)
{
	static const struct work_trade trade = {
	    .take_over = run_take_over,
	    .claim = run_claim,
	    .recheck = run_recheck,
	    .begin = run_begin,
	    .wait = run_wait,
	    .busy = run_busy,
	    .room = run_room,
	    .finish = run_finish,
	    .care = run_care,
	    .stop = run_stop,
	    .give_back = run_give_back,
	};
	const struct work_terms terms = {
	    .run_sec = env->conf->scheduler.run_sec,
	    .ahead = workers_slots(env->conf),
	    .results_max = FINISH_MAX,
	    .finish_ms = FINISH_MS,
	    .care_ms = CARE_MS,
	    .kick_file = env->conf->scheduler.kick_file,
	    .stop = env->stop,
	};
	struct run *run = calloc(1, sizeof *run);
	if (run == NULL)
		return RC_FAIL;
	*sum = (struct run_sum){0};
	run->env = env;
	run->sum = sum;
	run->who = (struct claimant){
	    .host = env->conf->scheduler.host,
	    .run_id = env->run_id,
	    .lease_sec = env->conf->scheduler.lease_sec,
	    .sound_ms_max = CLAIM_SOUND_MS * (uint64_t)env->conf->scheduler.workers,
	};
	run->files = media_batch_new(env->conf, env->run_id, stats_publishing());
	enum rc rc = run->files != NULL ? work_run(&trade, run, &terms) : RC_FAIL;
	media_batch_free(run->files);
	free(run);
	return rc;
}
