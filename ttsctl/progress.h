#ifndef TTS_PROGRESS_H
#define TTS_PROGRESS_H

#include <stdint.h>

/*
 * A progress bar on the last line of the terminal, if standard error is one; otherwise nothing.
 * TOTAL 0 means unknown.
 */
void progress_begin(const char *what, uint64_t total);
void progress_add(uint64_t n);

/* Remove the bar. Also call this before writing a line: the next progress_add draws the bar
 * again. */
void progress_clear(void);
void progress_end(void);

#endif
