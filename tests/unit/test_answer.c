#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../../fcgi-app/answer.h"
#include "../../common/base/json.h"
#include "../../fcgi-app/route.h"

static struct pool *pool;
static struct req req;

static int
setup(void **state)
{
	pool = pool_new();
	req = (struct req){.pool = pool, .id = "id-\"1\"", .route = &routes[0]};
	return 0;
}

static int
teardown(void **state)
{
	pool_free(pool);
	return 0;
}

static void
a_problem_is_an_rfc_9457_document(void **state)
{
	struct answer answer = answer_problem(&req, 404, "There is no %s.", "\"thing\"");

	assert_int_equal(answer.status, 404);
	assert_string_equal(answer.type, "application/problem+json");
	assert_string_equal(answer.cache, "no-store");
	assert_string_equal(answer.body,
	    "{\"type\":\"about:blank\",\"title\":\"Not Found\",\"status\":404,"
	    "\"detail\":\"There is no \\\"thing\\\".\",\"request_id\":\"id-\\\"1\\\"\"}");
	assert_int_equal(answer.len, strlen(answer.body));
	assert_null(answer.headers);
}

static void
no_header_is_dropped(void **state)
{
	struct answer answer = answer_problem(&req, 503, "Later.");
	unsigned n = 0;

	for (int i = 1; i < 40; i++)
		answer_header(&req, &answer, "X-Number", pool_printf(pool, "%d", i));
	for (const struct header *h = answer.headers; h != NULL; h = h->next, n++) {
		assert_string_equal(h->name, n == 0 ? "Retry-After" : "X-Number");
		assert_int_equal(atoi(h->value), n == 0 ? 2 : n);
	}
	assert_int_equal(n, 40);
}

static void
bad_fields_are_all_listed(void **state)
{
	const struct bad_field bad[] = {{"text", "is missing"}, {"speed", "must be an integer"}};
	struct answer answer = answer_fields(&req, bad, 2);

	assert_int_equal(answer.status, 422);
	assert_non_null(
	    strstr(answer.body, ",\"errors\":[{\"field\":\"text\",\"reason\":\"is missing\"},"
				"{\"field\":\"speed\",\"reason\":\"must be an integer\"}]}"));
}

static void
at_most_a_hundred_fields_are_listed(void **state)
{
	struct bad_field *bad = pool_array(pool, 500, sizeof *bad);
	struct answer answer;
	size_t i;

	for (i = 0; i < 500; i++)
		bad[i] = (struct bad_field){pool_printf(pool, "f%zu", i), "is unknown"};
	answer = answer_fields(&req, bad, 500);
	assert_non_null(strstr(answer.body, "500 fields"));
	assert_non_null(strstr(answer.body, "\"f99\""));
	assert_null(strstr(answer.body, "\"f100\""));
}

/* Every outcome has a status, and every status a reason phrase. */
static void
every_outcome_has_its_status(void **state)
{
	static const int statuses[] = {
	    [RC_NOT_FOUND] = 404,
	    [RC_DENIED] = 401,
	    [RC_EMAIL_TAKEN] = 409,
	    [RC_STALE] = 412,
	    [RC_RANGE] = 422,
	    [RC_NOT_FAILED] = 409,
	    [RC_NOT_CANCELLABLE] = 409,
	    [RC_DISABLED] = 409,
	    [RC_RUNNING] = 409,
	    [RC_NOT_READY] = 409,
	    [RC_DRAFT] = 409,
	    [RC_LIMIT] = 422,
	    [RC_KEY_REUSED] = 422,
	    [RC_BUSY] = 503,
	    [RC_SCHEMA] = 503,
	    [RC_UNKNOWN] = 503,
	    [RC_DUPLICATE] = 409,
	    [RC_REFUSED] = 422,
	    [RC_NO_SPACE] = 503,
	    [RC_FAIL] = 500,
	};
	int rc;

	for (rc = RC_OK + 1; rc <= RC_FAIL; rc++) {
		struct answer answer;

		if (rc == RC_REPLAY)
			continue;
		answer = answer_rc(&req, (enum rc)rc);
		assert_int_equal(answer.status, statuses[rc]);
		assert_string_not_equal(answer_title(answer.status), "");
		/* Each text names its own subject, and not that of another outcome. */
		assert_int_equal(
		    strstr(answer.body, "e-mail address is taken") != NULL, rc == RC_EMAIL_TAKEN);
		assert_int_equal(strstr(answer.body, "index") != NULL, rc == RC_RANGE);
		if (answer.status == 503)
			assert_string_equal(answer.headers->name, "Retry-After");
		else if (answer.status == 401)
			assert_string_equal(answer.headers->name, "WWW-Authenticate");
		else
			assert_null(answer.headers);
	}
	assert_int_equal(answer_rc(&req, (enum rc)1000).status, 500);
}

static void
routes_have_titles(void **state)
{
	size_t i;

	for (i = 0; i < routes_n; i++)
		assert_string_not_equal(answer_title(routes[i].success), "");
}

static void
a_json_answer_has_the_status_of_its_route(void **state)
{
	struct answer answer;
	struct buf body;

	buf_init(&body, pool, 0);
	json_put_open(&body, NULL, '{');
	json_put_close(&body, '}');
	answer = answer_json(&req, &body);
	assert_int_equal(answer.status, 201);
	assert_string_equal(answer.type, "application/json");
	assert_string_equal(answer.cache, "no-store");
	assert_int_equal(answer.len, 2);
}

static void
every_refused_login_gets_the_same_answer(void **state)
{
	struct answer without = answer_unauthorized(&req), with;

	req.route = &routes[2];
	assert_true(req.route->login);
	req.authorization = "Bearer x";
	with = answer_unauthorized(&req);
	assert_string_equal(with.body, without.body);
	assert_string_equal(without.headers->value, "Bearer");
	assert_string_equal(with.headers->value, "Bearer error=\"invalid_token\"");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(a_problem_is_an_rfc_9457_document, setup, teardown),
	    cmocka_unit_test_setup_teardown(no_header_is_dropped, setup, teardown),
	    cmocka_unit_test_setup_teardown(bad_fields_are_all_listed, setup, teardown),
	    cmocka_unit_test_setup_teardown(at_most_a_hundred_fields_are_listed, setup, teardown),
	    cmocka_unit_test_setup_teardown(every_outcome_has_its_status, setup, teardown),
	    cmocka_unit_test_setup_teardown(routes_have_titles, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		a_json_answer_has_the_status_of_its_route, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		every_refused_login_gets_the_same_answer, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
