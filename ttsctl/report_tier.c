#include "report_tier.h"

#include <inttypes.h>
#include <stdio.h>

#include "host.h"
#include "out.h"
#include "report.h"

#define RUNS_SHOWN 3	   /* for people */
#define LATE_SEC 120	   /* after the timer's interval */
#define READ_LATE_SEC 3600 /* after it, for reading the fetch log to its end */

static bool
has_levels(const struct report *r)
{
	return r->conf->levels.n > 0;
}

void
report_tier_host(struct report *r)
{
	struct report_tier *t = &r->tier;
	const char *names[CONF_LEVELS];
	uint64_t now;

	if (!has_levels(r))
		return;
	for (unsigned i = 0; i < r->conf->levels.n; i++) {
		struct report_level *level = &t->levels[i];

		names[i] = r->conf->levels.v[i].name;
		level->error = media_level_error(r->conf, i);
		level->has_room = media_level_room(r->conf, i, &level->room);
	}
	host_lock(r->conf->levels.lock_file, &t->locked, &t->pid);
	t->has_runs = tier_stats_read(r->conf->metrics.tier_file, names, r->conf->levels.n, t->v) &&
		      t->v[RUN_ALIVE] != 0;
	if (!t->has_runs)
		return;
	now = run_stats_wall(run_stats_now());
	t->seen_sec = now > t->v[RUN_ALIVE] ? (now - t->v[RUN_ALIVE]) / 1000 : 0;
	t->runs_n = tier_stats_notes(t->v, t->runs);
}

enum rc
report_tier_read(struct report *r, struct db *db)
{
	return tier_admin_stray(db, r->pool, r->tier.stray, &r->tier.stray_n);
}

/* ---------------------------------------------------------------- what is wrong */

const char *
report_tier_stray(struct pool *pool, const struct tier_stray *stray)
{
	return pool_printf(pool,
	    "%s on the level %s, %s, which is not in levels.list: clients get 404 for them",
	    text_count(stray->files, "file is", "files are"), stray->level, stray->path);
}

static void
judge_level(struct report *r, unsigned i)
{
	const struct conf_level *level = &r->conf->levels.v[i];
	const struct report_tier *t = &r->tier;

	if (t->levels[i].error != 0)
		report_find(r, true,
		    pool_printf(r->pool, "the level %s, %s, cannot be used: %s", level->name,
			level->path, host_why(t->levels[i].error)),
		    "mount its file system; until then clients get 404 for files that are only "
		    "there. "
		    "If it is new: tts-setup; see tts-levels(7)");
	else if (t->has_runs && t->v[TIER_FULL + i] != 0)
		report_find(r, i == 0,
		    pool_printf(r->pool, "the level %s, %s, is full", level->name, level->path),
		    i == 0 ? "make room, or enlarge it: no lower level can take its files"
			   : "its coldest files are moved down; if it stays so, see ttsctl tier");
	if (t->has_runs && t->v[TIER_TROUBLE + i] > 0)
		report_find(r, true,
		    pool_printf(r->pool, "%s on the level %s could not be moved",
			text_count(t->v[TIER_TROUBLE + i], "file", "files"), level->name),
		    "they can be fetched; journalctl -u tts-tier says why. They are tried again "
		    "by themselves, or at once: ttsctl tier retry");
}

static void
judge_log(struct report *r)
{
	const struct report_tier *t = &r->tier;
	uint64_t now = run_stats_wall(run_stats_now()), read = t->v[TIER_LAST_READ];
	uint64_t late = READ_LATE_SEC + (uint64_t)r->conf->levels.interval_sec;

	if (t->v[TIER_LOG_OK] == 0)
		report_find(r, true,
		    pool_printf(r->pool, "the fetch log %s cannot be read, so nothing is counted",
			r->conf->levels.fetch_log),
		    "tts-setup makes nginx write it; tts-tier has to be allowed to read it: "
		    "journalctl -u tts-tier");
	else if (t->v[TIER_LAG] > 0 && now > read && (now - read) / 1000 > late)
		report_find(r, true,
		    pool_printf(r->pool, "%s of the fetch log are not counted yet",
			text_bytes(t->v[TIER_LAG])),
		    "levels.run_sec is too short for so many, or runs fail: journalctl -u "
		    "tts-tier");
}

void
report_tier_judge(struct report *r)
{
	const struct report_tier *t = &r->tier;

	for (size_t i = 0; i < t->stray_n; i++)
		report_find(r, true, report_tier_stray(r->pool, &t->stray[i]), REPORT_STRAY_TODO);
	if (!has_levels(r))
		return;
	for (unsigned i = 0; i < r->conf->levels.n; i++)
		judge_level(r, i);
	if (!t->has_runs) {
		report_find(r, false, "tts-tier has not run on this host with these levels yet",
		    "its timer starts it: systemctl status tts-tier.timer; if it was stopped: "
		    "tts-setup");
		return;
	}
	judge_log(r);
	if (!t->locked && t->seen_sec > (uint64_t)r->conf->levels.interval_sec + LATE_SEC)
		report_find(r, true,
		    pool_printf(r->pool, "tts-tier has not run on this host for %s",
			text_span(t->seen_sec)),
		    "its timer is stopped: systemctl status tts-tier.timer; systemctl start "
		    "tts.target");
}

/* ---------------------------------------------------------------- for people */

static void
put_level(const struct report *r, unsigned i)
{
	const struct conf_level *level = &r->conf->levels.v[i];
	const struct report_tier *t = &r->tier;
	const struct report_level *l = &t->levels[i];

	printf("%-12s %s: ", i + 1 == r->conf->levels.n ? "levels" : "", level->name);
	if (l->error != 0)
		printf("cannot be used");
	else if (l->has_room)
		printf("%s of %s free", text_bytes(l->room.bytes_free), text_bytes(l->room.bytes));
	else
		printf("its room is not known");
	if (t->has_runs)
		printf(", %s known there, %s", text_count(t->v[TIER_FILES + i], "file", "files"),
		    text_bytes(t->v[TIER_USED + i]));
	putchar('\n');
}

void
report_tier_text(const struct report *r)
{
	const struct report_tier *t = &r->tier;

	if (!has_levels(r))
		return;
	printf("%-12s ", "tts-tier");
	if (!t->locked)
		printf("at rest");
	else if (t->pid > 0)
		printf("at work on this host, process %d", t->pid);
	else
		printf("at work on this host");
	if (t->has_runs)
		printf(", seen %s ago", text_span(t->seen_sec));
	putchar('\n');
	for (unsigned i = (unsigned)r->conf->levels.n; i > 0; i--)
		put_level(r, i - 1);
	for (size_t i = 0; i < t->runs_n && i < RUNS_SHOWN; i++) {
		const struct tier_note *n = &t->runs[i];

		printf("%-12s %.20s, %s, %s up, %s down, %s, %s failed, end %s\n",
		    i == 0 ? "its last runs" : "", text_time(n->run.began / 1000),
		    text_count(n->counted, "fetch", "fetches"), text_uint(n->up),
		    text_uint(n->down), text_bytes(n->bytes), text_uint(n->failed),
		    run_end_name(n->run.end));
	}
}

/* ---------------------------------------------------------------- for programs */

static void
put_json_levels(const struct report *r)
{
	const struct report_tier *t = &r->tier;

	out_open("levels", '[');
	for (unsigned i = 0; i < r->conf->levels.n; i++) {
		const struct report_level *l = &t->levels[i];

		out_open(NULL, '{');
		out_string("level", r->conf->levels.v[i].name);
		out_string("path", r->conf->levels.v[i].path);
		out_bool("usable", l->error == 0);
		if (l->has_room) {
			out_uint("bytes", l->room.bytes);
			out_uint("bytes_free", l->room.bytes_free);
		}
		if (t->has_runs) {
			out_bool("full", t->v[TIER_FULL + i] != 0);
			out_uint("files", t->v[TIER_FILES + i]);
			out_uint("files_bytes", t->v[TIER_USED + i]);
			out_uint("files_not_moved", t->v[TIER_TROUBLE + i]);
		}
		out_close('}');
	}
	out_close(']');
}

static void
put_json_run(const struct tier_note *n)
{
	out_open(NULL, '{');
	out_time("began", n->run.began / 1000);
	out_time("ended", n->run.ended / 1000);
	out_string("end", run_end_name(n->run.end));
	out_uint("counted", n->counted);
	out_uint("claimed", n->claimed);
	out_uint("up", n->up);
	out_uint("down", n->down);
	out_uint("bytes", n->bytes);
	out_uint("failed", n->failed);
	out_uint("released", n->released);
	out_close('}');
}

void
report_tier_json(const struct report *r)
{
	const struct report_tier *t = &r->tier;

	if (!has_levels(r))
		return;
	out_open("tier", '{');
	out_bool("at_work", t->locked);
	if (t->pid > 0)
		out_uint("pid", (uint64_t)t->pid);
	else
		out_null("pid");
	if (t->has_runs) {
		out_uint("seen_sec", t->seen_sec);
		out_bool("log_readable", t->v[TIER_LOG_OK] != 0);
		out_uint("log_lag_bytes", t->v[TIER_LAG]);
	} else {
		out_null("seen_sec");
	}
	put_json_levels(r);
	out_open("runs", '[');
	for (size_t i = 0; i < t->runs_n; i++)
		put_json_run(&t->runs[i]);
	out_close(']');
	out_close('}');
}
