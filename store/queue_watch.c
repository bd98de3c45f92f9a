#include "internal.h"

enum { WAITING, OTHERS, READY };

#define SINCE(when) "COALESCE(GREATEST(TIMESTAMPDIFF(SECOND, " when ", NOW(3)), 0), 0)"

static const struct sql sql[] = {
    /* All of it stands in the index. */
    [WAITING] = {.text = "SELECT COUNT(*), CAST(COALESCE(SUM(run_at > NOW(3)), 0) AS UNSIGNED),"
			 " " SINCE("MIN(queued_at)") ", " SINCE(
			     "MIN(CASE WHEN run_at <= NOW(3)"
			     " THEN GREATEST(run_at, queued_at) END)") " FROM audio"
								       " WHERE state = 'pending'"},
    [OTHERS] = {.text = "SELECT (SELECT COUNT(*) FROM audio WHERE state = 'claimed'),"
			" (SELECT COUNT(*) FROM audio WHERE state = 'failed')"},
    /* A project's count is kept with its rows: cheaper than to count those. */
    [READY] = {.text = "SELECT CAST(COALESCE(SUM(ready_count), 0) AS UNSIGNED) FROM project"},
};

enum rc
queue_watch(struct db *db, struct queue_watch *out)
{
	struct pool *pool = pool_new();
	struct rows waiting, others, ready;
	enum rc rc = db_query(db, pool, &waiting, &sql[WAITING], NO_ARGS);

	if (rc == RC_OK)
		rc = db_query(db, pool, &others, &sql[OTHERS], NO_ARGS);
	if (rc == RC_OK)
		rc = db_query(db, pool, &ready, &sql[READY], NO_ARGS);
	if (rc == RC_OK)
		*out = (struct queue_watch){
		    .pending = db_row(&waiting, 0)[0].number,
		    .later = db_row(&waiting, 0)[1].number,
		    .oldest_sec = db_row(&waiting, 0)[2].number,
		    .overdue_sec = db_row(&waiting, 0)[3].number,
		    .claimed = db_row(&others, 0)[0].number,
		    .failed = db_row(&others, 0)[1].number,
		    .ready = db_row(&ready, 0)[0].number,
		};
	pool_free(pool);
	return rc;
}
