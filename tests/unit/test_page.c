#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "../../fcgi-app/page.h"
#include "../../fcgi-app/query.h"
#include "../../fcgi-app/route.h"

static struct pool *pool;
static struct conf conf;
static struct api api = {.conf = &conf};

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

static struct req
request(const char *method, const char *path)
{
	return (struct req){.api = &api,
	    .pool = pool,
	    .id = "0123456789abcdef",
	    .method = method,
	    .path = path,
	    .query = "",
	    .body = ""};
}

/* The page that a list is asked for; 0 if the query is refused. */
static uint64_t
page_of(const char *query)
{
	struct req req = request("GET", "/project/");
	struct answer problem;
	const char *allow;

	req.query = query;
	req.route = route_find(&req, &allow);
	if (query_read(&req, &problem))
		return page_query(&req).n;
	assert_int_equal(problem.status, 422);
	return 0;
}

static void
the_page_can_be_in_the_query(void **state)
{
	assert_int_equal(page_of(""), 1);
	assert_int_equal(page_of("page=7"), 7);
	assert_int_equal(page_of("&&page=7&"), 7);
	assert_int_equal(page_of("p%61ge=%37"), 7);
	assert_int_equal(page_of("page=999999999999999"), 999999999999999);
	assert_int_equal(page_of("page=99999999999999999999999"), PAGE_BEYOND);
}

/* The Link header of page N of five, of a list at PATH. */
static const char *
links_of(const char *path, const char *query, uint64_t n)
{
	struct req req = request("GET", path);
	struct answer answer, problem;
	struct page_wish wish;
	const struct page page = {.total = 50, .pages = 5, .n = 10};
	const char *allow;
	struct buf body;

	req.query = query;
	req.route = route_find(&req, &allow);
	assert_true(query_read(&req, &problem));
	wish = page_query(&req);
	assert_int_equal(wish.n, n);
	body = page_begin(&req, &page);
	answer = page_end(&req, &body, &wish, &page);
	assert_string_equal(answer.headers->name, "Link");
	return answer.headers->value;
}

static void
pages_are_linked(void **state)
{
	assert_string_equal(links_of("/project/", "", 1),
	    "</project/?page=1>; rel=\"first\", </project/?page=2>; rel=\"next\","
	    " </project/?page=5>; rel=\"last\"");
	assert_string_equal(links_of("/project", "per_page=10&page=5", 5),
	    "</project/?page=1&per_page=10>; rel=\"first\","
	    " </project/?page=4&per_page=10>; rel=\"prev\","
	    " </project/?page=5&per_page=10>; rel=\"last\"");
	assert_string_equal(links_of("/project/7/page/2/", "status=failed", 2),
	    "</project/7/page/1?status=failed>; rel=\"first\","
	    " </project/7/page/1?status=failed>; rel=\"prev\","
	    " </project/7/page/3?status=failed>; rel=\"next\","
	    " </project/7/page/5?status=failed>; rel=\"last\"");
}

/* Nothing that a client chose ends a link or a header. */
static void
what_a_query_has_is_escaped_in_links(void **state)
{
	const char *links = links_of("/project/", "q=%3e%22,%0d%0aa%20%ed%95%9c%26~", 1);

	assert_non_null(strstr(links, "&q=%3E%22%2C%0D%0Aa%20%ED%95%9C%26~>; rel=\"first\""));
	assert_null(strpbrk(links, "\r\n"));
}

static void
a_page_is_found_in_a_list_of_any_length(void **state)
{
	static const struct {
		struct page_wish wish;
		uint64_t total, pages;
		size_t n;
		bool found;
	} rows[] = {
	    {{1, 10}, 0, 1, 0, true},
	    {{2, 10}, 0, 1, 0, false},
	    {{0, 10}, 5, 1, 0, false},
	    {{1, 10}, 10, 1, 10, true},
	    {{2, 10}, 10, 1, 0, false},
	    {{2, 10}, 11, 2, 1, true},
	    {{3, 1}, 3, 3, 1, true},
	    {{PAGE_BEYOND, 100}, 99999, 1000, 0, false},
	    {{1000, 100}, 99999, 1000, 99, true},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct page page;

		assert_int_equal(page_place(&rows[i].wish, rows[i].total, &page), rows[i].found);
		assert_int_equal(page.total, rows[i].total);
		assert_int_equal(page.pages, rows[i].pages);
		assert_int_equal(page.n, rows[i].n);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_page_is_found_in_a_list_of_any_length),
	    cmocka_unit_test_setup_teardown(the_page_can_be_in_the_query, setup, teardown),
	    cmocka_unit_test_setup_teardown(pages_are_linked, setup, teardown),
	    cmocka_unit_test_setup_teardown(what_a_query_has_is_escaped_in_links, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
