#ifndef TTS_TEST_WORKERS_H
#define TTS_TEST_WORKERS_H

/* The renderer's side of the children, for their tests. */

#include "capture.h"

#include <stdbool.h>
#include <stdlib.h>

#include "../../common/base/log.h"
#include "../../render-job/engine/worker.h"

static char lock_path[64];

static struct conf conf = {
    .scheduler = {.workers = 2},
    .speech = {.language = "en",
	.loudness_lufs = -18,
	.lead_ms = 50,
	.trail_ms = 150,
	.max_seconds = 60,
	.timeout_sec = 30,
	.memory_mib = 128},
    .mp3 = {.bitrate_kbps = 48, .quality = 7},
};

static struct speaking *speaking;
static struct workers *workers;

/* A table lives as long as the process. */
static inline struct speaking *
open_table(size_t places, uint64_t run)
{
	static struct speaking *kept[64];
	static size_t n;
	struct speaking *table = speaking_open(lock_path, places, run);

	assert_true(table != NULL && n < 64);
	return kept[n++] = table;
}

static inline void
begin_with(int workers_n)
{
	conf.scheduler.workers = workers_n;
	int fd = lock_take(lock_path);
	assert_true(fd >= 0);
	speaking = open_table(workers_slots(&conf), 4711);
	speaking_begin(speaking);
	workers = workers_start(&conf, speaking, fd);
	assert_non_null(workers);
	close(fd);
}

static inline void
end(void)
{
	workers_stop(workers);
	workers = NULL;
}

/* Also called after a failed test. */
static inline int
clean_up(void **state)
{
	workers_stop(workers);
	workers = NULL;
	conf.speech.timeout_sec = 30;
	conf.speech.max_seconds = 60;
	return 0;
}

static inline enum accepted
speak_async(const char *voice, const char *text, int percent, uint64_t id, void *owner)
{
	const struct utterance what = {
	    .voice = voice_by_id(voice), .percent = percent, .text = text, .len = strlen(text)};

	return workers_speak(workers, &what, false, id, owner);
}

/* Wait until one child has ended. */
static inline struct ending
wait_for_end(void)
{
	struct ending ending;
	while (workers_wait(workers, 1000, -1, &ending, 1) == 0)
		continue;
	return ending;
}

static inline struct ending
speak_and_wait(const char *voice, const char *text, int percent)
{
	assert_int_equal(speak_async(voice, text, percent, 1, &conf), ACCEPTED);
	struct ending ending = wait_for_end();
	assert_ptr_equal(ending.owner, &conf);
	return ending;
}

/* The ids in the table. */
static inline size_t
noted_ids(uint64_t ids[8])
{
	return speaking_left(open_table(1, 1), ids, 8);
}

static inline int
make_lock(void **state)
{
	log_init("test", 3);
	snprintf(lock_path, sizeof lock_path, "/tmp/test_worker.%d.lock", (int)getpid());
	return 0;
}

static inline int
remove_lock(void **state)
{
	return unlink(lock_path);
}

#endif
