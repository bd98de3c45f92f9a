#include "capture.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <sysexits.h>

#include "../../common/base/conf.h"
#include "../../common/base/log.h"

static char file[] = "/tmp/tts-test-secret-XXXXXX";

static void
write_file(const char *data, size_t len)
{
	FILE *f = fopen(file, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

static void
read_secret(void *path)
{
	struct secret secret = conf_secret(path, CONF_KEY_MIN);

	_exit(secret.len == CONF_KEY_MIN && secret.data[0] == 'k' ? 0 : 1);
}

static void
try_secret(size_t len, const char *end, int status)
{
	char data[2 * CONF_KEY_MAX];

	memset(data, 'k', sizeof data);
	memcpy(data + len, end, strlen(end));
	write_file(data, len + strlen(end));
	assert_int_equal(chmod(file, 0600), 0);
	assert_exits_with(run_child(read_secret, file), status);
	assert_null(strstr(captured, "kkk"));
	assert_int_equal(lines_in(captured), status == EX_CONFIG);
}

static void
a_secret_is_read_whole(void **state)
{
	struct secret secret;

	try_secret(32, "", 0);
	try_secret(32, "\n", 0);
	try_secret(32, "\n\n", 1); /* one newline is not part of it, the other one is */
	try_secret(31, "\n", EX_CONFIG);
	try_secret(0, "", EX_CONFIG);
	try_secret(CONF_KEY_MAX, "\n", 1);
	try_secret(CONF_KEY_MAX + 1, "", EX_CONFIG);
	try_secret(CONF_KEY_MAX + 50, "", EX_CONFIG);

	write_file("a\0b", 3);
	secret = conf_secret(file, 0);
	assert_int_equal(secret.len, 3);
	assert_memory_equal(secret.data, "a\0b", 3);
}

static void
a_secret_that_is_not_there_or_not_secret_is_told(void **state)
{
	char missing[] = "/no/such/secret";

	assert_exits_with(run_child(read_secret, missing), EX_CONFIG);
	assert_string_equal(
	    captured, "cannot read secret /no/such/secret: No such file or directory\n");

	write_file("kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk", 32);
	assert_int_equal(chmod(file, 0644), 0);
	assert_exits_with(run_child(read_secret, file), 0);
	assert_non_null(strstr(captured, "is readable by everybody\n"));
}

static int
prepare(void **state)
{
	int fd = mkstemp(file);

	log_init("", 6);
	return fd < 0 ? -1 : close(fd);
}

static int
clean_up(void **state)
{
	return unlink(file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_secret_is_read_whole),
	    cmocka_unit_test(a_secret_that_is_not_there_or_not_secret_is_told),
	};

	return cmocka_run_group_tests(tests, prepare, clean_up);
}
