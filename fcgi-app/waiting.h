#ifndef TTS_WAITING_H
#define TTS_WAITING_H

#include <stdbool.h>

#include "../store/store.h"
#include "answer.h"

/* The names of states for clients, by state; NULL after those. */
extern const char *const waiting_words[];

/* The name of a state for clients: "pending", "rendering", "ready", "failed". */
const char *waiting_status(enum audio_state state);

/*
 * Tell whether the sentence has no sound: then ANSWER is 202 with Retry-After if there will be one,
 * and 409 with ERROR if it failed for good.
 */
bool waiting_for_sound(
    const struct req *req, enum audio_state state, const char *error, struct answer *answer);

#endif
