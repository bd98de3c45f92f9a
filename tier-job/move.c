#include "move.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../common/base/clock.h"
#include "../common/base/fault.h"
#include "../common/base/log.h"
#include "../common/media/media_level.h"
#include "count.h"

#define BATCH 200

void
mover_begin(struct mover *m, struct pool *pool)
{
	const struct conf *conf = m->conf;
	int sec = conf->levels.run_sec;

	/* All of it has to be removed again while the lease lasts. */
	if (sec > conf->levels.lease_sec / 2)
		sec = conf->levels.lease_sec / 2;
	m->until = clock_ms() + sec * INT64_C(1000);
	m->files = (uint64_t)conf->levels.files;
	m->bytes = (uint64_t)conf->levels.mib << 20;
	m->pool = pool;
	m->done_n = 0;
	m->done = pool_array(pool, (size_t)conf->levels.files + BATCH, sizeof m->done[0]);
}

bool
mover_is_over(const struct mover *m)
{
	return *m->stop || m->files == 0 || m->bytes == 0 || clock_ms() >= m->until;
}

/* ---------------------------------------------------------------- a batch */

/* What became of each move of a batch. */
enum fate { COPIED, GIVEN_BACK, NOT_MOVED, ELSEWHERE, NOWHERE, FATES };

struct batch {
	struct tier_move v[FATES][BATCH];
	size_t n[FATES];
};

/* Find the path of a file that no row names: it was replaced or deleted a moment ago, or belongs
 * to a pipeline. */
static enum rc
find_path(const struct mover *m, struct tier_move *move)
{
	char path[MEDIA_PATH_SIZE];
	unsigned rank;
	enum rc rc;

	if (move->path[0] != '\0')
		return RC_OK;
	rc = media_find_name(m->conf, move->name, path, &rank);
	if (rc == RC_OK)
		move->path = pool_strdup(m->pool, path);
	return rc;
}

/* The file is not where its row says. */
static enum fate
look_elsewhere(const struct mover *m, struct tier_move *move)
{
	unsigned rank;

	switch (media_find(m->conf, move->path, &rank)) {
	case RC_OK:
		log_warn("%s is on level %s, not on %s", move->name, m->conf->levels.v[rank].name,
		    m->conf->levels.v[move->level].name);
		move->target = rank;
		return ELSEWHERE;
	case RC_NOT_FOUND:
		log_notice("%s does not exist on any level", move->name);
		return NOWHERE;
	default:
		return NOT_MOVED;
	}
}

/* Choose another target on the way if there is no room at the first. */
static bool
find_room(const struct mover *m, struct tier_move *move)
{
	unsigned first = move->target > move->level ? move->level + 1 : 0;

	while (!capacity_takes(&m->room, move->target, move->bytes)) {
		if (move->target == first)
			return false;
		move->target--;
	}
	return true;
}

static enum fate
copy_file(struct mover *m, struct tier_move *move)
{
	enum rc rc;

	if (mover_is_over(m) || !find_room(m, move))
		return GIVEN_BACK;
	rc = find_path(m, move);
	if (rc == RC_OK)
		rc = media_move_begin(
		    m->conf, move->path, move->level, move->target, m->run_id, &move->bytes);
	else if (rc == RC_NOT_FOUND)
		return NOWHERE;
	switch (rc) {
	case RC_OK:
		m->files--;
		m->bytes -= move->bytes < m->bytes ? move->bytes : m->bytes;
		capacity_add(&m->room, move->target, move->bytes);
		return COPIED;
	case RC_NOT_FOUND:
		return look_elsewhere(m, move);
	default:
		/* The claim is ours: a copy without a row that names it must not stay. */
		(void)media_move_end(m->conf, move->path, move->level, move->target);
		return NOT_MOVED;
	}
}

/* What was deleted meanwhile must not come back by the copy. */
static void
remove_gone(const struct mover *m, const struct tier_move *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (v[i].stale)
			count_stale(1);
		if (v[i].gone && v[i].path[0] != '\0' && media_unlink(m->conf, v[i].path) == RC_OK)
			count_swept(1);
	}
}

/* Another program has or had the row meanwhile: whether our copy is where the row says is found out
 * by the next run. */
static enum rc
doubt_stale(const struct mover *m, const struct tier_move *v, size_t n)
{
	const struct tier_question question = {.host = m->conf->scheduler.host,
	    .run_id = m->run_id,
	    .lease_sec = m->conf->levels.lease_sec};
	struct tier_move stale[BATCH];
	size_t n_stale = 0;

	for (size_t i = 0; i < n; i++)
		if (v[i].stale && !v[i].gone)
			stale[n_stale++] = v[i];
	return tier_doubt(m->db, &question, stale, n_stale);
}

static void
keep_done(struct mover *m, const struct tier_move *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (v[i].stale)
			continue;
		log_notice("%s moves %s to %s", v[i].name, m->conf->levels.v[v[i].level].name,
		    m->conf->levels.v[v[i].target].name);
		count_moved(&v[i]);
		m->done[m->done_n++] = v[i];
	}
}

/* Write what became of a batch. */
static enum rc
write_batch(struct mover *m, struct batch *b)
{
	enum rc rc = RC_OK;

	if (b->n[COPIED] > 0)
		rc = tier_done(m->db, b->v[COPIED], b->n[COPIED]);
	if (rc == RC_OK) {
		(void)fault("tier.done");
		remove_gone(m, b->v[COPIED], b->n[COPIED]);
		keep_done(m, b->v[COPIED], b->n[COPIED]);
		rc = doubt_stale(m, b->v[COPIED], b->n[COPIED]);
	}
	if (rc == RC_OK && b->n[GIVEN_BACK] > 0)
		rc = tier_back(m->db, b->v[GIVEN_BACK], b->n[GIVEN_BACK], "");
	if (rc == RC_OK && b->n[NOT_MOVED] > 0)
		rc = tier_back(m->db, b->v[NOT_MOVED], b->n[NOT_MOVED],
		    "the file could not be copied; the log says why");
	for (size_t i = 0; i < b->n[ELSEWHERE] && rc == RC_OK; i++)
		rc = tier_found(m->db, &b->v[ELSEWHERE][i], 1, b->v[ELSEWHERE][i].target);
	if (rc == RC_OK && b->n[NOWHERE] > 0)
		rc = tier_lost(m->db, b->v[NOWHERE], b->n[NOWHERE]);
	count_released(b->n[GIVEN_BACK]);
	count_failed(b->n[NOT_MOVED]);
	return rc;
}

enum rc
mover_move(struct mover *m, const struct mover_question *q, uint64_t *n_bytes, bool *more)
{
	const struct tier_question question = {.host = m->conf->scheduler.host,
	    .run_id = m->run_id,
	    .lease_sec = m->conf->levels.lease_sec,
	    .usable = q->usable,
	    .why = q->why,
	    .level = q->level,
	    .lw_min = q->lw_min,
	    .max = q->max < BATCH ? q->max : BATCH};
	struct pool *pool = pool_new();
	struct batch *b = pool_alloc(pool, sizeof *b);
	struct tier_move *v = pool_array(pool, BATCH, sizeof v[0]);
	size_t n = 0;
	enum rc rc = tier_claim(m->db, m->pool, &question, v, &n);

	*n_bytes = 0;
	if (rc == RC_OK && n > 0) {
		(void)fault("tier.claimed");
		count_claimed(n);
	}
	for (size_t i = 0; i < n && rc == RC_OK; i++) {
		enum fate fate = copy_file(m, &v[i]);

		*n_bytes += fate == COPIED ? v[i].bytes : 0;
		b->v[fate][b->n[fate]++] = v[i];
	}
	if (rc == RC_OK && n > 0) {
		(void)fault("tier.copied");
		rc = write_batch(m, b);
	}
	/* The same ones would be given out again. */
	*more = n == question.max && b->n[GIVEN_BACK] == 0;
	pool_free(pool);
	return rc;
}

/* ---------------------------------------------------------------- the end of moves */

/* Not shortened by a signal: job.h ends the process if it takes too long. */
static void
wait_for_grace(const struct mover *m)
{
	int64_t end = clock_ms() + m->conf->levels.grace_sec * INT64_C(1000), now;

	while ((now = clock_ms()) < end)
		usleep((useconds_t)(end - now) * 1000);
}

/* Remove the old copies of up to TIER_MAX moves. */
static enum rc
settle_some(struct mover *m, struct tier_move *v, size_t n)
{
	size_t settled = 0;
	enum rc rc;

	for (size_t i = 0; i < n; i++) {
		struct tier_move move = v[i];

		rc = media_move_end(m->conf, move.path, move.target, move.level);
		/* Not there: deleted; the row is gone then, or the next run looks into it. */
		if (rc == RC_OK || rc == RC_NOT_FOUND)
			v[settled++] = move;
		else
			count_failed(1);
	}
	(void)fault("tier.unlinked");
	rc = settled > 0 ? tier_settled(m->db, v, settled) : RC_OK;
	if (rc == RC_OK) {
		(void)fault("tier.settled");
		remove_gone(m, v, settled);
	}
	return rc;
}

enum rc
mover_settle(struct mover *m)
{
	enum rc rc = RC_OK;

	if (m->done_n == 0)
		return RC_OK;
	(void)fault("tier.grace");
	wait_for_grace(m);
	for (size_t i = 0; i < m->done_n && rc == RC_OK; i += TIER_MAX)
		rc = settle_some(
		    m, m->done + i, m->done_n - i < TIER_MAX ? m->done_n - i : TIER_MAX);
	m->done_n = 0;
	return rc;
}

/* ---------------------------------------------------------------- what others left */

/* Moves of one directory often follow each other: read it once, at all levels, as the target may
 * have been changed on the way. */
static void
remove_leftovers(struct mover *m, const struct tier_move *move)
{
	size_t dir = (size_t)(strrchr(move->path, '/') - move->path);

	if (m->swept[dir] == '\0' && strncmp(m->swept, move->path, dir) == 0)
		return;
	for (unsigned i = 0; i < m->conf->levels.n; i++)
		count_swept(media_move_leftovers(m->conf, move->path, i, m->run_id));
	snprintf(m->swept, sizeof m->swept, "%.*s", (int)dir, move->path);
}

/* One move that was not completed. */
static enum rc
take_back(struct mover *m, struct tier_move *move, bool *handled)
{
	enum rc rc = find_path(m, move);

	*handled = true;
	if (rc == RC_OK) {
		remove_leftovers(m, move);
		rc = media_move_end(m->conf, move->path, move->level, MEDIA_ALL_LEVELS);
	}
	if (rc == RC_OK)
		return move->level == move->target ? tier_settled(m->db, move, 1)
						   : tier_back(m->db, move, 1, "");
	if (rc == RC_NOT_FOUND) {
		enum fate fate = move->path[0] == '\0' ? NOWHERE : look_elsewhere(m, move);

		if (fate == ELSEWHERE)
			return tier_found(m->db, move, 1, move->target);
		if (fate == NOWHERE)
			return tier_lost(m->db, move, 1);
	}
	*handled = false;
	return RC_OK;
}

static bool
any_was_done(const struct tier_move *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (v[i].level == v[i].target)
			return true;
	return false;
}

enum rc
mover_take_back(struct mover *m, bool others)
{
	const struct tier_question question = {.host = m->conf->scheduler.host,
	    .run_id = m->run_id,
	    .lease_sec = m->conf->levels.lease_sec,
	    .usable = capacity_usable(&m->room),
	    .max = TIER_MAX};
	struct pool *pool = pool_new();
	struct tier_move *v = pool_array(pool, TIER_MAX, sizeof v[0]);
	size_t n = 0, handled = 0;
	enum rc rc;

	do {
		rc = tier_expired(
		    m->db, m->pool, &question, others ? NULL : m->conf->scheduler.host, v, &n);
		(void)fault("tier.taken_back");
		if (rc == RC_OK && any_was_done(v, n))
			wait_for_grace(m);
		handled = 0;
		for (size_t i = 0; i < n && rc == RC_OK && !*m->stop; i++) {
			bool this_one;

			rc = take_back(m, &v[i], &this_one);
			handled += this_one;
		}
		count_taken_back(handled);
	} while (rc == RC_OK && n == TIER_MAX && handled == n);
	if (handled < n && rc == RC_OK && !*m->stop)
		log_warn("%zu moves cannot be completed yet", n - handled);
	pool_free(pool);
	return rc;
}
