#ifndef TTS_FETCH_SEEN_H
#define TTS_FETCH_SEEN_H

#include "fetch_line.h"

/*
 * Which fetches count: of those of one file by one address on one day (UTC), only those that are at
 * least REPEAT_SEC after the last one that counted, and DAILY_MAX of them at most; 0: no limit. So
 * the lines of a day are enough to tell. Addresses are kept only as hashes, with a key that only
 * this process has.
 */
struct fetch_seen;

/* NULL if both are 0. */
struct fetch_seen *fetch_seen_new(int repeat_sec, int daily_max);
void fetch_seen_free(struct fetch_seen *seen); /* NULL is ignored */

/* Take note of a fetch and tell whether it counts. */
bool fetch_seen_counts(struct fetch_seen *seen, const struct fetch_line *line);

#endif
