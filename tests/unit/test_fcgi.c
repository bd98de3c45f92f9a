#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../common/base/crypt.h"
#include "../../common/base/log.h"
#include "../../fcgi-app/fcgi.h"

/* A web server that may misbehave: sends a request over FastCGI and returns the answer. */

#define BODY_MAX 1000
#define HEADERS 12

enum { BEGIN = 1, PARAMS = 4, STDIN = 5 };

static char dir[] = "/tmp/test_fcgi.XXXXXX";
static struct sockaddr_un at = {.sun_family = AF_UNIX};
static int listening;

/* ---------------------------------------------------------------- the worker */

/* Answer one request with what arrived of it. */
static void
serve(void)
{
	struct fcgi *fcgi = fcgi_new(listening);
	struct req req = {.pool = pool_new()};
	struct answer answer = {.status = 200, .type = "text/plain"};

	if (fcgi_accept(fcgi, &req) != 0)
		_exit(1);
	fcgi_read_body(fcgi, BODY_MAX, &req);
	for (int i = 0; i < HEADERS; i++)
		answer_header(&req, &answer, "X-Number", pool_printf(req.pool, "%d", i));
	answer.body = pool_printf(req.pool, "%s %s %s %zu %.*s", req.method, req.path,
	    req.body_state == BODY_WHOLE ? "whole"
	    : req.body_state == BODY_CUT ? "cut"
					 : "large",
	    req.body_len, (int)req.body_len, req.body);
	answer.len = strlen(answer.body);
	fcgi_answer(fcgi, &req, &answer);
	fcgi_free(fcgi);
	pool_free(req.pool);
	_exit(0);
}

/* ---------------------------------------------------------------- the web server */

static size_t
record(uint8_t *out, int type, const void *data, size_t len)
{
	const uint8_t head[8] = {
	    1, (uint8_t)type, 0, 1, (uint8_t)(len >> 8), (uint8_t)(len & 0xff), 0, 0};

	memcpy(out, head, sizeof head);
	if (len > 0)
		memcpy(out + sizeof head, data, len);
	return sizeof head + len;
}

static size_t
param(uint8_t *out, const char *name, const char *value)
{
	size_t n = strlen(name), v = strlen(value);

	out[0] = (uint8_t)n;
	out[1] = (uint8_t)v;
	memcpy(out + 2, name, n);
	memcpy(out + 2 + n, value, v);
	return 2 + n + v;
}

/* Send a POST with Content-Length LENGTH and SENT bytes of body. Return everything that comes
 * back. */
static const char *
ask(const char *method, const char *length, size_t sent)
{
	static const uint8_t begin[8] = {
	    0, 1}; /* role: responder; close the connection afterwards */
	static uint8_t out[65536], params[1024], body[32768];
	static char answer[65536];
	size_t n = 0, p = 0, got = 0;
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), status;
	pid_t pid = fork();
	ssize_t r;

	if (pid == 0) {
		close(fd); /* otherwise its end would not be noticed */
		serve();
	}
	assert_true(pid > 0 && fd >= 0);
	memset(body, 'b', sizeof body);
	p += param(params, "REQUEST_METHOD", method);
	p += param(params + p, "DOCUMENT_URI", "/x");
	p += param(params + p, "CONTENT_LENGTH", length);
	n += record(out, BEGIN, begin, sizeof begin);
	n += record(out + n, PARAMS, params, p);
	n += record(out + n, PARAMS, NULL, 0);
	if (sent > 0)
		n += record(out + n, STDIN, body, sent);
	n += record(out + n, STDIN, NULL, 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(write(fd, out, n), n);
	while ((r = read(fd, answer + got, sizeof answer - 1 - got)) > 0)
		got += (size_t)r;
	close(fd);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	answer[got] = '\0';
	for (size_t i = 0; i < got; i++) /* without the frames around it */
		if (answer[i] == '\0')
			answer[i] = ' ';
	return answer;
}

static void
assert_told(const char *answer, const char *what)
{
	if (strstr(answer, what) == NULL)
		fail_msg("no \"%s\" in \"%s\"", what, answer);
}

/* ---------------------------------------------------------------- tests */

static void
a_body_is_what_was_announced(void **state)
{
	assert_told(ask("POST", "3", 3), "POST /x whole 3 bbb");
	assert_told(ask("POST", "0", 0), "POST /x whole 0 ");
	assert_told(ask("POST", "", 0), "POST /x whole 0 ");
	assert_told(ask("POST", "1000", 1000), "POST /x whole 1000 bbb");
}

static void
bytes_beyond_the_body_make_it_invalid(void **state)
{
	assert_told(ask("POST", "3", 4), "cut");
	assert_told(ask("POST", "0", 1), "cut");
	assert_told(ask("POST", "", 20000), "cut");
	assert_told(ask("POST", "999", 1000), "cut");
}

static void
so_do_bytes_that_are_missing(void **state)
{
	assert_told(ask("POST", "4", 3), "cut");
	assert_told(ask("POST", "1", 0), "cut");
}

static void
and_a_length_that_is_no_number(void **state)
{
	assert_told(ask("POST", "3x", 3), "cut");
	assert_told(ask("POST", "x", 0), "cut");
}

static void
a_body_beyond_the_limit_is_not_kept(void **state)
{
	assert_told(ask("POST", "1001", 1001), "POST /x large 0 ");
	assert_told(ask("POST", "99999999999999999999999", 3), "POST /x large 0 ");
	assert_told(ask("POST", "20000", 20000), "POST /x large 0 ");
}

static void
every_header_is_sent_and_none_to_head_has_a_body(void **state)
{
	const char *answer = ask("GET", "", 0);

	for (int i = 0; i < HEADERS; i++) {
		char line[32];

		snprintf(line, sizeof line, "\r\nX-Number: %d\r\n", i);
		assert_told(answer, line);
	}
	assert_told(answer, "\r\n\r\nGET /x whole 0 ");
	answer = ask("HEAD", "", 0);
	assert_told(answer, "\r\nContent-Length: 16\r\n\r\n");
	assert_null(strstr(answer, "whole"));
}

static int
begin(void **state)
{
	log_init("", 6);
	crypt_init();
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(at.sun_path, sizeof at.sun_path, "%s/socket", dir);
	listening = socket(AF_UNIX, SOCK_STREAM, 0);
	return bind(listening, (struct sockaddr *)&at, sizeof at) == 0 && listen(listening, 4) == 0
		   ? 0
		   : -1;
}

static int
end(void **state)
{
	close(listening);
	unlink(at.sun_path);
	return rmdir(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_body_is_what_was_announced),
	    cmocka_unit_test(bytes_beyond_the_body_make_it_invalid),
	    cmocka_unit_test(so_do_bytes_that_are_missing),
	    cmocka_unit_test(and_a_length_that_is_no_number),
	    cmocka_unit_test(a_body_beyond_the_limit_is_not_kept),
	    cmocka_unit_test(every_header_is_sent_and_none_to_head_has_a_body),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
