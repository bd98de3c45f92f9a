#include "stats.h"

#include <string.h>
#include <sys/statvfs.h>
#include <sysexits.h>
#include <time.h>

#include "../common/work/render_stats.h"

static struct counters counters;

static uint64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

static void
note(const struct render_note *n)
{
	uint64_t place = counters_get(&counters, RENDER_NOTED) % RENDER_NOTES * 10;
	uint64_t words[sizeof *n / sizeof(uint64_t)];

	memcpy(words, n, sizeof words);
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		counters_set(&counters, RENDER_NOTE + place + i, words[i]);
	counters_add(&counters, RENDER_NOTED, 1);
}

/* The run before us did not say how it ended. */
static void
note_killed(uint64_t began)
{
	struct render_note n = {
	    .began = began, .ended = counters_get(&counters, RENDER_ALIVE), .end = RUN_KILLED};

	counters_add(&counters, RENDER_RUNS + RUN_KILLED, 1);
	note(&n);
}

void
stats_open(const struct conf *conf)
{
	uint64_t running;

	counters = render_stats_open(conf);
	running = counters_get(&counters, RENDER_RUNNING);
	if (running != 0)
		note_killed(running);
	running = now_ms();
	counters_set(&counters, RENDER_RUNNING, running);
	counters_set(&counters, RENDER_LAST_BEGAN, running);
	counters_set(&counters, RENDER_ALIVE, running);
}

struct event *
stats_events(void)
{
	return counters.events;
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
	counters_set(&counters, RENDER_ALIVE, now_ms());
}

void
stats_taken_back(uint64_t n)
{
	counters_add(&counters, RENDER_TAKEN_BACK, n);
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
		counters_set(&counters, RENDER_LAST_RESULT, now_ms());
	counters_set(&counters, RENDER_ALIVE, now_ms());
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

static enum render_end
end_of(int status)
{
	switch (status) {
	case EX_OK:
		return RUN_OK;
	case EX_TEMPFAIL:
		return RUN_DATABASE;
	case EX_IOERR:
		return RUN_DISK;
	case EX_CONFIG:
		return RUN_CONFIG;
	default:
		return RUN_BROKEN;
	}
}

uint64_t
stats_run_ms(void)
{
	return now_ms() - counters_get(&counters, RENDER_RUNNING);
}

void
stats_end(const struct db *db, const struct run_sum *sum, int status)
{
	struct render_note n = {.began = counters_get(&counters, RENDER_RUNNING),
	    .ended = now_ms(),
	    .end = end_of(status),
	    .claimed = sum->claimed,
	    .ready = sum->ready,
	    .failed = sum->failed,
	    .retried = sum->retried,
	    .released = sum->released,
	    .stale = sum->stale,
	    .sound_ms = sum->sound_ms};

	if (db != NULL)
		counters_add(&counters, RENDER_DB_RETRIES, db_retries(db));
	if (n.claimed > 0 || n.end != RUN_OK)
		note(&n);
	counters_add(&counters, RENDER_RUNS + n.end, 1);
	counters_set(&counters, RENDER_LAST_END, n.end);
	counters_set(&counters, RENDER_LAST_ENDED, n.ended);
	counters_set(&counters, RENDER_ALIVE, n.ended);
	counters_set(&counters, RENDER_RUNNING, 0);
}
