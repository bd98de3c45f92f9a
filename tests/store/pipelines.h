#ifndef TTS_TEST_PIPELINES_H
#define TTS_TEST_PIPELINES_H

#include "fixture.h"

#include "../../store/pipeline.h"

/* Pipelines of one user after the other. What workers do is done by statements here. */

#define PIPELINES_ALL 7U /* stages */

/* The user of the present test. */
extern uint64_t pipelines_user;

/* A request for a pipeline of that name, and a new name. */
struct pipeline_new pipelines_request(const char *task);
const char *pipelines_task(void);

/* A pipeline of that name of the user, as it is in the database. */
struct pipeline_key pipelines_key(const char *task);
struct pipeline pipelines_read(const char *task);

/* Start one; the second makes a user for it. */
struct pipeline pipelines_start_with(const struct pipeline_new *in);
struct pipeline pipelines_start(void);

/* One whose lyric and song are done. */
const char *pipelines_with_song(void);

/* Finish the newest run of a stage, as its worker does, and with NEXT add one of the next stage;
 * let it fail; claim it. */
void pipelines_finish(const char *task, enum stage stage, bool next);
void pipelines_fail(const char *task, enum stage stage, const char *step, const char *class);
void pipelines_claim(const char *task, enum stage stage);

/* The words for the whole and for a stage. */
const char *pipelines_overall(const char *task);
const char *pipelines_word(const char *task, enum stage stage);

/* Type and data of the newest event about it. */
const char *pipelines_told(const char *task);

/* Add a picture; INBOX is its name there. */
struct image pipelines_add_image(const char *task, const char *inbox, enum rc expected);

/* How many rows there are of a pipeline. */
uint64_t pipelines_left(uint64_t pipeline);

#endif
