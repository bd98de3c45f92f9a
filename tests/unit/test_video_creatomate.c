#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../pipeline-job/services.h"
#include "service.h"

#define CALLBACK "http://127.0.0.1:9/pipeline/callback/00112233445566778899aabbccddeeff"

static struct conf conf;
static struct stage_caption captions[] = {
    {"군산의 \"바다\"에서", 0, 1500}, {"쉬어 가세요", 1500, 4020}, {"", 4020, 4020}};
static struct stage_image images[3];
#define MEDIA "https://tts.example/media/pipeline/0/12/"
static const char *const image_urls[] = {
    MEDIA "image-1-aa.jpg", MEDIA "image-2-bb.jpg", MEDIA "image-3-cc.jpg"};

static struct engine_input
video_input(void)
{
	struct engine_input in;

	service_conf(&conf, STAGE_VIDEO, "");
	in = service_input(&conf, STAGE_VIDEO);
	in.song = "/srv/media/pipeline/0/12/song-5-dd.mp3";
	in.song_ms = 9005;
	in.captions = captions;
	in.n_captions = 3;
	in.song_url = MEDIA "song-5-dd.mp3";
	in.images = images;
	in.image_urls = image_urls;
	in.n_images = 3;
	in.callback_url = CALLBACK;
	in.token = "00112233445566778899aabbccddeeff";
	return in;
}

static const struct json_node *
sent(const struct engine_input *in)
{
	struct engine_answer out;

	service_plan("{\"webhooks\": false}");
	out = service_call(engine_creatomate.send, in);
	assert_int_equal(out.class, CLASS_WAIT);
	assert_non_null(out.external_id);
	assert_int_equal(service_paid(), 1);
	/* The prompt that is kept has nothing that is secret. */
	assert_null(strstr(out.prompt, in->token));
	assert_non_null(json_tree(service.pool, out.prompt, strlen(out.prompt), 10000));
	return json_at(service_last(), "body");
}

static void
without_a_template_all_elements_are_written(void **state)
{
	struct engine_input in = video_input();
	const struct json_node *body = sent(&in), *e = json_at(body, "elements");

	assert_string_equal(json_at_string(body, "output_format"), "mp4");
	assert_int_equal((int)json_at_number(body, "width", 0), 1080);
	assert_int_equal((int)json_at_number(body, "height", 0), 1920);
	assert_string_equal(json_at_string(body, "webhook_url"), CALLBACK);
	assert_string_equal(json_at_string(body, "metadata"), in.token);
	assert_int_equal((int)(json_at_number(body, "duration", 0) * 1000 + 0.5), 9005);
	assert_int_equal(e->n, 3 + 1 + 2); /* pictures, song, captions that last */
	assert_string_equal(json_at_string(&e->v[0], "source"), image_urls[0]);
	assert_string_equal(json_at_string(&e->v[3], "type"), "audio");
	assert_string_equal(json_at_string(&e->v[3], "source"), in.song_url);
	/* Pictures follow each other without a gap, and end with the song. */
	for (size_t i = 0; i < 3; i++) {
		double from = json_at_number(&e->v[i], "time", -1);
		double to = from + json_at_number(&e->v[i], "duration", -1);

		assert_true(i == 2 ? to > 9.004 && to < 9.006
				   : to > json_at_number(&e->v[i + 1], "time", -1));
	}
	assert_string_equal(json_at_string(&e->v[5], "text"), "쉬어 가세요");
	assert_int_equal((int)(json_at_number(&e->v[5], "time", 0) * 1000 + 0.5), 1500);
	assert_int_equal((int)(json_at_number(&e->v[5], "duration", 0) * 1000 + 0.5), 2520);
	in.vertical = false;
	body = sent(&in);
	assert_int_equal((int)json_at_number(body, "width", 0), 1920);
	assert_int_equal((int)json_at_number(body, "height", 0), 1080);
}

/* So that a name that it does not know is noticed: it would be ignored. */
static void
npms_creatomate_knows_all_that_is_written(void **state)
{
	struct engine_input in = video_input();
	struct engine_answer out;
	const char *path = pool_printf(service.pool, "%s/request", directory);
	char found[200] = "";
	FILE *f = fopen(path, "w"), *p;

	if (access("node_modules/creatomate/package.json", R_OK) != 0)
		skip();
	service_plan("{\"webhooks\": false}");
	out = service_call(engine_creatomate.send, &in);
	fputs(out.prompt, f);
	fclose(f);
	p = popen(
	    pool_printf(service.pool, "node tests/e2e/creatomate.mjs --unknown <%s", path), "r");
	assert_non_null(fgets(found, sizeof found, p));
	assert_int_equal(pclose(p), 0);
	assert_string_equal(found, "\n");
}

static void
with_a_template_its_elements_are_set_by_name(void **state)
{
	struct engine_input in = video_input();
	const struct json_node *body, *m;

	conf.pipeline.template_vertical = "t-vertical";
	conf.pipeline.template_horizontal = "t-horizontal";
	body = sent(&in);
	m = json_at(body, "modifications");
	assert_string_equal(json_at_string(body, "template_id"), "t-vertical");
	assert_null(json_at(body, "elements"));
	assert_string_equal(json_at_string(m, "music_url"), in.song_url);
	assert_string_equal(json_at_string(m, "image_3"), image_urls[2]);
	assert_null(json_at(m, "image_4"));
	assert_string_equal(json_at_string(m, "caption_2.text"), "쉬어 가세요");
	assert_int_equal((int)(json_at_number(m, "caption_2.time", 0) * 1000 + 0.5), 1500);
	for (size_t i = 0; i < m->n; i++) /* scalars only */
		assert_true(m->v[i].type == NODE_STRING || m->v[i].type == NODE_NUMBER);
	in.vertical = false;
	assert_string_equal(json_at_string(sent(&in), "template_id"), "t-horizontal");
}

static void
nothing_is_sent_that_cannot_be_done(void **state)
{
	struct engine_input in = video_input();

	service_plan("{}");
	in.n_images = 0;
	assert_int_equal(service_call(engine_creatomate.send, &in).class, CLASS_PERMANENT);
	in.n_images = 3;
	conf.http.public_url = "";
	assert_int_equal(service_call(engine_creatomate.send, &in).class, CLASS_TEMPLATE);
	assert_int_equal(service_paid(), 0);
}

#define HINT(status, hint) "{\"status\": " #status ", \"body\": {\"hint\": \"" hint "\"}}"

static const struct answer_row rows[] = {
    {HINT(400, "The template could not be found"), CLASS_TEMPLATE, false, 0, 0},
    {HINT(404, "no"), CLASS_TEMPLATE, false, 0, 0},
    {HINT(422, "no"), CLASS_TEMPLATE, false, 0, 0},
    {HINT(401, "no"), CLASS_AUTH, false, 0, 0},
    {HINT(402, "no"), CLASS_OUT_OF_MONEY, false, 0, 0},
    {HINT(429, "no"), CLASS_RATE_LIMITED, false, 0, 0},
    {"{\"status\": 429, \"headers\": {\"retry-after\": \"12\"}, \"body\": {}}", CLASS_RATE_LIMITED,
	false, 12, 0},
    {HINT(500, "no"), CLASS_TRANSIENT, false, 0, 0},
    {"{\"status\": 503, \"body\": \"<html>\"}", CLASS_TRANSIENT, false, 0, 0},
    {"{\"status\": 202, \"body\": [{\"id\": \"a-1\", \"status\": \"planned\"}]}", CLASS_WAIT, false,
	0, 0},
    {"{\"status\": 202, \"body\": {\"id\": \"a-1\", \"status\": \"planned\", \"warnings\": "
     "[\"w\"], \"errors\": [\"e\"]}}",
	CLASS_WAIT, false, 0, 0},

    /* Nobody knows whether it was taken. */
    {"{\"status\": 202, \"body\": []}", CLASS_TRANSIENT, true, 0, 0},
    {"{\"status\": 202, \"body\": {\"id\": \"../x\"}}", CLASS_TRANSIENT, true, 0, 0},
    {"{\"status\": 202, \"body\": \"<html>Sign in</html>\"}", CLASS_TRANSIENT, true, 0, 0},
    {"{\"status\": 502, \"body\": \"<html>\", \"paid\": true}", CLASS_TRANSIENT, true, 0, 1},
    {"{\"how\": \"close\", \"paid\": true}", CLASS_TRANSIENT, true, 0, 1},
    {"{\"how\": \"half\", \"paid\": true}", CLASS_TRANSIENT, true, 0, 1},
};

static void
each_answer_has_its_class(void **state)
{
	struct engine_input in = video_input();

	answer_rows(rows, sizeof rows / sizeof *rows, "next", engine_creatomate.send, &in);
}

/* ---------------------------------------------------------------- poll */

static struct engine_input
video_sent(const char *plan)
{
	struct engine_input in = video_input();

	service_plan(plan);
	in.external_id = service_call(engine_creatomate.send, &in).external_id;
	assert_non_null(in.external_id);
	return in;
}

/* Its URL is there from the beginning, and leads to nothing before the end. */
static void
a_video_is_waited_for(void **state)
{
	static const int progress[] = {5, 10, 20, 50};
	struct engine_input in = video_sent("{\"polls\": 1}");
	struct engine_answer out;

	for (size_t i = 0; i < 4; i++) {
		out = service_call(engine_creatomate.poll, &in);
		assert_int_equal(out.class, CLASS_WAIT);
		assert_int_equal(out.progress, progress[i]);
		assert_null(out.url);
	}
	out = service_call(engine_creatomate.poll, &in);
	assert_int_equal(out.class, CLASS_OK);
	assert_non_null(strstr(out.url, "/file/ok/"));
}

static const struct answer_row asked[] = {
    {"{\"status\": 200, \"body\": {\"status\": \"failed\", \"error_message\": \"why\", \"url\": "
     "\"https://a.example/\"}}",
	CLASS_PROVIDER_FAILED, false, 0, 1},
    {"{\"status\": 200, \"body\": {\"status\": \"cancelled\", \"url\": \"https://a.example/\"}}",
	CLASS_PERMANENT, false, 0, 1},
    {"{\"status\": 200, \"body\": {\"status\": \"succeeded\"}}", CLASS_PROVIDER_FAILED, false, 0,
	1},
    {"{\"status\": 200, \"body\": {\"status\": \"something new\"}}", CLASS_WAIT, false, 0, 1},
    {"{\"status\": 200, \"body\": {}}", CLASS_WAIT, false, 0, 1},
    {HINT(401, "no"), CLASS_AUTH, false, 0, 1},
    {HINT(404, "no"), CLASS_WAIT, false, 0, 1},
    {HINT(429, "no"), CLASS_RATE_LIMITED, false, 0, 1},
    {HINT(500, "no"), CLASS_TRANSIENT, false, 0, 1},
    {"{\"status\": 200, \"body\": \"<html>Sign in</html>\"}", CLASS_TRANSIENT, false, 0, 1},
    {"{\"how\": \"endless\"}", CLASS_TRANSIENT, false, 0, 1},
};

static void
each_status_has_its_class(void **state)
{
	for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
		struct engine_input in = video_sent("{}");
		struct engine_answer out;

		assert_non_null(service_ask(
		    "/plan", pool_printf(service.pool, "{\"ask\": [%s]}", asked[i].plan)));
		out = service_call(engine_creatomate.poll, &in);
		if (out.class != asked[i].class || out.unknown || service_paid() != asked[i].paid)
			fail_msg("%s: class %d", asked[i].plan, (int)out.class);
		assert_null(out.url);
	}
}

/* ---------------------------------------------------------------- find, fetch */

static void
a_claimed_video_has_to_be_ours(void **state)
{
	struct engine_input in = video_sent("{}");

	in.candidate = in.external_id;
	in.external_id = "";
	assert_string_equal(service_call(engine_creatomate.find, &in).external_id, in.candidate);
	in.token = "ffffffffffffffffffffffffffffffff";
	assert_int_equal(service_call(engine_creatomate.find, &in).class, CLASS_NOT_READY);
	assert_null(service_call(engine_creatomate.find, &in).external_id);
	in.token = "";
	assert_int_equal(service_call(engine_creatomate.find, &in).class, CLASS_NOT_READY);
	in = video_input();
	in.candidate = "a862533b-0000";
	assert_int_equal(service_call(engine_creatomate.find, &in).class, CLASS_NOT_READY);
	in.candidate = "../templates";
	assert_int_equal(service_call(engine_creatomate.find, &in).class, CLASS_NOT_READY);
	assert_int_equal(service_paid(), 1);
}

static struct engine_answer
fetched(const char *what)
{
	struct engine_input in = video_input();

	in.url = pool_printf(service.pool, "%s/file/%s/x.mp4", service.url, what);
	return service_call(engine_creatomate.fetch, &in);
}

static void
a_video_is_fetched_if_it_is_one(void **state)
{
	static const struct {
		const char *what;
		enum pipeline_class class;
	} v[] = {{"html", CLASS_TRANSIENT}, {"empty", CLASS_TRANSIENT}, {"half", CLASS_TRANSIENT},
	    {"gone", CLASS_TRANSIENT}, {"redirect", CLASS_PERMANENT}, {"endless", CLASS_PERMANENT}};
	struct engine_answer out = fetched("ok");

	assert_int_equal(out.class, CLASS_OK);
	assert_int_equal(out.n_files, 1);
	assert_string_equal(out.files[0].name, "video.mp4");
	assert_string_equal(out.files[0].type, "video/mp4");
	assert_int_equal(out.files[0].duration_ms, 12000);
	for (size_t i = 0; i < sizeof v / sizeof *v; i++) {
		out = fetched(v[i].what);
		assert_int_equal(out.class, v[i].class);
		assert_int_equal(out.n_files, 0);
	}
}

static void
a_check_costs_nothing(void **state)
{
	video_input();
	service_plan("{\"key\": \"the-key-canary-0123456789\"}");
	assert_null(engine_creatomate.check(&conf, service.pool));
	service_plan("{\"key\": \"another\"}");
	assert_non_null(strstr(engine_creatomate.check(&conf, service.pool), "401"));
	assert_int_equal(service_paid(), 0);
	conf.http.public_url = "";
	assert_non_null(strstr(engine_creatomate.check(&conf, service.pool), "http.public_url"));
}

static int
video_start(void **state)
{
	return service_start("tests/e2e/creatomate.mjs");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(without_a_template_all_elements_are_written),
	    cmocka_unit_test(npms_creatomate_knows_all_that_is_written),
	    cmocka_unit_test(with_a_template_its_elements_are_set_by_name),
	    cmocka_unit_test(nothing_is_sent_that_cannot_be_done),
	    cmocka_unit_test(each_answer_has_its_class),
	    cmocka_unit_test(a_video_is_waited_for),
	    cmocka_unit_test(each_status_has_its_class),
	    cmocka_unit_test(a_claimed_video_has_to_be_ours),
	    cmocka_unit_test(a_video_is_fetched_if_it_is_one),
	    cmocka_unit_test(a_check_costs_nothing),
	};

	return cmocka_run_group_tests(tests, video_start, service_stop);
}
