#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../../common/base/json.h"

#define DEPTH 16
#define TEXT(s) s, sizeof s - 1

struct row {
	const char *text;
	size_t len;
	const char *what; /* NULL: it is valid */
	size_t offset;
};

/* Texts that RFC 8259 allows and forbids, and those that we refuse in addition. */
static const struct row rows[] = {
    {TEXT("{}"), NULL, 0},
    {TEXT(" \t\r\n{ \"a\" : [ 1 , -0.5e+3, true, false, null, \"\" ] } \n"), NULL, 0},
    {TEXT("[]"), NULL, 0},
    {TEXT("0"), NULL, 0},
    {TEXT("-0"), NULL, 0},
    {TEXT("1e999"), NULL, 0},
    {TEXT("18446744073709551616"), NULL, 0},
    {TEXT("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\uDE00\""), NULL, 0},
    {TEXT("\"\x7f\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf\""), NULL, 0},
    {TEXT("{\"a\":{\"a\":1},\"b\":{\"a\":1}}"), NULL, 0},
    {TEXT("[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]"), NULL, 0},
    {TEXT("{\"\":1}"), NULL, 0},

    {TEXT(""), "it is empty", 0},
    {TEXT("  "), "a value is missing or not valid", 2},
    {TEXT("\xef\xbb\xbf{}"), "it begins with a byte order mark", 0},
    {TEXT("{} {}"), "something follows the value", 3},
    {TEXT("{}x"), "something follows the value", 2},
    {TEXT("{}\0"), "something follows the value", 2},
    {TEXT("1 2"), "something follows the value", 2},
    {TEXT("NaN"), "a value is missing or not valid", 0},
    {TEXT("[nan]"), "a value is missing or not valid", 1},
    {TEXT("Infinity"), "a value is missing or not valid", 0},
    {TEXT("-Infinity"), "a number has no digits", 1},
    {TEXT("TRUE"), "a value is missing or not valid", 0},
    {TEXT("tru"), "a value is missing or not valid", 0},
    {TEXT("nulls"), "something follows the value", 4},
    {TEXT("+1"), "a value is missing or not valid", 0},
    {TEXT(".5"), "a value is missing or not valid", 0},
    {TEXT("1."), "a number has no digits after its point", 2},
    {TEXT("1.e3"), "a number has no digits after its point", 2},
    {TEXT("1e"), "a number has no digits in its exponent", 2},
    {TEXT("1e+"), "a number has no digits in its exponent", 3},
    {TEXT("012"), "a number begins with 0", 3},
    {TEXT("-01"), "a number begins with 0", 3},
    {TEXT("0x10"), "something follows the value", 1},
    {TEXT("12abc"), "something follows the value", 2},
    {TEXT("{'a':1}"), "a string is missing", 1},
    {TEXT("['a']"), "a value is missing or not valid", 1},
    {TEXT("{a:1}"), "a string is missing", 1},
    {TEXT("{\"a\" 1}"), "a colon is missing", 5},
    {TEXT("{\"a\":}"), "a value is missing or not valid", 5},
    {TEXT("{\"a\":1,}"), "a string is missing", 7},
    {TEXT("{,}"), "a string is missing", 1},
    {TEXT("[1,]"), "a value is missing or not valid", 3},
    {TEXT("[1 2]"), "a comma or ] is missing", 3},
    {TEXT("[1"), "a comma or ] is missing", 2},
    {TEXT("{\"a\":1"), "a comma or } is missing", 6},
    {TEXT("]"), "a value is missing or not valid", 0},
    {TEXT("[1}"), "a comma or ] is missing", 2},
    {TEXT("// x\n{}"), "a value is missing or not valid", 0},
    {TEXT("{/**/}"), "a string is missing", 1},
    {TEXT("\"a"), "a string does not end", 2},
    {TEXT("\"a\\"), "an invalid escape", 2},
    {TEXT("\"\\x41\""), "an invalid escape", 1},
    {TEXT("\"\\u12\""), "\\u without four hexadecimal digits", 1},
    {TEXT("\"\\u12g4\""), "\\u without four hexadecimal digits", 1},
    {TEXT("\"a\tb\""), "a control character in a string", 2},
    {TEXT("\"a\nb\""), "a control character in a string", 2},
    {TEXT("\"a\0b\""), "a control character in a string", 2},
    {TEXT("\"ab\\u0000\""), "U+0000 in a string", 3},
    {TEXT("\"\\ud800\""), "a lone surrogate", 1},
    {TEXT("\"\\ud800x\""), "a lone surrogate", 1},
    {TEXT("\"\\ud800\\n\""), "a lone surrogate", 1},
    {TEXT("\"\\ud800\\ud800\""), "a lone surrogate", 1},
    {TEXT("\"\\udc00\""), "a lone surrogate", 1},
    {TEXT("\"\\udc00\\ud800\""), "a lone surrogate", 1},
    {TEXT("\"\xc0\xaf\""), "it is not UTF-8", 1},
    {TEXT("\"\xe0\x80\xaf\""), "it is not UTF-8", 1},
    {TEXT("\"\xf0\x80\x80\xaf\""), "it is not UTF-8", 1},
    {TEXT("\"\xed\xa0\x80\""), "it is not UTF-8", 1},
    {TEXT("\"\xf4\x90\x80\x80\""), "it is not UTF-8", 1},
    {TEXT("\"\xff\""), "it is not UTF-8", 1},
    {TEXT("\"\x80\""), "it is not UTF-8", 1},
    {TEXT("\"\xc3\""), "it is not UTF-8", 1},
    {TEXT("{\"a\":1,\"a\":2}"), "a key appears twice in an object", 7},
    {TEXT("{\"a\":1,\"b\":1,\"\\u0061\":2}"), "a key appears twice in an object", 13},
    {TEXT("{\"\xf0\x9f\x98\x80\":1,\"\\ud83d\\ude00\":2}"), "a key appears twice in an object", 10},
    {TEXT("[{\"x\":{\"a\":1,\"a\":1}}]"), "a key appears twice in an object", 13},
    {TEXT("[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]"), "it is nested too deeply", 16},
};

static struct pool *pool;

static int
setup(void **state)
{
	pool = pool_new();
	return 0;
}

static int
teardown(void **state)
{
	pool_free(pool);
	return 0;
}

static void
only_strict_json_is_accepted(void **state)
{
	struct json_error error;
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		/* A copy of exactly this size, so that a sanitizer notices a read beyond it. */
		char *text = malloc(rows[i].len > 0 ? rows[i].len : 1);
		bool good;

		memcpy(text, rows[i].text, rows[i].len);
		good = json_check(pool, text, rows[i].len, DEPTH, &error);
		free(text);
		if (good != (rows[i].what == NULL))
			fail_msg("%s: %s", rows[i].text, good ? "accepted" : error.what);
		if (good)
			continue;
		assert_string_equal(error.what, rows[i].what);
		if (error.offset != rows[i].offset)
			fail_msg("%s: at %zu", rows[i].text, error.offset);
	}
}

/* Two million brackets, and too many values, are refused without harm. */
static void
excessive_json_is_refused(void **state)
{
	const size_t deep = 2000000;
	char *text = malloc(deep);
	struct json_error error;
	size_t i;

	memset(text, '[', deep);
	assert_false(json_check(pool, text, deep, DEPTH, &error));
	assert_string_equal(error.what, "it is nested too deeply");
	for (i = 0; i < deep; i++)
		text[i] = i == 0 ? '[' : i % 2 == 1 ? '1' : ',';
	assert_false(json_check(pool, text, deep, DEPTH, &error));
	assert_string_equal(error.what, "it has too many values");
	assert_int_equal(error.offset, 2 * JSON_VALUES - 1);
	free(text);
}

static void
members_come_in_order(void **state)
{
	static const char text[] =
	    "{\"text\":\"\\ud55c 글\\t\\\"\",\"n\":-7,\"big\":99999999999999999999,"
	    "\"real\":1.5,\"none\":null,\"yes\":true,\"in\":{\"text\":\"x\"},"
	    "\"whole\":-12.00,\"beyond\":99999999999999999999.0,\"power\":1.0e2,\"most\":1e999}";
	static const char *const names[] = {
	    "text", "n", "big", "real", "none", "yes", "in", "whole", "beyond", "power", "most"};
	struct json_error error;
	struct json_member *v;
	size_t i, n;

	assert_true(json_read(pool, text, strlen(text), DEPTH, &v, &n, &error));
	assert_int_equal(n, sizeof names / sizeof names[0]);
	for (i = 0; i < n; i++)
		assert_string_equal(v[i].name, names[i]);
	assert_int_equal(v[0].kind, KIND_STRING);
	assert_string_equal(v[0].s, "한 글\t\"");
	assert_int_equal(v[0].len, strlen("한 글\t\""));
	assert_int_equal(v[1].kind, KIND_INT);
	assert_int_equal(v[1].i, -7);
	assert_int_equal(v[2].kind, KIND_INT);
	assert_int_equal(v[2].i, INT64_MAX);
	assert_int_equal(v[3].kind, KIND_OTHER);
	assert_int_equal(v[4].kind, KIND_NULL);
	assert_int_equal(v[5].kind, KIND_BOOL);
	assert_int_equal(v[5].i, 1);
	assert_int_equal(v[6].kind, KIND_OTHER);
	assert_int_equal(v[7].kind, KIND_INT);
	assert_int_equal(v[7].i, -12);
	assert_int_equal(v[8].kind, KIND_INT);
	assert_int_equal(v[8].i, INT64_MAX);
	assert_int_equal(v[9].kind, KIND_OTHER);
	assert_int_equal(v[10].kind, KIND_OTHER);
}

static void
only_objects_are_read(void **state)
{
	static const char *const texts[] = {"[]", "\"x\"", "12", "1.5", "null", "true"};
	struct json_error error;
	struct json_member *v;
	size_t i, n;

	for (i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		assert_false(json_read(pool, texts[i], strlen(texts[i]), DEPTH, &v, &n, &error));
		assert_null(error.what);
	}
	assert_false(json_read(pool, "{\"a\":NaN}", 9, DEPTH, &v, &n, &error));
	assert_int_equal(error.offset, 5);
}

/* json-c would stop one level too early. */
static void
the_full_depth_can_be_used(void **state)
{
	static const char text[] = "{\"a\":[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]}";
	struct json_error error;
	struct json_member *v;
	size_t n;

	assert_true(json_read(pool, text, strlen(text), DEPTH, &v, &n, &error));
	assert_false(json_read(pool, text, strlen(text), DEPTH - 1, &v, &n, &error));
}

static void
values_are_written_as_json(void **state)
{
	struct buf out;

	buf_init(&out, pool, 0);
	json_put_open(&out, NULL, '{');
	json_put_str(&out, "s", "\"\\/\n\t\x01\x7f é😀{[");
	json_put_strn(&out, "empty", "", 0);
	json_put_int(&out, "i", INT64_MIN);
	json_put_uint(&out, "u", UINT64_MAX);
	json_put_bool(&out, "b", false);
	json_put_null(&out, "z");
	json_put_open(&out, "v", '[');
	json_put_open(&out, NULL, '{');
	json_put_close(&out, '}');
	json_put_open(&out, NULL, '[');
	json_put_close(&out, ']');
	json_put_int(&out, NULL, 1);
	json_put_close(&out, ']');
	json_put_close(&out, '}');
	assert_string_equal(out.data,
	    "{\"s\":\"\\\"\\\\/\\n\\u0009\\u0001\x7f "
	    "é😀{[\",\"empty\":\"\",\"i\":-9223372036854775808,"
	    "\"u\":18446744073709551615,\"b\":false,\"z\":null,\"v\":[{},[],1]}");
}

/* Everything that is written can be read back. */
static void
what_is_written_can_be_read(void **state)
{
	struct json_error error;
	struct json_member *v;
	char all[0x7f + 1];
	struct buf out;
	size_t i, n;

	for (i = 1; i < sizeof all; i++)
		all[i - 1] = (char)i;
	all[sizeof all - 1] = '\0';
	buf_init(&out, pool, 0);
	json_put_open(&out, NULL, '{');
	json_put_str(&out, "s", all);
	json_put_close(&out, '}');
	assert_true(json_read(pool, out.data, out.len, DEPTH, &v, &n, &error));
	assert_int_equal(n, 1);
	assert_string_equal(v[0].s, all);
}

static void
a_value_is_found_by_its_path(void **state)
{
	static const char text[] =
	    "{\"error\":{\"code\":404,\"status\":\"NOT \\\"FOUND\\\"\",\"ok\":true,\"details\":["
	    "7,{\"@type\":\"a\"},{\"errorCode\":\"ONE\"},{\"errorCode\":\"TWO\"}]}}";
	static const struct {
		const char *path, *value;
	} cases[] = {
	    {"error/code", "404"},
	    {"error/status", "NOT \"FOUND\""},
	    {"error/details/errorCode", "ONE"},
	    {"error/details/@type", "a"},
	    {"error/ok", NULL},
	    {"error", NULL},
	    {"error/code/more", NULL},
	    {"error/details/nothing", NULL},
	    {"errorCode", NULL},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *value = json_find(pool, text, sizeof text - 1, cases[i].path);

		if (cases[i].value == NULL)
			assert_null(value);
		else
			assert_string_equal(value, cases[i].value);
	}
	assert_null(json_find(pool, "no JSON", 7, "error"));
	assert_null(json_find(pool, "", 0, "error"));
}

/* ---------------------------------------------------------------- a tree */

static void
a_tree_has_all_that_is_in_a_document(void **state)
{
	static const char text[] =
	    "{\"a\":{\"b\":[1.5,-2,\"x\",null,true,{}]},\"a/b\":1,\"\":\"e\"}";
	const struct json_node *top = json_tree(pool, text, sizeof text - 1, 100);
	const struct json_node *list = json_at(top, "a/b");

	assert_int_equal(top->type, NODE_OBJECT);
	assert_int_equal(top->n, 3);
	assert_int_equal(list->type, NODE_ARRAY);
	assert_int_equal(list->n, 6);
	assert_true(list->v[0].number == 1.5 && list->v[1].number == -2);
	assert_string_equal(list->v[2].s, "x");
	assert_int_equal(list->v[3].type, NODE_NULL);
	assert_true(list->v[4].type == NODE_BOOL && list->v[4].number == 1);
	assert_int_equal(list->v[5].n, 0);
	assert_ptr_equal(json_at(top, ""), top);
	assert_null(json_at(top, "a/c"));
	assert_null(json_at(top, "a/b/0"));
	assert_null(json_at(NULL, "a"));
	assert_null(json_at_string(top, "a/b"));
	assert_null(json_at_string(top, "ab"));
	assert_true(json_at_number(list, "x", 7) == 7);
	assert_true(json_at_number(&list->v[2], "", 7) == 7);
	assert_true(json_at_number(&list->v[1], "", 7) == -2);
}

static void
a_tree_is_of_strict_and_small_documents_only(void **state)
{
	static const char *const wrong[] = {"", "{", "{\"a\":1,\"a\":2}", "[1,2,3,4,5,6,7,8,9,10]",
	    "\"\\ud800\"", "NaN", "<html>", "[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]"};

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_null(json_tree(pool, wrong[i], strlen(wrong[i]), 10));
	assert_non_null(json_tree(pool, "[1,2,3,4,5,6,7,8,9]", 19, 10));
	assert_int_equal(json_tree(pool, "null", 4, 10)->type, NODE_NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(only_strict_json_is_accepted, setup, teardown),
	    cmocka_unit_test_setup_teardown(excessive_json_is_refused, setup, teardown),
	    cmocka_unit_test_setup_teardown(members_come_in_order, setup, teardown),
	    cmocka_unit_test_setup_teardown(only_objects_are_read, setup, teardown),
	    cmocka_unit_test_setup_teardown(the_full_depth_can_be_used, setup, teardown),
	    cmocka_unit_test_setup_teardown(values_are_written_as_json, setup, teardown),
	    cmocka_unit_test_setup_teardown(what_is_written_can_be_read, setup, teardown),
	    cmocka_unit_test_setup_teardown(a_value_is_found_by_its_path, setup, teardown),
	    cmocka_unit_test_setup_teardown(a_tree_has_all_that_is_in_a_document, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		a_tree_is_of_strict_and_small_documents_only, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
