#ifndef TTS_STORE_TRASH_H
#define TTS_STORE_TRASH_H

#include "store.h"

/* Something whose rows are gone and whose files have to follow. */
struct trash {
	uint64_t id, project;
	uint64_t audio;	  /* 0: the whole directory of the project */
	const char *path; /* the one file, or "" */
	bool bury;	  /* a tombstone was laid for it, and goes after the files */
	unsigned tries;	  /* to remove it, so far */
};

/*
 * What was deleted rests for a moment: its tombstone is laid after the COMMIT, and a web server
 * that looks again every second whether a file is still there must have seen the tombstone before
 * it goes.
 */
#define TRASH_REST_SEC 3

/* How long an entry whose files could not be removed rests, at most. */
#define TRASH_AGAIN_SEC 3600

/*
 * Up to MAX entries that are due, the longest due first. Remove the files, then call trash_done
 * with those that are gone, and trash_again with those that could not be removed: they rest, the
 * longer the more often it failed, and hold up no others.
 */
enum rc trash_list(struct db *db, struct pool *pool, size_t max, struct trash *v, size_t *n);
enum rc trash_done(struct db *db, const struct trash *v, size_t n);
enum rc trash_again(struct db *db, const struct trash *v, size_t n);

#endif
