#include <string.h>

#include "../common/base/json_put.h"
#include "remote.h"
#include "services.h"

/*
 * The video by Creatomate (v2). It fetches pictures and song from this server, so those need a
 * public URL. With a template of the configuration its elements are set by name; without, all
 * elements are written here.
 */

#define SHORT_SIDE 1080
#define LONG_SIDE 1920
#define FRAME_RATE 25
#define FADE_MS 1000 /* two pictures are seen together for so long */
#define IMAGES_MAX 10

static const struct remote_defaults defaults = {"https://api.creatomate.com", ""};

/* ---------------------------------------------------------------- requests */

/* Milliseconds as seconds. */
static void
put_seconds(struct buf *out, const char *name, uint64_t ms)
{
	json_put_json(out, name,
	    pool_printf(
		out->pool, "%llu.%03u", (unsigned long long)ms / 1000, (unsigned)(ms % 1000)));
}

static void
put_times(struct buf *out, uint64_t from_ms, uint64_t ms)
{
	put_seconds(out, "time", from_ms);
	put_seconds(out, "duration", ms);
}

static size_t
n_images(const struct engine_input *in)
{
	return in->n_images < IMAGES_MAX ? in->n_images : IMAGES_MAX;
}

/* The elements of a template: music_url, duration, image_1 …, caption_1 … with their times. */
static void
put_modifications(const struct engine_input *in, struct buf *out)
{
	json_put_open(out, "modifications", '{');
	json_put_str(out, "music_url", in->song_url);
	put_seconds(out, "duration", in->song_ms);
	for (size_t i = 0; i < n_images(in); i++)
		json_put_str(out, pool_printf(in->pool, "image_%zu", i + 1), in->image_urls[i]);
	for (size_t i = 0; i < in->n_captions; i++) {
		const struct stage_caption *c = &in->captions[i];
		const char *name = pool_printf(in->pool, "caption_%zu", i + 1);

		json_put_str(out, pool_printf(in->pool, "%s.text", name), c->text);
		put_seconds(out, pool_printf(in->pool, "%s.time", name), c->start_ms);
		put_seconds(
		    out, pool_printf(in->pool, "%s.duration", name), c->end_ms - c->start_ms);
	}
	json_put_close(out, '}');
}

/* Pictures fill the screen one after the other, grow slowly, and fade into each other. */
static void
put_image(const struct engine_input *in, struct buf *out, size_t i)
{
	uint64_t each = in->song_ms / n_images(in), from = each * i;
	uint64_t to = i + 1 < n_images(in) ? from + each + FADE_MS : in->song_ms;

	json_put_open(out, NULL, '{');
	json_put_str(out, "type", "image");
	json_put_int(out, "track", (int64_t)(i % 2) + 1);
	put_times(out, from, (to < in->song_ms ? to : in->song_ms) - from);
	json_put_str(out, "source", in->image_urls[i]);
	json_put_str(out, "fit", "cover");
	json_put_open(out, "animations", '[');
	json_put_open(out, NULL, '{');
	json_put_str(out, "type", "scale");
	json_put_str(out, "easing", "linear");
	json_put_bool(out, "fade", false);
	json_put_str(out, "start_scale", "100%");
	json_put_str(out, "end_scale", "110%");
	json_put_close(out, '}');
	if (i > 0) {
		json_put_open(out, NULL, '{');
		json_put_str(out, "type", "fade");
		put_times(out, 0, FADE_MS);
		json_put_close(out, '}');
	}
	json_put_close(out, ']');
	json_put_close(out, '}');
}

static void
put_caption(struct buf *out, const struct stage_caption *c)
{
	json_put_open(out, NULL, '{');
	json_put_str(out, "type", "text");
	json_put_int(out, "track", 4);
	put_times(out, c->start_ms, c->end_ms - c->start_ms);
	json_put_str(out, "text", c->text);
	json_put_str(out, "y", "82%");
	json_put_str(out, "width", "86%");
	json_put_str(out, "height", "20%");
	json_put_str(out, "x_alignment", "50%");
	json_put_str(out, "y_alignment", "50%");
	json_put_str(out, "font_family", "Noto Sans KR");
	json_put_str(out, "font_weight", "700");
	json_put_str(out, "fill_color", "#ffffff");
	json_put_str(out, "stroke_color", "#000000");
	json_put_str(out, "stroke_width", "0.6 vmin");
	json_put_close(out, '}');
}

static void
put_script(const struct engine_input *in, struct buf *out)
{
	json_put_str(out, "output_format", "mp4");
	json_put_int(out, "width", in->vertical ? SHORT_SIDE : LONG_SIDE);
	json_put_int(out, "height", in->vertical ? LONG_SIDE : SHORT_SIDE);
	json_put_int(out, "frame_rate", FRAME_RATE);
	put_seconds(out, "duration", in->song_ms);
	json_put_open(out, "elements", '[');
	for (size_t i = 0; i < n_images(in); i++)
		put_image(in, out, i);
	json_put_open(out, NULL, '{');
	json_put_str(out, "type", "audio");
	json_put_int(out, "track", 3);
	put_times(out, 0, in->song_ms);
	json_put_str(out, "source", in->song_url);
	json_put_close(out, '}');
	for (size_t i = 0; i < in->n_captions; i++)
		if (in->captions[i].end_ms > in->captions[i].start_ms)
			put_caption(out, &in->captions[i]);
	json_put_close(out, ']');
}

static const char *
template_of(const struct engine_input *in)
{
	return in->vertical ? in->conf->pipeline.template_vertical
			    : in->conf->pipeline.template_horizontal;
}

static const char *
request_write(struct remote *r)
{
	const struct engine_input *in = r->in;
	struct buf out;

	if (in->conf->http.public_url[0] == '\0') {
		remote_fail(r, CLASS_TEMPLATE,
		    "the service has to fetch pictures and song: http.public_url is not set");
		return NULL;
	}
	if (in->n_images == 0) {
		remote_fail(r, CLASS_PERMANENT, "No images found");
		return NULL;
	}
	buf_init(&out, r->pool, 8192);
	json_put_open(&out, NULL, '{');
	if (template_of(in)[0] != '\0') {
		json_put_str(&out, "template_id", template_of(in));
		put_modifications(in, &out);
	} else {
		put_script(in, &out);
	}
	r->out->prompt = pool_printf(r->pool, "%s}", out.data); /* without what is secret */
	if (in->callback_url[0] != '\0')
		json_put_str(&out, "webhook_url", in->callback_url);
	json_put_str(&out, "metadata", in->token);
	json_put_close(&out, '}');
	return out.data;
}

/* ---------------------------------------------------------------- answers */

/* What the service says of a video; there may be others in time, which are waited for. */
static const struct render_status {
	const char *status;
	enum pipeline_class class;
	int progress;
} statuses[] = {
    {"planned", CLASS_WAIT, 5}, {"waiting", CLASS_WAIT, 10}, {"transcribing", CLASS_WAIT, 20},
    {"rendering", CLASS_WAIT, 50}, {"succeeded", CLASS_OK, 100},
    {"failed", CLASS_PROVIDER_FAILED, -1},
    {"cancelled", CLASS_PERMANENT, -1}, /* somebody wanted that */
};

static void
render_judge(struct remote *r, const struct json_node *render)
{
	const char *status = json_at_string(render, "status");
	const char *error = json_at_string(render, "error_message");
	const char *url = json_at_string(render, "url");

	r->out->class = CLASS_WAIT;
	for (size_t i = 0; status != NULL && i < sizeof statuses / sizeof *statuses; i++)
		if (strcmp(status, statuses[i].status) == 0) {
			r->out->class = statuses[i].class;
			r->out->progress = statuses[i].progress;
		}
	if (r->out->class == CLASS_OK && url == NULL)
		remote_fail(r, CLASS_PROVIDER_FAILED, "the service made a video without a URL");
	else if (r->out->class == CLASS_OK)
		r->out->url = url; /* before that it is there, but leads to nothing */
	else if (r->out->class != CLASS_WAIT)
		remote_fail(r, r->out->class, "the service made no video: %s%s%s", status,
		    error != NULL ? ": " : "",
		    error != NULL ? remote_cut(r->pool, error, 120) : "");
}

/* An answer of 2xx; else false, with the class. Some servers answer with an array of one. */
static bool
render_ask(struct remote *r, const char *path, const char *body, const struct json_node **render)
{
	struct reply reply;

	if (!remote_ask(r, path, body, body != NULL, &reply))
		return false;
	*render = reply.json;
	if (reply.status >= 200 && reply.status < 300) {
		if (reply.json->type == NODE_ARRAY)
			*render = reply.json->n > 0 ? &reply.json->v[0] : NULL;
		return true;
	}
	remote_refused(r, &reply);
	if (body != NULL && r->out->class == CLASS_PERMANENT)
		r->out->class = CLASS_TEMPLATE; /* what we sent of the request is always alike */
	return false;
}

static bool
render_get(struct remote *r, const char *id, const struct json_node **render)
{
	if (!remote_id_ok(id)) {
		remote_fail(r, CLASS_PERMANENT, "the id of the video is none");
		return false;
	}
	return render_ask(r, pool_printf(r->pool, "/v2/renders/%s", id), NULL, render);
}

static void
video_creatomate_send(const struct engine_input *in, struct engine_answer *out)
{
	struct remote r = remote_begin(in, out, &defaults, REMOTE_SEND_SEC);
	const struct json_node *render = NULL;
	const char *body = request_write(&r), *id;

	if (body != NULL && render_ask(&r, "/v2/renders", body, &render)) {
		id = json_at_string(render, "id");
		out->unknown = id == NULL || !remote_id_ok(id);
		if (out->unknown) {
			remote_fail(
			    &r, CLASS_TRANSIENT, "the service accepted the video without an id");
		} else {
			out->class = CLASS_WAIT;
			out->external_id = id;
			out->progress = 0;
		}
	}
	remote_end(&r);
}

/* A call to our URL claimed an id: it is ours if it has what was sent along. */
static void
video_creatomate_find(const struct engine_input *in, struct engine_answer *out)
{
	struct remote r = remote_begin(in, out, &defaults, REMOTE_SEND_SEC);
	const struct json_node *render = NULL;
	const char *metadata;

	remote_fail(&r, CLASS_NOT_READY, "the service has not called yet");
	if (remote_id_ok(in->candidate) && render_get(&r, in->candidate, &render)) {
		metadata = json_at_string(render, "metadata");
		if (metadata != NULL && in->token[0] != '\0' && strcmp(metadata, in->token) == 0) {
			out->class = CLASS_WAIT;
			out->message = NULL;
			out->external_id = in->candidate;
		} else {
			remote_fail(
			    &r, CLASS_NOT_READY, "a call named a video that is not this one");
		}
	}
	if (out->class == CLASS_PERMANENT) /* there is no such video */
		out->class = CLASS_NOT_READY;
	remote_end(&r);
}

static void
video_creatomate_poll(const struct engine_input *in, struct engine_answer *out)
{
	struct remote r = remote_begin(in, out, &defaults, REMOTE_SEND_SEC);
	const struct json_node *render = NULL;

	if (render_get(&r, in->external_id, &render))
		render_judge(&r, render);
	else if (out->status == 404)
		remote_wait(&r); /* it is not known there yet */
	remote_end(&r);
}

static void
video_creatomate_fetch(const struct engine_input *in, struct engine_answer *out)
{
	struct remote r = remote_begin(in, out, &defaults, REMOTE_FETCH_SEC);

	if (remote_download(&r, in->url, REMOTE_MP4, "video.mp4", &out->files[0])) {
		out->class = CLASS_OK;
		out->n_files = 1;
	}
	remote_end(&r);
}

static const char *
video_creatomate_check(const struct conf *conf, struct pool *pool)
{
	if (conf->http.public_url[0] == '\0')
		return "http.public_url is not set, and the service has to fetch pictures and song";
	return remote_check(conf, pool, STAGE_VIDEO, &defaults, "/v2/templates", NULL);
}

const struct engine engine_creatomate = {
    .name = "creatomate",
    .stage = STAGE_VIDEO,
    .remote = true,
    .paid = true,
    .send_sec = REMOTE_SEND_SEC,
    .fetch_sec = REMOTE_FETCH_SEC,
    .send = video_creatomate_send,
    .find = video_creatomate_find,
    .poll = video_creatomate_poll,
    .fetch = video_creatomate_fetch,
    .check = video_creatomate_check,
};
