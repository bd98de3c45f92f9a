#include "queue_core.h"

enum { WAITING, CLAIMED, COUNTED, DELETED };

#define SINCE(when) "COALESCE(GREATEST(TIMESTAMPDIFF(SECOND, " when ", NOW(3)), 0), 0)"
#define SUM(what) "COALESCE(SUM(" what "), 0)"

static const struct sql sql[] = {
    /* All of it stands in the index. One that is stranded could have been claimed at no known time
     * since it was queued. */
    [WAITING] =
	{.text = "SELECT COUNT(*), " SUM("NOT " QUEUE_DUE) ", " SUM(
	     QUEUE_STRANDED) ","
			     " " SINCE("MIN(queued_at)") ", " SINCE(
				 "MIN(CASE WHEN run_at <= NOW(3) THEN GREATEST(run_at, queued_at)"
				 " WHEN " QUEUE_STRANDED
				 " THEN queued_at END)") " FROM audio WHERE state = 'pending'"},
    [CLAIMED] = {.text = "SELECT COUNT(*) FROM audio WHERE state = 'claimed'"
			 " AND " IN_LIVING_PROJECT},
    /* A project's counts are kept with its rows: cheaper than to count those. */
    [COUNTED] = {.text = "SELECT " SUM("ready_count") ", " SUM(
		     "failed_count") " FROM project WHERE deleted = 0"},
    /* What is left of projects that are being deleted, and not in the numbers of those waiting. */
    [DELETED] =
	{.text = "SELECT (SELECT " SUM(
	     "sentence_count - ready_count - failed_count") ""
							    " FROM project WHERE deleted = 1),"
							    " (SELECT COUNT(*) FROM audio WHERE "
							    "state = 'deleted'),"
							    " (SELECT COUNT(*) FROM audio WHERE "
							    "state = 'claimed'"
							    " AND NOT " IN_LIVING_PROJECT ")"},
};

/* How many of those waiting belong to projects that are being deleted. */
static enum rc
count_deleted(struct db *db, struct pool *pool, uint64_t *n)
{
	struct rows rows;
	const struct cell *row;

	TRY(db_query(db, pool, &rows, &sql[DELETED], NO_ARGS));
	row = db_row(&rows, 0);
	*n = row[0].number > row[1].number + row[2].number
		 ? row[0].number - row[1].number - row[2].number
		 : 0;
	return RC_OK;
}

enum rc
queue_numbers(struct db *db, struct queue_numbers *out)
{
	struct pool *pool = pool_new();
	struct arg cap = queue_cap(db_conf(db));
	struct rows waiting, claimed, counted;
	uint64_t deleted = 0;
	enum rc rc = db_query(db, pool, &waiting, &sql[WAITING], ARGS(cap, cap, cap));

	if (rc == RC_OK)
		rc = db_query(db, pool, &claimed, &sql[CLAIMED], NO_ARGS);
	if (rc == RC_OK)
		rc = db_query(db, pool, &counted, &sql[COUNTED], NO_ARGS);
	if (rc == RC_OK)
		rc = count_deleted(db, pool, &deleted);
	if (rc == RC_OK)
		*out = (struct queue_numbers){
		    .pending = db_row(&waiting, 0)[0].number,
		    .later = db_row(&waiting, 0)[1].number,
		    .stranded = db_row(&waiting, 0)[2].number,
		    .oldest_sec = db_row(&waiting, 0)[3].number,
		    .overdue_sec = db_row(&waiting, 0)[4].number,
		    .claimed = db_row(&claimed, 0)[0].number,
		    .ready = db_row(&counted, 0)[0].number,
		    .failed = db_row(&counted, 0)[1].number,
		};
	if (rc == RC_OK)
		out->pending -= deleted < out->pending ? deleted : out->pending;
	pool_free(pool);
	return rc;
}
