#include "report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "out.h"
#include "ttsctl.h"

#define BYTES_FEW ((uint64_t)512 << 20)
#define PERCENT_FEW 5
#define NEGLECT_SEC 60 /* no renderer may have been due sooner */
#define NEGLECT_INTERVALS 10
#define TRASH_SEC 600

static void
read_runs(struct report *r)
{
	uint64_t *v = pool_array(r->pool, RENDER_COUNTERS, sizeof *v);
	uint64_t now;

	r->has_runs = render_stats_read(r->conf, v) && v[RUN_ALIVE] != 0;
	if (!r->has_runs)
		return;
	now = run_stats_wall(run_stats_now());
	r->seen_sec = now > v[RUN_ALIVE] ? (now - v[RUN_ALIVE]) / 1000 : 0;
	r->runs_n = render_stats_notes(v, r->runs);
}

void
report_read(struct report *r, const struct ctl *ctl)
{
	const struct {
		enum admin_by by;
		struct admin_share *v;
		size_t *n;
	} shares[] = {
	    {ADMIN_BY_USER, r->users, &r->users_n},
	    {ADMIN_BY_HOST, r->hosts, &r->hosts_n},
	    {ADMIN_BY_ERROR, r->errors, &r->errors_n},
	};

	r->conf = ctl->conf;
	host_look(ctl->conf, &r->host);
	read_runs(r);
	r->rc = db_ready(ctl->db);
	if (r->rc == RC_OK) {
		r->schema = db_schema(ctl->db);
		r->rc = admin_content(ctl->db, &r->content);
	}
	if (r->rc == RC_OK)
		r->rc = queue_numbers(ctl->db, &r->queue);
	for (size_t i = 0; i < sizeof shares / sizeof *shares && r->rc == RC_OK; i++)
		r->rc = admin_shares(
		    ctl->db, r->pool, shares[i].by, REPORT_SHARES, shares[i].v, shares[i].n);
}

/* ---------------------------------------------------------------- what is wrong */

static void
find(struct report *r, bool wrong, const char *what, const char *todo)
{
	if (r->findings_n == r->findings_room) {
		size_t room = r->findings_room * 2 + 8;
		struct finding *more = pool_array(r->pool, room, sizeof *more);

		if (r->findings_n > 0)
			memcpy(more, r->findings, r->findings_n * sizeof *more);
		r->findings = more;
		r->findings_room = room;
	}
	r->findings[r->findings_n++] = (struct finding){wrong, what, todo};
}

static bool
few(uint64_t left, uint64_t all)
{
	return all > 0 && left < all / 100 * PERCENT_FEW;
}

static void
judge_host(struct report *r)
{
	const struct host *h = &r->host;
	const struct conf *c = r->conf;

	if (h->root_error != 0)
		find(r, true,
		    pool_printf(r->pool, "nothing can be stored in media.root %s: %s",
			c->media.root, host_why(h->root_error)),
		    "mount it, or give the renderer its rights; until then nothing is rendered");
	if (h->has_space && (h->bytes_free < BYTES_FEW || few(h->bytes_free, h->bytes)))
		find(r, true,
		    pool_printf(r->pool, "media.root has %s free", text_bytes(h->bytes_free)),
		    "make room; a full disk stops the renderer and loses nothing");
	if (h->has_space && few(h->inodes_free, h->inodes))
		find(r, true,
		    pool_printf(r->pool, "media.root has inodes for only %" PRIu64 " more files",
			h->inodes_free),
		    "move it to a file system with more of them");
	if (h->gone_error != 0)
		find(r, true,
		    pool_printf(r->pool, "media.gone_root %s cannot be read: %s",
			c->media.gone_root, strerror(h->gone_error)),
		    "make it, writable for the API: deleted sounds can still be heard for a while");
	if (h->kick_error != 0)
		find(r, true,
		    pool_printf(r->pool, "scheduler.kick_file %s cannot be made: %s",
			c->scheduler.kick_file, strerror(h->kick_error)),
		    "make its directory; until then only the timer starts the renderer");
}

static void
judge_queue(struct report *r)
{
	const struct queue_numbers *q = &r->queue;
	const struct conf *c = r->conf;
	uint64_t patience = (uint64_t)c->scheduler.interval_sec * NEGLECT_INTERVALS;
	bool moves = r->has_rate && r->rate > 0;

	if (patience < NEGLECT_SEC)
		patience = NEGLECT_SEC;
	if (q->overdue_sec > patience && q->claimed == 0 && !r->host.locked && !moves)
		find(r, true,
		    pool_printf(r->pool, "sentences have waited for %s, and no renderer is at work",
			text_span(q->overdue_sec)),
		    "see whether the timer runs: systemctl status tts-render.timer; or start "
		    "tts-render by hand and read what it says");
	else if (q->overdue_sec > patience + (uint64_t)c->scheduler.lease_sec && r->has_rate &&
		 !moves)
		find(r, true,
		    pool_printf(r->pool,
			"a renderer is at work, and nothing becomes ready; the first has waited "
			"for %s",
			text_span(q->overdue_sec)),
		    "read what the renderer says: journalctl -u tts-render");
	for (size_t i = 0; i < r->hosts_n; i++)
		if (r->hosts[i].other > 0)
			find(r, true,
			    pool_printf(r->pool, "%s of host %s ended with the lease",
				text_count(r->hosts[i].other, "claim", "claims"), r->hosts[i].name),
			    "the renderer of that host died or lost the database; any other takes "
			    "them back at its next start");
	if (r->content.trash > 0 && r->content.trash_oldest_sec > TRASH_SEC)
		find(r, true,
		    pool_printf(r->pool, "files that were deleted %s ago are still there",
			text_span(r->content.trash_oldest_sec)),
		    "the renderer removes them: see that it runs, and may write in media.root");
	if (q->later > 0)
		find(r, false,
		    pool_printf(r->pool, "%s to be tried again a little later",
			text_count(q->later, "sentence is", "sentences are")),
		    NULL);
	if (q->stranded > 0)
		find(r, false,
		    pool_printf(r->pool,
			"the clock of the database server was set back while %s for the next try",
			text_count(q->stranded, "sentence waited", "sentences waited")),
		    "the next run takes them; ttsctl retry --all gives them the present time");
	if (q->failed > 0)
		find(r, false,
		    pool_printf(r->pool, "%s failed for good",
			text_count(q->failed, "sentence has", "sentences have")),
		    "where the cause is gone: ttsctl retry --all; the author can edit the others");
}

void
report_judge(struct report *r)
{
	judge_host(r);
	if (r->rc == RC_OK)
		judge_queue(r);
	else if (r->rc == RC_SCHEMA)
		find(r, true, "the schema of the database is not the one of these programs",
		    "ttsctl migrate, or install the programs that belong to it");
	else
		find(r, true, "the database does not answer",
		    "start it, or mend the group databases of the configuration; nothing is lost");
}

int
report_status(const struct report *r)
{
	if (r->rc != RC_OK)
		return r->rc == RC_SCHEMA ? EX_CONFIG : EX_TEMPFAIL;
	for (size_t i = 0; i < r->findings_n; i++)
		if (r->findings[i].wrong)
			return CTL_WRONG;
	return EX_OK;
}
