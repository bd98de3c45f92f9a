#include "internal.h"

/* How a title is found and sorted: without regard to case and accents. */
#define TITLE "title COLLATE utf8mb4_unicode_520_ci"

/* The inner SELECT of a list in the order of age walks over the index alone; only the page's own
 * rows are read. */
#define OF_AGE(order)                                                                              \
	"SELECT p.* FROM (SELECT id FROM project WHERE user_id = ?"                                \
	" AND deleted = 0 AND hidden = 0 ORDER BY id " order " LIMIT ? OFFSET ?) k"                \
	" JOIN (SELECT " PROJECT_COLUMNS " FROM project) p ON p.id = k.id ORDER BY p.id " order

#define MATCHES                                                                                    \
	"user_id = ? AND deleted = 0 AND hidden = 0 AND ? IN (0, CASE WHEN ready_count +"          \
	" failed_count < sentence_count THEN 1 WHEN failed_count = 0 THEN 2 ELSE 3 END)"           \
	" AND (? = '' OR " TITLE " LIKE ? ESCAPE '|')"

#define MATCHING(order)                                                                            \
	"SELECT " PROJECT_COLUMNS " FROM project WHERE " MATCHES " ORDER BY " order                \
	" LIMIT ? OFFSET ?"

enum { COUNT, COUNT_MATCHES };

static const struct sql sql[] = {
    [COUNT] = {.text = "SELECT project_count FROM user WHERE id = ?"},
    [COUNT_MATCHES] = {.text = "SELECT COUNT(*) FROM project WHERE " MATCHES},
};

static const struct sql of_age[] = {
    [PROJECT_NEWEST] = {.text = OF_AGE("DESC")},
    [PROJECT_OLDEST] = {.text = OF_AGE("ASC")},
};

static const struct sql matching[PROJECT_ORDERS] = {
    [PROJECT_NEWEST] = {.text = MATCHING("id DESC")},
    [PROJECT_OLDEST] = {.text = MATCHING("id")},
    [PROJECT_CHANGED_LAST] = {.text = MATCHING("updated_at DESC, id DESC")},
    [PROJECT_CHANGED_FIRST] = {.text = MATCHING("updated_at, id")},
    [PROJECT_TITLE] = {.text = MATCHING(TITLE ", id")},
    [PROJECT_TITLE_BACK] = {.text = MATCHING(TITLE " DESC, id DESC")},
};

enum project_status
project_status(const struct project *p)
{
	if (p->ready_count + p->failed_count < p->sentence_count)
		return PROJECT_RENDERING;
	return p->failed_count > 0 ? PROJECT_COMPLETE_WITH_ERRORS : PROJECT_COMPLETE;
}

const char *
pattern_of(struct pool *pool, const char *s)
{
	struct buf out;

	buf_init(&out, pool, 2 * strlen(s) + 3);
	buf_adds(&out, "%");
	for (; *s != '\0'; s++) {
		if (*s == '%' || *s == '_' || *s == '|')
			buf_adds(&out, "|");
		buf_add(&out, s, 1);
	}
	buf_adds(&out, "%");
	return out.data;
}

static enum rc
list_all(struct db *db, struct pool *pool, uint64_t user, enum project_order order,
    const struct page_wish *wish, struct page *page, struct rows *rows)
{
	TRY(db_query(db, pool, rows, &sql[COUNT], ARGS(db_u64(user))));
	if (rows->n == 0 || !page_place(wish, db_row(rows, 0)->number, page))
		return RC_NOT_FOUND;
	return db_query(db, pool, rows, &of_age[order],
	    ARGS(db_u64(user), db_u64(wish->size), db_u64(page_before(wish))));
}

static enum rc
list_matching(struct db *db, struct pool *pool, uint64_t user, const struct project_filter *filter,
    const struct page_wish *wish, struct page *page, struct rows *rows)
{
	const char *title = filter->title != NULL ? filter->title : "";
	const char *pattern = pattern_of(pool, title);

	TRY(db_query(db, pool, rows, &sql[COUNT_MATCHES],
	    ARGS(db_u64(user), db_u64(filter->status), db_text(title), db_text(pattern))));
	if (!page_place(wish, db_row(rows, 0)->number, page))
		return RC_NOT_FOUND;
	return db_query(db, pool, rows, &matching[filter->order],
	    ARGS(db_u64(user), db_u64(filter->status), db_text(title), db_text(pattern),
		db_u64(wish->size), db_u64(page_before(wish))));
}

enum rc
project_list(struct db *db, struct pool *pool, uint64_t user, const struct project_filter *filter,
    const struct page_wish *wish, struct page *page, struct project *v)
{
	bool all = filter->status == 0 && filter->title == NULL && filter->order <= PROJECT_OLDEST;
	struct rows rows;

	*page = (struct page){.pages = 1};
	if (all)
		TRY(list_all(db, pool, user, filter->order, wish, page, &rows));
	else
		TRY(list_matching(db, pool, user, filter, wish, page, &rows));
	for (size_t i = 0; i < rows.n; i++)
		project_read(db_row(&rows, i), &v[i]);
	page->n = rows.n;
	return RC_OK;
}
