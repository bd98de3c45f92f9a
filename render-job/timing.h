#ifndef TTS_TIMING_H
#define TTS_TIMING_H

#include "../common/base/mem.h"
#include "../common/say/say.h"
#include "../store/store.h"
#include "engine/worker.h"

/*
 * Tell when each word of the author's TEXT is heard, from what a child heard the engine tell of the
 * said one; that may be anything. *N words in POOL, in order: a word lasts until the next one
 * begins, the last one to the end of the sound, whose length is DURATION_MS. Every word of the text
 * is there: what the engine did not tell of has its share of the time between those it did. Words
 * that stand for one run of the said text are one.
 */
const struct timed_word *timing_words(struct pool *pool, const char *text, size_t len,
    const struct said *said, const struct ending *ending, uint32_t duration_ms, size_t *n);

#endif
