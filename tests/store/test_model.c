#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../../store/store.h"

/*
 * Many random operations on one project, compared with a model of it in memory. TTS_TEST_SEED
 * repeats a failure; TTS_TEST_STEPS makes the test longer.
 */

#define STEPS 1500
#define START_WITH 1100
#define MOST 4000

struct sentence {
	uint64_t id, revision, audio_revision, duration_ms;
	enum audio_state state;
	char text[24];
	int speed;
};

static struct sentence model[MOST];
static size_t n;
static uint64_t user, project;
static unsigned seed;
static struct claimant who = {.host = "here", .run_id = 1, .lease_sec = 3600};
static struct claim claims[64]; /* not finished yet */
static uint8_t tokens[64][CLAIM_TOKEN_SIZE];
static size_t n_claims;

static size_t
pick(size_t below)
{
	return (size_t)rand_r(&seed) % below;
}

static struct sentence *
by_id(uint64_t id)
{
	for (size_t i = 0; i < n; i++)
		if (model[i].id == id)
			return &model[i];
	return NULL;
}

static void
same(const struct audio *a, size_t i)
{
	const struct sentence *s = &model[i];

	assert_int_equal(a->id, s->id);
	assert_int_equal(a->index, i + 1);
	assert_string_equal(a->text, s->text);
	assert_int_equal(a->speed, s->speed);
	assert_int_equal(a->revision, s->revision);
	assert_int_equal(a->audio_revision, s->audio_revision);
	assert_int_equal(a->state, s->state);
	assert_int_equal(a->path[0] != '\0', s->audio_revision != 0);
	assert_int_equal(a->error[0] != '\0', s->state == AUDIO_FAILED);
}

static void
insert(void)
{
	/* Often at the same place, so that gaps are exhausted. */
	size_t where = pick(3) == 0 ? pick(n + 1) : pick(3) == 0 ? n : n / 3;
	bool last = where == n && pick(2) == 0;
	struct sentence *s = &model[where];
	struct audio a;
	uint64_t count;

	if (n == MOST)
		return;
	memmove(s + 1, s, (n - where) * sizeof *s);
	n++;
	*s = (struct sentence){.revision = 1, .speed = 1 + (int)pick(4)};
	snprintf(s->text, sizeof s->text, "insert %u", seed);
	assert_rc(audio_insert(api, pool, user, project, last ? -1 : (int64_t)where + 1, s->text,
		      strlen(s->text), s->speed, MOST, NULL, &a, &count),
	    RC_OK);
	s->id = a.id;
	same(&a, where);
}

static void
edit(void)
{
	size_t i = pick(n);
	struct sentence *s = &model[i];
	bool change = pick(4) > 0, match = pick(2) > 0;
	struct audio a;

	assert_rc(audio_edit(api, pool, user, s->id, "never", 5, 1, REVISION(s->revision + 1), &a),
	    RC_STALE);
	if (change) {
		snprintf(s->text, sizeof s->text, "edit %u", seed);
		s->speed = 25 + (int)pick(376);
		s->revision++;
		s->state = AUDIO_PENDING;
	}
	assert_rc(audio_edit(api, pool, user, s->id, s->text, strlen(s->text), s->speed,
		      match ? REVISION(s->revision - change) : NULL, &a),
	    RC_OK);
	same(&a, i);
}

static void delete (void)
{
	size_t i = pick(2) == 0 ? pick(n) : n / 3;

	assert_rc(audio_delete(api, user, model[i].id, NULL), RC_OK);
	memmove(&model[i], &model[i + 1], (n - i - 1) * sizeof *model);
	n--;
}

static void
retry(void)
{
	size_t i = pick(n);
	struct audio a;

	for (size_t j = 0; j < n; j++)
		if (model[j].state == AUDIO_FAILED)
			i = j;
	if (model[i].state == AUDIO_FAILED)
		model[i].state = AUDIO_PENDING;
	assert_rc(audio_retry(api, pool, user, model[i].id, NULL, &a), RC_OK);
	same(&a, i);
}

static void
claim(void)
{
	size_t room = sizeof claims / sizeof *claims - n_claims, got;

	if (room < 10)
		return;
	got = fixture_claim(&who, 1 + pick(10), claims + n_claims);
	for (size_t i = n_claims; i < n_claims + got; i++) {
		struct sentence *s = by_id(claims[i].id);

		assert_non_null(s);
		assert_int_equal(s->state, AUDIO_PENDING);
		assert_int_equal(s->revision, claims[i].revision);
		assert_string_equal(s->text, claims[i].text);
		s->state = AUDIO_CLAIMED;
		memcpy(tokens[i], who.token, CLAIM_TOKEN_SIZE);
	}
	n_claims += got;
}

/* Finish the newest claims with random outcomes; those of sentences edited since then are stale. */
static void
finish(void)
{
	struct result r[10];
	size_t k = n_claims < 10 ? n_claims : 1 + pick(10);

	n_claims -= k;
	for (size_t i = 0; i < k; i++) {
		r[i] = fixture_result(&who, &claims[n_claims + i], (enum outcome)pick(4));
		memcpy(r[i].token, tokens[n_claims + i], CLAIM_TOKEN_SIZE);
		r[i].error = "it failed";
	}
	assert_rc(queue_finish(renderer, r, k), RC_OK);
	for (size_t i = 0; i < k; i++) {
		struct sentence *s = by_id(r[i].id);
		bool stale = s == NULL || s->state != AUDIO_CLAIMED || s->revision != r[i].revision;

		assert_int_equal(r[i].stale, stale);
		if (stale)
			continue;
		s->state = r[i].outcome == OUTCOME_READY    ? AUDIO_READY
			   : r[i].outcome == OUTCOME_FAILED ? AUDIO_FAILED
							    : AUDIO_PENDING;
		if (r[i].outcome == OUTCOME_READY) {
			s->audio_revision = s->revision;
			s->duration_ms = r[i].duration_ms;
		}
	}
}

static void
read_one(void)
{
	size_t i = pick(n);
	struct audio a, v[PAGE_SIZE];
	struct page page;

	assert_rc(audio_get(api, pool, user, model[i].id, &a), RC_OK);
	same(&a, i);
	assert_rc(audio_page(api, pool, &(struct login){.user = user}, project,
		      PAGE_OF_TEN(i / PAGE_SIZE + 1), &page, v),
	    RC_OK);
	assert_int_equal(page.total, n);
	for (size_t j = 0; j < page.n; j++)
		same(&v[j], i / PAGE_SIZE * PAGE_SIZE + j);
}

static void
read_all(void)
{
	struct project p;
	struct page page;
	struct audio v[PAGE_SIZE];
	size_t i = 0, ready = 0, failed = 0, duration = 0;

	for (uint64_t number = 1; i < n; number++) {
		assert_rc(audio_page(api, pool, &(struct login){.user = user}, project,
			      PAGE_OF_TEN(number), &page, v),
		    RC_OK);
		assert_int_equal(page.pages, (n + PAGE_SIZE - 1) / PAGE_SIZE);
		assert_int_equal(page.n, n - i < PAGE_SIZE ? n - i : PAGE_SIZE);
		for (size_t j = 0; j < page.n; j++)
			same(&v[j], i++);
	}
	for (i = 0; i < n; i++) {
		ready += model[i].state == AUDIO_READY;
		failed += model[i].state == AUDIO_FAILED;
		duration += model[i].state == AUDIO_READY ? model[i].duration_ms : 0;
	}
	assert_rc(project_get(api, pool, user, project, &p), RC_OK);
	assert_int_equal(p.sentence_count, n);
	assert_int_equal(p.ready_count, ready);
	assert_int_equal(p.failed_count, failed);
	assert_int_equal(p.duration_ms, duration);
	fixture_check();
}

static void
step(void)
{
	static void (*const steps[])(void) = {insert, insert, insert, edit, delete, delete, retry,
	    claim, claim, finish, finish, read_one, read_one};

	if (n < 3)
		insert();
	else
		steps[pick(sizeof steps / sizeof *steps)]();
}

static void
a_random_life_is_as_the_model_says(void **state)
{
	const char *given = getenv("TTS_TEST_SEED"), *longer = getenv("TTS_TEST_STEPS");
	int steps = longer != NULL ? atoi(longer) : STEPS;
	struct project p;

	seed = given != NULL ? (unsigned)strtoul(given, NULL, 10) : (unsigned)getpid();
	print_message("# TTS_TEST_SEED=%u\n", seed);
	user = fixture_user();
	p = fixture_project(user, START_WITH);
	project = p.id;
	for (n = 0; n < START_WITH; n++) {
		model[n] = (struct sentence){.revision = 1, .speed = 1};
		snprintf(model[n].text, sizeof model[n].text, "Sentence %zu.", n + 1);
		model[n].id = fixture_audio(user, project, n).id;
	}
	for (int i = 0; i < steps; i++) {
		step();
		if (i % 300 == 0)
			read_all();
	}
	read_all();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_random_life_is_as_the_model_says),
	};

	return cmocka_run_group_tests(tests, fixture_start, fixture_stop);
}
