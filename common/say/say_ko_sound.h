#ifndef TTS_SAY_KO_SOUND_H
#define TTS_SAY_KO_SOUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/mem.h"

/* Interfaces between the files say_ko_sound*.c: Korean words as they are pronounced. The articles
 * are those of the Standard Pronunciation Rules (표준발음법). */

/* Consonants and vowels, in the order in which Unicode composes them to syllables. */
enum first {
	F_G,
	F_GG,
	F_N,
	F_D,
	F_DD,
	F_R,
	F_M,
	F_B,
	F_BB,
	F_S,
	F_SS,
	F_NONE,
	F_J,
	F_JJ,
	F_CH,
	F_K,
	F_T,
	F_P,
	F_H
};

enum vowel {
	V_A,
	V_AE,
	V_YA,
	V_YAE,
	V_EO,
	V_E,
	V_YEO,
	V_YE,
	V_O,
	V_WA,
	V_WAE,
	V_OE,
	V_YO,
	V_U,
	V_WEO,
	V_WE,
	V_WI,
	V_YU,
	V_EU,
	V_UI,
	V_I
};

enum last {
	L_NONE,
	L_G,
	L_GG,
	L_GS,
	L_N,
	L_NJ,
	L_NH,
	L_D,
	L_R,
	L_RG,
	L_RM,
	L_RB,
	L_RS,
	L_RT,
	L_RP,
	L_RH,
	L_M,
	L_B,
	L_BS,
	L_S,
	L_SS,
	L_NG,
	L_J,
	L_CH,
	L_K,
	L_T,
	L_P,
	L_H,
	L_COUNT
};

struct syllable {
	uint8_t first, vowel, last;
	bool begins;	/* a word begins with it */
	bool fixed;	/* it and the next one are already as they are pronounced */
	bool ends;	/* a part of the word that is a word itself ends with it */
	bool tense;	/* its first consonant is to be tense although no rule says so */
	uint16_t code;	/* as it was written, from 0 */
	uint16_t place; /* bytes from the beginning of the text */
};

/* Syllables that are spoken in one breath: words with a single space between them. */
struct breath {
	const char *text; /* as it was written */
	struct syllable *s;
	size_t n;
};

/* A word that is written twice, once in brackets: the bytes from BEGIN to END of the text, of which
 * only those from SAID on are spoken. */
struct say_gloss {
	size_t begin, end, said, said_len;
};

struct say_glosses {
	struct say_gloss *v;
	size_t n;
};

/*
 * Replace the Hanja of PLAIN by the Hangul in which they are read, one character for one, unless it
 * is Japanese or Chinese. Return the words beside which the same word is in brackets.
 */
struct say_glosses say_ko_hanja(struct pool *pool, struct buf *plain);

/* Pronounce the LEN bytes at TEXT in place: one syllable of Hangul is replaced by one. */
void say_ko_sound(char *text, size_t len);

/* The number of the syllable of Hangul at S, from 0; there must be one. */
uint16_t say_ko_code(const char *s);

/* Set consonants and vowel of S to those of syllable CODE, and the other way round. */
void say_ko_compose(struct syllable *s, uint16_t code);
uint16_t say_ko_decompose(const struct syllable *s);

/* The index of the first syllable of the word after the one that AT is in; B->n if there is none.
 */
size_t say_ko_word_end(const struct breath *b, size_t at);

/* ------------------------------------------------------------------ say_ko_sound_words.c */

/*
 * The words that no rule gets right, each with a space after it. In a word, _ is a space, ' is
 * before a consonant that is tense, * before a vowel that ㄴ is put before (article 29), and - is
 * after the end of a part that is a word itself (article 15). Otherwise "=" is followed by how the
 * word is pronounced, except for the end, which depends on what follows. ^ is before what begins a
 * word, $ after what ends one, + after what ends one or is followed by a particle. All else may
 * also be a part of a longer word.
 */
extern const char *const say_ko_word_list[]; /* and NULL */

/* Mark in B the places of words that no rule gets right. */
void say_ko_words(struct breath *b);

/* ------------------------------------------------------------------ say_ko_sound_tense.c */

/* Mark the consonants of B that become tense after ㄴ, ㄹ, ㅁ or ㅇ because of the kind of word. */
void say_ko_tense(struct breath *b);

/* Whether ㄴ and ㄹ between syllables AT and AT + 1 are both pronounced ㄴ. */
bool say_ko_two_n(const struct breath *b, size_t at);

/* ------------------------------------------------------------------ say_ko_sound_edge.c */

/* Pronounce where syllable AT and the next one meet, or the end of the last one. */
void say_ko_edge(struct breath *b, size_t at);

#endif
