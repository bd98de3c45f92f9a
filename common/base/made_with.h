#ifndef TTS_MADE_WITH_H
#define TTS_MADE_WITH_H

#include <stdbool.h>

#include "conf.h"
#include "mem.h"

/* What a sound was made with: the programs and the settings of its MP3. */
struct made_with {
	const char *version; /* of this product */
	const char *engine;  /* "espeak-ng 1.51" */
	const char *encoder; /* "LAME 3.100" */
	const char *mode;    /* "cbr" */
	int bitrate_kbps, quality, sample_rate_hz;
};

/* The longest text of made_with_pack, and what the column of the database holds. */
#define MADE_WITH_MAX 127

/* As one line of ASCII, for the database. */
const char *made_with_pack(struct pool *pool, const struct made_with *what);

/* Read such a line. False for any other, for instance that of a sound whose makers are unknown:
 * "". */
bool made_with_read(struct pool *pool, const char *packed, struct made_with *out);

/* Whether the settings of the MP3 are those of the configuration. */
bool made_with_settings(const struct made_with *what, const struct conf *conf);

/*
 * Compare versions such as 0.10.2, by their numbers: negative, 0 or positive as A is older than B,
 * the same or newer. Text after the numbers marks a version that comes before: 1.0.0-rc1.
 */
int made_with_compare(const char *a, const char *b);

/* Whether S is a version that can be compared. */
bool made_with_version(const char *s);

#endif
