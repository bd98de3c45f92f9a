#include "run.h"

#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../common/base/clock.h"
#include "../common/base/fault.h"
#include "../common/base/hours.h"
#include "../common/base/log.h"
#include "../common/media/media_level.h"
#include "adopt.h"
#include "count.h"
#include "fetch.h"
#include "move.h"

#define PINS_AT_ONCE 500
#define ROOM_AT_ONCE 50 /* so that not many more leave than must */
#define PRUNE_PAGES 20	/* in one run; each is a transaction */
#define LOOK_MS 10000

/* ---------------------------------------------------------------- kinds of moves */

/* Ask for moves of one kind until there are no more. */
static enum rc
run_moves(struct mover *m, struct mover_question q)
{
	enum rc rc = RC_OK;
	uint64_t bytes;
	bool more = true;

	while (rc == RC_OK && more && !mover_is_over(m)) {
		q.max = m->files < TIER_MAX ? (size_t)m->files : TIER_MAX;
		rc = mover_move(m, &q, &bytes, &more);
		/* The level may have become crowded by what has come. */
		if (q.why == TIER_UP)
			q.lw_min = capacity_lw_min(&m->room, q.level);
	}
	return rc;
}

static enum rc
run_pinned(struct mover *m)
{
	uint64_t n = 1;
	enum rc rc = RC_OK;

	while (rc == RC_OK && n > 0 && !mover_is_over(m))
		rc = tier_pins_apply(m->db, PINS_AT_ONCE, &n);
	for (unsigned i = 0; i < m->conf->levels.n && rc == RC_OK; i++)
		rc = run_moves(
		    m, (struct mover_question){
			   .why = TIER_PINNED, .level = i, .usable = capacity_usable(&m->room)});
	return rc;
}

/* What is cold goes before what is hot comes. */
static enum rc
run_down(struct mover *m)
{
	enum rc rc = RC_OK;

	for (unsigned i = (unsigned)m->conf->levels.n; i-- > 1 && rc == RC_OK;)
		rc = run_moves(
		    m, (struct mover_question){
			   .why = TIER_DOWN, .level = i, .usable = capacity_usable(&m->room)});
	return rc;
}

/* How many of the N coldest files of a level have to leave, so that hotter ones have room: each
 * only for one that is hotter by MARGIN. LEFT is the room that there is. */
static size_t
count_leaving(uint64_t left, double margin, const struct tier_move *hot, size_t hot_n,
    const struct tier_move *cold, size_t n)
{
	size_t leaving = 0;

	for (size_t i = 0; i < hot_n; i++) {
		while (left < hot[i].bytes) {
			if (leaving == n || cold[leaving].lw + margin > hot[i].lw)
				return leaving;
			left += cold[leaving++].bytes;
		}
		left -= hot[i].bytes;
	}
	return leaving;
}

/*
 * The coldest files of a level that is almost full leave it for hotter ones. *N is how many left:
 * their room is there in the next run, when the old copies are gone, so that the hotter ones wait.
 */
static enum rc
run_make_way(struct mover *m, unsigned level, uint64_t *n)
{
	unsigned open = (capacity_open(&m->room) & ((1u << level) - 1)) | 1u << level;
	struct mover_question q = {.why = TIER_COLDEST, .level = level, .usable = open};
	const struct tier_question up = {.why = TIER_UP,
	    .level = level,
	    .usable = capacity_usable(&m->room),
	    .lw_min = capacity_lw_min(&m->room, level),
	    .max = ROOM_AT_ONCE};
	const struct tier_question down = {
	    .why = TIER_COLDEST, .level = level, .usable = open, .max = ROOM_AT_ONCE};
	struct pool *pool = pool_new();
	struct tier_move *hot = pool_array(pool, TIER_MAX, sizeof *hot);
	struct tier_move *cold = pool_array(pool, TIER_MAX, sizeof *cold);
	size_t hot_n = 0, cold_n = 0;
	uint64_t bytes;
	bool more;
	enum rc rc = tier_would_move(m->db, pool, &up, hot, &hot_n);

	*n = m->files;
	if (rc == RC_OK && hot_n > 0)
		rc = tier_would_move(m->db, pool, &down, cold, &cold_n);
	q.max = count_leaving(
	    capacity_left(&m->room, level), capacity_margin(&m->room), hot, hot_n, cold, cold_n);
	pool_free(pool);
	if (rc == RC_OK && q.max > 0)
		rc = mover_move(m, &q, &bytes, &more);
	*n -= m->files;
	return rc;
}

/* What a crowded level does not take goes to the next lower one: for that one, the crowded level
 * cannot be used. */
static enum rc
run_up(struct mover *m)
{
	unsigned usable = capacity_usable(&m->room);
	enum rc rc = RC_OK;

	for (unsigned i = (unsigned)m->conf->levels.n; i-- > 1 && rc == RC_OK;) {
		uint64_t left = 0;

		if ((usable & 1u << i) != 0 && capacity_lw_min(&m->room, i) != 0 &&
		    !mover_is_over(m))
			rc = run_make_way(m, i, &left);
		if (rc != RC_OK || left > 0)
			continue;
		if ((usable & 1u << i) != 0)
			rc = run_moves(m, (struct mover_question){.why = TIER_UP,
					      .level = i,
					      .usable = usable,
					      .lw_min = capacity_lw_min(&m->room, i)});
		if (capacity_lw_min(&m->room, i) > 0)
			usable &= ~(1u << i);
	}
	return rc;
}

/* The coldest leave a full level, those that nobody ever fetched before all others. */
static enum rc
run_make_room(struct mover *m, unsigned level)
{
	uint64_t excess = capacity_excess(&m->room, level), bytes;
	/* Only levels below that have room, and the level itself. */
	unsigned usable = (capacity_open(&m->room) & ((1u << level) - 1)) | 1u << level;
	bool moved = true;
	enum rc rc = RC_OK;

	while (rc == RC_OK && excess > 0 && moved && !mover_is_over(m)) {
		uint64_t before = excess;
		bool more = true;

		rc = adopt_files(m, level, excess);
		while (rc == RC_OK && excess > 0 && more && !mover_is_over(m)) {
			rc = mover_move(m,
			    &(struct mover_question){TIER_COLDEST, level, usable, 0, ROOM_AT_ONCE},
			    &bytes, &more);
			excess -= bytes < excess ? bytes : excess;
		}
		moved = excess < before;
	}
	if (rc == RC_OK && excess > 0 && !mover_is_over(m))
		log_warn("level %s is full, and nothing more can leave it",
		    m->conf->levels.v[level].name);
	return rc;
}

static enum rc
run_capacity(struct mover *m)
{
	enum rc rc = RC_OK;

	for (unsigned i = (unsigned)m->conf->levels.n; i-- > 1 && rc == RC_OK;)
		if (m->room.v[i].usable)
			rc = run_make_room(m, i);
	return rc;
}

/* ---------------------------------------------------------------- new rows */

/* Look for the file of a row. */
static bool
look_at_place(const struct conf *conf, struct tier_spot *place)
{
	struct stat st;
	int fd = place->path[0] != '\0' ? media_open(conf, place->path, &place->level) : -1;
	bool seen = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0;

	if (seen)
		place->bytes = (uint64_t)st.st_size;
	if (fd >= 0)
		close(fd);
	return seen;
}

/* Rows that the counter made say that the file is on the level of media.root, and no size: correct
 * that, for a moment, from where the last run stopped. */
static enum rc
run_look(const struct run_env *env)
{
	int64_t until = clock_ms() + LOOK_MS;
	struct tier_spot *v;
	uint64_t cursor = count_cursor(TIER_LOOKED_TO);
	size_t n = 0, seen;
	enum rc rc;

	do {
		struct pool *pool = pool_new();

		v = pool_array(pool, TIER_MAX, sizeof v[0]);
		rc = tier_unseen(env->db, pool, &cursor, v, &n);
		seen = 0;
		for (size_t i = 0; i < n && rc == RC_OK; i++)
			if (look_at_place(env->conf, &v[i]))
				v[seen++] = v[i];
		if (rc == RC_OK)
			rc = tier_seen(env->db, v, seen);
		if (rc == RC_OK)
			count_cursor_moves(TIER_LOOKED_TO, cursor);
		pool_free(pool);
	} while (rc == RC_OK && cursor != 0 && clock_ms() < until && !*env->stop);
	return rc;
}

/* ---------------------------------------------------------------- a run */

static enum rc
run_all_moves(struct mover *m)
{
	static enum rc (*const kinds[])(struct mover *) = {
	    run_pinned, run_down, run_up, run_capacity};
	enum rc rc = RC_OK, settled;

	if (!hours_include(m->conf->levels.hours, time(NULL)))
		return RC_OK;
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0] && rc == RC_OK; i++)
		rc = kinds[i](m);
	settled = mover_settle(m);
	return rc != RC_OK ? rc : settled;
}

/* Some pages of rows, from where the last run stopped. */
static enum rc
run_prune(const struct run_env *env)
{
	uint64_t cursor = count_cursor(TIER_PRUNED_TO), n = 0;
	enum rc rc = RC_OK;

	for (int i = 0; i < PRUNE_PAGES && rc == RC_OK && !*env->stop; i++) {
		rc = tier_prune(env->db, &cursor, &n);
		count_pruned(n);
		if (rc == RC_OK)
			count_cursor_moves(TIER_PRUNED_TO, cursor);
		if (cursor == 0)
			break;
	}
	return rc;
}

static enum rc
run_move(const struct run_env *env)
{
	struct mover m = {
	    .conf = env->conf, .db = env->db, .stop = env->stop, .run_id = env->run_id};
	struct tier_sum sums[CONF_LEVELS] = {{0}};
	struct pool *pool = pool_new();
	enum rc rc = tier_sums(env->db, sums);

	if (rc == RC_OK) {
		capacity_look(&m.room, env->conf, sums);
		mover_begin(&m, pool);
		rc = mover_take_back(&m, false);
	}
	if (rc == RC_OK && !*env->stop)
		rc = mover_take_back(&m, true);
	if (rc == RC_OK && !*env->stop)
		rc = run_all_moves(&m);
	/* One that cannot be used is what metrics, status and the alert are for: with the others
	 * the run did its work. */
	if (rc == RC_OK && capacity_usable(&m.room) == 0)
		rc = RC_NO_SPACE;
	pool_free(pool);
	return rc;
}

/* The numbers of the levels for metrics. */
static enum rc
run_sum_up(const struct run_env *env)
{
	struct tier_sum sums[CONF_LEVELS] = {{0}};
	enum rc rc = tier_sums(env->db, sums);

	for (unsigned i = 0; i < env->conf->levels.n && rc == RC_OK; i++)
		count_sum(i, &sums[i]);
	return rc;
}

enum rc
run_tier(const struct run_env *env)
{
	const struct fetch_env fetch = {.conf = env->conf,
	    .db = env->db,
	    .stop = env->stop,
	    .until = clock_ms() + env->conf->levels.run_sec * INT64_C(1000)};
	enum rc rc = tier_levels_apply(env->db), summed;

	if (rc != RC_OK)
		return rc;
	rc = fetch_count(&fetch);
	(void)fault("tier.counted");
	if (rc == RC_OK && !*env->stop)
		rc = run_look(env);
	if (rc == RC_OK && !*env->stop)
		rc = run_move(env);
	if (rc == RC_OK && !*env->stop)
		rc = run_prune(env);
	summed = rc == RC_OK || rc == RC_NO_SPACE ? run_sum_up(env) : RC_OK;
	return rc != RC_OK ? rc : summed;
}
