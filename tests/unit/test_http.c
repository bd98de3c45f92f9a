#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>

#include "../../common/base/clock.h"
#include "../../common/net/http.h"
#include "service.h"

static struct http_answer
asked(const char *path, const char *body, size_t max, int64_t timeout_ms)
{
	struct http_request request = {.url = pool_printf(service.pool, "%s%s", service.url, path),
	    .headers = {"X-Test: yes"},
	    .body = body,
	    .timeout_ms = timeout_ms,
	    .max = max};
	struct http_answer answer;

	http_ask(service.http, service.pool, &request, &answer);
	return answer;
}

static struct http_answer
fetched(const char *url, const char *allow, int64_t max, int64_t timeout_ms, off_t *size)
{
	const char *path = pool_printf(service.pool, "%s/fetched", directory);
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	struct http *http = http_new(allow);
	struct http_answer answer;
	struct stat st;

	assert_true(fd >= 0);
	http_fetch(http, service.pool, url, fd, max, timeout_ms, &answer);
	assert_int_equal(fstat(fd, &st), 0);
	*size = st.st_size;
	close(fd);
	http_free(http);
	return answer;
}

static void
a_request_brings_an_answer(void **state)
{
	struct http_answer a = asked("/v1/models", NULL, 10000, 5000);

	assert_int_equal(a.status, 200);
	assert_true(a.whole && a.began);
	assert_null(a.error);
	assert_string_equal(a.type, "application/json");
	assert_int_equal(a.len, strlen(a.body));
	assert_string_equal(json_at_string(service_last(), "headers/x-test"), "yes");
	assert_string_equal(json_at_string(service_last(), "method"), "GET");
	a = asked("/v1/nowhere", "{}", 10000, 5000);
	assert_int_equal(a.status, 404);
	assert_true(a.whole);
	assert_string_equal(json_at_string(service_last(), "method"), "POST");
}

static void
plan(const char *answer)
{
	service_plan(pool_printf(service.pool, "{\"next\": [%s]}", answer));
}

static void
an_answer_has_limits(void **state)
{
	int64_t from;
	struct http_answer a;

	plan("{\"status\": 200, \"body\": \"0123456789\"}");
	a = asked("/v1/chat/completions", "{}", 10, 5000);
	assert_true(a.whole);
	plan("{\"status\": 200, \"body\": \"0123456789a\"}");
	a = asked("/v1/chat/completions", "{}", 10, 5000);
	assert_int_equal(a.status, 200);
	assert_true(!a.whole && a.too_long);
	plan("{\"how\": \"endless\"}");
	a = asked("/v1/chat/completions", "{}", 100000, 5000);
	assert_true(!a.whole && a.too_long);
	plan("{\"how\": \"hang\"}");
	from = clock_ms();
	a = asked("/v1/chat/completions", "{}", 100000, 300);
	assert_in_range(clock_ms() - from, 250, 10000);
	assert_int_equal(a.status, 0);
	assert_true(a.began);
	assert_string_equal(a.error_class, "timeout");
	plan("{\"how\": \"half\"}");
	a = asked("/v1/chat/completions", "{}", 100000, 5000);
	assert_int_equal(a.status, 200);
	assert_true(!a.whole && !a.too_long);
	assert_string_equal(a.error_class, "cut");
	plan("{\"how\": \"close\"}");
	a = asked("/v1/chat/completions", "{}", 100000, 5000);
	assert_int_equal(a.status, 0);
	assert_true(a.began);
}

/* On a connection that was used before, libcurl would send it again by itself. */
static void
a_request_is_sent_once(void **state)
{
	plan("{\"how\": \"close\"}");
	asked("/v1/models", NULL, 10000, 5000);
	asked("/v1/chat/completions", "{\"model\":\"m\",\"messages\":[]}", 10000, 5000);
	assert_int_equal(service_json("/log")->n, 2);
	assert_int_equal(service_paid(), 0);
}

static void
redirects_are_not_followed(void **state)
{
	off_t size;
	struct http_answer a = asked("/file/redirect", NULL, 10000, 5000);

	service_plan("{}");
	assert_int_equal(a.status, 302);
	a = fetched(pool_printf(service.pool, "%s/file/redirect", service.url), "127.0.0.1", 10000,
	    5000, &size);
	assert_int_equal(a.status, 302);
	assert_int_equal(size, 0);
	assert_int_equal(service_json("/log")->n, 1);
}

static void
a_file_has_limits(void **state)
{
	off_t size;
	struct http_answer a = fetched(pool_printf(service.pool, "%s/file/html", service.url),
	    "127.0.0.0/8", 100000, 5000, &size);

	assert_true(a.whole);
	assert_int_equal(a.size, size);
	assert_true(size > 5000);
	a = fetched(pool_printf(service.pool, "%s/file/html", service.url), "127.0.0.0/8", 5000,
	    5000, &size);
	assert_true(!a.whole && a.too_long);
	assert_true(size <= 5000);
	a = fetched(pool_printf(service.pool, "%s/file/hang", service.url), "127.0.0.0/8", 5000,
	    300, &size);
	assert_string_equal(a.error_class, "timeout");
	a = fetched(pool_printf(service.pool, "%s/file/gone", service.url), "127.0.0.0/8", 5000,
	    5000, &size);
	assert_int_equal(a.status, 404);
	assert_int_equal(size, 0);
}

static void
only_public_addresses_are_fetched_from(void **state)
{
	static const char *const urls[] = {"https://127.0.0.1/", "https://10.0.0.1/",
	    "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://0.0.0.0/",
	    "https://localhost/", "https://2130706433/", "https://0x7f000001/", "https://127.1/",
	    "http://192.0.2.1/", "http://example.org/", "ftp://example.org/", "file:///etc/passwd",
	    "https://user@127.0.0.1/", "//127.0.0.1/", ""};
	off_t size;

	for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
		struct http_answer a = fetched(urls[i], "", 1000, 2000, &size);

		if (a.error_class == NULL || strcmp(a.error_class, "address") != 0 || a.began)
			fail_msg("%s: %s", urls[i], a.error != NULL ? a.error : "");
	}
	/* Of those that are allowed, only these are. */
	assert_string_equal(
	    fetched("http://127.0.0.1:9/", "127.0.0.1/32", 1000, 2000, &size).error_class,
	    "connect");
	assert_string_equal(
	    fetched("http://127.0.0.2:9/", "127.0.0.1/32", 1000, 2000, &size).error_class,
	    "address");
	assert_string_equal(
	    fetched("https://127.0.0.2:9/", "127.0.0.1/32", 1000, 2000, &size).error_class,
	    "address");
}

static void
a_full_disk_is_no_fault_of_the_service(void **state)
{
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	struct http *http = http_new("127.0.0.0/8");
	struct http_answer a;

	http_fetch(http, service.pool, pool_printf(service.pool, "%s/file/html", service.url), fd,
	    100000, 5000, &a);
	assert_false(a.whole);
	assert_string_equal(a.error_class, "file");
	close(fd);
	http_free(http);
}

static void
an_excerpt_can_be_shown(void **state)
{
	const char *const secrets[] = {NULL, "", "open sesame", "open"};
	struct buf many;
	const char *s;

#define EXCERPT(data) http_excerpt(service.pool, data, strlen(data), secrets, 4)
	assert_string_equal(EXCERPT("say open sesame, open"), "say ***, ***");
	assert_string_equal(EXCERPT("a\tb\x1b[31m\nc\x7f"), "a b [31m\nc ");
	assert_string_equal(EXCERPT("가나\xff다"), "가나");
	assert_string_equal(
	    EXCERPT("Authorization: Bearer abcdefgh12345678."), "Authorization: ***");
	assert_string_equal(EXCERPT("key sk-proj-abcdefgh_12-34 is wrong"), "key *** is wrong");
	assert_string_equal(
	    EXCERPT("task-oriented-12345, Bearer of news"), "task-oriented-12345, Bearer of news");
	/* A secret where it is cut is masked whole, and no character is cut. */
	for (size_t n = HTTP_EXCERPT - 14; n <= HTTP_EXCERPT + 1; n++) {
		buf_init(&many, service.pool, n + 20);
		for (size_t i = 0; i < n; i++)
			buf_adds(&many, "x");
		buf_adds(&many, "open sesame가나다");
		s = EXCERPT(many.data);
		assert_true(strlen(s) <= HTTP_EXCERPT);
		assert_null(strstr(s, "o"));
	}
}

static int
http_start(void **state)
{
	return service_start("tests/e2e/openai.mjs");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_request_brings_an_answer),
	    cmocka_unit_test(an_answer_has_limits),
	    cmocka_unit_test(a_request_is_sent_once),
	    cmocka_unit_test(redirects_are_not_followed),
	    cmocka_unit_test(a_file_has_limits),
	    cmocka_unit_test(only_public_addresses_are_fetched_from),
	    cmocka_unit_test(a_full_disk_is_no_fault_of_the_service),
	    cmocka_unit_test(an_excerpt_can_be_shown),
	};

	return cmocka_run_group_tests(tests, http_start, service_stop);
}
