#ifndef TTS_TEST_CONF_FIXTURE_H
#define TTS_TEST_CONF_FIXTURE_H

#include "capture.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "../../common/base/conf_key.h"
#include "../../common/base/log.h"
#include "../../common/base/mem.h"

/* A configuration file of the test, tts.conf in a directory of its own. */

static struct pool *pool;
static char directory[] = "/tmp/tts-test-conf-XXXXXX";
static char file[sizeof directory + 16];

static inline void
write_file(const char *path, const char *data, size_t len)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

/* Load a file that contains TEXT; the messages are in captured, without "<3>" and file name. */
static inline const struct conf *
load(const char *text)
{
	const struct conf *conf;
	char *prefix = pool_printf(pool, "%s:", file), *from, *to;

	write_file(file, text, strlen(text));
	capture_begin();
	conf = conf_load(file);
	capture_end();
	for (from = to = captured; *from != '\0';) {
		if (strncmp(from, prefix, strlen(prefix)) == 0)
			from += strlen(prefix);
		*to++ = *from++;
	}
	*to = '\0';
	return conf;
}

static inline void
assert_refused(const char *text, const char *complaints)
{
	const struct conf *conf = load(text);

	assert_string_equal(captured, complaints);
	assert_null(conf);
}

static inline const struct conf *
assert_loads(const char *text)
{
	const struct conf *conf = load(text);

	assert_string_equal(captured, "");
	assert_non_null(conf);
	return conf;
}

static inline int
conf_prepare(void **state)
{
	pool = pool_new();
	log_init("", 6);
	if (mkdtemp(directory) == NULL)
		return -1;
	snprintf(file, sizeof file, "%s/tts.conf", directory);
	return 0;
}

static inline int
conf_clean_up(void **state)
{
	pool_free(pool);
	unlink(file);
	return rmdir(directory);
}

#endif
