#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../pipeline-job/services.h"
#include "service.h"

#define CALLBACK "http://127.0.0.1:9/pipeline/callback/00112233445566778899aabbccddeeff"

static struct conf conf;

static struct engine_input
song_input(void)
{
	struct engine_input in;

	service_conf(&conf, STAGE_SONG, "");
	in = service_input(&conf, STAGE_SONG);
	in.customer_name = "스테이 머뭄";
	in.lyric = "군산의 바다에서\n쉬어 가세요";
	in.callback_url = CALLBACK;
	in.token = "00112233445566778899aabbccddeeff";
	return in;
}

static void
request_has_lyric_style_and_title(void **state)
{
	struct engine_input in = song_input();
	const struct json_node *body;
	struct engine_answer out;

	service_plan("{}");
	out = service_call(engine_suno.send, &in);
	assert_int_equal(out.class, CLASS_WAIT);
	assert_non_null(out.external_id);
	assert_string_equal(out.prompt, "군산의 바다에서\n쉬어 가세요\n\nGenre: pop, ambient");
	body = json_at(service_last(), "body");
	assert_string_equal(json_at_string(body, "prompt"), in.lyric);
	assert_string_equal(json_at_string(body, "style"), "pop, ambient");
	assert_string_equal(json_at_string(body, "title"), "스테이 머뭄");
	assert_string_equal(json_at_string(body, "model"), "V4_5");
	assert_string_equal(json_at_string(body, "callBackUrl"), CALLBACK);
	assert_string_equal(json_at_string(service_last(), "headers/authorization"),
	    "Bearer the-key-canary-0123456789");
	/* One is obligatory, also for those who cannot be reached. */
	in.callback_url = "";
	assert_int_equal(service_call(engine_suno.send, &in).class, CLASS_WAIT);
	assert_string_equal(
	    json_at_string(service_last(), "body/callBackUrl"), "https://callback.invalid/");
}

static const char *
repeated(const char *s, size_t n)
{
	struct buf out;

	buf_init(&out, service.pool, n * strlen(s));
	for (size_t i = 0; i < n; i++)
		buf_adds(&out, s);
	return out.data;
}

/* The stand-in refuses anything longer, as the service does. */
static void
lengths_are_those_of_the_model(void **state)
{
	static const struct {
		const char *model;
		size_t lyric;
	} rows[] = {{"V4", 3000}, {"V4_5", 5000}, {"V4_5ALL", 5000}, {"V5_5", 5000}};
	struct engine_input in = song_input();

	in.genre = repeated("락", 1100);
	in.customer_name = repeated("이", 101);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		conf.pipeline.stage[STAGE_SONG].model = rows[i].model;
		service_plan("{}");
		in.lyric = repeated("가", rows[i].lyric);
		assert_int_equal(service_call(engine_suno.send, &in).class, CLASS_WAIT);
		in.lyric = repeated("가", rows[i].lyric + 1);
		assert_int_equal(service_call(engine_suno.send, &in).class, CLASS_PERMANENT);
		assert_int_equal(service_json("/log")->n, 1); /* it was not even asked */
	}
}

#define CODE(code, msg)                                                                            \
	"{\"status\": 200, \"body\": {\"code\": " #code ", \"msg\": \"" msg "\", \"data\": null}}"

/* The status is always 200: the code counts. */
static const struct answer_row rows[] = {
    {CODE(400, "bad"), CLASS_PERMANENT, false, 0, 0},
    {CODE(401, "no"), CLASS_AUTH, false, 0, 0},
    {CODE(402, "Insufficient credits"), CLASS_OUT_OF_MONEY, false, 0, 0},
    {CODE(404, "no"), CLASS_PERMANENT, false, 0, 0},
    {CODE(405, "limit reached"), CLASS_RATE_LIMITED, false, 0, 0},
    {CODE(409, "conflict"), CLASS_PERMANENT, false, 0, 0},
    {CODE(413, "too long"), CLASS_PERMANENT, false, 0, 0},
    {CODE(422, "invalid"), CLASS_PERMANENT, false, 0, 0},
    {CODE(429, "The current credits are insufficient. Please top up"), CLASS_OUT_OF_MONEY, false, 0,
	0},
    {CODE(429, "Insufficient credits"), CLASS_OUT_OF_MONEY, false, 0, 0},
    {CODE(429, "Too many requests"), CLASS_RATE_LIMITED, false, 0, 0},
    {CODE(430, "called too often"), CLASS_RATE_LIMITED, false, 0, 0},
    {CODE(451, "no"), CLASS_PERMANENT, false, 0, 0},
    {CODE(455, "maintenance"), CLASS_TRANSIENT, false, 0, 0},
    {CODE(500, "error"), CLASS_TRANSIENT, false, 0, 0},
    {CODE(501, "failed"), CLASS_PROVIDER_FAILED, false, 0, 0},
    {CODE(531, "failed, refunded"), CLASS_PROVIDER_FAILED, false, 0, 0},
    {"{\"status\": 429, \"headers\": {\"retry-after\": \"11\"}, \"body\": {}}", CLASS_RATE_LIMITED,
	false, 11, 0},
    {"{\"status\": 429, \"headers\": {\"retry-after\": \"9000000000000000000\"}, \"body\": {}}",
	CLASS_RATE_LIMITED, false, 86400, 0},
    {"{\"status\": 429, \"headers\": {\"retry-after-ms\": \"9999999999999999999\"}, \"body\": {}}",
	CLASS_RATE_LIMITED, false, 86400, 0},
    {"{\"status\": 429, \"headers\": {\"retry-after\": \"-5\"}, \"body\": {}}", CLASS_RATE_LIMITED,
	false, 0, 0},
    {"{\"status\": 429, \"headers\": {\"retry-after-ms\": \"-5\"}, \"body\": {}}",
	CLASS_RATE_LIMITED, false, 0, 0},
    {"{\"status\": 503, \"body\": \"<html>\"}", CLASS_TRANSIENT, false, 0, 0},

    /* Nobody knows whether it was taken. */
    {"{\"status\": 200, \"body\": {\"code\": 200, \"msg\": \"success\", \"data\": {}}, \"paid\": "
     "true}",
	CLASS_TRANSIENT, true, 0, 1},
    {"{\"status\": 200, \"body\": {\"code\": 200, \"msg\": \"success\", \"data\": {\"taskId\": "
     "\"../x?y\"}}, \"paid\": true}",
	CLASS_TRANSIENT, true, 0, 1},
    {"{\"status\": 200, \"body\": \"<html>Sign in</html>\"}", CLASS_TRANSIENT, true, 0, 0},
    {"{\"status\": 504, \"body\": \"<html>\", \"paid\": true}", CLASS_TRANSIENT, true, 0, 1},
    {"{\"how\": \"close\", \"paid\": true}", CLASS_TRANSIENT, true, 0, 1},
    {"{\"how\": \"half\", \"paid\": true}", CLASS_TRANSIENT, true, 0, 1},
};

static void
each_code_has_its_class(void **state)
{
	struct engine_input in = song_input();

	answer_rows(rows, sizeof rows / sizeof *rows, "next", engine_suno.send, &in);
}

/* ---------------------------------------------------------------- poll */

/* A song that the stand-in has taken under PLAN. */
static struct engine_input
song_sent(const char *plan)
{
	struct engine_input in = song_input();

	service_plan(plan);
	in.external_id = service_call(engine_suno.send, &in).external_id;
	return in;
}

static void
a_song_is_waited_for(void **state)
{
	static const int progress[] = {5, 30, 70};
	struct engine_input in = song_sent("{\"polls\": 2, \"callbacks\": false}");
	struct engine_answer out;

	for (size_t i = 0; i < 6; i++) {
		out = service_call(engine_suno.poll, &in);
		assert_int_equal(out.class, CLASS_WAIT);
		assert_int_equal(out.progress, progress[i / 2]);
		assert_null(out.url);
	}
	out = service_call(engine_suno.poll, &in);
	assert_int_equal(out.class, CLASS_OK);
	assert_non_null(strstr(out.url, "/file/ok/0.mp3"));
	assert_non_null(strstr(out.external_part, "-a"));
	assert_int_equal(service_paid(), 1);
}

static void
each_status_has_its_class(void **state)
{
	static const struct {
		const char *plan;
		enum pipeline_class class;
	} v[] = {
	    {"{\"shape\": \"camel\"}", CLASS_OK},
	    {"{\"shape\": \"snake\"}", CLASS_OK},
	    {"{\"shape\": \"third\"}", CLASS_OK},
	    {"{\"takes\": 0}", CLASS_WAIT}, /* SUCCESS with an empty list: it is paid for */
	    {"{\"ready\": 1}", CLASS_WAIT},
	    {"{\"ready\": 0}", CLASS_WAIT},
	    {"{\"takes\": 1}", CLASS_OK},
	    {"{\"status\": \"CALLBACK_EXCEPTION\"}", CLASS_OK},
	    {"{\"status\": \"CALLBACK_EXCEPTION\", \"takes\": 0}", CLASS_WAIT},
	    {"{\"status\": \"CALLBACK_EXCEPTION\", \"ready\": 1}", CLASS_WAIT},
	    {"{\"status\": \"FIRST_SUCCESS\"}", CLASS_WAIT},
	    {"{\"status\": \"SOMETHING_NEW\"}", CLASS_WAIT},
	    {"{\"status\": \"CREATE_TASK_FAILED\", \"errorMessage\": \"why\"}",
		CLASS_PROVIDER_FAILED},
	    {"{\"status\": \"GENERATE_AUDIO_FAILED\"}", CLASS_PROVIDER_FAILED},
	    {"{\"status\": \"SENSITIVE_WORD_ERROR\"}", CLASS_PERMANENT},
	};

	for (size_t i = 0; i < sizeof v / sizeof *v; i++) {
		struct engine_input in = song_sent(v[i].plan);
		struct engine_answer out = service_call(engine_suno.poll, &in);

		if (out.class != v[i].class)
			fail_msg("%s: class %d", v[i].plan, (int)out.class);
	}
}

static const struct answer_row asked[] = {
    {CODE(401, "no"), CLASS_AUTH, false, 0, 0},
    {CODE(429, "Too many requests"), CLASS_RATE_LIMITED, false, 0, 0},
    {CODE(455, "maintenance"), CLASS_TRANSIENT, false, 0, 0},
    {CODE(422, "recordInfo is null"), CLASS_WAIT, false, 0, 0},
    {CODE(404, "no"), CLASS_WAIT, false, 0, 0},
    {"{\"status\": 200, \"body\": \"<html>Sign in</html>\"}", CLASS_TRANSIENT, false, 0, 0},
    {"{\"status\": 502, \"body\": \"<html>\"}", CLASS_TRANSIENT, false, 0, 0},
    {"{\"how\": \"close\"}", CLASS_TRANSIENT, false, 0, 0},
    {"{\"status\": 200, \"body\": {\"code\": 200, \"data\": null}}", CLASS_WAIT, false, 0, 0},
    {"{\"status\": 200, \"body\": {\"code\": 200, \"data\": {\"status\": \"SUCCESS\", "
     "\"response\": {\"sunoData\": "
     "[{\"id\": 7, \"audioUrl\": {}}, null, \"x\"]}}}}",
	CLASS_WAIT, false, 0, 0},
};

static void
a_question_is_not_paid_for_and_never_unknown(void **state)
{
	struct engine_input in = song_input();

	in.external_id = "5c79be8e";
	answer_rows(asked, sizeof asked / sizeof *asked, "ask", engine_suno.poll, &in);
}

/* ---------------------------------------------------------------- find */

/* Only the secret of the URL brings an id here; it is asked about before it is believed. */
static void
a_claimed_song_has_to_be_ours(void **state)
{
	struct engine_input in = song_sent("{\"callbacks\": false}"), other;

	in.candidate = in.external_id;
	in.external_id = "";
	assert_int_equal(service_call(engine_suno.find, &in).class, CLASS_WAIT);
	assert_string_equal(service_call(engine_suno.find, &in).external_id, in.candidate);
	other = in;
	other.callback_url =
	    "https://tts.example/pipeline/callback/ffffffffffffffffffffffffffffffff";
	assert_int_equal(service_call(engine_suno.find, &other).class, CLASS_NOT_READY);
	assert_null(service_call(engine_suno.find, &other).external_id);
	/* Where the URL is not kept, the lyric tells. */
	assert_non_null(service_ask("/plan", "{\"forgetful\": true}"));
	assert_int_equal(service_call(engine_suno.find, &in).class, CLASS_WAIT);
	other = in;
	other.lyric = "of somebody else";
	assert_int_equal(service_call(engine_suno.find, &other).class, CLASS_NOT_READY);
	in.candidate = "5c79be8e99999999";
	assert_int_equal(service_call(engine_suno.find, &in).class, CLASS_NOT_READY);
	in.candidate = "../../v1/x?y=";
	assert_int_equal(service_call(engine_suno.find, &in).class, CLASS_NOT_READY);
	in.candidate = "";
	assert_int_equal(service_call(engine_suno.find, &in).class, CLASS_NOT_READY);
	assert_int_equal(service_paid(), 1);
}

/* ---------------------------------------------------------------- fetch */

static off_t
size_of(const char *name)
{
	struct stat st;

	return stat(pool_printf(service.pool, "%s/%s", directory, name), &st) == 0 ? st.st_size
										   : -1;
}

static void
both_takes_and_the_lines_are_fetched(void **state)
{
	struct engine_input in = song_sent("{\"seconds\": 12}");
	struct engine_answer out = service_call(engine_suno.fetch, &in);

	assert_int_equal(out.class, CLASS_OK);
	assert_int_equal(out.n_files, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_string_equal(out.files[i].type, "audio/mpeg");
		assert_in_range(out.files[i].duration_ms, 11900, 12100);
		assert_true(size_of(out.files[i].name) > 100000);
	}
	assert_non_null(strstr(out.files[0].external_part, "-a"));
	assert_non_null(strstr(out.files[1].external_part, "-b"));
	assert_string_equal(out.external_part, out.files[0].external_part);
	assert_int_equal(out.n_captions, 2);
	assert_string_equal(out.captions[0].text, "군산의 바다에서");
	assert_string_equal(out.captions[1].text, "쉬어 가세요");
	assert_int_equal(out.captions[0].start_ms, 0);
	assert_int_equal(out.captions[1].start_ms, 6000);
	assert_in_range(out.captions[1].end_ms, 11000, 12000);
	/* The other take, when it is wanted. */
	in.external_part = out.files[1].external_part;
	out = service_call(engine_suno.poll, &in);
	assert_string_equal(out.external_part, in.external_part);
	assert_non_null(strstr(out.url, "/1.mp3"));
	out = service_call(engine_suno.fetch, &in);
	assert_int_equal(out.class, CLASS_OK);
	assert_non_null(strstr(out.files[0].external_part, "-b"));
	assert_non_null(strstr(out.external_part, "-b"));
	assert_int_equal(service_paid(), 1);
}

static void
a_song_without_lines_is_a_song(void **state)
{
	struct engine_input in = song_sent("{\"words\": null}");
	struct engine_answer out = service_call(engine_suno.fetch, &in);

	assert_int_equal(out.class, CLASS_OK);
	assert_int_equal(out.n_files, 2);
	assert_int_equal(out.n_captions, 0);
}

static const struct {
	const char *plan;
	enum pipeline_class class;
	const char *message;
} hostile[] = {
    {"{\"file\": \"html\"}", CLASS_TRANSIENT, "the result is not an MP3 file: no frame is found"},
    {"{\"file\": \"empty\"}", CLASS_TRANSIENT, "the result is not an MP3 file: it is empty"},
    {"{\"file\": \"endless\"}", CLASS_PERMANENT,
	"the result was refused: it has more than 4194304 bytes"},
    {"{\"file\": \"redirect\"}", CLASS_PERMANENT,
	"the result was refused: its URL redirects (302)"},
    {"{\"file\": \"half\"}", CLASS_TRANSIENT,
	"the result cannot be fetched: the answer did not come whole"},
    {"{\"file\": \"gone\"}", CLASS_TRANSIENT, "the result cannot be fetched: 404"},
    {"{\"url\": \"http://127.0.0.1:9/x.mp3\"}", CLASS_TRANSIENT, "the result cannot be fetched: "},
    {"{\"url\": \"http://localhost/x.mp3\"}", CLASS_PERMANENT,
	"the result was refused: its URL does not begin with https://"},
    {"{\"url\": \"https://10.0.0.1/x.mp3\"}", CLASS_PERMANENT,
	"the result was refused: its URL has an address that is private"},
    {"{\"url\": \"https://169.254.169.254/latest\"}", CLASS_PERMANENT,
	"the result was refused: its URL has an address that is link-local"},
    {"{\"url\": \"https://2130706433/x\"}", CLASS_PERMANENT,
	"the result was refused: its URL has an address that is not written"},
    {"{\"url\": \"https://user@10.0.0.1/x\"}", CLASS_PERMANENT,
	"the result was refused: its URL must not have a user name"},
    {"{\"url\": \"file:///etc/passwd\"}", CLASS_PERMANENT,
	"the result was refused: its URL is no URL"},
    {"{\"url\": \"gopher://127.0.0.1/x\"}", CLASS_PERMANENT,
	"the result was refused: its URL is no URL"},
    {"{\"url\": \"https://exa\\nmple.org/\"}", CLASS_PERMANENT, "the result was refused: its URL "},
    {"{\"takes\": 0}", CLASS_TRANSIENT, "the service has no URL of the song any more"},
};

static void
results_that_are_hostile_are_refused(void **state)
{
	for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
		struct engine_input in = song_sent(hostile[i].plan);
		struct engine_answer out = service_call(engine_suno.fetch, &in);

		if (out.class != hostile[i].class ||
		    strncmp(out.message, hostile[i].message, strlen(hostile[i].message)) != 0)
			fail_msg("%s: class %d: %s", hostile[i].plan, (int)out.class, out.message);
		assert_int_equal(out.n_files, 0);
		assert_int_equal(service_paid(), 1);
		assert_true(size_of("take-1.mp3") <= 4194304);
	}
}

/* Without the network being allowed by the configuration, its own machine is not reached either. */
static void
this_machine_is_not_reached(void **state)
{
	struct engine_input in = song_sent("{}");
	struct engine_answer out;

	conf.pipeline.allow_networks = "";
	out = service_call(engine_suno.fetch, &in);
	assert_int_equal(out.class, CLASS_PERMANENT);
	assert_string_equal(
	    out.message, "the result was refused: its URL does not begin with https://");
	assert_string_equal(json_at_string(service_last(), "method"), "GET");
	assert_null(strstr(json_at_string(service_last(), "path"), "/file/"));
	in = song_sent("{\"url\": \"https://localhost/x.mp3\"}");
	conf.pipeline.allow_networks = "";
	out = service_call(engine_suno.fetch, &in);
	assert_int_equal(out.class, CLASS_PERMANENT);
	assert_non_null(strstr(out.message, "the result was refused: its address is "));
}

static void
a_check_costs_nothing(void **state)
{
	song_input();
	service_plan("{\"key\": \"the-key-canary-0123456789\"}");
	assert_null(engine_suno.check(&conf, service.pool));
	service_plan("{\"key\": \"another\"}");
	assert_non_null(strstr(engine_suno.check(&conf, service.pool), "401"));
	assert_int_equal(service_paid(), 0);
}

static int
song_start(void **state)
{
	return service_start("tests/e2e/suno.mjs");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(request_has_lyric_style_and_title),
	    cmocka_unit_test(lengths_are_those_of_the_model),
	    cmocka_unit_test(each_code_has_its_class),
	    cmocka_unit_test(a_song_is_waited_for),
	    cmocka_unit_test(each_status_has_its_class),
	    cmocka_unit_test(a_question_is_not_paid_for_and_never_unknown),
	    cmocka_unit_test(a_claimed_song_has_to_be_ours),
	    cmocka_unit_test(both_takes_and_the_lines_are_fetched),
	    cmocka_unit_test(a_song_without_lines_is_a_song),
	    cmocka_unit_test(results_that_are_hostile_are_refused),
	    cmocka_unit_test(this_machine_is_not_reached),
	    cmocka_unit_test(a_check_costs_nothing),
	};

	return cmocka_run_group_tests(tests, song_start, service_stop);
}
