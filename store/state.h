#ifndef TTS_STORE_STATE_H
#define TTS_STORE_STATE_H

#include "db/db_internal.h"
#include "store.h"
#include "work.h"

/*
 * The names that a column of states has in the database, in one table for each queue. A name that
 * is not in it is no state at all: RC_FAIL, with a line in the log. Nobody guesses one, because the
 * next step may be to remove a file.
 */
enum rc audio_state_read(const struct cell *cell, enum audio_state *out);
enum rc work_state_read(const struct cell *cell, enum work_state *out);

/* The name of a state. */
const char *audio_state_name(enum audio_state state);

/* The same of the kinds of work. */
enum rc work_kind_read(const struct cell *cell, enum work_kind *out);

#endif
