#ifndef TTS_STORE_EVENT_H
#define TTS_STORE_EVENT_H

#include "store.h"

/*
 * Events: what happened to the things of a user, numbered from 1 without gaps for each user. Each
 * is written by the transaction that makes the change it reports. They are kept for
 * events.keep_days.
 */
enum event_type {
	EVENT_AUDIO_READY,
	EVENT_AUDIO_FAILED,
	EVENT_AUDIO_CHANGED,
	EVENT_AUDIO_INSERTED,
	EVENT_AUDIO_DELETED,
	EVENT_PROJECT_COMPLETED,
	EVENT_PROJECT_COMPLETED_WITH_ERRORS,
	EVENT_PROJECT_CHANGED,
	EVENT_PROJECT_DELETED,
	EVENT_PIPELINE_STAGE,
	EVENT_PIPELINE_COMPLETED,
	EVENT_PIPELINE_FAILED,
	EVENT_EXPORT_READY,
	EVENT_EXPORT_FAILED,
	EVENT_ENDPOINT_DISABLED,
	EVENT_TYPES
};

/* "audio.ready" */
const char *event_type_name(enum event_type type);

/* The type with that name; EVENT_TYPES if there is none. */
enum event_type event_type_named(const char *name);

struct event {
	uint64_t user, seq;
	enum event_type type;
	struct timestamp created_at;
	uint64_t project, audio; /* 0: it is not about one */
	const char *task;	 /* "": it is not about one */
	const char *data;	 /* an object in JSON */
};

/*
 * Read up to LIMIT events of a user with numbers greater than AFTER, in order. *NEWEST is the
 * number of the user's newest event, 0 if there never was one; *OLDEST that of the first that was
 * not pruned. If *OLDEST > AFTER + 1, events after AFTER are missing, and the caller has to begin
 * anew at *NEWEST. RC_NOT_FOUND for a user who does not exist.
 */
enum rc event_read(struct db *db, struct pool *pool, uint64_t user, uint64_t after, size_t limit,
    struct event **v, size_t *n, uint64_t *newest, uint64_t *oldest);

/* A user, and the number of the newest event. */
struct event_news {
	uint64_t user, seq;
};

/* Read the newest events of all users, at most LIMIT, from the oldest of them on. */
enum rc event_last(struct db *db, struct pool *pool, size_t limit, struct event **v, size_t *n);

/*
 * List the users who had an event in the last SEC seconds. The time of an event is that of its
 * statement, and it becomes visible with its COMMIT: SEC has to be longer than any transaction, and
 * one that waited even longer is found by comparing the numbers of all users (SEC 0) now and then.
 */
enum rc event_news(
    struct db *db, struct pool *pool, unsigned sec, struct event_news **v, size_t *n);

/*
 * Remove some of the events that are older than DAYS, in small transactions. *N is how many; none
 * when there are no more for now.
 */
enum rc event_prune(struct db *db, int days, uint64_t *n);

/* The events of all users. */
struct event_numbers {
	uint64_t kept;
	uint64_t newest_sec, oldest_sec; /* how old; 0 if there is none */
};

enum rc event_numbers(struct db *db, struct event_numbers *out);

/*
 * The event as clients see it, one line of JSON: {"seq", "type", "created_at", "project_id",
 * "audio_id", "task_id", "data"}; the ids are left out where it is not about such a thing.
 */
const char *event_json(struct pool *pool, const struct event *event);

#endif
