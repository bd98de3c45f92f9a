#ifndef TTS_SAY_PARTS_H
#define TTS_SAY_PARTS_H

#include "say.h"

/* What the files say_*.c need of each other. */

/* A said text while it is being made. */
struct say_out {
	struct pool *pool;
	struct buf text;
	struct say_run *runs;
	size_t runs_n, runs_cap;
	uint32_t said, author; /* code points so far */
};

void say_begin(struct say_out *out, struct pool *pool, size_t hint);

/* Take over the author's next LEN bytes as they stand, but for control characters, each of which
 * becomes a space, and "[[", which becomes "([". */
void say_keep(struct say_out *out, const char *text, size_t len);

#endif
