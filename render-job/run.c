#include "run.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../common/base/crypt.h"
#include "../common/base/fault.h"
#include "../common/base/log.h"
#include "../common/media/media.h"
#include "../common/work/kick.h"
#include "../common/say/say.h"
#include "../common/base/clock.h"
#include "outcome.h"
#include "stats.h"
#include "timing.h"
#include "trash.h"

#define FINISH_MAX 64	     /* results in one transaction */
#define FINISH_MS 250	     /* how long a result may wait for others to share it */
#define FINISH_AGAIN_MS 6000 /* the database is away: so long is it asked again */
#define WAIT_MS 500	     /* how long a signal may go unnoticed */
#define KICK_MS 50	     /* how long a kick may go unnoticed while something is being spoken */
#define CARE_MS 2000	     /* how often other things than sentences are seen to */
#define ASK_AGAIN_MS 1000    /* when the database is away */
#define LEFT_MAX 1024	     /* sentences that were being spoken when the last renderer died */

/* What was claimed in one transaction; it lives until the last of it is finished. */
struct batch {
	struct pool *pool;
	size_t open;
	int64_t claimed_at;
	uint8_t token[CLAIM_TOKEN_SIZE];
	struct task *tasks;
};

/* A claim on its way. */
struct task {
	struct batch *batch;
	const struct claim *claim;
	struct said said;	  /* once it was given to a child */
	struct utterance what;	  /* likewise */
	struct task *prev, *next; /* in the list of those whose result is not written */
	enum { WAITING, BEGUN, DONE } stage;
};

struct run {
	const struct run_env *env;
	struct run_sum *sum;
	struct claimant who;
	struct task all; /* head of the list, oldest first */
	size_t waiting;	 /* tasks that no child was given yet */
	struct result results[FINISH_MAX];
	struct finished {
		struct task *task;
		bool held; /* its place is released only when the result is safe */
		size_t place;
	} finished[FINISH_MAX];
	size_t results_n;
	int64_t oldest_result; /* when the first of them came */
	int64_t began, care_at;
	bool empty;		/* the last claim found nothing */
	struct timespec kicked; /* before that claim */
	int64_t ask_again;	/* the database was away: not before */
	bool leaving;
	enum rc rc; /* why to stop */
};

static bool
going(const struct run *run)
{
	return run->rc == RC_OK && !*run->env->stop;
}

static void
task_done(struct task *task)
{
	struct batch *batch = task->batch;
	task->prev->next = task->next;
	task->next->prev = task->prev;
	if (--batch->open == 0)
		pool_free(batch->pool);
}

/* ---------------------------------------------------------------- finishing */

/* Write the results; nothing is changed when the database is away, so then it is tried again. */
static enum rc
finish(struct run *run)
{
	struct timespec pause = {0, 100000000L};
	int64_t until = clock_ms() + FINISH_AGAIN_MS;
	enum rc rc = queue_finish(run->env->db, run->results, run->results_n);
	while (rc == RC_BUSY && going(run) && !run->leaving && clock_ms() < until) {
		nanosleep(&pause, NULL);
		pause.tv_sec = pause.tv_sec * 2 + pause.tv_nsec * 2 / 1000000000L;
		pause.tv_nsec = pause.tv_nsec * 2 % 1000000000L;
		rc = queue_finish(run->env->db, run->results, run->results_n);
	}
	return rc;
}

/* The files that came with the results are made durable under their names, or the sentences wait.
 */
static void
settle(struct run *run)
{
	bool lost[FINISH_MAX];
	enum rc rc = media_settle(lost);
	size_t nth = 0;
	for (size_t i = 0; i < run->results_n; i++) {
		const struct task *task = run->finished[i].task;
		if (run->results[i].outcome == OUTCOME_READY && (lost[nth++] || rc != RC_OK))
			run->results[i] = outcome_release(task->claim, task->batch->token);
	}
	if (run->rc == RC_OK)
		run->rc = rc;
}

static void
flush(struct run *run)
{
	if (run->results_n == 0)
		return;
	settle(run);
	(void)fault("render.finish");
	enum rc rc = finish(run);
	(void)fault("render.finished");
	for (size_t i = 0; i < run->results_n; i++) {
		const struct result *r = &run->results[i];
		const struct finished *f = &run->finished[i];
		if (rc == RC_OK && !r->unwritten) {
			stats_result(run->sum, r);
			if (r->stale)
				log_info("audio %" PRIu64
					 " stale: it was edited or deleted meanwhile",
				    r->id);
			if (r->unwanted && r->outcome == OUTCOME_READY)
				media_unlink(run->env->conf, r->path);
			if (r->outcome == OUTCOME_RELEASE ||
			    (r->outcome == OUTCOME_RETRY && r->delay_ms == 0))
				run->empty = false;
		}
		if (rc == RC_OK && f->held)
			workers_release(run->env->workers, f->place);
		task_done(f->task);
	}
	run->results_n = 0;
	if (rc != RC_OK && run->rc == RC_OK)
		run->rc = rc;
}

static void
add_result(struct run *run, struct task *task, const struct result *result, bool held, size_t place)
{
	if (run->results_n == FINISH_MAX)
		flush(run);
	if (run->results_n == 0)
		run->oldest_result = clock_ms();
	task->stage = DONE;
	run->finished[run->results_n] = (struct finished){task, held, place};
	run->results[run->results_n++] = *result;
}

/* A result goes in company if it need not wait for it; a crash goes at once, and comes again. */
static bool
due(const struct run *run)
{
	if (run->results_n == 0)
		return false;
	size_t busy = workers_busy(run->env->workers), held = 0;
	for (size_t i = 0; i < run->results_n; i++)
		held += run->finished[i].held;
	return held > 0 || busy == 0 || run->sum->ready == 0 || run->results_n == FINISH_MAX ||
	       clock_ms() - run->oldest_result >= FINISH_MS;
}

/* ---------------------------------------------------------------- publishing */

/* Store the file. False: the disk does not take it, and nobody is to blame. */
static bool
publish(struct run *run, const struct ending *e, struct pool *pool, struct result *result)
{
	char path[MEDIA_PATH_SIZE];
	const struct conf *conf = run->env->conf;
	media_path(conf, path, result->project, result->id, result->revision);
	crypt_sha256(result->sha256, e->mp3, e->mp3_len);
	run->rc = media_publish(conf, path, e->mp3, e->mp3_len);
	if (run->rc != RC_OK)
		return false;
	(void)fault("render.published");
	result->path = pool_strdup(pool, path);
	result->outcome = OUTCOME_READY;
	return true;
}

static void
received(struct run *run, const struct ending *e)
{
	struct task *task = e->owner;
	struct pool *pool = task->batch->pool;
	struct result result = outcome_release(task->claim, task->batch->token);
	(void)fault("render.parent.received");
	/* What is published is settled with its own result. */
	if (run->results_n == FINISH_MAX)
		flush(run);
	outcome_of(run->env->conf, pool, task->claim, e, &result);
	if (e->ended == ENDED_SPOKEN && run->rc == RC_OK && publish(run, e, pool, &result))
		result.words = timing_words(pool, task->claim->text, task->claim->text_len,
		    &task->said, e, (uint32_t)result.duration_ms, &result.words_n);
	outcome_tell(&result, e);
	stats_ending(e);
	/* Until the charge is in the database the table of what is being spoken stands for it. */
	bool held = e->ended == ENDED_CRASHED || e->ended == ENDED_LATE;
	if (!held)
		workers_release(run->env->workers, e->place);
	add_result(run, task, &result, held, e->place);
}

/* ---------------------------------------------------------------- claiming */

/*
 * Take note of what the database said. That it is away ends the run, but not while sentences are
 * with the children: it may be back when they are done.
 */
static void
asked(struct run *run, enum rc rc)
{
	if (rc == RC_BUSY && workers_busy(run->env->workers) + run->results_n > 0)
		run->ask_again = clock_ms() + ASK_AGAIN_MS;
	else
		run->rc = rc;
}

static bool
away(const struct run *run)
{
	return clock_ms() < run->ask_again;
}

static void
claim(struct run *run)
{
	struct pool *pool = pool_new();
	size_t max = (size_t)run->env->conf->scheduler.batch_size, n = 0;
	struct claim *v = pool_array(pool, max, sizeof(v[0]));
	struct timespec kicked = kick_time(run->env->conf->scheduler.kick_file);
	asked(run, queue_claim(run->env->db, pool, &run->who, max, v, &n));
	if (n == 0 || !going(run) || away(run)) {
		run->empty = run->rc == RC_OK && !away(run);
		run->kicked = kicked;
		pool_free(pool);
		return;
	}
	(void)fault("render.claimed");
	struct batch *batch = pool_alloc(pool, sizeof(*batch));
	*batch = (struct batch){.pool = pool, .open = n, .claimed_at = clock_ms()};
	memcpy(batch->token, run->who.token, sizeof(batch->token));
	batch->tasks = pool_array(pool, n, sizeof(batch->tasks[0]));
	for (size_t i = 0; i < n; i++) {
		struct task *task = &batch->tasks[i], *last = run->all.prev;
		*task =
		    (struct task){.batch = batch, .claim = &v[i], .prev = last, .next = &run->all};
		last->next = task;
		run->all.prev = task;
	}
	run->waiting += n;
	stats_claimed(run->sum, n);
}

/* Finish a task that no child was given. */
static void
finish_waiting(struct run *run, struct task *task, const char *error)
{
	struct result result = outcome_release(task->claim, task->batch->token);
	if (error != NULL) {
		outcome_fail(&result, error);
		stats_unspeakable();
	}
	run->waiting--;
	add_result(run, task, &result, false, 0);
}

/* Give TASK to a child. False when none takes it now. */
static bool
begin(struct run *run, struct task *task)
{
	const struct run_env *env = run->env;
	const struct claim *c = task->claim;
	if (clock_ms() - task->batch->claimed_at >
	    (run->who.lease_sec - env->conf->speech.timeout_sec) * 1000LL) {
		/* It might not be done when others may take it: rather they than both of us. */
		finish_waiting(run, task, NULL);
		return true;
	}
	const struct voice *voice = outcome_voice(env->conf, c);
	const char *error = outcome_unspeakable(c, voice);
	if (error != NULL) {
		finish_waiting(run, task, error);
		return true;
	}
	if (task->said.text == NULL) {
		task->said =
		    say_text(task->batch->pool, c->text, c->text_len, voice->language, c->lexicon);
		task->what = outcome_utterance(task->batch->pool, &task->said, voice, c->speed);
	}
	switch (workers_speak(env->workers, &task->what, c->id, task)) {
	case ACCEPTED:
		task->stage = BEGUN;
		run->waiting--;
		return true;
	case ACCEPTED_NO_VOICE:
		finish_waiting(run, task, "the voice is not installed");
		return true;
	case ACCEPTED_NOT_NOW:
		return false;
	case ACCEPTED_NEVER:
		run->rc = RC_FAIL;
		return false;
	}
	return false;
}

static void
feed(struct run *run)
{
	struct task *task = run->all.next;
	while (task != &run->all && run->waiting > 0 && workers_room(run->env->workers) > 0 &&
	       going(run)) {
		struct task *next = task->next;
		if (task->stage == WAITING && !begin(run, task))
			return;
		task = next;
	}
}

/* ---------------------------------------------------------------- the run */

static bool
kicked_since(const struct run *run)
{
	struct timespec now = kick_time(run->env->conf->scheduler.kick_file);
	return now.tv_sec != run->kicked.tv_sec || now.tv_nsec != run->kicked.tv_nsec;
}

static bool
time_left(const struct run *run)
{
	return clock_ms() - run->began < run->env->conf->scheduler.run_sec * 1000LL;
}

/* Now and then: the trash, and what other hosts claimed and did not finish in their time. */
static void
look_after(struct run *run)
{
	const struct run_env *env = run->env;
	uint64_t n = 0;
	run->care_at = clock_ms() + CARE_MS;
	/* No claim has this host: ours are alive. */
	asked(run, queue_take_back(env->db, env->conf, "", NULL, 0, &n));
	if (n > 0)
		run->empty = false;
	if (!going(run) || away(run))
		return;
	stats_taken_back(n);
	/* A file that stays keeps its entry, but no sentence from being spoken. */
	enum rc rc = trash_empty(env->conf, env->db);
	asked(run, rc == RC_NO_SPACE ? RC_OK : rc);
}

/* Claim as long as the children could go hungry. */
static void
provide(struct run *run)
{
	if (away(run))
		return;
	if (clock_ms() >= run->care_at)
		look_after(run);
	if (run->empty && kicked_since(run))
		run->empty = false;
	while (going(run) && !away(run) && !run->empty && time_left(run) &&
	       run->waiting < workers_places(run->env->conf))
		claim(run);
}

/* How long to wait for the children. */
static int
patience(const struct run *run)
{
	int ms = run->empty && time_left(run) ? KICK_MS : WAIT_MS;
	if (run->results_n > 0) {
		int64_t left = run->oldest_result + FINISH_MS - clock_ms();
		ms = left < ms ? (int)left : ms;
	}
	return ms < 0 ? 0 : ms;
}

static void
work(struct run *run)
{
	struct ending endings[FINISH_MAX];
	while (going(run)) {
		provide(run);
		feed(run);
		if (workers_busy(run->env->workers) == 0 && run->results_n == 0 &&
		    run->waiting == 0 && (run->empty || !time_left(run)))
			return;
		size_t n = workers_wait(run->env->workers, patience(run), endings, FINISH_MAX);
		for (size_t i = 0; i < n; i++)
			received(run, &endings[i]);
		if (due(run))
			flush(run);
	}
}

/* Note who was being spoken when the last renderer of this host died, and take everything back. */
static enum rc
take_over(const struct run *run)
{
	const struct run_env *env = run->env;
	uint64_t left[LEFT_MAX], n = 0;
	size_t left_n = speaking_left(env->speaking, left, LEFT_MAX);
	enum rc rc =
	    queue_take_back(env->db, env->conf, env->conf->scheduler.host, left, left_n, &n);
	if (rc != RC_OK)
		return rc;
	stats_taken_back(n);
	(void)fault("render.taken_back");
	speaking_begin(env->speaking);
	if (n > 0)
		log_warn("took back %" PRIu64
			 " sentences that a renderer claimed and did not finish, "
			 "%zu of them charged with its death",
		    n, left_n);
	return RC_OK;
}

/*
 * Leave in order: the results that are there are written, everything else is given back. The
 * children are killed first, and the table says no more that anybody is to blame for that.
 */
static void
leave(struct run *run)
{
	enum rc why = run->rc;
	speaking_void(run->env->speaking);
	workers_stop(run->env->workers);
	run->leaving = true;
	run->rc = RC_OK;
	for (size_t i = 0; i < run->results_n; i++)
		run->finished[i].held = false;
	(void)fault("render.release");
	if (why == RC_UNKNOWN) { /* it is mute: the next run takes everything back */
		run->rc = why;
		return;
	}
	for (struct task *task = run->all.next, *next; task != &run->all; task = next) {
		struct result result = outcome_release(task->claim, task->batch->token);
		next = task->next;
		if (task->stage != DONE)
			add_result(run, task, &result, false, 0);
	}
	flush(run);
	if (why != RC_OK)
		run->rc = why;
}

enum rc
run_queue(const struct run_env *env, struct run_sum *sum)
{
	struct run *run = calloc(1, sizeof(*run));
	if (run == NULL)
		return RC_FAIL;
	*sum = (struct run_sum){0};
	run->env = env;
	run->sum = sum;
	run->who = (struct claimant){
	    .host = env->conf->scheduler.host,
	    .run_id = env->run_id,
	    .lease_sec = env->conf->scheduler.lease_sec,
	};
	run->all.prev = run->all.next = &run->all;
	run->began = clock_ms();
	run->rc = take_over(run);
	if (run->rc == RC_OK)
		work(run);
	leave(run);
	enum rc rc = run->rc;
	free(run);
	return rc;
}
