#ifndef TTS_OUTCOME_H
#define TTS_OUTCOME_H

#include "../common/base/conf.h"
#include "../common/base/mem.h"
#include "../common/say/say.h"
#include "../common/say/voice.h"
#include "../store/queue.h"
#include "engine/worker.h"

/*
 * The voice for a sentence: that of the project, else that of the project's language, else by the
 * script of the text. NULL if nobody speaks it.
 */
const struct voice *outcome_voice(const struct conf *conf, const struct claim *claim);

/*
 * What a child is to say for what VOICE is to speak: where the text passes into what that voice
 * cannot read, another one takes over, unless
 * the pronunciation dictionary gave phonemes. Lives in POOL and as long as SAID.
 */
struct utterance outcome_utterance(
    struct pool *pool, const struct said *said, const struct voice *voice, int speed);

/* Why nobody has to try to speak this with VOICE, which may be NULL; NULL if somebody should. */
const char *outcome_unspeakable(const struct claim *claim, const struct voice *voice);

/* Begin the result of a claim made under TOKEN: released, nothing charged. */
struct result outcome_release(const struct claim *claim, const uint8_t token[CLAIM_TOKEN_SIZE]);

/* Fail for good, for a reason that the next try would meet again. */
void outcome_fail(struct result *result, const char *error);

/*
 * Fill in what follows from how the child ended, but what is about the file when it has SPOKEN
 * (that stays for the caller, and so does the outcome). A crash costs an attempt and a crash and
 * comes again at once, any other failure an attempt and comes again after full jitter, until the
 * configured number of either is reached.
 */
void outcome_of(const struct conf *conf, struct pool *pool, const struct claim *claim,
    const struct ending *ending, struct result *result);

/* Log what came of a sentence, if it is not what was hoped for. */
void outcome_tell(const struct result *result, const struct ending *e);

#endif
