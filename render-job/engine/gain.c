#include "gain.h"

#include <stddef.h>
#include <string.h>

#define GAIN_USUAL 220 /* typical; used for a voice that is not in the table */

/* In hundredths of a dB, in the order of voices[]. */
static const struct {
	const char *id;
	int gain;
} gains[] = {
#include "gains.inc"
};

double
gain_known(const struct voice *voice)
{
	for (size_t i = 0; i < sizeof gains / sizeof gains[0]; i++)
		if (strcmp(gains[i].id, voice->id) == 0)
			return gains[i].gain / 100.0;
	return GAIN_USUAL / 100.0;
}
