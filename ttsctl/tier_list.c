#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "../common/base/log.h"
#include "../store/tier_score.h"
#include "host.h"
#include "out.h"
#include "tier.h"

/* A sum of logarithms is not exact: 1000 fetches are not to be 999.9999. */
double
tier_now(const struct ctl *ctl, double lw)
{
	return tier_score(lw, ctl->conf->levels.half_life_sec, (double)time(NULL)) *
	       (1 + TIER_EXACT);
}

const char *
tier_score_text(struct pool *pool, double score)
{
	return pool_printf(pool, "%.1f", floor(score * 10) / 10);
}

/* Whether a level is fuller than PERCENT, or has less than its free_mib left. */
static bool
is_over(const struct ctl *ctl, unsigned rank, const struct tier_sum *sum,
    const struct media_room *room, int percent)
{
	const struct conf_level *level = &ctl->conf->levels.v[rank];
	uint64_t used = room->bytes - room->bytes_free;

	return (level->max_bytes > 0 && sum->bytes > level->max_bytes / 100 * (uint64_t)percent) ||
	       used > room->bytes / 100 * (uint64_t)percent || room->bytes_free < level->free_bytes;
}

void
tier_look(const struct ctl *ctl, unsigned rank, const struct tier_sum *sum, struct tier_place *out)
{
	*out = (struct tier_place){.error = media_level_error(ctl->conf, rank)};
	out->has_room = media_level_room(ctl->conf, rank, &out->room);
	if (!out->has_room)
		return;
	out->full = is_over(ctl, rank, sum, &out->room, ctl->conf->levels.high_percent);
	out->crowded = is_over(ctl, rank, sum, &out->room, ctl->conf->levels.low_percent);
}

const char *
tier_bytes_text(uint64_t bytes)
{
	return bytes > 0 ? text_bytes(bytes) : "?";
}

/* ---------------------------------------------------------------- list */

static void
put_level(const struct ctl *ctl, unsigned rank, const struct tier_sum *sum, uint64_t max)
{
	const struct conf *conf = ctl->conf;
	const struct conf_level *level = &conf->levels.v[rank];
	struct tier_place place;
	bool top = rank + 1 == conf->levels.n;

	tier_look(ctl, rank, sum, &place);
	printf("%-16s  %10" PRIu64 "  ", level->name, level->min_count);
	if (top && max == 0)
		printf("%10s", "");
	else
		printf("%10" PRIu64, top ? max : conf->levels.v[rank + 1].min_count - 1);
	printf("  %12s  %10s  %7s  %7s  ", text_uint(sum->files), text_bytes(sum->bytes),
	    text_uint(sum->moving), text_uint(sum->trouble));
	printf("%10s  ", place.has_room ? text_bytes(place.room.bytes_free) : "?");
	text_put(level->path);
	if (place.error != 0)
		printf(": it cannot be used: %s", host_why(place.error));
	else if (place.full)
		printf(": it is full");
	if (rank == conf->levels.home)
		printf(" (new files)");
	putchar('\n');
}

static void
put_json_level(const struct ctl *ctl, unsigned rank, const struct tier_sum *sum, uint64_t max)
{
	const struct conf *conf = ctl->conf;
	const struct conf_level *level = &conf->levels.v[rank];
	struct tier_place place;

	tier_look(ctl, rank, sum, &place);
	out_open(NULL, '{');
	out_string("level", level->name);
	out_string("path", level->path);
	out_uint("min_counts", level->min_count);
	if (rank + 1 < conf->levels.n)
		out_uint("max_counts", conf->levels.v[rank + 1].min_count - 1);
	else if (max != 0)
		out_uint("max_counts", max);
	else
		out_null("max_counts");
	out_bool("new_files", rank == conf->levels.home);
	out_bool("usable", place.error == 0);
	out_bool("full", place.full);
	out_uint("files", sum->files);
	out_uint("bytes", sum->bytes);
	out_uint("moving", sum->moving);
	out_uint("failed", sum->trouble);
	if (place.has_room) {
		out_uint("room_bytes", place.room.bytes);
		out_uint("room_bytes_free", place.room.bytes_free);
	}
	out_close('}');
}

int
tier_run_list(const struct ctl *ctl, struct pool *pool, const struct tier_options *o)
{
	struct tier_sum sums[CONF_LEVELS] = {{0}};
	uint64_t max = 0;
	enum rc rc = tier_sums(ctl->db, sums);
	bool known = rc == RC_OK;

	if (rc != RC_OK && rc != RC_NOT_READY)
		return ctl_status("read the levels", rc);
	if (known)
		rc = tier_admin_max(ctl->db, &max);
	if (known && rc != RC_OK)
		return ctl_status("read the levels", rc);
	if (o->json)
		out_open(NULL, '[');
	else
		printf("%-16s  %10s  %10s  %12s  %10s  %7s  %7s  %10s  %s\n", "level", "from", "to",
		    "files", "bytes", "moving", "failed", "free", "directory");
	for (unsigned i = (unsigned)ctl->conf->levels.n; i > 0; i--)
		(o->json ? put_json_level : put_level)(ctl, i - 1, &sums[i - 1], max);
	if (o->json)
		out_close(']');
	else if (!known)
		puts("tts-tier has not run with these levels yet, so it is not known what is on "
		     "them");
	return EX_OK;
}

/* ---------------------------------------------------------------- files */

static void
put_row(const struct ctl *ctl, struct pool *pool, const struct tier_row *r)
{
	printf("%-10s  %10s  %12s  %10s  %-19.19s  ", r->level,
	    tier_score_text(pool, tier_now(ctl, r->lw)), text_uint(r->total),
	    tier_bytes_text(r->bytes),
	    r->fetched_at.s[0] != '\0' ? text_moment(r->fetched_at.s) : "never");
	text_put(r->name);
	if (r->target[0] != '\0')
		printf(", moves to %s", r->target);
	if (r->pinned[0] != '\0')
		printf(", pinned to %s", r->pinned);
	if (r->error[0] != '\0') {
		fputs(": ", stdout);
		text_put(r->error);
	}
	putchar('\n');
}

static void
put_string_or_null(const char *name, const char *s)
{
	if (s[0] != '\0')
		out_string(name, s);
	else
		out_null(name);
}

void
tier_put_json_row(const struct ctl *ctl, const struct tier_row *r)
{
	out_uint("cid", r->id);
	out_string("name", r->name);
	if (r->pipeline != 0)
		out_uint("pipeline", r->pipeline);
	else
		out_uint("project", r->project);
	out_string("content_level", r->level);
	put_string_or_null("target", r->target);
	put_string_or_null("pinned", r->pinned);
	out_bool("moving", r->moving);
	out_real("score", tier_now(ctl, r->lw));
	out_uint("count", r->total);
	out_uint("bytes", r->bytes);
	out_string("generate_time", r->generated_at.s);
	out_string("update_time", r->updated_at.s);
	put_string_or_null("fetched_at", r->fetched_at.s);
	out_uint("tries", r->tries);
	put_string_or_null("error", r->error);
}

static int
put_rows(const struct ctl *ctl, struct pool *pool, const struct tier_options *o,
    const struct tier_row *v, size_t n)
{
	if (o->json)
		out_open(NULL, '[');
	else
		printf("%-10s  %10s  %12s  %10s  %-19s  %s\n", "level", "score", "fetches", "bytes",
		    "last", "file");
	for (size_t i = 0; i < n; i++) {
		if (!o->json) {
			put_row(ctl, pool, &v[i]);
			continue;
		}
		out_open(NULL, '{');
		tier_put_json_row(ctl, &v[i]);
		out_close('}');
	}
	if (o->json)
		out_close(']');
	return EX_OK;
}

int
tier_run_top(const struct ctl *ctl, struct pool *pool, const struct tier_options *o)
{
	struct tier_row *v = pool_array(pool, o->number, sizeof *v);
	size_t n;
	enum rc rc = tier_admin_top(ctl->db, pool, o->level, o->number, v, &n);

	if (rc != RC_OK)
		return ctl_status("list the files", rc);
	return put_rows(ctl, pool, o, v, n);
}

int
tier_run_failed(const struct ctl *ctl, struct pool *pool, const struct tier_options *o)
{
	struct tier_row *v = pool_array(pool, o->number, sizeof *v);
	size_t n;
	enum rc rc = tier_admin_failed(ctl->db, pool, o->number, v, &n);

	if (rc != RC_OK)
		return ctl_status("list the files", rc);
	return put_rows(ctl, pool, o, v, n);
}

/* ---------------------------------------------------------------- pins */

int
tier_run_pins(const struct ctl *ctl, struct pool *pool, const struct tier_options *o)
{
	struct tier_pin *v = pool_array(pool, TIER_ADMIN_MAX, sizeof *v);
	size_t n;
	enum rc rc = tier_admin_pins(ctl->db, pool, TIER_ADMIN_MAX, v, &n);

	if (rc != RC_OK)
		return ctl_status("list the pins", rc);
	if (o->json)
		out_open(NULL, '[');
	else
		printf("%10s  %-16s  %s\n", "project", "level", "since");
	for (size_t i = 0; i < n; i++) {
		if (!o->json) {
			printf("%10" PRIu64 "  %-16s  %.19s\n", v[i].project, v[i].level,
			    text_moment(v[i].since.s));
			continue;
		}
		out_open(NULL, '{');
		out_uint("project", v[i].project);
		out_string("level", v[i].level);
		out_string("since", v[i].since.s);
		out_close('}');
	}
	if (o->json)
		out_close(']');
	return EX_OK;
}
