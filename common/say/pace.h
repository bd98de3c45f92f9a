#ifndef TTS_PACE_H
#define TTS_PACE_H

#include <stddef.h>
#include <stdint.h>

/* Convert a client's speed to percent of normal speed: 1 to 4 are multiples, 25 to 400 are
 * percentages. */
int pace_percent(int speed);

/*
 * Estimate the length in milliseconds of the sound of a sentence spoken in LANGUAGE, a BCP 47 tag,
 * at PERCENT of normal speed, including the silence at its ends. For the languages of the table the
 * estimate for a longer text is within about 15 % of the true length.
 */
uint64_t pace_ms(const char *s, size_t len, const char *language, int percent);

#endif
