#ifndef TTS_STRETCH_H
#define TTS_STRETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "speak.h"

/*
 * Makes speech faster or slower than the engine can, without changing its pitch. Lives as long as
 * the process, which speaks one sentence.
 */
struct stretch;

/* FACTOR 2 halves the duration. NULL if memory runs out. */
struct stretch *stretch_new(int sample_rate, double factor);

/* Stretch N samples and pass on what is ready. False if the sink asked to stop. */
bool stretch_write(
    struct stretch *stretch, const int16_t *pcm, size_t n, speak_sink *sink, void *to);

/* Pass on the rest. */
bool stretch_end(struct stretch *stretch, speak_sink *sink, void *to);

#endif
