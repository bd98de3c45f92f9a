#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../../fcgi-app/query.h"
#include "../../fcgi-app/route.h"

static const uint8_t key[] = "0123456789abcdef0123456789abcdef";
static struct pool *pool;
static struct conf conf;
static struct auth auth;
static struct api api;

static int
setup(void **state)
{
	pool = pool_new();
	conf.limits.body_bytes = 100;
	conf.limits.json_depth = 16;
	auth = (struct auth){{32, (uint8_t *)(uintptr_t)key}, 3600, 86400};
	api = (struct api){&conf, NULL, &auth};
	return 0;
}

static int
teardown(void **state)
{
	pool_free(pool);
	return 0;
}

static struct req
request(const char *method, const char *path)
{
	return (struct req){.api = &api,
	    .pool = pool,
	    .id = "0123456789abcdef",
	    .method = method,
	    .path = path,
	    .query = "",
	    .content_type = "application/json",
	    .body = ""};
}

static const char *
name_of(const struct route *route)
{
	return route != NULL ? route->name : "none";
}

#define UUID "01994c1e-7a2b-7c3d-8e4f-5a6b7c8d9e0f"

/* What stands for a parameter of a pattern. */
static const char *
parameter(char letter)
{
	switch (letter) {
	case 'n':
		return "3";
	case 't':
		return UUID;
	case 's':
		return "song";
	default:
		return "12";
	}
}

/* A path for a route, without the final slash. */
static char *
path_of(const struct route *r)
{
	char *path = pool_alloc(pool, 160);
	const char *p;
	size_t n = 0;

	for (p = r->pattern; *p != '\0'; p++)
		if (*p == '{') {
			n += (size_t)sprintf(path + n, "%s", parameter(p[1]));
			p = strchr(p, '}');
		} else {
			path[n++] = *p;
		}
	path[path[n - 1] == '/' ? n - 1 : n] = '\0';
	return path;
}

/* Every route is found by its own pattern, with and without the final slash. */
static void
every_route_is_found_by_its_pattern(void **state)
{
	const struct route *r;
	const char *allow;

	for (r = routes; r < routes + routes_n; r++) {
		struct req req = request(r->method, path_of(r));

		assert_string_equal(name_of(route_find(&req, &allow)), r->name);
		assert_int_equal(req.object, strstr(r->pattern, "{id}") != NULL ? 12 : 0);
		assert_int_equal(req.page, strstr(r->pattern, "{n}") != NULL ? 3 : 0);
		req = request(r->method, strcat(path_of(r), "/"));
		assert_string_equal(name_of(route_find(&req, &allow)), r->name);
	}
}

static void
names_of_routes_are_unique(void **state)
{
	size_t i, j;

	for (i = 0; i < routes_n; i++)
		for (j = 0; j < i; j++)
			assert_string_not_equal(routes[i].name, routes[j].name);
}

static void
unknown_paths_are_404(void **state)
{
	static const char *const paths[] = {"", "/", "//", "signup", "/signup//", "//signup",
	    "/signup/x", "/Signup", "/project/x", "/project/1x", "/project/-1", "/project/+1",
	    "/project/1.0", "/project/1/page", "/project/1/page/x", "/project/1/page/-1",
	    "/project/1/page/1/1", "/project//page/1", "/audio/1/mp3_files", "/audio/1/mp3",
	    "/audio/1/retry/1", "/audio/%31", "/healthz/x", "/voices/1", "/audio/1 ", "/audio/ 1"};
	const char *allow;
	size_t i;

	for (i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		struct req req = request("GET", paths[i]);

		if (route_find(&req, &allow) != NULL || allow != NULL)
			fail_msg("%s", paths[i]);
		assert_int_equal(route_answer(&req).status, 404);
	}
}

static void
numbers_in_paths_are_read(void **state)
{
	static const struct {
		const char *path;
		uint64_t object;
	} rows[] = {
	    {"/audio/1", 1},
	    {"/audio/9223372036854775807", INT64_MAX},
	    {"/audio/9223372036854775808", 0},
	    {"/audio/18446744073709551617", 0},
	    {"/audio/340282366920938463463374607431768211457", 0},
	    {"/audio/0", 0},
	    {"/audio/01", 0},
	};
	static const struct {
		const char *path;
		uint64_t page;
	} pages[] = {
	    {"/project/1/page/1", 1},
	    {"/project/1/page/10", 10},
	    {"/project/1/page/0", PAGE_BEYOND},
	    {"/project/1/page/01", PAGE_BEYOND},
	    {"/project/1/page/9223372036854775807", PAGE_BEYOND},
	    {"/project/1/page/18446744073709551617", PAGE_BEYOND},
	};
	const char *allow;
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct req req = request("GET", rows[i].path);

		assert_string_equal(name_of(route_find(&req, &allow)), "audio_get");
		assert_int_equal(req.object, rows[i].object);
	}
	for (i = 0; i < sizeof pages / sizeof pages[0]; i++) {
		struct req req = request("GET", pages[i].path);

		assert_string_equal(name_of(route_find(&req, &allow)), "project_page");
		assert_int_equal(req.page, pages[i].page);
	}
}

static void
pipelines_are_named_by_uuids(void **state)
{
	static const char *const none[] = {"/pipeline/x/cancel", "/pipeline/12/cancel",
	    "/pipeline/01994c1e-7a2b-7c3d-8e4f-5a6b7c8d9e0/cancel",
	    "/pipeline/01994c1e-7a2b-7c3d-8e4f-5a6b7c8d9e0ff/cancel",
	    "/pipeline/01994c1e-7a2b-7c3d-8e4f-5a6b7c8d9e0g/cancel",
	    "/pipeline/01994c1e07a2b-7c3d-8e4f-5a6b7c8d9e0f/cancel",
	    "/pipeline/01994c1e-7a2b-7c3d-8e4f-5a6b7c8d9e0-/cancel"};
	struct req req = request("POST", "/pipeline/01994C1E-7A2B-7C3D-8E4F-5A6B7C8D9E0F/cancel/");
	const char *allow;

	assert_string_equal(name_of(route_find(&req, &allow)), "pipeline_cancel");
	assert_string_equal(req.task, UUID);
	for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
		req = request("POST", none[i]);
		assert_string_equal(name_of(route_find(&req, &allow)), "none");
	}
	req = request("POST", "/pipeline/retry/" UUID "/video");
	assert_string_equal(name_of(route_find(&req, &allow)), "pipeline_retry");
	assert_string_equal(req.word, "video");
	req = request("POST", "/pipeline/retry/" UUID "/vid\xff");
	assert_string_equal(name_of(route_find(&req, &allow)), "none");
	req = request("POST", "/pipeline/retry/" UUID "/a\"b");
	assert_string_equal(name_of(route_find(&req, &allow)), "none");
	req = request("POST", "/pipeline/" UUID "/image/7");
	assert_string_equal(name_of(route_find(&req, &allow)), "image_move");
	assert_int_equal(req.object, 7);
}

static void
a_picture_may_be_longer_than_other_bodies(void **state)
{
	struct req req = request("POST", "/pipeline/" UUID "/image/");

	conf.pipeline.image_bytes = 5000;
	assert_int_equal(route_body_max(&req), 5000);
	req = request("GET", "/pipeline/" UUID "/image/");
	assert_int_equal(route_body_max(&req), 100);
	req = request("POST", "/pipeline/callback/x");
	assert_int_equal(route_body_max(&req), 100);
	req = request("POST", "/nothing/");
	assert_int_equal(route_body_max(&req), 100);
}

/* What an answer says is wrong with a query. */
static const char *
wrong_with(const char *method, const char *path, const char *query)
{
	struct req req = request(method, path);
	struct answer problem;
	const char *allow;

	req.query = query;
	req.route = route_find(&req, &allow);
	return query_read(&req, &problem) ? "" : problem.body;
}

static void
names_and_values_of_queries_are_checked(void **state)
{
	static const struct {
		const char *query, *field;
	} rows[] = {
	    {"x=1", "x"},
	    {"xpage=7", "xpage"},
	    {"Page=7", "Page"},
	    {"limit", "limit"},
	    {"=", ""},
	    {"page%00=1", "page%00"},
	    {"%ff=1", ""},
	    {"page", "page"},
	    {"page=", "page"},
	    {"page=0", "page"},
	    {"page=x", "page"},
	    {"page=1x", "page"},
	    {"page=01", "page"},
	    {"page=-1", "page"},
	    {"page=7&page=8", "page"},
	    {"status=failed&page=1", "status"},
	    {"per_page=0", "per_page"},
	    {"per_page=101", "per_page"},
	    {"per_page=ten", "per_page"},
	    {"sort=name", "sort"},
	    {"sort", "sort"},
	    {"q=", "q"},
	    {"q=%ff", "q"},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const char *says = wrong_with("GET", "/project/", rows[i].query);

		if (strstr(says, pool_printf(pool, "\"field\":\"%s\"", rows[i].field)) == NULL)
			fail_msg("%s: %s", rows[i].query, says);
	}
	assert_non_null(strstr(wrong_with("POST", "/project/", "preview&limit=1"), "limit"));
	assert_string_equal(wrong_with("POST", "/project/", "preview"), "");
	assert_string_equal(wrong_with("POST", "/pipeline/callback/x", "a=b&c"), "");
}

/* Routes without names take no query at all. */
static void
every_route_refuses_what_it_does_not_know(void **state)
{
	for (const struct route *r = routes; r < routes + routes_n; r++)
		if (strcmp(r->name, "pipeline_callback") != 0 &&
		    strstr(wrong_with(r->method, path_of(r), "nonsense=1"), "nonsense") == NULL)
			fail_msg("%s", r->name);
}

static void
wrong_methods_are_405(void **state)
{
	static const struct {
		const char *method, *path, *allow;
	} rows[] = {
	    {"GET", "/signup/", "POST"},
	    {"HEAD", "/signup/", "POST"},
	    {"PUT", "/project/", "POST, GET, HEAD"},
	    {"POST", "/project/1", "GET, HEAD, DELETE"},
	    {"PATCH", "/audio/1", "GET, HEAD, POST, DELETE"},
	    {"OPTIONS", "/audio/1/mp3_file", "GET, HEAD"},
	    {"get", "/healthz", "GET, HEAD"},
	    {"", "/healthz", "GET, HEAD"},
	};
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct req req = request(rows[i].method, rows[i].path);
		struct answer answer = route_answer(&req);

		assert_int_equal(answer.status, 405);
		assert_string_equal(answer.headers->name, "Allow");
		assert_string_equal(answer.headers->value, rows[i].allow);
	}
}

static void
head_finds_the_route_of_get(void **state)
{
	struct req req = request("HEAD", "/audio/5/mp3_file");
	const char *allow;

	assert_string_equal(name_of(route_find(&req, &allow)), "audio_mp3");
}

/* No login route works without a token; the database, which does not exist here, is not even
 * asked. */
static void
routes_that_need_a_login_refuse_others(void **state)
{
	const struct route *r;

	for (r = routes; r < routes + routes_n; r++) {
		struct req req = request(r->method, path_of(r));
		struct answer answer;

		if (!r->login)
			continue;
		answer = route_answer(&req);
		assert_ptr_equal(req.route, r);
		assert_int_equal(answer.status, 401);
		assert_string_equal(answer.headers->name, "WWW-Authenticate");
		assert_string_equal(answer.headers->value, "Bearer");
		req.authorization = "Bearer a.b.c";
		answer = route_answer(&req);
		assert_int_equal(answer.status, 401);
		assert_string_equal(answer.headers->value, "Bearer error=\"invalid_token\"");
	}
}

static int
login_status(struct req req)
{
	return route_answer(&req).status;
}

static void
bodies_are_checked_before_the_handler(void **state)
{
	struct req req = request("POST", "/login/");

	req.body_state = BODY_LARGE;
	assert_int_equal(login_status(req), 413);
	req.body_state = BODY_CUT;
	assert_int_equal(login_status(req), 400);
	req.body_state = BODY_WHOLE;
	assert_int_equal(login_status(req), 400);
	req.body = "{}";
	req.body_len = 2;
	assert_int_equal(login_status(req), 422);
	req.body_state = BODY_CUT; /* what is there of it could be taken for a body */
	assert_int_equal(login_status(req), 400);
	req.body_state = BODY_WHOLE;
	req.content_type = "text/plain";
	assert_int_equal(login_status(req), 415);
	req.content_type = NULL;
	assert_int_equal(login_status(req), 415);
	req = request("GET", "/voices/");
	assert_int_equal(login_status(req), 200);
	req.body_state = BODY_CUT;
	assert_int_equal(login_status(req), 400);
}

static void
the_machines_own_routes_are_for_the_machine_alone(void **state)
{
	const struct route *r;
	const char *allow;
	struct req req;

	for (r = local_routes; r < local_routes + local_routes_n; r++) {
		req = request(r->method, r->pattern);
		assert_null(route_find(&req, &allow));
		assert_null(allow);
		req.local = true;
		assert_ptr_equal(route_find(&req, &allow), r);
	}
	for (r = routes; r < routes + routes_n; r++) {
		req = request(r->method, path_of(r));
		req.local = true;
		assert_null(route_find(&req, &allow));
	}
}

static void
the_table_is_printed(void **state)
{
	char *text = NULL;
	size_t len, lines = 0, i;
	FILE *out = open_memstream(&text, &len);

	route_print(out);
	fclose(out);
	for (i = 0; i < len; i++)
		lines += text[i] == '\n';
	assert_int_equal(lines, routes_n);
	assert_non_null(strstr(text, "POST /signup/ open signup 201\n"));
	assert_non_null(strstr(text, "GET /project/{id}/page/{n} login project_page 200\n"));
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(every_route_is_found_by_its_pattern, setup, teardown),
	    cmocka_unit_test_setup_teardown(names_of_routes_are_unique, setup, teardown),
	    cmocka_unit_test_setup_teardown(unknown_paths_are_404, setup, teardown),
	    cmocka_unit_test_setup_teardown(numbers_in_paths_are_read, setup, teardown),
	    cmocka_unit_test_setup_teardown(pipelines_are_named_by_uuids, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		a_picture_may_be_longer_than_other_bodies, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		names_and_values_of_queries_are_checked, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		every_route_refuses_what_it_does_not_know, setup, teardown),
	    cmocka_unit_test_setup_teardown(wrong_methods_are_405, setup, teardown),
	    cmocka_unit_test_setup_teardown(head_finds_the_route_of_get, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		routes_that_need_a_login_refuse_others, setup, teardown),
	    cmocka_unit_test_setup_teardown(bodies_are_checked_before_the_handler, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		the_machines_own_routes_are_for_the_machine_alone, setup, teardown),
	    cmocka_unit_test_setup_teardown(the_table_is_printed, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
