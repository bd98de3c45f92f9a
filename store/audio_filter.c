#include "internal.h"

enum { COUNT_STATE, PAGE_STATE, COUNT_TEXT, PAGE_TEXT };

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

#define WITH_STATE " FORCE INDEX (audio_state) WHERE state = ?"
#define WITH_TEXT                                                                                  \
	" FORCE INDEX (audio_place) WHERE text COLLATE utf8mb4_unicode_520_ci LIKE ? ESCAPE '|'"

#define COUNT_OF(with)                                                                             \
	"SELECT (SELECT COUNT(*) FROM audio" with " AND project_id = p.id)"                        \
	" FROM project p WHERE p.id = ? AND p.user_id = ? AND p.deleted = 0"

/* The inner SELECT finds the page; of the others no rank is determined. */
#define PAGE_OF(with)                                                                              \
	"SELECT " AUDIO_COLUMNS ", " RANK " FROM (SELECT id FROM audio" with " AND project_id = ?" \
	" ORDER BY position LIMIT ? OFFSET ?) k"                                                   \
	" STRAIGHT_JOIN audio a ON a.id = k.id ORDER BY a.position"

static const struct sql sql[] = {
    [COUNT_STATE] = {.text = COUNT_OF(WITH_STATE)},
    [PAGE_STATE] = {.text = PAGE_OF(WITH_STATE)},
    [COUNT_TEXT] = {.text = COUNT_OF(WITH_TEXT)},
    [PAGE_TEXT] = {.text = PAGE_OF(WITH_TEXT)},
};

/* The page of the sentences that the statements COUNT and PAGE find with WITH. */
static enum rc
filtered_page(struct db *db, struct pool *pool, uint64_t user, uint64_t project, int count,
    int page_sql, const char *with, const struct page_wish *wish, struct page *page,
    struct audio *v)
{
	struct audio_row found;
	struct rows rows;

	*page = (struct page){.pages = 0};
	TRY(db_query(
	    db, pool, &rows, &sql[count], ARGS(db_text(with), db_u64(project), db_u64(user))));
	if (rows.n == 0 || !page_place(wish, db_row(&rows, 0)->number, page))
		return RC_NOT_FOUND;
	TRY(db_query(db, pool, &rows, &sql[page_sql],
	    ARGS(db_text(with), db_u64(project), db_u64(wish->size), db_u64(page_before(wish)))));
	for (size_t i = 0; i < rows.n; i++) {
		TRY(audio_read(db_row(&rows, i), &found));
		v[i] = found.audio;
		v[i].index = db_row(&rows, i)[AUDIO_COLUMNS_N].number;
	}
	page->n = rows.n;
	return RC_OK;
}

enum rc
audio_page_of(struct db *db, struct pool *pool, uint64_t user, uint64_t project,
    enum audio_state state, const struct page_wish *wish, struct page *page, struct audio *v)
{
	return filtered_page(db, pool, user, project, COUNT_STATE, PAGE_STATE,
	    audio_state_name(state), wish, page, v);
}

enum rc
audio_find(struct db *db, struct pool *pool, uint64_t user, uint64_t project, const char *text,
    const struct page_wish *wish, struct page *page, struct audio *v)
{
	return filtered_page(
	    db, pool, user, project, COUNT_TEXT, PAGE_TEXT, pattern_of(pool, text), wish, page, v);
}
