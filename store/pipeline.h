#ifndef TTS_STORE_PIPELINE_H
#define TTS_STORE_PIPELINE_H

#include "stage.h"
#include "store.h"

/*
 * Pipelines: a lyric, a song and a video, made one after the other from a few facts. A stage is
 * done in runs, rows of `stage`, of which the newest counts; see stage.h for whoever does them. All
 * changes of a pipeline and its runs are made while its row is locked.
 */

#define PIPELINE_TASK_MAX 64 /* the length of the database column */
#define PIPELINE_PRIORITY_MAX 9
#define PIPELINE_PRIORITY 5   /* unless the request says another */
#define PIPELINE_TASK_SIZE 37 /* of one that we make, with its NUL */

/* Which pipeline: that of USER called TASK, or any with this ID (USER 0: the operator asks). */
struct pipeline_key {
	uint64_t user;
	const char *task;
	uint64_t id;
};

/* A file that a run has made; PATH is relative to media.root. */
struct pipeline_file {
	uint64_t n; /* from 1: songs are numbered */
	bool chosen;
	const char *path, *type, *external_part;
	uint64_t size_bytes, duration_ms;
};

/* The newest run of a stage; ID 0: there is none. */
struct pipeline_run {
	uint64_t id, run, input;
	enum stage_state state;
	bool stale;
	enum stage_step step;
	const char *engine; /* "" until one has begun */
	struct timestamp created_at, updated_at, ended_at, run_at;
	uint64_t tries;	      /* that were charged in this step */
	uint64_t attempts;    /* of all runs of this stage */
	uint64_t elapsed_sec; /* since it was sent to a service, or added */
	const char *external_id, *external_part;
	int progress; /* percent; -1: not known */
	uint64_t project;
	const char *prompt, *text; /* "" if there is none */
	const char *error_class, *error;
	int status; /* of HTTP; 0: none */
	struct pipeline_file *files;
	size_t n_files;
};

struct pipeline {
	uint64_t id, user;
	const char *task;
	struct timestamp created_at, updated_at;
	struct timestamp started_at; /* "": a draft, which has pictures and nothing else */
	const char *customer_name, *region, *detail;
	const char *language; /* a BCP 47 tag */
	const char *genre, *orientation;
	bool given;	  /* the request brought the lyric */
	uint64_t project; /* whose sentences are the song; 0: none */
	unsigned stages;  /* bits: 1 << STAGE_SONG is set if a song was asked for */
	bool auto_continue;
	unsigned priority;  /* of its runs among the user's own: 0 comes first */
	const char *paused; /* "", or who paused it: "user", "operator" */
	struct timestamp paused_at;
	const char *pause_reason;
	struct timestamp cancelled_at, expires_at; /* "": it is not, never */
	uint64_t images;
	struct pipeline_run runs[STAGES];
};

/* ------------------------------------------------------------------ store/pipeline_word.c */

/* How a pipeline and its stages are described to people. */
enum pipeline_word {
	PIPELINE_PENDING,
	PIPELINE_PROCESSING,
	PIPELINE_RENDERING, /* a service makes the video */
	PIPELINE_UPLOADING, /* the result is fetched into our storage */
	PIPELINE_RETRYING,
	PIPELINE_COMPLETED,
	PIPELINE_STALE, /* finished, but what it was made from has been replaced */
	PIPELINE_FAILED,
	PIPELINE_CANCELLED,
	PIPELINE_PAUSED,
	PIPELINE_SKIPPED, /* a stage that was not asked for */
	PIPELINE_WAITING, /* a pipeline without auto_continue: for somebody to go on */
	PIPELINE_DRAFT,	  /* a pipeline that was not started */
	PIPELINE_WORDS
};

const char *pipeline_word_name(enum pipeline_word word);

/* The word for one stage. */
enum pipeline_word pipeline_stage_word(const struct pipeline *p, enum stage stage);

/*
 * The word for the whole. *CURRENT is the stage that is decisive for it: the first that is not
 * completed, or the last one.
 */
enum pipeline_word pipeline_overall(const struct pipeline *p, enum stage *current);

/* ------------------------------------------------------------------ store/pipeline.c */

/* Read a pipeline and the newest run of each stage. */
enum rc pipeline_get(
    struct db *db, struct pool *pool, const struct pipeline_key *key, struct pipeline *out);

/* A page of the user's pipelines, newest first; V holds wish->size; see project_list. Of texts only
 * the beginning is read, and no prompts. */
enum rc pipeline_list(struct db *db, struct pool *pool, uint64_t user, const struct page_wish *wish,
    struct page *page, struct pipeline *v);

/* A line of a song. */
struct pipeline_caption {
	uint64_t position, start_ms, end_ms;
	const char *text;
};

/* The lines of a run of a song. */
enum rc pipeline_captions(
    struct db *db, struct pool *pool, uint64_t run, struct pipeline_caption **v, size_t *n);

/* ------------------------------------------------------------------ store/pipeline_start.c */

struct pipeline_new {
	const char *task;
	const char *customer_name, *region, *detail;
	const char *language; /* a BCP 47 tag */
	const char *genre, *orientation;
	const char *lyric; /* NULL: it is to be written */
	uint64_t project;  /* whose sentences are the song; 0: none */
	unsigned stages;   /* see struct pipeline */
	bool auto_continue;
	unsigned priority; /* the same; up to PIPELINE_PRIORITY_MAX */
};

struct pipeline_started {
	struct pipeline pipeline;
	uint64_t run;	   /* of the first stage */
	bool existing;	   /* it had been started before; nothing was changed */
	const void *asker; /* the caller's, for idempotency.answer */
};

/*
 * Start a pipeline; a draft of that name is taken up. RC_NOT_FOUND when there is no such project,
 * RC_RANGE when it has no sentences or too many, RC_LIMIT when the user has
 * limits.pipelines_per_user.
 */
enum rc pipeline_start(struct db *db, struct pool *pool, uint64_t user,
    const struct pipeline_new *in, struct idempotency *idem, struct pipeline_started *out);

/* The most sentences of a project that can be the narration of a film. */
#define PIPELINE_SENTENCES_MAX 1000

/* Of a project that a pipeline is to be made from: how long it lasts, an estimate where its sounds
 * are not ready, and how many characters it has. RC_NOT_FOUND, RC_RANGE as above. */
enum rc pipeline_project_length(struct db *db, struct pool *pool, uint64_t user, uint64_t project,
    uint64_t *ms, uint64_t *chars);

/* Make a name for a pipeline: a UUID of version 7 (RFC 9562). */
void pipeline_task_make(char out[PIPELINE_TASK_SIZE]);

/* ------------------------------------------------------------------ store/pipeline_change.c */

/*
 * Do a stage again; those after it become stale, and with auto_continue they are done again too.
 * What a service has made already is asked for once more instead of being paid for again.
 * RC_RUNNING while it is being done, RC_NOT_READY if the stage before it is not completed,
 * RC_DUPLICATE for the lyric if that is the text of a project, RC_DRAFT for one that was not
 * started.
 */
enum rc pipeline_retry(struct db *db, const struct pipeline_key *key, enum stage stage);

/*
 * Have STAGE, a song or a video, made for a pipeline that was not asked for it at the start. GENRE
 * and ORIENTATION, unless "", are what it is from now on. A stage that is being made, or is
 * complete, is left as it is: *EXISTING. *RUN is its number. Errors as for pipeline_retry.
 */
enum rc pipeline_generate(struct db *db, const struct pipeline_key *key, enum stage stage,
    const char *genre, const char *orientation, uint64_t *run, bool *existing);

/*
 * Go on with the first stage that is not completed, *FROM. RC_NOT_FAILED unless the pipeline failed
 * or was cancelled; *WORD is then what it is instead.
 */
enum rc pipeline_resume(
    struct db *db, const struct pipeline_key *key, enum stage *from, enum pipeline_word *word);

/* End what is being done. RC_NOT_CANCELLABLE if there is nothing to end. */
enum rc pipeline_cancel(struct db *db, const struct pipeline_key *key);

/*
 * Begin nothing new for this pipeline, or go on. The operator pauses with a key without a user, and
 * nobody else lifts that: RC_DISABLED. To pause one that is paused changes nothing.
 */
enum rc pipeline_pause(struct db *db, const struct pipeline_key *key, const char *reason);
enum rc pipeline_unpause(struct db *db, const struct pipeline_key *key);

/* ------------------------------------------------------------------ store/pipeline_edit.c */

/*
 * Replace the lyric; song and video become stale, and with auto_continue they are made again.
 * RC_DUPLICATE if the song is that of a project, whose sentences are to be edited instead.
 */
enum rc pipeline_edit_lyric(struct db *db, const struct pipeline_key *key, const char *text);

/*
 * Choose another of the songs that a service made for one payment: it is fetched again, with the
 * times of its lines; the video becomes stale. RC_RANGE if there is no such song, RC_NOT_READY if
 * there is no choice.
 */
enum rc pipeline_choose_take(struct db *db, const struct pipeline_key *key, uint64_t n);

/* ------------------------------------------------------------------ store/pipeline_delete.c */

/*
 * Delete a pipeline with everything that belongs to it, also while it is being worked on: its rows
 * at once, its files by tts-work. *ID is its number, for the tombstone.
 */
enum rc pipeline_delete(struct db *db, const struct pipeline_key *key, uint64_t *id);

/* ------------------------------------------------------------------ store/pipeline_draft.c */

/*
 * Delete some of the drafts that nothing was done with for DAYS: their rows at once, their files by
 * tts-work. GONE are the N that were deleted, for the tombstones, also after an error.
 */
enum rc pipeline_forget_drafts(
    struct db *db, struct pool *pool, int days, uint64_t **gone, size_t *n);

/* ------------------------------------------------------------------ store/pipeline_callback.c */

/*
 * A service called back with the secret of a run: that run is due at once. CLAIMED, if not "", is
 * noted as the id of what was sent unless the id is known; whoever does the stage asks the service
 * before it believes that. RC_NOT_FOUND if no run that is at a service has this secret.
 */
#define PIPELINE_CALLBACK_SIZE 16
enum rc pipeline_called_back(
    struct db *db, const uint8_t secret[PIPELINE_CALLBACK_SIZE], const char *claimed);

/* ------------------------------------------------------------------ store/image.c */

/* IMAGE_NEW: as it was uploaded; IMAGE_FAILED: nobody could read it. */
enum image_state { IMAGE_NEW, IMAGE_READY, IMAGE_FAILED, IMAGE_STATES };

/* As the database names them. */
const char *image_type_name(enum image_type type);
const char *image_state_name(enum image_state state);

struct image {
	uint64_t id, index; /* INDEX: its place, from 1 */
	struct timestamp created_at;
	enum image_state state;
	enum image_type type;
	uint64_t width, height, size_bytes;
	const char *path;  /* relative to media.root; "" until it is ready */
	const char *error; /* "" unless it failed */
};

#define IMAGE_INBOX_SIZE 33 /* of a name in pipeline.inbox: 32 hexadecimal digits */

/* A picture that was written to pipeline.inbox. */
struct image_new {
	enum image_type type;
	uint64_t width, height, size_bytes;
	uint8_t sha256[32];
	char inbox[IMAGE_INBOX_SIZE];
};

/*
 * Add a picture as the last one. The first of a pipeline that does not exist makes a draft of it.
 * RC_LIMIT when there are pipeline.images_max, RC_RANGE when the user has
 * limits.pipelines_per_user.
 */
enum rc image_add(struct db *db, struct pool *pool, uint64_t user, const char *task,
    const struct image_new *in, struct image *out);

/* All pictures of a pipeline, in order. */
enum rc image_list(
    struct db *db, struct pool *pool, uint64_t user, const char *task, struct image **v, size_t *n);

/* Move a picture to INDEX; RC_RANGE if there is no such place. */
enum rc image_move(struct db *db, struct pool *pool, uint64_t user, const char *task, uint64_t id,
    int64_t index, struct image *out);

/* Remove a picture; its file is removed by tts-work. *SHOWN: it had a URL, and needs a tombstone.
 */
enum rc image_delete(
    struct db *db, struct pool *pool, uint64_t user, const char *task, uint64_t id, bool *shown);

/* ------------------------------------------------------------------ store/dead.c */

/* A dead letter: a stage that failed for good, and that nobody has retried or dropped since. */
struct dead {
	uint64_t id, user, run, attempts;
	const char *task, *engine, *error_class, *error, *external_id;
	enum stage stage;
	enum stage_step step;
	struct timestamp created_at, failed_at;
	int status; /* of HTTP; 0: none */
};

/* Which ones. */
struct dead_filter {
	uint64_t user;		 /* 0: of all users */
	enum stage stage;	 /* STAGES: of all stages */
	const char *error_class; /* "": of any class */
};

/* How many there are. */
enum rc dead_count(struct db *db, const struct dead_filter *filter, uint64_t *n);

/* The next MAX of them before the one with id BEFORE (0: the newest). */
enum rc dead_list(struct db *db, struct pool *pool, const struct dead_filter *filter,
    uint64_t before, size_t max, struct dead *v, size_t *n);

/* One; USER 0: of any user. */
enum rc dead_get(struct db *db, struct pool *pool, uint64_t user, uint64_t id, struct dead *out);

/* A time when a step of a run was begun. */
struct stage_try {
	uint64_t n; /* from 1 */
	const char *step, *host;
	struct timestamp began_at, ended_at; /* ENDED_AT "": it is in hand, or its program died */
	const char *outcome, *error_class, *error, *answer;
	int status; /* of HTTP; 0: none */
};

/* Up to MAX of them, the newest first. */
enum rc stage_tries(
    struct db *db, struct pool *pool, uint64_t run, size_t max, struct stage_try *v, size_t *n);

/* Do the stage again, as pipeline_retry, or look at it no more. RC_NOT_FOUND if it is no dead
 * letter (any more). */
enum rc dead_retry(struct db *db, uint64_t user, uint64_t id);
enum rc dead_drop(struct db *db, uint64_t user, uint64_t id);

#endif
