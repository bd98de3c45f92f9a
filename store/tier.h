#ifndef TTS_STORE_TIER_H
#define TTS_STORE_TIER_H

#include <stdint.h>

#include "db/db.h"
#include "queue.h"

/*
 * Levels of storage: what was fetched, where each file is, and moves between levels. A level is
 * given by its rank, the index in conf->levels.v; the connection's configuration has levels.
 *
 * A file is known by its name: its path below a level, without the key and what follows it
 * ("0/12/345-r1", "pipeline/0/7/video-31"). Its row of the table content says where it is. A file
 * without a row was never fetched nor moved.
 *
 * A move is written in three steps, so that after a death at any point the row says what to do:
 * tier_claim (the row is moving to its target), tier_done (the file is there: its level is the
 * target, the old copy is still in place) and tier_settled (the old copy is gone).
 */

#define TIER_NAME_SIZE 97

/* ------------------------------------------------------------------ store/tier_name.c */

/* What a name says. Either PIPELINE is 0, or the other three are. */
struct tier_object {
	uint64_t project, audio, revision;
	uint64_t pipeline;
};

/* False if NAME is not the name of a file. */
bool tier_name_parse(const char *name, struct tier_object *out);

/* The name of the file at PATH below a level; false if it has no key. */
bool tier_name_of_path(const char *path, char name[TIER_NAME_SIZE]);

/* ------------------------------------------------------------------ store/tier_level.c */

/*
 * Bring the table level in line with the configuration, and, when the half-life was changed,
 * convert all scores, in transactions of bounded size. Call it at the beginning of a run.
 * RC_NOT_READY, logged, and nothing is changed, if a level that is no longer configured has files:
 * until it is configured again or they have been moved nothing may be moved. The functions below
 * return the same as long as the table does not have the levels of the configuration.
 */
enum rc tier_levels_apply(struct db *db);

/* ------------------------------------------------------------------ store/tier_count.c */

/* How far the log of a host's nginx was read. */
struct fetch_position {
	uint64_t inode, offset;
	int64_t first, last; /* in ms since 1970: of the first line of that file, and the last one
				counted */
};

/* *FOUND is false, and *POS is zeroed, if HOST has never read one. */
enum rc tier_position(struct db *db, const char *host, struct fetch_position *pos, bool *found);

/* N fetches of a file, the newest AT ms since 1970; a time in the future counts as now. */
struct tier_fetch {
	const char *name;
	uint64_t n;
	int64_t at;
};

#define TIER_COUNT_MAX 1000

/*
 * Count fetches of at most TIER_COUNT_MAX files, whose names are distinct, and move the position of
 * HOST from BEFORE (NULL: it has none) to AFTER, in one transaction: each line of the log counts
 * once. RC_STALE if the position is not BEFORE any more: nothing was changed. A new row is on the
 * level of media.root. Names that are none of a file are ignored. If the count of a file exceeds
 * max_count of the highest level, that is raised, with a line in the log.
 */
enum rc tier_count(struct db *db, const char *host, const struct fetch_position *before,
    const struct fetch_position *after, const struct tier_fetch *v, size_t n);

/* ------------------------------------------------------------------ store/tier_claim.c */

#define TIER_MAX 500 /* moves in one call */

enum tier_why {
	TIER_PINNED,  /* to the level of its pin */
	TIER_DOWN,    /* its score is below what keeps it on its level */
	TIER_UP,      /* its score is that of a higher level */
	TIER_COLDEST, /* its level is full */
	TIER_WHYS
};

struct tier_question {
	const char *host;
	uint64_t run_id;
	int lease_sec;
	unsigned usable; /* bit mask of ranks: nothing is moved from or to the others */
	enum tier_why why;
	unsigned level; /* TIER_UP: to; TIER_DOWN and TIER_COLDEST: from; TIER_PINNED: to */
	double lw_min;	/* TIER_UP: only with at least this score; 0 asks for nothing more */
	size_t max;	/* at most TIER_MAX */
};

struct tier_move {
	uint64_t id;		/* of the row of content */
	const char *name;	/* "0/12/345-r1" */
	const char *path;	/* below a level, with the key; "" if no row names one */
	unsigned level, target; /* the mover may change TARGET before tier_done */
	uint64_t bytes;		/* the mover sets it before tier_done, which stores it */
	uint64_t total;		/* fetches */
	double lw;		/* the score as rows are ordered by it, see tier_score.h */
	enum tier_why why;
	const char *reason; /* for the history: "pinned", "cold", "hot", "full" */
	unsigned tries;	    /* that failed before */
	uint8_t token[CLAIM_TOKEN_SIZE];
	bool stale; /* out: the row was changed by another program, or is gone */
	bool gone;  /* out: there is no such row any more: what it named was deleted */
};

/*
 * Claim up to Q->max moves, the hottest first for TIER_UP, otherwise the coldest. What was moved
 * within levels.min_stay_sec is left out, except for TIER_COLDEST and TIER_PINNED; what has a pin
 * is claimed for TIER_PINNED alone. TIER_UP finds what has the score of exactly Q->level, or of a
 * level above it if that is not usable. TIER_DOWN leads to the level of the score, or the next
 * usable one below; TIER_COLDEST to the next usable one below Q->level. Two claimants never get the
 * same row and do not wait for each other. Rows of files that nobody fetches are not looked at,
 * except on a level they have to leave.
 */
enum rc tier_claim(struct db *db, struct pool *pool, const struct tier_question *q,
    struct tier_move *v, size_t *n);

/* What tier_claim would claim, without claiming it. Q->host and the lease are not used. */
enum rc tier_would_move(struct db *db, struct pool *pool, const struct tier_question *q,
    struct tier_move *v, size_t *n);

/*
 * Take over moves whose lease has ended, or, if HOST is not NULL, all those of HOST, whose lock the
 * caller has: with a new token and the lease of Q. Those with level = target were done, but not
 * settled. In the order of their ids, up to Q->max.
 */
enum rc tier_expired(struct db *db, struct pool *pool, const struct tier_question *q,
    const char *host, struct tier_move *v, size_t *n);

/*
 * Rows whose claim was lost, while a copy of their file came to V[].target: unless another program
 * moves one again, it is claimed for Q->host as a move that was done, and not settled. So whoever
 * calls tier_expired finds it, and removes the file from where the row does not say it is.
 */
enum rc tier_doubt(
    struct db *db, const struct tier_question *q, const struct tier_move *v, size_t n);

/* ------------------------------------------------------------------ store/tier_finish.c */

/*
 * Each changes N claimed rows in one transaction, each guarded by id, token and state; a row whose
 * guard fails gets STALE (and GONE if there is none) and is not changed.
 *
 * tier_done: the file is at its target, which is its level now. tier_settled: the claim ends; the
 * file stays where it is for levels.min_stay_sec. tier_back: the claim ends, the level is as it
 * was; with an ERROR it is tried again after a delay that grows with each failure, with "" nothing
 * is charged. tier_found: the file turned out to be on LEVEL (each one's target is set to it):
 * corrected without a row of history, and the claim ends.
 */
enum rc tier_done(struct db *db, struct tier_move *v, size_t n);
enum rc tier_settled(struct db *db, struct tier_move *v, size_t n);
enum rc tier_back(struct db *db, struct tier_move *v, size_t n, const char *error);
enum rc tier_found(struct db *db, struct tier_move *v, size_t n, unsigned level);

/* The file of a claimed row is on no level: remove the row. */
enum rc tier_lost(struct db *db, struct tier_move *v, size_t n);

/* ------------------------------------------------------------------ store/tier_file.c */

struct tier_sum {
	uint64_t files, bytes; /* of rows; there may be files without one */
	uint64_t moving, trouble;
	double coldest; /* lw of the coldest file that may make room; INFINITY if there is none */
};

/* By rank. This reads all rows. */
enum rc tier_sums(struct db *db, struct tier_sum v[CONF_LEVELS]);

/* The same as tier_sum.coldest, of one level, by index. */
enum rc tier_coldest(struct db *db, unsigned level, double *lw);

/* A file that a walk found on a level. */
struct tier_file {
	const char *path;
	uint64_t bytes;
};

/* Give files on LEVEL without a row one with score 0, if the database names them. *N_NEW is how
 * many got one. At most TIER_MAX. */
enum rc tier_adopt(
    struct db *db, unsigned level, const struct tier_file *v, size_t n, size_t *n_new);

/*
 * Bring the pins of rows in line with the table level_pin, and give files of pinned projects that
 * have no row one: up to MAX of each. *N is how many rows were changed or made; 0: all is done.
 */
enum rc tier_pins_apply(struct db *db, size_t max, uint64_t *n);

/* Remove history older than levels.keep_days, and rows of what no longer exists, a part at a time,
 * from *CURSOR (0 at first and after the last part) on. *N is how many rows were removed. */
enum rc tier_prune(struct db *db, uint64_t *cursor, uint64_t *n);

/* ------------------------------------------------------------------ store/tier_seen.c */

/* Where the file of a row is. */
struct tier_spot {
	uint64_t id;
	const char *path; /* "" if no row of the database names one */
	unsigned level;
	uint64_t bytes;
};

/*
 * Rows whose file nobody has looked at: the counter, which makes them, does not know where a file
 * is and takes the level of media.root. Up to TIER_MAX after *CURSOR, which is moved on (0 at first
 * and after the last part).
 */
enum rc tier_unseen(
    struct db *db, struct pool *pool, uint64_t *cursor, struct tier_spot *v, size_t *n);

/* Write the level and the size of N files that were looked at, without a row of history, unless
 * another program has the row by now. BYTES must not be 0. */
enum rc tier_seen(struct db *db, const struct tier_spot *v, size_t n);

/* ------------------------------------------------------------------ store/tier_outside.c */

/* A row of content, for whoever counts or moves outside. */
struct tier_content {
	uint64_t cid;
	char name[TIER_NAME_SIZE];
	uint64_t count;		/* total */
	unsigned level, target; /* TARGET: of the score; the same as LEVEL if it is to stay */
	bool moving;
	struct timestamp generate_time, update_time;
};

/* RC_NOT_FOUND if there is no such row. */
enum rc tier_content(struct db *db, uint64_t cid, struct tier_content *out);

/* The row of the sound of a sentence, made if necessary; RC_NOT_FOUND if there is no such sound. */
enum rc tier_content_of_audio(struct db *db, uint64_t audio, struct tier_content *out);

/*
 * COUNT is the total of a file as another program counted it: what it is more than before counts as
 * fetched now. OUT->target is the level of the new score; it is noted in the row, so that
 * tier_outside_done may follow.
 */
enum rc tier_set_count(struct db *db, uint64_t cid, uint64_t count, struct tier_content *out);

/* Another program moved the file to the target that tier_set_count noted: the row and the history
 * say so. RC_RUNNING if there is nothing to be moved, or tts-tier is moving it. */
enum rc tier_outside_done(struct db *db, uint64_t cid, struct tier_content *out);

#endif
