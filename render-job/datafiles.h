#ifndef TTS_DATAFILES_H
#define TTS_DATAFILES_H

#include <stdbool.h>

/*
 * The engine opens a dictionary whenever a text passes into another language, in the middle of
 * speaking, and a small file for each voice that is set; but the child that speaks may open
 * nothing. So dictionaries and voices are read beforehand, into one piece of memory that all
 * children share (a mapping of each would be copied at every fork), and this file's fopen() and
 * stat(), which stand before libc's in this program, answer from memory once the process is sealed.
 * Until then they pass everything on.
 */

/* Read every dictionary and voice in DIR, the engine's data. False (logged) if that cannot be done.
 */
bool datafiles_load(const char *dir);

/* From now on there are no files but these, to fopen() and stat(), to read. */
void datafiles_seal(void);

#endif
