#ifndef TTS_VOICE_H
#define TTS_VOICE_H

#include <stddef.h>

/*
 * The voices that were installed when this was built. A client names a voice by our own stable id;
 * what the engine is given comes from this table alone.
 */
struct voice {
	const char *id;	      /* "ko", "en-us", …: lower case, unique, stable */
	const char *name;     /* for people: "Korean" */
	const char *language; /* BCP 47 tag */
	const char *engine;   /* what the engine calls it */
};

extern const struct voice voices[];
extern const size_t voices_n;

/* Find by id; NULL if there is none. */
const struct voice *voice_by_id(const char *id);

/*
 * The voice for a BCP 47 tag, without case: the exact tag, else the language's default voice ("en"
 * for "en-AU" where there is no such voice); NULL if no voice speaks the language.
 */
const struct voice *voice_by_language(const char *tag);

/*
 * The voice for a sentence: the one with the id VOICE, else of the tag LANGUAGE (either may be ""),
 * else by the script of the text, FALLBACK where that does not tell. NULL if nobody speaks it.
 */
const struct voice *voice_for(
    const char *voice, const char *language, const char *text, size_t len, const char *fallback);

#endif
