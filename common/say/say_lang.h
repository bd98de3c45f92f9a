#ifndef TTS_SAY_LANG_H
#define TTS_SAY_LANG_H

#include "say_parts.h"

/* How numbers and the like are read aloud in each language; the rules refer to the readers by
 * letter. */
extern const struct say_reader say_en_readers[], say_ko_readers[];
extern const size_t say_en_readers_n, say_ko_readers_n;

enum { SAY_EN_TABLES = 63 };
extern const struct say_table say_en_tables[SAY_EN_TABLES];
extern const struct say_near say_en_nears[], say_ko_nears[];
extern const size_t say_en_nears_n, say_ko_nears_n;

#endif
