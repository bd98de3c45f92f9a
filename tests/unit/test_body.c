#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "../../common/say/voice.h"
#include "../../fcgi-app/body.h"
#include "../../fcgi-app/precond.h"
#include "../../fcgi-app/route.h"

static struct pool *pool;
static struct conf conf;
static struct api api;
static struct req req;

static int
setup(void **state)
{
	pool = pool_new();
	conf.limits.json_depth = 16;
	api = (struct api){.conf = &conf};
	req = (struct req){.api = &api, .pool = pool, .id = "1", .route = &routes[0], .body = ""};
	return 0;
}

static int
teardown(void **state)
{
	pool_free(pool);
	return 0;
}

static void
set_body(const char *text)
{
	req.body = text;
	req.body_len = strlen(text);
}

/* The answer to TEXT if it may contain one field of this description, named "f". NULL: it is
 * accepted. */
static const char *
answer_to(struct field field, const char *text)
{
	struct answer problem;
	struct text value;
	int64_t number;

	field.name = "f";
	field.text = &value;
	if (field.number == NULL)
		field.number = &number;
	set_body(text);
	return body_read(&req, &field, 1, &problem) ? NULL : problem.body;
}

static void
assert_refused(struct field field, const char *text, const char *reason)
{
	const char *answer = answer_to(field, text);

	if (answer == NULL)
		fail_msg("%s is accepted", text);
	if (strstr(answer, reason) == NULL)
		fail_msg("%s: %s", text, answer);
}

static void
assert_accepted(struct field field, const char *text)
{
	const char *answer = answer_to(field, text);

	if (answer != NULL)
		fail_msg("%s: %s", text, answer);
}

static void
valid_fields_are_stored(void **state)
{
	struct text name = {0}, other = {"x", 1};
	int64_t speed = 5, index = -1;
	const struct field fields[] = {
	    {"name", FIELD_CHARS, true, 1, 3, .text = &name},
	    {"other", FIELD_CHARS, false, 1, 3, .text = &other},
	    {"speed", FIELD_INT, true, 1, 400, .number = &speed},
	    {"index", FIELD_INT, false, -1, 10, .number = &index},
	};
	struct answer problem;

	set_body("{\"speed\":400,\"name\":\"한글\\u0021\"}");
	assert_true(body_read(&req, fields, 4, &problem));
	assert_string_equal(name.s, "한글!");
	assert_int_equal(name.len, 7);
	assert_string_equal(other.s, "x");
	assert_int_equal(speed, 400);
	assert_int_equal(index, -1);
}

static void
booleans_and_arrays_of_strings_are_read(void **state)
{
	int64_t on = -1;
	struct texts types = {0};
	const struct field flag = {.name = "f", .type = FIELD_BOOL, .number = &on};
	const struct field list = {
	    .name = "f", .type = FIELD_STRINGS, .min = 1, .max = 2, .texts = &types};

	assert_accepted(flag, "{\"f\":true}");
	assert_int_equal(on, 1);
	assert_accepted(flag, "{\"f\":false}");
	assert_int_equal(on, 0);
	assert_refused(flag, "{\"f\":1}", "must be true or false");
	assert_refused(flag, "{\"f\":\"true\"}", "must be true or false");
	assert_refused(flag, "{\"f\":null}", "must be true or false");
	assert_accepted(list, "{\"f\":[\"a\",\"한\"]}");
	assert_int_equal(types.n, 2);
	assert_string_equal(types.v[1], "한");
	assert_refused(list, "{\"f\":[]}", "must have 1 to 2 strings, has 0");
	assert_refused(list, "{\"f\":[\"a\",\"b\",\"c\"]}", "has 3");
	assert_refused(list, "{\"f\":[\"a\",1]}", "must be an array of strings");
	assert_refused(list, "{\"f\":[[\"a\"]]}", "must be an array of strings");
	assert_refused(list, "{\"f\":\"a\"}", "must be an array of strings");
}

static void
titles_are_one_line_that_leaves_others_alone(void **state)
{
	static const char *const good[] = {
	    "Tom 한글", "\\u200fשלום\\u200e", "👩‍👧", " \\u00a0x"};
	static const char *const bad[] = {"a\\nb", "a\\tb", "\\u0001a", "a\\u007f", "a\\u0085",
	    "a\\u009bb", "\\u202ea", "a\\u2066", "a\\u2069", "a\\u2028b", "a\\u202a"};
	const struct field line = {.type = FIELD_CHARS, .min = 0, .max = 20, .check = check_line};
	const struct field shown = {.type = FIELD_CHARS, .min = 0, .max = 20, .check = check_shown};

	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_accepted(line, pool_printf(pool, "{\"f\":\"%s\"}", good[i]));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		const char *body = pool_printf(pool, "{\"f\":\"%s\"}", bad[i]);

		assert_refused(line, body, "must not contain control characters");
		assert_refused(shown, body, "must not contain control characters");
	}
	assert_accepted(shown, "{\"f\":\"\"}");
	assert_refused(line, "{\"f\":\" \"}", "must not be blank");
}

/* All in one body: missing, unknown, wrong type, out of range, against a rule. */
static void
every_bad_field_is_listed(void **state)
{
	struct text name, e_mail_addresses_are_checked, title;
	int64_t speed = 1;
	const struct field fields[] = {
	    {"name", FIELD_CHARS, true, 1, 3, .text = &name},
	    {"email", FIELD_CHARS, true, 1, 254, check_email,
		.text = &e_mail_addresses_are_checked},
	    {"title", FIELD_CHARS, true, 1, 3, .text = &title},
	    {"speed", FIELD_INT, false, INT64_MIN, INT64_MAX, check_speed, .number = &speed},
	};
	struct answer problem;

	set_body("{\"name\":\"abcd\",\"email\":\"x\",\"speed\":\"1\",\"revision\":7,\"user\":1}");
	assert_false(body_read(&req, fields, 4, &problem));
	assert_int_equal(problem.status, 422);
	assert_non_null(strstr(problem.body,
	    "\"errors\":["
	    "{\"field\":\"name\",\"reason\":\"must have 1 to 3 characters, has 4\"},"
	    "{\"field\":\"email\",\"reason\":\"must contain one @ with text on both sides\"},"
	    "{\"field\":\"title\",\"reason\":\"is missing\"},"
	    "{\"field\":\"speed\",\"reason\":\"must be an integer\"},"
	    "{\"field\":\"revision\",\"reason\":\"is unknown\"},"
	    "{\"field\":\"user\",\"reason\":\"is unknown\"}]"));
}

static void
types_and_ranges_are_checked(void **state)
{
	const struct field number = {.type = FIELD_INT, .min = 1, .max = 10};
	const struct field text = {.type = FIELD_CHARS, .min = 1, .max = 3};

	assert_accepted(number, "{\"f\":1}");
	assert_accepted(number, "{\"f\":10}");
	assert_accepted(number, "{}");
	assert_refused(number, "{\"f\":0}", "must be 1 to 10");
	assert_refused(number, "{\"f\":11}", "must be 1 to 10");
	assert_refused(number, "{\"f\":18446744073709551617}", "must be 1 to 10");
	assert_refused(number, "{\"f\":-18446744073709551615}", "must be 1 to 10");
	assert_accepted(number, "{\"f\":1.0}");
	assert_refused(number, "{\"f\":11.0}", "must be 1 to 10");
	assert_refused(number, "{\"f\":99999999999999999999999.0}", "must be 1 to 10");
	assert_refused(number, "{\"f\":1.01}", "must be an integer");
	assert_refused(number, "{\"f\":1e0}", "must be an integer");
	assert_refused(number, "{\"f\":1e999}", "must be an integer");
	assert_refused(number, "{\"f\":\"1\"}", "must be an integer");
	assert_refused(number, "{\"f\":true}", "must be an integer");
	assert_refused(number, "{\"f\":null}", "must be an integer");
	assert_accepted((struct field){.type = FIELD_INT, .null = true}, "{\"f\":null}");
	assert_refused((struct field){.type = FIELD_INT, .required = true, .null = true},
	    "{\"f\":null}", "is missing");
	assert_refused(number, "{\"f\":[1]}", "must be an integer");
	assert_accepted(text, "{\"f\":\"한국어\"}");
	assert_refused(text, "{\"f\":\"\"}", "must have 1 to 3 characters, has 0");
	assert_refused(text, "{\"f\":\"한국어로\"}", "must have 1 to 3 characters, has 4");
	assert_refused(text, "{\"f\":1}", "must be a string");
	assert_refused(text, "{\"f\":null}", "must be a string");
	assert_refused(text, "{\"f\":{}}", "must be a string");
	assert_refused(text, "[]", "must be a JSON object");
	assert_refused(text, "\"f\"", "must be a JSON object");
	assert_refused(text, "{\"f\":\"a\"", "not valid JSON at byte 8");
	assert_refused(text, "{\"f\":\"a\",\"f\":\"b\"}", "a key appears twice");
	assert_refused(text, "{\"F\":\"a\"}", "{\"field\":\"F\",\"reason\":\"is unknown\"}");
}

static void
lengths_are_checked(void **state)
{
	const struct field bytes = {.type = FIELD_BYTES, .min = 0, .max = 3};
	const struct field trimmed = {.type = FIELD_TRIMMED, .min = 1, .max = 3};
	struct text value;
	const struct field field = {
	    .name = "f", .type = FIELD_TRIMMED, .min = 1, .max = 3, .text = &value};
	struct answer problem;

	assert_accepted(bytes, "{\"f\":\"\"}");
	assert_accepted(bytes, "{\"f\":\"한\"}");
	assert_refused(bytes, "{\"f\":\"한a\"}", "must have 0 to 3 bytes, has 4");
	assert_accepted(trimmed, "{\"f\":\"  \\u00a0abc\\u3000\\n\"}");
	assert_refused(trimmed, "{\"f\":\" \\u2003 \"}", "has 0");
	set_body("{\"f\":\" \\u00a0ab\\u3000\\n\"}");
	assert_true(body_read(&req, &field, 1, &problem));
	assert_int_equal(value.len, 2);
	assert_memory_equal(value.s, "ab", 2);
}

static void
long_field_names_are_truncated(void **state)
{
	const struct field text = {.type = FIELD_CHARS, .min = 1, .max = 3};
	const char *name = pool_printf(pool, "%063d한%01000d", 0, 0);

	assert_refused(
	    text, pool_printf(pool, "{\"%s\":1}", name), pool_printf(pool, "\"%063d…\"", 0));
}

static void
e_mail_addresses_are_checked(void **state)
{
	const struct field field = {
	    .type = FIELD_CHARS, .min = 1, .max = 254, .check = check_email};

	assert_accepted(field, "{\"f\":\"a@b\"}");
	assert_accepted(field, "{\"f\":\"가@나.한국\"}");
	assert_accepted(field, "{\"f\":\"o'hara+x@example.org\"}");
	assert_refused(field, "{\"f\":\"a\"}", "one @");
	assert_refused(field, "{\"f\":\"@b\"}", "one @");
	assert_refused(field, "{\"f\":\"a@\"}", "one @");
	assert_refused(field, "{\"f\":\"a@b@c\"}", "one @");
	assert_refused(field, "{\"f\":\"a b@c\"}", "spaces");
	assert_refused(field, "{\"f\":\"a@b\\n\"}", "spaces");
	assert_refused(field, "{\"f\":\"a@b\\u007f\"}", "spaces");
	assert_refused(field, "{\"f\":\"a@b\\u0085\"}", "spaces");
	assert_refused(field, "{\"f\":\"a@b\\u009b\"}", "spaces");
	assert_refused(field, "{\"f\":\"a@b\\u00a0\"}", "spaces");
	assert_refused(field, "{\"f\":\"a\\u3000@b\"}", "spaces");
}

static void
rules_beyond_type_and_range_are_checked(void **state)
{
	const struct field speed = {
	    .type = FIELD_INT, .min = INT64_MIN, .max = INT64_MAX, .check = check_speed};
	const struct field index = {
	    .type = FIELD_INT, .min = -1, .max = INT64_MAX, .check = check_index};
	const struct field title = {
	    .type = FIELD_CHARS, .min = 1, .max = 99, .check = check_not_blank};
	const struct field sentence = {
	    .type = FIELD_TRIMMED, .min = 1, .max = 99, .check = check_speakable};
	static const int good[] = {1, 2, 3, 4, 25, 26, 100, 399, 400};
	static const int bad[] = {-1, 0, 5, 24, 401, 1000};
	size_t i;

	for (i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_accepted(speed, pool_printf(pool, "{\"f\":%d}", good[i]));
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_refused(speed, pool_printf(pool, "{\"f\":%d}", bad[i]), "must be 1 to 4");
	assert_accepted(index, "{\"f\":-1}");
	assert_accepted(index, "{\"f\":1}");
	assert_refused(index, "{\"f\":0}", "-1 for the end");
	assert_refused(index, "{\"f\":-2}", "must be -1 to");
	assert_accepted(title, "{\"f\":\" a \"}");
	assert_refused(title, "{\"f\":\" \\u3000\\t\"}", "blank");
	assert_accepted(sentence, "{\"f\":\"한\"}");
	assert_refused(sentence, "{\"f\":\"…?!\"}", "contains nothing that can be spoken");
}

static void
languages_and_voices_must_exist(void **state)
{
	const struct field language = {
	    .type = FIELD_CHARS, .min = 1, .max = 35, .check = check_language};
	const struct field voice = {.type = FIELD_CHARS, .min = 1, .max = 63, .check = check_voice};

	assert_accepted(language, "{\"f\":\"ko\"}");
	assert_accepted(language, "{\"f\":\"en-US\"}");
	assert_accepted(language, "{\"f\":\"EN\"}");
	assert_refused(language, "{\"f\":\"xx-klingon\"}", "BCP 47");
	assert_refused(language, "{\"f\":\"en_US\"}", "BCP 47");
	assert_refused(language, "{\"f\":\"en-\"}", "BCP 47");
	assert_refused(language, "{\"f\":\"-en\"}", "BCP 47");
	assert_refused(language, "{\"f\":\"en-'; --\"}", "BCP 47");
	assert_refused(language, "{\"f\":\"en-../../etc\"}", "BCP 47");
	assert_accepted(voice, pool_printf(pool, "{\"f\":\"%s\"}", voices[0].id));
	assert_refused(voice, "{\"f\":\"../../../etc/passwd\"}", "id of a voice");
	assert_refused(voice, "{\"f\":\"mb-us1\"}", "id of a voice");
	assert_accepted(voice, "{\"f\":\"ko+f2\"}");
	assert_refused(voice, "{\"f\":\"ko+whisper\"}", "id of a voice");
	assert_refused(language, "{\"f\":\"eo\"}", "BCP 47");
	assert_refused(voice, "{\"f\":\"eo+f2\"}", "id of a voice");
	voice_offer_constructed(true);
	assert_accepted(language, "{\"f\":\"eo\"}");
	assert_accepted(voice, "{\"f\":\"eo+f2\"}");
	voice_offer_constructed(false);
}

static void
only_json_in_utf_8_is_accepted(void **state)
{
	static const char *const good[] = {"application/json", "Application/JSON",
	    "application/json; charset=utf-8", "application/json;charset=UTF-8",
	    "application/json ; charset=\"utf-8\"", "application/json; charset=utf-8; x=y",
	    "application/json; profile=x"};
	static const char *const bad[] = {"", "json", "text/json", "application/jsonx",
	    "application/json-seq", "application/json; charset=utf-16",
	    "application/json; charset=utf-8x",
	    "application/json; charset=", "application/problem+json",
	    "application/x-www-form-urlencoded"};
	size_t i;

	for (i = 0; i < sizeof good / sizeof good[0]; i++)
		if (!body_is_json(good[i]))
			fail_msg("%s", good[i]);
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (body_is_json(bad[i]))
			fail_msg("%s", bad[i]);
	assert_false(body_is_json(NULL));
}

static void
if_match_is_read(void **state)
{
	static const struct {
		const char *header;
		size_t n; /* 0: any revision */
		uint64_t v[4];
	} rows[] = {
	    {NULL, 0, {0}},
	    {"*", 0, {0}},
	    {"\"1\"", 1, {1}},
	    {"\"9223372036854775807\"", 1, {INT64_MAX}},
	    {"\"0\"", 1, {0}},
	    {"\"01\"", 1, {0}},
	    {"\"\"", 1, {0}},
	    {"\"x\"", 1, {0}},
	    {"\"1x\"", 1, {0}},
	    {"\"-1\"", 1, {0}},
	    {"W/\"1\"", 1, {1}},
	    {"\"99999999999999999999\"", 1, {0}},
	    {"\"1\", \"2\"", 2, {1, 2}},
	    {"\"1\",W/\"2\" ,, \"x\"\t,\"44\",", 4, {1, 2, 0, 44}},
	};
	static const char *const bad[] = {"", "1", "\"1", "1\"", "\"1\"x", "\"1\" \"2\"", "\"1\",2",
	    "\"1\",*", "W/", "W/1", "w/\"1\"", "\"1 2\"", "'1'", "**", "* ", ","};
	const struct if_match *wanted;
	struct answer problem;
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		req.if_match = rows[i].header;
		assert_true(if_match_read(&req, &wanted, &problem));
		assert_int_equal(wanted != NULL ? wanted->n : 0, rows[i].n);
		for (size_t j = 0; j < rows[i].n; j++)
			assert_int_equal(wanted->v[j], rows[i].v[j]);
	}
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		req.if_match = bad[i];
		if (if_match_read(&req, &wanted, &problem))
			fail_msg("%s", bad[i]);
		assert_int_equal(problem.status, 400);
	}
	req.if_match = etag(pool, 17);
	assert_true(if_match_read(&req, &wanted, &problem));
	assert_int_equal(wanted->v[0], 17);
}

static const char *
object_answer(struct pool *p, const void *object)
{
	return object;
}

static void
idempotency_keys_are_checked(void **state)
{
	const char *longest = pool_printf(pool, "%0255d", 0);
	const char *const good[] = {"a", " ", "~!\"'\\{}", longest};
	const char *const bad[] = {
	    "", "\t", "a\nb", "\x7f", "é", pool_printf(pool, "%s0", longest)};
	struct idempotency idem;
	struct answer problem;
	size_t i;

	assert_true(idempotency_read(&req, object_answer, &idem, &problem));
	assert_null(idem.key_hash);
	for (i = 0; i < sizeof good / sizeof good[0]; i++) {
		req.idempotency_key = good[i];
		assert_true(idempotency_read(&req, object_answer, &idem, &problem));
		assert_non_null(idem.key_hash);
	}
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		req.idempotency_key = bad[i];
		if (idempotency_read(&req, object_answer, &idem, &problem))
			fail_msg("%s", bad[i]);
		assert_int_equal(problem.status, 400);
	}
}

/* The hash of the key covers route and key, the hash of the body only the body. */
static void
idempotency_hashes_cover_route_key_and_body(void **state)
{
	struct idempotency a, b;
	struct answer problem;

	req.idempotency_key = "k";
	set_body("{}");
	assert_true(idempotency_read(&req, object_answer, &a, &problem));
	req.id = "2";
	assert_true(idempotency_read(&req, object_answer, &b, &problem));
	assert_memory_equal(a.key_hash, b.key_hash, 32);
	assert_memory_equal(a.body_hash, b.body_hash, 32);
	set_body("{ }");
	assert_true(idempotency_read(&req, object_answer, &b, &problem));
	assert_memory_equal(a.key_hash, b.key_hash, 32);
	assert_memory_not_equal(a.body_hash, b.body_hash, 32);
	req.idempotency_key = "l";
	assert_true(idempotency_read(&req, object_answer, &b, &problem));
	assert_memory_not_equal(a.key_hash, b.key_hash, 32);
	req.idempotency_key = "k";
	req.route = &routes[1];
	assert_true(idempotency_read(&req, object_answer, &b, &problem));
	assert_memory_not_equal(a.key_hash, b.key_hash, 32);
}

static void
a_replayed_answer_is_marked(void **state)
{
	struct idempotency idem = {.answer = object_answer, .replay = "{\"first\":1}"};
	struct answer answer;

	answer = idempotency_answer(&req, RC_OK, &idem, "{\"new\":1}");
	assert_int_equal(answer.status, 201);
	assert_string_equal(answer.body, "{\"new\":1}");
	assert_null(answer.headers);
	answer = idempotency_answer(&req, RC_REPLAY, &idem, "{\"new\":1}");
	assert_int_equal(answer.status, 201);
	assert_string_equal(answer.body, "{\"first\":1}");
	assert_string_equal(answer.headers->name, "Idempotent-Replayed");
	assert_string_equal(answer.headers->value, "true");
	assert_int_equal(idempotency_answer(&req, RC_KEY_REUSED, &idem, NULL).status, 422);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(valid_fields_are_stored, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		booleans_and_arrays_of_strings_are_read, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		titles_are_one_line_that_leaves_others_alone, setup, teardown),
	    cmocka_unit_test_setup_teardown(every_bad_field_is_listed, setup, teardown),
	    cmocka_unit_test_setup_teardown(types_and_ranges_are_checked, setup, teardown),
	    cmocka_unit_test_setup_teardown(lengths_are_checked, setup, teardown),
	    cmocka_unit_test_setup_teardown(long_field_names_are_truncated, setup, teardown),
	    cmocka_unit_test_setup_teardown(e_mail_addresses_are_checked, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		rules_beyond_type_and_range_are_checked, setup, teardown),
	    cmocka_unit_test_setup_teardown(languages_and_voices_must_exist, setup, teardown),
	    cmocka_unit_test_setup_teardown(only_json_in_utf_8_is_accepted, setup, teardown),
	    cmocka_unit_test_setup_teardown(if_match_is_read, setup, teardown),
	    cmocka_unit_test_setup_teardown(idempotency_keys_are_checked, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		idempotency_hashes_cover_route_key_and_body, setup, teardown),
	    cmocka_unit_test_setup_teardown(a_replayed_answer_is_marked, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
