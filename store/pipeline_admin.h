#ifndef TTS_PIPELINE_ADMIN_H
#define TTS_PIPELINE_ADMIN_H

#include <stdbool.h>

#include "stage.h"

/*
 * What the sysadmin's command and /metrics ask about pipelines, of all users. What is changed here
 * belongs to no user: whether a stage is worked on, and whether an engine is asked.
 */

#define PIPELINE_ADMIN_MAX 128 /* the most things one call gives */

/* ------------------------------------------------------------------ store/pipeline_admin.c */

/* Which pipelines there are, see pipeline_get. */
struct admin_pipeline {
	uint64_t id, user;
};

/* The next PIPELINE_ADMIN_MAX before the one with the id BEFORE (UINT64_MAX: the newest), of one
 * user or (0) of all. */
enum rc admin_pipelines(struct db *db, struct pool *pool, uint64_t user, uint64_t before,
    struct admin_pipeline v[PIPELINE_ADMIN_MAX], size_t *n);

/* Those whose task_id is NAME or, if there is none, the one whose id it is: the first MAX of them.
 */
enum rc admin_pipeline_find(struct db *db, struct pool *pool, const char *name, size_t max,
    struct admin_pipeline *v, size_t *n);

/* A run of a stage. */
struct admin_run {
	uint64_t id, pipeline, user;
	const char *stage, *cause, *state, *step, *engine, *external_id;
	unsigned run, tries;
	bool stale;
	int progress; /* percent; -1: not known */
	struct timestamp created_at, updated_at, run_at;
	const char *host, *error_class, *error;
	int status; /* of HTTP; 0: none */
};

/* All runs of a pipeline, the newest first; at most MAX. */
enum rc admin_runs(struct db *db, struct pool *pool, uint64_t pipeline, size_t max,
    struct admin_run *v, size_t *n);

/* ------------------------------------------------------------------ store/pipeline_control.c */

/* A stage, over all hosts. */
struct admin_queue {
	bool paused;
	const char *reason, *changed_by;
	struct timestamp changed_at;
	uint64_t pending;     /* to be claimed, now or later */
	uint64_t later;	      /* of these: not yet */
	uint64_t outstanding; /* claimed, or at a service */
	uint64_t waiting;     /* for sentences */
	uint64_t dead;	      /* failed for good, and nobody has dealt with it */
	/* How long the first one has been due; 0: none is, or the stage is paused or its engine
	 * held. */
	uint64_t overdue_sec;
};

enum rc admin_queues(struct db *db, struct pool *pool, struct admin_queue v[STAGES]);

/* An engine that was used, or changed here. */
struct admin_engine {
	const char *name, *stage;
	bool disabled;
	uint64_t held_sec; /* it is not asked for so long */
	const char *reason, *changed_by;
	struct timestamp changed_at;
	struct timestamp failing_since; /* nothing but failures since then; "": it works */
	uint64_t calls;			/* in the last minute */
	uint64_t calls_total, paid_total;
};

enum rc admin_engines(
    struct db *db, struct pool *pool, struct admin_engine v[PIPELINE_ADMIN_MAX], size_t *n);

/* Claim nothing of a stage any more, or again. */
enum rc admin_stage_pause(
    struct db *db, const char *stage, bool paused, const char *reason, const char *by);

/* Ask an engine nothing for SEC seconds; 0: ask it again. STAGE is that of an engine that was not
 * used yet; "": RC_NOT_FOUND if it was not. */
enum rc admin_engine_hold(struct db *db, const char *name, const char *stage, uint64_t sec,
    const char *reason, const char *by);

/* Ask an engine nothing until it is enabled again. */
enum rc admin_engine_disable(struct db *db, const char *name, const char *stage, bool disabled,
    const char *reason, const char *by);

/* What went wrong in a stage in the last hour. */
struct admin_trouble {
	uint64_t lost;			 /* steps whose program died */
	uint64_t again;			 /* steps that are tried again */
	uint64_t busiest;		 /* the most steps of one run that is not finished */
	uint64_t busiest_of;		 /* the pipeline of that run */
	const char *error_class, *error; /* the most frequent error; "" */
	uint64_t errors;		 /* how often that was */
	bool ended;			 /* a run was ever done */
	uint64_t ended_sec;		 /* since the last one was */
};

enum rc admin_troubles(struct db *db, struct pool *pool, struct admin_trouble v[STAGES]);

#endif
