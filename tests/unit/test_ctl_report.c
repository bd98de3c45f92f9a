#include "capture.h"

#include "../../ttsctl/report.h"
#include "../../ttsctl/ttsctl.h"

/* The problems that "ttsctl status" reports. */

static struct conf conf = {.scheduler = {.interval_sec = 2, .lease_sec = 120},
    .media = {.root = "/media", .gone_root = "/gone"}};

static int
begin(void **state)
{
	static struct report report;

	report = (struct report){.pool = pool_new(), .conf = &conf};
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
	size_t hosts = 0;

	r->host.root_error = r->host.gone_error = r->host.kick_error = 13;
	r->host.has_space = true;
	r->host.bytes = r->host.inodes = 1000;
	r->queue.overdue_sec = 86400;
	r->content.trash = r->queue.later = r->queue.failed = 1;
	r->content.trash_oldest_sec = 86400;
	for (r->hosts_n = 0; r->hosts_n < REPORT_SHARES; r->hosts_n++)
		r->hosts[r->hosts_n] = (struct admin_share){.name = "stuck", .n = 2, .other = 1};
	report_judge(r);
	for (size_t i = 0; i < r->findings_n; i++)
		hosts += strstr(r->findings[i].what, "host stuck") != NULL;
	assert_int_equal(hosts, REPORT_SHARES);
	assert_non_null(strstr(r->findings[r->findings_n - 1].what, "failed for good"));
	assert_int_equal(report_status(r), CTL_WRONG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(a_service_at_rest_is_well, begin, end),
	    cmocka_unit_test_setup_teardown(nothing_that_is_wrong_is_left_out, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
