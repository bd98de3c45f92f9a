#include "stages.h"

#include "../../store/event.h"

struct db *stages_db[STAGES];

static const enum account accounts[STAGES] = {
    [STAGE_LYRIC] = ACCOUNT_LYRIC,
    [STAGE_SONG] = ACCOUNT_SONG,
    [STAGE_VIDEO] = ACCOUNT_VIDEO,
};

int
stages_start(void **state)
{
	if (fixture_start(state) != 0)
		return -1;
	for (size_t i = 0; i < STAGES; i++) {
		stages_db[i] = fixture_db(accounts[i]);
		if (db_ready(stages_db[i]) != RC_OK)
			return -1;
	}
	return 0;
}

int
stages_stop(void **state)
{
	for (size_t i = 0; i < STAGES; i++)
		db_free(stages_db[i]);
	return fixture_stop(state);
}

int
stages_nothing(void **state)
{
	fixture_clear();
	fixture_run("DELETE FROM stage");
	fixture_run("DELETE FROM image");
	fixture_run("DELETE FROM pipeline");
	fixture_run("DELETE FROM engine");
	fixture_run("DELETE FROM engine_call");
	fixture_run("DELETE FROM alert");
	fixture_run("UPDATE stage_control SET paused = FALSE");
	return 0;
}

static uint64_t
newest_id(const char *table)
{
	return fixture_number("SELECT MAX(id) FROM %s", table);
}

static void
add(uint64_t pipeline, uint64_t user, const char *stage, const char *state)
{
	bool done = strcmp(state, "done") == 0;

	fixture_run("INSERT INTO stage (pipeline_id, user_id, stage, run, cause, created_at,"
		    " updated_at, run_at, state, ended_at, text) VALUES (%d, %d, '%s', 1, 'start',"
		    " NOW(3), NOW(3), NOW(3), '%s', IF(%d, NOW(3), NULL), 'one\ntwo')",
	    (int)pipeline, (int)user, stage, state, done);
}

static uint64_t
make(uint64_t user, const char *task)
{
	fixture_run("INSERT INTO pipeline (user_id, task_id, created_at, updated_at, started_at,"
		    " customer_name, language) VALUES (%d, '%s', NOW(3), NOW(3), NOW(3), 'Inn',"
		    " 'en')",
	    (int)user, task);
	return newest_id("pipeline");
}

uint64_t
stages_pipeline(uint64_t user, const char *task)
{
	uint64_t id = make(user, task);

	add(id, user, "lyric", "pending");
	return id;
}

uint64_t
stages_with_lyric(uint64_t user, const char *task)
{
	uint64_t id = make(user, task);

	add(id, user, "lyric", "done");
	add(id, user, "song", "pending");
	return id;
}

uint64_t
stages_with_song(uint64_t user, const char *task)
{
	uint64_t id = make(user, task);

	add(id, user, "lyric", "done");
	add(id, user, "song", "done");
	add(id, user, "video", "pending");
	return id;
}

uint64_t
stages_make(enum stage stage, const char *task)
{
	uint64_t user = fixture_user();

	return stage == STAGE_LYRIC  ? stages_pipeline(user, task)
	       : stage == STAGE_SONG ? stages_with_lyric(user, task)
				     : stages_with_song(user, task);
}

struct stage_worker
stages_worker(enum stage stage, const char *host)
{
	static const char *const here[STAGES] = {"here", "here.song", "here.video"};
	static const char *const there[STAGES] = {"there", "there.song", "there.video"};
	struct stage_worker at = {.who = fixture_claimant(host, 60),
	    .stage = stage,
	    .engines = {{.name = here[stage], .concurrency = 8},
		{.name = there[stage], .concurrency = 8, .deadline_sec = 300}},
	    .n = 2,
	    .chosen = there[stage],
	    .given = here[stage]};

	return at;
}

size_t
stages_claim(struct stage_worker *at, size_t max, struct stage_claim *v)
{
	size_t n = 99;

	assert_rc(stage_claim(stages_db[at->stage], pool, at, max, v, &n), RC_OK);
	return n;
}

struct stage_claim
stages_begin(struct stage_worker *at)
{
	struct stage_claim v[STAGE_CLAIMS_MAX];

	assert_int_equal(stages_claim(at, 1, v), 1);
	assert_rc(stage_begin(stages_db[at->stage], at, &v[0]), RC_OK);
	return v[0];
}

struct stage_result
stages_result(const struct stage_claim *claim, enum pipeline_class class, enum stage_step step)
{
	struct stage_result r = {.claim = claim,
	    .class = class,
	    .step = step,
	    .message = class == CLASS_OK || class == CLASS_WAIT ? "" : "it went wrong",
	    .remote = true,
	    .began = claim->step == STEP_BEGIN || claim->step == STEP_SENT,
	    .deadline_sec = 300,
	    .progress = -1};

	if (class == CLASS_OK && step == STEPS && claim->stage == STAGE_LYRIC)
		r.text = "one\ntwo";
	return r;
}

struct stage_result
stages_finish(const struct stage_claim *claim, enum pipeline_class class, enum stage_step step)
{
	struct stage_result r = stages_result(claim, class, step);

	assert_rc(stage_finish(stages_db[claim->stage], &r), RC_OK);
	return r;
}

const char *
stages_newest(uint64_t pipeline, enum stage stage)
{
	struct rows rows = fixture_rows(
	    "SELECT TRIM(CONCAT_WS(' ', state, step, tries, error_class)) FROM stage WHERE"
	    " pipeline_id = %d AND stage = '%s' ORDER BY run DESC LIMIT 1",
	    (int)pipeline, stage_name(stage));

	return rows.n == 0 ? "" : pool_strdup(pool, db_row(&rows, 0)->s);
}

void
stages_pass(int sec)
{
	fixture_run("UPDATE stage SET run_at = run_at - INTERVAL %d SECOND, sent_at = sent_at -"
		    " INTERVAL %d SECOND, deadline_at = deadline_at - INTERVAL %d SECOND",
	    sec, sec, sec);
	fixture_run("UPDATE engine SET held_until = held_until - INTERVAL %d SECOND,"
		    " failing_since = failing_since - INTERVAL %d SECOND",
	    sec, sec);
	fixture_run("UPDATE engine_call SET called_at = called_at - INTERVAL %d SECOND", sec);
	fixture_run("UPDATE alert SET created_at = created_at - INTERVAL %d SECOND", sec);
}

const char *
stages_events(uint64_t user)
{
	uint64_t newest, oldest;
	struct event *v;
	struct buf out;
	size_t n;

	buf_init(&out, pool, 256);
	assert_rc(event_read(admin, pool, user, 0, 100, &v, &n, &newest, &oldest), RC_OK);
	for (size_t i = 0; i < n; i++) {
		if (strncmp(event_type_name(v[i].type), "pipeline.", 9) != 0)
			continue;
		if (out.len > 0)
			buf_adds(&out, "\n");
		buf_addf(&out, "%s %s %s", event_type_name(v[i].type), v[i].task, v[i].data);
	}
	return out.data;
}
