#ifndef TTS_STORE_INTERNAL_H
#define TTS_STORE_INTERNAL_H

#include "../common/say/pace.h"
#include "db/db_internal.h"
#include "event.h"
#include "queue.h"
#include "state.h"
#include "store.h"
#include "trash.h"

/*
 * What the nouns of store/ need of each other. Everything here runs inside a transaction. Locks are
 * taken in one order, so that transactions hardly ever block each other in a circle:
 * user, project (by id), stretch, audio (by id), queue_clock, pipeline, stage_control, engine,
 * stage, trash, fetch_log, content, level, work (a child before its parent), user_seq (by id).
 *
 * A project that is marked as deleted is not to be found, nor is anything in it: whatever looks for
 * them has "deleted = 0", or goes through project_lock first.
 */

/* ------------------------------------------------------------------ store/user.c */

/* A user's two lanes in the queue: new texts, and single sentences. */
enum lane { LANE_BULK, LANE_EDIT, LANES };

/* A user, locked until the transaction ends. */
struct locked_user {
	uint64_t id;
	uint64_t last_turn[LANES];
	uint64_t projects;
	bool disabled;
};

/* RC_NOT_FOUND when there is none, or a disabled one. */
enum rc user_lock(struct db *db, struct pool *pool, uint64_t id, struct locked_user *out);

/* The same for the sysadmin, who may work on what a disabled user has. */
enum rc user_lock_any(struct db *db, struct pool *pool, uint64_t id, struct locked_user *out);

/*
 * By how much a sentence moves its user's turn on: the estimated length of its sound in
 * milliseconds, never 0. TURN_COST_USUAL for one whose text is not at hand.
 */
static inline uint64_t
turn_cost(const char *text, size_t len, int speed)
{
	return pace_ms(text, len, "", pace_percent(speed));
}
#define TURN_COST_USUAL 5000

/*
 * Take turns in a lane for work that costs COST in all, see turn_cost. *FIRST is the turn of the
 * first piece: the queue's present turn, or the end of the user's last work in that lane if that is
 * later (start-time fair queuing). The turn of each further piece is that of the one before it plus
 * what that one costs. Single edits have the present turn until they are a good deal ahead of it,
 * so that one made right after another does not wait.
 */
enum rc user_take_turns(struct db *db, struct pool *pool, struct locked_user *user, enum lane lane,
    uint64_t cost, uint64_t *first);

enum rc user_count_project(struct db *db, uint64_t user, int more);

/* ------------------------------------------------------------------ store/idempotency.c */

/* After the user was locked: RC_OK for a key not seen in 24 hours, and for none at all. */
enum rc idempotency_check(
    struct db *db, struct pool *pool, uint64_t user, struct idempotency *idem);

/* Keep the answer for OBJECT with the key, if there is one. */
enum rc idempotency_keep(struct db *db, struct pool *pool, uint64_t user,
    const struct idempotency *idem, const void *object);

/* ------------------------------------------------------------------ store/project.c */

/* The columns that project_read reads. */
#define PROJECT_COLUMNS                                                                            \
	"id, user_id, created_at, updated_at, title, language, voice, sentence_count,"             \
	" ready_count, failed_count, duration_ms"

void project_read(const struct cell *row, struct project *p);

/* A pattern for LIKE with ESCAPE '|' that finds S, whatever is in it. */
const char *pattern_of(struct pool *pool, const char *s);

/* Of a sentence: its project is not being deleted. For WHERE. */
#define IN_LIVING_PROJECT "project_id NOT IN (SELECT id FROM project WHERE deleted = 1)"

/* Lock the project of this user until the transaction ends; *SENTENCES is how many it has. */
enum rc project_lock(
    struct db *db, struct pool *pool, uint64_t user, uint64_t id, uint64_t *sentences);

/* Make a project and its sentences, which are queued. The user is locked. HIDDEN: it is in no list
 * and no count of the user, and nobody is told of it. */
enum rc project_insert(struct db *db, struct pool *pool, struct locked_user *user,
    const struct project_new *in, bool hidden, uint64_t *id);

struct project_flags {
	bool deleted; /* gone, or on its way */
	bool hidden;
};

/*
 * Lock projects on behalf of the renderer, in the order of their ids: IDS is sorted. FLAGS may be
 * NULL.
 */
enum rc project_lock_all(
    struct db *db, struct pool *pool, uint64_t *ids, size_t n, struct project_flags *flags);

/* By how much a project's counts change. */
struct tally {
	int64_t sentences, ready, failed, duration_ms;
};

/* Change the counts, and note when. */
enum rc project_tally(struct db *db, uint64_t id, const struct tally *tally);

/*
 * The same on behalf of the renderer, which changes no text. Counts that are wrong
 * already do not keep sentences from failing: they are left as they are, with a line in the log.
 */
enum rc project_tally_rendered(struct db *db, uint64_t id, const struct tally *tally);

/* ------------------------------------------------------------------ store/place.c */

/*
 * Sentences stand in the order of their positions, with gaps. So that the one at rank N is found
 * without counting what stands before it, a project's positions are divided into stretches that
 * know how many sentences they have.
 */
struct stretch {
	int64_t first; /* position; the stretch reaches to the next one's first */
	uint64_t n;
};

/*
 * What finds sentences that stand together: those from LOW to just before HIGH, in order or from
 * the back, without the first OFFSET of them. The narrow range keeps the server from choosing to
 * read the whole project.
 */
struct walk {
	int64_t low, high;
	bool back;
	uint64_t offset;
};

/* The walk to COUNT sentences that N others precede, from the nearer end of a stretch. */
struct walk place_walk(const struct stretch *v, size_t n_stretches, uint64_t n, uint64_t count);

/* How often sentences and their indexes are read again, in several SELECTs, if the project has
 * changed meanwhile. */
#define VERSION_TRIES 4

/* How many sentences of a project there are up to each of N POSITIONS, which ascend. Counts each
 * sentence of their stretches at most once. */
enum rc place_ranks(struct db *db, struct pool *pool, uint64_t project, const int64_t *positions,
    size_t n, uint64_t *ranks);

/* The position of sentence I (from 0) of a new project. */
int64_t place_initial(uint64_t i);

/* Make the stretches of a new project of N sentences. */
enum rc place_create(struct db *db, uint64_t project, uint64_t n);

/* A place for one more sentence. */
struct place {
	int64_t position;
	struct stretch stretch;
};

/*
 * Find a place that N of the TOTAL sentences of a project precede. When the gap there is used up
 * the stretch is respaced, alone or with its neighbours. Then insert, and call place_fill.
 */
enum rc place_find(struct db *db, struct pool *pool, uint64_t project, uint64_t n, uint64_t total,
    struct place *out);
enum rc place_fill(struct db *db, struct pool *pool, uint64_t project, const struct place *place);

/* Count a sentence out of its stretch; it was, or will be, deleted in this transaction. */
enum rc place_leave(struct db *db, struct pool *pool, uint64_t project, int64_t position);

/* ------------------------------------------------------------------ store/audio.c */

/* A sentence, and what only store/ looks at. */
struct audio_row {
	struct audio audio;
	int64_t position;
};

/* The columns of audio a that audio_read reads. */
#define AUDIO_COLUMNS                                                                              \
	"a.id, a.project_id, a.user_id, a.created_at, a.updated_at, a.text, a.speed, a.revision,"  \
	" a.state, a.audio_revision, a.path, a.duration_ms, a.size_bytes, a.error, a.position,"    \
	" a.loudness, a.made_with, a.remade"
enum { AUDIO_COLUMNS_N = 18 };

enum rc audio_read(const struct cell *row, struct audio_row *out);

/* Read and lock a sentence of this user, whose project is locked. No index yet. */
enum rc audio_lock(
    struct db *db, struct pool *pool, uint64_t user, uint64_t id, struct audio_row *out);

/* ------------------------------------------------------------------ store/timing.c */

/* The words of a sound, as the database has them. */
size_t timing_unpack(struct pool *pool, const struct cell *words, struct timed_word **v);

/* Put the words of N results in place of those of the sound before. */
enum rc timing_put(struct db *db, struct pool *pool, struct result *const *v, size_t n);

/* ------------------------------------------------------------------ store/lexicon_claim.c */

/*
 * Give each claim the entries that hold for it. Called when the sentences are locked, before the
 * claim is committed: whoever changes an entry later queues them again, and has to wait for that.
 */
enum rc lexicon_for_claims(struct db *db, struct pool *pool, struct claim *v, size_t n);

/* ------------------------------------------------------------------ store/trash.c */

/* Put a file (PATH "" if there is none yet) or the directory of a project (AUDIO 0) there. */
enum rc trash_add(struct db *db, uint64_t project, uint64_t audio, const char *path, bool bury);

/* The same of a pipeline: its directory (PATH ""), a file below media.root, or, if PATH has no
 * slash, one in pipeline.inbox. */
enum rc trash_add_pipeline(struct db *db, uint64_t pipeline, const char *path, bool bury);

/* The file of a picture, with a tombstone of its own. */
enum rc trash_add_picture(struct db *db, uint64_t pipeline, uint64_t picture, const char *path);

/* ------------------------------------------------------------------ store/tier_forget.c */

/* The files of an entry of the trash were removed: remove what is known of their levels. Nothing is
 * done without levels. */
enum rc tier_forget(struct db *db, struct pool *pool, const struct trash *trash);

/* ------------------------------------------------------------------ store/event.c */

/* Make the counter of a new user. */
enum rc event_add_user(struct db *db, uint64_t user);

struct event_new {
	uint64_t user;
	enum event_type type;
	uint64_t project, audio; /* 0: it is not about one */
	const char *task;	 /* the same: NULL */
	const char *data;	 /* an object in JSON; NULL: there is nothing to add */
};

/*
 * Write events, each user's in the order of V. It locks what all transactions of a user lock: call
 * it once, as the last thing before the COMMIT. Of a user who is gone none is written.
 */
enum rc event_record(struct db *db, struct pool *pool, const struct event_new *v, size_t n);

/* ------------------------------------------------------------------ store/event_data.c */

/* Events that a transaction is going to write. Zeroed, with a pool. */
struct event_list {
	struct pool *pool;
	struct event_new *v;
	size_t n, cap;
};

void event_list_add(struct event_list *list, const struct event_new *event);

/* What there is to say of a sound, of a failure, and of another change; see tts-http(7). */
const char *event_data_ready(
    struct db *db, struct pool *pool, uint64_t revision, const char *path, uint64_t duration_ms);
const char *event_data_failed(struct pool *pool, uint64_t revision, const char *error);
const char *event_data_changed(struct pool *pool, uint64_t revision, const char *change);
const char *event_data_inserted(struct pool *pool, uint64_t revision, uint64_t index);

/* Of a project: CHANGE, and a number called NAME. */
const char *event_data_project(struct pool *pool, const char *change, const char *name, uint64_t n);

/* Of a project that is complete. */
const char *event_data_counts(
    struct pool *pool, uint64_t sentences, uint64_t ready, uint64_t failed, uint64_t duration_ms);

/* ------------------------------------------------------------------ store/completion.c */

/*
 * A sentence of a project became ready, failed or was deleted, and the counts say so; the project
 * is locked. Add to LIST the event that tells of its completion, if that was the last one pending,
 * and wake whoever waits for it.
 */
enum rc event_list_completion(
    struct db *db, struct event_list *list, uint64_t user, uint64_t project);

/* Carry an error out of the function. */
#define TRY(call)                                                                                  \
	do {                                                                                       \
		enum rc try_rc_ = (call);                                                          \
		if (try_rc_ != RC_OK)                                                              \
			return try_rc_;                                                            \
	} while (0)

#endif
