#ifndef TTS_DATAFILES_H
#define TTS_DATAFILES_H

#include <stdbool.h>

/*
 * The engine opens a dictionary whenever a text passes into another language, in the middle of
 * speaking, and a small file for each voice that is set; but the child that speaks may open
 * nothing. So dictionaries and voices are read beforehand, into memory that all children share, and
 * this file's fopen(), stat() and opendir(), which stand before libc's in this program, answer from
 * there. What is not there they pass on, until the process is sealed.
 */

/* Read every dictionary and voice in DIR, the engine's data. False (logged) if that cannot be done.
 */
bool datafiles_load(const char *dir);

/* From now on there are no files but these, to read, and no directories. */
void datafiles_seal(void);

#endif
