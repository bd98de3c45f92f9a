#ifndef TTS_SAY_LANG_H
#define TTS_SAY_LANG_H

#include "say_parts.h"

/* How numbers and the like are read aloud in each language; the rules refer to the readers by
 * letter. */
extern const struct say_reader say_en_readers[], say_ko_readers[], say_de_readers[],
    say_fr_readers[], say_es_readers[], say_it_readers[], say_ru_readers[], say_ja_readers[],
    say_zh_readers[];
extern const size_t say_en_readers_n, say_ko_readers_n, say_de_readers_n, say_fr_readers_n,
    say_es_readers_n, say_it_readers_n, say_ru_readers_n, say_ja_readers_n, say_zh_readers_n;

enum { SAY_EN_TABLES = 63, SAY_DE_TABLES = 37 };
extern const struct say_table say_en_tables[SAY_EN_TABLES], say_de_tables[SAY_DE_TABLES];
extern const struct say_near say_en_nears[], say_ko_nears[], say_de_nears[], say_fr_nears[];
extern const size_t say_en_nears_n, say_ko_nears_n, say_de_nears_n, say_fr_nears_n;

/* ------------------------------------------------------------------ say_euro.c */

/*
 * Readers that several languages share. Their numbers have a decimal comma; what is counted is
 * written "one of it|several|one small part|several small parts", such as "ein Euro|Euro|ein
 * Cent|Cent".
 */

/* BESIDE, a number, and what is counted: "ein Euro", "5 Euro". */
bool say_euro_counted(
    struct buf *out, const struct say_capture *c, const struct say_capture *beside);

/* Several, without the number; one, without its first word. */
bool say_euro_plural(
    struct buf *out, const struct say_capture *c, const struct say_capture *beside);
bool say_euro_singular(
    struct buf *out, const struct say_capture *c, const struct say_capture *beside);

/* BESIDE small parts: "99 Cent". Refuses a currency without any. */
bool say_euro_cents(struct buf *out, const struct say_capture *c, const struct say_capture *beside);

/* The number of small parts of BESIDE after a number of whole ones: the 50 of "12 Euro 50". */
bool say_euro_small(struct buf *out, const struct say_capture *c, const struct say_capture *beside);

/* A number without leading zeros. */
bool say_euro_plain(struct buf *out, const struct say_capture *c, const struct say_capture *beside);

/* The end of a range that begins with BESIDE; refuses one that is not greater. */
bool say_euro_greater(
    struct buf *out, const struct say_capture *c, const struct say_capture *beside);

/* The value of a number; -1 if it has a zero before other digits. */
double say_euro_value(const struct say_capture *c);

/* Append part WHICH, from 0, of what is counted, or its last; the number of its parts. */
void say_euro_part(struct buf *out, const char *s, unsigned which);
unsigned say_euro_parts(const char *s);

#endif
