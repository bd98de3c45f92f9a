#ifndef TTS_PROGRESS_H
#define TTS_PROGRESS_H

#include <stdint.h>

/*
 * A bar on the last line of the terminal that standard error is; nothing at all where it is none.
 * TOTAL 0 means unknown.
 */
void progress_begin(const char *what, uint64_t total);
void progress_add(uint64_t n);

/* Take the bar away. Also before a line is written: the next progress_add draws it again. */
void progress_clear(void);
void progress_end(void);

#endif
