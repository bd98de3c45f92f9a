#ifndef TTS_TEXT_UNI_H
#define TTS_TEXT_UNI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/utf8.h"
#include "text.h"

/*
 * Properties of characters, for the files text_*.c. They come from ICU; nothing else here uses that
 * library.
 */
enum cls {
	C_OTHER,
	C_SPACE, /* White_Space and U+FEFF */
	C_UPPER, /* including title case */
	C_LOWER,
	C_LETTER, /* letter of a script without case */
	C_MARK,	  /* belongs to the character before it: combining marks, joiners, selectors */
	C_DIGIT,
	C_SUPER, /* superscript digit: a footnote */
	C_ENUM,	 /* circled number */
	C_SIGN,	 /* not a letter, but has a spoken name: % & € */
	C_EMOJI,
	C_DOT, /* may end a sentence */
	C_ELLIPSIS,
	C_ASK,	/* ! ? and similar marks: nearly always end a sentence */
	C_STOP, /* always ends a sentence: 。 । ۔ */
	C_OPEN, /* brackets, and ¿ ¡ */
	C_CLOSE,
	C_QUOTE, /* its role depends on its position */
	C_DASH,
	C_BULLET,
	C_CLAUSE, /* , ; : and similar marks */
};

/* Classes of the ASCII characters; a function returns those of the others. */
extern const uint8_t uni_ascii[128];
enum cls uni_cls_beyond(uint32_t c);

/* The class of a code point. */
static inline enum cls
uni_cls(uint32_t c)
{
	return c < 0x80 ? (enum cls)uni_ascii[c] : uni_cls_beyond(c);
}

/* An ASCII letter or digit: most bytes are one, and no sentence ends at one. */
static inline bool
uni_plain(char c)
{
	return (uint8_t)((c | 0x20) - 'a') < 26 || (uint8_t)(c - '0') < 10;
}

uint32_t uni_lower(uint32_t c);

/* Simple case folding: characters that differ only in case fold to the same one. */
uint32_t uni_fold(uint32_t c);

/* Whether C takes up two columns of a terminal. */
bool uni_wide(uint32_t c);

/* Whether C never begins a grapheme: combining marks, joiners, selectors. */
bool uni_joins(uint32_t c);

/*
 * Return the last grapheme boundary (UAX #29) in S[1..at], or 0 if there is none. S must begin at a
 * boundary. Costs O(at).
 */
size_t uni_grapheme_floor(const char *s, size_t len, size_t at);

/*
 * The plain characters that C stands for, by Unicode's compatibility decomposition (① ⅛ ㎏ ₂ ℃ ⓐ)
 * or its numeric value (➊), as UTF-8 in OUT. Returns their length; 0 for all other characters, and
 * for superscripts, which voices read by themselves.
 */
#define UNI_SPELLED_MAX 64
size_t uni_spelled(uint32_t c, char out[UNI_SPELLED_MAX]);

/* The value of a decimal digit of any script but the ASCII ones; -1 for all other characters. */
int uni_digit(uint32_t c);

/*
 * Whether a voice says C, alone or for what it stands for. Letters of scripts, and currency signs,
 * that none of the voices of espeak-ng 1.51 makes a sound of are not among them.
 */
bool uni_spoken(uint32_t c);

/* Whether such a C is a word of its own, whatever is next to it: numbers and letters in circles,
 * fractions. */
bool uni_stands_alone(uint32_t c);

/* Return the ISO 15924 code of a letter's script ("Hang"), or "" if it has no particular script. */
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

/* Scripts in which a sentence can follow without a space, and Latin letters are a separate word. */
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

/* What most voices can say; see uni_spoken(). */
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

/* The LEN bytes of valid UTF-8 in NFC, with every space (Zs) as U+0020; and in NFD. */
struct slice uni_compose(struct pool *pool, const char *s, size_t len);
struct slice uni_decompose(struct pool *pool, const char *s, size_t len);

#endif
