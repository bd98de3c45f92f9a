#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../common/base/utf8.h"
#include "../../common/say/lexicon.h"
#include "../../common/say/say.h"
#include "../../common/say/say_ko_sound.h"
#include "../../common/text/text_uni.h"
#include "../../common/text/text.h"

static int
begin(void **state)
{
	*state = pool_new();
	return 0;
}

static int
end(void **state)
{
	pool_free(*state);
	return 0;
}

static void
control_characters_become_spaces(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
	    {"", ""},
	    {"plain 글자 é", "plain 글짜 é"},
	    {"\x01+10S", " +10S"},
	    {"a\tb\r\nc\x7f"
	     "d\x1f",
		"a b  c d "},
	    {"a\xc2\x80"
	     "b\xc2\x9f"
	     "c\xc2\xa0",
		"a b c\xc2\xa0"},
	    {"a\xe2\x80\xa8"
	     "b\xe2\x80\xa9"
	     "c\xe2\x80\xaa",
		"a b c\xe2\x80\xaa"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct said said = say_text(*state, cases[i].in, strlen(cases[i].in), "xx", NULL);

		assert_string_equal(said.text, cases[i].out);
		assert_int_equal(said.len, strlen(cases[i].out));
		assert_false(said.phonemes);
	}
	assert_string_equal(say_text(*state, "a\0b", 3, "xx", NULL).text, "a b");
}

static size_t
encode(char *out, uint32_t c)
{
	size_t n = 0;

	if (c < 0x80)
		out[n++] = (char)c;
	else if (c < 0x800)
		out[n++] = (char)(0xc0 | c >> 6);
	else if (c < 0x10000)
		out[n++] = (char)(0xe0 | c >> 12), out[n++] = (char)(0x80 | (c >> 6 & 0x3f));
	else
		out[n++] = (char)(0xf0 | c >> 18), out[n++] = (char)(0x80 | (c >> 12 & 0x3f)),
		out[n++] = (char)(0x80 | (c >> 6 & 0x3f));
	if (c >= 0x80)
		out[n++] = (char)(0x80 | (c & 0x3f));
	out[n] = '\0';
	return n;
}

static void
text_stays_valid_and_free_of_controls(void **state)
{
	for (uint32_t c = 0; c < 0x110000; c++) {
		char in[5];
		size_t n;
		struct said said;

		if (c >= 0xd800 && c < 0xe000)
			continue;
		if (c % 4096 == 0)
			pool_reset(*state);
		n = encode(in, c);
		said = say_text(*state, in, n, "xx", NULL);
		bool control = c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029;
		bool wide = c >= 0xff00 && c < 0xfff0, arabic = c >= 0x660 && c < 0x700;
		bool font = c >= 0x1d400 && c < 0x1d800, syllable = c >= 0xac00 && c < 0xd7a4;
		char spelled[UNI_SPELLED_MAX];
		if (!wide && !arabic && !font && !syllable && uni_spelled(c, spelled) == 0 &&
		    uni_digit(c) < 0)
			assert_string_equal(said.text, control ? " " : in);
		assert_int_equal(utf8_check(said.text, said.len), said.len);
	}
}

static void
brackets_never_make_phonemes(void **state)
{
	static const char *const cases[][2] = {
	    {"a [b] c", "a [b] c"}, {"[[h@loU]]", "([h@loU]]"}, {"[[[[x", "((([x"}, {"[", "["}};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(
		    say_text(*state, cases[i][0], strlen(cases[i][0]), "en", NULL).text,
		    cases[i][1]);
}

static void
plain_text_stands_for_itself(void **state)
{
	const char *text = "가나 abc\té";
	struct said said = say_text(*state, text, strlen(text), "xx", NULL);
	uint32_t offset, length;

	assert_int_equal(said.runs_n, 1);
	for (uint32_t at = 0; at <= 8; at++) {
		say_author(&said, at, 1, &offset, &length);
		assert_int_equal(offset, at);
		assert_int_equal(length, at < 8);
	}
	say_author(&said, 3, UINT32_MAX, &offset, &length);
	assert_int_equal(offset, 3);
	assert_int_equal(length, 5);
	said = say_text(*state, "", 0, "xx", NULL);
	say_author(&said, 3, 4, &offset, &length);
	assert_int_equal(offset + length, 0);
}

/* A time of "3:15" read as "three fifteen", between "at " and "!". */
static void
replaced_text_stands_for_all_of_its_run(void **state)
{
	static const struct say_run runs[] = {
	    {0, 3, 0, 3, true}, {3, 13, 3, 4, false}, {16, 1, 7, 1, true}};
	static const struct {
		uint32_t at, n, offset, length;
	} cases[] = {{0, 2, 0, 2}, {3, 5, 3, 4}, {9, 7, 3, 4}, {15, 1, 3, 4}, {16, 1, 7, 1},
	    {2, 3, 2, 5}, {15, 2, 3, 5}, {17, 1, 8, 0}, {100, 1, 8, 0}, {5, 0, 3, 0}};
	struct said said = {.runs = runs, .runs_n = 3};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint32_t offset, length;

		say_author(&said, cases[i].at, cases[i].n, &offset, &length);
		assert_int_equal(offset, cases[i].offset);
		assert_int_equal(length, cases[i].length);
	}
}

/* ------------------------------------------------------------------ what is said */

static void
the_primary_subtag_decides(void **state)
{
	static const char *const cases[][2] = {{"en", "5 kilometers"}, {"en-GB", "5 kilometers"},
	    {"ko-KR", "오 킬로미터"}, {"enx", "5 km"}, {"sv", "5 km"}, {"", "5 km"}, {"k", "5 km"}};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(
		    say_text(*state, "5 km", 4, cases[i][0], NULL).text, cases[i][1]);
}

/* A Korean voice speaks it. */
static void
mostly_hangul_is_read_in_korean(void **state)
{
	static const char *const cases[][2] = {{"사과 3개", "사과 세 개"},
	    {"The word 사과 is 5 km away", "The word 사과 is 5 kilometers away"},
	    {"5 km", "5 kilometers"}};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(
		    say_text(*state, cases[i][0], strlen(cases[i][0]), "en", NULL).text,
		    cases[i][1]);
}

/* No voice can read the former, and not every voice the latter. */
static void
wide_and_arabic_signs_are_said_as_plain_ones(void **state)
{
	static const struct {
		const char *language, *in, *out;
	} cases[] = {
	    {"ja", "今日は１２月です。", "キョーワ ジューニガツデス。"},
	    {"ja", "ＮＨＫ，９９％！（ａ）", "NHK，キュージューキューパーセント！（a）"},
	    {"zh", "一，二．三：", "一，二．三："},
	    {"fr", "１，０００：３．５", "1,000:3.5"},
	    {"ko", "가격은 １２，３００원", "가겨근 만 이천삼백 원"},
	    {"ko", "￦５，０００", "오천 원"},
	    {"en", "￡５ and ＄１．５０", "5 pounds and 1 dollar and 50 cents"},
	    {"ur", "۱۲۳", "123"},
	    {"en", "٤٥ apples", "45 apples"},
	    {"en", "［［x］］", "［［x］］"},
	    {"en", "𝐇𝐞𝐥𝐥𝐨 𝔾𝕠 𝓩𝔃 𝙰𝚣 𝟓 𝟡 𝛼", "Hello Go Zz Az 5 9 α"},
	};
	static const struct lexicon_entry entries[] = {
	    {1, 0, LEXICON_EXACT, "", "ＮＨＫ", "Ｎ７"}, {2, 0, LEXICON_EXACT, "", "8", "eight"}};
	const struct lexicon *lexicon = lexicon_make(*state, entries, 2, 0);
	const char *text = "８，ＮＨＫ 8 ５ km";
	struct said said;
	uint32_t offset, length;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(
		    say_text(*state, cases[i].in, strlen(cases[i].in), cases[i].language, NULL)
			.text,
		    cases[i].out);
	said = say_text(*state, text, strlen(text), "en", lexicon);
	assert_string_equal(said.text, "8，N7 eight 5 kilometers");
	say_author(&said, 2, 2, &offset, &length);
	assert_int_equal(offset, 2);
	assert_int_equal(length, 3);
	say_author(&said, 11, 12, &offset, &length);
	assert_int_equal(offset, 8);
	assert_int_equal(length, 4);
}

/* What no voice reads as it is written. */
static void
characters_that_stand_for_others_are_spelled_out(void **state)
{
	static const struct {
		const char *language, *in, *out;
	} cases[] = {
	    {"fr", "①②③", "1 2 3"},
	    {"fr", "⑫ et ➊, ❿", "12 et 1, 10"},
	    {"en", "①Open the door. ②Go in.", "1 Open the door. 2 Go in."},
	    {"en", "(③)", "(3)"},
	    {"en", "⑴ first ⒉ second", "(1) first 2. second"},
	    {"en", "₀₁₂ H₂O", "012 H2O"},
	    {"en", "⅛ of it", "one eighth of it"},
	    {"en", "1⅐", "1 1/7"},
	    {"fr", "⅛", "1/8"},
	    {"fr", "1½", "1 1/2"},
	    {"en", "5㎏ and ㎏", "5 kilograms and kg"},
	    {"en", "20℃ or ℃", "20 degrees Celsius or °C"},
	    {"sv", "20 ℃", "20 °C"},
	    {"ja", "㍿三つ", "カブシキガイシャミッツ"},
	    {"en", "ⓐⓑ", "a b"},
	    {"ko", "⑫월 ㈜나라 5㎏", "12 월 주시쾨사 나라 오 킬로그램"},
	    {"en", "१२३ apples, ๔๕", "123 apples, 45"},
	    /* What voices and rules read themselves. */
	    {"ne", "१२३ नेपाल", "१२३ नेपाल"},
	    {"fr", "10² m", "10² m"},
	    {"en", "10² m", "10 squared m"},
	    {"fr", "naïve œuvre ª", "naïve œuvre ª"},
	    {"ko", "½만", "이부늬 일만"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(
		    say_text(*state, cases[i].in, strlen(cases[i].in), cases[i].language, NULL)
			.text,
		    cases[i].out);
}

static void
what_was_spelled_out_leads_back_to_its_character(void **state)
{
	static const struct lexicon_entry entries[] = {{1, 0, LEXICON_EXACT, "", "②", "zwei"}};
	const struct lexicon *lexicon = lexicon_make(*state, entries, 1, 0);
	const char *text = "a⑫ⓑ 5㎏";
	struct said said = say_text(*state, text, strlen(text), "en", NULL);
	uint32_t offset, length;

	assert_string_equal(said.text, "a 12 b 5 kilograms");
	/* "12", "b", "5 kilograms", the last letter. */
	say_author(&said, 2, 2, &offset, &length);
	assert_int_equal(offset, 1);
	assert_int_equal(length, 1);
	say_author(&said, 5, 1, &offset, &length);
	assert_int_equal(offset, 2);
	assert_int_equal(length, 1);
	say_author(&said, 7, 11, &offset, &length);
	assert_int_equal(offset, 4);
	assert_int_equal(length, 2);
	say_author(&said, 17, 1, &offset, &length);
	assert_int_equal(offset, 4);
	assert_int_equal(length, 2);
	/* An entry of the dictionary finds the character as its author wrote it. */
	said = say_text(*state, "① ② ③", strlen("① ② ③"), "fr", lexicon);
	assert_string_equal(said.text, "1 zwei 3");
	say_author(&said, 2, 4, &offset, &length);
	assert_int_equal(offset, 2);
	assert_int_equal(length, 1);
}

static void
a_number_said_leads_back_to_the_one_written(void **state)
{
	const char *text = "가격은 12,300원!";
	struct said said = say_text(*state, text, strlen(text), "ko", NULL);
	uint32_t offset, length;

	assert_string_equal(said.text, "가겨근 만 이천삼백 원!");
	assert_int_equal(said.runs_n, 3);
	for (uint32_t at = 4; at < 12; at++) { /* "만 이천삼백 원" */
		say_author(&said, at, 1, &offset, &length);
		assert_int_equal(offset, 4);
		assert_int_equal(length, 7);
	}
	say_author(&said, 12, 1, &offset, &length);
	assert_int_equal(offset, 11);
	assert_int_equal(length, 1);
}

/* A rule that changes nothing leaves each word its own place. */
static void
what_is_said_as_it_is_written_keeps_its_words(void **state)
{
	const char *text = "Er hat 12.345 Euro und 17 Cent.";
	struct said said = say_text(*state, text, strlen(text), "de", NULL);
	uint32_t offset, length;

	assert_string_equal(said.text, text);
	say_author(&said, 14, 4, &offset, &length);
	assert_int_equal(offset, 14);
	assert_int_equal(length, 4);
}

/* ------------------------------------------------------------------ what always holds */

static void
check_runs(const char *text, size_t len, const struct said *said)
{
	uint32_t at = 0, author = 0, last = 0, offset, length;

	assert_true(said->len <= SAY_TEXT_MAX);
	assert_int_equal(strlen(said->text), said->len);
	assert_int_equal(utf8_check(said->text, said->len), said->len);
	assert_true(said->phonemes == (strstr(said->text, "[[") != NULL));
	for (size_t i = 0; i < said->runs_n; i++) {
		const struct say_run *run = &said->runs[i];

		assert_int_equal(run->said, at);
		assert_int_equal(run->author, author);
		assert_true(run->said_len > 0 && run->author_len > 0);
		assert_true(!run->verbatim || run->said_len == run->author_len);
		at += run->said_len;
		author += run->author_len;
	}
	assert_int_equal(at, utf8_count(said->text, said->len));
	assert_int_equal(author, utf8_count(text, len));
	for (uint32_t i = 0; i < at + 2; i += 1 + at / 1000) {
		say_author(said, i, 1, &offset, &length);
		assert_true(offset >= last && offset + length <= author);
		last = offset;
	}
}

/* Small pseudo-random numbers, the same every time. */
static uint32_t
draw(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005U + 1442695040888963407U;
	return (uint32_t)(*seed >> 33);
}

static const char *const pieces[] = {"1", "0", "12", "2026", "999", ",", ".", "-", "–", "/", ":",
    "~", "$", "€", "₩", "%", "°C", "km", "kg", "h", "a.m.", "No.", "#", "Dr.", "St.", " ", " ",
    "\t", "[", "[[", "]]", "원", "시", "분", "개", "살", "월", "일", "만", "억", "번째", "제", "가",
    "I", "XIV", "Louis", "Chapter", "January", "May", "st", "s", "'", "@", "www.", "example.com",
    "http://", "+", "(", ")", "½", "×", "=", "·", "\xc2\xa0", "\xe2\x80\xa8", "😀", "é", "ß", "１",
    "Ａ", "％", "，", "￦", "٣", "۳", "①", "⑫", "⅛", "½", "㎏", "₂", "℃", "⑴", "ⓐ", "韓國", "한국",
    "국물", "女", "**", "*", "`", "_", "~~", "| ", "•", "n-\na", "# ", "==", "\xc2\xad", "부~산"};

static void
any_mixture_keeps_the_runs_whole(void **state)
{
	static const char *const languages[] = {"en", "ko", "de", "fr", "es", "it", "ru", "sv"};
	static const struct lexicon_entry entries[] = {{1, 0, LEXICON_WORD, "", "dr", "[["},
	    {2, 0, LEXICON_EXACT, "", "1", "[five km"}, {3, 0, LEXICON_WORD, "ko", "제", "x"},
	    {4, 0, LEXICON_PHONEMES, "en", "may", "m'eI"}, {5, 0, LEXICON_EXACT, "", "€", "\x01["},
	    {6, 0, LEXICON_EXACT, "", ". ", "😀"}, {7, 0, LEXICON_EXACT, "", "*", "star"},
	    {8, 0, LEXICON_EXACT, "", "a`", "x"}};
	struct pool *pool = pool_new();
	const struct lexicon *lexicon =
	    lexicon_make(pool, entries, sizeof entries / sizeof *entries, 0);
	uint64_t seed = 20260131;
	char text[1024];

	for (int i = 0; i < 20000; i++) {
		size_t len = 0, n = draw(&seed) % 24;

		for (size_t k = 0; k < n; k++) {
			const char *piece = pieces[draw(&seed) % (sizeof pieces / sizeof *pieces)];

			if (draw(&seed) % 8 == 0) {
				uint32_t c = 1 + draw(&seed) % (draw(&seed) % 2 ? 0xd7ff : 0x1ff);
				len += encode(text + len, c);
			} else {
				memcpy(text + len, piece, strlen(piece));
				len += strlen(piece);
			}
		}
		text[len] = '\0';
		struct said said = say_text(*state, text, len,
		    languages[i % (sizeof languages / sizeof *languages)],
		    i % 2 == 0 ? lexicon : NULL);
		check_runs(text, len, &said);
		if (i % 100 == 0)
			pool_reset(*state);
	}
	pool_free(pool);
}

/* A replacement that would make the text too long is not made. */
static void
the_longest_text_stays_in_bounds(void **state)
{
	static const char *const units[] = {"1", "1,", "1,234,", "5 km ", "5km", "12,345,678원",
	    "$1 ", "http://a.b/", "a.b@", "a.", "I", "[", "1-", "1 ", "2026-01-31 ", "1.", "½",
	    "#"};
	static const char *const languages[] = {"en", "ko", "de", "fr", "es", "it", "ru"};
	const size_t languages_n = sizeof languages / sizeof *languages;
	char *text = malloc(SAY_TEXT_MAX + 1);

	for (size_t u = 0; u < languages_n * sizeof units / sizeof *units; u++) {
		const char *unit = units[u / languages_n];
		size_t len = 0, n = strlen(unit);

		for (; len + n <= SAY_TEXT_MAX; len += n)
			memcpy(text + len, unit, n);
		text[len] = '\0';
		struct said said = say_text(*state, text, len, languages[u % languages_n], NULL);
		check_runs(text, len, &said);
		pool_reset(*state);
	}
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(control_characters_become_spaces, begin, end),
	    cmocka_unit_test_setup_teardown(text_stays_valid_and_free_of_controls, begin, end),
	    cmocka_unit_test_setup_teardown(brackets_never_make_phonemes, begin, end),
	    cmocka_unit_test_setup_teardown(plain_text_stands_for_itself, begin, end),
	    cmocka_unit_test_setup_teardown(replaced_text_stands_for_all_of_its_run, begin, end),
	    cmocka_unit_test_setup_teardown(the_primary_subtag_decides, begin, end),
	    cmocka_unit_test_setup_teardown(mostly_hangul_is_read_in_korean, begin, end),
	    cmocka_unit_test_setup_teardown(
		wide_and_arabic_signs_are_said_as_plain_ones, begin, end),
	    cmocka_unit_test_setup_teardown(
		characters_that_stand_for_others_are_spelled_out, begin, end),
	    cmocka_unit_test_setup_teardown(
		what_was_spelled_out_leads_back_to_its_character, begin, end),
	    cmocka_unit_test_setup_teardown(
		a_number_said_leads_back_to_the_one_written, begin, end),
	    cmocka_unit_test_setup_teardown(
		what_is_said_as_it_is_written_keeps_its_words, begin, end),
	    cmocka_unit_test_setup_teardown(any_mixture_keeps_the_runs_whole, begin, end),
	    cmocka_unit_test_setup_teardown(the_longest_text_stays_in_bounds, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
