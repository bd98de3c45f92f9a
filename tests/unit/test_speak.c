#include "capture.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include "fresh.h"

#include "../../render-job/engine/datafiles.h"
#include "../../render-job/engine/speak.h"

#define ALICE                                                                                      \
	"Alice was beginning to get very tired of sitting by her sister on the bank, and of "      \
	"having nothing to do: once or twice she had peeped into the book."
#define SORI "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다."

static size_t
samples(const char *voice, const char *text, int percent)
{
	struct fresh *fresh = fresh_speak(voice, text, percent);
	assert_non_null(fresh);
	assert_int_equal(fresh->end, SPEAK_DONE);
	size_t n = fresh->samples;
	fresh_free(fresh);
	return n;
}

/* Every voice can be loaded and produces sound. */
static void
every_voice_speaks(void **state)
{
	for (size_t i = 0; i < voices_n; i++)
		assert_in_range(samples(voices[i].id, "a 1", 100), 2000, 20 * 22050);
}

static void
speed_is_applied(void **state)
{
	static const char *const texts[][2] = {{"en-gb", ALICE}, {"ko", SORI},
	    {"ru", "Все люди рождаются свободными и равными в своем достоинстве и правах."},
	    {"cmn", "人人生而自由,在尊严和权利上一律平等。"}};
	static const int percents[] = {25, 30, 50, 51, 75, 150, 171, 172, 200, 257, 300, 399, 400};

	for (size_t t = 0; t < sizeof texts / sizeof texts[0]; t++) {
		double normal = (double)samples(texts[t][0], texts[t][1], 100);
		for (size_t i = 0; i < sizeof percents / sizeof percents[0]; i++) {
			double is = (double)samples(texts[t][0], texts[t][1], percents[i]);
			double wanted = normal * 100 / percents[i];
			if (fabs(is / wanted - 1) > 0.03)
				fail_msg("%s at %d %%: %.0f samples, wanted about %.0f",
				    texts[t][0], percents[i], is, wanted);
		}
	}
}

/* The lag, in samples, with the highest autocorrelation of the loudest part of a sound. */
static int
pitch_lag(const struct fresh *fresh)
{
	enum { WINDOW = 4096 };
	size_t loudest = 0;
	double most = 0;

	for (size_t at = 0; at + 2 * WINDOW < fresh->samples; at += WINDOW / 4) {
		double energy = 0;
		for (size_t i = at; i < at + WINDOW; i++)
			energy += (double)fresh->pcm[i] * fresh->pcm[i];
		if (energy > most) {
			most = energy;
			loudest = at;
		}
	}
	int best = 0;
	double best_sum = 0;
	for (int lag = 22050 / 300; lag < 22050 / 60; lag++) {
		double sum = 0;
		for (size_t i = loudest; i < loudest + WINDOW; i++)
			sum += (double)fresh->pcm[i] * fresh->pcm[i + (size_t)lag];
		if (sum > best_sum) {
			best_sum = sum;
			best = lag;
		}
	}
	return best;
}

static void
pitch_is_kept(void **state)
{
	static const int percents[] = {25, 50, 200, 400};
	/* One long vowel, so that the loudest part is always the same. */
	const char *text = "aaaaaaaah aaaaaaaah aaaaaaaah aaaaaaaah aaaaaaaah aaaaaaaah";
	struct fresh *normal = fresh_speak("en-gb", text, 100);
	assert_non_null(normal);
	double lag = pitch_lag(normal);
	fresh_free(normal);
	assert_true(lag > 0);
	for (size_t i = 0; i < sizeof percents / sizeof percents[0]; i++) {
		struct fresh *other = fresh_speak("en-gb", text, percents[i]);
		assert_non_null(other);
		double ratio = pitch_lag(other) / lag;
		fresh_free(other);
		/* Simple resampling would make it 4, 2, 0.5 or 0.25. */
		if (ratio < 0.75 || ratio > 1.34)
			fail_msg("pitch at %d %% is %.2f times as low", percents[i], ratio);
	}
}

static void
same_sentence_is_the_same_sound(void **state)
{
	struct fresh *a = fresh_speak("en-gb", ALICE, 100);
	struct fresh *b = fresh_speak("en-gb", ALICE, 100);
	struct fresh *c = fresh_speak("en-gb", ALICE, 101);

	assert_true(a != NULL && b != NULL && c != NULL);
	assert_int_equal(a->samples, b->samples);
	assert_memory_equal(a->pcm, b->pcm, a->samples * sizeof a->pcm[0]);
	assert_int_equal(a->mp3.len, b->mp3.len);
	assert_memory_equal(a->mp3_data, b->mp3_data, a->mp3.len);
	assert_int_not_equal(a->samples, c->samples);
	fresh_free(a);
	fresh_free(b);
	fresh_free(c);
}

static bool
audible(const struct fresh *fresh)
{
	for (size_t i = 0; i < fresh->samples; i++)
		if (abs(fresh->pcm[i]) > 1000)
			return true;
	return false;
}

/* Markup is read aloud: no pause of 20 s, no phoneme spoken, no file opened. */
static void
markup_means_nothing(void **state)
{
	assert_in_range(samples("en-gb", "a <break time=\"20s\"/> b", 100), 10000, 10 * 22050);
	/* As phonemes these are pauses, so nothing would be audible. */
	struct fresh *fresh = fresh_speak("en-gb", "[[_:_:_:_:_:_:_:_:]]", 100);
	assert_non_null(fresh);
	assert_true(audible(fresh));
	fresh_free(fresh);
	/* As phonemes this is one short word; read aloud it is several. */
	assert_in_range(samples("en-gb", "[[h@loU]]", 100), 15000, 60000);
	/* As a command this would make it a third as long, or start with a long silence. */
	assert_int_equal(samples("en-gb",
			     "x \x01"
			     "300S hello there",
			     100),
	    samples("en-gb", "x  300S hello there", 100));
}

static void
known_poison_is_poison(void **state)
{
	char many[141];
	for (size_t i = 0; i < 70; i++)
		memcpy(many + 2 * i, "s'", 3);
	assert_null(fresh_speak("en-gb", many, 100));
	assert_null(fresh_speak("hi", "---लच्छेद", 100));
}

static bool
enough(void *to, const int16_t *pcm, size_t n)
{
	*(size_t *)to += n;
	return *(size_t *)to < 22050;
}

static void
stop_early(void *argument)
{
	size_t n = 0;
	if (speak_open() < 0 || !speak_voice(voice_by_id("en-gb")))
		_exit(1);
	/* 200 digits would take about 60 s. */
	char digits[201];
	memset(digits, '1', 200);
	digits[200] = '\0';
	const struct speak_ear ear = {enough, NULL, &n};
	if (speak_say(digits, 200, *(const int *)argument, &ear) != SPEAK_STOPPED)
		_exit(2);
	/* The engine stops at the next chunk. */
	_exit(n < 5 * 22050 ? 0 : 3);
}

static void
sink_can_stop_the_engine(void **state)
{
	for (int percent = 50; percent <= 400; percent *= 2) {
		int status = run_child(stop_early, &percent);
		assert_exits_with(status, 0);
	}
}

static const char all_languages[] = "Hello 안녕하세요 Москва, 123 नमस्ते ελληνικά 你好 x!";

struct sealed {
	const char *voice;
	struct fresh *fresh;
};

static bool
keep(void *to, const int16_t *pcm, size_t n)
{
	struct fresh *fresh = to;
	if (fresh->samples + n > FRESH_SAMPLES)
		return false;
	memcpy(fresh->pcm + fresh->samples, pcm, n * sizeof pcm[0]);
	fresh->samples += n;
	return true;
}

/* As in a child: no file can be opened any more. */
static void
say_sealed(void *argument)
{
	const struct sealed *sealed = argument;
	struct stat st;

	if (speak_open() < 0 || !datafiles_load(speak_data_dir()))
		_exit(1);
	datafiles_seal();
	if (datafiles_fopen("/etc/passwd", "r") != NULL ||
	    datafiles_stat("/etc/passwd", &st) == 0 || datafiles_opendir("/etc") != NULL)
		_exit(2);
	/* Only the engine is confined to its files, not the rest of the program. */
	const FILE *own = fopen("/etc/passwd", "r");
	if (own == NULL || stat("/etc/passwd", &st) != 0)
		_exit(4);
	/* From here on the engine could open no file even if it tried by itself. */
	if (setrlimit(RLIMIT_NOFILE, &(struct rlimit){0, 0}) != 0)
		_exit(5);
	const struct voice nobody = {
	    .id = "nobody", .language = "en", .engine = "gmw/nobody", .variant = ""};
	if (speak_voice(&nobody) || !speak_voice(voice_by_id(sealed->voice)))
		_exit(3);
	sealed->fresh->end = speak_say(all_languages, sizeof all_languages - 1, 100,
	    &(struct speak_ear){keep, NULL, sealed->fresh});
}

/* A text that switches languages sounds the same when read from memory, with every voice. */
static void
sealed_process_knows_all_languages(void **state)
{
	if (getenv("EMULATED") != NULL) /* qemu-user has no seccomp, and signals of its own */
		skip();
	/* The file of the first is mapped; those of the last two are named "en-US" and
	 * "cmn-Latn-pinyin". */
	const char *const names[] = {"ru", "ko", "en-us", "cmn-latn-pinyin"};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		struct sealed sealed = {
		    names[i], mmap(NULL, sizeof *sealed.fresh, PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_ANONYMOUS, -1, 0)};
		assert_ptr_not_equal(sealed.fresh, MAP_FAILED);
		int status = run_child(say_sealed, &sealed);
		assert_exits_with(status, 0);
		struct fresh *open = fresh_speak(names[i], all_languages, 100);
		assert_non_null(open);
		assert_int_equal(sealed.fresh->end, SPEAK_DONE);
		assert_int_equal(sealed.fresh->samples, open->samples);
		assert_memory_equal(
		    sealed.fresh->pcm, open->pcm, open->samples * sizeof open->pcm[0]);
		fresh_free(sealed.fresh);
		fresh_free(open);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_voice_speaks),
	    cmocka_unit_test(speed_is_applied),
	    cmocka_unit_test(pitch_is_kept),
	    cmocka_unit_test(same_sentence_is_the_same_sound),
	    cmocka_unit_test(markup_means_nothing),
	    cmocka_unit_test(known_poison_is_poison),
	    cmocka_unit_test(sink_can_stop_the_engine),
	    cmocka_unit_test(sealed_process_knows_all_languages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
