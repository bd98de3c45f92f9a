#ifndef TTS_STORE_STAGE_H
#define TTS_STORE_STAGE_H

#include "queue.h"

/*
 * The stages of pipelines, in the table `stage`, as their worker uses them. A row is one run of one
 * stage. It is claimed, begun and finished; what it is made from is read in between:
 *
 *	stage_claim, then for each claim
 *	stage_begin
 *	stage_input, and whatever has to be done for the step; stage_send before a request that
 *	must not be made twice
 *	stage_finish
 *
 * A stage may be claimed many times before it is done: once to send a request, then to ask what has
 * become of it, then to fetch the result. Nothing is kept between these but the row.
 */

enum stage { STAGE_LYRIC, STAGE_SONG, STAGE_VIDEO, STAGES };

/* "lyric" */
const char *stage_name(enum stage stage);

/* The stage with that name; STAGES if there is none. */
enum stage stage_named(const char *name);

enum stage_state {
	STAGE_PENDING,
	STAGE_CLAIMED,
	STAGE_WAITING, /* for sentences */
	STAGE_DONE,
	STAGE_FAILED,
	STAGE_CANCELLED,
	STAGE_STATES
};

const char *stage_state_name(enum stage_state state);
enum stage_state stage_state_named(const char *name); /* STAGE_STATES if there is none */

/* How far a run is. */
enum stage_step {
	STEP_BEGIN,
	STEP_SENT,  /* a request that costs was about to be sent; what became of it is not known */
	STEP_POLL,  /* a service works on it, and is asked from time to time */
	STEP_FETCH, /* the result is there, and has to be fetched */
	STEPS
};

const char *stage_step_name(enum stage_step step);

/* Why there is this run. */
enum stage_cause {
	CAUSE_START,
	CAUSE_LYRIC_COMPLETED,
	CAUSE_SONG_COMPLETED,
	CAUSE_RETRY,
	CAUSE_RESUME,
	CAUSE_EDIT,
	CAUSES
};

const char *stage_cause_name(enum stage_cause cause);

/* ------------------------------------------------------------------ store/stage_policy.c */

/* What became of a step, in one word. An engine says only this; the policy says what follows. */
enum pipeline_class {
	CLASS_OK,
	CLASS_WAIT,	       /* the service works on it */
	CLASS_TRANSIENT,       /* no connection, no answer in time, an error of the server */
	CLASS_RATE_LIMITED,    /* too many requests */
	CLASS_OUT_OF_MONEY,    /* the account is empty, or its limit is reached */
	CLASS_AUTH,	       /* the key is refused */
	CLASS_PERMANENT,       /* this input will never do */
	CLASS_TEMPLATE,	       /* what the administrator has set up will not do */
	CLASS_TOO_SHORT,       /* the text is */
	CLASS_PROVIDER_FAILED, /* the service has taken it, and failed */
	CLASS_TIMEOUT,	       /* the service has taken it, and is not done in its time */
	CLASS_NOT_READY,       /* what it is made from is not there yet */
	CLASS_EXPIRED,	       /* the whole pipeline took too long */
	CLASS_SYSTEM,	       /* this machine: no memory, no room on the disk */
	CLASSES
};

/* "rate_limited"; also what the database and the metrics say. */
const char *pipeline_class_name(enum pipeline_class class);

/* The names of all, in the order of their numbers. */
extern const char *const pipeline_class_names[CLASSES];

/* What follows from a class in a stage. */
struct stage_policy {
	unsigned tries; /* so many charges fail the stage for good; 0: it is never charged */
	unsigned
	    fetch_tries; /* the same of a result that is fetched, which costs nothing; 0: TRIES */
	int base_sec;	 /* of the time to the next try, which grows with each; see stage_rest_ms */
	int cap_sec;	 /* the longest */
	int hold_sec;	 /* how long the engine is not asked at all; 0: it is */
	bool disables;	 /* the engine is not asked before somebody enables it */
	bool alerts;	 /* an administrator is told at once */
	bool alerts_dead; /* or when the stage has failed for good */
};

const struct stage_policy *stage_policy(enum stage stage, enum pipeline_class class);

/* The time until the next try after N were charged: full jitter, anything from 0 to base_sec after
 * the first, and twice as much after each further one, up to cap_sec. */
uint32_t stage_rest_ms(const struct stage_policy *policy, unsigned n);

/* ------------------------------------------------------------------ store/stage_queue.c */

/* An engine that the worker has, with its limits over all hosts. */
struct stage_engine {
	const char *name;
	int concurrency;   /* runs that are being worked on, here or at the service */
	int calls_per_min; /* requests that begin one; 0: no limit */
	int deadline_sec;  /* for what was sent; 0: for nothing */
};

#define STAGE_ENGINES_MAX 4

/* Who claims for which stage, and with which engines. */
struct stage_worker {
	struct claimant who;
	enum stage stage;
	struct stage_engine engines[STAGE_ENGINES_MAX];
	size_t n;
	const char *chosen; /* the engine of a run that begins */
	const char *given;  /* the same, if the request brings what it would make; "": none */
};

/* A run that this process may work on until the lease ends. */
struct stage_claim {
	uint64_t id, pipeline, user;
	enum stage stage;
	enum stage_step step;
	unsigned run, tries;
	const char *engine;
	uint64_t project; /* its narration; 0: none yet */
	bool own_project;
	const char *external_id, *external_part, *candidate, *url;
	bool late;	  /* the time for what was sent is over: ask once more */
	uint64_t age_ms;  /* since the stage was queued */
	uint64_t sent_ms; /* since the request was sent; 0: it was not */
	uint64_t input;	  /* the run of the stage before it; 0: none */
	uint8_t token[CLAIM_TOKEN_SIZE];
	int lease_sec;
	char callback[33]; /* the secret part of the URL; "" before stage_send */
};

#define STAGE_CLAIMS_MAX 16

/*
 * Claim up to MAX runs, at most STAGE_CLAIMS_MAX, of the worker's stage in queue order. Not those
 * of a stage, a pipeline or an engine that is paused, cancelled, held or disabled, nor more than
 * the limits of the engines allow: they keep their places. See queue_claim.
 */
enum rc stage_claim(struct db *db, struct pool *pool, struct stage_worker *worker, size_t max,
    struct stage_claim *v, size_t *n);

/* Note that a step is begun, and of which run's result it is made (claim->input), and renew the
 * lease. RC_STALE if the claim is no longer the caller's: leave it. */
enum rc stage_begin(struct db *db, const struct stage_worker *worker, struct stage_claim *claim);

/*
 * Note that a request that costs is about to be sent: from now on CLAIM is in STEP_SENT until
 * stage_finish says what was answered, and is never begun again by itself. Sets claim->callback.
 * RC_STALE as above.
 */
enum rc stage_send(struct db *db, const struct stage_worker *worker, struct stage_claim *claim);

/* Renew the leases of N claims; HELD says which of them are still the caller's. */
enum rc stage_renew(struct db *db, const struct stage_worker *worker,
    const struct stage_claim *const *v, size_t n, bool *held);

/*
 * Take back every claim of HOST in that stage, whose holders are dead, and those of others whose
 * lease has ended. Nothing is charged for that, but what has ended its holders again and again
 * fails. See queue_take_back.
 */
enum rc stage_take_back(
    struct db *db, enum stage stage, const struct conf *conf, const char *host, uint64_t *n);

/*
 * Whether a run of the stage is due, claimable or not, and in how many milliseconds the next one
 * will be; UINT64_MAX: none is known. Also if the stage has no engine yet, which a claim makes.
 * Looks into indexes, without a lock.
 */
enum rc stage_due(struct db *db, enum stage stage, bool *due, uint64_t *ms);

/* ------------------------------------------------------------------ store/stage_input.c */

/* A line, and when it is heard. */
struct stage_caption {
	const char *text;
	uint64_t start_ms, end_ms;
};

/* A sentence of the narration. */
struct stage_sound {
	const char *path; /* below media.root */
	const char *text;
	uint64_t duration_ms;
	uint32_t from_ms, to_ms; /* from the beginning of the first word to the end of the last */
};

/* A picture. */
enum image_type { IMAGE_PNG, IMAGE_JPEG, IMAGE_WEBP, IMAGE_TYPES };

struct stage_image {
	uint64_t id;
	enum image_type type; /* as it was uploaded */
	const char *inbox;    /* its name in pipeline.inbox, until it is decoded; "" then */
	const char *path;     /* below media.root; "" until it is decoded */
	const char *error;    /* why it cannot be; "" */
};

/* What a run is made from, as it is now. */
struct stage_input {
	const char *task_id, *customer_name, *region, *detail, *language, *genre;
	bool vertical;
	const char *lyric; /* of the request, or of the stage before; "" */
	/* For a song made of sentences. */
	struct stage_sound *sounds;
	size_t n_sounds;
	uint64_t unfinished;	 /* sentences that are not ready, nor failed */
	const char *sound_error; /* of the first sentence that failed; NULL */
	/* For a video. */
	const char *song; /* path below media.root; "" */
	uint64_t song_ms;
	struct stage_caption *captions;
	size_t n_captions;
	struct stage_image *images; /* in their order */
	size_t n_images;
};

/* Read it. RC_NOT_FOUND if what it is made from is not there (yet). */
enum rc stage_input(
    struct db *db, struct pool *pool, const struct stage_claim *claim, struct stage_input *out);

/* ------------------------------------------------------------------ store/stage_finish.c */

/* A file that was published. */
struct stage_asset {
	const char *path; /* below media.root */
	const char *type; /* "audio/mpeg" */
	uint64_t size_bytes, duration_ms;
	uint8_t sha256[32];
	const char *external_part; /* "" */
};

/* What became of a claim. */
struct stage_result {
	const struct stage_claim *claim;
	enum pipeline_class class;
	/* The step is not done, and it is nobody's fault: back to the queue, nothing charged. */
	bool released;
	bool remote;	  /* a service was asked */
	bool began;	  /* the request would have begun something there */
	bool uncharged;	  /* whatever the policy says of its class */
	bool final;	  /* it is not tried again by itself, whatever the policy says */
	int deadline_sec; /* after CLASS_WAIT: from when it was sent, unless that is known */
	/* After CLASS_OK: the step that comes next; STEPS: the stage is done. After CLASS_WAIT:
	 * where it waits. After anything else: where it is tried again. */
	enum stage_step step;
	const char *message;	 /* plain words; "" after CLASS_OK */
	int status;		 /* of HTTP; 0: none */
	const char *excerpt;	 /* the beginning of the answer, secrets masked; NULL */
	int64_t retry_after_sec; /* asked for by the service; 0: not */
	uint64_t wait_ms;	 /* after CLASS_WAIT: until it is asked again */
	const char *external_id, *external_part, *url; /* NULL: as before */
	int progress;				       /* percent; -1: not known */
	const char *prompt;			       /* NULL: as before */
	const char *text;			       /* the lyric; NULL: none */
	const struct stage_asset *assets;	       /* the first is the chosen one */
	size_t n_assets;
	const struct stage_caption *captions;
	size_t n_captions;

	bool stale;  /* out: the claim was no longer the caller's; nothing was changed */
	bool done;   /* out: the stage is done */
	bool failed; /* out: for good */
	bool alert;  /* out: an administrator is to be told */
	bool next;   /* out: there is another stage to be done now */
};

/*
 * Finish a claim: the result, what follows from its class, the next stage and the events are one
 * transaction. If what it was made from was replaced meanwhile, the result is kept, but does not
 * count: the stage is queued again. Files of a result that is STALE are named by nothing.
 */
enum rc stage_finish(struct db *db, struct stage_result *result);

/* What became of a picture that was to be decoded. */
struct stage_picture {
	uint64_t image;
	const char *path;  /* below media.root; "" if it cannot be decoded */
	const char *error; /* "" or why */
	bool unwanted;	   /* out: it was removed meanwhile: nothing names the file */
};

/* Note what became of pictures. RC_STALE if the claim is no longer the caller's. */
enum rc stage_pictures(
    struct db *db, const struct stage_claim *claim, struct stage_picture *v, size_t n);

/* ------------------------------------------------------------------ store/stage_narration.c */

/*
 * Have N lines spoken for a song: make a project that nobody sees and have the claim wait for it,
 * in one transaction. If the pipeline names a project of the user's, that one is waited for, and
 * LINES are not looked at. RC_STALE if the claim is no longer the caller's, RC_NOT_FOUND if there
 * is no such project (any more). *QUEUED: there are sentences to be spoken now.
 */
enum rc stage_narrate(struct db *db, const struct conf *conf, const struct stage_claim *claim,
    const char *language, const struct slice *lines, size_t n, bool *queued);

/* ------------------------------------------------------------------ store/stage_prune.c */

/* Fail what was not finished before its pipeline expired, and wake what waits for sentences that
 * are finished. *N: so many. */
enum rc stage_expire(struct db *db, enum stage stage, uint64_t *n);

/* Remove up to 512 tries of runs that ended more than DAYS ago and did not fail. *N: so many. */
enum rc stage_prune(struct db *db, enum stage stage, int days, uint64_t *n);

#endif
