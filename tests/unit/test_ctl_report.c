#include "capture.h"

#include <stdlib.h>
#include <unistd.h>

#include "../../ttsctl/report.h"
#include "../../ttsctl/ttsctl.h"

/* The problems that "ttsctl status" reports. */

static struct conf conf = {.scheduler = {.interval_sec = 2, .lease_sec = 120},
    .media = {.root = "/media", .gone_root = "/gone"},
    .http = {.url = "http://here"},
    .metrics = {.renderer_file = "/run/metrics"}};

static int
begin(void **state)
{
	static struct report report;

	report = (struct report){.pool = pool_new(), .conf = &conf, .is_due = true};
	report.stream = (struct report_stream){.has = true, .running = true};
	report.site = (struct http_answer){.status = 200, .body = "{\"status\":\"ok\"}"};
	*state = &report;
	return 0;
}

static int
end(void **state)
{
	pool_free(((struct report *)*state)->pool);
	return 0;
}

static void
a_service_at_rest_is_well(void **state)
{
	struct report *r = *state;

	report_judge(r);
	assert_int_equal(r->findings_n, 0);
	assert_int_equal(report_status(r), 0);
}

static void
nothing_that_is_wrong_is_left_out(void **state)
{
	struct report *r = *state;
	size_t hosts = 0, stuck = 0;

	r->host.root_error = r->host.gone_error = r->host.kick_error = 13;
	r->host.has_space = true;
	r->host.bytes = r->host.inodes = 1000;
	r->queue.overdue_sec = 86400;
	r->content.trash = r->queue.later = r->queue.failed = 1;
	r->content.trash_oldest_sec = 86400;
	r->content.trash_stuck = 1;
	for (r->hosts_n = 0; r->hosts_n < REPORT_SHARES; r->hosts_n++)
		r->hosts[r->hosts_n] = (struct admin_share){.name = "stuck", .n = 2, .other = 1};
	report_judge(r);
	for (size_t i = 0; i < r->findings_n; i++) {
		hosts += strstr(r->findings[i].what, "host stuck") != NULL;
		stuck += strstr(r->findings[i].what, "could not be removed") != NULL;
	}
	assert_int_equal(hosts, REPORT_SHARES);
	assert_int_equal(stuck, 1);
	assert_non_null(strstr(r->findings[r->findings_n - 1].what, "failed for good"));
	assert_int_equal(report_status(r), CTL_WRONG);
}

/* Judge again; tell whether the only problem contains PART, or (NULL) there is none. */
static bool
only_wrong(struct report *r, const char *part)
{
	size_t wrong = 0, found = 0;

	r->findings_n = 0;
	report_judge(r);
	for (size_t i = 0; i < r->findings_n; i++) {
		wrong += r->findings[i].wrong;
		found += part != NULL && strstr(r->findings[i].what, part) != NULL;
	}
	return part == NULL ? wrong == 0 : wrong == 1 && found == 1;
}

static void
a_renderer_that_was_stopped_is_wrong_within_a_minute(void **state)
{
	struct report *r = *state;

	r->has_runs = true;
	r->seen_sec = 42;
	assert_true(only_wrong(r, NULL));
	r->seen_sec = 55;
	assert_true(only_wrong(r, "no renderer has run on this host for 55 s"));
	/* Also during the day, because its timer still runs. */
	r->is_due = false;
	assert_true(only_wrong(r, "no renderer has run"));
	/* One that holds the lock is running, and one that has never run here does not have to. */
	r->host.locked = true;
	assert_true(only_wrong(r, NULL));
	r->host.locked = r->has_runs = false;
	assert_true(only_wrong(r, NULL));
	r->host.event_kick_error = 2;
	assert_true(only_wrong(r, "events.kick_file"));
}

static void
what_nobody_claims_is_wrong_within_a_minute(void **state)
{
	struct report *r = *state;

	r->queue.pending = 1;
	r->queue.overdue_sec = 42;
	assert_true(only_wrong(r, NULL));
	r->queue.overdue_sec = 55;
	assert_true(only_wrong(r, "and no renderer is at work"));
	r->is_due = false; /* the hours have not begun yet */
	assert_true(only_wrong(r, NULL));
	r->is_due = true;
	r->queue.claimed = 1; /* another host is rendering */
	assert_true(only_wrong(r, NULL));
}

static void
a_silence_of_the_renderer_is_wrong_only_when_nothing_is_claimed(void **state)
{
	struct report *r = *state;

	r->host.locked = r->has_rate = true;
	r->queue.pending = 100;
	r->queue.overdue_sec = 100000;
	r->queue.claimed = 2; /* long sentences */
	assert_true(only_wrong(r, NULL));
	r->queue.claimed = 0;
	assert_true(only_wrong(r, "nothing becomes ready"));
	r->rate = 0.1;
	assert_true(only_wrong(r, NULL));
}

static void
what_clients_get_is_judged(void **state)
{
	struct report *r = *state;

	r->site.error = 111; /* ECONNREFUSED */
	assert_true(only_wrong(r, "nobody listens at http://here"));
	r->site.error = 110;
	assert_true(only_wrong(r, "does not answer: Connection timed out"));
	r->site = (struct http_answer){.status = 503};
	assert_true(only_wrong(r, "clients get 503 from http://here"));
	r->rc = RC_BUSY; /* expected without a database */
	assert_true(only_wrong(r, "the database does not answer"));
	r->rc = RC_OK;
	r->site = (struct http_answer){.status = 404};
	assert_true(only_wrong(r, "another site answers at http://here (status 404)"));
	r->site = (struct http_answer){.status = 200, .body = "Welcome to nginx!"};
	assert_true(only_wrong(r, "another site answers at http://here (status 200)"));
	r->site = (struct http_answer){.status = 301};
	assert_true(only_wrong(r, NULL));
	assert_int_equal(r->findings_n, 1);
	r->site = (struct http_answer){.status = 429};
	assert_true(only_wrong(r, NULL));
}

static void
streams_that_are_not_sent_are_wrong(void **state)
{
	struct report *r = *state;

	r->stream.running = false;
	assert_true(only_wrong(r, "tts-stream is not running"));
	assert_int_equal(report_status(r), CTL_WRONG);
	conf.http.url = ""; /* a machine that only renders */
	assert_true(only_wrong(r, NULL));
	conf.http.url = "http://here";
}

/* NGINX is the text of its main file, in a temporary one. */
static struct nginx_room
look(const char *nginx)
{
	char path[] = "/tmp/test_ctl_report.XXXXXX";
	int fd = mkstemp(path);
	struct nginx_room room;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, nginx, strlen(nginx)), strlen(nginx));
	close(fd);
	room = nginx_look(path);
	unlink(path);
	return room;
}

static void
nginx_is_told_how_many_connections_it_needs(void **state)
{
	struct report *r = *state;
	const struct finding *f = r->findings;

	conf.stream.streams = 10000;
	r->stream.nginx = look("user www-data;\nworker_processes 2;\nevents {\n"
			       "\tworker_connections 768;\n\t# multi_accept on;\n}\n");
	assert_int_equal(r->stream.nginx.workers, 2);
	assert_int_equal(nginx_streams(&r->stream.nginx), 752);
	assert_true(only_wrong(r, NULL));
	assert_int_equal(r->findings_n, 1);
	f = r->findings;
	assert_non_null(strstr(f->what, "room for 752 streams"));
	assert_non_null(strstr(f->todo, "to 10015"));
	/* That is enough, and one less is not. */
	r->stream.nginx.connections = 10015;
	assert_true(only_wrong(r, NULL));
	assert_int_equal(r->findings_n, 0);
	r->stream.nginx.connections = 10014;
	assert_true(only_wrong(r, NULL));
	assert_int_equal(r->findings_n, 1);
	conf.stream.streams = 0;
}

static void
the_file_of_nginx_can_be_written_in_other_ways(void **state)
{
	struct nginx_room room =
	    look("events { worker_connections  100; }\n#worker_processes 9;\n");

	assert_int_equal(room.workers, 1);
	assert_int_equal(room.connections, 100);
	room = look("worker_processes\tauto;\n# worker_connections 5;\n");
	assert_int_equal(room.workers, sysconf(_SC_NPROCESSORS_ONLN));
	assert_int_equal(room.connections, 512);
	assert_int_equal(nginx_look("/nonexistent").connections, 0);
	assert_int_equal(nginx_look("").connections, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(a_service_at_rest_is_well, begin, end),
	    cmocka_unit_test_setup_teardown(nothing_that_is_wrong_is_left_out, begin, end),
	    cmocka_unit_test_setup_teardown(
		a_renderer_that_was_stopped_is_wrong_within_a_minute, begin, end),
	    cmocka_unit_test_setup_teardown(
		what_nobody_claims_is_wrong_within_a_minute, begin, end),
	    cmocka_unit_test_setup_teardown(
		a_silence_of_the_renderer_is_wrong_only_when_nothing_is_claimed, begin, end),
	    cmocka_unit_test_setup_teardown(what_clients_get_is_judged, begin, end),
	    cmocka_unit_test_setup_teardown(streams_that_are_not_sent_are_wrong, begin, end),
	    cmocka_unit_test_setup_teardown(
		nginx_is_told_how_many_connections_it_needs, begin, end),
	    cmocka_unit_test_setup_teardown(
		the_file_of_nginx_can_be_written_in_other_ways, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
