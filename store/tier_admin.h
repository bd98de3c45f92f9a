#ifndef TTS_TIER_ADMIN_H
#define TTS_TIER_ADMIN_H

#include <stdbool.h>

#include "tier.h"

/*
 * What the sysadmin's command asks about files on levels of storage, and what it changes. A file
 * that was never fetched, moved, counted or pinned has no row, and is in none of these lists.
 */

#define TIER_ADMIN_MAX 1000 /* the most rows one call gives */

/* A file. LW is as in tier_score.h. */
struct tier_row {
	uint64_t id;
	const char *name;
	uint64_t project, pipeline; /* 0: none */
	const char *level, *target; /* names; TARGET is "" unless it is to move there */
	const char *pinned;	    /* the name of the level; "": not pinned */
	bool moving;
	uint64_t bytes, total; /* TOTAL: all fetches */
	double lw;
	struct timestamp generated_at, updated_at, fetched_at, run_at; /* "": never */
	unsigned tries;						       /* that failed */
	const char *host, *error;
};

/* The MAX files with the highest scores, the hottest first: of one level, or (NULL) of all. */
enum rc tier_admin_top(
    struct db *db, struct pool *pool, const char *level, size_t max, struct tier_row *v, size_t *n);

/* Files whose last move failed, at most MAX, those that are tried next first. */
enum rc tier_admin_failed(
    struct db *db, struct pool *pool, size_t max, struct tier_row *v, size_t *n);

/* The file with this name; RC_NOT_FOUND if it has no row. */
enum rc tier_admin_find(struct db *db, struct pool *pool, const char *name, struct tier_row *out);

/* The path of the sound that a sentence has now, below a level; RC_NOT_FOUND if it has none. */
enum rc tier_admin_sound(struct db *db, struct pool *pool, uint64_t audio, const char **path);

/* A move. */
struct tier_moved {
	uint64_t id;
	const char *name, *from, *to, *reason, *host;
	struct timestamp since, at; /* it was on FROM since, and is on TO from AT on */
	double heat;		    /* its score at that time */
	uint64_t bytes;
};

/* The last MAX moves, the newest first: of one file (NAME is not NULL), of a project (not 0), or of
 * all. */
enum rc tier_admin_history(struct db *db, struct pool *pool, const char *name, uint64_t project,
    size_t max, struct tier_moved *v, size_t *n);

/* The maximum count of the highest level, which rises with the counts; 0 if it is not known. */
enum rc tier_admin_max(struct db *db, uint64_t *count);

/* A level that is not in the configuration. */
struct tier_stray {
	const char *level, *path;
	uint64_t files; /* that the database has there */
};

/* Levels with files that nobody finds any more, at most CONF_LEVELS: they are not in the
 * configuration, and are not media.root. The configuration need not have any level. */
enum rc tier_admin_stray(
    struct db *db, struct pool *pool, struct tier_stray v[CONF_LEVELS], size_t *n);

/* A project whose files stay on one level. */
struct tier_pin {
	uint64_t project;
	const char *level;
	struct timestamp since;
};

enum rc tier_admin_pins(
    struct db *db, struct pool *pool, size_t max, struct tier_pin *v, size_t *n);

/* Pin a project to a level. RC_NOT_FOUND if there is no such project; RC_NOT_READY if tts-tier has
 * not yet written the level to the database. */
enum rc tier_admin_pin(struct db *db, uint64_t project, const char *level);

/* RC_NOT_FOUND if it is not pinned. */
enum rc tier_admin_unpin(struct db *db, uint64_t project);

/*
 * The sounds of N sentences are lost, and are rendered again to the level of media.root: that is
 * where their rows say they are from now on, so that they are moved up again. Without levels in the
 * configuration their rows are removed: a file without one is there too.
 */
enum rc tier_admin_lost(struct db *db, const uint64_t *audios, size_t n);

/*
 * Run REMOVE with the rank of the level on which the row of the file NAME says it is, while nobody
 * can move it: the row is locked, neither claimed nor to be moved by an outside program. Else
 * RC_STALE; RC_NOT_FOUND if there is no such row. REMOVE may run more than once, and must be short.
 */
enum rc tier_admin_undisturbed(
    struct db *db, const char *name, void (*remove)(void *ctx, unsigned level), void *ctx);

/* Have moves that failed tried again at once. *N: how many. */
enum rc tier_admin_retry(struct db *db, uint64_t *n);

#endif
