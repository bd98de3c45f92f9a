#ifndef TTS_PIPELINE_LINES_H
#define TTS_PIPELINE_LINES_H

#include "../common/base/json.h"
#include "../store/stage.h"

/*
 * The lines of a song, from its words and their times as a service gives them: objects {word,
 * startS, endS}, in seconds. Words bring their own spaces, line ends, and marks such as "[Verse]",
 * which are no text. Whatever the times are, those of the lines grow, and end by DURATION_MS. *N is
 * set.
 */
struct stage_caption *lines_of_words(struct pool *pool, const struct json_node *words,
    size_t n_words, uint64_t duration_ms, size_t *n);

#endif
