#ifndef TTS_OUTCOME_H
#define TTS_OUTCOME_H

#include "../common/base/conf.h"
#include "../common/base/mem.h"
#include "../common/say/say.h"
#include "../common/say/voice.h"
#include "../store/queue.h"
#include "engine/worker.h"

/*
 * The voice for a sentence: that of the project, otherwise one for the project's language,
 * otherwise one for the language of the text. NULL if no voice speaks it.
 */
const struct voice *outcome_voice(const struct conf *conf, const struct claim *claim);

/*
 * The text that the engine gets. If the engine has crashed on the sentence and another crash would
 * be the last, what may have been the cause is softened.
 */
struct said outcome_said(const struct conf *conf, struct pool *pool, const struct claim *claim,
    const struct voice *voice);

/*
 * What a child has to speak if VOICE is the voice of the sentence: parts in scripts that it cannot
 * read get another one, unless the pronunciation dictionary supplied phonemes. Lives in POOL and
 * refers to SAID.
 */
struct utterance outcome_utterance(
    struct pool *pool, const struct said *said, const struct voice *voice, int speed);

/* The reason why this cannot be spoken with VOICE, which may be NULL; NULL if it can be tried. */
const char *outcome_unspeakable(const struct claim *claim, const struct voice *voice);

/* The initial result of a claim made with TOKEN: released, nothing charged. */
struct result outcome_release(const struct claim *claim, const uint8_t token[CLAIM_TOKEN_SIZE]);

/* Fail permanently, for a reason for which the next attempt would fail too. */
void outcome_fail(struct result *result, const char *error);

/*
 * Fill in what follows from how the child ended. After ENDED_SPOKEN the caller fills in the outcome
 * and the file. A crash is charged an attempt and a crash and retried at once; any other failure is
 * charged an attempt and retried after a delay with full jitter, until the configured maximum of
 * either is reached.
 */
void outcome_of(const struct conf *conf, struct pool *pool, const struct claim *claim,
    const struct ending *ending, struct result *result);

/* Log the outcome of a sentence if it is a failure. */
void outcome_tell(const struct result *result, const struct ending *e);

#endif
