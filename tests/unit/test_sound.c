#include "capture.h"

#include <math.h>
#include <stdlib.h>

#include "../../common/base/log.h"
#include "../../render-job/engine/gain.h"
#include "../../render-job/engine/limiter.h"
#include "../../render-job/engine/loudness.h"
#include "../../render-job/engine/sound.h"

#define RATE 22050

/* A sound lives as long as its process. That is long here, so keep a pointer to each for
 * LeakSanitizer. */
static void
keep(const struct pcm *pcm)
{
	static const int16_t *all[100];
	static size_t n;

	assert_true(n < sizeof all / sizeof all[0]);
	all[n++] = pcm->data;
}

/* Trim PCM; for *CUT see pcm_trim. */
static enum pcm_verdict
trim(struct pcm *pcm, int64_t *cut)
{
	enum pcm_verdict verdict = pcm_trim(pcm, cut);

	keep(pcm);
	return verdict;
}

/* A sound of N samples, of which those from FIRST to LAST are audible. */
static struct pcm
some(size_t n, size_t first, size_t last)
{
	struct pcm pcm;
	pcm_begin(&pcm, 10 * RATE, 1000, 3000);
	for (size_t i = 0; i < n; i++) {
		int16_t sample = i >= first && i <= last ? (int16_t)(i % 2 ? 9000 : -9000) : 20;
		assert_true(pcm_add(&pcm, &sample, 1));
	}
	return pcm;
}

/* Whatever the silence at the ends was, it becomes the requested one. */
static void
silence_at_the_ends_is_as_asked_for(void **state)
{
	static const size_t cases[][3] = {{9000, 0, 8999}, {9000, 500, 8000}, {9000, 1000, 5999},
	    {9000, 4000, 5000}, {20000, 7000, 9000}, {500, 499, 499}};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const size_t *c = cases[i];
		struct pcm pcm = some(c[0], c[1], c[2]);
		int64_t cut;
		assert_int_equal(trim(&pcm, &cut), PCM_GOOD);
		assert_int_equal(pcm.n, 1000 + (c[2] - c[1] + 1) + 3000);
		assert_int_equal(cut, (int64_t)c[1] - 1000);
		for (size_t k = 0; k < pcm.n; k++) {
			bool loud = abs(pcm.data[k]) > 1000;
			assert_int_equal(loud, k >= 1000 && k < pcm.n - 3000);
		}
	}
}

static void
sound_that_is_none_is_told(void **state)
{
	int64_t cut;
	struct pcm pcm = some(5000, 6000, 6000);
	assert_int_equal(trim(&pcm, &cut), PCM_SILENT);
	pcm = some(400, 0, 399); /* less than a word */
	assert_int_equal(trim(&pcm, &cut), PCM_SILENT);
	pcm = some(10 * RATE - 100, 0, 10 * RATE);
	assert_int_equal(trim(&pcm, &cut), PCM_LONG);

	/* At full scale: the peaks of a vowel are not clipping, a square wave is. */
	static const struct {
		size_t run, every;
		enum pcm_verdict verdict;
	} cases[] = {{1, 2, PCM_GOOD}, {3, 10, PCM_GOOD}, {8, 1000, PCM_GOOD},
	    {8, 200, PCM_CLIPPED}, {50, 100, PCM_CLIPPED}};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		pcm_begin(&pcm, 10 * RATE, 0, 0);
		for (size_t k = 0; k < RATE; k++) {
			int16_t sample = k % cases[i].every < cases[i].run ? INT16_MAX : -2000;
			assert_true(pcm_add(&pcm, &sample, 1));
		}
		assert_int_equal(trim(&pcm, &cut), cases[i].verdict);
	}
}

/* Far more sound than a text can account for, at each speed; and the longest that is allowed. */
static void
too_long_has_two_reasons(void **state)
{
	static const struct {
		uint32_t percent;
		size_t chars, seconds;
		enum child_end end;
	} cases[] = {{100, 1, 13, CHILD_ABSURD}, {400, 2, 4, CHILD_ABSURD},
	    {25, 4, 88, CHILD_ABSURD}, {100, 100, 100, CHILD_LONG}, {25, 9, 100, CHILD_LONG}};
	const struct conf conf = {
	    .speech = {.max_seconds = 100}, .mp3 = {.bitrate_kbps = 48, .quality = 7}};
	static int16_t second[RATE];
	struct sound_terms terms;

	assert_true(sound_prepare(&terms, &conf, RATE));
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct sound sound;
		size_t n = 0;
		sound_begin(&sound, &terms, cases[i].percent, cases[i].chars);
		while (n < 1000 && sound_add(&sound, second, RATE))
			n++;
		keep(&sound.pcm);
		assert_int_equal(n, cases[i].seconds);
		assert_int_equal(sound.too_long, cases[i].end);
	}
	mp3_free(terms.mp3);
}

/* The true peak of a sound, measured with sixteenfold oversampling. */
static double
highest(const int16_t *pcm, size_t n)
{
	double high = 0;
	for (size_t i = 64; i + 64 < n; i++)
		for (int p = 0; p < 16; p++) {
			double sum = 0;
			for (int t = -32; t <= 32; t++) {
				double x = t - p / 16.0;
				double w = 0.5 + 0.5 * cos(M_PI * x / 33);
				sum += pcm[i + (size_t)(t + 64) - 64] * w *
				       (x == 0 ? 1 : sin(M_PI * x) / (M_PI * x));
			}
			high = fmax(high, fabs(sum));
		}
	return high / 32768;
}

/* Apply the limiter to PCM; return the loss in dB. */
static double
limited(int16_t *pcm, size_t n, float gain, float ceiling)
{
	struct limiter limiter;
	bool any = limiter_plan(&limiter, pcm, n, gain, ceiling);
	double loss = limiter.loss;
	limiter_apply(&limiter, pcm, n, gain);
	limiter_free(&limiter);
	assert_int_equal(any, loss > 0);
	return loss;
}

/* Peaks between the samples count: here they are 3 dB above all samples. */
static void
true_peaks_stay_below_the_ceiling(void **state)
{
	static const double frequencies[] = {110, 997, RATE / 4.0, RATE / 6.0};
	enum { N = 3000 };
	static int16_t pcm[N];

	for (size_t f = 0; f < sizeof frequencies / sizeof frequencies[0]; f++) {
		for (size_t i = 0; i < N; i++) {
			double envelope = i % 1000 < 500 ? 0.3 : 1;
			pcm[i] =
			    (int16_t)(30000 * envelope *
				      sin(2 * M_PI * frequencies[f] * (double)i / RATE + M_PI / 4));
		}
		assert_true(limited(pcm, N, 1.5f, 0.5f) > 0);
		double high = highest(pcm, N);
		/* Speech does not have such sharp envelopes, so allow a tenth of a dB. */
		if (high > 0.5 * 1.06 || high < 0.45)
			fail_msg("%.0f Hz: %.3f", frequencies[f], high);
	}
	/* Sound below the ceiling is only multiplied. */
	for (size_t i = 0; i < N; i++)
		pcm[i] = (int16_t)(i % 200 * 10 - 1000);
	assert_true(limited(pcm, N, 2, 0.9f) == 0);
	for (size_t i = 0; i < N; i++)
		assert_int_equal(pcm[i], 2 * (int)(i % 200 * 10 - 1000));
}

/* Similar to speech: bursts of a low tone with sharp peaks. */
static void
bursts(int16_t *pcm, size_t n, double amplitude)
{
	for (size_t i = 0; i < n; i++) {
		double t = (double)i / RATE, cycle = fmod(t * 110, 1);
		pcm[i] =
		    (int16_t)(amplitude * exp(-6 * cycle) * sin(40 * cycle) * (fmod(t, 0.4) < 0.3));
	}
}

static void
long_sounds_reach_the_target_and_short_ones_come_near_it(void **state)
{
	static const double targets[] = {-16, -18, -30}, amplitudes[] = {2000, 8000, 32000};
	enum { LONG = 5 * RATE, SHORT = 2 * RATE };
	static int16_t pcm[LONG], was[LONG];
	double gain;

	for (size_t t = 0; t < 3; t++)
		for (size_t a = 0; a < 3; a++) {
			const struct level level = {.sample_rate = RATE,
			    .target = targets[t],
			    .gain = 2,
			    .tolerance = 0.25,
			    .ceiling = -2};
			bursts(pcm, LONG, amplitudes[a]);
			double told = level_set(&level, pcm, LONG, &gain);
			double lufs = loudness_measure(pcm, LONG, RATE);
			if (fabs(lufs - targets[t]) > 0.3 || fabs(lufs - told) > 0.1)
				fail_msg(
				    "%.2f LUFS, said to be %.2f, not %.0f", lufs, told, targets[t]);
			bursts(pcm, SHORT, amplitudes[a]);
			double before = loudness_measure(pcm, SHORT, RATE);
			/* Two seconds: 53/60 of the way from the voice's gain to the target.
			 */
			double aim = targets[t] + (before + level.gain - targets[t]) * 7 / 60;
			told = level_set(&level, pcm, SHORT, &gain);
			lufs = loudness_measure(pcm, SHORT, RATE);
			if (fabs(lufs - aim) > 0.3 || fabs(lufs - told) > 0.1)
				fail_msg("%.2f LUFS, said to be %.2f, not %.2f", lufs, told, aim);
		}
	const struct level off = {.sample_rate = RATE, .gain = 2, .ceiling = -0.1};
	bursts(was, LONG, 8000);
	bursts(pcm, LONG, 8000);
	assert_true(level_set(&off, pcm, LONG, &gain) == LOUDNESS_NONE && gain == 0);
	assert_memory_equal(was, pcm, sizeof pcm);
	/* Shorter than R 128 can measure. */
	const struct level on = {.sample_rate = RATE, .target = -18, .ceiling = -0.1};
	assert_true(level_set(&on, pcm, 3000, &gain) == LOUDNESS_NONE && gain == 0);
}

/* If the table were missing or not used, all would be equal. */
static void
voices_have_gains_of_their_own(void **state)
{
	size_t differ = 0;
	for (size_t i = 0; i < voices_n; i++) {
		assert_true(fabs(gain_known(&voices[i])) < 15);
		differ += gain_known(&voices[i]) != gain_known(&voices[0]);
	}
	assert_in_range(differ, voices_n / 2, voices_n);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(silence_at_the_ends_is_as_asked_for),
	    cmocka_unit_test(sound_that_is_none_is_told),
	    cmocka_unit_test(too_long_has_two_reasons),
	    cmocka_unit_test(true_peaks_stay_below_the_ceiling),
	    cmocka_unit_test(long_sounds_reach_the_target_and_short_ones_come_near_it),
	    cmocka_unit_test(voices_have_gains_of_their_own),
	};

	log_init("test", 3);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
