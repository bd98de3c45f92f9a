#ifndef TTS_TEST_FETCH_FIXTURE_H
#define TTS_TEST_FETCH_FIXTURE_H

/* A fetch log that is rotated, and a table in place of the database. */

#include "capture.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "../../common/base/crypt.h"
#include "../../tier-job/fetch_read.h"

#define NAMES 3000

/* The database: a file that is replaced as a whole, so that killing the reader at any moment leaves
 * the counts and the position of one batch or of the next. */
struct table {
	struct fetch_position position;
	uint64_t lines, counted, dropped, broken;
	uint64_t count[NAMES];
	int64_t newest[NAMES];
};

static char dir[64], path[96], table_path[96];
static struct table table;
static volatile sig_atomic_t stop;
static int writes_left; /* before one fails; negative: none does */

static inline void
table_load(void)
{
	FILE *file = fopen(table_path, "rb");

	table = (struct table){.lines = 0};
	if (file == NULL)
		return;
	assert_int_equal(fread(&table, sizeof table, 1, file), 1);
	fclose(file);
}

static inline void
table_store(void)
{
	char new_path[128];
	FILE *file;

	snprintf(new_path, sizeof new_path, "%s.new", table_path);
	file = fopen(new_path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(&table, sizeof table, 1, file), 1);
	fclose(file);
	assert_int_equal(rename(new_path, table_path), 0);
}

static inline enum rc
table_write(void *arg, const struct fetch_batch *batch, const struct fetch_position *before,
    const struct fetch_position *after)
{
	unsigned id;

	if (writes_left == 0)
		return RC_BUSY;
	writes_left--;
	for (size_t i = 0; i < batch->n; i++) {
		assert_int_equal(sscanf(batch->v[i].name, "0/1/%u-r1", &id), 1);
		assert_true(id < NAMES && batch->v[i].n > 0);
		table.count[id] += batch->v[i].n;
		if (batch->v[i].at > table.newest[id])
			table.newest[id] = batch->v[i].at;
	}
	table.lines += batch->lines;
	table.counted += batch->counted;
	table.dropped += batch->dropped;
	table.broken += batch->broken;
	assert_memory_equal(before, &table.position, sizeof *before);
	table.position = *after;
	table_store();
	return RC_OK;
}

static struct fetch_reading reading = {
    .path = path, .stop = &stop, .until = INT64_MAX, .write = table_write};

static inline struct fetch_result
read_on(void)
{
	struct fetch_result result;
	struct fetch_position position;

	table_load();
	position = table.position;
	assert_int_equal(fetch_read(&reading, &position, &result), RC_OK);
	assert_memory_equal(&position, &table.position, sizeof position);
	return result;
}

static inline void
write_text(const char *to, const char *text)
{
	FILE *file = fopen(to, "a");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

/* A fetch SECOND seconds after a fixed time that is the beginning of a day. */
static inline void
write_fetch(const char *to, int second, const char *address, unsigned id)
{
	char line[160];

	snprintf(
	    line, sizeof line, "%d.500 200 30000 %s 0/1/%u-r1\n", 1795824000 + second, address, id);
	write_text(to, line);
}

/* As if it had last been written some time ago. */
static inline void
make_quiet(const char *file, int seconds)
{
	struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = time(NULL) - seconds}};

	assert_int_equal(utimensat(AT_FDCWD, file, times, 0), 0);
}

static inline const char *
rotated(int n)
{
	static char name[2][128];

	snprintf(name[n & 1], sizeof name[0], "%s.%d", path, n);
	return name[n & 1];
}

static inline void
rotate(void)
{
	for (int n = 9; n >= 1; n--)
		rename(rotated(n), rotated(n + 1));
	assert_int_equal(rename(path, rotated(1)), 0);
	write_text(path, "");
}

static inline uint64_t
count_of(unsigned id)
{
	table_load();
	return table.count[id];
}

/* Each test has a directory of its own. */

static inline int
begin(void **state)
{
	strcpy(dir, "/tmp/tts-fetch.XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/fetches.log", dir);
	snprintf(table_path, sizeof table_path, "%s/table", dir);
	reading.repeat_sec = reading.daily_max = 0;
	reading.until = INT64_MAX;
	table = (struct table){.lines = 0};
	writes_left = -1;
	stop = 0;
	return 0;
}

static inline int
end(void **state)
{
	char command[128];

	snprintf(command, sizeof command, "rm -r %s", dir);
	return system(command);
}

#endif
