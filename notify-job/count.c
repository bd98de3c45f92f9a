#include "count.h"

#include <inttypes.h>
#include <string.h>

#include "../common/base/log.h"
#include "../common/work/notify_stats.h"

static struct counters counters;
static struct notify_note sum; /* of this run; the times are not used */

static void
count_add(enum notify_counter counter, uint64_t n, uint64_t *of_run)
{
	counters_add(&counters, counter, n);
	if (of_run != NULL)
		*of_run += n;
	run_stats_alive(&counters);
}

void
count_open(const struct conf *conf)
{
	counters = notify_stats_open(conf);
	sum = (struct notify_note){.claimed = 0};
	run_stats_begin(&counters, notify_notes);
}

void
count_fanned(uint64_t n)
{
	count_add(NOTIFY_FANNED, n, NULL);
}

void
count_claimed(size_t n)
{
	count_add(NOTIFY_CLAIMED, n, &sum.claimed);
}

void
count_taken_back(uint64_t n)
{
	count_add(NOTIFY_TAKEN_BACK, n, NULL);
}

void
count_pruned(uint64_t n)
{
	count_add(NOTIFY_PRUNED, n, NULL);
}

/* Why messages to devices fail; see push.c. */
static void
count_push_error(const char *error_class)
{
	static const struct {
		const char *error_class;
		enum notify_counter counter;
	} table[] = {
	    {"invalid", NOTIFY_PUSH_INVALID},
	    {"sender", NOTIFY_PUSH_SENDER},
	    {"third_party", NOTIFY_PUSH_THIRD_PARTY},
	    {"not_found", NOTIFY_PUSH_NOT_FOUND},
	    {"auth", NOTIFY_PUSH_AUTH},
	    {"quota", NOTIFY_PUSH_QUOTA},
	    {"service", NOTIFY_PUSH_SERVICE},
	};

	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (strcmp(error_class, table[i].error_class) == 0)
			count_add(table[i].counter, 1, NULL);
}

void
count_result(const struct delivery_result *result)
{
	if (result->stale) {
		count_add(NOTIFY_STALE, 1, NULL);
		return;
	}
	count_push_error(result->error_class);
	if (result->disabled != NULL)
		count_add(strcmp(result->disabled, "unregistered") == 0 ? NOTIFY_UNREGISTERED
									: NOTIFY_DISABLED,
		    1, NULL);
	if (strcmp(result->error_class, "address") == 0)
		count_add(NOTIFY_REFUSED, 1, NULL);
	if (result->outcome == DELIVERY_OUTCOME_DONE) {
		count_add(NOTIFY_DELIVERED, 1, &sum.delivered);
		counters_set(&counters, NOTIFY_LAST, run_stats_now());
	} else if (result->outcome == DELIVERY_OUTCOME_RELEASED) {
		count_add(NOTIFY_RELEASED, 1, NULL);
	} else if (result->dead) {
		count_add(NOTIFY_DEAD, 1, &sum.dead);
	} else {
		count_add(NOTIFY_AGAIN, 1, &sum.again);
	}
}

void
count_end(const struct db *db, int status)
{
	const uint64_t own[NOTIFY_NOTE_WORDS - RUN_NOTE_WORDS] = {
	    sum.claimed, sum.delivered, sum.again, sum.dead};
	uint64_t ms = run_stats_ms(&counters);

	(sum.claimed > 0 ? log_notice : log_debug)("claimed %" PRIu64 ", delivered %" PRIu64
						   ", to be tried again %" PRIu64 ", dead %" PRIu64
						   "; %" PRIu64 ".%03u s",
	    sum.claimed, sum.delivered, sum.again, sum.dead, ms / 1000, (unsigned)(ms % 1000));
	run_stats_end(&counters, notify_notes, status, sum.claimed > 0,
	    db != NULL ? db_retries(db) : 0, db != NULL ? db_events(db) : 0, own);
}
