#ifndef TTS_LOOP_H
#define TTS_LOOP_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/mem.h"
#include "../base/rc.h"

/*
 * The loop of every job program: claim tasks from a queue, begin them, wait for them to end, write
 * their results, until the queue is empty, the time of the run is over or a signal says stop; then
 * give back what is not done. A trade supplies what is particular to one kind of work.
 *
 * One thread; callbacks are made one at a time. Tasks begin in the order of their turns, so one
 * that was claimed later may overtake those that are still waiting.
 */
struct work_loop;

/* Tasks that were claimed in one transaction. The pool lives until the last of them is finished. */
struct work_batch {
	struct pool *pool;
	int64_t claimed_at; /* on the loop's clock */
	size_t open;
};

enum work_stage { WORK_WAITING, WORK_BEGUN, WORK_DONE };

/* A claimed task; the first member of a trade's own struct, in the pool of its batch. */
struct work_task {
	struct work_batch *batch;
	struct work_task *prev, *next;
	uint64_t turn;
	bool urgent; /* see work_add */
	enum work_stage stage;
};

enum work_begun {
	WORK_STARTED, /* it runs: a later wait reports its end with work_done */
	WORK_ENDED,   /* it is over already: work_done was called */
	WORK_NOT_NOW, /* nothing can begin before something else has ended */
	WORK_NEVER,   /* nothing can be begun any more: the run ends with RC_FAIL */
};

struct work_trade {
	/* Once, first: take back what a dead process of this host had claimed. */
	enum rc (*take_over)(void *ctx);

	/*
	 * Claim tasks in queue order and add them: work_batch, then work_add for each. EARLY: only
	 * those whose turn is not after the newest one that anybody has claimed. Adding none means
	 * that there are none now. What is added counts, also when a signal came meanwhile.
	 */
	enum rc (*claim)(void *ctx, struct work_loop *loop, bool early);

	/*
	 * Something was edited or deleted: call work_drop for each waiting task whose claim no
	 * longer holds. NULL if that cannot be told. Called at most once for each kick.
	 */
	enum rc (*recheck)(void *ctx, struct work_loop *loop);

	/* Begin TASK. Called only when there is room for it. */
	enum work_begun (*begin)(void *ctx, struct work_loop *loop, struct work_task *task);

	/*
	 * Wait at most TIMEOUT_MS for tasks to end, or until WAKE (a descriptor, or -1) is
	 * readable, and call work_done for each that did.
	 */
	void (*wait)(void *ctx, struct work_loop *loop, int timeout_ms, int wake);

	/* How many tasks have begun and take up room, and how many more can begin. */
	size_t (*busy)(const void *ctx);
	size_t (*room)(const void *ctx, bool urgent);

	/*
	 * Write the results of all tasks that are done. An error ends the run; whatever this
	 * returns, the tasks are forgotten afterwards, and their claims end with their leases.
	 */
	enum rc (*finish)(void *ctx, struct work_loop *loop);

	/* Every terms.care_ms: do other periodic work. NULL for nothing. */
	enum rc (*care)(void *ctx, struct work_loop *loop);

	/* The run is over: stop what has begun. Nothing is begun afterwards. */
	void (*stop)(void *ctx);

	/*
	 * For a task that has not begun when the run is over, and after stop for each one that is
	 * not done: make "given back" its result, and call work_done.
	 */
	void (*give_back)(void *ctx, struct work_loop *loop, struct work_task *task);
};

struct work_terms {
	int run_sec;	    /* nothing is claimed or begun after that, except urgent tasks while one
			     * that began before that is not done */
	size_t ahead;	    /* claim while fewer tasks than this are waiting */
	size_t results_max; /* results in one finish */
	int finish_ms;	    /* the longest time a result waits for others to share a finish */
	int care_ms;
	const char *kick_file;
	const volatile sig_atomic_t *stop; /* set by a signal */
	int64_t (*now)(void);		   /* milliseconds; NULL: the monotonic clock */
};

/*
 * Run until there is nothing to do. RC_OK, or why it ended: what a callback returned. RC_BUSY (the
 * database is away) ends the run only when nothing is in hand: it may be back when that is done.
 * After RC_UNKNOWN nothing is given back.
 */
enum rc work_run(const struct work_trade *trade, void *ctx, const struct work_terms *terms);

/* ------------------------------------------------------------------ for the callbacks */

/* Begin a batch whose tasks are in POOL; the loop frees POOL when the last of them is finished. */
struct work_batch *work_batch(struct work_loop *loop, struct pool *pool);

/*
 * Add a task; its turn is set. Where URGENT is set it stays so only if the claim was for early
 * turns or the turn is not after one that was claimed earlier in this run: such a task overtakes
 * all that are waiting.
 */
void work_add(struct work_loop *loop, struct work_batch *batch, struct work_task *task);

/*
 * TASK is over, and the trade holds its result for the next finish; HURRY: do not wait for others
 * to share it. finish may be called from here. One for an urgent task never waits.
 */
void work_done(struct work_loop *loop, struct work_task *task, bool hurry);

/* Forget a waiting task: its claim is no longer ours. TASK may be freed. */
void work_drop(struct work_loop *loop, struct work_task *task);

/* The next waiting task after TASK, or the first one if TASK is NULL; NULL at the end. */
struct work_task *work_next_waiting(struct work_loop *loop, const struct work_task *task);

/* End the run with RC as soon as what is in hand has been given back. */
void work_fail(struct work_loop *loop, enum rc rc);

/* There may be something to claim again. */
void work_more(struct work_loop *loop);

/*
 * Call CALL, again and again while it returns RC_BUSY, with growing pauses for some seconds, unless
 * the run is to end.
 */
enum rc work_insist(struct work_loop *loop, enum rc (*call)(void *ctx), void *ctx);

/* Milliseconds since the batch of TASK was claimed. */
int64_t work_age_ms(const struct work_loop *loop, const struct work_task *task);

#endif
