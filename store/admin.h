#ifndef TTS_ADMIN_H
#define TTS_ADMIN_H

#include "store.h"

/*
 * What the sysadmin's command asks of the database. It looks across users, so nothing here names an
 * owner; it runs under the account of the migration, which may do all this.
 */

#define ADMIN_MAX 128 /* the most things one call takes or gives */

/* ------------------------------------------------------------------ store/admin.c */

/* A sentence, its place in the queue and the newest sound it has. */
struct admin_sound {
	uint64_t id, project, user, revision, audio_revision;
	enum audio_state state;
	const char *path; /* "" if there is none */
	uint64_t size_bytes, duration_ms;
	uint8_t sha256[32]; /* zero if there is none */
	int64_t cursor;	    /* what admin_sounds takes to go on behind this one */
};

/* Find those of N sentences that there are. V holds N. */
enum rc admin_find(struct db *db, struct pool *pool, const uint64_t *ids, size_t n,
    struct admin_sound *v, size_t *found);

/*
 * The next ADMIN_MAX sentences that have a sound, of one project or (0) of all. Begin with a cursor
 * of -1. A project that is being edited may hide one whose place is just being moved.
 */
enum rc admin_sounds(struct db *db, struct pool *pool, uint64_t project, int64_t cursor,
    struct admin_sound v[ADMIN_MAX], size_t *n);

/*
 * Run REMOVE while nobody can be making the sound of this sentence: its row is locked, not claimed,
 * and does not name PATH. Else RC_STALE. REMOVE may run more than once, and must be short.
 */
enum rc admin_undisturbed(
    struct db *db, uint64_t id, const char *path, void (*remove)(void *ctx), void *ctx);

/* A file that a pipeline has made, and what is known of it. */
struct admin_result {
	uint64_t id, pipeline;
	const char *stage, *path;
	uint64_t run, size_bytes;
	uint8_t sha256[32];
};

/* The next ADMIN_MAX of them after AFTER, in the order of their ids; the first are after 0. */
enum rc admin_results(
    struct db *db, struct pool *pool, uint64_t after, struct admin_result v[ADMIN_MAX], size_t *n);

/* What a tombstone is for. */
struct admin_dead {
	uint64_t id;
	bool living;   /* there is such a thing after all */
	bool in_trash; /* its files are still to be removed, and the tombstone with them */
};

/* Fill in what is known of N (at most ADMIN_MAX) projects, sentences, pipelines or pictures. */
enum admin_kind { ADMIN_PROJECTS, ADMIN_SENTENCES, ADMIN_PIPELINES, ADMIN_PICTURES, ADMIN_KINDS };
enum rc admin_dead(struct db *db, enum admin_kind kind, struct admin_dead *v, size_t n);

/* Which of N (at most ADMIN_MAX) files of pipelines a row names: below media.root, or in
 * pipeline.inbox. */
enum rc admin_named(
    struct db *db, bool inbox, const char *const *names, size_t n, bool named[ADMIN_MAX]);

/* Forget the idempotency keys older than 24 hours; with COUNT_ONLY just count them. */
enum rc admin_forget_keys(struct db *db, bool count_only, uint64_t *n);

/* ------------------------------------------------------------------ store/admin_again.c */

/* Queue a failed sentence again with fresh counters, or make one due that waits for its next try.
 * RC_NOT_FAILED if it is in another state. */
enum rc admin_retry(struct db *db, uint64_t id);

/* The next ADMIN_MAX projects with failed sentences, behind AFTER. */
enum rc admin_failed_projects(struct db *db, uint64_t after, uint64_t ids[ADMIN_MAX], size_t *n);

/* RC_OK when there is such a project, else RC_NOT_FOUND. */
enum rc admin_project(struct db *db, uint64_t project);

/*
 * Queue the next ADMIN_MAX failed sentences of a project again. Begin with a cursor of -1; when
 * *SEEN is less than that there are no more.
 */
enum rc admin_retry_project(
    struct db *db, uint64_t project, int64_t *cursor, size_t *seen, uint64_t *queued);

/* A place in the queue: all zero before the first. */
struct admin_turn {
	uint64_t turn, id;
};

/*
 * Make the next ADMIN_MAX sentences due that wait for their next try, of one project or (0) of all;
 * they keep what they were charged. When *SEEN is less than that there are no more.
 */
enum rc admin_retry_waiting(
    struct db *db, uint64_t project, struct admin_turn *cursor, size_t *seen, uint64_t *freed);

/*
 * Take their sound from N sentences of one project, as long as it is still the one given. Those
 * that were ready are queued anew, with fresh counters; *TAKEN says of how many it was taken.
 */
enum rc admin_silence(struct db *db, const struct admin_sound *v, size_t n, size_t *taken);

/* ------------------------------------------------------------------ store/admin_rerender.c */

/* Which sounds are made anew, and how far that is. */
struct admin_rerender {
	uint64_t user, project; /* 0: all */
	const char *language;	/* of the voice; NULL: any */
	/* Those that an older version has made; NULL: those that were made with another version or
	 * other settings than the present ones. Those of which that is not known are both. */
	const char *older_than;
	bool preview; /* only count them */

	/* Zero before the first call. */
	uint64_t at_project;
	int64_t at_position;
	uint64_t seen;		      /* sentences that were looked at */
	uint64_t sentences, sound_ms; /* those that were chosen, and their present sounds */
	bool done;
};

/*
 * Queue those of the next ADMIN_MAX sentences whose sound is to be made anew, in the bulk lane of
 * their users. Each gets another revision with the same text, and keeps its sound until the new one
 * is ready. Call it until R->done. Only sentences that are ready are chosen, so whoever is
 * interrupted begins again, and queues none twice.
 */
enum rc admin_rerender(struct db *db, struct admin_rerender *r);

/* ------------------------------------------------------------------ store/admin_status.c */

/* What there is besides the queue, for which see queue_numbers. */
struct admin_content {
	uint64_t users, disabled, projects, sentences, duration_ms;
	uint64_t trash, trash_oldest_sec;
	uint64_t trash_stuck; /* those whose files could not be removed at least once */
};

enum rc admin_content(struct db *db, struct admin_content *out);

/* Who waits, who works, why it fails: the largest first. */
enum admin_by { ADMIN_BY_USER, ADMIN_BY_HOST, ADMIN_BY_ERROR };

struct admin_share {
	uint64_t id;	  /* of the user */
	const char *name; /* the user's address, the host, the reason */
	uint64_t n;	  /* waiting, claimed, failed */
	uint64_t other;	  /* failed ones of the user, claims of the host beyond their lease */
};

enum rc admin_shares(struct db *db, struct pool *pool, enum admin_by by, size_t max,
    struct admin_share *v, size_t *n);

/* ------------------------------------------------------------------ store/admin_user.c */

struct admin_user {
	struct user user;
	bool disabled;
	uint64_t projects;
	uint32_t token_epoch;
	uint64_t sentences, bytes, duration_ms; /* filled in by admin_usage() alone */
};

/* The next ADMIN_MAX users behind AFTER. */
enum rc admin_users(
    struct db *db, struct pool *pool, uint64_t after, struct admin_user v[ADMIN_MAX], size_t *n);

/* Find by e-mail address, or by id. A disabled user is found as well. */
enum rc admin_user_find(
    struct db *db, struct pool *pool, const char *email_or_id, struct admin_user *out);

/* Both end every login of the user. */
enum rc admin_user_disable(struct db *db, uint64_t id, bool disabled);
enum rc admin_user_password(struct db *db, uint64_t id, const char *password_hash);

/* ------------------------------------------------------------------ store/admin_usage.c */

/*
 * Fill in what N users have: sentences, the size of the sounds that their rows name and of the
 * files of pipelines, and how long the sounds that are ready last. V is in the order of the ids.
 * Reads all sentences there are, in pages.
 */
enum rc admin_usage(struct db *db, struct admin_user *v, size_t n);

/* The size of the sounds of a project. */
enum rc admin_project_bytes(struct db *db, uint64_t project, uint64_t *bytes);

/* ------------------------------------------------------------------ store/admin_project.c */

struct admin_project {
	struct project project;
	const char *email; /* the owner's */
};

/* The next ADMIN_MAX projects behind AFTER, of one user or (0) of all. */
enum rc admin_projects(struct db *db, struct pool *pool, uint64_t user, uint64_t after,
    struct admin_project v[ADMIN_MAX], size_t *n);

/* RC_NOT_FOUND if there is none. */
enum rc admin_project_find(
    struct db *db, struct pool *pool, uint64_t id, struct admin_project *out);

/* The same as project_delete, also if the user is disabled. */
enum rc admin_project_delete(struct db *db, uint64_t user, uint64_t id);

#endif
