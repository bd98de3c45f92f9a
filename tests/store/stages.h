#ifndef TTS_TEST_STAGES_H
#define TTS_TEST_STAGES_H

#include "fixture.h"

#include "../../store/stage.h"

/* What the tests of the stages of pipelines have in common. */

/* A connection of each stage's account. */
extern struct db *stages_db[STAGES];

/* Group set-up and tear-down: those of the fixture, and the connections. */
int stages_start(void **state);
int stages_stop(void **state);

/* As the set-up of a test: no pipelines, no engines, nothing paused. */
int stages_nothing(void **state);

/* A pipeline of USER with all stages; its lyric is to be written, and its first stage pending. */
uint64_t stages_pipeline(uint64_t user, const char *task);

/* The same with a lyric that is done, so that the song is pending; and with a song that is. */
uint64_t stages_with_lyric(uint64_t user, const char *task);
uint64_t stages_with_song(uint64_t user, const char *task);

/* One of those, of a new user, whose STAGE is pending. */
uint64_t stages_make(enum stage stage, const char *task);

/* A worker on HOST with two engines, "here" and "there" and their stage, of which "there" is
 * chosen. */
struct stage_worker stages_worker(enum stage stage, const char *host);

/* Claim at most MAX. How many were. */
size_t stages_claim(struct stage_worker *at, size_t max, struct stage_claim *v);

/* Claim one, which is there, and begin it. */
struct stage_claim stages_begin(struct stage_worker *at);

/* A result of a service. */
struct stage_result stages_result(
    const struct stage_claim *claim, enum pipeline_class class, enum stage_step step);

/* Finish with that result. */
struct stage_result stages_finish(
    const struct stage_claim *claim, enum pipeline_class class, enum stage_step step);

/* The newest run of a stage, as "state step tries error_class"; "" if there is none. */
const char *stages_newest(uint64_t pipeline, enum stage stage);

/* Let SEC seconds pass for whatever waits. */
void stages_pass(int sec);

/* The events of a user, as "type data" joined by newlines. */
const char *stages_events(uint64_t user);

#endif
