#include "stage_internal.h"

/* What follows when the last pending sentence of a project is done. */

enum { COUNTS };

static const struct sql sql[] = {
    [COUNTS] =
	{.text =
		"SELECT sentence_count, ready_count, failed_count, duration_ms, hidden FROM project"
		" WHERE id = ? AND deleted = 0"},
};

enum rc
event_list_completion(struct db *db, struct event_list *list, uint64_t user, uint64_t project)
{
	struct event_new event = {.user = user, .project = project};
	const struct cell *row;
	struct rows rows;

	TRY(db_query(db, list->pool, &rows, &sql[COUNTS], ARGS(db_u64(project))));
	if (rows.n == 0)
		return RC_OK;
	row = db_row(&rows, 0);
	if (row[0].number == 0 || row[0].number != row[1].number + row[2].number)
		return RC_OK;
	TRY(stage_wake(db, project));
	if (row[4].number != 0)
		return RC_OK;
	event.type =
	    row[2].number > 0 ? EVENT_PROJECT_COMPLETED_WITH_ERRORS : EVENT_PROJECT_COMPLETED;
	event.data = event_data_counts(
	    list->pool, row[0].number, row[1].number, row[2].number, row[3].number);
	event_list_add(list, &event);
	return RC_OK;
}
