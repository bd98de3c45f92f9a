#ifndef TTS_SAY_JA_H
#define TTS_SAY_JA_H

#include "say_parts.h"

/* ------------------------------------------------------------------ say_ja_count.c */

/*
 * Append the kana of the number of LEN bytes at S: digits, with groups of thousands and a decimal
 * part, and characters such as 三, 百 and 万. Returns false for what is not such a number, or has
 * more digits than can be read.
 */
bool say_ja_number(struct buf *out, const char *s, size_t len);

/* The length of the digits and characters that make a number (三, 二十四, 二〇二六) at S. */
size_t say_ja_numeral(const char *s, size_t len);

/*
 * Append the kana of a number and a counter. COUNTER is what the table of counters says of it: its
 * kana, and after a "/" how it and the number change (see say_ja_counter.c). Returns false like
 * say_ja_number.
 */
bool say_ja_counted(struct buf *out, const char *s, size_t len, const char *counter);

/* The day of a month: ツイタチ, フツカ, ジューイチニチ. */
bool say_ja_day(struct buf *out, const char *s, size_t len);

/* ------------------------------------------------------------------ say_ja_counter.c */

enum { SAY_JA_COUNTERS = 244 };
extern const struct say_entry say_ja_counters[SAY_JA_COUNTERS];

/* The longest counter at S, and its length; NULL if there is none. */
const struct say_entry *say_ja_counter(const char *s, size_t len, size_t *n);

/* ------------------------------------------------------------------ say_ja_dictionary.c */

/* A word of a text, in bytes, and what the dictionary says of it. */
struct say_ja_word {
	size_t at, len;
	const char *feature; /* its kind and forms, separated by commas; of the analyser */
	bool unknown;
};

struct say_ja_words {
	struct say_ja_word *v;
	size_t n;
};

/*
 * Cut TEXT into words. Those that ENTIRE marks are not cut: for each byte of TEXT, and its end, it
 * has a SAY_JA_ character. The words are in POOL, their features are valid until the next call.
 * Returns false if there is no dictionary.
 */
#define SAY_JA_ANY 0
#define SAY_JA_EDGE 1
#define SAY_JA_INSIDE 2
bool say_ja_words(struct pool *pool, const char *text, size_t len, const uint8_t *entire,
    struct say_ja_words *words);

/* ------------------------------------------------------------------ say_ja_reading.c */

/* What the dictionary says of a word, in this order. */
enum { JA_KIND, JA_KIND_1, JA_KIND_2, JA_KIND_3, JA_TYPE, JA_FORM, JA_BASE, JA_READING, JA_SOUND };

/* Whether field FIELD of the feature of W is VALUE. */
bool say_ja_is(const struct say_ja_word *w, unsigned field, const char *value);

/* Append how word I of WORDS, which are those of TEXT, is pronounced, in katakana; false if the
 * dictionary does not say it. */
bool say_ja_reading(struct buf *out, const char *text, const struct say_ja_words *words, size_t i);

/* Append TEXT with katakana in place of hiragana. */
void say_ja_katakana(struct buf *out, const char *text, size_t len);

/* Append the names of the LEN capital letters at TEXT, in kana. */
void say_ja_letters(struct buf *out, const char *text, size_t len);

/* ------------------------------------------------------------------ say_ja_kana.c */

/*
 * Write SAID, which is said for the author's TEXT, in kana, as it is pronounced, with a space
 * before each phrase. It stays as it is without a dictionary, and if TEXT has no character of
 * Japanese.
 */
void say_ja_kana(struct pool *pool, struct said *said, const char *text, size_t len);

#endif
