#include "capture.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "../../common/base/conf_key.h"
#include "../../common/base/log.h"
#include "../../common/base/mem.h"

static struct pool *pool;
static char directory[] = "/tmp/tts-test-conf-XXXXXX";

static char *
path_of(const char *name)
{
	return pool_printf(pool, "%s/%s", directory, name);
}

static void
write_file(const char *name, const char *text)
{
	FILE *f = fopen(path_of(name), "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

/* Load tts.conf; the messages are in captured, without the name of the directory. */
static const struct conf *
load(void)
{
	const struct conf *conf;
	char *prefix = path_of(""), *from, *to;

	capture_begin();
	conf = conf_load(path_of("tts.conf"));
	capture_end();
	for (from = to = captured; *from != '\0';) {
		if (strncmp(from, prefix, strlen(prefix)) == 0)
			from += strlen(prefix);
		*to++ = *from++;
	}
	*to = '\0';
	return conf;
}

static const struct conf *
assert_loads(void)
{
	const struct conf *conf = load();

	assert_string_equal(captured, "");
	assert_non_null(conf);
	return conf;
}

static void
the_last_file_by_name_counts(void **state)
{
	const struct conf *c;

	write_file("tts.conf", "log_level = 4; mp3 = { quality = 2; bitrate_kbps = 64; };\n");
	write_file("conf.d/b.conf", "mp3 = { quality = 5; };\n");
	write_file("conf.d/a.conf", "mp3 = { quality = 3; };\nscheduler = { workers = 7; };\n");
	write_file("conf.d/B.conf", "mp3 = { quality = 4; };\n");
	c = assert_loads();
	assert_int_equal(c->mp3.quality, 5);
	assert_int_equal(c->mp3.bitrate_kbps, 64);
	assert_int_equal(c->scheduler.workers, 7);
	assert_int_equal(c->log_level, 4);
	assert_int_equal(conf_origin(c, conf_key("scheduler.workers")), CONF_SET);
	assert_int_equal(conf_origin(c, conf_key("mp3.sample_rate_hz")), CONF_DEFAULT);
}

static void
what_editors_and_dpkg_leave_is_not_read(void **state)
{
	static const char *const names[] = {
	    "a.conf~", ".a.conf", "a.conf.dpkg-new", "#a.conf#", "a.conf.bak", "README", ".conf"};

	write_file("tts.conf", "");
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		write_file(pool_printf(pool, "conf.d/%s", names[i]), "no configuration\n");
	assert_loads();
}

static void
an_error_is_told_with_the_file_it_is_in(void **state)
{
	write_file("tts.conf", "mp3 = { quality = 10; };\n");
	write_file("conf.d/a.conf", "\ncolour = 1;\n");
	write_file("conf.d/b.conf", "\n\nlog_level = 04;\n");
	assert_null(load());
	assert_string_equal(captured, "tts.conf:1: mp3.quality: 10 is not in 0..9\n"
				      "conf.d/a.conf:2: colour: there is no such key\n"
				      "conf.d/b.conf:3: 04: numbers must not begin with 0\n");
}

static void
values_of_different_files_must_fit_together(void **state)
{
	write_file("tts.conf", "\nscheduler = { lease_sec = 50; };\n");
	write_file("conf.d/a.conf", "\n\nspeech = { timeout_sec = 50; };\n");
	assert_null(load());
	assert_string_equal(captured, "conf.d/a.conf:3: speech.timeout_sec: 50 is too large for "
				      "scheduler.lease_sec, which is 50\n");
	write_file("conf.d/b.conf", "scheduler = { lease_sec = 51; };\n");
	assert_int_equal(assert_loads()->scheduler.lease_sec, 51);
}

/* The package's tts.conf gives the socket. */
static void
a_server_elsewhere_takes_the_place_of_the_socket(void **state)
{
	const struct conf *c;

	write_file("tts.conf", "databases = { socket = \"/run/mysqld/mysqld.sock\"; };\n");
	write_file("conf.d/a.conf", "databases = { socket = \"\"; host = \"db.example.org\"; };\n");
	c = assert_loads();
	assert_string_equal(c->databases.socket, "");
	assert_string_equal(c->databases.host, "db.example.org");
}

static void
a_file_that_cannot_be_read_is_an_error(void **state)
{
	write_file("tts.conf", "");
	assert_int_equal(symlink("nowhere", path_of("conf.d/a.conf")), 0);
	assert_null(load());
	assert_string_equal(captured, "cannot read conf.d/a.conf: No such file or directory\n");
}

static void
a_directory_that_is_none_is_an_error(void **state)
{
	write_file("tts.conf", "");
	assert_int_equal(rmdir(path_of("conf.d")), 0);
	assert_loads();
	write_file("conf.d", "");
	assert_null(load());
	assert_string_equal(captured, "cannot read conf.d: Not a directory\n");
}

static void
addresses_to_listen_on_have_ports(void **state)
{
	static const char *const good[] = {"127.0.0.1:80", "0.0.0.0:80 [::]:80",
	    "  192.0.2.1:65535   [2001:db8:1111:2222:3333:4444:5555:6666]:65535 "};
	static const char *const bad[] = {"", " ", "80", ":80", "localhost:80", "127.0.0.1",
	    "127.0.0.1:0", "127.0.0.1:080", "127.0.0.1:65536", "127.0.0.1:80x", "::1:80", "[::1]",
	    "[::1:80", "::1]:80", "[127.0.0.1]:80", "[::1]:80;", "unix:/run/s",
	    "127.0.0.1:80,[::1]:80", "1.2.3.4:80 5.6.7.8"};

	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		write_file("tts.conf", pool_printf(pool, "http = { listen = \"%s\"; };", good[i]));
		assert_string_equal(assert_loads()->http.listen, good[i]);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		write_file("tts.conf", pool_printf(pool, "http = { listen = \"%s\"; };", bad[i]));
		assert_null(load());
		assert_non_null(strstr(captured, "tts.conf:1: http.listen: "));
	}
}

static void
the_site_is_where_nginx_listens(void **state)
{
	static const char *const urls[][2] = {
	    {"192.0.2.1:80 127.0.0.1:8080", "http://192.0.2.1:80"},
	    {" 0.0.0.0:81", "http://127.0.0.1:81"},
	    {"[::]:82 0.0.0.0:82", "http://[::1]:82"},
	    {"[2001:db8::1]:83", "http://[2001:db8::1]:83"},
	};

	write_file("tts.conf", "");
	assert_string_equal(assert_loads()->http.url, "http://127.0.0.1:8080");
	for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
		write_file(
		    "tts.conf", pool_printf(pool, "http = { listen = \"%s\"; };", urls[i][0]));
		assert_string_equal(assert_loads()->http.url, urls[i][1]);
	}
	write_file("conf.d/a.conf", "http = { url = \"\"; };");
	assert_string_equal(assert_loads()->http.url, "");
}

static void
proxies_are_addresses_or_networks(void **state)
{
	static const char *const good[] = {
	    "", "127.0.0.1", "::1 10.0.0.0/8", "2001:db8::/32 0.0.0.0/0 192.0.2.1/32"};
	static const char *const bad[] = {"localhost", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/08",
	    "2001:db8::/129", "/8", "unix:", "10.0.0.0/8;", "10.0.0.1,10.0.0.2", "[::1]"};

	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		write_file("tts.conf",
		    pool_printf(pool, "http = { trusted_proxies = \"%s\"; };", good[i]));
		assert_string_equal(assert_loads()->http.trusted_proxies, good[i]);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		write_file(
		    "tts.conf", pool_printf(pool, "http = { trusted_proxies = \"%s\"; };", bad[i]));
		assert_null(load());
		assert_non_null(strstr(captured, "tts.conf:1: http.trusted_proxies: "));
	}
}

static int
make_directory(void **state)
{
	pool = pool_new();
	log_init("", 6);
	strcpy(directory + sizeof directory - 7, "XXXXXX");
	return mkdtemp(directory) == NULL || mkdir(path_of("conf.d"), 0755) < 0 ? -1 : 0;
}

static int
remove_directory(void **state)
{
	int status = system(pool_printf(pool, "rm -r %s", directory));

	pool_free(pool);
	return status;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_directory, remove_directory)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(the_last_file_by_name_counts),
	    TEST(what_editors_and_dpkg_leave_is_not_read),
	    TEST(an_error_is_told_with_the_file_it_is_in),
	    TEST(values_of_different_files_must_fit_together),
	    TEST(a_server_elsewhere_takes_the_place_of_the_socket),
	    TEST(a_file_that_cannot_be_read_is_an_error),
	    TEST(a_directory_that_is_none_is_an_error),
	    TEST(addresses_to_listen_on_have_ports),
	    TEST(the_site_is_where_nginx_listens),
	    TEST(proxies_are_addresses_or_networks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
