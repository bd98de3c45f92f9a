#include "capture.h"

#include <stdio.h>
#include <stdlib.h>

#include "../../common/text/text.h"
#include "../../common/say/voice.h"

#define SENTENCES "tests/data/languages.txt" /* lines with length, language and text */

/* The number of sentences of LENGTH, and how many are detected correctly in a text in CONTEXT;
 * "own" is their own language. */
struct tally {
	int all, right;
};

static const char *
find(const char *text, const char *context)
{
	return context != NULL ? text_language_in(text, strlen(text), context)
			       : text_language(text, strlen(text), "en");
}

static struct tally
tell(const char *length, const char *context, int shown)
{
	FILE *file = fopen(SENTENCES, "r");
	struct tally tally = {0};
	char line[1024];

	assert_non_null(file);
	while (fgets(line, sizeof line, file) != NULL) {
		char *language = strchr(line, '\t');
		if (language == NULL || strncmp(line, length, strlen(length)) != 0)
			continue;
		char *text = strchr(++language, '\t');
		*text++ = '\0';
		text[strcspn(text, "\n")] = '\0';
		bool own = context != NULL && strcmp(context, "own") == 0;
		const char *is = find(text, own ? language : context);
		tally.all++;
		if (strcmp(is, language) == 0)
			tally.right++;
		else if (shown-- > 0)
			printf("%s, not %s: %s\n", is, language, text);
	}
	fclose(file);
	return tally;
}

static void
long_sentences_are_told_whatever_they_stand_in(void **state)
{
	static const char *const contexts[] = {NULL, "own", "en", "de", "ru", "ar", "hi", "ko"};

	for (size_t i = 0; i < sizeof contexts / sizeof contexts[0]; i++) {
		struct tally tally = tell("long", contexts[i], 10);

		assert_int_equal(tally.all, 210);
		assert_int_equal(tally.right, tally.all);
	}
}

/* Three words can be valid in two languages: their context decides. */
static void
short_sentences_belong_to_their_text(void **state)
{
	struct tally own = tell("short", "own", 10), alone = tell("short", NULL, 0),
		     other = tell("short", "de", 0);

	printf("of %d short sentences %d right in their text, %d alone, %d in another\n", own.all,
	    own.right, alone.right, other.right);
	assert_int_equal(own.all, 220);
	assert_true(own.right >= 216);
	assert_true(alone.right >= 198);
	assert_true(other.right >= 196);
}

static void
context_decides_what_could_be_either(void **state)
{
	static const struct {
		const char *text, *context, *language;
	} cases[] = {
	    {"Article 1", "fr", "fr"},
	    {"Article 1", "en", "en"},
	    {"Nein.", "de", "de"},
	    {"OK!", "de", "de"},
	    {"OK!", "pt-BR", "pt-BR"},
	    {"Obrigado, não sei o que você quer.", "pt-BR", "pt-BR"},
	    {"12 - 3", "sv", "sv"},
	    {"...", "ko", "ko"},
	    {"東京", "ja", "ja"},
	    {"東京", "yue", "yue"},
	    {"東京", "en", "cmn"},
	    {"これ", "cmn", "ja"},
	    {"안녕", "ja", "ko"},
	    {"Добар дан", "sr", "sr"},
	    {"Не знам.", "mk", "mk"},
	    {"Не знам.", "bg", "bg"},
	    {"Ћирилица", "ru", "sr"},
	    {"Їжак", "ru", "uk"},
	    {"Kaixo, zer moduz?", "eu", "eu"},
	    {"ދިވެހި", "en", "en"},
	    {"iPhone 15를 샀다.", "ko", "ko"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const char *text = cases[i].text;
		const char *is = text_language_in(text, strlen(text), cases[i].context);

		if (strcmp(is, cases[i].language) != 0)
			fail_msg("\"%s\" in %s: %s", text, cases[i].context, is);
	}
}

static void
every_script_has_its_language(void **state)
{
	static const char *const cases[][2] = {
	    {"안녕하세요", "ko"},
	    {"Привет", "ru"},
	    {"नमस्ते", "hi"},
	    {"こんにちは", "ja"},
	    {"你好", "cmn"},
	    {"مرحبا", "ar"},
	    {"Γειά σου", "el"},
	    {"สวัสดี", "th"},
	    {"שלום", "he"},
	    {"বাংলা", "bn"},
	    {"தமிழ்", "ta"},
	    {"ქართული", "ka"},
	    {"հայերեն", "hy"},
	    {"አማርኛ", "am"},
	    {"ગુજરાતી", "gu"},
	    {"ਪੰਜਾਬੀ", "pa"},
	    {"ಕನ್ನಡ", "kn"},
	    {"മലയാളം", "ml"},
	    {"မြန်မာ", "my"},
	    {"ଓଡ଼ିଆ", "or"},
	    {"සිංහල", "si"},
	    {"తెలుగు", "te"},
	    {"ᏣᎳᎩ", "chr"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const char *is = text_language(cases[i][0], strlen(cases[i][0]), "en");

		assert_string_equal(is, cases[i][1]);
		assert_non_null(voice_by_language(is));
	}
}

static void
any_bytes_get_an_answer(void **state)
{
	char text[65];

	srand(20260131);
	for (int round = 0; round < 20000; round++) {
		size_t len = (size_t)rand() % 64;

		for (size_t i = 0; i < len; i++)
			text[i] = (char)(rand() % 4 == 0 ? rand() : "aäбن न"[rand() % 8]);
		assert_non_null(text_language(text, len, "en"));
		assert_non_null(text_language_in(text, len, ""));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(long_sentences_are_told_whatever_they_stand_in),
	    cmocka_unit_test(short_sentences_belong_to_their_text),
	    cmocka_unit_test(context_decides_what_could_be_either),
	    cmocka_unit_test(every_script_has_its_language),
	    cmocka_unit_test(any_bytes_get_an_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
