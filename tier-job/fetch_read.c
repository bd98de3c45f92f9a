#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "../common/base/clock.h"
#include "fetch_file.h"
#include "fetch_line.h"
#include "fetch_read.h"
#include "fetch_seen.h"

#define DAY_MS INT64_C(86400000)
#define DISORDER_MS 10000 /* lines are not exactly in the order of their times */
/* nginx writes its buffer once a second, and after a rotation goes on writing to the renamed file
 * until it gets the signal. */
#define QUIET_MS 5000
#define LOOK_LINES 4096 /* between two looks at the clock */
#define SLOTS 4096	/* a power of two, a few times TIER_COUNT_MAX */

struct fetch_run {
	const struct fetch_reading *reading;
	struct pool *pool;
	struct fetch_file *files;
	size_t files_n;
	struct fetch_seen *seen;
	struct fetch_position *position;
	struct fetch_position at; /* after the last line of BATCH */
	struct fetch_batch batch;
	char names[TIER_COUNT_MAX][FETCH_NAME_MAX + 1];
	uint16_t slots[SLOTS]; /* the number of a name in NAMES plus 1; 0: free */
};

/* ------------------------------------------------------------------ the batch */

static void
batch_begin(struct fetch_run *run)
{
	memset(run->slots, 0, sizeof run->slots);
	run->batch = (struct fetch_batch){.n = 0};
}

static enum rc
batch_write(struct fetch_run *run)
{
	enum rc rc;

	if (run->batch.lines == 0)
		return RC_OK;
	rc = run->reading->write(run->reading->arg, &run->batch, run->position, &run->at);
	if (rc == RC_OK)
		*run->position = run->at;
	batch_begin(run);
	return rc;
}

static struct tier_fetch *
batch_find(struct fetch_run *run, const struct fetch_line *line)
{
	uint32_t hash = 2166136261U;
	struct tier_fetch *fetch;
	uint16_t *slot;

	for (size_t i = 0; i < line->name_len; i++)
		hash = (hash ^ (uint8_t)line->name[i]) * 16777619U;
	for (hash ^= hash >> 15;; hash++) {
		slot = &run->slots[hash & (SLOTS - 1)];
		if (*slot == 0)
			break;
		fetch = &run->batch.v[*slot - 1];
		if (strncmp(fetch->name, line->name, line->name_len) == 0 &&
		    fetch->name[line->name_len] == '\0')
			return fetch;
	}
	fetch = &run->batch.v[run->batch.n++];
	*slot = (uint16_t)run->batch.n;
	memcpy(run->names[run->batch.n - 1], line->name, line->name_len);
	run->names[run->batch.n - 1][line->name_len] = '\0';
	*fetch = (struct tier_fetch){.name = run->names[run->batch.n - 1]};
	return fetch;
}

static void
batch_add(struct fetch_run *run, const char *s, size_t len)
{
	struct fetch_line line;
	struct tier_fetch *fetch;

	run->batch.lines++;
	if (!fetch_line_parse(s, len, &line)) {
		run->batch.broken++;
		return;
	}
	run->at.last = line.at;
	if (run->seen != NULL && !fetch_seen_counts(run->seen, &line)) {
		run->batch.dropped++;
		return;
	}
	fetch = batch_find(run, &line);
	fetch->n++;
	if (line.at > fetch->at)
		fetch->at = line.at;
	run->batch.counted++;
}

/* ------------------------------------------------------------------ where to go on */

/* The file with the position; FILES_N if it is gone. Inode numbers are used again. */
static size_t
position_file(const struct fetch_run *run)
{
	const struct fetch_position *p = run->position;
	size_t i;

	for (i = 0; i < run->files_n; i++)
		if (run->files[i].inode == p->inode && run->files[i].size >= p->offset &&
		    (run->files[i].first == p->first || p->first == 0))
			break;
	return i;
}

/* The first file that begins after the last line that was counted. */
static size_t
position_later(const struct fetch_run *run)
{
	size_t i = 0;

	while (i < run->files_n && run->files[i].first != 0 &&
	       run->files[i].first <= run->position->last)
		i++;
	return i;
}

/* What counted on the same day before the position decides what counts after it. */
static void
seen_replay(struct fetch_run *run, size_t file)
{
	const struct fetch_position *p = run->position;
	int64_t since = (p->last - DISORDER_MS) / DAY_MS * DAY_MS;
	struct fetch_lines *lines;
	struct fetch_line line;
	const char *s;
	size_t i = file, len;

	while (i > 0 && run->files[i - 1].changed >= since)
		i--;
	for (; i <= file; i++) {
		lines = fetch_lines_open(run->files[i].path, 0);
		while (lines != NULL && (i < file || fetch_lines_offset(lines) < p->offset) &&
		       fetch_lines_next(lines, &s, &len))
			if (fetch_line_parse(s, len, &line) && line.at >= since)
				(void)fetch_seen_counts(run->seen, &line);
		fetch_lines_close(lines);
	}
}

static size_t
run_begin(struct fetch_run *run, struct fetch_result *result)
{
	size_t file;

	run->at = *run->position;
	if (run->position->inode == 0)
		return 0;
	file = position_file(run);
	if (file < run->files_n) {
		if (run->seen != NULL)
			seen_replay(run, file);
		return file;
	}
	result->lost = true;
	run->at.offset = 0;
	return position_later(run);
}

/* ------------------------------------------------------------------ reading */

static bool
run_must_stop(const struct fetch_run *run)
{
	return *run->reading->stop || clock_ms() >= run->reading->until;
}

/* Read FILE to its end. Sets STOPPED if there is no time for that, or ERROR. */
static enum rc
run_file(struct fetch_run *run, const struct fetch_file *file, bool *stopped, int *error)
{
	uint64_t offset = run->at.inode == file->inode ? run->at.offset : 0;
	struct fetch_lines *lines = fetch_lines_open(file->path, offset);
	unsigned left = LOOK_LINES;
	enum rc rc = RC_OK;
	const char *s;
	size_t len;

	if (lines == NULL)
		*error = errno;
	*stopped = lines == NULL;
	while (rc == RC_OK && !*stopped && fetch_lines_next(lines, &s, &len)) {
		run->at.inode = file->inode;
		run->at.first = file->first;
		batch_add(run, s, len);
		run->at.offset = fetch_lines_offset(lines);
		if (run->batch.n == TIER_COUNT_MAX)
			rc = batch_write(run);
		if (--left == 0) {
			left = LOOK_LINES;
			*stopped = run_must_stop(run);
		}
	}
	fetch_lines_close(lines);
	return rc;
}

/* Whether nginx may still write to a file that was rotated. */
static bool
file_is_written(const struct fetch_file *file)
{
	struct timespec now;
	struct stat st;

	clock_gettime(CLOCK_REALTIME, &now);
	return lstat(file->path, &st) != 0 ||
	       now.tv_sec * INT64_C(1000) < st.st_mtim.tv_sec * INT64_C(1000) + QUIET_MS;
}

/* The bytes from FILE on that were not read. */
static uint64_t
run_lag(const struct fetch_run *run, size_t file)
{
	const struct fetch_position *p = run->position;
	uint64_t lag = 0;
	struct stat st;

	for (; file < run->files_n; file++) {
		if (lstat(run->files[file].path, &st) != 0)
			continue;
		lag += (uint64_t)st.st_size;
		if (st.st_ino == p->inode && (uint64_t)st.st_size >= p->offset)
			lag -= p->offset;
	}
	return lag;
}

enum rc
fetch_read(const struct fetch_reading *reading, struct fetch_position *position,
    struct fetch_result *result)
{
	struct fetch_run *run = calloc(1, sizeof *run);
	bool stopped = false;
	enum rc rc = RC_OK;
	size_t file;

	*result = (struct fetch_result){.error = 0};
	if (run == NULL)
		return RC_FAIL;
	run->reading = reading;
	run->position = position;
	run->pool = pool_new();
	run->files_n = fetch_files(run->pool, reading->path, &run->files);
	run->seen = fetch_seen_new(reading->repeat_sec, reading->daily_max);
	if (run->files_n == 0)
		result->error = ENOENT;
	for (file = run_begin(run, result); rc == RC_OK && file < run->files_n; file++) {
		rc = run_file(run, &run->files[file], &stopped, &result->error);
		if (stopped || (file + 1 < run->files_n && file_is_written(&run->files[file])))
			break;
	}
	if (rc == RC_OK)
		rc = batch_write(run);
	result->lag = run_lag(run, file);
	fetch_seen_free(run->seen);
	pool_free(run->pool);
	free(run);
	return rc;
}
