#include "route.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "../common/base/auth.h"
#include "../store/key.h"
#include "../store/store.h"
#include "body.h"
#include "handlers.h"
#include "query.h"
#include "waiting.h"

/* clang-format off */
#define QUERY_TEXT                                                                                 \
	{.name = "q", .kind = QUERY_CHARS, .min = 1, .max = 100,                                   \
	    .wrong = "must be 1 to 100 characters of UTF-8"}
/* clang-format on */

static const struct query_name project_names[] = {QUERY_PAGES,
    {.name = "status",
	.kind = QUERY_WORD,
	.words = project_status_words,
	.wrong = "must be rendering, complete or complete_with_errors"},
    QUERY_TEXT,
    {.name = "sort",
	.kind = QUERY_WORD,
	.words = project_sort_words,
	.wrong = "must be created_at, updated_at or title, with - in front for the opposite order"},
    {.name = NULL}};
static const struct query_name find_names[] = {QUERY_PAGES, QUERY_TEXT, {.name = NULL}};
static const struct query_name sentence_names[] = {QUERY_PER_PAGE,
    {.name = "status",
	.kind = QUERY_WORD,
	.words = waiting_words,
	.wrong = "must be pending, rendering, ready or failed"},
    {.name = NULL}};
static const struct query_name lexicon_names[] = {
    QUERY_PAGES, {.name = "project_id", .kind = QUERY_OTHER}, {.name = NULL}};
static const struct query_name delivery_names[] = {QUERY_PER_PAGE,
    {.name = "status", .kind = QUERY_OTHER}, {.name = "before", .kind = QUERY_OTHER},
    {.name = NULL}};
static const struct query_name replay_names[] = {
    {.name = "after", .kind = QUERY_OTHER}, {.name = NULL}};
static const struct query_name logout_names[] = {
    {.name = "all", .kind = QUERY_FLAG}, {.name = NULL}};
static const struct query_name dead_list_names[] = {QUERY_PER_PAGE,
    {.name = "stage", .kind = QUERY_OTHER}, {.name = "class", .kind = QUERY_OTHER},
    {.name = "before", .kind = QUERY_OTHER}, {.name = NULL}};
static const struct query_name dead_names[] = {{.name = "stage", .kind = QUERY_OTHER},
    {.name = "class", .kind = QUERY_OTHER}, {.name = "before", .kind = QUERY_OTHER},
    {.name = NULL}};

/* Tests and documentation are compared with this table (tts-api --routes). */
const struct route routes[] = {
    {"POST", "/signup/", handle_signup, .body = true, .success = 201, .name = "signup"},
    {"POST", "/login/", handle_login, .body = true, .success = 201, .name = "login"},
    {"POST", "/logout/", handle_logout, .login = true, .person = true, .success = 201,
	.query = logout_names, .name = "logout"},
    {"POST", "/token/refresh", handle_token_refresh, .login = true, .person = true, .success = 201,
	.name = "token_refresh"},
    {"GET", "/user/", handle_user_get, .login = true, .success = 200, .name = "user_get"},
    {"POST", "/user/", handle_user_rename, .login = true, .person = true, .body = true,
	.success = 201, .name = "user_rename"},
    {"POST", "/user/email", handle_user_email, .login = true, .person = true, .body = true,
	.success = 201, .name = "user_email"},
    {"POST", "/user/password", handle_user_password, .login = true, .person = true, .body = true,
	.success = 201, .name = "user_password"},
    {"DELETE", "/user/", handle_user_delete, .login = true, .person = true, .body = true,
	.success = 201, .name = "user_delete"},
    {"POST", "/key/", handle_key_create, .login = true, .person = true, .body = true,
	.success = 201, .name = "key_create"},
    {"GET", "/key/", handle_key_list, .login = true, .person = true, .success = 200,
	.query = query_page_names, .name = "key_list"},
    {"DELETE", "/key/{id}", handle_key_delete, .login = true, .person = true, .success = 201,
	.name = "key_delete"},
    {"POST", "/project/", handle_project_create, .login = true, .body = true, .success = 201,
	.query = query_preview_names, .name = "project_create"},
    {"GET", "/project/", handle_project_list, .login = true, .success = 200, .query = project_names,
	.name = "project_list"},
    {"GET", "/project/{id}", handle_project_get, .login = true, .success = 200,
	.name = "project_get"},
    {"DELETE", "/project/{id}", handle_project_delete, .login = true, .success = 201,
	.name = "project_delete"},
    {"GET", "/project/{id}/page/{n}", handle_project_page, .login = true, .store_checks = true,
	.success = 200, .query = sentence_names, .name = "project_page"},
    {"GET", "/project/{id}/find", handle_project_find, .login = true, .success = 200,
	.query = find_names, .name = "project_find"},
    {"POST", "/project/{id}/retry", handle_project_retry, .login = true, .success = 201,
	.name = "project_retry"},
    {"POST", "/audio/", handle_audio_create, .login = true, .body = true, .success = 201,
	.name = "audio_create"},
    {"GET", "/audio/{id}", handle_audio_get, .login = true, .success = 200, .name = "audio_get"},
    {"POST", "/audio/{id}", handle_audio_edit, .login = true, .body = true, .success = 201,
	.name = "audio_edit"},
    {"DELETE", "/audio/{id}", handle_audio_delete, .login = true, .success = 201,
	.name = "audio_delete"},
    {"GET", "/audio/{id}/mp3_file", handle_audio_mp3, .login = true, .success = 200,
	.name = "audio_mp3"},
    {"GET", "/audio/{id}/timing", handle_audio_timing, .login = true, .success = 200,
	.name = "audio_timing"},
    {"POST", "/audio/{id}/move", handle_audio_move, .login = true, .body = true, .success = 201,
	.name = "audio_move"},
    {"POST", "/audio/{id}/retry", handle_audio_retry, .login = true, .success = 201,
	.name = "audio_retry"},
    {"POST", "/lexicon/", handle_lexicon_create, .login = true, .body = true, .success = 201,
	.query = query_preview_names, .name = "lexicon_create"},
    {"GET", "/lexicon/", handle_lexicon_list, .login = true, .success = 200, .query = lexicon_names,
	.name = "lexicon_list"},
    {"GET", "/lexicon/{id}", handle_lexicon_get, .login = true, .success = 200,
	.name = "lexicon_get"},
    {"DELETE", "/lexicon/{id}", handle_lexicon_delete, .login = true, .success = 201,
	.query = query_preview_names, .name = "lexicon_delete"},
    {"POST", "/webhook/", handle_webhook_create, .login = true, .body = true, .success = 201,
	.name = "webhook_create"},
    {"GET", "/webhook/", handle_webhook_list, .login = true, .success = 200,
	.query = query_page_names, .name = "webhook_list"},
    {"GET", "/webhook/{id}", handle_webhook_get, .login = true, .success = 200,
	.name = "webhook_get"},
    {"POST", "/webhook/{id}", handle_webhook_change, .login = true, .body = true, .success = 201,
	.name = "webhook_change"},
    {"DELETE", "/webhook/{id}", handle_webhook_delete, .login = true, .success = 201,
	.name = "webhook_delete"},
    {"POST", "/webhook/{id}/rotate", handle_webhook_rotate, .login = true, .success = 201,
	.name = "webhook_rotate"},
    {"POST", "/webhook/{id}/test", handle_webhook_test, .login = true, .success = 201,
	.name = "webhook_test"},
    {"GET", "/webhook/{id}/deliveries", handle_webhook_deliveries, .login = true, .success = 200,
	.query = delivery_names, .name = "webhook_deliveries"},
    {"POST", "/webhook/{id}/deliveries/{n}/redeliver", handle_webhook_redeliver, .login = true,
	.success = 201, .name = "webhook_redeliver"},
    {"POST", "/webhook/{id}/replay", handle_webhook_replay, .login = true, .success = 201,
	.query = replay_names, .name = "webhook_replay"},
    {"POST", "/device/", handle_device_register, .login = true, .body = true, .success = 201,
	.name = "device_register"},
    {"GET", "/device/", handle_device_list, .login = true, .success = 200,
	.query = query_page_names, .name = "device_list"},
    {"DELETE", "/device/{id}", handle_device_delete, .login = true, .success = 201,
	.name = "device_delete"},
    {"POST", "/pipeline/start", handle_pipeline_start, .login = true, .body = true, .success = 201,
	.query = query_preview_names, .name = "pipeline_start"},
    {"GET", "/pipeline/status/{task}", handle_pipeline_status, .login = true, .success = 200,
	.name = "pipeline_status"},
    {"POST", "/pipeline/retry/{task}/{stage}", handle_pipeline_retry, .login = true, .success = 201,
	.name = "pipeline_retry"},
    {"POST", "/pipeline/resume/{task}", handle_pipeline_resume, .login = true, .success = 201,
	.name = "pipeline_resume"},
    {"GET", "/pipeline/", handle_pipeline_list, .login = true, .success = 200,
	.query = query_page_names, .name = "pipeline_list"},
    {"DELETE", "/pipeline/{task}", handle_pipeline_delete, .login = true, .success = 201,
	.name = "pipeline_delete"},
    {"POST", "/pipeline/{task}/cancel", handle_pipeline_cancel, .login = true, .success = 201,
	.name = "pipeline_cancel"},
    {"POST", "/pipeline/{task}/pause", handle_pipeline_pause, .login = true, .success = 201,
	.name = "pipeline_pause"},
    {"POST", "/pipeline/{task}/unpause", handle_pipeline_unpause, .login = true, .success = 201,
	.name = "pipeline_unpause"},
    {"POST", "/pipeline/{task}/lyric", handle_pipeline_lyric, .login = true, .body = true,
	.success = 201, .name = "pipeline_lyric"},
    {"POST", "/pipeline/{task}/take/{n}", handle_pipeline_take, .login = true, .success = 201,
	.name = "pipeline_take"},
    {"POST", "/pipeline/{task}/image/", handle_image_add, .login = true, .raw = true,
	.picture = true, .success = 201, .name = "image_add"},
    {"GET", "/pipeline/{task}/image/", handle_image_list, .login = true, .success = 200,
	.query = query_page_names, .name = "image_list"},
    {"POST", "/pipeline/{task}/image/{id}", handle_image_move, .login = true, .body = true,
	.success = 201, .name = "image_move"},
    {"DELETE", "/pipeline/{task}/image/{id}", handle_image_delete, .login = true, .success = 201,
	.name = "image_delete"},
    {"POST", "/pipeline/callback/{secret}", handle_pipeline_callback, .raw = true, .success = 200,
	.query = query_any_names, .name = "pipeline_callback"},
    {"POST", "/lyric/generate", handle_lyric_generate, .login = true, .body = true, .success = 201,
	.name = "lyric_generate"},
    {"GET", "/lyric/status/{task}", handle_lyric_status, .login = true, .success = 200,
	.name = "lyric_status"},
    {"POST", "/song/generate", handle_song_generate, .login = true, .body = true, .success = 201,
	.name = "song_generate"},
    {"GET", "/song/status/{task}", handle_song_status, .login = true, .success = 200,
	.name = "song_status"},
    {"POST", "/video/generate", handle_video_generate, .login = true, .body = true, .success = 201,
	.name = "video_generate"},
    {"GET", "/video/status/{task}", handle_video_status, .login = true, .success = 200,
	.name = "video_status"},
    {"GET", "/dead/", handle_dead_list, .login = true, .success = 200, .query = dead_list_names,
	.name = "dead_list"},
    {"POST", "/dead/retry", handle_dead_retry_all, .login = true, .success = 201,
	.query = dead_names, .name = "dead_retry_all"},
    {"GET", "/dead/{id}", handle_dead_get, .login = true, .success = 200, .name = "dead_get"},
    {"POST", "/dead/{id}/retry", handle_dead_retry, .login = true, .success = 201,
	.name = "dead_retry"},
    {"DELETE", "/dead/{id}", handle_dead_drop, .login = true, .success = 201, .name = "dead_drop"},
    {"GET", "/voices/", handle_voices, .success = 200, .query = query_page_names, .name = "voices"},
    {"GET", "/healthz", handle_healthz, .success = 200, .name = "healthz"},
};
const size_t routes_n = sizeof routes / sizeof routes[0];

const struct route local_routes[] = {
    {"GET", "/metrics", handle_metrics, .success = 200, .name = "metrics"},
    {"POST", "/post_sentence", handle_post_sentence, .raw = true, .success = 200,
	.name = "post_sentence"},
    {"POST", "/update_sentence", handle_update_sentence, .raw = true, .success = 200,
	.name = "update_sentence"},
};
const size_t local_routes_n = sizeof local_routes / sizeof local_routes[0];

void
route_print(FILE *out)
{
	const struct route *r;

	for (r = routes; r < routes + routes_n; r++)
		fprintf(out, "%s %s %s %s %d\n", r->method, r->pattern, r->login ? "login" : "open",
		    r->name, r->success);
}

void
route_print_queries(FILE *out)
{
	for (const struct route *r = routes; r < routes + routes_n; r++)
		for (const struct query_name *q = r->query; q != NULL && q->name != NULL; q++)
			fprintf(out, "%s %s %s\n", r->method, r->pattern, q->name);
}

/* ------------------------------------------------------------------ finding */

static bool
all_digits(const char *s, size_t len)
{
	return len > 0 && strspn(s, "0123456789") >= len;
}

/* Parse digits without leading zeros; 0 if it is not a number from 1 to 2^63 - 1. */
static uint64_t
parse_number(const char *s, size_t len)
{
	uint64_t number;

	if (!all_digits(s, len) || *s == '0' || len > 19)
		return 0;
	number = strtoull(s, NULL, 10);
	return number <= INT64_MAX ? number : 0;
}

uint64_t
route_page_number(const char *s, size_t len)
{
	uint64_t n = parse_number(s, len);

	return n == 0 || n > PAGE_BEYOND ? PAGE_BEYOND : n;
}

/* Move to the next segment of a path and return its length: 0 at the end, also after a final
 * slash. */
static size_t
next_segment(const char **path)
{
	if (**path == '/')
		(*path)++;
	return strcspn(*path, "/");
}

bool
route_uuid(const char *s, size_t len, char *out)
{
	if (len != 36)
		return false;
	for (size_t i = 0; i < len; i++) {
		bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;

		if (hyphen ? s[i] != '-' : !isxdigit((unsigned char)s[i]))
			return false;
		if (out != NULL)
			out[i] = (char)tolower((unsigned char)s[i]);
	}
	if (out != NULL)
		out[len] = '\0';
	return true;
}

/* What {stage} and {secret} may consist of: answers repeat it. */
#define WORD "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"
#define WORD_MAX 64

/* Set the parameter of REQ that a segment of a pattern stands for. */
static bool
match_parameter(struct req *req, const char *pattern, const char *s, size_t len)
{
	char *task;

	switch (pattern[1]) {
	case 't':
		task = pool_alloc(req->pool, ROUTE_UUID_SIZE);
		req->task = task;
		return route_uuid(s, len, task);
	case 's':
		req->word = pool_strndup(req->pool, s, len);
		return strspn(req->word, WORD) == len && len <= WORD_MAX;
	default:
		break;
	}
	if (!all_digits(s, len))
		return false;
	if (pattern[1] == 'n')
		req->page = route_page_number(s, len);
	else
		req->object = parse_number(s, len);
	return true;
}

/* Compare a path with a pattern, segment by segment. */
static bool
match_pattern(struct req *req, const char *pattern)
{
	const char *path = req->path;

	if (*path != '/')
		return false;
	for (;;) {
		size_t want = next_segment(&pattern), have = next_segment(&path);

		if (want == 0 || have == 0)
			return want == have && *path == '\0';
		if (*pattern == '{') {
			if (!match_parameter(req, pattern, path, have))
				return false;
		} else if (want != have || memcmp(pattern, path, want) != 0) {
			return false;
		}
		pattern += want;
		path += have;
	}
}

const struct route *
route_find(struct req *req, const char **allow)
{
	const char *method = strcmp(req->method, "HEAD") == 0 ? "GET" : req->method;
	const struct route *table = req->local ? local_routes : routes, *r;
	size_t n = req->local ? local_routes_n : routes_n;

	*allow = NULL;
	for (r = table; r < table + n; r++) {
		if (!match_pattern(req, r->pattern))
			continue;
		if (strcmp(r->method, method) == 0)
			return r;
		*allow = pool_printf(req->pool, "%s%s%s%s", *allow != NULL ? *allow : "",
		    *allow != NULL ? ", " : "", r->method,
		    strcmp(r->method, "GET") == 0 ? ", HEAD" : "");
	}
	return NULL;
}

/* ------------------------------------------------------------------ answering */

static struct answer
no_route(const struct req *req, const char *allow)
{
	struct answer problem;

	if (allow == NULL)
		return answer_problem(req, 404, "There is nothing at this address.");
	problem = answer_problem(req, 405, "This address is for %s.", allow);
	answer_header(req, &problem, "Allow", allow);
	return problem;
}

/* The key exists. Tell whether it may do this: only a login may change the account. */
static bool
check_scope(struct req *req, const struct key_login *key, struct answer *problem)
{
	bool reads = strcmp(req->route->method, "GET") == 0;

	if (req->route->person)
		*problem = answer_problem(req, 403, "An API key cannot do this; log in.");
	else if (reads ? !key->read : !key->write)
		*problem = answer_problem(
		    req, 403, "The API key does not have the scope %s.", reads ? "read" : "write");
	else
		return true;
	answer_header(req, problem, "WWW-Authenticate", "Bearer error=\"insufficient_scope\"");
	return false;
}

/* Check an API key with this hash. That it was used is noted at times; if that is not possible, the
 * request is carried out all the same. */
static bool
check_key(struct req *req, const uint8_t *hash, struct answer *problem)
{
	struct key_login key;
	enum rc rc = key_check(req->api->db, hash, &key);

	if (rc != RC_OK) {
		*problem = answer_rc(req, rc);
		return false;
	}
	if (key.unused)
		(void)key_used(req->api->db, key.id);
	req->login = key.login;
	req->user = key.login.user;
	return check_scope(req, &key, problem);
}

/* Check the login. Every refusal has the same text, which never reveals what was wrong. */
static bool
check_login(struct req *req, struct answer *problem)
{
	uint8_t hash[AUTH_KEY_HASH_SIZE];
	enum rc rc = RC_DENIED;

	if (req->authorization != NULL && auth_key_hash(req->authorization, hash))
		return check_key(req, hash, problem);
	if (req->authorization != NULL &&
	    auth_verify(req->api->auth, req->authorization, time(NULL), &req->login))
		rc = req->route->store_checks ? RC_OK : user_check(req->api->db, &req->login);
	if (rc == RC_OK)
		req->user = req->login.user;
	else
		*problem = answer_rc(req, rc);
	return rc == RC_OK;
}

size_t
route_body_max(struct req *req)
{
	const struct conf *conf = req->api->conf;
	const char *allow;
	const struct route *route = route_find(req, &allow);
	size_t max = (size_t)conf->limits.body_bytes;

	return route != NULL && route->picture ? (size_t)conf->pipeline.image_bytes : max;
}

/* Whether the body was compressed: no route takes such a one. */
static bool
body_encoded(const struct req *req)
{
	const char *s = req->content_encoding;

	return s != NULL && *s != '\0' && strcasecmp(s, "identity") != 0;
}

static struct answer
encoding_problem(const struct req *req)
{
	struct answer problem =
	    answer_problem(req, 415, "The body must not be compressed (Content-Encoding).");

	answer_header(req, &problem, "Accept-Encoding", "identity"); /* RFC 9110, 15.5.16 */
	return problem;
}

/* An incomplete request is not carried out, whatever it asks for. */
static bool
body_usable(const struct req *req, struct answer *problem)
{
	if (req->body_state == BODY_CUT)
		*problem =
		    answer_problem(req, 400, "The length of the body differs from Content-Length.");
	else if (!req->route->body && !req->route->raw)
		return true;
	else if (req->body_state == BODY_LARGE)
		*problem = answer_problem(req, 413, "The body must not be longer than %d bytes.",
		    req->route->picture ? req->api->conf->pipeline.image_bytes
					: req->api->conf->limits.body_bytes);
	else if (body_encoded(req))
		*problem = encoding_problem(req);
	else if (req->route->raw)
		return true;
	else if (!body_is_json(req->content_type))
		*problem =
		    answer_problem(req, 415, "Content-Type must be application/json, in UTF-8.");
	else
		return true;
	return false;
}

struct answer
route_answer(struct req *req)
{
	struct answer problem;
	const char *allow;

	req->route = route_find(req, &allow);
	if (req->route == NULL)
		return no_route(req, allow);
	if (req->route->login && !check_login(req, &problem))
		return problem;
	if (!query_read(req, &problem))
		return problem;
	if (!body_usable(req, &problem))
		return problem;
	return req->route->handler(req);
}
