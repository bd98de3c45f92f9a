#ifndef TTS_WAITING_H
#define TTS_WAITING_H

#include <stdbool.h>

#include "../store/store.h"
#include "answer.h"

/* What clients are told of a state: "pending", "rendering", "ready", "failed". */
const char *waiting_status(enum audio_state state);

/*
 * Tell whether the sentence has no sound to speak of: then ANSWER is 202 with Retry-After where it
 * will come, and 409 with ERROR where it failed for good.
 */
bool waiting_for_sound(
    const struct req *req, enum audio_state state, const char *error, struct answer *answer);

#endif
