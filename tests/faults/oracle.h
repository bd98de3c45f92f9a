#ifndef TTS_ORACLE_H
#define TTS_ORACLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../common/base/conf.h"
#include "../../common/base/crypt.h"
#include "../../common/say/lexicon.h"
#include "../../common/base/mem.h"

/*
 * The parts of the oracle, which compares the contents of the database and the disk with the
 * answers that clients got and the faults that were injected. All memory lives as long as the
 * process.
 */

/* The invariants. */
enum invariant { I1 = 1, I2, I3, I4, I5, I6, I7, I8, I9, I10, I11, INVARIANTS };

/* Count a violation and report it on standard error. */
void broken(enum invariant i, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Report something that violates no invariant. */
void note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The oracle itself cannot continue. */
void give_up(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

/* ------------------------------------------------------------------ oracle_db.c */

struct row {
	uint64_t id, project, user;
	int64_t position;
	const char *text;
	size_t text_len;
	uint64_t speed, revision, audio_revision;
	const char *path; /* NULL: none */
	uint64_t duration_ms, size_bytes;
	uint8_t sha256[CRYPT_SHA256_SIZE];
	const char *state;
	uint64_t attempts, crashes;
	const char *error;
	bool late; /* claimed beyond its lease and an interval more */
};

struct project_row {
	uint64_t id, user;
	const char *title, *language, *voice, *context;
	uint64_t sentences, ready, failed, duration_ms;
};

struct stretch_row {
	uint64_t project;
	int64_t first;
	uint64_t n;
};

struct user_row {
	uint64_t id, projects;
};

struct trash_row {
	uint64_t project, audio;
	const char *path;
	bool old; /* older than the grace time */
};

/* An entry of a user's dictionaries. */
struct entry_row {
	uint64_t user;
	struct lexicon_entry entry;
};

/* An event, and what its data say. */
struct event_row {
	uint64_t user, seq, project, audio, revision, duration_ms;
	const char *type, *path, *change; /* "" if there is none */
};

/* The counter of a user's events. */
struct counter_row {
	uint64_t user, seq, oldest;
	bool there;
};

/* A snapshot of all relevant data in the database; each array is ordered by id. */
struct snapshot {
	struct row *rows;
	size_t rows_n;
	struct project_row *projects;
	size_t projects_n;
	struct stretch_row *stretches;
	size_t stretches_n;
	struct user_row *users;
	size_t users_n;
	struct trash_row *trash;
	size_t trash_n;
	struct entry_row *entries;
	size_t entries_n;
	/* Of users who are not being deleted. */
	struct event_row *events;
	size_t events_n;
	struct counter_row *counters;
	size_t counters_n;
};

void db_snapshot(const struct conf *conf, struct pool *pool, struct snapshot *out);

/* NULL if there is none. */
const struct row *row_find(const struct snapshot *s, uint64_t id);
const struct project_row *project_find(const struct snapshot *s, uint64_t id);

/* I5, I4 and I7: checked from the database alone. */
void check_counts(const struct snapshot *s);
void check_waiting(const struct snapshot *s);

/* ------------------------------------------------------------------ oracle_log.c */

/* Read the answers that a client got (in the format of answers.h) into the model. */
void answers_read(struct pool *pool, const char *path);

/* I1, and the part of I3 that each revision has one URL. */
void check_answers(struct pool *pool, const struct snapshot *s);

/* ------------------------------------------------------------------ oracle_charge.c */

/* Read the injected events: lines "charge ID REVISION ATTEMPTS CRASHES", "fails ID", "reset ID". */
void charges_read(struct pool *pool, const char *path);

/* I8. */
void check_charges(const struct conf *conf, const struct snapshot *s);

/* ------------------------------------------------------------------ oracle_event.c */

/* I11. */
void check_events(struct pool *pool, const struct snapshot *s);

/* ------------------------------------------------------------------ oracle_media.c */

/* I2, I3 and I6, from the files. */
void check_media(const struct conf *conf, struct pool *pool, const struct snapshot *s);

/* ------------------------------------------------------------------ oracle_mp3.c */

struct mp3_facts {
	size_t frames;			   /* of sound */
	int rate, channels, kbps, samples; /* a frame */
};

/* Whether DATA consists only of whole MP3 frames of the same kind. WHY says what is wrong. */
bool mp3_inspect(const uint8_t *data, size_t len, struct mp3_facts *facts, const char **why);

/* ------------------------------------------------------------------ oracle_secret.c */

/* Each line of FILE is a string that must not be in any log. */
void canaries_read(struct pool *pool, const char *path);
void canary_add(struct pool *pool, const char *data, size_t len);

/* I9 for one log. */
void check_log(struct pool *pool, const char *path);

/* ------------------------------------------------------------------ oracle_render.c */

/* I10: render up to N of the ready rows again, chosen by SEED, and compare. */
void check_renders(
    const struct conf *conf, struct pool *pool, const struct snapshot *s, size_t n, uint64_t seed);

/* ------------------------------------------------------------------ shared */

/* Read a whole file. NULL if it cannot be read. */
uint8_t *file_read(struct pool *pool, const char *path, size_t *len);

/* Pseudo-random numbers that depend only on SEED. */
uint64_t draw(uint64_t *seed);

#endif
