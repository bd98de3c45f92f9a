#include "report.h"

#include <string.h>
#include <time.h>

#include "../common/base/hours.h"

#define SITE_TIMEOUT_MS 5000
#define HOURS_BEGIN_SEC 60 /* sentences that waited for the hours to begin are not late yet */

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
	r->is_hour = hours_include(ctl->conf->scheduler.hours, time(NULL));
	r->is_due =
	    r->is_hour && hours_include(ctl->conf->scheduler.hours, time(NULL) - HOURS_BEGIN_SEC);
	if (ctl->conf->http.url[0] != '\0')
		http_get(ctl->conf->http.url, "/healthz", SITE_TIMEOUT_MS, &r->site);
	read_runs(r);
	report_work_host(r);
	report_notify_host(r);
	report_pipeline_host(r);
	report_stream_host(r);
	report_tier_host(r);
	r->rc = db_ready(ctl->db);
	r->schema = db_schema(ctl->db);
	if (r->rc == RC_OK)
		r->rc = admin_content(ctl->db, &r->content);
	if (r->rc == RC_OK)
		r->rc = queue_numbers(ctl->db, &r->queue);
	if (r->rc == RC_OK)
		r->rc = report_work_read(r, ctl->db);
	if (r->rc == RC_OK)
		r->rc = report_notify_read(r, ctl->db);
	if (r->rc == RC_OK)
		r->rc = report_pipeline_read(r, ctl->db);
	if (r->rc == RC_OK)
		r->rc = report_tier_read(r, ctl->db);
	for (size_t i = 0; i < sizeof shares / sizeof *shares && r->rc == RC_OK; i++)
		r->rc = admin_shares(
		    ctl->db, r->pool, shares[i].by, REPORT_SHARES, shares[i].v, shares[i].n);
}

/* Any server may answer 200, but only the API sends this. */
bool
report_site_answers(const struct report *r)
{
	return r->site.error == 0 && r->site.status == 200 &&
	       strstr(r->site.body, "\"status\":\"ok\"") != NULL;
}
