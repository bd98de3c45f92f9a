#ifndef TTS_DATAFILES_H
#define TTS_DATAFILES_H

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>

/*
 * The engine opens a dictionary whenever a text switches to another language, in the middle of
 * speaking, and a small file for each voice that is set; but the child that speaks must not open
 * anything. So dictionaries and voices are read beforehand, into memory that all children share.
 * When the engine's archive is copied for linking, its calls of fopen(), stat() and opendir() are
 * redirected to the functions below (see ENGINE in the Makefile); nothing else in the program is
 * affected. They serve these files from memory, and pass other paths on to the C library until the
 * process is sealed.
 */

/* Read every dictionary and voice in DIR, the engine's data directory. False, logged, on
 * failure. */
bool datafiles_load(const char *dir);

/* From now on the engine can read only these files, and no directory. */
void datafiles_seal(void);

/* Called by the engine in place of fopen(3), stat(2) and opendir(3). */
FILE *datafiles_fopen(const char *restrict path, const char *restrict mode);
int datafiles_stat(const char *restrict path, struct stat *restrict st);
DIR *datafiles_opendir(const char *path);

#endif
