#include "fresh.h"

#include "../../common/base/log.h"
#include "../../common/say/pace.h"
#include "../../render-job/engine/speak.h"

static void
small_speeds_are_hundreds(void **state)
{
	assert_int_equal(pace_percent(1), 100);
	assert_int_equal(pace_percent(4), 400);
	assert_int_equal(pace_percent(25), 25);
	assert_int_equal(pace_percent(400), 400);
}

/* Over several sentences the estimate is close to the engine's actual time, at each speed. */
static void
estimates_are_near_what_is_spoken(void **state)
{
	static const struct {
		const char *voice, *text;
	} cases[] = {
	    {"en-us",
		"The keeper of the lighthouse wrote one line every evening. She wrote about "
		"the weather, the ships, and the price of oil. Nobody noticed but the gulls."},
	    {"ko", "등대지기는 저녁마다 한 줄을 썼다. 날씨와 배와 기름 값에 대해서 썼다. "
		   "아무도 알아차리지 못했다."},
	    {"de", "Die Wärterin schrieb jeden Abend eine Zeile. Sie schrieb über das Wetter, die "
		   "Schiffe und den Preis des Öls."},
	    {"ru",
		"Смотритель маяка писал каждый вечер одну строку. Он писал о погоде и кораблях."},
	    /* Runes, Canadian syllabics and Lao, which no voice reads: they are spelled. */
	    {"en-us", "ᚠᚢᚦᚨᚱᚲ ᚷᚹᚺᚾᛁ"},
	    {"en-us", "ᐃᓄᒃᑎᑐᑦ ᐊᒻᒪᓗ"},
	    {"en-us", "ສະບາຍດີ ຂອບໃຈ"},
	};
	static const int percents[] = {100, 200};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		for (size_t p = 0; p < sizeof percents / sizeof percents[0]; p++) {
			const char *text = cases[i].text;
			struct fresh *fresh = fresh_speak(cases[i].voice, text, percents[p]);
			assert_non_null(fresh);
			double is = 1000.0 * (double)fresh->sound_samples / fresh->rate;
			double told =
			    (double)pace_ms(text, strlen(text), cases[i].voice, percents[p]);
			fresh_free(fresh);
			if (told / is < 0.75 || told / is > 1.33)
				fail_msg("%s at %d %%: %.0f ms, not %.0f", cases[i].voice,
				    percents[p], told, is);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(small_speeds_are_hundreds),
	    cmocka_unit_test(estimates_are_near_what_is_spoken),
	};

	log_init("test", 3);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
