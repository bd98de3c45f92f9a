#ifndef TTS_STORE_STAGE_INTERNAL_H
#define TTS_STORE_STAGE_INTERNAL_H

#include "queue_core.h"
#include "stage.h"

/*
 * Stages, for the other nouns of store/. Everything here runs inside a transaction. Rows of a
 * pipeline change while its row of `pipeline` is locked. Locks are taken in this order: user,
 * project, pipeline (by id), stage_control, engine, stage.
 */

/* ------------------------------------------------------------------ store/stage.c */

/* A pipeline, as those who change its stages need it. */
struct stage_pipeline {
	uint64_t id, user;
	const char *task;
	bool stages[STAGES]; /* those that were asked for */
	bool auto_continue, cancelled;
	uint64_t project; /* whose sentences are the song; 0: none */
};

/* Lock a pipeline. RC_NOT_FOUND if it is gone. */
enum rc stage_lock_pipeline(
    struct db *db, struct pool *pool, uint64_t id, struct stage_pipeline *out);

struct stage_new {
	uint64_t pipeline, user;
	enum stage stage;
	enum stage_cause cause;
	uint64_t input; /* the run whose result it is made from; 0: none */
};

/* Queue one more run of a stage. The pipeline is locked. ID may be NULL. */
enum rc stage_add(struct db *db, struct pool *pool, const struct stage_new *stage, uint64_t *id);

/* Whether a run of this stage is pending, claimed or waiting. */
enum rc stage_is_open(
    struct db *db, struct pool *pool, uint64_t pipeline, enum stage stage, bool *open);

/* End what was begun of a run. */
enum rc stage_try_end(struct db *db, uint64_t stage, const char *outcome, enum pipeline_class class,
    const char *error, int status, const char *answer);

/* Events: what a stage does now, in the words of clients; that a song is completed, and how many of
 * its lines have times; that a stage failed for good; that all is done. */
void stage_tell(
    struct event_list *list, const struct stage_pipeline *p, enum stage stage, const char *status);
void stage_tell_song(struct event_list *list, const struct stage_pipeline *p, size_t captions);
void stage_tell_failed(struct event_list *list, const struct stage_pipeline *p, enum stage stage,
    enum pipeline_class class, const char *error);
void stage_tell_completed(struct event_list *list, const struct stage_pipeline *p);

/* Have an administrator told TEXT, unless SUBJECT was told of in the last hour. */
enum rc alert_add(struct db *db, const char *subject, const char *text);

enum rc stage_step_read(const struct cell *cell, enum stage_step *out);

/* Like QUEUE_STRANDED: later than any time that is waited for. */
#define STAGE_STRANDED(time) time " > NOW(3) + INTERVAL 2 HOUR"

/* Whether the request of pipeline `p` brings what this stage would make. */
#define STAGE_GIVEN(stage)                                                                         \
	"CASE " stage " WHEN 'lyric' THEN p.lyric IS NOT NULL OR p.project_id IS NOT NULL"         \
	" WHEN 'song' THEN p.project_id IS NOT NULL ELSE FALSE END"

/* The first turn of what waits to begin, 0 if nothing does. FROM ends with "WHERE" or "AND". */
#define STAGE_FIRST_TURN(from)                                                                     \
	"(SELECT COALESCE(MIN(f.turn), 0) FROM (SELECT MIN(turn) AS turn FROM " from               \
	" state = 'pending' AND step = 'begin' AND given = 0 UNION ALL SELECT MIN(turn) "          \
	"FROM " from " state = 'pending' AND step = 'begin' AND given = 1) f)"

/* ------------------------------------------------------------------ store/stage_engine.c */

/* An engine, locked. */
struct stage_engine_row {
	const char *name;
	bool disabled, held;
	bool money;	  /* it is held because there is none: what was paid for goes on */
	bool by_operator; /* disabled or held by somebody */
	bool away;	  /* it does not answer: one is enough to see whether it does again */
	uint64_t calls;	  /* in the last minute */
	uint64_t out;	  /* runs that it is working on */
};

/* Lock the engines of a stage in the order of their names; those of WORKER that are new get a row.
 * V has room for MAX. */
enum rc stage_engines_lock(struct db *db, struct pool *pool, const struct stage_worker *worker,
    struct stage_engine_row *v, size_t max, size_t *n);

/* Count a request that begins something. */
enum rc stage_engine_call(struct db *db, const char *engine, bool limited);

/* Count a request that costs. */
enum rc stage_engine_paid(struct db *db, const char *engine);

/* One that was counted was refused. */
enum rc stage_engine_unpaid(struct db *db, const char *engine);

/* What a result says of its engine, which gets locked if it says anything. */
struct stage_engine_news {
	const char *name;
	enum stage stage;
	uint64_t id; /* the run */
	enum pipeline_class class;
	bool began; /* the request would have begun something */
	const char *message;
	int64_t retry_after_sec;
};

/* *AWAY: it is not the run's fault. *ALERT: an administrator is told. */
enum rc stage_engine_note(struct db *db, struct pool *pool, const struct stage_engine_news *news,
    bool *away, bool *alert);

/* ------------------------------------------------------------------ store/stage_claim.c */

/* A claim on its way. */
struct stage_claiming {
	struct stage_worker *worker;
	size_t max;
	struct stage_claim *v;
	struct stage_engine_row engines[STAGE_ENGINES_MAX];
	size_t n_engines;
	uint64_t room[STAGE_ENGINES_MAX]; /* for so many more that begin */
	const char **chosen;		  /* the engine of each that begins; NULL: it has one */
};

/* Find what may be claimed now, and claim it; CTX is a struct queue_claiming with the former. */
enum rc stage_claim_body(struct db *db, void *ctx);

/* Note the engines of what was claimed, count what begins, and read it all. */
enum rc stage_claim_chosen(struct db *db, struct queue_claiming *q);

/* ------------------------------------------------------------------ store/stage_narration.c */

/* All sentences of a project are ready or failed, or it is gone: whoever waits for them is due. */
enum rc stage_wake(struct db *db, uint64_t project);

#endif
