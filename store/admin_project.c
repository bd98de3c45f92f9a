#include "admin.h"

#include "internal.h"

enum { NEXT, NEXT_OF_USER, FIND };

/* A column list and the function that reads such a row belong together. */
#define PROJECT                                                                                    \
	"SELECT p.id, p.user_id, p.created_at, p.updated_at, p.title, p.language, p.voice,"        \
	" p.sentence_count, p.ready_count, p.failed_count, p.duration_ms, u.email"                 \
	" FROM project p STRAIGHT_JOIN user u ON u.id = p.user_id"

static const struct sql sql[] = {
    [NEXT] = {.text = PROJECT " WHERE p.id > ? AND p.deleted = 0 ORDER BY p.id LIMIT ?"},
    [NEXT_OF_USER] = {.text = PROJECT
		      " WHERE p.user_id = ? AND p.deleted = 0 AND p.id > ? ORDER BY p.id LIMIT ?"},
    [FIND] = {.text = PROJECT " WHERE p.id = ? AND p.deleted = 0"},
};

static void
read_project(const struct cell *row, struct admin_project *p)
{
	*p = (struct admin_project){.project = {.id = row[0].number,
					.user = row[1].number,
					.created_at = db_time(&row[2]),
					.updated_at = db_time(&row[3]),
					.title = row[4].s,
					.language = row[5].s,
					.voice = row[6].s,
					.sentence_count = row[7].number,
					.ready_count = row[8].number,
					.failed_count = row[9].number,
					.duration_ms = row[10].number},
	    .email = row[11].s};
}

enum rc
admin_projects(struct db *db, struct pool *pool, uint64_t user, uint64_t after,
    struct admin_project v[ADMIN_MAX], size_t *n)
{
	struct rows rows;

	*n = 0;
	if (user != 0)
		TRY(db_query(db, pool, &rows, &sql[NEXT_OF_USER],
		    ARGS(db_u64(user), db_u64(after), db_u64(ADMIN_MAX))));
	else
		TRY(db_query(db, pool, &rows, &sql[NEXT], ARGS(db_u64(after), db_u64(ADMIN_MAX))));
	for (; *n < rows.n; ++*n)
		read_project(db_row(&rows, *n), &v[*n]);
	return RC_OK;
}

enum rc
admin_project_find(struct db *db, struct pool *pool, uint64_t id, struct admin_project *out)
{
	struct rows rows;

	TRY(db_query(db, pool, &rows, &sql[FIND], ARGS(db_u64(id))));
	if (rows.n == 0)
		return RC_NOT_FOUND;
	read_project(db_row(&rows, 0), out);
	return RC_OK;
}
