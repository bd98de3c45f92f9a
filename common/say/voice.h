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

/* What is known of the voice of a sentence; each may be "" but the last. */
struct voice_wish {
	const char *voice;    /* id, of the project */
	const char *language; /* tag, of the project */
	const char *context;  /* tag: what the project is mostly in */
	const char *fallback; /* tag: what texts are in where nothing tells */
};

/*
 * The voice for the LEN bytes of a sentence: the one wished for, else of the language wished for,
 * else of what the text is found to be in. NULL if nobody speaks it.
 */
const struct voice *voice_for(const struct voice_wish *wish, const char *text, size_t len);

/* The language a sentence is found to be in, whatever voice and language are wished for. */
const char *voice_language(const struct voice_wish *wish, const char *text, size_t len);

#endif
