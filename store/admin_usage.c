#include "admin.h"

#include <stdlib.h>

#include "internal.h"

/* Sentences that one statement adds up: few enough for any time limit, and not too many statements.
 */
#define PAGE 20000

enum { PROJECTS, LAST_OF_PAGE, SIZES, PROJECT_SIZES, RESULTS, PICTURES };

#define SUM(what) "CAST(COALESCE(SUM(" what "), 0) AS UNSIGNED)"

static const struct sql sql[] = {
    [PROJECTS] = {.text = "SELECT user_id, " SUM("sentence_count") ", " SUM(
		      "duration_ms") " FROM project WHERE deleted = 0 AND user_id IN (",
	.item = "?",
	.tail = ") GROUP BY user_id"},
    [LAST_OF_PAGE] = {.text = "SELECT MAX(id), COUNT(*) FROM"
			      " (SELECT id FROM audio WHERE id > ? ORDER BY id LIMIT ?) page"},
    /* The rest of a project that is being deleted belongs to no user. */
    [SIZES] = {.text = "SELECT p.user_id, " SUM(
		   "a.size_bytes") " FROM audio a"
				   " JOIN project p ON p.id = a.project_id"
				   " WHERE a.id > ? AND a.id <= ? AND p.deleted = 0"
				   " GROUP BY p.user_id"},
    [PROJECT_SIZES] =
	{.text = "SELECT COUNT(*), " SUM(
	     "size_bytes") ", MAX(position) FROM"
			   " (SELECT position, size_bytes FROM audio FORCE INDEX (audio_place)"
			   " WHERE project_id = ? AND position > ? ORDER BY position LIMIT ?)"
			   " page"},
    /* Of pipelines: a few files each. */
    [RESULTS] = {.text = "SELECT s.user_id, " SUM(
		     "a.size_bytes") " FROM asset a JOIN stage s"
				     " ON s.id = a.stage_id GROUP BY s.user_id"},
    [PICTURES] = {.text = "SELECT p.user_id, " SUM(
		      "i.size_bytes") " FROM image i JOIN pipeline p"
				      " ON p.id = i.pipeline_id GROUP BY p.user_id"},
};

static int
by_id(const void *key, const void *user)
{
	uint64_t id = *(const uint64_t *)key, other = ((const struct admin_user *)user)->user.id;

	return id < other ? -1 : id > other;
}

static struct admin_user *
user_among(struct admin_user *v, size_t n, uint64_t id)
{
	return bsearch(&id, v, n, sizeof *v, by_id);
}

static enum rc
add_projects(struct db *db, struct pool *pool, struct admin_user *v, size_t n)
{
	size_t k;

	for (size_t i = 0; i < n; i += k) {
		uint64_t ids[DB_CHUNK];
		struct rows rows;

		k = db_chunk(n - i);
		for (size_t j = 0; j < k; j++)
			ids[j] = v[i + j].user.id;
		pool_reset(pool);
		TRY(db_run_ids(db, pool, &rows, &sql[PROJECTS], ids, k, NO_ARGS));
		for (size_t r = 0; r < rows.n; r++) {
			const struct cell *row = db_row(&rows, r);
			struct admin_user *user = user_among(v, n, row[0].number);

			if (user == NULL)
				continue;
			user->sentences = row[1].number;
			user->duration_ms = row[2].number;
		}
	}
	return RC_OK;
}

static enum rc
add_sizes(struct db *db, struct pool *pool, struct admin_user *v, size_t n)
{
	uint64_t after = 0, last, found;
	struct rows rows;

	do {
		pool_reset(pool);
		TRY(db_query(
		    db, pool, &rows, &sql[LAST_OF_PAGE], ARGS(db_u64(after), db_u64(PAGE))));
		last = db_row(&rows, 0)[0].number;
		found = db_row(&rows, 0)[1].number;
		if (found == 0)
			return RC_OK;
		TRY(db_query(db, pool, &rows, &sql[SIZES], ARGS(db_u64(after), db_u64(last))));
		for (size_t r = 0; r < rows.n; r++) {
			const struct cell *row = db_row(&rows, r);
			struct admin_user *user = user_among(v, n, row[0].number);

			if (user != NULL)
				user->bytes += row[1].number;
		}
		after = last;
	} while (found == PAGE);
	return RC_OK;
}

static enum rc
add_pipelines(struct db *db, struct pool *pool, struct admin_user *v, size_t n)
{
	static const int statements[] = {RESULTS, PICTURES};
	struct rows rows;

	for (size_t i = 0; i < sizeof statements / sizeof *statements; i++) {
		pool_reset(pool);
		TRY(db_query(db, pool, &rows, &sql[statements[i]], NO_ARGS));
		for (size_t r = 0; r < rows.n; r++) {
			const struct cell *row = db_row(&rows, r);
			struct admin_user *user = user_among(v, n, row[0].number);

			if (user != NULL)
				user->bytes += row[1].number;
		}
	}
	return RC_OK;
}

enum rc
admin_usage(struct db *db, struct admin_user *v, size_t n)
{
	struct pool *pool = pool_new();
	enum rc rc;

	for (size_t i = 0; i < n; i++)
		v[i].sentences = v[i].bytes = v[i].duration_ms = 0;
	rc = add_projects(db, pool, v, n);
	if (rc == RC_OK && n > 0)
		rc = add_sizes(db, pool, v, n);
	if (rc == RC_OK && n > 0)
		rc = add_pipelines(db, pool, v, n);
	pool_free(pool);
	return rc;
}

enum rc
admin_project_bytes(struct db *db, uint64_t project, uint64_t *bytes)
{
	struct pool *pool = pool_new();
	int64_t after = -1;
	uint64_t found;
	enum rc rc;

	*bytes = 0;
	do {
		struct rows rows = {0};

		rc = db_query(db, pool, &rows, &sql[PROJECT_SIZES],
		    ARGS(db_u64(project), db_i64(after), db_u64(PAGE)));
		found = rc == RC_OK ? db_row(&rows, 0)[0].number : 0;
		if (found == 0)
			break;
		*bytes += db_row(&rows, 0)[1].number;
		after = (int64_t)db_row(&rows, 0)[2].number;
		pool_reset(pool);
	} while (found == PAGE);
	pool_free(pool);
	return rc;
}
