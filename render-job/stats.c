#include "stats.h"

#include <sys/statvfs.h>

#include "../common/media/media.h"
#include "../common/work/render_stats.h"

_Static_assert(RENDER_PROJECTS == MEDIA_NOTES, "the projects that are published for have room");

static struct counters counters;

void
stats_open(const struct conf *conf)
{
	counters = render_stats_open(conf);
	run_stats_begin(&counters, render_notes);
}

struct throttle *
stats_throttles(void)
{
	return counters.throttles;
}

uint64_t *
stats_publishing(void)
{
	return counters.v + RENDER_PUBLISHING;
}

void
stats_media(const struct conf *conf, bool ok)
{
	struct statvfs fs;

	counters_set(&counters, RENDER_MEDIA_OK, ok);
	if (statvfs(conf->media.root, &fs) < 0)
		return;
	counters_set(&counters, RENDER_MEDIA_SIZE, (uint64_t)fs.f_blocks * fs.f_frsize);
	counters_set(&counters, RENDER_MEDIA_FREE, (uint64_t)fs.f_bavail * fs.f_frsize);
	counters_set(&counters, RENDER_MEDIA_FILES, fs.f_files);
	counters_set(&counters, RENDER_MEDIA_FILES_FREE, fs.f_favail);
}

void
stats_claimed(struct run_sum *sum, size_t n)
{
	sum->claimed += n;
	counters_add(&counters, RENDER_CLAIMED, n);
	run_stats_alive(&counters);
}

void
stats_taken_back(uint64_t n)
{
	counters_add(&counters, RENDER_TAKEN_BACK, n);
	run_stats_alive(&counters);
}

static enum render_reason
reason_of(const struct ending *e)
{
	if (e->ended == ENDED_CRASHED)
		return REASON_CRASH;
	if (e->ended == ENDED_LATE)
		return REASON_LATE;
	switch (e->child) {
	case CHILD_SILENT:
		return REASON_SILENT;
	case CHILD_CLIPPED:
		return REASON_CLIPPED;
	case CHILD_ABSURD:
		return REASON_ABSURD;
	case CHILD_LONG:
		return REASON_LONG;
	case CHILD_ENCODER:
		return REASON_ENCODER;
	default:
		return REASON_ENGINE;
	}
}

void
stats_ending(const struct ending *e)
{
	if (e->ended != ENDED_SPOKEN && e->ended != ENDED_LOST)
		counters_add(&counters, RENDER_REASON + reason_of(e), 1);
}

void
stats_unspeakable(void)
{
	counters_add(&counters, RENDER_REASON + REASON_TEXT, 1);
}

void
stats_result(struct run_sum *sum, const struct result *r)
{
	static const enum render_counter counter[] = {
	    [OUTCOME_READY] = RENDER_READY,
	    [OUTCOME_RETRY] = RENDER_RETRIED,
	    [OUTCOME_FAILED] = RENDER_FAILED,
	    [OUTCOME_RELEASE] = RENDER_RELEASED,
	};
	uint64_t *const sums[] = {
	    [OUTCOME_READY] = &sum->ready,
	    [OUTCOME_RETRY] = &sum->retried,
	    [OUTCOME_FAILED] = &sum->failed,
	    [OUTCOME_RELEASE] = &sum->released,
	};

	/* What is given back is no progress: a full disk must not look like work that is done. */
	if (r->outcome != OUTCOME_RELEASE)
		counters_set(&counters, RENDER_LAST_RESULT, run_stats_now());
	run_stats_alive(&counters);
	if (r->stale) {
		sum->stale++;
		counters_add(&counters, RENDER_STALE, 1);
		return;
	}
	++*sums[r->outcome];
	counters_add(&counters, counter[r->outcome], 1);
	if (r->outcome == OUTCOME_READY) {
		sum->sound_ms += r->duration_ms;
		counters_add(&counters, RENDER_SOUND_MS, r->duration_ms);
		counters_add(&counters, RENDER_BYTES, r->size_bytes);
	}
}

uint64_t
stats_run_ms(void)
{
	return run_stats_ms(&counters);
}

void
stats_end(const struct db *db, const struct run_sum *sum, int status)
{
	/* As in struct render_note. */
	const uint64_t own[RENDER_NOTE_WORDS - RUN_NOTE_WORDS] = {sum->claimed, sum->ready,
	    sum->failed, sum->retried, sum->released, sum->stale, sum->sound_ms};

	run_stats_end(&counters, render_notes, status, sum->claimed > 0,
	    db != NULL ? db_retries(db) : 0, db != NULL ? db_events(db) : 0, own);
}
