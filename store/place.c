#include "internal.h"

#define START (INT64_C(1) << 60) /* position of the first sentence of a new project */
#define STEP (INT64_C(1) << 40)	 /* distance between neighbours, if there is room */
#define END (INT64_C(1) << 62)	 /* upper bound of positions, so that sums do not overflow */
#define GAP_MIN                                                                                    \
	(INT64_C(1) << 12) /* the gap that respacing must achieve, or it includes more stretches   \
			    */
#define STRETCH_MAX 1024   /* sentences; beyond that a stretch is split in two */
#define STRETCH_NEW (STRETCH_MAX / 2) /* in a new project */
#define STRETCH_LOW (STRETCH_MAX / 4) /* two neighbours with no more than this become one */

enum {
	INSERT,
	LIST,
	AT_FORWARD,
	AT_BACK,
	LAST,
	SET,
	DELETE,
	DELETE_AFTER,
	OF_POSITION,
	BETWEEN,
	LIFT,
	SPREAD,
};

static const struct sql sql[] = {
    [INSERT] = {.text = "INSERT INTO stretch (project_id, first_position, n) VALUES ",
	.item = "(?, ?, ?)"},
    [LIST] = {.text = "SELECT first_position, n FROM stretch WHERE project_id = ?"
		      " ORDER BY first_position"},
    [AT_FORWARD] = {.text = "SELECT position FROM audio WHERE project_id = ? AND position >= ?"
			    " AND position < ? ORDER BY position LIMIT 1 OFFSET ?"},
    [AT_BACK] = {.text = "SELECT position FROM audio WHERE project_id = ? AND position >= ?"
			 " AND position < ? ORDER BY position DESC LIMIT 1 OFFSET ?"},
    [LAST] = {.text = "SELECT first_position, n FROM stretch WHERE project_id = ?"
		      " ORDER BY first_position DESC LIMIT 1"},
    [SET] = {.text = "UPDATE stretch SET n = ? WHERE project_id = ? AND first_position = ?"},
    [DELETE] = {.text = "DELETE FROM stretch WHERE project_id = ? AND first_position = ?"},
    [DELETE_AFTER] = {.text = "DELETE FROM stretch WHERE project_id = ?"
			      " AND first_position > ? AND first_position < ?"},
    [OF_POSITION] = {.text = "SELECT first_position, n FROM stretch WHERE project_id = ?"
			     " AND first_position <= ? ORDER BY first_position DESC LIMIT 2"},
    [BETWEEN] = {.text = "SELECT COUNT(*) FROM audio WHERE project_id = ?"
			 " AND position BETWEEN ? AND ?"},
    /* Two steps through negative positions, because no two rows may share one at any moment. */
    [LIFT] = {.text = "UPDATE audio SET position = -position WHERE project_id = ?"
		      " AND position >= ? AND position < ?"},
    [SPREAD] = {.text = "UPDATE audio a JOIN (SELECT id, ROW_NUMBER() OVER (ORDER BY position DESC)"
			" AS k FROM audio WHERE project_id = ? AND position < 0) r ON r.id = a.id"
			" SET a.position = ? + ? * r.k"},
};

int64_t
place_initial(uint64_t i)
{
	return START + (int64_t)i * STEP;
}

/* Create stretches for N sentences at FIRST, FIRST + STEP_ and so on; the first begins at BEGIN. */
static enum rc
make_stretches(
    struct db *db, uint64_t project, int64_t begin, int64_t first, int64_t step, uint64_t n)
{
	uint64_t count = n == 0 ? 1 : (n + STRETCH_NEW - 1) / STRETCH_NEW;
	size_t k;

	for (uint64_t i = 0; i < count; i += k) {
		struct arg args[DB_CHUNK * 3];

		k = db_chunk(count - i);
		for (uint64_t j = i; j < i + k; j++) {
			struct arg *a = &args[(j - i) * 3];
			uint64_t before = j * STRETCH_NEW;

			a[0] = db_u64(project);
			a[1] = db_i64(j == 0 ? begin : first + (int64_t)before * step);
			a[2] = db_u64(n - before < STRETCH_NEW ? n - before : STRETCH_NEW);
		}
		TRY(db_run(db, NULL, &sql[INSERT], k, args, k * 3, NULL));
	}
	return RC_OK;
}

enum rc
place_create(struct db *db, uint64_t project, uint64_t n)
{
	return make_stretches(db, project, 0, START, STEP, n);
}

/* ---------------------------------------------------------------- from rank to position */

static int64_t
end_of(const struct stretch *v, size_t n_stretches, size_t i)
{
	return i + 1 < n_stretches ? v[i + 1].first : INT64_MAX;
}

struct walk
place_walk(const struct stretch *v, size_t n_stretches, uint64_t n, uint64_t count)
{
	uint64_t last = n + (count > 0 ? count - 1 : 0), before_i = 0, before_j;
	size_t i = 0, j;
	struct walk w;

	while (i + 1 < n_stretches && n - before_i >= v[i].n)
		before_i += v[i++].n;
	before_j = before_i;
	for (j = i; j + 1 < n_stretches && last - before_j >= v[j].n; j++)
		before_j += v[j].n;
	w = (struct walk){
	    .low = v[i].first, .high = end_of(v, n_stretches, j), .offset = n - before_i};
	/* In reverse order the last one comes first. */
	if (last - before_j < v[j].n && v[j].n - 1 - (last - before_j) < w.offset) {
		w.back = true;
		w.offset = v[j].n - 1 - (last - before_j);
	}
	return w;
}

/* All the stretches of a project, in order; there is always at least one. */
static enum rc
list_stretches(struct db *db, struct pool *pool, uint64_t project, struct stretch **v, size_t *n)
{
	struct rows rows;

	TRY(db_query(db, pool, &rows, &sql[LIST], ARGS(db_u64(project))));
	if (rows.n == 0)
		return RC_FAIL;
	*v = pool_array(pool, rows.n, sizeof **v);
	*n = rows.n;
	for (size_t i = 0; i < rows.n; i++)
		(*v)[i] = (struct stretch){
		    (int64_t)db_row(&rows, i)[0].number, db_row(&rows, i)[1].number};
	return RC_OK;
}

/* The position of the sentence that a walk over one sentence finds; NONE if there is none. */
static enum rc
walk_position(struct db *db, struct pool *pool, uint64_t project, const struct walk *w,
    int64_t none, int64_t *out)
{
	struct rows rows;

	TRY(db_query(db, pool, &rows, &sql[w->back ? AT_BACK : AT_FORWARD],
	    ARGS(db_u64(project), db_i64(w->low), db_i64(w->high), db_u64(w->offset))));
	*out = rows.n == 0 ? none : (int64_t)db_row(&rows, 0)->number;
	return RC_OK;
}

/* The last position before HIGH in stretch I or the one before it; 0 if there is none. */
static enum rc
walk_back(struct db *db, struct pool *pool, uint64_t project, const struct stretch *v, size_t i,
    int64_t high, int64_t *out)
{
	/* Only the first stretch can be empty, so there is no need to look further. */
	struct walk w = {.low = v[i > 0 ? i - 1 : 0].first, .high = high, .back = true};

	return walk_position(db, pool, project, &w, 0, out);
}

/* ---------------------------------------------------------------- a place between neighbours */

/* A position strictly between two others; 0 is before all, INT64_MAX after all. False if there is
 * none. */
static bool
position_between(int64_t before, int64_t after, int64_t *position)
{
	if (before == 0 && after == INT64_MAX)
		*position = START;
	else if (after == INT64_MAX && before + STEP < END)
		*position = before + STEP;
	else if (before == 0 && after > STEP)
		*position = after - STEP;
	else
		*position = before + ((after < END ? after : END) - before) / 2;
	return *position > before;
}

/* The stretches LO to HI of a project, as one range of positions. */
struct range {
	size_t lo, hi;
	int64_t low, high; /* from LOW to just before HIGH */
	uint64_t n;
	int64_t base, gap; /* the new positions are BASE + GAP, BASE + 2 * GAP, … */
};

static struct range
make_range(const struct stretch *v, size_t n_stretches, size_t lo, size_t hi)
{
	bool first = lo == 0, last = hi + 1 == n_stretches;
	struct range r = {.lo = lo, .hi = hi, .low = v[lo].first};

	r.high = last ? END : v[hi + 1].first;
	for (size_t i = lo; i <= hi; i++)
		r.n += v[i].n;
	r.gap = (r.high - (first && last ? START : r.low)) / (int64_t)(r.n + 1);
	/* If the range is open at the front or the end, leave room there for later sentences. */
	if ((first || last) && r.gap > STEP)
		r.gap = STEP;
	r.base = r.low;
	if (first && last)
		r.base = START - r.gap;
	else if (first)
		r.base = r.high - r.gap * (int64_t)(r.n + 1);
	return r;
}

/* Include neighbours on both sides until there is enough room for the sentences. */
static struct range
choose_range(const struct stretch *v, size_t n_stretches, size_t at)
{
	for (size_t reach = 0;; reach = reach * 2 + 1) {
		size_t lo = at > reach ? at - reach : 0;
		size_t hi = at + reach < n_stretches ? at + reach : n_stretches - 1;
		struct range r = make_range(v, n_stretches, lo, hi);

		if (r.gap >= GAP_MIN || (lo == 0 && hi + 1 == n_stretches))
			return r;
	}
}

/* Space the sentences of the stretch evenly, together with as many neighbours as necessary. */
static enum rc
stretch_respace(
    struct db *db, uint64_t project, const struct stretch *v, size_t n_stretches, size_t at)
{
	struct range r = choose_range(v, n_stretches, at);
	int64_t high = r.high == END ? INT64_MAX : r.high;

	TRY(db_exec(db, &sql[LIFT], ARGS(db_u64(project), db_i64(r.low), db_i64(high))));
	TRY(db_exec(db, &sql[SPREAD], ARGS(db_u64(project), db_i64(r.base), db_i64(r.gap))));
	if (r.lo == r.hi)
		return RC_OK;
	TRY(db_exec(db, &sql[DELETE_AFTER], ARGS(db_u64(project), db_i64(r.low), db_i64(high))));
	TRY(db_exec(db, &sql[DELETE], ARGS(db_u64(project), db_i64(r.low))));
	return make_stretches(db, project, r.low, r.base + r.gap, r.gap, r.n);
}

/* The stretch to which a position belongs. */
static size_t
stretch_of(const struct stretch *v, size_t n_stretches, int64_t position)
{
	size_t i = 0;

	while (i + 1 < n_stretches && v[i + 1].first <= position)
		i++;
	return i;
}

enum rc
place_ranks(struct db *db, struct pool *pool, uint64_t project, const int64_t *positions, size_t n,
    uint64_t *ranks)
{
	int64_t from = 0; /* counted from here on, after BEFORE sentences */
	uint64_t before = 0;
	struct stretch *v;
	struct rows rows;
	size_t n_stretches, j = 0;

	if (n == 0)
		return RC_OK;
	TRY(list_stretches(db, pool, project, &v, &n_stretches));
	for (size_t i = 0; i < n; i++) {
		size_t own = stretch_of(v, n_stretches, positions[i]);

		if (own > j) {
			for (before = 0, j = 0; j < own; j++)
				before += v[j].n;
			from = v[own].first;
		}
		TRY(db_query(db, pool, &rows, &sql[BETWEEN],
		    ARGS(db_u64(project), db_i64(from), db_i64(positions[i]))));
		ranks[i] = before += db_row(&rows, 0)->number;
		from = positions[i] + 1;
	}
	return RC_OK;
}

/* For a place after all others, only the last stretch is needed. */
static enum rc
find_at_end(struct db *db, struct pool *pool, uint64_t project, struct place *out, bool *found)
{
	struct rows rows;
	int64_t last;

	TRY(db_query(db, pool, &rows, &sql[LAST], ARGS(db_u64(project))));
	if (rows.n == 0)
		return RC_FAIL;
	out->stretch =
	    (struct stretch){(int64_t)db_row(&rows, 0)[0].number, db_row(&rows, 0)[1].number};
	TRY(walk_back(db, pool, project, &out->stretch, 0, INT64_MAX, &last));
	*found = position_between(last, INT64_MAX, &out->position);
	return RC_OK;
}

/* A place between two others; if there is no gap, make one and look again. */
static enum rc
find_between(struct db *db, struct pool *pool, uint64_t project, uint64_t n, uint64_t total,
    struct place *out, bool *found)
{
	struct stretch *v;
	size_t n_stretches, i;
	struct walk w;
	int64_t before, after = INT64_MAX;

	TRY(list_stretches(db, pool, project, &v, &n_stretches));
	w = place_walk(v, n_stretches, n, 1);
	if (n < total)
		TRY(walk_position(db, pool, project, &w, INT64_MAX, &after));
	i = stretch_of(v, n_stretches, after);
	TRY(walk_back(db, pool, project, v, i, after, &before));
	*found = position_between(before, after, &out->position);
	i = stretch_of(v, n_stretches, *found ? out->position : before);
	out->stretch = v[i];
	return *found ? RC_OK : stretch_respace(db, project, v, n_stretches, i);
}

enum rc
place_find(struct db *db, struct pool *pool, uint64_t project, uint64_t n, uint64_t total,
    struct place *out)
{
	bool found = false;

	if (n == total)
		TRY(find_at_end(db, pool, project, out, &found));
	while (!found)
		TRY(find_between(db, pool, project, n, total, out, &found));
	return RC_OK;
}

/* Split a full stretch before the middle one of its sentences. */
static enum rc
stretch_split(struct db *db, struct pool *pool, uint64_t project, const struct stretch *s)
{
	struct walk to_middle = {.low = s->first, .high = INT64_MAX, .offset = STRETCH_NEW};
	int64_t middle;
	uint64_t rest = s->n - STRETCH_NEW;

	TRY(walk_position(db, pool, project, &to_middle, 0, &middle));
	if (middle == 0)
		return RC_FAIL;
	TRY(db_run(
	    db, NULL, &sql[INSERT], 1, ARGS(db_u64(project), db_i64(middle), db_u64(rest)), NULL));
	return db_exec(db, &sql[SET], ARGS(db_u64(STRETCH_NEW), db_u64(project), db_i64(s->first)));
}

enum rc
place_fill(struct db *db, struct pool *pool, uint64_t project, const struct place *place)
{
	struct stretch s = place->stretch;

	s.n++;
	if (s.n > STRETCH_MAX)
		return stretch_split(db, pool, project, &s);
	return db_exec(db, &sql[SET], ARGS(db_u64(s.n), db_u64(project), db_i64(s.first)));
}

enum rc
place_leave(struct db *db, struct pool *pool, uint64_t project, int64_t position)
{
	struct rows rows;
	const struct cell *own, *before;
	uint64_t n;

	TRY(db_query(db, pool, &rows, &sql[OF_POSITION], ARGS(db_u64(project), db_i64(position))));
	if (rows.n == 0 || db_row(&rows, 0)[1].number == 0)
		return RC_FAIL;
	own = db_row(&rows, 0);
	n = own[1].number - 1;
	before = rows.n > 1 ? db_row(&rows, 1) : NULL;
	if (before == NULL || (n > 0 && n + before[1].number > STRETCH_LOW))
		return db_exec(db, &sql[SET],
		    ARGS(db_u64(n), db_u64(project), db_i64((int64_t)own[0].number)));
	TRY(db_exec(db, &sql[DELETE], ARGS(db_u64(project), db_i64((int64_t)own[0].number))));
	return db_exec(db, &sql[SET],
	    ARGS(db_u64(before[1].number + n), db_u64(project), db_i64((int64_t)before[0].number)));
}
