#include "client.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "http.h"

#define TRIES 60 /* of a request with an Idempotency-Key, and of a read */
#define TRY_PAUSE_MS 250

static void
pause_ms(long ms)
{
	nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

static struct reply
request(struct client *c, struct pool *pool, const char *method, const char *path,
    const char *headers, const char *body)
{
	const char *all = headers;

	if (c->token != NULL)
		all = pool_printf(pool, "Authorization: Bearer %s\r\n%s", c->token, headers);
	return http_send(pool, c->port, method, path, all, body);
}

/* A read: repeated until it is answered. */
static struct reply
get(struct client *c, struct pool *pool, const char *path)
{
	struct reply reply = {0};

	for (int i = 0; i < TRIES; i++) {
		reply = request(c, pool, "GET", path, "", "");
		if (reply.status > 0 && reply.status < 500)
			return reply;
		pause_ms(TRY_PAUSE_MS);
	}
	return reply;
}

static const char *
outcome(struct pool *pool, const struct reply *reply)
{
	return reply->status == 0 ? "?" : pool_printf(pool, "%d", reply->status);
}

static enum result
result_of(const struct reply *reply, int success)
{
	return reply->status == success ? ACCEPTED : reply->status == 0 ? UNKNOWN : REFUSED;
}

/* One write: several clients may share the file. */
static void
say(struct client *c, const struct buf *lines)
{
	if (c->log >= 0 && write(c->log, lines->data, lines->len) != (ssize_t)lines->len) {
		perror("client: cannot write what was answered");
		exit(70);
	}
}

/* ---------------------------------------------------------------- JSON that we know the shape of
 */

static const char *
json_value(const char *json, const char *name)
{
	char quoted[64];
	const char *at;

	snprintf(quoted, sizeof quoted, "\"%s\":", name);
	at = strstr(json, quoted);
	return at != NULL ? at + strlen(quoted) : NULL;
}

uint64_t
json_number(const char *json, const char *name)
{
	const char *value = json_value(json, name);

	return value != NULL ? strtoull(value, NULL, 10) : 0;
}

const char *
json_string(struct pool *pool, const char *json, const char *name)
{
	const char *value = json_value(json, name);
	struct buf out;

	buf_init(&out, pool, 64);
	if (value == NULL || *value != '"')
		return out.data;
	for (value++; *value != '"' && *value != '\0'; value++) {
		if (*value == '\\')
			value++;
		buf_add(&out, value, 1);
	}
	return out.data;
}

/* ---------------------------------------------------------------- login */

enum result
do_login(struct client *c, struct pool *pool, const char *email, const char *password)
{
	const char *mail = json_quote(pool, email), *word = json_quote(pool, password);
	const char *body =
	    pool_printf(pool, "{\"name\":\"Somebody\",\"email\":%s,\"password\":%s}", mail, word);
	struct reply reply;

	c->token = NULL;
	for (int i = 0; i < TRIES; i++) {
		reply = request(c, pool, "POST", "/signup/", "", body);
		if (reply.status == 201 || reply.status == 409)
			break;
		pause_ms(TRY_PAUSE_MS);
	}
	body = pool_printf(pool, "{\"email\":%s,\"password\":%s}", mail, word);
	for (int i = 0; i < TRIES; i++) {
		reply = request(c, pool, "POST", "/login/", "", body);
		if (reply.status == 201) {
			c->token = json_string(pool, reply.body, "access");
			return ACCEPTED;
		}
		pause_ms(TRY_PAUSE_MS);
	}
	return REFUSED;
}

/* ---------------------------------------------------------------- projects */

/* The sentences of a new project, one per line, and their log lines. */
static const char *
project_text(struct client *c, struct pool *pool, size_t n, const char *text)
{
	struct buf all;

	if (text != NULL)
		return text;
	buf_init(&all, pool, 64 * n);
	for (size_t i = 0; i < n; i++)
		buf_addf(&all, "%s\n", text_new(c, pool));
	return all.data;
}

static void
say_project(struct client *c, struct pool *pool, const struct reply *reply, const char *title,
    const char *text, uint64_t id)
{
	const char *hash = text_hash(pool, title), *how = outcome(pool, reply);
	char *rest = pool_strdup(pool, text), *line;
	struct buf lines;

	buf_init(&lines, pool, 4096);
	buf_addf(&lines, "project %s title=%s id=%" PRIu64 "\n", how, hash, id);
	while ((line = strsep(&rest, "\n")) != NULL)
		if (line[0] != '\0')
			buf_addf(&lines, "sentence %s title=%s text=%s speed=1\n", how, hash,
			    text_hash(pool, line));
	say(c, &lines);
}

enum result
do_project(struct client *c, struct pool *pool, size_t n, const char *text, const char *language,
    const char *key, uint64_t *id)
{
	const char *title = text_new(c, pool), *headers = "", *body;
	struct reply reply;

	text = project_text(c, pool, n, text);
	body = pool_printf(pool, "{\"title\":%s,\"sentences\":%s,\"language\":%s}",
	    json_quote(pool, title), json_quote(pool, text), json_quote(pool, language));
	if (key != NULL)
		headers = pool_printf(pool, "Idempotency-Key: %s\r\n", key);
	*id = 0;
	for (int i = 0; i < TRIES; i++) {
		reply = request(c, pool, "POST", "/project/", headers, body);
		if (reply.status == 201)
			*id = json_number(reply.body, "id");
		say_project(c, pool, &reply, title, text, *id);
		if (key == NULL || (reply.status > 0 && reply.status < 500))
			break;
		pause_ms(TRY_PAUSE_MS);
	}
	return result_of(&reply, 201);
}

/* Record one sentence as it was read. */
static struct known
see(struct pool *pool, struct buf *lines, const char *json)
{
	struct known k = {json_number(json, "id"), json_number(json, "revision")};
	const char *path = json_string(pool, json, "path");

	buf_addf(lines,
	    "see 200 id=%" PRIu64 " project=%" PRIu64 " rev=%" PRIu64 " text=%s speed=%" PRIu64
	    "\n",
	    k.id, json_number(json, "project"), k.revision,
	    text_hash(pool, json_string(pool, json, "text")), json_number(json, "speed"));
	if (path[0] != '\0')
		buf_addf(lines, "sound 200 id=%" PRIu64 " rev=%" PRIu64 " path=%s\n", k.id,
		    k.revision, path);
	return k;
}

size_t
do_see(struct client *c, struct pool *pool, uint64_t project, struct known *v, size_t max)
{
	uint64_t pages = 1;
	size_t n = 0;

	for (uint64_t page = 1; page <= pages && n < max; page++) {
		struct reply reply = get(c, pool,
		    pool_printf(pool, "/project/%" PRIu64 "/page/%" PRIu64, project, page));
		struct buf lines;
		char *at, *end;

		if (reply.status != 200)
			break;
		buf_init(&lines, pool, 4096);
		pages = json_number(reply.body, "pages");
		at = strstr(reply.body, "\"page\":");
		while (at != NULL && (at = strchr(at + 1, '{')) != NULL && n < max) {
			end = strstr(at, "\"error\":"); /* the last member */
			if (end == NULL)
				break;
			*end = '\0';
			v[n++] = see(pool, &lines, at);
			at = end;
		}
		say(c, &lines);
	}
	return n;
}

enum result
do_delete(struct client *c, struct pool *pool, uint64_t project)
{
	struct reply reply =
	    request(c, pool, "DELETE", pool_printf(pool, "/project/%" PRIu64, project), "", "");
	struct buf lines;

	buf_init(&lines, pool, 64);
	buf_addf(&lines, "delete %s id=%" PRIu64 "\n", outcome(pool, &reply), project);
	say(c, &lines);
	return result_of(&reply, 201);
}

/* ---------------------------------------------------------------- sentences */

enum result
do_edit(struct client *c, struct pool *pool, uint64_t id, const char *text, int speed,
    uint64_t if_match, uint64_t *revision)
{
	const char *headers = "", *body;
	struct reply reply;
	struct buf lines;

	if (text == NULL)
		text = text_new(c, pool);
	if (if_match != 0)
		headers = pool_printf(pool, "If-Match: \"%" PRIu64 "\"\r\n", if_match);
	body = pool_printf(pool, "{\"text\":%s,\"speed\":%d}", json_quote(pool, text), speed);
	reply = request(c, pool, "POST", pool_printf(pool, "/audio/%" PRIu64, id), headers, body);
	buf_init(&lines, pool, 256);
	buf_addf(&lines, "edit %s id=%" PRIu64 " text=%s speed=%d", outcome(pool, &reply), id,
	    text_hash(pool, text), speed);
	if (reply.status == 201) {
		*revision = json_number(reply.body, "revision");
		buf_addf(&lines, " rev=%" PRIu64, *revision);
	}
	buf_adds(&lines, "\n");
	say(c, &lines);
	return result_of(&reply, 201);
}

enum result
do_insert(struct client *c, struct pool *pool, uint64_t project, int64_t index, const char *text,
    const char *key, uint64_t *id)
{
	const char *headers = "", *body;
	struct reply reply;

	if (text == NULL)
		text = text_new(c, pool);
	if (key != NULL)
		headers = pool_printf(pool, "Idempotency-Key: %s\r\n", key);
	body = pool_printf(pool,
	    "{\"project_id\":%" PRIu64 ",\"index\":%" PRId64 ",\"text\":%s,\"speed\":1}", project,
	    index, json_quote(pool, text));
	*id = 0;
	for (int i = 0; i < TRIES; i++) {
		struct buf lines;

		reply = request(c, pool, "POST", "/audio/", headers, body);
		buf_init(&lines, pool, 256);
		buf_addf(&lines, "insert %s project=%" PRIu64 " text=%s speed=1",
		    outcome(pool, &reply), project, text_hash(pool, text));
		if (reply.status == 201) {
			*id = json_number(reply.body, "id");
			buf_addf(&lines, " id=%" PRIu64 " rev=%" PRIu64, *id,
			    json_number(reply.body, "revision"));
		}
		buf_adds(&lines, "\n");
		say(c, &lines);
		if (key == NULL || (reply.status > 0 && reply.status < 500))
			break;
		pause_ms(TRY_PAUSE_MS);
	}
	return result_of(&reply, 201);
}

enum result
do_remove(struct client *c, struct pool *pool, uint64_t id)
{
	struct reply reply =
	    request(c, pool, "DELETE", pool_printf(pool, "/audio/%" PRIu64, id), "", "");
	struct buf lines;

	buf_init(&lines, pool, 64);
	buf_addf(&lines, "remove %s id=%" PRIu64 "\n", outcome(pool, &reply), id);
	say(c, &lines);
	return result_of(&reply, 201);
}

enum result
do_retry(struct client *c, struct pool *pool, uint64_t id)
{
	struct reply reply =
	    request(c, pool, "POST", pool_printf(pool, "/audio/%" PRIu64 "/retry", id), "", "");

	return result_of(&reply, 201);
}

enum result
do_sound(struct client *c, struct pool *pool, uint64_t id)
{
	struct reply reply = get(c, pool, pool_printf(pool, "/audio/%" PRIu64, id));
	struct buf lines;

	if (reply.status != 200)
		return result_of(&reply, 200);
	buf_init(&lines, pool, 256);
	see(pool, &lines, reply.body);
	say(c, &lines);
	return ACCEPTED;
}
