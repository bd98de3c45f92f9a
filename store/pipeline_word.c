#include "pipeline.h"

static const char *const words[PIPELINE_WORDS] = {
    [PIPELINE_PENDING] = "pending",
    [PIPELINE_PROCESSING] = "processing",
    [PIPELINE_RENDERING] = "rendering",
    [PIPELINE_UPLOADING] = "uploading",
    [PIPELINE_RETRYING] = "retrying",
    [PIPELINE_COMPLETED] = "completed",
    [PIPELINE_STALE] = "stale",
    [PIPELINE_FAILED] = "failed",
    [PIPELINE_CANCELLED] = "cancelled",
    [PIPELINE_PAUSED] = "paused",
    [PIPELINE_SKIPPED] = "skipped",
    [PIPELINE_WAITING] = "waiting",
    [PIPELINE_DRAFT] = "draft",
};

const char *
pipeline_word_name(enum pipeline_word word)
{
	return words[word];
}

static bool
is_chosen(const struct pipeline *p, enum stage stage)
{
	return (p->stages & 1U << stage) != 0;
}

/* A run that somebody works on, or that was begun and is to be continued. */
static enum pipeline_word
word_by_step(const struct pipeline_run *r, enum stage stage)
{
	switch (r->step) {
	case STEP_FETCH:
		return PIPELINE_UPLOADING;
	case STEP_POLL:
		return stage == STAGE_VIDEO ? PIPELINE_RENDERING : PIPELINE_PROCESSING;
	default:
		return PIPELINE_PROCESSING;
	}
}

static enum pipeline_word
word_of_pending(const struct pipeline *p, enum stage stage)
{
	const struct pipeline_run *r = &p->runs[stage];

	if (p->paused[0] != '\0')
		return PIPELINE_PAUSED;
	if (r->tries > 0)
		return PIPELINE_RETRYING;
	return r->step == STEP_BEGIN ? PIPELINE_PENDING : word_by_step(r, stage);
}

enum pipeline_word
pipeline_stage_word(const struct pipeline *p, enum stage stage)
{
	const struct pipeline_run *r = &p->runs[stage];

	if (r->id == 0)
		return is_chosen(p, stage) ? PIPELINE_PENDING : PIPELINE_SKIPPED;
	switch (r->state) {
	case STAGE_PENDING:
		return word_of_pending(p, stage);
	case STAGE_DONE:
		return r->stale ? PIPELINE_STALE : PIPELINE_COMPLETED;
	case STAGE_FAILED:
		return r->stale ? PIPELINE_STALE : PIPELINE_FAILED;
	case STAGE_CANCELLED:
		return r->stale ? PIPELINE_STALE : PIPELINE_CANCELLED;
	default:
		return word_by_step(r, stage);
	}
}

/* The first stage that is not completed, or the last one. */
static enum stage
decisive_stage(const struct pipeline *p)
{
	enum stage last = STAGE_LYRIC;

	for (int i = STAGE_LYRIC; i < STAGES; i++) {
		if (!is_chosen(p, (enum stage)i))
			continue;
		last = (enum stage)i;
		if (pipeline_stage_word(p, last) != PIPELINE_COMPLETED)
			break;
	}
	return last;
}

enum pipeline_word
pipeline_overall(const struct pipeline *p, enum stage *current)
{
	enum pipeline_word word;

	*current = decisive_stage(p);
	if (p->started_at.s[0] == '\0')
		return PIPELINE_DRAFT;
	word = pipeline_stage_word(p, *current);
	switch (word) {
	case PIPELINE_COMPLETED:
	case PIPELINE_FAILED:
	case PIPELINE_CANCELLED:
	case PIPELINE_PAUSED:
		return word;
	default:
		break;
	}
	if (p->runs[*current].id != 0 && word != PIPELINE_STALE)
		return PIPELINE_PROCESSING;
	/* Nothing is queued. */
	return p->cancelled_at.s[0] != '\0' ? PIPELINE_CANCELLED : PIPELINE_WAITING;
}
