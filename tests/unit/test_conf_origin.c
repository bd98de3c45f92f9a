#include "capture.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../../common/base/conf_key.h"

/* Load a file that contains TEXT. */
static const struct conf *
load(const char *text)
{
	char path[] = "/tmp/tts-test-origin-XXXXXX";
	FILE *file = fdopen(mkstemp(path), "w");
	const struct conf *conf;

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	conf = conf_load(path);
	unlink(path);
	assert_non_null(conf);
	return conf;
}

static enum conf_origin
origin_of(const struct conf *conf, const char *name)
{
	return conf_origin(conf, conf_key(name));
}

static void
what_the_file_gives_is_set_also_where_it_is_the_default(void **state)
{
	const struct conf *conf = load("mp3 = { quality = 7; };\n"
				       "scheduler = { workers = 3; host = \"here\"; };\n");

	assert_int_equal(origin_of(conf, "mp3.quality"), CONF_SET);
	assert_int_equal(origin_of(conf, "mp3.bitrate_kbps"), CONF_DEFAULT);
	assert_int_equal(origin_of(conf, "scheduler.workers"), CONF_SET);
	assert_int_equal(origin_of(conf, "scheduler.host"), CONF_SET);
}

static void
what_the_machine_decides_is_computed(void **state)
{
	const struct conf *conf = load("scheduler = { workers = 0; };\n");

	/* 0 is set, but is not the effective value. */
	assert_int_equal(origin_of(conf, "scheduler.workers"), CONF_COMPUTED);
	assert_int_equal(origin_of(conf, "scheduler.batch_size"), CONF_COMPUTED);
	assert_int_equal(origin_of(conf, "scheduler.host"), CONF_COMPUTED);
	assert_int_equal(origin_of(conf, "databases.socket"), CONF_DEFAULT);

	conf = load("scheduler = { batch_size = 4; };\n");
	assert_int_equal(origin_of(conf, "scheduler.batch_size"), CONF_SET);
}

static void
a_socket_that_a_host_replaces_is_computed(void **state)
{
	const struct conf *conf = load("databases = { host = \"db\"; };\n");

	assert_string_equal(conf->databases.socket, "");
	assert_int_equal(origin_of(conf, "databases.host"), CONF_SET);
	assert_int_equal(origin_of(conf, "databases.socket"), CONF_COMPUTED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_the_file_gives_is_set_also_where_it_is_the_default),
	    cmocka_unit_test(what_the_machine_decides_is_computed),
	    cmocka_unit_test(a_socket_that_a_host_replaces_is_computed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
