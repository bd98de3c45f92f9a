#ifndef TTS_TEST_MADE_UP_TRADE_H
#define TTS_TEST_MADE_UP_TRADE_H

#include "capture.h"

#include <stdarg.h>

#include "../../common/work/kick.h"
#include "../../common/work/loop.h"

/*
 * A made-up trade for the tests of the loop: items in memory that take a number of milliseconds on
 * a clock that only the tests move. What happened is written down as a line of words.
 */

#define ITEMS 64

struct item {
	struct work_task work; /* first */
	uint64_t turn;
	int64_t appears, takes, ends;
	bool failed_before;
	bool edited; /* while it was claimed */
	enum { QUEUED, CLAIMED, RUNNING, OVER, WRITTEN, GIVEN_BACK } state;
	char name;
};

static struct trade {
	struct item items[ITEMS];
	size_t n, busy, room, claim_max;
	uint64_t turn; /* the newest one claimed */
	int64_t now, kick_at[4];
	volatile sig_atomic_t stop;
	bool stop_in_claim, never;
	int64_t away_from, away_until; /* claims find the database away */
	int finishes_away;	       /* so many calls do */
	enum rc claim_rc, finish_rc, care_rc, take_over_rc;
	int cares;
	char story[1024];
} t;

static char kick_path[64];
static struct conf conf = {.scheduler = {.kick_file = kick_path}};
static struct work_terms terms;

static void __attribute__((format(printf, 1, 2))) story_add(const char *fmt, ...)
{
	size_t len = strlen(t.story);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(t.story + len, sizeof t.story - len, fmt, ap);
	va_end(ap);
}

static inline struct item *
item_add(char name, uint64_t turn, int64_t takes)
{
	struct item *item = &t.items[t.n++];

	*item = (struct item){.turn = turn, .takes = takes, .name = name};
	return item;
}

static int64_t
fake_now(void)
{
	return t.now;
}

/* ---------------------------------------------------------------- the trade */

static enum rc
trade_take_over(void *ctx)
{
	story_add("over ");
	return t.take_over_rc;
}

/* The queued item with the earliest turn, if that is at most MAX. */
static struct item *
item_next(uint64_t max)
{
	struct item *best = NULL;

	for (size_t i = 0; i < t.n; i++) {
		struct item *item = &t.items[i];

		if (item->state == QUEUED && item->appears <= t.now && item->turn <= max &&
		    (best == NULL || item->turn < best->turn))
			best = item;
	}
	return best;
}

static enum rc
trade_claim(void *ctx, struct work_loop *loop, bool early)
{
	struct work_batch *batch = NULL;

	if (t.now >= t.away_from && t.now < t.away_until) {
		story_add("away ");
		return RC_BUSY;
	}
	if (t.claim_rc != RC_OK)
		return t.claim_rc;
	for (size_t i = 0; i < t.claim_max; i++) {
		struct item *item = item_next(early ? t.turn : UINT64_MAX);

		if (item == NULL)
			break;
		if (batch == NULL)
			batch = work_batch(loop, pool_new());
		item->state = CLAIMED;
		if (item->turn > t.turn)
			t.turn = item->turn;
		item->work.turn = item->turn;
		item->work.urgent = !item->failed_before;
		work_add(loop, batch, &item->work);
		story_add("%s%c", i == 0 ? "claim:" : "", item->name);
	}
	if (batch != NULL)
		story_add(" ");
	t.stop |= t.stop_in_claim;
	return RC_OK;
}

static enum rc
trade_recheck(void *ctx, struct work_loop *loop)
{
	struct item *item = (struct item *)work_next_waiting(loop, NULL);

	while (item != NULL) {
		struct item *next = (struct item *)work_next_waiting(loop, &item->work);

		if (item->edited) {
			story_add("drop:%c ", item->name);
			item->state = QUEUED;
			item->edited = false;
			work_drop(loop, &item->work);
		}
		item = next;
	}
	return RC_OK;
}

static enum work_begun
trade_begin(void *ctx, struct work_loop *loop, struct work_task *work)
{
	struct item *item = (struct item *)work;

	if (t.never)
		return WORK_NEVER;
	story_add("%s%c ", work->urgent ? "!" : "", item->name);
	if (item->takes == 0) {
		item->state = OVER;
		work_done(loop, work, false);
		return WORK_ENDED;
	}
	item->state = RUNNING;
	item->ends = t.now + item->takes;
	t.busy++;
	return WORK_STARTED;
}

/* Move the clock to the next thing that happens, or by TIMEOUT_MS. */
static void
trade_wait(void *ctx, struct work_loop *loop, int timeout_ms, int wake)
{
	int64_t until = t.now + timeout_ms;

	assert_true(wake >= 0);
	for (size_t i = 0; i < t.n; i++)
		if (t.items[i].state == RUNNING && t.items[i].ends < until)
			until = t.items[i].ends;
	for (size_t i = 0; i < sizeof t.kick_at / sizeof t.kick_at[0]; i++)
		if (t.kick_at[i] > 0 && t.kick_at[i] <= until) {
			until = t.kick_at[i] > t.now ? t.kick_at[i] : t.now;
			t.kick_at[i] = 0;
			kick_renderer(&conf);
			break;
		}
	t.now = until;
	for (size_t i = 0; i < t.n; i++) {
		struct item *item = &t.items[i];

		if (item->state != RUNNING || item->ends > t.now)
			continue;
		item->state = OVER;
		t.busy--;
		work_done(loop, &item->work, false);
	}
}

static size_t
trade_busy(const void *ctx)
{
	return t.busy;
}

/* One place is kept for what is urgent. */
static size_t
trade_room(const void *ctx, bool urgent)
{
	size_t room = t.room + urgent;

	return t.busy < room ? room - t.busy : 0;
}

static enum rc
try_to_finish(void *ctx)
{
	if (t.finishes_away > 0) {
		t.finishes_away--;
		t.now += 100;
		return RC_BUSY;
	}
	return t.finish_rc;
}

static enum rc
trade_finish(void *ctx, struct work_loop *loop)
{
	enum rc rc = work_insist(loop, try_to_finish, NULL);

	story_add("write@%lld:", (long long)t.now);
	for (size_t i = 0; i < t.n; i++)
		if (t.items[i].state == OVER) {
			t.items[i].state = WRITTEN;
			story_add("%c", t.items[i].name);
		}
	story_add(" ");
	return rc;
}

static enum rc
trade_care(void *ctx, struct work_loop *loop)
{
	t.cares++;
	return t.care_rc;
}

static void
trade_stop(void *ctx)
{
	story_add("stop ");
	t.busy = 0;
}

static void
trade_give_back(void *ctx, struct work_loop *loop, struct work_task *work)
{
	struct item *item = (struct item *)work;

	item->state = GIVEN_BACK;
	story_add("back:%c ", item->name);
	work_done(loop, work, false);
}

static inline enum rc
run(void)
{
	static const struct work_trade trade = {trade_take_over, trade_claim, trade_recheck,
	    trade_begin, trade_wait, trade_busy, trade_room, trade_finish, trade_care, trade_stop,
	    trade_give_back};

	return work_run(&trade, NULL, &terms);
}

static inline int
set_up(void **state)
{
	memset(&t, 0, sizeof t);
	t.now = 1000000;
	t.room = 1;
	t.claim_max = 4;
	terms = (struct work_terms){.run_sec = 60,
	    .ahead = 2,
	    .results_max = 8,
	    .finish_ms = 250,
	    .care_ms = 2000,
	    .kick_file = kick_path,
	    .stop = &t.stop,
	    .now = fake_now};
	kick_renderer(&conf);
	return 0;
}

#define AT(ms) (1000000 + (ms))

#endif
