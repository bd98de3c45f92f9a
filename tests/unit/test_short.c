#include "fresh.h"

#include "../../render-job/engine/loudness.h"

/* How loud short sentences are, compared with each other and with longer ones. */

#define TARGET (-18)
#define SPREAD_MAX 0.7 /* LU, standard deviation */

static const struct {
	const char *voice;
	const char *texts[12];
} sets[] = {
    {"en-us", {"Yes.", "No, thanks.", "Who is there?", "Come in!", "She laughed.",
		  "Sit down, please.", "It is five o'clock.", "Stop!", "We went home early.",
		  "Why not?", "See you tomorrow.", "He closed the door."}},
    {"ko", {"네.", "아니요.", "누구세요?", "들어오세요.", "그녀는 웃었다.", "앉으세요.",
	       "벌써 다섯 시예요.", "멈춰!", "우리는 일찍 집에 갔다.", "왜요?", "내일 봐요.",
	       "그는 문을 닫았다."}},
    {"de", {"Ja.", "Nein, danke.", "Wer ist da?", "Herein!", "Sie lachte.", "Setz dich bitte.",
	       "Es ist fünf Uhr.", "Halt!", "Wir gingen früh heim.", "Warum nicht?", "Bis morgen.",
	       "Er schloss die Tür."}},
    {"fr-fr", {"Oui.", "Non, merci.", "Qui est là ?", "Entrez !", "Elle rit.", "Asseyez-vous.",
		  "Il est cinq heures.", "Stop !", "Nous sommes rentrés tôt.", "Pourquoi pas ?",
		  "À demain.", "Il ferma la porte."}},
};

/* All of a voice: *MEAN and standard deviation of their loudness. */
static double
spread(size_t set, double *mean)
{
	double sum = 0, squares = 0;
	size_t n = 0;

	for (size_t i = 0; i < sizeof sets[set].texts / sizeof sets[set].texts[0]; i++) {
		struct fresh *fresh = fresh_speak(sets[set].voice, sets[set].texts[i], 100);

		assert_non_null(fresh);
		assert_int_equal(fresh->sound_end, CHILD_SPOKEN);
		assert_true(fresh->sound_samples < 3 * (size_t)fresh->rate);
		if (fresh->loudness > LOUDNESS_NONE) {
			sum += fresh->loudness;
			squares += fresh->loudness * fresh->loudness;
			n++;
		}
		fresh_free(fresh);
	}
	assert_true(n >= 10); /* the others are too short to measure */
	*mean = sum / (double)n;
	return sqrt(fmax(squares / (double)n - *mean * *mean, 0));
}

static void
short_sentences_are_as_loud_as_each_other(void **state)
{
	for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++) {
		double mean, deviation = spread(i, &mean);

		print_message("%s: mean %.2f LUFS, standard deviation %.2f LU\n", sets[i].voice,
		    mean, deviation);
		if (deviation > SPREAD_MAX || fabs(mean - TARGET) > SPREAD_MAX)
			fail_msg("%s: %.2f LUFS, %.2f LU", sets[i].voice, mean, deviation);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(short_sentences_are_as_loud_as_each_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
