#include <math.h>
#include <stdio.h>
#include <sysexits.h>
#include <time.h>

#include "../common/base/hours.h"
#include "../common/base/log.h"
#include "../store/tier_score.h"
#include "out.h"
#include "tier.h"

/* "ttsctl tier pending": what the next run would move, in its order. */

struct pending {
	const struct ctl *ctl;
	struct pool *pool;
	bool json;
	unsigned usable; /* bit mask of ranks */
	struct tier_sum sums[CONF_LEVELS];
	struct tier_place places[CONF_LEVELS];
	struct tier_move *v; /* room for one question */
	size_t left;	     /* lines that may still be printed */
	size_t n;	     /* printed */
};

static void
put_pending(struct pending *p, const struct tier_move *m)
{
	const struct conf_level *levels = p->ctl->conf->levels.v;
	double score = tier_now(p->ctl, m->lw);

	p->n++;
	p->left--;
	if (!p->json) {
		text_put(m->name);
		printf(" moves %s to %s  %s, score %s, %s, %s\n", levels[m->level].name,
		    levels[m->target].name, m->reason, tier_score_text(p->pool, score),
		    text_count(m->total, "fetch", "fetches"), tier_bytes_text(m->bytes));
		return;
	}
	out_open(NULL, '{');
	out_uint("cid", m->id);
	out_string("name", m->name);
	out_string("db_level", levels[m->level].name);
	out_string("target", levels[m->target].name);
	out_string("reason", m->reason);
	out_real("score", score);
	out_uint("count", m->total);
	out_uint("bytes", m->bytes);
	out_close('}');
}

static enum rc
ask(struct pending *p, enum tier_why why, unsigned level, unsigned usable, double lw_min)
{
	const struct tier_question q = {.host = "",
	    .usable = usable,
	    .why = why,
	    .level = level,
	    .lw_min = lw_min,
	    .max = p->left < TIER_MAX ? p->left : TIER_MAX};
	size_t n = 0;
	enum rc rc;

	if (p->left == 0)
		return RC_OK;
	rc = tier_would_move(p->ctl->db, p->pool, &q, p->v, &n);
	for (size_t i = 0; i < n && rc == RC_OK; i++)
		put_pending(p, &p->v[i]);
	return rc;
}

/* To a crowded level a file only goes in the place of clearly colder ones; the others go to the
 * next lower level, as if it could not be used. */
static enum rc
ask_up(struct pending *p)
{
	unsigned usable = p->usable;
	enum rc rc = RC_OK;

	for (unsigned i = (unsigned)p->ctl->conf->levels.n; i-- > 1 && rc == RC_OK;) {
		double lw_min = 0;

		if (p->places[i].crowded)
			lw_min =
			    p->sums[i].coldest + log2(p->ctl->conf->levels.replace_percent / 100.0);
		if ((usable & 1U << i) != 0)
			rc = ask(p, TIER_UP, i, usable, lw_min);
		if (p->places[i].crowded)
			usable &= ~(1U << i);
	}
	return rc;
}

static enum rc
ask_all(struct pending *p)
{
	unsigned n = (unsigned)p->ctl->conf->levels.n;
	enum rc rc = RC_OK;

	for (unsigned i = 0; i < n && rc == RC_OK; i++)
		rc = ask(p, TIER_PINNED, i, p->usable, 0);
	for (unsigned i = n; i-- > 1 && rc == RC_OK;)
		rc = ask(p, TIER_DOWN, i, p->usable, 0);
	if (rc == RC_OK)
		rc = ask_up(p);
	for (unsigned i = n; i-- > 1 && rc == RC_OK;)
		if (p->places[i].full && p->places[i].error == 0)
			rc = ask(p, TIER_COLDEST, i, p->usable, 0);
	return rc;
}

static void
put_notes(const struct pending *p)
{
	const struct conf *conf = p->ctl->conf;

	for (size_t i = 0; i < conf->levels.n; i++)
		if (p->places[i].error != 0)
			printf("nothing moves from or to %s, which cannot be used\n",
			    conf->levels.v[i].name);
	if (!hours_include(conf->levels.hours, time(NULL)))
		printf("nothing moves before the next of levels.hours, %s\n", conf->levels.hours);
	if (p->n == 0)
		puts("nothing would move");
	else if (p->left == 0)
		puts("and maybe more: see --number");
}

int
tier_run_pending(const struct ctl *ctl, struct pool *pool, const struct tier_options *o)
{
	struct pending p = {.ctl = ctl,
	    .pool = pool,
	    .json = o->json,
	    .left = o->number,
	    .v = pool_array(pool, TIER_MAX, sizeof *p.v)};
	enum rc rc = tier_sums(ctl->db, p.sums);

	if (rc == RC_NOT_READY) {
		log_error("tts-tier has not run with these levels yet");
		return EX_TEMPFAIL;
	}
	if (rc != RC_OK)
		return ctl_status("read the levels", rc);
	for (unsigned i = 0; i < ctl->conf->levels.n; i++) {
		tier_look(ctl, i, &p.sums[i], &p.places[i]);
		if (p.places[i].error == 0)
			p.usable |= 1U << i;
	}
	if (o->json)
		out_open(NULL, '[');
	rc = ask_all(&p);
	if (o->json)
		out_close(']');
	else if (rc == RC_OK)
		put_notes(&p);
	return ctl_status("find out what would move", rc);
}
