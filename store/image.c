#include "pipeline_internal.h"

#include "../common/base/log.h"

/* Positions are this far apart. */
#define GAP 1000

enum { COUNT, INSERT, LIST, PLACE, REMOVE, TOUCH };

static const struct sql sql[] = {
    [COUNT] = {.text = "SELECT COUNT(*), COALESCE(MAX(position), 0) FROM image"
		       " WHERE pipeline_id = ?"},
    [INSERT] = {.text = "INSERT INTO image (pipeline_id, position, created_at, type, width,"
			" height, size_bytes, sha256, inbox)"
			" VALUES (?, ?, NOW(3), ?, ?, ?, ?, ?, ?)"},
    [LIST] = {.text = "SELECT id, created_at, state, type, width, height, size_bytes, path, error,"
		      " inbox FROM image WHERE pipeline_id = ? ORDER BY position"},
    [PLACE] = {.text = "UPDATE image SET position = ? WHERE id = ?"},
    [REMOVE] = {.text = "DELETE FROM image WHERE id = ?"},
    [TOUCH] = {.text = "UPDATE pipeline SET updated_at = NOW(3) WHERE id = ?"},
};

static const char *const types[IMAGE_TYPES] = {
    [IMAGE_PNG] = "png",
    [IMAGE_JPEG] = "jpeg",
    [IMAGE_WEBP] = "webp",
};

static const char *const states[IMAGE_STATES] = {
    [IMAGE_NEW] = "new",
    [IMAGE_READY] = "ready",
    [IMAGE_FAILED] = "failed",
};

const char *
image_type_name(enum image_type type)
{
	return types[type];
}

const char *
image_state_name(enum image_state state)
{
	return states[state];
}

/* ---------------------------------------------------------------- reading */

/* A row of the list. */
struct row {
	struct image image;
	const char *inbox;
};

static enum rc
read_image(const struct cell *cell, struct row *r)
{
	struct image *i = &r->image;

	*i = (struct image){.id = cell[0].number,
	    .created_at = db_time(&cell[1]),
	    .width = cell[4].number,
	    .height = cell[5].number,
	    .size_bytes = cell[6].number,
	    .path = cell[7].s,
	    .error = cell[8].s};
	r->inbox = cell[9].s;
	while (i->state < IMAGE_STATES && strcmp(states[i->state], cell[2].s) != 0)
		i->state++;
	while (i->type < IMAGE_TYPES && strcmp(types[i->type], cell[3].s) != 0)
		i->type++;
	if (i->state != IMAGE_STATES && i->type != IMAGE_TYPES)
		return RC_OK;
	log_error("image: \"%s\" or \"%s\" is not known", cell[2].s, cell[3].s);
	return RC_FAIL;
}

static enum rc
read_images(struct db *db, struct pool *pool, uint64_t pipeline, struct row **v, size_t *n)
{
	struct rows rows;

	TRY(db_query(db, pool, &rows, &sql[LIST], ARGS(db_u64(pipeline))));
	*v = pool_array(pool, rows.n + 1, sizeof **v);
	*n = rows.n;
	for (size_t i = 0; i < rows.n; i++) {
		TRY(read_image(db_row(&rows, i), &(*v)[i]));
		(*v)[i].image.index = i + 1;
	}
	return RC_OK;
}

enum rc
image_list(
    struct db *db, struct pool *pool, uint64_t user, const char *task, struct image **v, size_t *n)
{
	struct pipeline p;
	struct row *rows;

	*n = 0;
	TRY(pipeline_get(db, pool, &(struct pipeline_key){.user = user, .task = task}, &p));
	TRY(read_images(db, pool, p.id, &rows, n));
	*v = pool_array(pool, *n + 1, sizeof **v);
	for (size_t i = 0; i < *n; i++)
		(*v)[i] = rows[i].image;
	return RC_OK;
}

/* ---------------------------------------------------------------- adding */

struct change {
	struct pool *pool;
	uint64_t user, id;
	const char *task;
	const struct image_new *in;
	int64_t index;
	bool shown; /* it had a URL */
	struct image *out;
	struct pipeline p;
};

/* The row with c->id among the pictures of a pipeline; NULL if there is none. */
static struct row *
row_of(struct row *v, size_t n, uint64_t id)
{
	for (size_t i = 0; i < n; i++)
		if (v[i].image.id == id)
			return &v[i];
	return NULL;
}

static enum rc
add_body(struct db *db, void *ctx)
{
	struct change *c = ctx;
	const struct image_new *in = c->in;
	const struct cell *found;
	struct locked_user user;
	struct rows rows;
	struct row *v, *row;
	size_t n;
	enum rc rc;

	TRY(user_lock(db, c->pool, c->user, &user));
	rc = pipeline_find_or_draft(db, c->pool, c->user, c->task, &c->p);
	if (rc != RC_OK)
		return rc == RC_LIMIT ? RC_RANGE : rc;
	TRY(db_query(db, c->pool, &rows, &sql[COUNT], ARGS(db_u64(c->p.id))));
	found = db_row(&rows, 0);
	if (found[0].number >= (uint64_t)db_conf(db)->pipeline.images_max)
		return RC_LIMIT;
	TRY(db_exec(db, &sql[INSERT],
	    ARGS(db_u64(c->p.id), db_i64((int64_t)found[1].number + GAP), db_text(types[in->type]),
		db_u64(in->width), db_u64(in->height), db_u64(in->size_bytes),
		db_bytes(in->sha256, sizeof in->sha256), db_text(in->inbox))));
	c->id = db_inserted(db);
	TRY(db_exec(db, &sql[TOUCH], ARGS(db_u64(c->p.id))));
	TRY(read_images(db, c->pool, c->p.id, &v, &n));
	row = row_of(v, n, c->id);
	if (row == NULL)
		return RC_FAIL;
	*c->out = row->image;
	return RC_OK;
}

static enum rc
lock_images(struct db *db, struct change *c, struct row **v, size_t *n, struct row **row)
{
	TRY(pipeline_lock(
	    db, c->pool, &(struct pipeline_key){.user = c->user, .task = c->task}, &c->p));
	TRY(read_images(db, c->pool, c->p.id, v, n));
	*row = row_of(*v, *n, c->id);
	return *row != NULL ? RC_OK : RC_NOT_FOUND;
}

/* Nobody else has a file of that name in the inbox. */
static enum rc
add_read_back(struct db *db, void *ctx)
{
	struct change *c = ctx;
	struct row *v, *row;
	size_t n;
	enum rc rc = lock_images(db, c, &v, &n, &row);

	if (rc == RC_OK)
		return strcmp(row->inbox, c->in->inbox) == 0 ? RC_OK : RC_BUSY;
	return rc == RC_NOT_FOUND ? RC_BUSY : rc;
}

enum rc
image_add(struct db *db, struct pool *pool, uint64_t user, const char *task,
    const struct image_new *in, struct image *out)
{
	static const struct txn txn = {.body = add_body,
	    .read_back = add_read_back,
	    .before_commit = "store.image.add.before_commit",
	    .committed = "store.image.add.committed"};
	struct change c = {.pool = pool, .user = user, .task = task, .in = in, .out = out};

	return db_transact(db, &txn, &c);
}

/* ---------------------------------------------------------------- moving and removing */

/* Give all pictures new positions; first others, as no two may have the same. */
static enum rc
place_images(struct db *db, const struct row *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		TRY(db_exec(db, &sql[PLACE], ARGS(db_i64(-1 - (int64_t)i), db_u64(v[i].image.id))));
	for (size_t i = 0; i < n; i++)
		TRY(db_exec(
		    db, &sql[PLACE], ARGS(db_i64((int64_t)(i + 1) * GAP), db_u64(v[i].image.id))));
	return RC_OK;
}

static enum rc
move_body(struct db *db, void *ctx)
{
	struct change *c = ctx;
	struct row *v, *row, moved;
	size_t n, from, to;

	TRY(lock_images(db, c, &v, &n, &row));
	if (c->index < 1 || (uint64_t)c->index > n)
		return RC_RANGE;
	from = (size_t)(row - v);
	to = (size_t)c->index - 1;
	moved = *row;
	if (to > from)
		memmove(v + from, v + from + 1, (to - from) * sizeof *v);
	else
		memmove(v + to + 1, v + to, (from - to) * sizeof *v);
	v[to] = moved;
	*c->out = moved.image;
	c->out->index = (uint64_t)c->index;
	TRY(db_exec(db, &sql[TOUCH], ARGS(db_u64(c->p.id))));
	return from == to ? RC_OK : place_images(db, v, n);
}

enum rc
image_move(struct db *db, struct pool *pool, uint64_t user, const char *task, uint64_t id,
    int64_t index, struct image *out)
{
	/* To move it there again changes nothing. */
	static const struct txn txn = {.body = move_body,
	    .before_commit = "store.image.move.before_commit",
	    .committed = "store.image.move.committed"};
	struct change c = {
	    .pool = pool, .user = user, .task = task, .id = id, .index = index, .out = out};

	return db_transact(db, &txn, &c);
}

static enum rc
delete_body(struct db *db, void *ctx)
{
	struct change *c = ctx;
	struct row *v, *row;
	size_t n;

	TRY(lock_images(db, c, &v, &n, &row));
	if (row->inbox[0] != '\0')
		TRY(trash_add_pipeline(db, c->p.id, row->inbox, false));
	if (row->image.path[0] != '\0')
		TRY(trash_add_picture(db, c->p.id, c->id, row->image.path));
	c->shown = row->image.path[0] != '\0';
	TRY(db_exec(db, &sql[TOUCH], ARGS(db_u64(c->p.id))));
	return db_exec(db, &sql[REMOVE], ARGS(db_u64(c->id)));
}

/* It was there when the body ran: if it is not there, the body removed it. */
static enum rc
delete_read_back(struct db *db, void *ctx)
{
	struct row *v, *row;
	size_t n;
	enum rc rc = lock_images(db, ctx, &v, &n, &row);

	if (rc == RC_NOT_FOUND)
		return RC_OK;
	return rc == RC_OK ? RC_BUSY : rc;
}

enum rc
image_delete(
    struct db *db, struct pool *pool, uint64_t user, const char *task, uint64_t id, bool *shown)
{
	static const struct txn txn = {.body = delete_body,
	    .read_back = delete_read_back,
	    .before_commit = "store.image.delete.before_commit",
	    .committed = "store.image.delete.committed"};
	struct change c = {.pool = pool, .user = user, .task = task, .id = id};

	enum rc rc = db_transact(db, &txn, &c);

	*shown = c.shown;
	return rc;
}
