#include "capture.h"

#include <stdlib.h>

#include "../../common/text/text_mixed.h"

/* Runs are written as "language:text", separated by bars. */
static const struct {
	const char *language, *text, *runs;
} cases[] = {
    /* The engine switches to these by itself. */
    {"ko", "새로 산 iPhone 15를 켰다.", "ko:새로 산 iPhone 15를 켰다."},
    {"en", "I love 김치 (kimchi).", "en:I love 김치 (kimchi)."},
    {"ru", "Я купил MacBook Pro.", "ru:Я купил MacBook Pro."},
    {"hi", "मेरा computer ठीक है।", "hi:मेरा computer ठीक है।"},
    {"en-GB", "He said नमस्ते to me.", "en-GB:He said नमस्ते to me."},
    {"ar", "أنا أستخدم Windows اليوم", "ar:أنا أستخدم Windows اليوم"},
    {"uk", "Я люблю 김치.", "uk:Я люблю 김치."},
    /* Nothing to cut. */
    {"en", "", "en:"},
    {"en", " 12 - 3!", "en: 12 - 3!"},
    {"en", "Plain text.", "en:Plain text."},
    {"vi", "Tôi không biết.", "vi:Tôi không biết."},
    {"ja", "これは本です。", "ja:これは本です。"},
    {"ja", "東京", "ja:東京"},
    {"cmn", "我喜欢苹果。", "cmn:我喜欢苹果。"},
    {"cmn-Latn-pinyin", "我用 ni3hao3 。", "cmn-Latn-pinyin:我用 ni3hao3 。"},
    {"yue", "我用電腦", "yue:我用電腦"},
    {"mr", "मला माहीत नाही.", "mr:मला माहीत नाही."},
    {"sr", "Добар дан, Milane.", "sr:Добар дан, Milane."},
    /* The engine would spell these, or say "Chinese letter". */
    {"ja", "これは Windows 11 です。", "ja:これは |en:Windows|ja: 11 です。"},
    {"ja", "Appleの新製品", "en:Apple|ja:の新製品"},
    {"ja", "それはHello, worldだ", "ja:それは|en:Hello, world|ja:だ"},
    {"cmn", "我用 Windows 电脑。", "cmn:我用 |en:Windows|cmn: 电脑。"},
    {"cmn", "我喜欢김치", "cmn:我喜欢|ko:김치"},
    {"en", "He said Привет to me.", "en:He said |ru:Привет|en: to me."},
    {"en", "Read 漢字, now.", "en:Read |cmn:漢字|en:, now."},
    {"en", "Read 日本語の本 now.", "en:Read |ja:日本語の本|en: now."},
    {"en", "The word مرحبا", "en:The word |ar:مرحبا"},
    {"en", "สวัสดี (sawatdi)", "th:สวัสดี|en: (sawatdi)"},
    {"de", "Das Wort «γεια»!", "de:Das Wort «|el:γεια»!"},
    {"ko", "한국(韓國) 사람", "ko:한국(|cmn:韓國|ko:) 사람"},
    {"ko", "그는 Привет 했다.", "ko:그는 |ru:Привет|ko: 했다."},
    {"he", "אני Windows", "he:אני |en:Windows"},
    {"vi", "Tôi ăn 김치 mỗi ngày", "vi:Tôi ăn |ko:김치|vi: mỗi ngày"},
    {"en", "Привет, 世界!", "ru:Привет, |cmn:世界!"},
    /* Digits are spoken by the voice of the sentence. */
    {"en", "5 книг", "en:5 |ru:книг"},
    {"en", "книг 5", "ru:книг|en: 5"},
    {"en", "книг 5 книг", "ru:книг 5 книг"},
    /* A single Greek letter is a symbol with a name. */
    {"en", "The angle α is 5.", "en:The angle α is 5."},
    {"en", "Ελλάδα", "el:Ελλάδα"},
    /* A combining mark stays with its letter. */
    {"en", "a ми́р b", "en:a |ru:ми́р|en: b"},
    /* No voice speaks it: the voice of the sentence does what it can. */
    {"en", "ދިވެހި text", "en:ދިވެހި text"},
    {"en", "\xf0\x9f\x98\x80 hi", "en:\xf0\x9f\x98\x80 hi"},
};

static void
text_is_cut_where_the_voice_cannot_go_on(void **state)
{
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct pool *pool = pool_new();
		const char *text = cases[i].text;
		struct text_runs runs = text_mixed(pool, text, strlen(text), cases[i].language);
		char *is = pool_strdup(pool, "");

		for (size_t k = 0; k < runs.n; k++)
			is = pool_printf(pool, "%s%s%s:%.*s", is, k > 0 ? "|" : "",
			    runs.v[k].language, (int)runs.v[k].len, text + runs.v[k].offset);
		assert_string_equal(is, cases[i].runs);
		pool_free(pool);
	}
}

/* For any text: no byte is lost, no character is cut, and adjacent runs have different
 * languages. */
static void
runs_cover_the_text(void **state)
{
	static const char *const words[] = {"a", "가", "漢", "か", "я", "β", "γγ", "ก", "ا", "न",
	    " ", "1", "\xcc\x81", ".", "\xf0\x9f\x98\x80", "ß", "ދ", "(", "Z"};
	static const char *const languages[] = {"en", "ko", "ja", "cmn", "ru", "xx", ""};
	enum { WORDS = sizeof words / sizeof words[0] };

	srand(20260131);
	for (int round = 0; round < 20000; round++) {
		struct pool *pool = pool_new();
		const char *language = languages[round % 7];
		char text[256] = "";
		size_t at = 0;

		for (int n = rand() % 20; n > 0; n--)
			strcat(text, words[rand() % WORDS]);
		struct text_runs runs = text_mixed(pool, text, strlen(text), language);
		assert_true(runs.n > 0);
		for (size_t i = 0; i < runs.n; i++) {
			assert_int_equal(runs.v[i].offset, at);
			assert_true(runs.v[i].len > 0 || *text == '\0');
			assert_true(((unsigned char)text[at] & 0xc0) != 0x80);
			if (i > 0)
				assert_string_not_equal(runs.v[i].language, runs.v[i - 1].language);
			at += runs.v[i].len;
		}
		assert_int_equal(at, strlen(text));
		pool_free(pool);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(text_is_cut_where_the_voice_cannot_go_on),
	    cmocka_unit_test(runs_cover_the_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
