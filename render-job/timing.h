#ifndef TTS_TIMING_H
#define TTS_TIMING_H

#include "../common/base/mem.h"
#include "../common/say/say.h"
#include "../store/store.h"
#include "engine/worker.h"

/*
 * Compute when each word of the author's TEXT is heard from the engine's reports about the text it
 * was given, which come from a child and can be anything. The result is *N words in POOL, in order:
 * a word lasts until the next one begins, the last one to the end of the sound, whose length is
 * DURATION_MS. Every word of the text is present: words that the engine did not report share the
 * time between those that it did. The words that correspond to one run of the spoken text are one.
 */
const struct timed_word *timing_words(struct pool *pool, const char *text, size_t len,
    const struct said *said, const struct ending *ending, uint32_t duration_ms, size_t *n);

#endif
