#ifndef TTS_STORE_WEBHOOK_H
#define TTS_STORE_WEBHOOK_H

#include "queue.h"

/* ------------------------------------------------------------------ store/webhook.c */

#define WEBHOOK_SECRET_SIZE 32

/* An endpoint that is told of a user's events. */
struct webhook {
	uint64_t id, user;
	struct timestamp created_at, updated_at;
	const char *url;
	const char *types; /* separated by commas; "": all */
	const char *description;
	bool enabled;
	const char *reason;	  /* why it is disabled: "user", "operator", "gone", "failing" */
	struct timestamp failing; /* since when nothing but failures; "": it is not */
	uint64_t fanned_seq;	  /* events up to this one have their deliveries */
};

/* What a user sets; in a change, NULL and a negative number leave it as it is. */
struct webhook_new {
	const char *url, *types, *description;
	int enabled;
};

/*
 * Make an endpoint, which is told of what happens from now on. RC_LIMIT when the user has
 * limits.webhooks_per_user.
 */
enum rc webhook_create(struct db *db, struct pool *pool, uint64_t user,
    const struct webhook_new *in, const uint8_t secret[WEBHOOK_SECRET_SIZE], struct webhook *out);

/* All endpoints of a user, the newest first. */
enum rc webhook_list(
    struct db *db, struct pool *pool, uint64_t user, struct webhook **v, size_t *n);

enum rc webhook_get(
    struct db *db, struct pool *pool, uint64_t user, uint64_t id, struct webhook *out);

/*
 * Change what is set in IN. One that is enabled again is told of what happens from then on, and of
 * the deliveries that had begun before it was disabled. RC_DISABLED if the operator disabled it,
 * who alone can enable it then.
 */
enum rc webhook_change(struct db *db, struct pool *pool, uint64_t user, uint64_t id,
    const struct webhook_new *in, struct webhook *out);

/* Its deliveries are removed by tts-notify. */
enum rc webhook_delete(struct db *db, struct pool *pool, uint64_t user, uint64_t id);

/* Sign with SECRET from now on, and with the one before it too for 24 hours. */
enum rc webhook_rotate(struct db *db, struct pool *pool, uint64_t user, uint64_t id,
    const uint8_t secret[WEBHOOK_SECRET_SIZE], struct webhook *out);

/*
 * Send every event after AFTER again that is still kept. RC_RANGE if there is none with this
 * number yet, RC_DISABLED for an endpoint that is disabled.
 */
enum rc webhook_replay(
    struct db *db, struct pool *pool, uint64_t user, uint64_t id, uint64_t after);

/* For the operator. Up to MAX endpoints of all users after AFTER; one; enable or disable one. */
enum rc webhook_list_all(
    struct db *db, struct pool *pool, uint64_t after, size_t max, struct webhook *v, size_t *n);
enum rc webhook_get_any(struct db *db, struct pool *pool, uint64_t id, struct webhook *out);
enum rc webhook_set_enabled(struct db *db, struct pool *pool, uint64_t id, bool enabled);

/* ------------------------------------------------------------------ store/delivery.c */

enum delivery_state {
	DELIVERY_PENDING,
	DELIVERY_CLAIMED,
	DELIVERY_DONE,
	DELIVERY_FAILED, /* after the last try */
	DELIVERY_STATES
};

/* As the database names it. */
const char *delivery_state_name(enum delivery_state state);

/* An event on its way to an endpoint. */
struct delivery {
	uint64_t id, webhook;
	uint64_t seq; /* of the event; 0: a test */
	const char *type;
	struct timestamp created_at, updated_at, run_at;
	enum delivery_state state;
	unsigned tries;
	int status; /* of HTTP; 0: none */
	const char *error, *answer;
};

/* Send a test to an endpoint. RC_DISABLED if it is disabled. */
enum rc delivery_test(
    struct db *db, struct pool *pool, uint64_t user, uint64_t webhook, struct delivery *out);

#define DELIVERY_PAGE 50

/* The newest MAX deliveries before the one with the id BEFORE (0: all), of one STATE or
 * of all (DELIVERY_STATES). */
enum rc delivery_list(struct db *db, struct pool *pool, uint64_t user, uint64_t webhook,
    enum delivery_state state, uint64_t before, size_t max, struct delivery *v, size_t *n);

/*
 * Send the event SEQ again, with all its tries, unless it is being sent. USER 0: for the operator.
 * RC_DISABLED if the endpoint is disabled.
 */
enum rc delivery_again(struct db *db, struct pool *pool, uint64_t user, uint64_t webhook,
    uint64_t seq, struct delivery *out);

/* ------------------------------------------------------------------ store/delivery_fan.c */

/*
 * Make the deliveries of new events, of endpoints whose users had events in the last seconds or,
 * with ALL, of all; a bounded number at once. *N: how many were made. *MORE: call it again.
 */
enum rc delivery_fan_out(struct db *db, bool all, uint64_t *n, bool *more);

/* ------------------------------------------------------------------ store/delivery_queue.c */

#define DELIVERY_PLACES 4    /* at once for an endpoint; for one that fails, 1 */
#define DELIVERY_SECRETS 3   /* that sign */
#define DELIVERY_TRIES 10    /* then it is dead */
#define DELIVERY_CLAIMS 64   /* in one claim */
#define DELIVERY_FAIL_DAYS 5 /* an endpoint with nothing but failures for so long is disabled */

/* The time to the next try after the Nth failure (from 1), in milliseconds; +-10 %. */
uint64_t delivery_rest_ms(unsigned n);

/* A delivery that this process may make until the lease ends. */
struct delivery_claim {
	uint64_t id, webhook, user;
	uint64_t seq; /* 0: a test */
	const char *url, *body;
	size_t body_len;
	unsigned tries; /* so far */
	uint8_t secrets[DELIVERY_SECRETS][WEBHOOK_SECRET_SIZE];
	size_t n_secrets;	  /* that sign now, the newest first */
	bool is_device;		  /* a message is sent by FCM; there are no URL and secrets */
	const char *device_token; /* of a device; "": it was removed meanwhile */
	uint8_t token[CLAIM_TOKEN_SIZE];
};

/*
 * Claim up to MAX (at most DELIVERY_CLAIMS) deliveries whose time has come, and for no endpoint
 * more than there are places. See queue_claim.
 */
enum rc delivery_claim(struct db *db, struct pool *pool, struct claimant *who, size_t max,
    struct delivery_claim *v, size_t *n);

enum delivery_outcome {
	DELIVERY_OUTCOME_DONE,
	DELIVERY_OUTCOME_AGAIN,	 /* failed: later again, or dead after the last try */
	DELIVERY_OUTCOME_FAILED, /* for good: it is dead at once */
	DELIVERY_OUTCOME_GONE,	 /* the endpoint wants no more: it is disabled, a device removed */
	DELIVERY_OUTCOME_RELEASED, /* not tried: nothing is charged */
	DELIVERY_OUTCOMES
};

struct delivery_result {
	uint64_t id, webhook;
	uint8_t token[CLAIM_TOKEN_SIZE];
	enum delivery_outcome outcome;
	const char *error_class; /* one word in ASCII; "" unless it failed */
	const char *error;	 /* plain words; "" unless it failed */
	int status;		 /* of HTTP; 0: none */
	const char *answer;	 /* the beginning of the answer */
	uint64_t wait_ms;	 /* the next try comes no earlier: Retry-After */
	uint64_t rest_ms;	 /* instead of the schedule's time to the next try; 0: that */
	bool stale;		 /* out: the claim was no longer the caller's */
	bool dead;		 /* out: that was the last try */
	const char *disabled;	 /* out: why the endpoint was disabled, "unregistered": a device
				  * removed; NULL: it was not */
	bool unwritten;		 /* out: the database refuses it: it is left to its lease */
};

/* Finish N deliveries; see queue_finish. */
enum rc delivery_finish(struct db *db, struct delivery_result *v, size_t n);

/* Take back the claims of HOST, and those whose lease has ended; each is charged a try, as it may
 * have been sent. See queue_take_back. */
enum rc delivery_take_back(struct db *db, const struct conf *conf, const char *host, uint64_t *n);

/* In how many milliseconds the next delivery is due; UINT64_MAX: none. */
enum rc delivery_next_ms(struct db *db, uint64_t *ms);

/* ------------------------------------------------------------------ store/delivery_prune.c */

/*
 * Remove some deliveries that were finished more than DAYS ago, and some of what belongs to
 * endpoints that are deleted, or whose users are. *N: how many rows.
 */
enum rc delivery_prune(struct db *db, int days, uint64_t *n);

/* For operators and /metrics. */
struct delivery_stats {
	uint64_t pending, claimed, failed; /* FAILED: dead, in the last day */
	uint64_t oldest_sec; /* how long the first one whose time has come has waited; 0: none */
	uint64_t endpoints, disabled, failing; /* webhooks */
	uint64_t devices;
};

enum rc delivery_stats(struct db *db, struct delivery_stats *out);

#endif
