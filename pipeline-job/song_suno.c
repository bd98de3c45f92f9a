#include <inttypes.h>
#include <string.h>

#include "../common/base/json_put.h"
#include "../common/base/log.h"
#include "../common/base/utf8.h"
#include "lines.h"
#include "remote.h"
#include "services.h"

/*
 * The song by a service of the dialect of sunoapi.org. Every answer has the status 200; the one
 * that counts is in its "code". Each request makes two takes and is paid for once: both are kept.
 */

#define NOWHERE "https://callback.invalid/" /* a callback is obligatory */
#define TAKES 2
#define STYLE_MAX_V4 200

static const struct remote_defaults defaults = {"https://api.sunoapi.org", "V4_5"};

/* How long the parts of a request may be, in characters; the first row that fits. */
static const struct suno_limits {
	const char *model; /* NULL: any other */
	size_t lyric, style, title;
} limits[] = {
    {"V4", 3000, STYLE_MAX_V4, 80},
    {"V4_5ALL", 5000, 1000, 80},
    {NULL, 5000, 1000, 100},
};

/* What the codes mean that are not those of HTTP. */
static const struct suno_code {
	int code;
	enum pipeline_class class;
} codes[] = {
    {405, CLASS_RATE_LIMITED}, /* "limit reached" */
    {430, CLASS_RATE_LIMITED}, /* "called too often" */
    {409, CLASS_PERMANENT},
    {455, CLASS_TRANSIENT}, /* maintenance */
    {501, CLASS_PROVIDER_FAILED},
    {531, CLASS_PROVIDER_FAILED},
};

/* ---------------------------------------------------------------- requests */

static int
code_of(const struct reply *reply)
{
	double code = json_at_number(reply->json, "code", reply->status);

	return code >= 200 && code <= 599 ? (int)code : reply->status;
}

/* An answer whose code is 200; else false, with the class. */
static bool
suno_ask(
    struct remote *r, const char *path, const char *body, bool costs, const struct json_node **data)
{
	struct reply reply;
	int code;

	if (!remote_ask(r, path, body, costs, &reply))
		return false;
	code = code_of(&reply);
	if (reply.status < 300 && code == 200) {
		*data = json_at(reply.json, "data");
		return true;
	}
	reply.status = reply.status < 300 ? code : reply.status;
	r->out->status = reply.status;
	remote_refused(r, &reply);
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if (codes[i].code == reply.status)
			r->out->class = codes[i].class;
	return false;
}

static const struct suno_limits *
limits_of(const char *model)
{
	const struct suno_limits *l = limits;

	while (l->model != NULL && strcmp(l->model, model) != 0)
		l++;
	return l;
}

static const char *
callback_of(const struct engine_input *in)
{
	return in->callback_url[0] != '\0' ? in->callback_url : NOWHERE;
}

/* NULL, with the class, if it would be refused. */
static const char *
request_write(struct remote *r)
{
	const struct engine_input *in = r->in;
	const struct suno_limits *l = limits_of(r->model);
	struct buf out;

	if (utf8_count(in->lyric, strlen(in->lyric)) > l->lyric) {
		remote_fail(r, CLASS_PERMANENT,
		    "the lyric has more than %zu characters, the limit of %s", l->lyric, r->model);
		return NULL;
	}
	buf_init(&out, r->pool, 2048);
	json_put_open(&out, NULL, '{');
	json_put_bool(&out, "customMode", true);
	json_put_bool(&out, "instrumental", false);
	json_put_str(&out, "model", r->model);
	json_put_str(&out, "prompt", in->lyric);
	json_put_str(&out, "style", remote_cut(r->pool, in->genre, l->style));
	json_put_str(&out, "title",
	    remote_cut(
		r->pool, in->customer_name[0] != '\0' ? in->customer_name : in->task_id, l->title));
	json_put_str(&out, "callBackUrl", callback_of(in));
	json_put_close(&out, '}');
	r->out->prompt = pool_printf(r->pool, "%s\n\nGenre: %s", in->lyric, in->genre);
	return out.data;
}

static void
song_suno_send(const struct engine_input *in, struct engine_answer *out)
{
	struct remote r = remote_begin(in, out, &defaults, REMOTE_SEND_SEC);
	const struct json_node *data = NULL;
	const char *body = request_write(&r), *id;

	if (body != NULL && suno_ask(&r, "/api/v1/generate", body, true, &data)) {
		id = json_at_string(data, "taskId");
		out->unknown = id == NULL || !remote_id_ok(id);
		if (out->unknown) {
			remote_fail(
			    &r, CLASS_TRANSIENT, "the service accepted the song without a taskId");
		} else {
			out->class = CLASS_WAIT;
			out->external_id = id;
			out->progress = 0;
		}
	}
	remote_end(&r);
}

/* ---------------------------------------------------------------- what became of a song */

struct take {
	const char *id, *url;
};

struct song {
	const char *status, *error;
	const char *param; /* the request, as JSON */
	struct take takes[TAKES];
	size_t n;     /* of them */
	size_t ready; /* that can be fetched */
};

static const char *
string_of(const struct json_node *node, const char *camel, const char *snake)
{
	const char *s = json_at_string(node, camel);

	if (s == NULL || s[0] == '\0')
		s = json_at_string(node, snake);
	return s != NULL && s[0] != '\0' ? s : NULL;
}

/* The list of takes, under one of the names it has. */
static const struct json_node *
takes_of(const struct json_node *data)
{
	static const char *const paths[] = {
	    "response/sunoData", "response/data", "sunoData", "data"};

	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		const struct json_node *list = json_at(data, paths[i]);

		if (list != NULL && list->type == NODE_ARRAY)
			return list;
	}
	return NULL;
}

static void
song_read(const struct json_node *data, struct song *out)
{
	const struct json_node *list = takes_of(data);

	*out = (struct song){.status = json_at_string(data, "status"),
	    .error = json_at_string(data, "errorMessage"),
	    .param = json_at_string(data, "param")};
	for (size_t i = 0; list != NULL && i < list->n && out->n < TAKES; i++) {
		struct take t = {.id = json_at_string(&list->v[i], "id"),
		    .url = string_of(&list->v[i], "audioUrl", "audio_url")};

		if (t.url == NULL)
			t.url = string_of(&list->v[i], "sourceAudioUrl", "source_audio_url");
		if (t.id == NULL || !remote_id_ok(t.id))
			continue;
		out->ready += t.url != NULL;
		out->takes[out->n++] = t;
	}
}

static bool
song_ask(struct remote *r, const char *id, struct song *out)
{
	const struct json_node *data = NULL;

	if (!remote_id_ok(id)) {
		remote_fail(r, CLASS_PERMANENT, "the id of the song is none");
		return false;
	}
	if (!suno_ask(r, pool_printf(r->pool, "/api/v1/generate/record-info?taskId=%s", id), NULL,
		false, &data))
		return false;
	song_read(data, out);
	return true;
}

/* ---------------------------------------------------------------- find, poll */

/*
 * Whether a song whose id came by our callback URL, which nobody else knows, is what was asked for.
 * Some servers keep the callback URL with the request, and some do not.
 */
static bool
song_is_ours(const struct remote *r, const struct song *song)
{
	const struct json_node *param =
	    song->param != NULL ? json_tree(r->pool, song->param, strlen(song->param), 1000) : NULL;
	const char *url = json_at_string(param, "callBackUrl"),
		   *prompt = json_at_string(param, "prompt");

	if (url != NULL)
		return strcmp(url, callback_of(r->in)) == 0;
	return prompt == NULL || strcmp(prompt, r->in->lyric) == 0;
}

static void
song_suno_find(const struct engine_input *in, struct engine_answer *out)
{
	struct remote r = remote_begin(in, out, &defaults, REMOTE_SEND_SEC);
	struct song song;

	out->class = CLASS_NOT_READY;
	out->message = "the service has not called yet";
	if (remote_id_ok(in->candidate) && song_ask(&r, in->candidate, &song)) {
		if (song_is_ours(&r, &song)) {
			out->class = CLASS_WAIT;
			out->message = NULL;
			out->external_id = in->candidate;
		} else {
			remote_fail(
			    &r, CLASS_NOT_READY, "a call named a song that is not this one");
		}
	}
	if (out->class == CLASS_PERMANENT) /* there is no such song */
		out->class = CLASS_NOT_READY;
	remote_end(&r);
}

/* The take that is wanted first. */
static void
takes_order(const char *wanted, struct song *song)
{
	for (size_t i = 1; i < song->n; i++)
		if (song->takes[i].url != NULL && strcmp(song->takes[i].id, wanted) == 0) {
			struct take t = song->takes[0];

			song->takes[0] = song->takes[i];
			song->takes[i] = t;
		}
}

/* What the service says of a song; there may be others in time, which are waited for. */
static const struct suno_status {
	const char *status;
	enum pipeline_class class;
	int progress;
} statuses[] = {
    {"PENDING", CLASS_WAIT, 5},
    {"TEXT_SUCCESS", CLASS_WAIT, 30},
    {"FIRST_SUCCESS", CLASS_WAIT, 70},
    {"SUCCESS", CLASS_OK, 100},
    {"CALLBACK_EXCEPTION", CLASS_OK, 100}, /* only its call to us failed */
    {"CREATE_TASK_FAILED", CLASS_PROVIDER_FAILED, -1},
    {"GENERATE_AUDIO_FAILED", CLASS_PROVIDER_FAILED, -1},
    {"SENSITIVE_WORD_ERROR", CLASS_PERMANENT, -1},
};

static void
song_judge(struct remote *r, const struct song *song)
{
	const char *status = song->status != NULL ? song->status : "";

	r->out->class = CLASS_WAIT;
	for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
		if (strcmp(status, statuses[i].status) == 0) {
			r->out->class = statuses[i].class;
			r->out->progress = statuses[i].progress;
		}
	if (r->out->class == CLASS_OK && (song->ready == 0 || song->ready < song->n)) {
		/* It is paid for, so it is waited for: until the deadline. */
		r->out->class = CLASS_WAIT;
		r->out->progress = 90;
	} else if (r->out->class == CLASS_OK) {
		r->out->url = song->takes[0].url;
		r->out->external_part = song->takes[0].id;
	} else if (r->out->class != CLASS_WAIT) {
		remote_fail(r, r->out->class, "the service made no song: %s%s%s", status,
		    song->error != NULL ? ": " : "",
		    song->error != NULL ? remote_cut(r->pool, song->error, 120) : "");
	}
}

static void
song_suno_poll(const struct engine_input *in, struct engine_answer *out)
{
	struct remote r = remote_begin(in, out, &defaults, REMOTE_SEND_SEC);
	struct song song;

	if (song_ask(&r, in->external_id, &song)) {
		takes_order(in->external_part, &song);
		song_judge(&r, &song);
	} else if (out->status == 404 || out->status == 422) {
		remote_wait(&r); /* it is not known there yet */
	}
	remote_end(&r);
}

/* ---------------------------------------------------------------- fetch */

/* The lines of the take; without them there are no captions, and a song nevertheless. */
static void
song_lines(struct remote *r, const struct take *take)
{
	const struct engine_input *in = r->in;
	const struct json_node *data = NULL, *words;
	struct engine_answer out = {.progress = -1};
	struct remote q = *r;
	struct buf body;

	q.out = &out;
	buf_init(&body, r->pool, 128);
	json_put_open(&body, NULL, '{');
	json_put_str(&body, "taskId", in->external_id);
	json_put_str(&body, "audioId", take->id);
	json_put_close(&body, '}');
	if (!suno_ask(&q, "/api/v1/generate/get-timestamped-lyrics", body.data, false, &data)) {
		log_warn("run %" PRIu64 " has no captions: %s", in->run, out.message);
		return;
	}
	words = json_at(data, "alignedWords");
	if (words != NULL && words->type == NODE_ARRAY)
		r->out->captions = lines_of_words(
		    r->pool, words->v, words->n, r->out->files[0].duration_ms, &r->out->n_captions);
}

static bool
takes_fetch(struct remote *r, const struct song *song)
{
	struct engine_answer *out = r->out;

	for (size_t i = 0; i < song->n; i++) {
		struct engine_file *file = &out->files[out->n_files];
		const char *name = pool_printf(r->pool, "take-%zu.mp3", i + 1);

		if (song->takes[i].url == NULL ||
		    !remote_download(r, song->takes[i].url, REMOTE_MP3, name, file)) {
			if (i == 0)
				return false;
			log_warn("run %" PRIu64 " has one take only: %s", r->in->run,
			    out->message != NULL ? out->message : "it has no URL");
			continue;
		}
		file->external_part = song->takes[i].id;
		out->n_files++;
	}
	return true;
}

static void
song_suno_fetch(const struct engine_input *in, struct engine_answer *out)
{
	struct remote r = remote_begin(in, out, &defaults, REMOTE_FETCH_SEC);
	struct song song;

	/* The URLs do not last, so they are asked for again. */
	if (song_ask(&r, in->external_id, &song)) {
		takes_order(in->external_part, &song);
		if (song.n == 0 || song.takes[0].url == NULL) {
			remote_fail(
			    &r, CLASS_TRANSIENT, "the service has no URL of the song any more");
			out->poll_again = true;
		} else if (takes_fetch(&r, &song)) {
			song_lines(&r, &song.takes[0]);
			out->class = CLASS_OK;
			out->message = NULL;
			out->external_part = song.takes[0].id;
		}
	}
	remote_end(&r);
}

static const char *
song_suno_check(const struct conf *conf, struct pool *pool)
{
	struct reply reply = {0};
	const char *wrong =
	    remote_check(conf, pool, STAGE_SONG, &defaults, "/api/v1/generate/credit", &reply);

	if (wrong == NULL && code_of(&reply) != 200)
		wrong = pool_printf(pool, "the service answered %d: %s", code_of(&reply),
		    remote_error_text(reply.json) != NULL ? remote_error_text(reply.json) : "");
	return wrong;
}

const struct engine engine_suno = {
    .name = "suno",
    .stage = STAGE_SONG,
    .remote = true,
    .paid = true,
    .send_sec = REMOTE_SEND_SEC,
    .fetch_sec = REMOTE_FETCH_SEC,
    .send = song_suno_send,
    .find = song_suno_find,
    .poll = song_suno_poll,
    .fetch = song_suno_fetch,
    .check = song_suno_check,
};
