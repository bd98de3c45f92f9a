#include "state.h"

#include "../common/base/log.h"
#include "internal.h"

static const char *const audio_states[] = {
    [AUDIO_PENDING] = "pending",
    [AUDIO_CLAIMED] = "claimed",
    [AUDIO_READY] = "ready",
    [AUDIO_FAILED] = "failed",
    [AUDIO_DELETED] = "deleted",
};

static const char *const work_states[WORK_STATES] = {
    [WORK_STATE_PENDING] = "pending",
    [WORK_STATE_CLAIMED] = "claimed",
    [WORK_STATE_WAITING] = "waiting",
    [WORK_STATE_DONE] = "done",
    [WORK_STATE_FAILED] = "failed",
    [WORK_STATE_CANCELLED] = "cancelled",
};

static const char *const work_kinds[WORK_KINDS] = {
    [WORK_KIND_PROJECT_DELETE] = "project_delete",
    [WORK_KIND_USER_DELETE] = "user_delete",
    [WORK_KIND_SWEEP] = "lexicon_sweep",
};

/* Find the name in CELL among N. */
static enum rc
name_find(
    const char *column, const char *const *names, size_t n, const struct cell *cell, size_t *found)
{
	for (*found = 0; *found < n; ++*found)
		if (strcmp(names[*found], cell->s) == 0)
			return RC_OK;
	log_error("%s: \"%s\" is not known", column, cell->s);
	return RC_FAIL;
}

enum rc
audio_state_read(const struct cell *cell, enum audio_state *out)
{
	size_t found;

	TRY(name_find(
	    "audio.state", audio_states, sizeof audio_states / sizeof *audio_states, cell, &found));
	*out = (enum audio_state)found;
	return RC_OK;
}

const char *
audio_state_name(enum audio_state state)
{
	return audio_states[state];
}

enum rc
work_state_read(const struct cell *cell, enum work_state *out)
{
	size_t found;

	TRY(name_find("work.state", work_states, WORK_STATES, cell, &found));
	*out = (enum work_state)found;
	return RC_OK;
}

enum rc
work_kind_read(const struct cell *cell, enum work_kind *out)
{
	size_t found;

	TRY(name_find("work.kind", work_kinds, WORK_KINDS, cell, &found));
	*out = (enum work_kind)found;
	return RC_OK;
}

const char *
work_state_name(enum work_state state)
{
	return work_states[state];
}

const char *
work_kind_name(enum work_kind kind)
{
	return work_kinds[kind];
}
