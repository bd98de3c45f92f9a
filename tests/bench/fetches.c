#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../common/base/crypt.h"
#include "../../tier-job/fetch_read.h"

/* Counts a fetch log as tts-tier does, into a table in memory: fetches PATH REPEAT_SEC DAILY_MAX.
 * Prints the milliseconds of CPU to standard error, and the counts to standard output. */

#define NAMES 1000000

static uint64_t counts[NAMES];
static volatile sig_atomic_t stop;

static enum rc
add(void *arg, const struct fetch_batch *batch, const struct fetch_position *before,
    const struct fetch_position *after)
{
	unsigned id;

	for (size_t i = 0; i < batch->n; i++)
		if (sscanf(batch->v[i].name, "0/1/%u-r1", &id) == 1 && id < NAMES)
			counts[id] += batch->v[i].n;
	return RC_OK;
}

int
main(int argc, char *argv[])
{
	struct fetch_reading reading = {
	    .path = argc > 1 ? argv[1] : "", .stop = &stop, .until = INT64_MAX, .write = add};
	struct fetch_position position = {.inode = 0};
	struct fetch_result result;

	crypt_init();
	reading.repeat_sec = argc > 2 ? atoi(argv[2]) : 0;
	reading.daily_max = argc > 3 ? atoi(argv[3]) : 0;
	if (fetch_read(&reading, &position, &result) != RC_OK || result.error != 0)
		return 1;
	fprintf(stderr, "%" PRIu64 "\n", (uint64_t)clock() * 1000 / CLOCKS_PER_SEC);
	for (unsigned id = 0; id < NAMES; id++)
		if (counts[id] > 0)
			printf("0/1/%u-r1 %" PRIu64 "\n", id, counts[id]);
	return 0;
}
