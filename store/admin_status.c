#include "admin.h"

#include "internal.h"

enum { USERS, PROJECTS, TRASH, BY_USER, BY_HOST, BY_ERROR };

#define SUM(what) "COALESCE(SUM(" what "), 0)"
#define SINCE(when) "COALESCE(GREATEST(TIMESTAMPDIFF(SECOND, " when ", NOW(3)), 0), 0)"

static const struct sql sql[] = {
    [USERS] = {.text = "SELECT COUNT(*), " SUM("disabled") " FROM user WHERE deleted_at IS NULL"},
    /* A project's counts are kept with its rows: cheaper than to count those. */
    [PROJECTS] = {.text = "SELECT COUNT(*), " SUM("sentence_count") ", " SUM(
		      "duration_ms") " FROM project WHERE deleted = 0"},
    [TRASH] = {.text = "SELECT COUNT(*), " SINCE("MIN(created_at)") ", " SUM("tries > 0") " FROM"
											  " trash"},
    [BY_USER] =
	{.text = "SELECT u.id, u.email, " SUM(
	     "p.sentence_count - p.ready_count"
	     " - p.failed_count") " AS n, " SUM("p.failed_count") " AS failed"
								  " FROM project p JOIN user u ON "
								  "u.id = p.user_id"
								  " WHERE p.deleted = 0 AND "
								  "p.sentence_count > "
								  "p.ready_count GROUP BY u.id, "
								  "u.email"
								  " ORDER BY n DESC, failed DESC, "
								  "u.id LIMIT ?"},
    [BY_HOST] = {.text = "SELECT 0, host, COUNT(*), " SUM(
		     "lease_until < NOW(3)") " FROM audio"
					     " WHERE state = 'claimed' AND " IN_LIVING_PROJECT
					     " GROUP BY host ORDER BY host "
					     "LIMIT ?"},
    [BY_ERROR] = {.text =
		      "SELECT 0, error, COUNT(*) AS n, 0 FROM audio WHERE state = 'failed'"
		      " AND " IN_LIVING_PROJECT " GROUP BY error ORDER BY n DESC, error LIMIT ?"},
};

static enum rc
read_content(struct db *db, struct pool *pool, struct admin_content *out)
{
	struct rows rows;
	const struct cell *row;

	TRY(db_query(db, pool, &rows, &sql[USERS], NO_ARGS));
	row = db_row(&rows, 0);
	*out = (struct admin_content){.users = row[0].number, .disabled = row[1].number};
	TRY(db_query(db, pool, &rows, &sql[PROJECTS], NO_ARGS));
	row = db_row(&rows, 0);
	out->projects = row[0].number;
	out->sentences = row[1].number;
	out->duration_ms = row[2].number;
	TRY(db_query(db, pool, &rows, &sql[TRASH], NO_ARGS));
	row = db_row(&rows, 0);
	out->trash = row[0].number;
	out->trash_oldest_sec = row[1].number;
	out->trash_stuck = row[2].number;
	return RC_OK;
}

enum rc
admin_content(struct db *db, struct admin_content *out)
{
	struct pool *pool = pool_new();
	enum rc rc = read_content(db, pool, out);

	pool_free(pool);
	return rc;
}

enum rc
admin_shares(struct db *db, struct pool *pool, enum admin_by by, size_t max, struct admin_share *v,
    size_t *n)
{
	static const int statement[] = {
	    [ADMIN_BY_USER] = BY_USER,
	    [ADMIN_BY_HOST] = BY_HOST,
	    [ADMIN_BY_ERROR] = BY_ERROR,
	};
	struct rows rows;

	*n = 0;
	TRY(db_query(db, pool, &rows, &sql[statement[by]], ARGS(db_u64(max))));
	for (; *n < rows.n; ++*n) {
		const struct cell *row = db_row(&rows, *n);

		v[*n] = (struct admin_share){.id = row[0].number,
		    .name = row[1].s,
		    .n = row[2].number,
		    .other = row[3].number};
	}
	return RC_OK;
}
