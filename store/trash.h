#ifndef TTS_STORE_TRASH_H
#define TTS_STORE_TRASH_H

#include "store.h"

/* An object whose rows have been deleted and whose files have to be removed. */
struct trash {
	uint64_t id, project;
	uint64_t audio;	   /* 0: the whole directory of the project. Of a pipeline: the picture */
	uint64_t pipeline; /* not 0: it is of a pipeline instead */
	const char *path; /* the one file, or "". Of a pipeline: below media.root if it has a slash,
			   * otherwise in pipeline.inbox */
	bool bury;	  /* it has a tombstone, which is removed after the files */
	unsigned tries;	  /* failed attempts to remove it so far */
};

/*
 * The files of a deleted object are removed only after this time: its tombstone is created after
 * the COMMIT, and a web server that checks every second whether a file still exists must have seen
 * the tombstone before it is removed.
 */
#define TRASH_REST_SEC 3

/* The maximum delay until an entry whose files could not be removed is tried again. */
#define TRASH_AGAIN_SEC 3600

/*
 * Up to MAX entries that are due, the longest due first. Remove the files, then call trash_done
 * with those that were removed, and trash_again with those that could not be: they are tried again
 * later, after a delay that grows with each failure, and do not block others.
 */
enum rc trash_list(struct db *db, struct pool *pool, size_t max, struct trash *v, size_t *n);
enum rc trash_done(struct db *db, const struct trash *v, size_t n);
enum rc trash_again(struct db *db, const struct trash *v, size_t n);

/*
 * Up to MAX entries with a tombstone whose ids are greater than AFTER, in the order of their ids;
 * only id, project, audio and pipeline are filled in. Whoever deletes an object may die between its
 * COMMIT and the tombstone.
 */
enum rc trash_buried(
    struct db *db, struct pool *pool, uint64_t after, size_t max, struct trash *v, size_t *n);

/* Whether a deleted project (AUDIO is 0) or sentence (PROJECT is ignored) is among them. */
enum rc trash_has(struct db *db, struct pool *pool, uint64_t project, uint64_t audio, bool *has);

/* The same of a pipeline. */
enum rc trash_has_pipeline(struct db *db, struct pool *pool, uint64_t pipeline, bool *has);

#endif
