#ifndef TTS_SAY_LANG_H
#define TTS_SAY_LANG_H

#include "say_parts.h"

/* How numbers and the like are read aloud in each language; the rules refer to the readers by
 * letter. */
extern const struct say_reader say_en_readers[], say_ko_readers[];
extern const size_t say_en_readers_n, say_ko_readers_n;

#endif
