#include "audio_change.h"
#include "queue_core.h"

enum { PROJECT_OF, INSERT, EDIT, RETRY, DELETE };

/* The claim of a renderer that has the sentence in hand ends; its result will be stale. */
#define FRESH "updated_at = NOW(3), state = 'pending', turn = ?, queued_at = NOW(3), " AUDIO_UNTRIED

static const struct sql sql[] = {
    [PROJECT_OF] = {.text = "SELECT project_id FROM audio WHERE id = ? AND user_id = ?"},
    [INSERT] = {.text = "INSERT INTO audio (project_id, user_id, created_at, updated_at,"
			" queued_at, run_at, position, text, speed, turn)"
			" VALUES (?, ?, NOW(3), NOW(3), NOW(3), NOW(3), ?, ?, ?, ?)"},
    [EDIT] = {.text = "UPDATE audio SET text = ?, speed = ?,"
		      " revision = revision + 1, " FRESH " WHERE id = ?"},
    [RETRY] = {.text = "UPDATE audio SET " FRESH " WHERE id = ? AND state = 'failed'"},
    [DELETE] = {.text = "DELETE FROM audio WHERE id = ?"},
};

enum rc
audio_change_tell(
    struct db *db, const struct audio_change *c, enum event_type type, const char *data)
{
	struct event_new event = {
	    .user = c->user, .type = type, .project = c->project, .audio = c->id, .data = data};

	return event_record(db, c->pool, &event, 1);
}

/* ---------------------------------------------------------------- inserting */

static enum rc
insert_body(struct db *db, void *ctx)
{
	struct audio_change *c = ctx;
	struct locked_user user;
	struct audio_row row;
	struct place place;
	uint64_t before, turn;

	TRY(user_lock(db, c->pool, c->user, &user));
	TRY(idempotency_check(db, c->pool, c->user, c->idem));
	TRY(project_lock(db, c->pool, c->user, c->project, c->count));
	before = c->index == -1 ? *c->count : (uint64_t)c->index - 1;
	if (c->index < -1 || c->index == 0 || before > *c->count)
		return RC_RANGE;
	if (*c->count >= c->sentences_max)
		return RC_LIMIT;
	TRY(place_find(db, c->pool, c->project, before, *c->count, &place));
	TRY(user_take_turns(
	    db, c->pool, &user, LANE_EDIT, turn_cost(c->text, c->text_len, c->speed), &turn));
	TRY(db_exec(db, &sql[INSERT],
	    ARGS(db_u64(c->project), db_u64(c->user), db_i64(place.position),
		db_textn(c->text, c->text_len), db_u64((uint64_t)c->speed), db_u64(turn))));
	c->id = db_inserted(db);
	TRY(place_fill(db, c->pool, c->project, &place));
	TRY(project_tally(db, c->project, &(struct tally){.sentences = 1}));
	TRY(audio_lock(db, c->pool, c->user, c->id, &row));
	*c->out = row.audio;
	c->out->index = before + 1;
	TRY(idempotency_keep(db, c->pool, c->user, c->idem, c->out));
	return audio_change_tell(db, c, EVENT_AUDIO_INSERTED,
	    event_data_inserted(c->pool, c->out->revision, c->out->index));
}

/* A server that was killed may reuse an id that was never committed; created_at shows that. */
static enum rc
insert_read_back(struct db *db, void *ctx)
{
	const struct audio_change *c = ctx;
	struct audio_row row;
	enum rc rc = audio_lock(db, c->pool, c->user, c->id, &row);

	if (rc == RC_OK && strcmp(row.audio.created_at.s, c->out->created_at.s) != 0)
		return RC_BUSY;
	return rc == RC_NOT_FOUND ? RC_BUSY : rc;
}

enum rc
audio_insert(struct db *db, struct pool *pool, uint64_t user, uint64_t project, int64_t index,
    const char *text, size_t text_len, int speed, uint64_t sentences_max, struct idempotency *idem,
    struct audio *out, uint64_t *count)
{
	static const struct txn txn = {.body = insert_body,
	    .read_back = insert_read_back,
	    .before_commit = "store.insert.before_commit",
	    .committed = "store.insert.committed"};
	struct audio_change c = {.pool = pool,
	    .user = user,
	    .project = project,
	    .index = index,
	    .text = text,
	    .text_len = text_len,
	    .speed = speed,
	    .sentences_max = sentences_max,
	    .idem = idem,
	    .count = count,
	    .out = out};

	return db_transact(db, &txn, &c);
}

/* ---------------------------------------------------------------- changing one */

/* Find the project of a sentence, which has to be locked before the sentence. */
static enum rc
change_find_project(struct db *db, struct audio_change *c)
{
	struct rows rows;

	TRY(db_query(db, c->pool, &rows, &sql[PROJECT_OF], ARGS(db_u64(c->id), db_u64(c->user))));
	if (rows.n == 0)
		return RC_NOT_FOUND;
	c->project = db_row(&rows, 0)->number;
	return RC_OK;
}

static enum rc
change_check_revision(const struct audio_change *c, const struct audio *a)
{
	if (c->if_match == NULL)
		return RC_OK;
	for (size_t i = 0; i < c->if_match->n; i++)
		if (c->if_match->v[i] == a->revision)
			return RC_OK;
	return RC_STALE;
}

enum rc
audio_change_lock(struct db *db, struct audio_change *c, struct locked_user *user,
    struct audio_row *row, uint64_t *sentences)
{
	TRY(change_find_project(db, c));
	TRY(user_lock(db, c->pool, c->user, user));
	TRY(project_lock(db, c->pool, c->user, c->project, sentences));
	TRY(audio_lock(db, c->pool, c->user, c->id, row));
	return change_check_revision(c, &row->audio);
}

/* The change of a project's counts when this sentence becomes pending or is deleted. */
static struct tally
tally_uncount(const struct audio *a)
{
	struct tally t = {.ready = a->state == AUDIO_READY ? -1 : 0,
	    .failed = a->state == AUDIO_FAILED ? -1 : 0,
	    .duration_ms = a->state == AUDIO_READY ? -(int64_t)a->duration_ms : 0};

	return t;
}

static bool
change_is_real(const struct audio_change *c, const struct audio *a)
{
	return c->speed != a->speed || c->text_len != a->text_len ||
	       memcmp(c->text, a->text, c->text_len) != 0;
}

static enum rc
edit_body(struct db *db, void *ctx)
{
	const struct audio_change *asked = ctx;
	struct audio_change *result = ctx, c = *asked;
	struct locked_user user;
	struct audio_row row;
	struct tally tally;
	uint64_t sentences, turn;

	TRY(audio_change_lock(db, &c, &user, &row, &sentences));
	if (c.text == NULL) {
		c.text = row.audio.text;
		c.text_len = row.audio.text_len;
	}
	if (c.speed == 0)
		c.speed = row.audio.speed;
	result->revision = row.audio.revision;
	if (change_is_real(&c, &row.audio)) {
		result->revision++;
		tally = tally_uncount(&row.audio);
		TRY(user_take_turns(
		    db, c.pool, &user, LANE_EDIT, turn_cost(c.text, c.text_len, c.speed), &turn));
		TRY(db_exec(db, &sql[EDIT],
		    ARGS(db_textn(c.text, c.text_len), db_u64((uint64_t)c.speed), db_u64(turn),
			db_u64(c.id))));
		TRY(project_tally(db, c.project, &tally));
	}
	TRY(audio_get(db, c.pool, c.user, c.id, c.out));
	return result->revision == row.audio.revision
		   ? RC_OK
		   : audio_change_tell(db, &c, EVENT_AUDIO_CHANGED,
			 event_data_changed(c.pool, result->revision, "edited"));
}

/* The revision alone does not show whose edit it is; if text and speed are the same, it does not
 * matter. */
static enum rc
edit_read_back(struct db *db, void *ctx)
{
	const struct audio_change *c = ctx;
	struct audio_change seen = *c;
	struct audio_row row;
	enum rc rc = audio_lock(db, c->pool, c->user, c->id, &row);

	if (rc != RC_OK)
		return rc == RC_NOT_FOUND ? RC_UNKNOWN : rc;
	if (row.audio.revision > c->revision)
		return RC_UNKNOWN;
	seen.text = c->out->text;
	seen.text_len = c->out->text_len;
	seen.speed = c->out->speed;
	return row.audio.revision == c->revision && !change_is_real(&seen, &row.audio) ? RC_OK
										       : RC_BUSY;
}

enum rc
audio_edit(struct db *db, struct pool *pool, uint64_t user, uint64_t id, const char *text,
    size_t text_len, int speed, const struct if_match *if_match, struct audio *out)
{
	static const struct txn txn = {.body = edit_body,
	    .read_back = edit_read_back,
	    .before_commit = "store.edit.before_commit",
	    .committed = "store.edit.committed"};
	struct audio_change c = {.pool = pool,
	    .user = user,
	    .id = id,
	    .text = text,
	    .text_len = text_len,
	    .speed = speed,
	    .if_match = if_match,
	    .out = out};

	return db_transact(db, &txn, &c);
}

static enum rc
retry_body(struct db *db, void *ctx)
{
	struct audio_change *c = ctx;
	struct locked_user user;
	struct audio_row row;
	uint64_t sentences, turn;

	TRY(audio_change_lock(db, c, &user, &row, &sentences));
	if (row.audio.state == AUDIO_FAILED) {
		struct tally tally = tally_uncount(&row.audio);

		TRY(user_take_turns(db, c->pool, &user, LANE_EDIT,
		    turn_cost(row.audio.text, row.audio.text_len, row.audio.speed), &turn));
		TRY(db_exec(db, &sql[RETRY], ARGS(db_u64(turn), db_u64(c->id))));
		TRY(project_tally_rendered(db, c->project, &tally));
	}
	TRY(audio_get(db, c->pool, c->user, c->id, c->out));
	return row.audio.state != AUDIO_FAILED
		   ? RC_OK
		   : audio_change_tell(db, c, EVENT_AUDIO_CHANGED,
			 event_data_changed(c->pool, row.audio.revision, "retried"));
}

enum rc
audio_retry(struct db *db, struct pool *pool, uint64_t user, uint64_t id,
    const struct if_match *if_match, struct audio *out)
{
	static const struct txn txn = {.body = retry_body,
	    .before_commit = "store.retry.before_commit",
	    .committed = "store.retry.committed"};
	struct audio_change c = {
	    .pool = pool, .user = user, .id = id, .if_match = if_match, .out = out};

	return db_transact(db, &txn, &c);
}

/* ---------------------------------------------------------------- deleting */

static enum rc
delete_body(struct db *db, void *ctx)
{
	struct audio_change *c = ctx;
	struct event_list events = {.pool = c->pool};
	struct audio_row row;
	struct tally tally;
	uint64_t sentences;

	TRY(change_find_project(db, c));
	TRY(project_lock(db, c->pool, c->user, c->project, &sentences));
	TRY(audio_lock(db, c->pool, c->user, c->id, &row));
	TRY(change_check_revision(c, &row.audio));
	TRY(place_leave(db, c->pool, c->project, row.position));
	TRY(db_exec(db, &sql[DELETE], ARGS(db_u64(c->id))));
	tally = tally_uncount(&row.audio);
	tally.sentences = -1;
	TRY(project_tally(db, c->project, &tally));
	TRY(trash_add(db, c->project, c->id, row.audio.path, true));
	event_list_add(&events, &(struct event_new){.user = c->user,
				    .type = EVENT_AUDIO_DELETED,
				    .project = c->project,
				    .audio = c->id});
	if (row.audio.state != AUDIO_READY && row.audio.state != AUDIO_FAILED)
		TRY(event_list_completion(db, &events, c->user, c->project));
	return event_record(db, c->pool, events.v, events.n);
}

/* The sentence existed when the body ran; if it does not now, this transaction has deleted it. */
static enum rc
delete_read_back(struct db *db, void *ctx)
{
	const struct audio_change *c = ctx;
	struct audio_row row;
	enum rc rc = audio_lock(db, c->pool, c->user, c->id, &row);

	return rc == RC_NOT_FOUND ? RC_OK : rc == RC_OK ? RC_BUSY : rc;
}

enum rc
audio_delete(struct db *db, uint64_t user, uint64_t id, const struct if_match *if_match)
{
	static const struct txn txn = {.body = delete_body,
	    .read_back = delete_read_back,
	    .before_commit = "store.remove.before_commit",
	    .committed = "store.remove.committed"};
	struct audio_change c = {.pool = pool_new(), .user = user, .id = id, .if_match = if_match};
	enum rc rc = db_transact(db, &txn, &c);

	pool_free(c.pool);
	return rc;
}
