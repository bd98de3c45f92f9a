#include "report.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "../common/say/say_ja_missing.h"
#include "out.h"
#include "ttsctl.h"

#define BYTES_FEW ((uint64_t)512 << 20)
#define PERCENT_FEW 5
#define LATE_SEC 40 /* after the timer's interval */
#define TRASH_SEC 600

void
report_find(struct report *r, bool wrong, const char *what, const char *todo)
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
		report_find(r, true,
		    pool_printf(r->pool, "nothing can be stored in media.root %s: %s",
			c->media.root, host_why(h->root_error)),
		    "mount it, or give the renderer its rights; until then nothing is rendered");
	if (h->has_space && (h->bytes_free < BYTES_FEW || few(h->bytes_free, h->bytes)))
		report_find(r, true,
		    pool_printf(r->pool, "media.root has %s free", text_bytes(h->bytes_free)),
		    "make room; a full disk stops the renderer and loses nothing");
	if (h->has_space && few(h->inodes_free, h->inodes))
		report_find(r, true,
		    pool_printf(r->pool, "media.root has inodes for only %" PRIu64 " more files",
			h->inodes_free),
		    "move it to a file system with more of them");
	if (h->gone_error != 0)
		report_find(r, true,
		    pool_printf(r->pool, "media.gone_root %s cannot be read: %s",
			c->media.gone_root, strerror(h->gone_error)),
		    "make it, writable for the API: deleted sounds can still be heard for a while");
	if (h->kick_error != 0)
		report_find(r, true,
		    pool_printf(r->pool, "scheduler.kick_file %s cannot be made: %s",
			c->scheduler.kick_file, strerror(h->kick_error)),
		    "make its directory; until then only the timer starts the renderer");
	if (h->event_kick_error != 0)
		report_find(r, true,
		    pool_printf(r->pool, "events.kick_file %s cannot be made: %s",
			c->events.kick_file, strerror(h->event_kick_error)),
		    "make its directory; until then clients are told a second later");
}

/* ---------------------------------------------------------------- as a client sees it */

static void
judge_refused_site(struct report *r)
{
	const char *url = r->conf->http.url;

	if (r->site.error == ECONNREFUSED)
		report_find(r, true,
		    pool_printf(r->pool, "nobody listens at %s, where clients ask", url),
		    "start nginx: systemctl start nginx; if it listens at another address, say so "
		    "in "
		    "http.url of the configuration");
	else
		report_find(r, true,
		    pool_printf(r->pool, "%s, where clients ask, does not answer: %s", url,
			strerror(r->site.error)),
		    "see what nginx says: journalctl -u nginx, /var/log/nginx/error.log");
}

static void
judge_site(struct report *r)
{
	const char *url = r->conf->http.url;
	int status = r->site.status;

	if (url[0] == '\0' || report_site_answers(r) || status == 429)
		return;
	if (r->site.error != 0) {
		judge_refused_site(r);
	} else if (status >= 500) {
		/* Without the database this is what they have to get. */
		if (r->rc == RC_OK)
			report_find(r, true,
			    pool_printf(r->pool, "clients get %d from %s", status, url),
			    "nginx does not reach the API, or the API not the database: systemctl "
			    "status tts-api.socket tts-api.service; journalctl -u tts-api");
	} else if (status >= 300 && status < 400) {
		report_find(r, false,
		    pool_printf(
			r->pool, "%s sends clients elsewhere, so what they get is not known", url),
		    "give http.url an address that answers without TLS, or leave it empty");
	} else {
		report_find(r, true,
		    pool_printf(r->pool, "another site answers at %s (status %d)", url, status),
		    "that of TTS Provider is switched off: tts-setup switches it on; if it has "
		    "another address, say so in http.url of the configuration");
	}
}

/* ---------------------------------------------------------------- the renderer */

static void
judge_renderer(struct report *r)
{
	const struct queue_numbers *q = &r->queue;
	const struct conf *c = r->conf;
	uint64_t late = (uint64_t)c->scheduler.interval_sec + LATE_SEC;
	bool rests = r->rc == RC_OK && q->claimed == 0 && !(r->has_rate && r->rate > 0);

	/* It is seen at each start, also outside its hours. */
	if (r->has_runs && r->seen_sec > late && !r->host.locked)
		report_find(r, true,
		    pool_printf(
			r->pool, "no renderer has run on this host for %s", text_span(r->seen_sec)),
		    pool_printf(r->pool,
			"start its timer: systemctl start tts-render.timer; if this host is to "
			"render no more, remove %s",
			c->metrics.renderer_file));
	else if (rests && r->is_due && q->overdue_sec > late && !r->host.locked)
		report_find(r, true,
		    pool_printf(r->pool, "sentences have waited for %s, and no renderer is at work",
			text_span(q->overdue_sec)),
		    "see whether the timer runs: systemctl status tts-render.timer; or start "
		    "tts-render by hand and read what it says");
	/* While something is claimed it is spoken, however long that takes, or the lease ends. */
	else if (rests && r->is_due && r->has_rate &&
		 q->overdue_sec > late + (uint64_t)c->scheduler.lease_sec)
		report_find(r, true,
		    pool_printf(r->pool,
			"a renderer is at work, and nothing becomes ready; the first has waited "
			"for %s",
			text_span(q->overdue_sec)),
		    "read what the renderer says: journalctl -u tts-render");
}

/* Only Japanese needs it, so nothing is wrong without. */
static void
judge_japanese(struct report *r)
{
	const char *package = say_ja_missing();

	if (package != NULL)
		report_find(r, false,
		    pool_printf(r->pool,
			"Japanese is spoken without knowing how its words are read: %s is not "
			"installed",
			package),
		    "apt-get install libmecab2 open-jtalk-mecab-naist-jdic");
}

/* ---------------------------------------------------------------- the queue */

/* Failures by what can be done about them: how their reasons begin, as the renderer gives them. */
static const struct {
	const char *reason, *todo;
} remedies[] = {
    {"the speech engine crashed", "after the speech engine was updated"},
    {"the speech engine ended", "after the speech engine was updated"},
    {"the speech engine refused", "after the speech engine was updated"},
    {"the MP3 encoder refused", "after LAME was updated"},
    {"the speech engine took longer",
	"when the machine is less busy, or speech.timeout_sec larger"},
    {"longer than", "when speech.max_seconds is larger"},
    {"no voice speaks", "when espeak-ng has a voice for it"},
};

/* When another try can help some of the failed sentences; NULL if it never can. */
static const char *
when_to_retry(const struct report *r)
{
	const char *when = NULL;

	for (size_t i = 0; i < sizeof remedies / sizeof *remedies; i++) {
		bool applies = false;

		for (size_t e = 0; e < r->errors_n; e++)
			applies = applies || strncmp(r->errors[e].name, remedies[i].reason,
						 strlen(remedies[i].reason)) == 0;
		if (!applies || (when != NULL && strstr(when, remedies[i].todo) != NULL))
			continue;
		when = when == NULL ? remedies[i].todo
				    : pool_printf(r->pool, "%s; %s", when, remedies[i].todo);
	}
	return when;
}

static void
judge_failed(struct report *r)
{
	const char *when = when_to_retry(r);

	if (r->queue.failed == 0)
		return;
	report_find(r, false,
	    pool_printf(r->pool, "%s failed for good",
		text_count(r->queue.failed, "sentence has", "sentences have")),
	    when == NULL ? "only another text can help: the author can edit them"
			 : pool_printf(r->pool,
			       "the author can edit them; ttsctl retry --all can help %s", when));
}

static void
judge_queue(struct report *r)
{
	const struct queue_numbers *q = &r->queue;

	for (size_t i = 0; i < r->hosts_n; i++)
		if (r->hosts[i].other > 0)
			report_find(r, true,
			    pool_printf(r->pool, "%s of host %s ended with the lease",
				text_count(r->hosts[i].other, "claim", "claims"), r->hosts[i].name),
			    "the renderer of that host died or lost the database; any other takes "
			    "them back at its next start");
	if (r->content.trash_stuck > 0)
		report_find(r, false,
		    pool_printf(r->pool, "the files of %s could not be removed",
			text_count(r->content.trash_stuck, "deleted object", "deleted objects")),
		    "they are tried again, and hold up no others: see the log of tts-work");
	if (r->content.trash > 0 && r->content.trash_oldest_sec > TRASH_SEC)
		report_find(r, true,
		    pool_printf(r->pool, "files that were deleted %s ago are still there",
			text_span(r->content.trash_oldest_sec)),
		    "tts-work removes them: see that it runs, and may write in media.root");
	if (q->later > 0)
		report_find(r, false,
		    pool_printf(r->pool, "%s to be tried again a little later",
			text_count(q->later, "sentence is", "sentences are")),
		    NULL);
	if (q->stranded > 0)
		report_find(r, false,
		    pool_printf(r->pool,
			"the clock of the database server was set back while %s for the next try",
			text_count(q->stranded, "sentence waited", "sentences waited")),
		    "the next run takes them; ttsctl retry --all gives them the present time");
	judge_failed(r);
}

/* ---------------------------------------------------------------- all of it */

static void
judge_database(struct report *r)
{
	if (r->rc == RC_SCHEMA && r->schema == 0)
		report_find(r, true,
		    "the database is not set up yet: it has no tables of this service",
		    "tts-setup makes them; or ttsctl migrate");
	else if (r->rc == RC_SCHEMA)
		report_find(r, true, "the schema of the database is not the one of these programs",
		    "ttsctl migrate, or install the programs that belong to it");
	else if (r->rc != RC_OK)
		report_find(r, true, "the database does not answer",
		    "start it, or mend the group databases of the configuration; nothing is lost");
}

void
report_judge(struct report *r)
{
	judge_host(r);
	judge_database(r);
	judge_site(r);
	judge_renderer(r);
	judge_japanese(r);
	report_work_judge(r);
	report_notify_judge(r);
	report_pipeline_judge(r);
	report_tier_judge(r);
	report_stream_judge(r);
	if (r->rc == RC_OK)
		judge_queue(r);
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
