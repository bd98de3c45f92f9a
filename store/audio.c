#include "internal.h"

enum {
	GET,
	LOCK,
	RANK,
	HEADER,
	PAGE_FORWARD,
	PAGE_BACK,
};

/* The first position of the stretch a stands in. */
#define OWN_STRETCH                                                                                \
	"(SELECT MAX(m.first_position) FROM stretch m"                                             \
	" WHERE m.project_id = a.project_id AND m.first_position <= a.position)"

/*
 * What stands in a project and where changes only together with project.updated_at, which also
 * moves when sounds become ready. Where that takes two SELECTs, both tell it, and when it differs
 * they are done again: no transaction needed.
 */
#define VERSION "(SELECT updated_at FROM project WHERE id = ?)"

static const struct sql sql[] = {
    [GET] = {.text = "SELECT " AUDIO_COLUMNS ", p.updated_at, " OWN_STRETCH ","
		     " (SELECT CAST(COALESCE(SUM(t.n), 0) AS UNSIGNED) FROM stretch t"
		     " WHERE t.project_id = a.project_id AND t.first_position < " OWN_STRETCH ")"
		     " FROM audio a JOIN project p ON p.id = a.project_id"
		     " AND p.deleted = 0 WHERE a.id = ? AND a.user_id = ?"},
    [LOCK] = {.text = "SELECT " AUDIO_COLUMNS
		      " FROM audio a WHERE a.id = ? AND a.user_id = ? FOR UPDATE"},
    [RANK] = {.text = "SELECT COUNT(*), " VERSION " FROM audio"
		      " WHERE project_id = ? AND position BETWEEN ? AND ?"},
    /* The time only once: each value of each row costs, and a long project has many stretches. */
    [HEADER] = {.text = "SELECT p.sentence_count, IF(s.first_position = 0, p.updated_at, NULL),"
			" s.first_position, s.n"
			" FROM user u LEFT JOIN project p ON p.id = ? AND p.user_id = u.id AND "
			"p.deleted = 0"
			" LEFT JOIN stretch s ON s.project_id = p.id"
			" WHERE u.id = ? AND u.token_epoch = ? AND NOT u.disabled"
			" AND NOT EXISTS (SELECT 1 FROM logout l WHERE l.user_id = u.id"
			" AND l.session = ?)"
			" ORDER BY s.first_position"},
    /* The inner SELECT walks over the index alone; only the page's own rows are read. */
    [PAGE_FORWARD] = {.text = "SELECT " AUDIO_COLUMNS ", " VERSION " FROM (SELECT id FROM audio"
			      " WHERE project_id = ? AND position >= ? AND position < ?"
			      " ORDER BY position LIMIT ? OFFSET ?) k"
			      " STRAIGHT_JOIN audio a ON a.id = k.id"},
    [PAGE_BACK] = {.text = "SELECT " AUDIO_COLUMNS ", " VERSION " FROM (SELECT id FROM audio"
			   " WHERE project_id = ? AND position >= ? AND position < ?"
			   " ORDER BY position DESC LIMIT ? OFFSET ?) k"
			   " STRAIGHT_JOIN audio a ON a.id = k.id"},
};

enum rc
audio_read(const struct cell *row, struct audio_row *out)
{
	out->audio = (struct audio){.id = row[0].number,
	    .project = row[1].number,
	    .user = row[2].number,
	    .created_at = db_time(&row[3]),
	    .updated_at = db_time(&row[4]),
	    .text = row[5].s,
	    .text_len = row[5].len,
	    .speed = (int)row[6].number,
	    .revision = row[7].number,
	    .audio_revision = row[9].number,
	    .path = row[10].s,
	    .duration_ms = row[11].number,
	    .size_bytes = row[12].number,
	    .loudness = row[15].null ? LOUDNESS_UNKNOWN : (int)(int64_t)row[15].number,
	    .made_with = row[16].s,
	    .remade = row[17].number,
	    .error = row[13].s};
	out->position = (int64_t)row[14].number;
	return audio_state_read(&row[8], &out->audio.state);
}

enum rc
audio_get(struct db *db, struct pool *pool, uint64_t user, uint64_t id, struct audio *out)
{
	for (int try = 0; try < VERSION_TRIES; try++) {
		struct audio_row found;
		struct rows rows, rank;
		const struct cell *row;

		TRY(db_query(db, pool, &rows, &sql[GET], ARGS(db_u64(id), db_u64(user))));
		if (rows.n == 0)
			return RC_NOT_FOUND;
		row = db_row(&rows, 0);
		TRY(audio_read(row, &found));
		*out = found.audio;
		row += AUDIO_COLUMNS_N;
		TRY(db_query(db, pool, &rank, &sql[RANK],
		    ARGS(db_u64(out->project), db_u64(out->project), db_i64((int64_t)row[1].number),
			db_i64(found.position))));
		out->index = row[2].number + db_row(&rank, 0)[0].number;
		if (strcmp(db_row(&rank, 0)[1].s, row[0].s) == 0)
			return RC_OK;
	}
	return RC_OK; /* changing all the time: one of the indexes it has had meanwhile */
}

enum rc
audio_lock(struct db *db, struct pool *pool, uint64_t user, uint64_t id, struct audio_row *out)
{
	struct rows rows;

	TRY(db_query(db, pool, &rows, &sql[LOCK], ARGS(db_u64(id), db_u64(user))));
	if (rows.n == 0)
		return RC_NOT_FOUND;
	return audio_read(db_row(&rows, 0), out);
}

/* ---------------------------------------------------------------- a page */

/* How a page is found: what the first SELECT told. */
struct header {
	const char *version;
	struct walk walk;
};

static enum rc
read_header(struct db *db, struct pool *pool, const struct login *login, uint64_t project,
    const struct page_wish *wish, struct page *page, struct header *header)
{
	struct rows rows;
	struct stretch *v;

	*page = (struct page){.pages = 0};
	TRY(db_query(db, pool, &rows, &sql[HEADER],
	    ARGS(db_u64(project), db_u64(login->user), db_u64(login->epoch),
		db_bytes(login->session, sizeof login->session))));
	if (rows.n == 0)
		return RC_DENIED;
	if (db_row(&rows, 0)[0].null)
		return RC_NOT_FOUND;
	if (!page_place(wish, db_row(&rows, 0)[0].number, page))
		return RC_NOT_FOUND;
	v = pool_array(pool, rows.n, sizeof *v);
	for (size_t i = 0; i < rows.n; i++)
		v[i] = (struct stretch){
		    (int64_t)db_row(&rows, i)[2].number, db_row(&rows, i)[3].number};
	header->version = db_row(&rows, 0)[1].s;
	header->walk = place_walk(v, rows.n, page_before(wish), page->n);
	return RC_OK;
}

/* Sort the few rows of a page; they come in order, or in the opposite one. */
static void
sort_page(struct audio_row *v, size_t n)
{
	for (size_t i = 1; i < n; i++)
		for (size_t j = i; j > 0 && v[j].position < v[j - 1].position; j--) {
			struct audio_row t = v[j];

			v[j] = v[j - 1];
			v[j - 1] = t;
		}
}

enum rc
audio_page(struct db *db, struct pool *pool, const struct login *login, uint64_t project,
    const struct page_wish *wish, struct page *page, struct audio *v)
{
	for (int try = 0; try < VERSION_TRIES; try++) {
		struct audio_row found[PAGE_SIZE_MAX];
		struct header h;
		struct rows rows;
		const char *version;

		TRY(read_header(db, pool, login, project, wish, page, &h));
		if (page->n == 0)
			return RC_OK;
		TRY(db_query(db, pool, &rows, &sql[h.walk.back ? PAGE_BACK : PAGE_FORWARD],
		    ARGS(db_u64(project), db_u64(project), db_i64(h.walk.low), db_i64(h.walk.high),
			db_u64(page->n), db_u64(h.walk.offset))));
		for (size_t i = 0; i < rows.n; i++)
			TRY(audio_read(db_row(&rows, i), &found[i]));
		sort_page(found, rows.n);
		page->n = rows.n;
		for (size_t i = 0; i < rows.n; i++) {
			v[i] = found[i].audio;
			v[i].index = page_before(wish) + i + 1;
		}
		version = rows.n == 0 ? "" : db_row(&rows, 0)[AUDIO_COLUMNS_N].s;
		if (strcmp(version, h.version) == 0)
			return RC_OK;
	}
	return RC_OK; /* changing all the time: a page it has had meanwhile */
}
