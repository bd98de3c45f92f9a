#ifndef TTS_TEXT_UNI_H
#define TTS_TEXT_UNI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/utf8.h"

/*
 * Characters, for the files text_*.c. What a code point is comes from ICU; nothing else here knows
 * that library.
 */
enum cls {
	C_OTHER,
	C_SPACE, /* White_Space and U+FEFF */
	C_UPPER, /* also title case */
	C_LOWER,
	C_LETTER, /* of a script without case */
	C_MARK,	  /* goes with the character before it: combining marks, joiners, selectors */
	C_DIGIT,
	C_SUPER, /* raised digit: a footnote */
	C_ENUM,	 /* circled number */
	C_SIGN,	 /* no letter, but has a name that is said: % & € */
	C_EMOJI,
	C_DOT, /* ends a sentence, or not */
	C_ELLIPSIS,
	C_ASK,	/* ! ? and their relatives: nearly always end one */
	C_STOP, /* always ends one: 。 । ۔ */
	C_OPEN, /* brackets, and ¿ ¡ */
	C_CLOSE,
	C_QUOTE, /* its role depends on where it stands */
	C_DASH,
	C_BULLET,
	C_CLAUSE, /* , ; : and their relatives */
};

/* Classes of ASCII; those of the rest come from a function. */
extern const uint8_t uni_ascii[128];
enum cls uni_cls_beyond(uint32_t c);

/* What a code point is. */
static inline enum cls
uni_cls(uint32_t c)
{
	return c < 0x80 ? (enum cls)uni_ascii[c] : uni_cls_beyond(c);
}

/* An ASCII letter or digit: what most bytes are, and what nothing ends at. */
static inline bool
uni_plain(char c)
{
	return (uint8_t)((c | 0x20) - 'a') < 26 || (uint8_t)(c - '0') < 10;
}

uint32_t uni_lower(uint32_t c);

/* What is the same without case is the same folded (simple case folding). */
uint32_t uni_fold(uint32_t c);

/* Whether it fills two columns of a terminal. */
bool uni_wide(uint32_t c);

/* Whether it never begins a grapheme: combining marks, joiners, selectors. */
bool uni_joins(uint32_t c);

/*
 * Return the last grapheme boundary (UAX #29) in S[1..at], or 0 if there is none. S must begin at a
 * boundary. Costs O(at).
 */
size_t uni_grapheme_floor(const char *s, size_t len, size_t at);

/* Return the ISO 15924 code of a letter's script ("Hang"), or "" where it tells nothing. */
const char *uni_script(uint32_t c);

static inline bool
uni_hangul(uint32_t c)
{
	return (c >= 0xac00 && c <= 0xd7a3) || (c >= 0x3131 && c <= 0x318e) ||
	       (c >= 0x1100 && c <= 0x11ff);
}

static inline bool
uni_kana(uint32_t c)
{
	return c >= 0x3040 && c <= 0x30ff;
}

/* Han and Kana: written without spaces. */
static inline bool
uni_cjk(uint32_t c)
{
	return uni_kana(c) || (c >= 0x3400 && c <= 0x9fff) || (c >= 0xf900 && c <= 0xfaff) ||
	       (c >= 0x20000 && c <= 0x3ffff);
}

/* Scripts in which a sentence can follow without a space, and Latin letters are a word by
 * themselves. */
static inline bool
uni_dense(uint32_t c)
{
	return uni_hangul(c) || uni_cjk(c);
}

static inline bool
cls_letter(enum cls k)
{
	return k == C_UPPER || k == C_LOWER || k == C_LETTER;
}

/* A sign a voice can say. */
static inline bool
cls_spoken(enum cls k)
{
	return cls_letter(k) || (k >= C_DIGIT && k <= C_SIGN);
}

static inline bool
cls_word(enum cls k)
{
	return cls_letter(k) || k == C_MARK || k == C_DIGIT;
}

#endif
