#ifndef TTS_SAY_ZH_WORDS_H
#define TTS_SAY_ZH_WORDS_H

#include <stddef.h>

#include "../base/mem.h"

/*
 * Write in the LEN bytes of Chinese at TEXT, in place of each character that is read otherwise in
 * its word than the engine reads it, one that the engine reads so. The length stays the same.
 */
void say_zh_words(struct pool *pool, char *text, size_t len);

#endif
