#include "loop.h"

#include <time.h>
#include <unistd.h>

#include "../base/clock.h"
#include "kick.h"

#define WAIT_MS 500	  /* how long a signal may go unnoticed */
#define KICK_MS 50	  /* how long a kick may, where the file cannot be watched */
#define OVERTAKE_MS 200	  /* how often a queue is asked for earlier turns without a kick */
#define KICKS_MS 10	  /* the shortest time between two questions because of a kick */
#define ASK_AGAIN_MS 1000 /* when the database is away */
#define INSIST_MS 6000

struct work_loop {
	const struct work_trade *trade;
	void *ctx;
	const struct work_terms *terms;
	struct work_task open;	   /* head of the list of those that are not done, in turn */
	struct work_task finished; /* head of the list of those that wait for finish */
	size_t waiting, results;
	bool hurry; /* one of the results does not wait */
	bool finished_once;
	int64_t oldest_result; /* when the first of the results came */
	uint64_t turn;	       /* the latest that was claimed so far */
	uint64_t turn_before;  /* and before the present claim */
	bool early;	       /* the present claim is of early turns alone */
	int64_t started, care_at, ask_again, overtake_at;
	bool empty;		/* the last claim found nothing */
	struct timespec kicked; /* the kick file's time before the last claim */
	int watch;		/* of the kick file; -1 where it cannot be watched */
	bool leaving;
	enum rc rc; /* why to stop */
};

static int64_t
loop_clock(void)
{
	return clock_ms();
}

static int64_t
loop_now(const struct work_loop *loop)
{
	return loop->terms->now();
}

static bool
loop_going(const struct work_loop *loop)
{
	return loop->rc == RC_OK && !*loop->terms->stop;
}

static bool
loop_time_left(const struct work_loop *loop)
{
	return loop_now(loop) - loop->started < loop->terms->run_sec * INT64_C(1000);
}

/*
 * The time of the run is over, but a task that began within it is not: until it ends, which may
 * take long, only urgent tasks are claimed and begun.
 */
static bool
loop_winding_down(const struct work_loop *loop)
{
	const struct work_task *task = loop->open.next;

	if (loop_time_left(loop))
		return false;
	while (task != &loop->open && (task->stage != WORK_BEGUN || task->urgent))
		task = task->next;
	return task != &loop->open;
}

/* Whether something with an earlier turn is worth asking for: it would have to wait otherwise. */
static bool
loop_overtakes(const struct work_loop *loop)
{
	return loop_time_left(loop) ? loop->waiting > 0 : loop_winding_down(loop);
}

/* ---------------------------------------------------------------- lists of tasks */

static void
list_insert_before(struct work_task *at, struct work_task *task)
{
	task->prev = at->prev;
	task->next = at;
	at->prev->next = task;
	at->prev = task;
}

static void
list_remove(struct work_task *task)
{
	task->prev->next = task->next;
	task->next->prev = task->prev;
}

static void
batch_close_one(struct work_batch *batch)
{
	if (--batch->open == 0)
		pool_free(batch->pool);
}

struct work_batch *
work_batch(struct work_loop *loop, struct pool *pool)
{
	struct work_batch *batch = pool_alloc(pool, sizeof *batch);

	batch->pool = pool;
	batch->claimed_at = loop_now(loop);
	return batch;
}

/* The first waiting task that is not urgent, or the head of the list. */
static struct work_task *
list_first_patient(struct work_loop *loop)
{
	struct work_task *at = loop->open.next;

	while (at != &loop->open && (at->stage != WORK_WAITING || at->urgent))
		at = at->next;
	return at;
}

void
work_add(struct work_loop *loop, struct work_batch *batch, struct work_task *task)
{
	struct work_task *at = &loop->open;

	task->batch = batch;
	task->stage = WORK_WAITING;
	task->urgent &= loop->early || task->turn <= loop->turn_before;
	batch->open++;
	if (task->urgent)
		at = list_first_patient(loop);
	else
		while (at->prev != &loop->open && at->prev->turn > task->turn && !at->prev->urgent)
			at = at->prev;
	list_insert_before(at, task);
	loop->waiting++;
	if (task->turn > loop->turn)
		loop->turn = task->turn;
}

void
work_drop(struct work_loop *loop, struct work_task *task)
{
	loop->waiting--;
	list_remove(task);
	batch_close_one(task->batch);
}

struct work_task *
work_next_waiting(struct work_loop *loop, const struct work_task *task)
{
	struct work_task *at = task != NULL ? task->next : loop->open.next;

	while (at != &loop->open && at->stage != WORK_WAITING)
		at = at->next;
	return at != &loop->open ? at : NULL;
}

/* ---------------------------------------------------------------- finishing */

static void
loop_flush(struct work_loop *loop)
{
	struct work_task *task = loop->finished.next;

	if (loop->results == 0)
		return;
	work_fail(loop, loop->trade->finish(loop->ctx, loop));
	loop->finished.prev = loop->finished.next = &loop->finished;
	while (task != &loop->finished) {
		struct work_task *next = task->next;

		batch_close_one(task->batch);
		task = next;
	}
	loop->results = 0;
	loop->hurry = false;
	loop->finished_once = true;
}

void
work_done(struct work_loop *loop, struct work_task *task, bool hurry)
{
	if (task->stage == WORK_WAITING)
		loop->waiting--;
	task->stage = WORK_DONE;
	list_remove(task);
	list_insert_before(&loop->finished, task);
	if (loop->results++ == 0)
		loop->oldest_result = loop_now(loop);
	loop->hurry |= hurry || task->urgent;
	if (loop->results == loop->terms->results_max)
		loop_flush(loop);
}

/* Results share a finish as long as others are on their way; the first of a run goes at once. */
static bool
loop_finish_due(const struct work_loop *loop)
{
	return loop->results > 0 &&
	       (loop->hurry || !loop->finished_once || loop->trade->busy(loop->ctx) == 0 ||
		   loop_now(loop) - loop->oldest_result >= loop->terms->finish_ms);
}

void
work_fail(struct work_loop *loop, enum rc rc)
{
	if (loop->rc == RC_OK)
		loop->rc = rc;
}

void
work_more(struct work_loop *loop)
{
	loop->empty = false;
}

int64_t
work_age_ms(const struct work_loop *loop, const struct work_task *task)
{
	return loop_now(loop) - task->batch->claimed_at;
}

enum rc
work_insist(struct work_loop *loop, enum rc (*call)(void *ctx), void *ctx)
{
	int64_t until = loop_now(loop) + INSIST_MS, pause_ms = 100;
	enum rc rc = call(ctx);

	while (rc == RC_BUSY && loop_going(loop) && !loop->leaving && loop_now(loop) < until) {
		nanosleep(&(struct timespec){pause_ms / 1000, pause_ms % 1000 * 1000000L}, NULL);
		pause_ms *= 2;
		rc = call(ctx);
	}
	return rc;
}

/* ---------------------------------------------------------------- claiming */

/*
 * Note what the database answered. That it is away ends the run, but not while something is in
 * hand: the database may be back when that is done.
 */
static void
loop_answered(struct work_loop *loop, enum rc rc)
{
	if (rc == RC_BUSY && loop->trade->busy(loop->ctx) + loop->results > 0)
		loop->ask_again = loop_now(loop) + ASK_AGAIN_MS;
	else
		work_fail(loop, rc);
}

static bool
loop_database_away(const struct work_loop *loop)
{
	return loop_now(loop) < loop->ask_again;
}

/* Claim what comes next, or only what has an early turn. Return whether there was any. */
static bool
loop_claim(struct work_loop *loop, bool early)
{
	size_t before = loop->waiting;

	loop->kicked = kick_time(loop->terms->kick_file);
	loop->turn_before = loop->turn;
	loop->early = early;
	loop->overtake_at = loop_now(loop) + OVERTAKE_MS;
	loop_answered(loop, loop->trade->claim(loop->ctx, loop, early));
	return loop->waiting > before;
}

/* A kick: an edit may have made waiting tasks void, and something may have an earlier turn. */
static void
loop_overtake(struct work_loop *loop, bool kicked)
{
	if (kicked) {
		loop->empty = false;
		if (loop->trade->recheck != NULL && loop->waiting > 0)
			loop_answered(loop, loop->trade->recheck(loop->ctx, loop));
	}
	if (loop_going(loop) && !loop_database_away(loop) && loop_overtakes(loop))
		loop_claim(loop, true);
}

/* Claim as long as the tasks that are waiting could run out, and whatever has an earlier turn. */
static void
loop_provide(struct work_loop *loop)
{
	if (loop_database_away(loop))
		return;
	if (loop_now(loop) >= loop->care_at) {
		loop->care_at = loop_now(loop) + loop->terms->care_ms;
		if (loop->trade->care != NULL)
			loop_answered(loop, loop->trade->care(loop->ctx, loop));
	}
	if (!loop_time_left(loop) && !loop_winding_down(loop))
		return;
	bool kicked = !kick_same(kick_time(loop->terms->kick_file), loop->kicked);
	int64_t since = loop_now(loop) - (loop->overtake_at - OVERTAKE_MS);
	if (kicked ? since >= KICKS_MS || loop->waiting == 0 : since >= OVERTAKE_MS)
		loop_overtake(loop, kicked);
	while (loop_going(loop) && !loop_database_away(loop) && !loop->empty &&
	       loop_time_left(loop) && loop->waiting < loop->terms->ahead)
		if (!loop_claim(loop, false) && !loop_database_away(loop))
			loop->empty = true;
}

/* ---------------------------------------------------------------- the run */

static void
loop_begin_tasks(struct work_loop *loop)
{
	struct work_task *task = work_next_waiting(loop, NULL), *next;

	for (; task != NULL && loop_going(loop); task = next) {
		next = work_next_waiting(loop, task);
		if (!task->urgent && !loop_time_left(loop))
			return;
		if (loop->trade->room(loop->ctx, task->urgent) == 0) {
			if (task->urgent)
				continue; /* there may be room for one that is not */
			return;
		}
		switch (loop->trade->begin(loop->ctx, loop, task)) {
		case WORK_STARTED:
			task->stage = WORK_BEGUN;
			loop->waiting--;
			break;
		case WORK_ENDED:
			break;
		case WORK_NOT_NOW:
			return;
		case WORK_NEVER:
			work_fail(loop, RC_FAIL);
			return;
		}
	}
}

/* How long to wait for tasks to end. */
static int
loop_patience_ms(const struct work_loop *loop)
{
	int64_t now = loop_now(loop), ms = WAIT_MS;

	if (loop->watch < 0 && (loop_time_left(loop) || loop_overtakes(loop)))
		ms = KICK_MS;
	if (loop_overtakes(loop) && loop->overtake_at - now < ms)
		ms = loop->overtake_at - now;
	if (loop->results > 0 && loop->oldest_result + loop->terms->finish_ms - now < ms)
		ms = loop->oldest_result + loop->terms->finish_ms - now;
	return ms < 0 ? 0 : (int)ms;
}

/* When the time of the run is over, what has not begun is left to the next one. */
static void
loop_give_back_waiting(struct work_loop *loop)
{
	struct work_task *task = work_next_waiting(loop, NULL);

	while (task != NULL) {
		struct work_task *next = work_next_waiting(loop, task);

		loop->trade->give_back(loop->ctx, loop, task);
		task = next;
	}
}

static bool
loop_idle(const struct work_loop *loop)
{
	return loop->trade->busy(loop->ctx) == 0 && loop->results == 0 && loop->waiting == 0;
}

static void
loop_work(struct work_loop *loop)
{
	while (loop_going(loop)) {
		kick_drain(loop->watch);
		loop_provide(loop);
		if (!loop_time_left(loop) && !loop_winding_down(loop))
			loop_give_back_waiting(loop);
		loop_begin_tasks(loop);
		if (loop_finish_due(loop))
			loop_flush(loop);
		if (!loop_going(loop) ||
		    (loop_idle(loop) && (loop->empty || !loop_time_left(loop))))
			return;
		/* Idle and not done: the database is away. */
		if (!loop_idle(loop) || loop_database_away(loop))
			loop->trade->wait(loop->ctx, loop, loop_patience_ms(loop), loop->watch);
		/* Other results are due only if nothing begins now. */
		if (loop->hurry)
			loop_flush(loop);
	}
}

/* Leave in order: the results that are there are written, everything else is given back. */
static void
loop_leave(struct work_loop *loop)
{
	enum rc why = loop->rc;

	loop->trade->stop(loop->ctx);
	loop->leaving = true;
	if (why == RC_UNKNOWN) /* the database is mute: the next run takes everything back */
		return;
	loop->rc = RC_OK;
	while (loop->open.next != &loop->open)
		loop->trade->give_back(loop->ctx, loop, loop->open.next);
	loop_flush(loop);
	if (why != RC_OK)
		loop->rc = why;
}

enum rc
work_run(const struct work_trade *trade, void *ctx, const struct work_terms *terms)
{
	struct work_terms mine = *terms;
	struct work_loop loop = {.trade = trade, .ctx = ctx, .terms = &mine};

	if (mine.now == NULL)
		mine.now = loop_clock;
	loop.open.prev = loop.open.next = &loop.open;
	loop.finished.prev = loop.finished.next = &loop.finished;
	loop.started = loop_now(&loop);
	loop.watch = kick_watch(mine.kick_file);
	loop.rc = trade->take_over(ctx);
	if (loop.rc == RC_OK)
		loop_work(&loop);
	loop_leave(&loop);
	if (loop.watch >= 0)
		close(loop.watch);
	return loop.rc;
}
