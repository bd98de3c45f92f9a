#include "internal.h"

enum { COUNT_STATE, PAGE_STATE, COUNT_TEXT, PAGE_TEXT, VERSION };

#define WITH_STATE " FORCE INDEX (audio_state) WHERE state = ?"
#define WITH_TEXT                                                                                  \
	" FORCE INDEX (audio_place) WHERE text COLLATE utf8mb4_unicode_520_ci LIKE ? ESCAPE '|'"

#define COUNT_OF(with)                                                                             \
	"SELECT (SELECT COUNT(*) FROM audio" with " AND project_id = p.id)"                        \
	" FROM project p WHERE p.id = ? AND p.user_id = ? AND p.deleted = 0"

/* The inner SELECT finds the page; only its rows are read. */
#define PAGE_OF(with)                                                                              \
	"SELECT " AUDIO_COLUMNS " FROM (SELECT id FROM audio" with " AND project_id = ?"           \
	" ORDER BY position LIMIT ? OFFSET ?) k"                                                   \
	" STRAIGHT_JOIN audio a ON a.id = k.id ORDER BY a.position"

static const struct sql sql[] = {
    [COUNT_STATE] = {.text = COUNT_OF(WITH_STATE)},
    [PAGE_STATE] = {.text = PAGE_OF(WITH_STATE)},
    [COUNT_TEXT] = {.text = COUNT_OF(WITH_TEXT)},
    [PAGE_TEXT] = {.text = PAGE_OF(WITH_TEXT)},
    [VERSION] = {.text = "SELECT updated_at FROM project WHERE id = ?"},
};

/* The time that moves whenever a sentence of the project changes its place. */
static enum rc
version_read(struct db *db, struct pool *pool, uint64_t project, const char **version)
{
	struct rows rows;

	TRY(db_query(db, pool, &rows, &sql[VERSION], ARGS(db_u64(project))));
	*version = rows.n == 0 ? "" : db_row(&rows, 0)->s;
	return RC_OK;
}

/* The sentences that the statement SELECT finds with WITH, and the index of each. */
static enum rc
page_read(struct db *db, struct pool *pool, uint64_t project, const struct sql *select,
    const char *with, const struct page_wish *wish, struct page *page, struct audio *v)
{
	int64_t positions[PAGE_SIZE_MAX];
	uint64_t ranks[PAGE_SIZE_MAX];
	struct audio_row found;
	struct rows rows;

	TRY(db_query(db, pool, &rows, select,
	    ARGS(db_text(with), db_u64(project), db_u64(wish->size), db_u64(page_before(wish)))));
	for (size_t i = 0; i < rows.n; i++) {
		TRY(audio_read(db_row(&rows, i), &found));
		v[i] = found.audio;
		positions[i] = found.position;
	}
	TRY(place_ranks(db, pool, project, positions, rows.n, ranks));
	for (size_t i = 0; i < rows.n; i++)
		v[i].index = ranks[i];
	page->n = rows.n;
	return RC_OK;
}

/* The page of the sentences that the statements COUNT and PAGE find with WITH. */
static enum rc
filtered_page(struct db *db, struct pool *pool, uint64_t user, uint64_t project, int count,
    int page_sql, const char *with, const struct page_wish *wish, struct page *page,
    struct audio *v)
{
	const char *before, *after;
	struct rows rows;

	*page = (struct page){.pages = 0};
	TRY(db_query(
	    db, pool, &rows, &sql[count], ARGS(db_text(with), db_u64(project), db_u64(user))));
	if (rows.n == 0 || !page_place(wish, db_row(&rows, 0)->number, page))
		return RC_NOT_FOUND;
	for (int try = 0; try < VERSION_TRIES; try++) {
		TRY(version_read(db, pool, project, &before));
		TRY(page_read(db, pool, project, &sql[page_sql], with, wish, page, v));
		TRY(version_read(db, pool, project, &after));
		if (strcmp(before, after) == 0)
			return RC_OK;
	}
	return RC_OK; /* changing all the time: a page it has had meanwhile */
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
