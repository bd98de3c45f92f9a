#include "gain.h"

#include <stddef.h>
#include <string.h>

#define GAIN_USUAL 220 /* of most voices, for one that the table does not have */

/* In hundredths of a dB, in the order of voices[]. */
static const struct {
	const char *id;
	int gain;
} known[] = {
#include "gains.inc"
};

double
gain_known(const struct voice *voice)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(known[i].id, voice->id) == 0)
			return known[i].gain / 100.0;
	return GAIN_USUAL / 100.0;
}
