#include "internal.h"

enum { HEADER, PAGE };

/* The first position of the stretch that a belongs to. */
#define OWN_STRETCH                                                                                \
	"(SELECT MAX(m.first_position) FROM stretch m"                                             \
	" WHERE m.project_id = a.project_id AND m.first_position <= a.position)"

/* The rank of a: the sentences of the stretches before its own, and those of its own up to it. */
#define RANK                                                                                       \
	"(SELECT CAST(COALESCE(SUM(t.n), 0) AS UNSIGNED) FROM stretch t"                           \
	" WHERE t.project_id = a.project_id AND t.first_position < " OWN_STRETCH ")"               \
	" + (SELECT COUNT(*) FROM audio b FORCE INDEX (audio_place)"                               \
	" WHERE b.project_id = a.project_id AND b.position BETWEEN " OWN_STRETCH                   \
	" AND a.position)"

static const struct sql sql[] = {
    [HEADER] = {.text = "SELECT (SELECT COUNT(*) FROM audio FORCE INDEX (audio_state)"
			" WHERE project_id = p.id AND state = ?)"
			" FROM project p WHERE p.id = ? AND p.user_id = ? AND p.deleted = 0"},
    /* The inner SELECT walks over the index alone; only the page's own rows are read. */
    [PAGE] = {.text = "SELECT " AUDIO_COLUMNS ", " RANK " FROM (SELECT id FROM audio"
		      " FORCE INDEX (audio_state) WHERE project_id = ? AND state = ?"
		      " ORDER BY position LIMIT ? OFFSET ?) k"
		      " STRAIGHT_JOIN audio a ON a.id = k.id ORDER BY a.position"},
};

enum rc
audio_page_of(struct db *db, struct pool *pool, uint64_t user, uint64_t project,
    enum audio_state state, const struct page_wish *wish, struct page *page, struct audio *v)
{
	const char *name = audio_state_name(state);
	struct audio_row found;
	struct rows rows;

	*page = (struct page){.pages = 0};
	TRY(db_query(
	    db, pool, &rows, &sql[HEADER], ARGS(db_text(name), db_u64(project), db_u64(user))));
	if (rows.n == 0 || !page_place(wish, db_row(&rows, 0)->number, page))
		return RC_NOT_FOUND;
	TRY(db_query(db, pool, &rows, &sql[PAGE],
	    ARGS(db_u64(project), db_text(name), db_u64(wish->size), db_u64(page_before(wish)))));
	for (size_t i = 0; i < rows.n; i++) {
		TRY(audio_read(db_row(&rows, i), &found));
		v[i] = found.audio;
		v[i].index = db_row(&rows, i)[AUDIO_COLUMNS_N].number;
	}
	page->n = rows.n;
	return RC_OK;
}
