#ifndef TTS_VOICE_H
#define TTS_VOICE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The voices that were installed at build time. Clients name a voice by our own stable id; the name
 * that the engine gets comes only from this table.
 */
struct voice {
	const char *id;	      /* "ko", "en-us", …: lower case, unique, stable */
	const char *name;     /* for people: "Korean" */
	const char *language; /* BCP 47 tag */
	const char *engine;   /* the engine's name for it */
	const char *gender;   /* "male" or "female": how it sounds */
	const char *variant;  /* "+f2": a timbre of the voice before it; "": the voice itself */
	bool constructed;     /* of a language that somebody has made up */
};

/* In the order of their ids, so that the variants of a voice follow it. */
extern const struct voice voices[];
extern const size_t voices_n;

/* Find by id; NULL if there is none. */
const struct voice *voice_by_id(const char *id);

/*
 * The voice for a BCP 47 tag, ignoring case: that of the exact tag, else the default voice of the
 * language ("en" for "en-AU" if there is no such voice); NULL if no voice speaks the language.
 */
const struct voice *voice_by_language(const char *tag);

/* VOICE in the timbre of LIKE if there is such a variant, otherwise VOICE. */
const struct voice *voice_like(const struct voice *voice, const struct voice *like);

/* Have voices of constructed languages offered, or not: see voice_offered. For the whole process.
 */
void voice_offer_constructed(bool offered);

/* Whether clients can choose VOICE. Those that were chosen before go on speaking. */
bool voice_offered(const struct voice *voice);

/* The settings that determine the voice of a sentence. All but FALLBACK may be "". */
struct voice_wish {
	const char *voice;    /* voice id set for the project */
	const char *language; /* language tag set for the project */
	const char *context;  /* tag of the main language of the project's text */
	const char *fallback; /* tag of the language assumed without evidence */
};

/*
 * The voice for the LEN bytes of a sentence: the one set, else that of the language set, else that
 * of the detected language. NULL if no voice speaks it.
 */
const struct voice *voice_for(const struct voice_wish *wish, const char *text, size_t len);

/* The detected language of a sentence, regardless of the voice and language set. */
const char *voice_language(const struct voice_wish *wish, const char *text, size_t len);

#endif
