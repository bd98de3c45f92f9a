#ifndef TTS_LYRIC_COMPOSE_H
#define TTS_LYRIC_COMPOSE_H

#include <stddef.h>

#include "../common/base/mem.h"
#include "lyric_texts.h"

/* What a request says, as it is: any UTF-8; "" if it says nothing. */
struct lyric_facts {
	const char *task_id; /* two tasks get different texts */
	const char *name, *region, *detail;
	const char *language, *genre;
};

/*
 * Write a lyric of 8 to 16 lines, with an empty line between verses, in POOL. It is Korean if the
 * language is, or if none is given and the name is in Hangul, and English otherwise. The same facts
 * always make the same text.
 */
const char *lyric_compose(struct pool *pool, const struct lyric_facts *facts);

/* The texts and the tone that are used for these facts. */
const struct lyric_texts *lyric_language(const struct lyric_facts *facts);
enum lyric_tone lyric_tone_of(const char *genre);

/* How the last syllable of a word ends, as Korean particles need to know. */
enum korean_end { ENDS_IN_VOWEL, ENDS_IN_CONSONANT, ENDS_IN_RIEUL };
enum korean_end korean_end_of(const char *word);

/* The form of a particle for WORD: PARTICLE is the one after a consonant, "은", "이", "을", "과",
 * "으로". Anything else is returned as it is. */
const char *korean_particle(const char *word, const char *particle, size_t len);

#endif
