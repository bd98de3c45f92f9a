#include "queue_core.h"

#include "../common/base/clock.h"

enum { NEXT, NEXT_EARLY, STILL_CLAIMED, VOICES, CLOCK, DELETED, PUT_ASIDE };

#define ASIDE_MAX 1024 /* put aside in one transaction */
#define ASIDE_MS 200   /* how long a claim may put aside what is in its way */

/* It was claimed since it was queued, and came back: run_at was set anew. It overtakes nothing
 * again. */
#define HAD_TURN "(attempts > 0 OR run_at > queued_at)"

/* In the order of its index: a sort would lock every row there is. */
#define NEXT_WHERE                                                                                 \
	"SELECT id, project_id, user_id, revision, text, speed, attempts, crashes, turn,"          \
	" " HAD_TURN                                                                               \
	" FROM audio FORCE INDEX (audio_queue) WHERE state = 'pending' AND " QUEUE_DUE
#define NEXT_IN_ORDER " ORDER BY turn, id LIMIT ? FOR UPDATE SKIP LOCKED"

static const struct sql sql[] = {
    [NEXT] = {.text = NEXT_WHERE NEXT_IN_ORDER},
    [NEXT_EARLY] = {.text = NEXT_WHERE " AND turn <= (SELECT turn FROM queue_clock WHERE id = 1)"
				       " AND NOT " HAD_TURN NEXT_IN_ORDER},
    [STILL_CLAIMED] = {.text = "SELECT id FROM audio WHERE claim_token = ? AND id IN (", DB_IDS},
    [VOICES] = {.text = "SELECT id, language, voice, context, deleted FROM project WHERE id IN (",
	DB_IDS},
    [CLOCK] = {.text = "UPDATE queue_clock SET turn = ? WHERE id = 1 AND turn < ?"},
    /* Sentences of projects that are being deleted, at the head of the queue. */
    [DELETED] = {.text = "SELECT a.id FROM (SELECT id, project_id FROM audio"
			 " FORCE INDEX (audio_queue)"
			 " WHERE state = 'pending'"
			 " ORDER BY turn, id LIMIT ?) a"
			 " JOIN project p ON p.id = a.project_id WHERE p.deleted"
			 " ORDER BY a.id"},
    [PUT_ASIDE] = {.text = "UPDATE audio SET state = 'deleted'"
			   " WHERE state = 'pending' AND id IN (",
	DB_IDS},
};

/* ---------------------------------------------------------------- claiming */

struct claims {
	struct claim *v;
	uint64_t turn; /* the latest of them */
	bool deleted;  /* there were some whose project is being deleted */
	struct claim_project {
		uint64_t id;
		const char *language, *voice, *context;
	} * projects; /* of those found, but not those that are being deleted */
	size_t projects_n;
};

static void
read_claim(const struct cell *row, struct claim *c)
{
	*c = (struct claim){.id = row[0].number,
	    .project = row[1].number,
	    .user = row[2].number,
	    .revision = row[3].number,
	    .text = row[4].s,
	    .text_len = row[4].len,
	    .speed = (int)row[5].number,
	    .attempts = (unsigned)row[6].number,
	    .crashes = (unsigned)row[7].number,
	    .turn = row[8].number,
	    .had_turn = row[9].number != 0,
	    .language = "",
	    .context = "",
	    .voice = ""};
}

/* Read the projects of what was found: none can go away while its sentences are locked. */
static enum rc
claim_read_projects(struct db *db, const struct queue_claiming *c, const struct rows *found)
{
	struct claims *claims = c->ctx;
	uint64_t *ids = pool_array(c->pool, found->n, sizeof *ids);
	size_t n = 0, k;

	for (size_t i = 0; i < found->n; i++) {
		size_t j = 0;

		while (j < n && ids[j] != db_row(found, i)[1].number)
			j++;
		if (j == n)
			ids[n++] = db_row(found, i)[1].number;
	}
	claims->projects = pool_array(c->pool, n, sizeof *claims->projects);
	claims->projects_n = 0;
	for (size_t i = 0; i < n; i += k) {
		struct rows rows;

		k = db_chunk(n - i);
		TRY(db_run_ids(db, c->pool, &rows, &sql[VOICES], ids + i, k, NO_ARGS));
		for (size_t r = 0; r < rows.n; r++) {
			const struct cell *row = db_row(&rows, r);

			if (row[4].number == 0)
				claims->projects[claims->projects_n++] = (struct claim_project){
				    row[0].number, row[1].s, row[2].s, row[3].s};
		}
	}
	return RC_OK;
}

static const struct claim_project *
claim_find_project(const struct claims *claims, uint64_t id)
{
	for (size_t i = 0; i < claims->projects_n; i++)
		if (claims->projects[i].id == id)
			return &claims->projects[i];
	return NULL;
}

static enum rc
claim_choose(struct db *db, struct queue_claiming *c, const struct rows *found)
{
	struct claims *claims = c->ctx;
	uint64_t sound_ms = 0;

	TRY(claim_read_projects(db, c, found));
	claims->deleted = false;
	for (size_t i = 0; i < found->n; i++) {
		struct claim *claim = &claims->v[c->n];
		const struct claim_project *project;

		read_claim(db_row(found, i), claim);
		project = claim_find_project(claims, claim->project);
		if (project == NULL) {
			claims->deleted = true;
			continue;
		}
		claim->language = project->language;
		claim->voice = project->voice;
		claim->context = project->context;
		sound_ms += turn_cost(claim->text, claim->text_len, claim->speed);
		/* The rest is unlocked by the COMMIT. */
		if (c->n > 0 && sound_ms > c->who->sound_ms_max)
			break;
		c->ids[c->n++] = claim->id;
		claims->turn = claim->turn;
	}
	return RC_OK;
}

static enum rc
claim_chosen(struct db *db, struct queue_claiming *c)
{
	struct claims *claims = c->ctx;

	TRY(lexicon_for_claims(db, c->pool, claims->v, c->n));
	return db_exec(db, &sql[CLOCK], ARGS(db_u64(claims->turn), db_u64(claims->turn)));
}

struct putting_aside {
	struct pool *pool;
	uint64_t n;
};

/* Nobody claims what is not pending. */
static enum rc
put_aside_body(struct db *db, void *ctx)
{
	struct putting_aside *a = ctx;
	struct rows rows;
	size_t k;

	a->n = 0;
	TRY(db_query(db, a->pool, &rows, &sql[DELETED], ARGS(db_u64(ASIDE_MAX))));
	for (size_t i = 0; i < rows.n; i += k) {
		uint64_t ids[DB_CHUNK];

		k = db_chunk(rows.n - i);
		for (size_t j = 0; j < k; j++)
			ids[j] = db_row(&rows, i + j)->number;
		TRY(db_run_ids(db, NULL, NULL, &sql[PUT_ASIDE], ids, k, NO_ARGS));
		a->n += db_changed(db);
	}
	return RC_OK;
}

/* Put sentences of projects that are being deleted out of the way of those that are not. */
static enum rc
queue_put_aside(struct db *db, bool *any)
{
	/* Run again after a COMMIT that was not answered, it finds others or none. */
	static const struct txn txn = {.body = put_aside_body,
	    .before_commit = "store.put_aside.before_commit",
	    .committed = "store.put_aside.committed"};
	struct putting_aside a = {.pool = pool_new()};
	enum rc rc = db_transact(db, &txn, &a);

	*any = rc == RC_OK && a.n > 0;
	pool_free(a.pool);
	return rc;
}

enum rc
queue_still_claimed(struct db *db, struct pool *pool, const uint8_t token[CLAIM_TOKEN_SIZE],
    const uint64_t *ids, size_t n, bool *claimed)
{
	size_t k;

	for (size_t i = 0; i < n; i += k) {
		struct rows rows;

		k = db_chunk(n - i);
		TRY(db_run_ids(db, pool, &rows, &sql[STILL_CLAIMED], ids + i, k,
		    ARGS(db_bytes(token, CLAIM_TOKEN_SIZE))));
		for (size_t j = i; j < i + k; j++) {
			size_t r = 0;

			while (r < rows.n && db_row(&rows, r)->number != ids[j])
				r++;
			claimed[j] = r < rows.n;
		}
	}
	return RC_OK;
}

/* ---------------------------------------------------------------- taking back */

/* The columns of an abandoned sentence. */
enum { ABANDONED_PROJECT = QUEUE_KEYS, ABANDONED_USER, ABANDONED_REVISION, ABANDONED_HIDDEN };

/* The list of what was being rendered is that of this host alone. */
static bool
was_rendered(const struct queue_taking *t, const struct cell *abandoned)
{
	for (size_t i = 0; i < t->n_in_hand; i++)
		if (t->in_hand[i] == abandoned[QUEUE_ID].number)
			return abandoned[QUEUE_OURS].number != 0;
	return false;
}

static unsigned
max_attempts(const struct conf *conf, const struct cell *abandoned)
{
	return (unsigned)conf->scheduler.max_attempts;
}

/* Lock the projects whose counts will change, before any of their sentences. */
static enum rc
lock_projects(
    struct db *db, const struct queue_taking *t, const struct cell *const *failing, size_t n)
{
	uint64_t *projects = pool_array(t->pool, n, sizeof *projects);

	for (size_t i = 0; i < n; i++)
		projects[i] = failing[i][ABANDONED_PROJECT].number;
	return project_lock_all(db, t->pool, projects, n, NULL);
}

static enum rc
count_failed(struct db *db, struct queue_taking *t, const struct cell *abandoned, unsigned attempts,
    bool failed)
{
	uint64_t project = abandoned[ABANDONED_PROJECT].number;
	uint64_t user = abandoned[ABANDONED_USER].number;
	struct event_new event = {.user = user,
	    .type = EVENT_AUDIO_FAILED,
	    .project = project,
	    .audio = abandoned[QUEUE_ID].number};

	if (!failed)
		return RC_OK;
	TRY(project_tally_rendered(db, project, &(struct tally){.failed = 1}));
	event.data = event_data_failed(
	    t->pool, abandoned[ABANDONED_REVISION].number, queue_exhausted(t, abandoned, attempts));
	if (abandoned[ABANDONED_HIDDEN].number == 0)
		event_list_add(&t->events, &event);
	return event_list_completion(db, &t->events, user, project);
}

/* ---------------------------------------------------------------- the queue of sentences */

static const struct queue audio_queue = {
    QUEUE_STATEMENTS("audio", "attempts",
	"project_id, user_id, revision,"
	" COALESCE((SELECT hidden FROM project p WHERE p.id = audio.project_id), 0)",
	""),
    .next = &sql[NEXT],
    .next_early = &sql[NEXT_EARLY],
    .claim = {.body = queue_claim_body,
	.read_back = queue_claim_read_back,
	.before_commit = "store.claim.before_commit",
	.committed = "store.claim.committed"},
    /* Run again after a COMMIT that was not answered, it finds nothing left to take back. */
    .take_back = {.body = queue_take_back_body,
	.before_commit = "store.take_back.before_commit",
	.committed = "store.take_back.committed"},
    .died = "the renderer died while speaking this",
    .choose = claim_choose,
    .chosen = claim_chosen,
    .in_hand = was_rendered,
    .max_tries = max_attempts,
    .lock_failing = lock_projects,
    .charged = count_failed,
};

enum rc
queue_claim(
    struct db *db, struct pool *pool, struct claimant *who, size_t max, struct claim *v, size_t *n)
{
	struct claims claims = {.v = v};
	const struct arg args[] = {queue_cap(db_conf(db)), db_u64(max)};
	struct queue_claiming c = {.queue = &audio_queue,
	    .pool = pool,
	    .who = who,
	    .args = args,
	    .n_args = sizeof args / sizeof *args,
	    .ctx = &claims};
	int64_t until = clock_ms() + ASIDE_MS;
	bool again = true;
	enum rc rc = RC_OK;

	who->more = false;
	while (rc == RC_OK && again) {
		claims.deleted = false;
		rc = queue_core_claim(db, &c);
		again = rc == RC_OK && claims.deleted;
		/* What was claimed is claimed, whatever becomes of the rest. */
		if (again && queue_put_aside(db, &again) != RC_OK && c.n == 0)
			rc = RC_BUSY;
		who->more = again && c.n == 0 && rc == RC_OK;
		again = who->more && clock_ms() < until;
	}
	*n = c.n;
	return rc;
}

enum rc
queue_take_back(struct db *db, const struct conf *conf, const char *host, const uint64_t *speaking,
    size_t n_speaking, uint64_t *n)
{
	struct queue_taking t = {.queue = &audio_queue,
	    .conf = conf,
	    .host = host,
	    .in_hand = speaking,
	    .n_in_hand = n_speaking,
	    .n = n};

	return queue_core_take_back(db, &t);
}
