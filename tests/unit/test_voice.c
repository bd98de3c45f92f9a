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
			assert_true(
			    islower((unsigned char)*s) || isdigit((unsigned char)*s) || *s == '-');
		assert_ptr_equal(voice_by_id(v->id), v);
		/* A name that would start another program, or leave the directory of voices. */
		assert_null(strstr(v->engine, "mb"));
		assert_null(strstr(v->engine, ".."));
		assert_null(strstr(v->engine, "!v"));
		assert_true(v->engine[0] != '/');
	}
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
	    cmocka_unit_test(ids_are_unique_and_in_order),
	    cmocka_unit_test(only_an_id_is_an_id),
	    cmocka_unit_test(language_finds_its_voice),
	    cmocka_unit_test(unknown_language_has_no_voice),
	    cmocka_unit_test(language_of_every_voice_has_a_voice),
	    cmocka_unit_test(scripts_that_are_told_have_a_voice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
