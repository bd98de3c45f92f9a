#include "queue_core.h"

enum { NEXT, NEXT_EARLY, STILL_CLAIMED, VOICES, CLOCK };

/* In the order of its index: a sort would lock every row there is. */
#define NEXT_WHERE                                                                                 \
	"SELECT id, project_id, user_id, revision, text, speed, attempts, crashes, turn"           \
	" FROM audio FORCE INDEX (audio_queue) WHERE state = 'pending' AND " QUEUE_DUE
#define NEXT_IN_ORDER " ORDER BY turn, id LIMIT ? FOR UPDATE SKIP LOCKED"

static const struct sql sql[] = {
    [NEXT] = {.text = NEXT_WHERE NEXT_IN_ORDER},
    [NEXT_EARLY] = {.text = NEXT_WHERE
		    " AND turn <= (SELECT turn FROM queue_clock WHERE id = 1)" NEXT_IN_ORDER},
    [STILL_CLAIMED] = {.text = "SELECT id FROM audio WHERE claim_token = ? AND id IN (", DB_IDS},
    [VOICES] = {.text = "SELECT id, language, voice, context FROM project WHERE id IN (", DB_IDS},
    [CLOCK] = {.text = "UPDATE queue_clock SET turn = ? WHERE id = 1 AND turn < ?"},
};

/* ---------------------------------------------------------------- claiming */

struct claims {
	struct claim *v;
	uint64_t turn; /* the latest of them */
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
	    .language = "",
	    .context = "",
	    .voice = ""};
}

static enum rc
claim_choose(struct db *db, struct queue_claiming *c, const struct rows *found)
{
	struct claims *claims = c->ctx;
	uint64_t sound_ms = 0;

	for (size_t i = 0; i < found->n; i++) {
		struct claim *claim = &claims->v[i];

		read_claim(db_row(found, i), claim);
		sound_ms += turn_cost(claim->text, claim->text_len, claim->speed);
		/* The rest is unlocked by the COMMIT. */
		if (i > 0 && sound_ms > c->who->sound_ms_max)
			break;
		c->ids[c->n++] = claim->id;
		claims->turn = claim->turn;
	}
	return RC_OK;
}

/* Language and voice are the project's, which cannot go away while its sentences are locked. */
static enum rc
claim_add_voices(struct db *db, const struct queue_claiming *c, struct claim *v)
{
	uint64_t *projects = pool_array(c->pool, c->n, sizeof *projects);
	size_t n = 0, k;

	for (size_t i = 0; i < c->n; i++) {
		size_t j = 0;

		while (j < n && projects[j] != v[i].project)
			j++;
		if (j == n)
			projects[n++] = v[i].project;
	}
	for (size_t i = 0; i < n; i += k) {
		struct rows rows;

		k = db_chunk(n - i);
		TRY(db_run_ids(db, c->pool, &rows, &sql[VOICES], projects + i, k, NO_ARGS));
		for (size_t r = 0; r < rows.n; r++)
			for (size_t j = 0; j < c->n; j++)
				if (v[j].project == db_row(&rows, r)[0].number) {
					v[j].language = db_row(&rows, r)[1].s;
					v[j].voice = db_row(&rows, r)[2].s;
					v[j].context = db_row(&rows, r)[3].s;
				}
	}
	return RC_OK;
}

static enum rc
claim_chosen(struct db *db, struct queue_claiming *c)
{
	struct claims *claims = c->ctx;

	TRY(claim_add_voices(db, c, claims->v));
	TRY(lexicon_for_claims(db, c->pool, claims->v, c->n));
	return db_exec(db, &sql[CLOCK], ARGS(db_u64(claims->turn), db_u64(claims->turn)));
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
		projects[i] = failing[i][QUEUE_KEYS].number;
	return project_lock_all(db, t->pool, projects, n);
}

static enum rc
count_failed(struct db *db, const struct queue_taking *t, const struct cell *abandoned,
    unsigned attempts, bool failed)
{
	return failed ? project_tally_rendered(
			    db, abandoned[QUEUE_KEYS].number, &(struct tally){.failed = 1})
		      : RC_OK;
}

/* ---------------------------------------------------------------- the queue of sentences */

static const struct queue audio_queue = {
    QUEUE_STATEMENTS("audio", "attempts", "project_id", ""),
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
	enum rc rc = queue_core_claim(db, &c);

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
