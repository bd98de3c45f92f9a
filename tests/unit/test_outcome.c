#include "capture.h"

#include <signal.h>

#include "../../common/base/crypt.h"
#include "../../render-job/outcome.h"

static struct conf conf = {
    .scheduler = {.max_attempts = 5, .max_crashes = 3, .retry_base_ms = 1000, .retry_cap_ms = 8000},
    .speech = {.language = "en", .max_seconds = 600, .timeout_sec = 60},
};
static struct pool *pool;
static const uint8_t token[CLAIM_TOKEN_SIZE] = {1, 2, 3};

static struct claim
claimed(unsigned attempts, unsigned crashes)
{
	return (struct claim){.id = 7,
	    .project = 8,
	    .revision = 9,
	    .text = "text",
	    .text_len = 4,
	    .speed = 1,
	    .language = "",
	    .context = "",
	    .voice = "",
	    .attempts = attempts,
	    .crashes = crashes};
}

static struct result
result_of(const struct claim *claim, const struct ending *ending)
{
	struct result r = outcome_release(claim, token);
	outcome_of(&conf, pool, claim, ending, &r);
	return r;
}

static void
release_charges_nothing(void **state)
{
	struct claim c = claimed(2, 1);
	struct result r = outcome_release(&c, token);

	assert_int_equal(r.outcome, OUTCOME_RELEASE);
	assert_int_equal(r.id, 7);
	assert_int_equal(r.project, 8);
	assert_int_equal(r.revision, 9);
	assert_memory_equal(r.token, token, sizeof token);
	assert_int_equal(r.attempts, 2);
	assert_int_equal(r.crashes, 1);
	r = result_of(&c, &(struct ending){.ended = ENDED_LOST});
	assert_int_equal(r.outcome, OUTCOME_RELEASE);
	assert_int_equal(r.attempts, 2);
	assert_int_equal(r.crashes, 1);
}

static void
duration_is_that_of_the_samples(void **state)
{
	static const struct {
		uint64_t samples, ms;
	} cases[] = {{22050, 1000}, {441, 20}, {1, 0}, {12, 1}, {11, 0}, {33, 1}, {34, 2},
	    {600ULL * 22050, 600000}, {100001, 4535}};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct claim c = claimed(1, 1);
		struct result r = result_of(&c, &(struct ending){.ended = ENDED_SPOKEN,
						    .samples = cases[i].samples,
						    .sample_rate = 22050,
						    .mp3_len = 123});

		assert_int_equal(r.duration_ms, cases[i].ms);
		assert_int_equal(r.size_bytes, 123);
		assert_int_equal(r.attempts, 1);
		assert_int_equal(r.crashes, 1);
	}
}

static void
only_what_can_be_spoken_is_given_to_a_child(void **state)
{
	const struct voice *voice = voice_by_language("en");
	char *text = pool_alloc(pool, SLOT_TEXT_MAX + 2);
	struct claim c = claimed(0, 0);

	memset(text, 'a', SLOT_TEXT_MAX + 1);
	assert_null(outcome_unspeakable(&c, voice));
	assert_non_null(outcome_unspeakable(&c, NULL));
	c.text = text;
	c.text_len = SLOT_TEXT_MAX; /* all that there is room for */
	assert_null(outcome_unspeakable(&c, voice));
	c.text_len++;
	assert_non_null(outcome_unspeakable(&c, voice));
	c.text = "!!!";
	c.text_len = 3;
	assert_non_null(outcome_unspeakable(&c, voice));
}

static void
a_script_that_no_voice_can_read_is_no_sound(void **state)
{
	static const struct {
		const char *text;
		bool read;
	} cases[] = {{"ខ្ញុំទៅសាលារៀន", false}, {"ຂ້ອຍໄປໂຮງຮຽນ", false}, {"བོད་སྐད་ཡིག་", false},
	    {"ខ្ញុំទៅសាលារៀន OK", false}, {"The Khmer word ខ្ញុំ means I.", true},
	    {"나는 학교에 갑니다.", true}, {"12,345", true}, {"Ωμέγα", true}, {"あいう", true},
	    {"ʻokina ʼn", true}, {"ⅷ ½", true}};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct claim c = claimed(0, 0);
		const char *why;

		c.text = cases[i].text;
		c.text_len = strlen(c.text);
		why = outcome_unspeakable(&c, voice_by_language("en"));
		if (cases[i].read)
			assert_null(why);
		else
			assert_string_equal(why, "no voice can read this script");
	}
}

static void
loudness_that_cannot_be_is_not_known(void **state)
{
	static const struct {
		int64_t told;
		int loudness;
	} cases[] = {{-1800, -1800}, {-7000, -7000}, {1000, 1000}, {-7001, LOUDNESS_UNKNOWN},
	    {1001, LOUDNESS_UNKNOWN}, {INT64_MAX, LOUDNESS_UNKNOWN}, {INT64_MIN, LOUDNESS_UNKNOWN},
	    {(int64_t)1 << 32, LOUDNESS_UNKNOWN}};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct claim c = claimed(0, 0);
		struct result r = result_of(&c, &(struct ending){.ended = ENDED_SPOKEN,
						    .samples = 22050,
						    .sample_rate = 22050,
						    .loudness = cases[i].told});

		assert_int_equal(r.loudness, cases[i].loudness);
	}
}

static void
crash_is_charged_and_said(void **state)
{
	static const struct {
		struct ending ending;
		const char *error;
	} cases[] = {
	    {{.ended = ENDED_CRASHED, .phase = PHASE_SPEAKING, .signal = SIGSEGV},
		"the speech engine crashed while speaking (signal 11, segmentation fault)"},
	    {{.ended = ENDED_CRASHED, .phase = PHASE_ENCODING, .signal = SIGABRT},
		"the speech engine crashed while encoding (signal 6, aborted)"},
	    {{.ended = ENDED_CRASHED, .phase = PHASE_PREPARING, .signal = SIGKILL},
		"the speech engine crashed while preparing (signal 9, killed)"},
	    {{.ended = ENDED_CRASHED, .phase = PHASE_SPEAKING, .signal = SIGXCPU},
		"the speech engine crashed while speaking (signal 24, CPU time limit exceeded)"},
	    {{.ended = ENDED_CRASHED, .phase = PHASE_SPEAKING, .signal = 63},
		"the speech engine crashed while speaking (signal 63)"},
	    {{.ended = ENDED_CRASHED, .phase = PHASE_SPEAKING, .status = 71},
		"the speech engine ended while speaking (status 71)"},
	    {{.ended = ENDED_LATE, .phase = PHASE_SPEAKING, .signal = SIGKILL},
		"the speech engine took longer than 60 s while speaking"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		for (unsigned before = 0; before < 3; before++) {
			struct claim c = claimed(before, before);
			struct result r = result_of(&c, &cases[i].ending);

			assert_int_equal(r.attempts, before + 1);
			assert_int_equal(r.crashes, before + 1);
			/* Two more attempts at once, then none. */
			assert_int_equal(r.outcome, before < 2 ? OUTCOME_RETRY : OUTCOME_FAILED);
			assert_int_equal(r.delay_ms, 0);
			assert_string_equal(r.error, cases[i].error);
		}
}

static void
what_cannot_change_fails_at_once(void **state)
{
	static const struct {
		enum child_end child;
		const char *error;
	} cases[] = {
	    {CHILD_SILENT, "there is nothing to speak"},
	    {CHILD_LONG, "longer than 600 s of sound"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct claim c = claimed(0, 0);
		struct result r = result_of(
		    &c, &(struct ending){.ended = ENDED_REFUSED, .child = cases[i].child});

		assert_int_equal(r.outcome, OUTCOME_FAILED);
		assert_int_equal(r.attempts, 1);
		assert_int_equal(r.crashes, 0);
		assert_string_equal(r.error, cases[i].error);
	}
}

/* Full jitter: anything from 0 to a limit that doubles up to the cap. */
static void
other_failures_wait_longer_and_longer(void **state)
{
	for (unsigned before = 0; before < 4; before++) {
		uint32_t most = 2000U << before, greatest = 0, least = UINT32_MAX;
		if (most > 8000)
			most = 8000;
		for (int i = 0; i < 2000; i++) {
			struct claim c = claimed(before, 0);
			struct result r = result_of(
			    &c, &(struct ending){.ended = ENDED_REFUSED, .child = CHILD_ENGINE});

			assert_int_equal(r.outcome, OUTCOME_RETRY);
			assert_int_equal(r.attempts, before + 1);
			assert_int_equal(r.crashes, 0);
			assert_true(r.delay_ms <= most);
			greatest = r.delay_ms > greatest ? r.delay_ms : greatest;
			least = r.delay_ms < least ? r.delay_ms : least;
		}
		/* The probability that 2,000 draws miss a tenth of the range at either end is
		 * below 10^-90. */
		assert_true(greatest > most - most / 10);
		assert_true(least < most / 10);
	}
	struct claim c = claimed(4, 0);
	struct result r =
	    result_of(&c, &(struct ending){.ended = ENDED_REFUSED, .child = CHILD_ENCODER});
	assert_int_equal(r.outcome, OUTCOME_FAILED);
	assert_string_equal(r.error, "the MP3 encoder refused the sound");
}

static void
voice_is_the_most_exact_that_is_given(void **state)
{
	static const struct {
		const char *voice, *language, *text, *id;
	} cases[] = {
	    {"ko", "en", "Hello", "ko"},
	    {"", "ko", "Hello", "ko"},
	    {"", "", "Hello", "en-gb"},
	    {"", "", "안녕하세요", "ko"},
	    {"", "", "Привет", "ru"},
	    {"", "en-US", "안녕하세요", "en-us"},
	    {"gone", "fr", "Bonjour", "fr-fr"},
	    {"gone", "xx", "안녕", "ko"},
	    {"../../x", "", "Hello", "en-gb"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct claim c = claimed(0, 0);
		c.voice = cases[i].voice;
		c.language = cases[i].language;
		c.text = cases[i].text;
		c.text_len = strlen(c.text);
		const struct voice *v = outcome_voice(&conf, &c);
		assert_non_null(v);
		assert_string_equal(v->id, cases[i].id);
	}
}

static int
prepare(void **state)
{
	crypt_init();
	pool = pool_new();
	return 0;
}

static int
clean_up(void **state)
{
	pool_free(pool);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(release_charges_nothing),
	    cmocka_unit_test(duration_is_that_of_the_samples),
	    cmocka_unit_test(only_what_can_be_spoken_is_given_to_a_child),
	    cmocka_unit_test(a_script_that_no_voice_can_read_is_no_sound),
	    cmocka_unit_test(loudness_that_cannot_be_is_not_known),
	    cmocka_unit_test(crash_is_charged_and_said),
	    cmocka_unit_test(what_cannot_change_fails_at_once),
	    cmocka_unit_test(other_failures_wait_longer_and_longer),
	    cmocka_unit_test(voice_is_the_most_exact_that_is_given),
	};

	return cmocka_run_group_tests(tests, prepare, clean_up);
}
