#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "../common/base/log.h"
#include "../store/tier_score.h"
#include "out.h"
#include "tier.h"

#define HISTORY_SHOWN 20

/* ---------------------------------------------------------------- history */

/* In the words of a line of the log. */
static void
put_move(struct pool *pool, const struct tier_moved *m)
{
	printf("%.19s  ", text_moment(m->at.s));
	text_put(m->name);
	printf(" moves %s to %s  %s, score %s, %s", m->from, m->to, m->reason,
	    tier_score_text(pool, m->heat * (1 + TIER_EXACT)), tier_bytes_text(m->bytes));
	if (m->host[0] != '\0') {
		fputs(", by ", stdout);
		text_put(m->host);
	}
	putchar('\n');
}

static void
put_json_move(const struct tier_moved *m)
{
	out_open(NULL, '{');
	out_string("name", m->name);
	out_string("old_updated_date", m->since.s);
	out_string("old_content_level", m->from);
	out_string("new_updated_date", m->at.s);
	out_string("new_content_level", m->to);
	out_string("reason", m->reason);
	out_real("heat", m->heat);
	out_uint("bytes", m->bytes);
	out_string("host", m->host);
	out_close('}');
}

static void
put_json_moves(const char *name, const struct tier_moved *v, size_t n)
{
	out_open(name, '[');
	for (size_t i = 0; i < n; i++)
		put_json_move(&v[i]);
	out_close(']');
}

/* ---------------------------------------------------------------- which file is meant */

/* Without what comes before a path in a URL, and without a slash at its beginning. */
static const char *
below_level(const struct ctl *ctl, const char *s)
{
	const char *url = ctl->conf->media.url, *at = strstr(s, url);

	if (url[0] != '\0' && at != NULL && at[strlen(url)] == '/')
		s = at + strlen(url);
	return s + strspn(s, "/");
}

/* The name of the file that GIVEN means: its name, path or URL, or the number of a sentence. */
static int
find_name(const struct ctl *ctl, struct pool *pool, const char *given, char name[TIER_NAME_SIZE])
{
	const char *path = below_level(ctl, given);
	struct tier_object object;
	uint64_t audio;
	enum rc rc;

	if (given[0] != '\0' && given[strspn(given, "0123456789")] == '\0') {
		if (!ctl_number("sentence", given, UINT64_MAX, &audio))
			return EX_USAGE;
		rc = tier_admin_sound(ctl->db, pool, audio, &path);
		if (rc == RC_NOT_FOUND) {
			log_error("sentence %s does not exist or has no sound", given);
			return EX_NOINPUT;
		}
		if (rc != RC_OK)
			return ctl_status("find the sentence", rc);
	}
	if (tier_name_of_path(path, name))
		return EX_OK;
	if (strlen(path) < TIER_NAME_SIZE && tier_name_parse(path, &object)) {
		snprintf(name, TIER_NAME_SIZE, "%s", path);
		return EX_OK;
	}
	log_error(
	    "%s is not the name of a file, its path or URL, or the number of a sentence", given);
	return EX_NOINPUT;
}

/* ---------------------------------------------------------------- one file */

/* All that is known of a file. */
struct file {
	const char *name;
	bool has_row;
	struct tier_row row;
	enum rc found; /* RC_OK: it is on the level with this rank */
	unsigned rank;
	struct tier_moved moves[HISTORY_SHOWN];
	size_t moves_n;
};

static const char *
level_name(const struct ctl *ctl, unsigned rank)
{
	return ctl->conf->levels.v[rank].name;
}

static void
put_place(const struct ctl *ctl, const struct file *f)
{
	if (f->has_row)
		printf("%-10s %s, since %.19s\n", "level", f->row.level,
		    text_moment(f->row.updated_at.s));
	if (f->found == RC_NOT_FOUND)
		printf("%-10s on no level\n", "found");
	else if (f->found != RC_OK)
		printf("%-10s not on the levels that can be used\n", "found");
	else
		printf("%-10s on %s\n", "found", level_name(ctl, f->rank));
}

static void
put_file(const struct ctl *ctl, struct pool *pool, const struct file *f)
{
	const struct tier_row *r = &f->row;
	double score = f->has_row ? tier_now(ctl, r->lw) : 0;

	printf("%-10s %s\n", "file", f->name);
	put_place(ctl, f);
	printf("%-10s %s, which is %s\n", "score", tier_score_text(pool, score),
	    level_name(ctl, tier_score_level(ctl->conf, score)));
	if (!f->has_row) {
		printf("%-10s never, as far as is known\n", "fetched");
		return;
	}
	printf("%-10s %s, last %.19s\n", "fetched", text_count(r->total, "time", "times"),
	    r->fetched_at.s[0] != '\0' ? text_moment(r->fetched_at.s) : "never");
	printf("%-10s %s\n", "size", tier_bytes_text(r->bytes));
	if (r->pinned[0] != '\0')
		printf("%-10s to %s\n", "pinned", r->pinned);
	if (r->moving)
		printf("%-10s to %s, by %s\n", "moves", r->target, r->host);
	if (r->error[0] != '\0') {
		printf("%-10s ", "error");
		text_put(r->error);
		printf(" (%s, the next not before %.19s)\n", text_count(r->tries, "try", "tries"),
		    text_moment(r->run_at.s));
	}
	if (f->moves_n > 0)
		putchar('\n');
	for (size_t i = 0; i < f->moves_n; i++)
		put_move(pool, &f->moves[i]);
}

static void
put_json_file(const struct ctl *ctl, const struct file *f)
{
	out_open(NULL, '{');
	if (f->has_row)
		tier_put_json_row(ctl, &f->row);
	else
		out_string("name", f->name);
	if (f->found == RC_OK)
		out_string("found_on", level_name(ctl, f->rank));
	else
		out_null("found_on");
	put_json_moves("history", f->moves, f->moves_n);
	out_close('}');
}

int
tier_run_show(const struct ctl *ctl, struct pool *pool, const struct tier_options *o)
{
	char name[TIER_NAME_SIZE], path[MEDIA_PATH_SIZE];
	struct file f = {.name = name};
	int status = find_name(ctl, pool, o->name, name);
	enum rc rc;

	if (status != EX_OK)
		return status;
	rc = tier_admin_find(ctl->db, pool, name, &f.row);
	f.has_row = rc == RC_OK;
	if (rc == RC_OK || rc == RC_NOT_FOUND)
		rc = tier_admin_history(ctl->db, pool, name, 0, HISTORY_SHOWN, f.moves, &f.moves_n);
	if (rc != RC_OK)
		return ctl_status("find the file", rc);
	f.found = media_find_name(ctl->conf, name, path, &f.rank);
	if (!f.has_row && f.found == RC_NOT_FOUND) {
		log_error("there is no file %s", name);
		return EX_NOINPUT;
	}
	if (o->json)
		put_json_file(ctl, &f);
	else
		put_file(ctl, pool, &f);
	return EX_OK;
}

int
tier_run_history(const struct ctl *ctl, struct pool *pool, const struct tier_options *o)
{
	struct tier_moved *v = pool_array(pool, o->number, sizeof *v);
	char name[TIER_NAME_SIZE];
	size_t n;
	enum rc rc;

	if (o->name != NULL) {
		int status = find_name(ctl, pool, o->name, name);

		if (status != EX_OK)
			return status;
	}
	rc = tier_admin_history(
	    ctl->db, pool, o->name != NULL ? name : NULL, o->project, o->number, v, &n);
	if (rc != RC_OK)
		return ctl_status("read the history", rc);
	if (o->json)
		put_json_moves(NULL, v, n);
	for (size_t i = 0; i < n && !o->json; i++)
		put_move(pool, &v[i]);
	return EX_OK;
}
