#include "run_stats.h"

#include <string.h>
#include <time.h>

static uint64_t
ms_of(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

uint64_t
run_stats_now(void)
{
	return ms_of(CLOCK_BOOTTIME);
}

uint64_t
run_stats_wall(uint64_t t)
{
	uint64_t now = run_stats_now();

	return t == 0 || t > now ? 0 : ms_of(CLOCK_REALTIME) - (now - t);
}

/* The nth note is at n % RUN_NOTES. */
static size_t
note_place(struct run_notes notes, uint64_t n)
{
	return notes.at + n % RUN_NOTES * notes.words;
}

static void
record_run(const struct counters *c, struct run_notes notes, const struct run_note *head,
    const uint64_t *own)
{
	size_t place = note_place(notes, counters_get(c, RUN_NOTED));
	uint64_t words[RUN_NOTE_WORDS];

	memcpy(words, head, sizeof words);
	for (size_t i = 0; i < notes.words; i++) {
		uint64_t word = 0;

		if (i < RUN_NOTE_WORDS)
			word = words[i];
		else if (own != NULL)
			word = own[i - RUN_NOTE_WORDS];
		counters_set(c, place + i, word);
	}
	counters_add(c, RUN_NOTED, 1);
}

/* The file is older than the start of the machine: its times are meaningless. */
static void
forget_times(const struct counters *c)
{
	static const enum run_counter times[] = {
	    RUN_ALIVE, RUN_LAST_BEGAN, RUN_LAST_ENDED, RUN_RUNNING, RUN_NOTED};

	for (size_t i = 0; i < sizeof times / sizeof *times; i++)
		counters_set(c, times[i], 0);
}

void
run_stats_begin(const struct counters *c, struct run_notes notes)
{
	uint64_t before, now = run_stats_now();

	if (counters_get(c, RUN_ALIVE) > now)
		forget_times(c);
	before = counters_get(c, RUN_RUNNING);
	if (before != 0) {
		struct run_note n = {before, counters_get(c, RUN_ALIVE), RUN_KILLED};

		counters_add(c, RUN_COUNT + RUN_KILLED, 1);
		record_run(c, notes, &n, NULL);
	}
	counters_set(c, RUN_RUNNING, now);
	counters_set(c, RUN_LAST_BEGAN, now);
	counters_set(c, RUN_ALIVE, now);
}

void
run_stats_alive(const struct counters *c)
{
	counters_set(c, RUN_ALIVE, run_stats_now());
}

uint64_t
run_stats_ms(const struct counters *c)
{
	return run_stats_now() - counters_get(c, RUN_RUNNING);
}

void
run_stats_end(const struct counters *c, struct run_notes notes, int status, bool busy,
    uint64_t db_retries, uint64_t events, const uint64_t *own)
{
	struct run_note n = {
	    counters_get(c, RUN_RUNNING), run_stats_now(), (uint64_t)run_end_of(status)};

	counters_add(c, RUN_DB_RETRIES, db_retries);
	counters_add(c, RUN_EVENTS, events);
	if (busy || n.end != RUN_OK)
		record_run(c, notes, &n, own);
	counters_add(c, RUN_COUNT + (size_t)n.end, 1);
	counters_set(c, RUN_LAST_END, n.end);
	counters_set(c, RUN_LAST_ENDED, n.ended);
	counters_set(c, RUN_ALIVE, n.ended);
	counters_set(c, RUN_RUNNING, 0);
}

size_t
run_stats_notes(const uint64_t *v, struct run_notes notes, uint64_t *out)
{
	uint64_t noted = v[RUN_NOTED];
	size_t n = noted < RUN_NOTES ? (size_t)noted : RUN_NOTES;

	for (size_t i = 0; i < n; i++)
		memcpy(out + i * notes.words, v + note_place(notes, noted - 1 - i),
		    notes.words * sizeof *v);
	return n;
}

void
run_stats_to_wall(uint64_t *v, struct run_notes notes)
{
	static const enum run_counter times[] = {
	    RUN_ALIVE, RUN_LAST_BEGAN, RUN_LAST_ENDED, RUN_RUNNING};

	for (size_t i = 0; i < sizeof times / sizeof *times; i++)
		v[times[i]] = run_stats_wall(v[times[i]]);
	for (uint64_t i = 0; i < RUN_NOTES && i < v[RUN_NOTED]; i++) {
		struct run_note n;
		uint64_t *at = v + note_place(notes, i);

		memcpy(&n, at, sizeof n);
		n.began = run_stats_wall(n.began);
		n.ended = run_stats_wall(n.ended);
		memcpy(at, &n, sizeof n);
	}
}
