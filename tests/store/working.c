#include "working.h"

uint64_t
working_add(const char *kind, int priority, int turn, uint64_t parent)
{
	static int object;

	fixture_run("INSERT INTO work (kind, user_id, object_id, parent_id, created_at, updated_at,"
		    " priority, turn, run_at) VALUES ('%s', 1, %d, NULLIF(%d, 0), NOW(3), NOW(3),"
		    " %d, %d, NOW(3))",
	    kind, ++object, (int)parent, priority, turn);
	return fixture_number("SELECT MAX(id) FROM work");
}

int
working_clear(void **state)
{
	fixture_run("DELETE FROM work");
	return 0;
}

struct work
working_get(uint64_t id)
{
	struct work w;

	assert_rc(work_get(worker, pool, id, &w), RC_OK);
	return w;
}

size_t
working_claim(struct claimant *who, size_t max, struct work_claim *v)
{
	size_t n;

	assert_rc(work_queue_claim(worker, pool, who, max, v, &n), RC_OK);
	return n;
}

struct work_claim
working_begin(struct claimant *who)
{
	struct work_claim c;

	assert_int_equal(working_claim(who, 1, &c), 1);
	assert_rc(work_queue_begin(worker, who, &c), RC_OK);
	return c;
}

struct work_result
working_finish(const struct work_claim *c, enum work_outcome outcome)
{
	bool bad = outcome == WORK_OUTCOME_AGAIN || outcome == WORK_OUTCOME_FAILED;
	struct work_result r = {.id = c->id,
	    .outcome = outcome,
	    .error_class = bad ? "test" : "",
	    .error = bad ? "it was told to" : ""};

	memcpy(r.token, c->token, sizeof r.token);
	assert_rc(work_queue_finish(worker, &r, 1), RC_OK);
	assert_false(r.unwritten);
	return r;
}

uint64_t
working_take_back(const char *host)
{
	uint64_t n;

	assert_rc(work_queue_take_back(worker, fixture_conf(NULL, 10), host, &n), RC_OK);
	return n;
}

struct work_try
working_last_try(uint64_t id)
{
	struct work_try t;
	size_t n;

	assert_rc(work_tries(worker, pool, id, 1, &t, &n), RC_OK);
	assert_int_equal(n, 1);
	return t;
}

enum rc
working_step(struct work_claim *c, enum work_step *step)
{
	struct work_gone gone;

	if (c->kind == WORK_KIND_PROJECT_DELETE)
		return work_step_project_delete(worker, c, step);
	if (c->kind == WORK_KIND_SWEEP)
		return work_step_sweep(worker, fixture_conf(NULL, 10), c, step);
	assert_int_equal(c->kind, WORK_KIND_USER_DELETE);
	return work_step_user_delete(worker, c, step, &gone);
}

uint64_t
working_drain(void)
{
	struct claimant who = fixture_claimant("here", 60);
	struct work_claim c;
	uint64_t steps = 0;

	while (working_claim(&who, 1, &c) > 0) {
		enum work_step step = WORK_STEP_MORE;

		assert_rc(work_queue_begin(worker, &who, &c), RC_OK);
		for (; step == WORK_STEP_MORE; steps++)
			assert_rc(working_step(&c, &step), RC_OK);
		working_finish(&c, step == WORK_STEP_DONE ? WORK_OUTCOME_DONE : WORK_OUTCOME_WAITS);
	}
	return steps;
}
