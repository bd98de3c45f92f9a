#ifndef TTS_TESTS_SERVICE_H
#define TTS_TESTS_SERVICE_H

/* For tests of the engines that are services elsewhere: a stand-in (tests/e2e/NAME.mjs), and calls
 * of an engine. */

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../common/base/crypt.h"
#include "../../common/base/json.h"
#include "../../common/net/http.h"
#include "../../pipeline-job/engine.h"

struct service {
	pid_t pid;
	char url[64];
	struct pool *pool;
	struct http *http;
};

static struct service service;
static char directory[] = "/tmp/tts-unit-service.XXXXXX";

static inline int
free_port(void)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t len = sizeof in;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&in, sizeof in), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&in, &len), 0);
	close(fd);
	return ntohs(in.sin_port);
}

/* GET PATH of the stand-in, or post BODY there. */
static inline const char *
service_ask(const char *path, const char *body)
{
	struct http_request request = {.url = pool_printf(service.pool, "%s%s", service.url, path),
	    .body = body,
	    .timeout_ms = 5000,
	    .max = 1 << 20};
	struct http_answer answer;

	http_ask(service.http, service.pool, &request, &answer);
	return answer.status == 200 ? answer.body : NULL;
}

static inline void
service_plan(const char *plan)
{
	assert_non_null(service_ask("/reset", "{}"));
	assert_non_null(service_ask("/plan", plan));
}

static inline const struct json_node *
service_json(const char *path)
{
	const char *s = service_ask(path, NULL);

	assert_non_null(s);
	return json_tree(service.pool, s, strlen(s), 200000);
}

/* How often it was paid. */
static inline int
service_paid(void)
{
	return (int)json_at_number(service_json("/paid"), "total", -1);
}

/* The newest request. */
static inline const struct json_node *
service_last(void)
{
	const struct json_node *log = service_json("/log");

	assert_true(log->n > 0);
	return &log->v[log->n - 1];
}

static inline int
service_start(const char *script)
{
	static char port[16];

	crypt_init();
	service.pool = pool_new();
	service.http = http_new("");
	snprintf(port, sizeof port, "%d", free_port());
	snprintf(service.url, sizeof service.url, "http://127.0.0.1:%s", port);
	service.pid = fork();
	if (service.pid == 0) {
		execlp("node", "node", script, port, (char *)NULL);
		_exit(127);
	}
	for (int i = 0; i < 200 && service_ask("/paid", NULL) == NULL; i++)
		nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
	return service_ask("/paid", NULL) == NULL || mkdtemp(directory) == NULL;
}

static inline int
service_stop(void **state)
{
	char command[128];

	kill(service.pid, SIGTERM);
	waitpid(service.pid, NULL, 0);
	http_free(service.http);
	pool_free(service.pool);
	snprintf(command, sizeof command, "rm -rf %s", directory);
	return system(command);
}

/* The key of the service is in a file. */
static inline const char *
key_file(const char *key)
{
	const char *path = pool_printf(service.pool, "%s/key", directory);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fchmod(fileno(f), 0600), 0);
	fputs(key, f);
	fclose(f);
	return path;
}

/* A configuration in which STAGE is done by the stand-in below PATH. */
static inline void
service_conf(struct conf *conf, enum stage stage, const char *path)
{
	memset(conf, 0, sizeof *conf);
	for (int i = 0; i < STAGES; i++)
		conf->pipeline.stage[i] =
		    (struct conf_stage){.engine = "", .url = "", .key_file = "", .model = ""};
	conf->pipeline.stage[stage].url = pool_printf(service.pool, "%s%s", service.url, path);
	conf->pipeline.stage[stage].key_file = key_file("the-key-canary-0123456789");
	conf->pipeline.stage[stage].model = "";
	conf->pipeline.allow_networks = "127.0.0.0/8";
	conf->pipeline.result_mib = 4;
	conf->pipeline.min_chars = 50;
	conf->pipeline.prompt_file = "";
	conf->pipeline.template_vertical = conf->pipeline.template_horizontal = "";
	conf->http.public_url = "https://tts.example";
	conf->media.root = "/srv/media";
	conf->media.url = "/media";
}

static inline struct engine_input
service_input(const struct conf *conf, enum stage stage)
{
	return (struct engine_input){.conf = conf,
	    .pool = service.pool,
	    .stage = stage,
	    .task_id = "the-task",
	    .run = 7,
	    .customer_name = "",
	    .region = "",
	    .detail = "",
	    .language = "ko",
	    .genre = "pop, ambient",
	    .vertical = true,
	    .lyric = "",
	    .song = "",
	    .external_id = "",
	    .external_part = "",
	    .candidate = "",
	    .url = "",
	    .callback_url = "",
	    .token = "",
	    .directory = directory};
}

static inline struct engine_answer
service_call(void (*call)(const struct engine_input *, struct engine_answer *),
    const struct engine_input *in)
{
	struct engine_answer out = {.class = CLASS_SYSTEM, .progress = -1};

	call(in, &out);
	if (out.class != CLASS_OK && out.class != CLASS_WAIT)
		assert_non_null(out.message);
	return out;
}

/* A row of a table of answers: what the stand-in answers, and what becomes of it. */
struct answer_row {
	const char *plan; /* the one answer, as JSON */
	enum pipeline_class class;
	bool unknown;
	int64_t retry_after_sec;
	int paid; /* how often the stand-in was */
};

static inline void
answer_rows(const struct answer_row *v, size_t n, const char *which,
    void (*call)(const struct engine_input *, struct engine_answer *),
    const struct engine_input *in)
{
	for (size_t i = 0; i < n; i++) {
		struct engine_answer out;

		service_plan(pool_printf(service.pool, "{\"%s\": [%s]}", which, v[i].plan));
		out = service_call(call, in);
		if (out.class != v[i].class || out.unknown != v[i].unknown ||
		    out.retry_after_sec != v[i].retry_after_sec || service_paid() != v[i].paid)
			fail_msg("%s: class %d, %s, %lld s, paid %d: %s", v[i].plan, (int)out.class,
			    out.unknown ? "unknown" : "known", (long long)out.retry_after_sec,
			    service_paid(), out.message != NULL ? out.message : "");
		assert_true(out.excerpt == NULL || strlen(out.excerpt) <= ENGINE_EXCERPT);
		assert_true(out.excerpt == NULL || strstr(out.excerpt, "canary") == NULL);
		assert_true(out.message == NULL || strstr(out.message, "canary") == NULL);
	}
}

#endif
