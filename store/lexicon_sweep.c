#include "lexicon.h"

#include "../common/say/voice.h"

/*
 * Sentences are read in pages, in the order of their ids, which never change; those that an entry
 * touches are locked, looked at again and queued, a page at a time. Each page is a step of the work
 * that the change of the entry added, so that no page is done twice for one change. Nothing is lost
 * between that change and this: see "Dictionaries" in ARCHITECTURE.md.
 */
#define PAGE 1024 /* sentences read, and so at most changed, at a time */

enum {
	RANGE_ALL,
	RANGE_PROJECT,
	TOTAL,
	PAGE_ALL,
	PAGE_PROJECT,
	AGAIN,
	QUEUE,
	DONE,
	DELETE,
};

#define SENTENCE "a.id, a.project_id, a.text, p.language, p.voice, p.context, p.deleted"
enum { STATE = 7, DURATION, SPEED }; /* what [AGAIN] adds to it */
/* By its key: of a short table the server would else read, and lock, all rows. */
#define ITS_PROJECT "project p FORCE INDEX (PRIMARY) ON p.id = a.project_id"
/* The inner SELECT walks over the index; else the server would sort all that is still to come. */
#define PAGE_OF                                                                                    \
	"SELECT " SENTENCE                                                                         \
	" FROM (SELECT id, project_id, text FROM audio FORCE INDEX (audio_user)"                   \
	" WHERE user_id = ? AND id > ? AND id <= ?"
#define IN_ORDER " ORDER BY id LIMIT ?) a STRAIGHT_JOIN " ITS_PROJECT " ORDER BY a.id"

static const struct sql sql[] = {
    [RANGE_ALL] = {.text = "SELECT MIN(id), MAX(id) FROM audio WHERE user_id = ?"},
    [RANGE_PROJECT] = {.text = "SELECT MIN(id), MAX(id) FROM audio WHERE project_id = ?"},
    [TOTAL] = {.text = "SELECT CAST(COALESCE(SUM(sentence_count), 0) AS UNSIGNED) FROM project"
		       " WHERE user_id = ? AND deleted = 0 AND (? = 0 OR id = ?)"},
    [PAGE_ALL] = {.text = PAGE_OF IN_ORDER},
    [PAGE_PROJECT] = {.text = PAGE_OF " AND project_id = ?" IN_ORDER},
    [AGAIN] = {.text = "SELECT " SENTENCE ", a.state, a.duration_ms, a.speed"
		       " FROM audio a FORCE INDEX (PRIMARY) STRAIGHT_JOIN " ITS_PROJECT
		       " WHERE a.user_id = ? AND a.id IN (",
	.item = "?",
	.tail = ") ORDER BY a.id FOR UPDATE"},
    /* One that waits already keeps its place. Columns are set from left to right. */
    [QUEUE] = {.text = "UPDATE audio SET updated_at = NOW(3), revision = revision + 1,"
		       " turn = IF(state = 'pending', turn, ? + ? * (FIND_IN_SET(id, ?) - 1)),"
		       " queued_at = IF(state = 'pending', queued_at, NOW(3)), state = 'pending',"
		       " " AUDIO_UNTRIED " WHERE id IN (",
	DB_IDS},
    [DONE] = {.text = "UPDATE lexicon SET unswept = FALSE WHERE id = ? AND revision = ?"},
    [DELETE] = {.text = "DELETE FROM lexicon WHERE id = ? AND revision = ?"},
};

struct sweep {
	struct work_page page; /* first; its claim is NULL when sentences are only counted */
	const struct conf *conf;
	uint64_t user;
	const struct lexicon_entry *entry;
	struct lexicon_entry *all; /* of the user, with ENTRY as it is to be */
	size_t all_n;
	struct pool *pool;	   /* of a page */
	struct pool *project_pool; /* of what follows */
	uint64_t project;
	struct lexicon *lexicon;  /* for that project */
	uint64_t *ids, *projects; /* of the sentences of a page that are touched */
	size_t ids_n, seen, done;
	uint64_t cursor, end; /* the page ends, and all sentences do */
	struct event_list events;
};

/* All entries that count, with the changed one in its place. */
static enum rc
read_entries(struct db *db, struct sweep *s, struct pool *pool)
{
	struct lexicon_row *v;
	size_t n;

	TRY(lexicon_rows(db, pool, s->user, &v, &n));
	s->all = pool_array(pool, n + 1, sizeof s->all[0]);
	for (size_t i = 0; i < n; i++)
		if (!v[i].gone && v[i].item.entry.id != s->entry->id)
			s->all[s->all_n++] = v[i].item.entry;
	s->all[s->all_n++] = *s->entry;
	return RC_OK;
}

/* Whether the sentence in ROW is said otherwise because of the entry. */
static bool
touched(struct sweep *s, const struct cell *row)
{
	const struct voice *voice;

	if (row[6].number != 0 || !lexicon_matches(s->entry, row[2].s, row[2].len))
		return false;
	voice =
	    voice_for(&(struct voice_wish){row[4].s, row[3].s, row[5].s, s->conf->speech.language},
		row[2].s, row[2].len);
	if (voice == NULL)
		return false;
	if (s->lexicon == NULL || s->project != row[1].number) {
		pool_reset(s->project_pool);
		s->project = row[1].number;
		s->lexicon = lexicon_make(s->project_pool, s->all, s->all_n, s->project);
	}
	return lexicon_touches(s->lexicon, s->entry->id, row[2].s, row[2].len, voice->language);
}

/* ---------------------------------------------------------------- queuing a page */

/* The sentences of a page that are still touched, now that they are locked. */
struct batch {
	struct {
		uint64_t id;
		bool waits; /* in the queue already */
	} * v;
	size_t n, fresh;	     /* so many do not wait yet */
	uint64_t cost;		     /* of these */
	uint64_t *projects, *queued; /* so many of each */
	struct tally *tallies;	     /* of these */
	size_t projects_n;
};

/* Lock the projects of the page, before any sentence of theirs. */
static enum rc
lock_projects(struct db *db, const struct sweep *s, struct batch *b)
{
	b->projects = pool_array(s->pool, s->ids_n, sizeof b->projects[0]);
	b->tallies = pool_array(s->pool, s->ids_n, sizeof b->tallies[0]);
	b->queued = pool_array(s->pool, s->ids_n, sizeof b->queued[0]);
	for (size_t i = 0; i < s->ids_n; i++) {
		size_t p = 0;

		while (p < b->projects_n && b->projects[p] != s->projects[i])
			p++;
		if (p == b->projects_n)
			b->projects[b->projects_n++] = s->projects[i];
	}
	return project_lock_all(db, s->pool, b->projects, b->projects_n, NULL);
}

static enum rc
batch_add(struct batch *b, const struct cell *row)
{
	enum audio_state state;
	size_t p = 0;

	TRY(audio_state_read(&row[STATE], &state));
	while (b->projects[p] != row[1].number)
		p++;
	b->queued[p]++;
	b->tallies[p].ready -= state == AUDIO_READY;
	b->tallies[p].failed -= state == AUDIO_FAILED;
	b->tallies[p].duration_ms -= state == AUDIO_READY ? (int64_t)row[DURATION].number : 0;
	b->v[b->n].id = row[0].number;
	b->v[b->n].waits = state == AUDIO_PENDING;
	if (!b->v[b->n++].waits) {
		b->fresh++;
		b->cost += turn_cost(row[2].s, row[2].len, (int)row[SPEED].number);
	}
	return RC_OK;
}

/* Lock the sentences and look at them again: somebody may have edited them meanwhile. */
static enum rc
lock_sentences(struct db *db, struct sweep *s, struct batch *b)
{
	size_t k;

	b->v = pool_alloc(s->pool, s->ids_n * sizeof b->v[0]);
	for (size_t i = 0; i < s->ids_n; i += k) {
		struct rows rows;

		k = db_chunk(s->ids_n - i);
		TRY(db_run_ids(
		    db, s->pool, &rows, &sql[AGAIN], s->ids + i, k, ARGS(db_u64(s->user))));
		for (size_t r = 0; r < rows.n; r++)
			if (touched(s, db_row(&rows, r)))
				TRY(batch_add(b, db_row(&rows, r)));
	}
	return RC_OK;
}

/*
 * Queue the K sentences from the Ith; the turn of the first that does not wait is *NEXT. Each has
 * an equal share of the cost of all.
 */
static enum rc
queue_chunk(
    struct db *db, const struct sweep *s, const struct batch *b, size_t i, size_t k, uint64_t *next)
{
	uint64_t ids[DB_CHUNK], first = *next, share = b->fresh > 0 ? b->cost / b->fresh : 0;
	struct buf order;

	buf_init(&order, s->pool, 2048);
	for (size_t j = 0; j < k; j++) {
		ids[j] = b->v[i + j].id;
		if (b->v[i + j].waits)
			continue;
		if (order.len > 0)
			buf_adds(&order, ",");
		buf_addu(&order, ids[j]);
		*next += share;
	}
	return db_run_ids(db, NULL, NULL, &sql[QUEUE], ids, k,
	    ARGS(db_u64(first), db_u64(share), db_text(order.data)));
}

/* Queue the sentences of the page that are still touched; their user is locked. */
static enum rc
queue_page(struct db *db, struct sweep *s, struct locked_user *user)
{
	struct batch b = {0};
	uint64_t turn = 1;
	size_t k;

	TRY(lock_projects(db, s, &b));
	TRY(lock_sentences(db, s, &b));
	TRY(user_take_turns(db, s->pool, user, LANE_BULK, b.cost, &turn));
	for (size_t i = 0; i < b.n; i += k) {
		k = db_chunk(b.n - i);
		TRY(queue_chunk(db, s, &b, i, k, &turn));
	}
	for (size_t p = 0; p < b.projects_n; p++) {
		struct event_new event = {.user = s->user,
		    .type = EVENT_PROJECT_CHANGED,
		    .project = b.projects[p],
		    .data = event_data_project(s->pool, "pronunciation", "queued", b.queued[p])};

		TRY(project_tally(db, b.projects[p], &b.tallies[p]));
		if (b.queued[p] > 0)
			event_list_add(&s->events, &event);
	}
	s->done = b.n;
	return RC_OK;
}

static enum rc
queue_body(struct db *db, void *ctx)
{
	struct sweep *s = ctx;
	struct work_page *page = &s->page;
	struct locked_user user;

	TRY(user_lock_any(db, s->pool, s->user, &user));
	s->done = 0;
	s->events = (struct event_list){.pool = s->pool};
	if (s->ids_n > 0)
		TRY(queue_page(db, s, &user));
	page->next.progress = page->claim->progress + s->seen;
	page->next.changed = page->claim->changed + s->done;
	TRY(work_step_progress(db, page));
	return event_record(db, s->pool, s->events.v, s->events.n);
}

/* ---------------------------------------------------------------- page by page */

/* Find out which sentences there are: those after S->cursor, up to S->end, which is not 0. */
static enum rc
find_range(struct db *db, struct sweep *s)
{
	const struct lexicon_entry *e = s->entry;
	struct rows range;

	TRY(db_query(db, s->pool, &range, &sql[e->project == 0 ? RANGE_ALL : RANGE_PROJECT],
	    ARGS(db_u64(e->project == 0 ? s->user : e->project))));
	s->cursor = db_row(&range, 0)[0].null ? 1 : db_row(&range, 0)[0].number - 1;
	s->end = db_row(&range, 0)[0].null ? 1 : db_row(&range, 0)[1].number;
	return RC_OK;
}

/* Read the page after S->cursor, which is moved on, and note whom the entry touches. */
static enum rc
read_page(struct db *db, struct sweep *s)
{
	uint64_t project = s->entry->project;
	struct rows rows;

	if (project == 0)
		TRY(db_query(db, s->pool, &rows, &sql[PAGE_ALL],
		    ARGS(db_u64(s->user), db_u64(s->cursor), db_u64(s->end), db_u64(PAGE))));
	else
		TRY(db_query(db, s->pool, &rows, &sql[PAGE_PROJECT],
		    ARGS(db_u64(s->user), db_u64(s->cursor), db_u64(s->end), db_u64(project),
			db_u64(PAGE))));
	s->ids = pool_array(s->pool, rows.n + 1, sizeof s->ids[0]);
	s->projects = pool_array(s->pool, rows.n + 1, sizeof s->projects[0]);
	s->ids_n = 0;
	s->seen = rows.n;
	for (size_t i = 0; i < rows.n; i++) {
		const struct cell *row = db_row(&rows, i);

		s->cursor = row[0].number;
		if (!touched(s, row))
			continue;
		s->ids[s->ids_n] = row[0].number;
		s->projects[s->ids_n++] = row[1].number;
	}
	if (rows.n < PAGE)
		s->cursor = s->end;
	return RC_OK;
}

/* Begin to sweep for ENTRY. POOL lives as long as S. */
static enum rc
sweep_open(struct db *db, struct sweep *s, struct pool *pool, const struct conf *conf,
    uint64_t user, const struct lexicon_entry *entry)
{
	*s = (struct sweep){.conf = conf,
	    .user = user,
	    .entry = entry,
	    .pool = pool_new(),
	    .project_pool = pool_new()};
	s->page.pool = s->pool;
	return read_entries(db, s, pool);
}

static void
sweep_close(struct sweep *s)
{
	pool_free(s->project_pool);
	pool_free(s->pool);
}

static enum rc
count_all(struct db *db, struct sweep *s, uint64_t *n)
{
	TRY(find_range(db, s));
	while (s->cursor < s->end) {
		pool_reset(s->pool);
		TRY(read_page(db, s));
		*n += s->ids_n;
	}
	return RC_OK;
}

enum rc
lexicon_count(struct db *db, const struct conf *conf, uint64_t user,
    const struct lexicon_entry *entry, uint64_t *n)
{
	struct pool *pool = pool_new();
	struct sweep s;
	enum rc rc = sweep_open(db, &s, pool, conf, user, entry);

	*n = 0;
	if (rc == RC_OK)
		rc = count_all(db, &s, n);
	sweep_close(&s);
	pool_free(pool);
	return rc;
}

/* ---------------------------------------------------------------- the work */

static enum rc
sweep_page(struct db *db, struct sweep *s, struct work_claim *claim, enum work_step *step)
{
	static const struct txn txn = {.body = queue_body,
	    .read_back = work_step_read_back,
	    .before_commit = "store.lexicon.queue.before_commit",
	    .committed = "store.lexicon.queue.committed"};
	struct rows rows;

	s->page.next = *claim;
	s->cursor = claim->cursor;
	s->end = claim->end;
	if (claim->cursor == 0) {
		TRY(find_range(db, s));
		if (claim->end != 0 && claim->end < s->end)
			s->end = claim->end;
		if (s->cursor > s->end)
			s->cursor = s->end;
		TRY(db_query(db, s->pool, &rows, &sql[TOTAL],
		    ARGS(db_u64(s->user), db_u64(s->entry->project), db_u64(s->entry->project))));
		s->page.next.total = db_row(&rows, 0)->number;
	}
	TRY(read_page(db, s));
	s->page.next.cursor = s->cursor;
	s->page.next.end = s->end;
	s->page.step = WORK_STEP_MORE;
	return work_step_run(db, &txn, &s->page, claim, step);
}

/* All sentences are queued: note that of the entry, or remove it if it was deleted. */
struct settling {
	struct work_page page; /* first */
	const struct lexicon_row *row;
};

static enum rc
settle_body(struct db *db, void *ctx)
{
	const struct settling *s = ctx;

	TRY(db_exec(db, &sql[s->row->gone ? DELETE : DONE],
	    ARGS(db_u64(s->row->item.entry.id), db_u64(s->row->revision))));
	return work_step_progress(db, &s->page);
}

static enum rc
sweep_settle(struct db *db, struct pool *pool, const struct lexicon_row *row,
    struct work_claim *claim, enum work_step *step)
{
	static const struct txn txn = {.body = settle_body,
	    .read_back = work_step_read_back,
	    .before_commit = "store.lexicon.settle.before_commit",
	    .committed = "store.lexicon.settle.committed"};
	struct settling s = {
	    .page = {.pool = pool, .next = *claim, .step = WORK_STEP_DONE}, .row = row};

	s.page.next.cursor = claim->end + 1;
	return work_step_run(db, &txn, &s.page, claim, step);
}

enum rc
work_step_sweep(
    struct db *db, const struct conf *conf, struct work_claim *claim, enum work_step *step)
{
	struct pool *pool = pool_new();
	struct lexicon_row row;
	struct sweep s;
	enum rc rc = lexicon_find(db, pool, claim->user, claim->object, &row);

	*step = WORK_STEP_DONE;
	if (rc == RC_OK && claim->cursor != 0 && claim->cursor == claim->end) {
		rc = sweep_settle(db, pool, &row, claim, step);
	} else if (rc == RC_OK && (claim->cursor == 0 || claim->cursor < claim->end)) {
		rc = sweep_open(db, &s, pool, conf, claim->user, &row.item.entry);
		if (rc == RC_OK)
			rc = sweep_page(db, &s, claim, step);
		sweep_close(&s);
	}
	pool_free(pool);
	/* The entry or its user is gone, and so are the sentences: there is nothing to do. */
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}
