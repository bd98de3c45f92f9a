#include "state.h"

#include "../common/base/log.h"

static const char *const audio_states[] = {
    [AUDIO_PENDING] = "pending",
    [AUDIO_CLAIMED] = "claimed",
    [AUDIO_READY] = "ready",
    [AUDIO_FAILED] = "failed",
};

/* The number of the name in CELL, of N names; -1 if it is none of them. */
static int
state_find(const char *column, const char *const *names, size_t n, const struct cell *cell)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(names[i], cell->s) == 0)
			return (int)i;
	log_error("%s: \"%s\" is no state", column, cell->s);
	return -1;
}

enum rc
audio_state_read(const struct cell *cell, enum audio_state *out)
{
	int found = state_find(
	    "audio.state", audio_states, sizeof audio_states / sizeof *audio_states, cell);

	if (found < 0)
		return RC_FAIL;
	*out = (enum audio_state)found;
	return RC_OK;
}
