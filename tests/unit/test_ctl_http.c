#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../common/base/clock.h"
#include "../../ttsctl/http.h"

#define PATIENCE_MS 700

static char url[64];
static pid_t server;
static struct http_answer answer;

static int
listen_somewhere(void)
{
	struct sockaddr_in here = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof here;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&here, sizeof here), 0);
	assert_int_equal(listen(fd, 5), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&here, &len), 0);
	snprintf(url, sizeof url, "http://127.0.0.1:%d", ntohs(here.sin_port));
	return fd;
}

/* Answer one request with PARTS, each after a pause, and leave the connection OPEN or not. */
static void
serve(const char *const *parts, int pause_ms, bool open)
{
	int fd = listen_somewhere();

	server = fork();
	if (server == 0) {
		char request[1024] = "";
		int client = accept(fd, NULL, NULL);

		while (strstr(request, "\r\n\r\n") == NULL &&
		       read(client, request + strlen(request),
			   sizeof request - 1 - strlen(request)) > 0)
			continue;
		if (strncmp(request, "GET /healthz HTTP/1.0\r\nHost: 127.0.0.1:", 39) != 0)
			_exit(1);
		for (; *parts != NULL; parts++) {
			usleep((useconds_t)pause_ms * 1000);
			if (write(client, *parts, strlen(*parts)) < 0)
				_exit(2);
		}
		if (open)
			pause();
		_exit(0);
	}
	close(fd);
}

/* The server got what it should. */
static void
served(void)
{
	int status;

	assert_int_equal(waitpid(server, &status, 0), server);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void
get(void)
{
	http_get(url, "/healthz", PATIENCE_MS, &answer);
}

static void
an_answer_has_a_status_and_a_body(void **state)
{
	serve(
	    (const char *const[]){
		"HTTP/1.1 503 Service Unavailable\r\nX: y\r\n\r\n{\"status\":503}", NULL},
	    0, false);
	get();
	served();
	assert_int_equal(answer.error, 0);
	assert_int_equal(answer.status, 503);
	assert_string_equal(answer.body, "{\"status\":503}");
}

static void
it_may_come_in_parts(void **state)
{
	serve((const char *const[]){"HTTP/1.0 2", "00 OK\r\n", "\r", "\na", "b", NULL}, 20, false);
	get();
	served();
	assert_int_equal(answer.error, 0);
	assert_int_equal(answer.status, 200);
	assert_string_equal(answer.body, "ab");
}

static void
a_body_may_be_longer_than_there_is_room_for(void **state)
{
	char body[3 * HTTP_BODY_MAX];

	memset(body, 'x', sizeof body - 1);
	body[sizeof body - 1] = '\0';
	serve((const char *const[]){"HTTP/1.1 200 OK\r\n\r\n", body, body, NULL}, 0, false);
	get();
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	assert_int_equal(answer.error, 0);
	assert_int_equal(answer.status, 200);
	assert_int_equal(strlen(answer.body), HTTP_BODY_MAX);
}

static void
what_is_no_http_is_said(void **state)
{
	static const char *const wrong[] = {
	    "", "SSH-2.0-OpenSSH\r\n\r\n", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 x\r\n\r\n", "\r\n\r\n"};

	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		serve((const char *const[]){wrong[i], NULL}, 0, false);
		get();
		served();
		assert_int_equal(answer.error, EPROTO);
		assert_int_equal(answer.status, 0);
	}
}

static void
silence_and_drops_end_in_time(void **state)
{
	static const char *const drops[] = {"H", "T", "T", "P", "/", "1", ".", "1", " ", "2", "0",
	    "0", "\r", "\n", "\r", "\n", NULL};
	int64_t begin = clock_ms();

	serve((const char *const[]){NULL}, 0, true);
	get();
	assert_int_equal(answer.error, ETIMEDOUT);
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);

	serve(drops, 200, true);
	get();
	assert_int_equal(answer.error, ETIMEDOUT);
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	assert_in_range(clock_ms() - begin, 2 * PATIENCE_MS - 100, 2 * PATIENCE_MS + 3000);
}

static void
where_nobody_listens_nobody_answers(void **state)
{
	close(listen_somewhere());
	get();
	assert_int_equal(answer.error, ECONNREFUSED);
	assert_int_equal(answer.status, 0);
	snprintf(url, sizeof url, "http://nobody.invalid");
	get();
	assert_int_equal(answer.error, EHOSTUNREACH);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_answer_has_a_status_and_a_body),
	    cmocka_unit_test(it_may_come_in_parts),
	    cmocka_unit_test(a_body_may_be_longer_than_there_is_room_for),
	    cmocka_unit_test(what_is_no_http_is_said),
	    cmocka_unit_test(silence_and_drops_end_in_time),
	    cmocka_unit_test(where_nobody_listens_nobody_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
