#ifndef TTS_SAY_JA_MISSING_H
#define TTS_SAY_JA_MISSING_H

/* The Debian package without which Japanese is not read as it is pronounced, and that this machine
 * does not have; NULL if it has all. */
const char *say_ja_missing(void);

#endif
