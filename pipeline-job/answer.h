#ifndef TTS_ANSWER_H
#define TTS_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

#include "engine.h"

/* An answer on its way from a child to its parent, which does not trust what it gets. */

#define ANSWER_MAX ((size_t)16 << 20) /* bytes; a lyric, and captions */

/* Append it to OUT. */
void answer_pack(struct buf *out, const struct engine_answer *answer);

/*
 * Read it. False if it is not one: cut off, with numbers that mean nothing, names of files that
 * lead elsewhere, or text that is not UTF-8. Strings are in POOL.
 */
bool answer_unpack(struct pool *pool, const char *data, size_t len, struct engine_answer *answer);

#endif
