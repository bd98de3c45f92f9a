#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "../../common/base/utf8.h"
#include "../../common/base/mem.h"
#include "../../common/text/text.h"

/* ------------------------------------------------------------------ UTF-8 */

/* RFC 3629 by another method: decode, and check that the shortest form of a scalar value was
 * used. */
static bool
is_utf8(const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len;) {
		size_t n = p[i] < 0x80 ? 1 : p[i] >= 0xf0 ? 4 : p[i] >= 0xe0 ? 3 : 2;
		uint32_t c = n == 1 ? p[i] : p[i] & (0xffU >> (n + 1));
		static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};

		if ((p[i] >= 0x80 && p[i] < 0xc0) || p[i] >= 0xf8 || i + n > len)
			return false;
		for (size_t k = 1; k < n; k++) {
			if (p[i + k] >> 6 != 2)
				return false;
			c = c << 6 | (p[i + k] & 0x3f);
		}
		if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
			return false;
		i += n;
	}
	return true;
}

static void
utf8_is_checked_exactly(void **state)
{
	static const uint8_t byte[] = {0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0,
	    0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5,
	    0xf8, 0xff};
	uint8_t s[4];
	size_t n = sizeof byte;

	for (size_t i = 0; i < n * n * n * n; i++) {
		for (size_t k = 0, rest = i; k < 4; k++, rest /= n)
			s[k] = byte[rest % n];
		for (size_t len = 0; len <= 4; len++)
			assert_int_equal(utf8_check((char *)s, len) == len, is_utf8(s, len));
	}
}

static void
utf8_tells_the_first_bad_byte(void **state)
{
	assert_int_equal(utf8_check("0123456789\xff", 11), 10);
	assert_int_equal(utf8_check("가나\xea\xb0", 8), 6);
	assert_int_equal(utf8_check("ab\xed\xa0\x80", 5), 2);
	assert_int_equal(utf8_check("", 0), 0);
}

/* ------------------------------------------------------------------ small things */

static void
characters_are_code_points(void **state)
{
	assert_int_equal(utf8_count("", 0), 0);
	assert_int_equal(utf8_count("가a😀é", strlen("가a😀é")), 4);
}

static void
white_space_is_trimmed(void **state)
{
	const char *s = "\xef\xbb\xbf \t\r\n\u00a0\u3000a b\u2029\n ";
	size_t len = strlen(s);

	text_trim(&s, &len);
	assert_int_equal(len, 3);
	assert_memory_equal(s, "a b", 3);
	s = " \n ";
	len = 3;
	text_trim(&s, &len);
	assert_int_equal(len, 0);
}

static void
speakable_is_what_has_a_name(void **state)
{
	static const char *const yes[] = {"a", "...7", "가", "ㅋ", "%", "€", "“안녕”", "①", "½",
	    "➊", "ⓐ", "㎏", "₂", "१२३", "...₩"};
	static const char *const no[] = {
	    "", " ", "...", "“”", "* * *", "—", "?!", "\n", "====", "🎉", "₽", "ᏣᎳᎩ", "ꦗꦮ ..."};

	for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
		assert_true(text_speakable(yes[i], strlen(yes[i])));
	for (size_t i = 0; i < sizeof no / sizeof *no; i++)
		assert_false(text_speakable(no[i], strlen(no[i])));
}

static void
language_is_found(void **state)
{
	static const char *const v[][2] = {
	    {"안녕하세요", "ko"},
	    {"TTS는 좋다", "ko"},
	    {"이 iPhone을 샀다", "ko"},
	    {"I like the word 김치 very much", "en"},
	    {"今日は晴れです", "ja"},
	    {"東京へ", "ja"},
	    {"コーヒー", "ja"},
	    {"今天天气很好", "cmn"},
	    {"Привет", "ru"},
	    {"Привіт, як справи? Її немає", "uk"},
	    {"مرحبا", "ar"},
	    {"این کتاب است", "fa"},
	    {"یہ کتاب ہے", "ur"},
	    {"नमस्ते", "hi"},
	    {"สวัสดี", "th"},
	    {"שלום", "he"},
	    {"Γειά σου", "el"},
	    {"নমস্কার", "bn"},
	    {"வணக்கம்", "ta"},
	    {"გამარჯობა", "ka"},
	    {"Բարեւ", "hy"},
	    {"ሰላም", "am"},
	    {"Xin chào", "vi"},
	    {"123 !?", "xx"},
	    {"", "xx"},
	};

	for (size_t i = 0; i < sizeof v / sizeof *v; i++)
		assert_string_equal(text_language(v[i][0], strlen(v[i][0]), "xx"), v[i][1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(utf8_is_checked_exactly),
	    cmocka_unit_test(utf8_tells_the_first_bad_byte),
	    cmocka_unit_test(characters_are_code_points),
	    cmocka_unit_test(white_space_is_trimmed),
	    cmocka_unit_test(speakable_is_what_has_a_name),
	    cmocka_unit_test(language_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
