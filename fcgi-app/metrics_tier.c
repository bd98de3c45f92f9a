#include <inttypes.h>

#include "../common/work/tier_stats.h"
#include "metrics.h"

/* The numbers of all levels, from AT. */
static void
put_levels(struct buf *out, const struct conf *conf, const char *name, const char *type,
    const char *help, const uint64_t *at)
{
	metrics_family(out, name, type, help);
	for (size_t i = 0; i < conf->levels.n; i++)
		buf_addf(
		    out, "%s{level=\"%s\"} %" PRIu64 "\n", name, conf->levels.v[i].name, at[i]);
}

static void
put_each_level(struct buf *out, const struct conf *conf, const uint64_t v[TIER_COUNTERS])
{
	static const struct {
		const char *name, *help;
		unsigned at;
	} table[] = {
	    {"tts_tier_level_usable", "Whether a level could be used when the last run began.",
		TIER_USABLE},
	    {"tts_tier_level_full",
		"Whether a level was over its high mark when the last run began.", TIER_FULL},
	    {"tts_tier_level_size_bytes", "Size of the file system of a level.", TIER_SIZE},
	    {"tts_tier_level_free_bytes", "Room left on it when the last run began.", TIER_FREE},
	    {"tts_tier_files", "Files on a level that were fetched or moved before.", TIER_FILES},
	    {"tts_tier_bytes", "The size of these files.", TIER_USED},
	    {"tts_tier_trouble_files", "Files on a level that could not be moved yet.",
		TIER_TROUBLE},
	};

	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		put_levels(out, conf, table[i].name, "gauge", table[i].help, v + table[i].at);
}

static void
put_moves(struct buf *out, const struct conf *conf, const uint64_t v[TIER_COUNTERS])
{
	static const char name[] = "tts_tier_moves_total";
	const struct conf_level *levels = conf->levels.v;

	metrics_family(out, name, "counter", "Files that this host moved, by both levels.");
	for (size_t from = 0; from < conf->levels.n; from++)
		for (size_t to = 0; to < conf->levels.n; to++)
			if (from != to)
				buf_addf(out, "%s{from=\"%s\",to=\"%s\"} %" PRIu64 "\n", name,
				    levels[from].name, levels[to].name,
				    v[TIER_MOVES + from * TIER_STATS_LEVELS + to]);
}

static void
put_program(struct buf *out, const uint64_t v[TIER_COUNTERS])
{
	static const struct metric table[] = {
	    {"tts_tier_fetches_total", "counter", "Fetches that were counted.", NULL, TIER_COUNTED,
		0},
	    {"tts_tier_fetches_dropped_total", "counter",
		"Fetches not counted: repeats, and more than one client's share.", NULL,
		TIER_DROPPED, 0},
	    {"tts_tier_log_lines_total", "counter", "Lines of the fetch log that were read.", NULL,
		TIER_LINES, 0},
	    {"tts_tier_log_readable", "gauge",
		"Whether the fetch log could be read in the last run.", NULL, TIER_LOG_OK, 0},
	    {"tts_tier_log_lag_bytes", "gauge", "What the last run left unread of it.", NULL,
		TIER_LAG, 0},
	    {"tts_tier_log_read_timestamp_seconds", "gauge", "When it was last read to its end.",
		NULL, TIER_LAST_READ, 1000},
	    {"tts_tier_claimed_total", "counter", "Files that this host claimed to move.", NULL,
		TIER_CLAIMED, 0},
	    {"tts_tier_taken_back_total", "counter",
		"Moves that were not completed, taken over by this host.", NULL, TIER_TAKEN_BACK,
		0},
	    {"tts_tier_moved_bytes_total", "counter", "The size of the files that were moved.",
		NULL, TIER_BYTES, 0},
	    {"tts_tier_failed_total", "counter", "Attempts to move a file that failed.", NULL,
		TIER_FAILED, 0},
	    {"tts_tier_released_total", "counter", "Claims given back, to be continued later.",
		NULL, TIER_RELEASED, 0},
	    {"tts_tier_stale_total", "counter",
		"Moves undone because the file was deleted or claimed by another host.", NULL,
		TIER_STALE, 0},
	    {"tts_tier_swept_total", "counter",
		"Second copies and temporary files of earlier runs that were removed.", NULL,
		TIER_SWEPT, 0},
	    {"tts_tier_pruned_total", "counter", "Old rows of the history that were removed.", NULL,
		TIER_PRUNED, 0},
	    {"tts_tier_last_move_timestamp_seconds", "gauge", "When this host last moved a file.",
		NULL, TIER_LAST_MOVE, 1000},
	    {"tts_tier_alive_timestamp_seconds", "gauge",
		"When tts-tier was last active on this host.", NULL, RUN_ALIVE, 1000},
	    {"tts_tier_last_run_start_timestamp_seconds", "gauge",
		"When the last run of tts-tier on this host began.", NULL, RUN_LAST_BEGAN, 1000},
	    {"tts_tier_last_run_end_timestamp_seconds", "gauge",
		"When a run of tts-tier on this host last ended.", NULL, RUN_LAST_ENDED, 1000},
	};

	metrics_table(out, table, sizeof table / sizeof *table, v);
	metrics_family(out, "tts_tier_runs_total", "counter", "Runs of tts-tier by their end.");
	metrics_named(out, "tts_tier_runs_total", "end", run_ends, RUN_ENDS, v + RUN_COUNT);
}

void
metrics_tier(struct buf *out, const struct conf *conf)
{
	const char *names[TIER_STATS_LEVELS];
	uint64_t v[TIER_COUNTERS];

	if (conf->levels.n == 0)
		return;
	metrics_family(
	    out, "tts_tier_interval_seconds", "gauge", "How often the timer starts tts-tier.");
	buf_addf(out, "tts_tier_interval_seconds %d\n", conf->levels.interval_sec);
	for (size_t i = 0; i < conf->levels.n; i++)
		names[i] = conf->levels.v[i].name;
	if (!tier_stats_read(conf->metrics.tier_file, names, conf->levels.n, v))
		return;
	put_each_level(out, conf, v);
	put_moves(out, conf, v);
	put_program(out, v);
}
