#include "capture.h"

#include <ctype.h>

#include "../../common/text/text.h"
#include "../../common/say/voice.h"

static void
voices_have_what_they_need(void **state)
{
	assert_in_range(voices_n, 20, 1000);
	for (size_t i = 0; i < voices_n; i++) {
		const struct voice *v = &voices[i];

		assert_true(strlen(v->id) > 0 && strlen(v->id) < 64);
		assert_true(strlen(v->name) > 0 && strlen(v->language) > 0);
		for (const char *s = v->id; *s != '\0'; s++)
			assert_true(islower((unsigned char)*s) || isdigit((unsigned char)*s) ||
				    *s == '-' || (v->variant[0] != '\0' && *s == '+'));
		assert_ptr_equal(voice_by_id(v->id), v);
		/* A name that would start another program, or leave the directory of voices. */
		assert_null(strstr(v->engine, "mb"));
		assert_null(strstr(v->engine, ".."));
		assert_null(strstr(v->engine, "!v"));
		assert_true(v->engine[0] != '/');
	}
}

/* The text with N more characters at its end, which are SUFFIX. */
static bool
is_with(const char *longer, const char *s, const char *suffix)
{
	size_t len = strlen(s);

	return strncmp(longer, s, len) == 0 && strcmp(longer + len, suffix) == 0;
}

static void
variants_follow_their_voice(void **state)
{
	const struct voice *base = NULL;

	for (const struct voice *v = voices; v < voices + voices_n; v++) {
		assert_true(strcmp(v->gender, "male") == 0 || strcmp(v->gender, "female") == 0);
		if (v->variant[0] == '\0') {
			base = v;
			continue;
		}
		assert_non_null(base);
		assert_true(is_with(v->id, base->id, v->variant));
		assert_true(is_with(v->engine, base->engine, v->variant));
		assert_string_equal(v->language, base->language);
		assert_int_equal(v->constructed, base->constructed);
		assert_ptr_equal(voice_like(base, v), v);
		assert_ptr_equal(voice_like(v, base), v);
	}
}

static void
main_languages_have_voices_of_both_genders(void **state)
{
	static const char *const main_languages[] = {
	    "ar", "cmn", "de", "en", "es", "fr", "hi", "it", "ja", "ko", "pt", "ru", "vi"};

	for (size_t i = 0; i < sizeof main_languages / sizeof main_languages[0]; i++) {
		const struct voice *v = voice_by_language(main_languages[i]);
		unsigned male = 0, female = 0;

		assert_non_null(v);
		do {
			male += strcmp(v->gender, "male") == 0;
			female += strcmp(v->gender, "female") == 0;
		} while (++v < voices + voices_n && v->variant[0] != '\0');
		assert_true(male >= 1 && female >= 2);
	}
}

static void
another_voice_gets_the_same_timbre(void **state)
{
	assert_string_equal(voice_like(voice_by_id("cmn"), voice_by_id("ko+f2"))->id, "cmn+f2");
	assert_string_equal(voice_like(voice_by_id("cmn"), voice_by_id("ko"))->id, "cmn");
	/* Vietnamese does not have this one. */
	assert_string_equal(voice_like(voice_by_id("vi"), voice_by_id("ko+m7"))->id, "vi");
}

static void
constructed_languages_are_offered_if_wanted(void **state)
{
	static const char *const constructed[] = {"eo", "ia", "io", "jbo", "lfn", "qya"};

	for (size_t i = 0; i < sizeof constructed / sizeof constructed[0]; i++) {
		const struct voice *v = voice_by_id(constructed[i]);

		assert_non_null(v);
		assert_false(voice_offered(v));
		voice_offer_constructed(true);
		assert_true(voice_offered(v));
		voice_offer_constructed(false);
	}
	assert_true(voice_offered(voice_by_id("la")));
	assert_true(voice_offered(voice_by_id("ko+f2")));
}

static void
ids_are_unique_and_in_order(void **state)
{
	for (size_t i = 1; i < voices_n; i++)
		assert_true(strcmp(voices[i - 1].id, voices[i].id) < 0);
}

static void
only_an_id_is_an_id(void **state)
{
	static const char *const none[] = {"", "KO", "ko ", "../../../etc/x", "mb-en1", "gmw/en",
	    "english", "ko\n", "+f3", "ko+f3"};

	assert_non_null(voice_by_id("ko"));
	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
		assert_null(voice_by_id(none[i]));
}

static void
language_finds_its_voice(void **state)
{
	static const struct {
		const char *tag, *id;
	} cases[] = {
	    {"ko", "ko"},
	    {"ko-KR", "ko"},
	    {"KO-kr", "ko"},
	    {"ko-Kore-KR-x-seoul", "ko"},
	    {"en", "en-gb"},
	    {"en-AU", "en-gb"},
	    {"en-us", "en-us"},
	    {"EN-US", "en-us"},
	    {"en-GB-scotland", "en-gb-scotland"},
	    {"fr", "fr-fr"},
	    {"fr-CA", "fr-fr"},
	    {"fr-CH", "fr-ch"},
	    {"zh", "cmn"},
	    {"zh-Hant-TW", "cmn"},
	    {"zh-yue", "yue"},
	    {"no", "nb"},
	    {"pt", "pt"},
	    {"pt-BR", "pt-br"},
	    {"es-MX", "es-419"},
	    {"ru", "ru"},
	    {"chr", "chr-us-qaaa-x-west"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct voice *v = voice_by_language(cases[i].tag);

		assert_non_null(v);
		assert_string_equal(v->id, cases[i].id);
	}
}

static void
unknown_language_has_no_voice(void **state)
{
	static const char *const none[] = {
	    "", "-", "x", "e", "korean", "xx-YY", "kor", "--", "-ko"};

	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
		assert_null(voice_by_language(none[i]));
}

static void
language_of_every_voice_has_a_voice(void **state)
{
	for (size_t i = 0; i < voices_n; i++)
		assert_non_null(voice_by_language(voices[i].language));
}

/* Every language that the script of a text indicates must have a voice. */
static void
scripts_that_are_told_have_a_voice(void **state)
{
	static const struct {
		const char *text, *id;
	} cases[] = {
	    {"안녕하세요", "ko"},
	    {"Hello", "en-gb"},
	    {"Привет", "ru"},
	    {"नमस्ते", "hi"},
	    {"こんにちは", "ja"},
	    {"你好", "cmn"},
	    {"مرحبا", "ar"},
	    {"Γειά σου", "el"},
	    {"สวัสดี", "th"},
	    {"שלום", "he"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const char *text = cases[i].text;
		const struct voice *v = voice_by_language(text_language(text, strlen(text), "en"));

		assert_non_null(v);
		assert_string_equal(v->id, cases[i].id);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(voices_have_what_they_need),
	    cmocka_unit_test(variants_follow_their_voice),
	    cmocka_unit_test(main_languages_have_voices_of_both_genders),
	    cmocka_unit_test(another_voice_gets_the_same_timbre),
	    cmocka_unit_test(constructed_languages_are_offered_if_wanted),
	    cmocka_unit_test(ids_are_unique_and_in_order),
	    cmocka_unit_test(only_an_id_is_an_id),
	    cmocka_unit_test(language_finds_its_voice),
	    cmocka_unit_test(unknown_language_has_no_voice),
	    cmocka_unit_test(language_of_every_voice_has_a_voice),
	    cmocka_unit_test(scripts_that_are_told_have_a_voice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
