#include "admin.h"

#include <stdlib.h>
#include <strings.h>

#include "../common/base/version.h"
#include "../common/base/made_with.h"
#include "../common/say/voice.h"
#include "queue_core.h"

enum { NEXT, NEXT_OF_USER, PAGE, ANEW };

#define PROJECT                                                                                    \
	"SELECT id, user_id, language, voice, context FROM project"                                \
	" WHERE id >= ? AND deleted = 0 AND hidden = 0 AND ready_count > 0"

static const struct sql sql[] = {
    [NEXT] = {.text = PROJECT " ORDER BY id LIMIT 1"},
    [NEXT_OF_USER] = {.text = PROJECT " AND user_id = ? ORDER BY id LIMIT 1"},
    /* Also those that are not chosen: the number of rows that are looked at is bounded. */
    [PAGE] = {.text = "SELECT id, position, state, revision, duration_ms, made_with, text, speed"
		      " FROM audio FORCE INDEX (audio_place)"
		      " WHERE project_id = ? AND position > ? ORDER BY position LIMIT ?"},
    /* Columns are set from left to right. */
    [ANEW] = {.text = "UPDATE audio SET updated_at = NOW(3), revision = revision + 1,"
		      " remade = revision, state = 'pending', turn = ?, queued_at = NOW(3),"
		      " " AUDIO_UNTRIED " WHERE id = ? AND state = 'ready' AND revision = ?"},
};

/* The sentences of a page that are to be made anew. */
struct remaking {
	struct pool *pool;
	uint64_t user, project;
	const char *language, *voice, *context; /* of the project */
	struct {
		uint64_t id, revision, duration_ms, cost;
	} v[ADMIN_MAX];
	size_t n;
	uint64_t cost, done, done_ms;
};

/* Whether the sound was made otherwise than a new one would be. */
static bool
made_otherwise(const struct admin_rerender *r, const struct conf *conf, struct pool *pool,
    const struct cell *made_with)
{
	struct made_with what;

	if (!made_with_read(pool, made_with->s, &what))
		return true;
	if (r->older_than != NULL)
		return made_with_compare(what.version, r->older_than) < 0;
	return strcmp(what.version, TTS_VERSION) != 0 || !made_with_settings(&what, conf);
}

/* Whether a voice of the wanted language speaks the sentence. */
static bool
has_language(const struct admin_rerender *r, const struct conf *conf, const struct remaking *m,
    const struct cell *text)
{
	size_t len = strlen(r->language);
	const struct voice *voice = voice_for(
	    &(struct voice_wish){m->voice, m->language, m->context, conf->speech.language}, text->s,
	    text->len);

	if (voice == NULL)
		return false;
	return voice == voice_by_language(r->language) ||
	       (strncasecmp(voice->language, r->language, len) == 0 &&
		   (voice->language[len] == '\0' || voice->language[len] == '-'));
}

static enum rc
choose_sentence(const struct admin_rerender *r, const struct conf *conf, struct remaking *m,
    const struct cell *row)
{
	enum audio_state state;

	TRY(audio_state_read(&row[2], &state));
	if (state != AUDIO_READY || !made_otherwise(r, conf, m->pool, &row[5]) ||
	    (r->language != NULL && !has_language(r, conf, m, &row[6])))
		return RC_OK;
	m->v[m->n].id = row[0].number;
	m->v[m->n].revision = row[3].number;
	m->v[m->n].duration_ms = row[4].number;
	m->v[m->n].cost = turn_cost(row[6].s, row[6].len, (int)row[7].number);
	m->cost += m->v[m->n++].cost;
	return RC_OK;
}

static enum rc
remake_body(struct db *db, void *ctx)
{
	struct remaking *m = ctx;
	struct locked_user user;
	struct tally tally = {0};
	uint64_t sentences, turn;

	TRY(user_lock_any(db, m->pool, m->user, &user));
	TRY(project_lock(db, m->pool, m->user, m->project, &sentences));
	TRY(user_take_turns(db, m->pool, &user, LANE_BULK, m->cost + 1, &turn));
	turn++; /* after any edit that has the present turn */
	for (size_t i = 0; i < m->n; i++) {
		TRY(db_exec(db, &sql[ANEW],
		    ARGS(db_u64(turn), db_u64(m->v[i].id), db_u64(m->v[i].revision))));
		turn += m->v[i].cost;
		if (db_changed(db) == 0)
			continue; /* edited in the meantime */
		tally.ready--;
		tally.duration_ms -= (int64_t)m->v[i].duration_ms;
	}
	m->done = (uint64_t)-tally.ready;
	m->done_ms = (uint64_t)-tally.duration_ms;
	if (m->done == 0)
		return RC_OK;
	TRY(project_tally(db, m->project, &tally));
	return event_record(db, m->pool,
	    &(struct event_new){.user = m->user,
		.type = EVENT_PROJECT_CHANGED,
		.project = m->project,
		.data = event_data_project(m->pool, "rerendered", "queued", m->done)},
	    1);
}

static enum rc
remake_page(struct db *db, struct admin_rerender *r, struct remaking *m)
{
	/* Run again after a COMMIT that was not answered, it finds other revisions. */
	static const struct txn txn = {.body = remake_body,
	    .before_commit = "store.admin_rerender.before_commit",
	    .committed = "store.admin_rerender.committed"};
	enum rc rc = RC_OK;

	if (r->preview) {
		m->done = m->n;
		for (size_t i = 0; i < m->n; i++)
			m->done_ms += m->v[i].duration_ms;
	} else if (m->n > 0) {
		rc = db_transact(db, &txn, m);
	}
	r->sentences += m->done;
	r->sound_ms += m->done_ms;
	return rc == RC_NOT_FOUND ? RC_OK : rc; /* deleted in the meantime */
}

/* Find the project to go on with. False if there is none. */
static enum rc
find_project(struct db *db, struct admin_rerender *r, struct remaking *m, bool *found)
{
	struct rows rows;
	const struct cell *row;

	if (r->user != 0)
		TRY(db_query(db, m->pool, &rows, &sql[NEXT_OF_USER],
		    ARGS(db_u64(r->at_project), db_u64(r->user))));
	else
		TRY(db_query(db, m->pool, &rows, &sql[NEXT], ARGS(db_u64(r->at_project))));
	row = db_row(&rows, 0);
	*found = rows.n > 0 && (r->project == 0 || row[0].number == r->project);
	if (!*found)
		return RC_OK;
	m->project = row[0].number;
	m->user = row[1].number;
	m->language = row[2].s;
	m->voice = row[3].s;
	m->context = row[4].s;
	if (r->at_project != m->project)
		r->at_position = -1;
	r->at_project = m->project;
	return RC_OK;
}

static enum rc
rerender_step(struct db *db, struct admin_rerender *r, struct remaking *m)
{
	struct rows rows;
	bool found;

	if (r->at_project == 0) {
		r->at_project = r->project != 0 ? r->project : 1;
		r->at_position = -1;
	}
	TRY(find_project(db, r, m, &found));
	r->done = !found;
	if (r->done)
		return RC_OK;
	TRY(db_query(db, m->pool, &rows, &sql[PAGE],
	    ARGS(db_u64(m->project), db_i64(r->at_position), db_u64(ADMIN_MAX))));
	for (size_t i = 0; i < rows.n; i++)
		TRY(choose_sentence(r, db_conf(db), m, db_row(&rows, i)));
	TRY(remake_page(db, r, m));
	r->seen += rows.n;
	if (rows.n == ADMIN_MAX) {
		r->at_position = (int64_t)db_row(&rows, rows.n - 1)[1].number;
	} else {
		r->at_project++;
		r->at_position = -1;
	}
	return RC_OK;
}

enum rc
admin_rerender(struct db *db, struct admin_rerender *r)
{
	struct remaking m = {.pool = pool_new()};
	enum rc rc = rerender_step(db, r, &m);

	pool_free(m.pool);
	return rc;
}
