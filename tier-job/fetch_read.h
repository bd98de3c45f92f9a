#ifndef TTS_FETCH_READ_H
#define TTS_FETCH_READ_H

#include <signal.h>

#include "../common/base/rc.h"
#include "../store/tier.h"

/* Reads the fetch log. It does not know the database: what was counted is handed to WRITE. */

struct fetch_batch {
	struct tier_fetch v[TIER_COUNT_MAX]; /* different files */
	size_t n;
	uint64_t lines;	  /* that were read, including those that were dropped or cannot be read */
	uint64_t counted; /* fetches: the sum over V */
	uint64_t dropped; /* repeats, and more than the share of an address */
	uint64_t broken;  /* lines that nginx would not have written */
};

struct fetch_reading {
	const char *path;
	int repeat_sec, daily_max; /* see fetch_seen.h */
	const volatile sig_atomic_t *stop;
	int64_t until; /* clock_ms at which to stop */
	/* Add a batch and move the position from BEFORE to AFTER, both or neither. */
	enum rc (*write)(void *arg, const struct fetch_batch *batch,
	    const struct fetch_position *before, const struct fetch_position *after);
	void *arg;
};

struct fetch_result {
	int error;    /* why the log could not be read: errno, ENOENT if there is none */
	bool lost;    /* the file where POSITION was is gone, and what was not read of it */
	uint64_t lag; /* bytes that were not read */
};

/*
 * Read on from POSITION (all 0: from the beginning of the oldest file) and change it. Each whole
 * line is read once, whenever the log is rotated and whenever this is interrupted, if POSITION is
 * the one of the last batch that was written. A file that was rotated is left once nginx writes to
 * it no longer. Returns what WRITE returned if that was not RC_OK.
 */
enum rc fetch_read(const struct fetch_reading *reading, struct fetch_position *position,
    struct fetch_result *result);

#endif
