#include "audio_change.h"

enum { PUT };

static const struct sql sql[] = {
    [PUT] = {.text = "UPDATE audio SET updated_at = NOW(3), position = ? WHERE id = ?"},
};

/* Take the sentence out of its place, and find it one that BEFORE of the COUNT others precede. */
static enum rc
move_to(struct db *db, const struct audio_change *c, const struct audio_row *row, uint64_t before,
    uint64_t count)
{
	struct place place;

	/* Meanwhile it is after the last stretch, where nobody looks for sentences. */
	TRY(db_exec(db, &sql[PUT], ARGS(db_i64(INT64_MAX), db_u64(c->id))));
	TRY(place_leave(db, c->pool, c->project, row->position));
	TRY(place_find(db, c->pool, c->project, before, count, &place));
	TRY(db_exec(db, &sql[PUT], ARGS(db_i64(place.position), db_u64(c->id))));
	return place_fill(db, c->pool, c->project, &place);
}

static enum rc
move_body(struct db *db, void *ctx)
{
	struct audio_change *c = ctx;
	struct locked_user user;
	struct audio_row row;
	uint64_t index;

	TRY(audio_change_lock(db, c, &user, &row, c->count));
	index = c->index == -1 ? *c->count : (uint64_t)c->index;
	if (c->index < -1 || index < 1 || index > *c->count)
		return RC_RANGE;
	TRY(audio_get(db, c->pool, c->user, c->id, c->out));
	if (c->out->index == index)
		return RC_OK;
	TRY(move_to(db, c, &row, index - 1, *c->count - 1));
	TRY(project_tally(db, c->project, &(struct tally){0}));
	TRY(audio_get(db, c->pool, c->user, c->id, c->out));
	return audio_change_tell(db, c, EVENT_PROJECT_CHANGED,
	    event_data_project(c->pool, "moved", "index", c->out->index));
}

enum rc
audio_move(struct db *db, struct pool *pool, uint64_t user, uint64_t id, int64_t index,
    const struct if_match *if_match, struct audio *out, uint64_t *count)
{
	/* Run again after a COMMIT that was not answered, it finds the sentence there. */
	static const struct txn txn = {.body = move_body,
	    .before_commit = "store.move.before_commit",
	    .committed = "store.move.committed"};
	struct audio_change c = {.pool = pool,
	    .user = user,
	    .id = id,
	    .index = index,
	    .if_match = if_match,
	    .count = count,
	    .out = out};

	return db_transact(db, &txn, &c);
}
