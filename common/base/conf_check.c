#include <limits.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "conf_key.h"
#include "conf_reading.h"

#define BATCH_PER_WORKER 16 /* a larger batch delays sentences that are queued during a run */

/* Each program locks, touches or counts in files of its own. */
static void
check_files(struct conf_reading *r)
{
	static const char *const names[] = {
	    "scheduler.lock_file",
	    "scheduler.kick_file",
	    "work.lock_file",
	    "work.kick_file",
	    "metrics.api_file",
	    "metrics.renderer_file",
	    "metrics.work_file",
	    "events.kick_file",
	    "webhooks.lock_file",
	    "metrics.notify_file",
	    "stream.socket",
	    "metrics.stream_file",
	    "pipeline.kick_file",
	    "pipeline.lyric.lock_file",
	    "pipeline.song.lock_file",
	    "pipeline.video.lock_file",
	    "metrics.lyric_file",
	    "metrics.song_file",
	    "metrics.video_file",
	    "levels.lock_file",
	    "metrics.tier_file",
	};
	const char *paths[sizeof names / sizeof *names];

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		memcpy(
		    &paths[i], (const char *)r->conf + conf_key(names[i])->offset, sizeof paths[i]);
		for (size_t j = 0; j < i; j++)
			if (strcmp(paths[i], paths[j]) == 0)
				conf_report_key(r, conf_is_set(r, names[i]) ? names[i] : names[j],
				    "%s: must not be the same as %s", names[i], names[j]);
	}
}

void
conf_check(struct conf_reading *r)
{
	struct conf *c = r->conf;

	if (c->databases.host[0] != '\0' && !conf_is_set(r, "databases.socket")) {
		c->databases.socket = "";
		conf_mark_computed(r, "databases.socket");
	}
	if (c->databases.host[0] == '\0' && c->databases.socket[0] == '\0')
		conf_report_key(
		    r, "databases.socket", "databases.socket: neither a socket nor a host is set");
	if (c->databases.host[0] != '\0' && c->databases.socket[0] != '\0')
		conf_report_key(r, "databases.host",
		    "databases.host: a socket is set as well; set only one of the two");
	if (c->speech.timeout_sec >= c->scheduler.lease_sec)
		conf_report_order(r, "speech.timeout_sec", c->speech.timeout_sec,
		    "scheduler.lease_sec", c->scheduler.lease_sec);
	if (c->scheduler.retry_base_ms > c->scheduler.retry_cap_ms)
		conf_report_order(r, "scheduler.retry_base_ms", c->scheduler.retry_base_ms,
		    "scheduler.retry_cap_ms", c->scheduler.retry_cap_ms);
	if (c->limits.password_min > c->limits.password_max)
		conf_report_order(r, "limits.password_min", c->limits.password_min,
		    "limits.password_max", c->limits.password_max);
	if (c->limits.sentences_bytes > c->limits.body_bytes)
		conf_report_order(r, "limits.sentences_bytes", c->limits.sentences_bytes,
		    "limits.body_bytes", c->limits.body_bytes);
	if (c->mp3.sample_rate_hz >= 32000 &&
	    (c->mp3.bitrate_kbps < 32 || c->mp3.bitrate_kbps == 144))
		conf_report_key(r, "mp3.sample_rate_hz",
		    "mp3.sample_rate_hz: MP3 does not allow %d kbit/s at %d Hz",
		    c->mp3.bitrate_kbps, c->mp3.sample_rate_hz);
	if (conf_path_contains(c->media.root, c->media.gone_root) ||
	    conf_path_contains(c->media.gone_root, c->media.root))
		conf_report_key(r, "media.gone_root",
		    "media.gone_root: neither it nor media.root may contain the other");
	check_files(r);
	conf_check_levels(r);
}

/* The site, as it is reached from this machine. */
static void
set_url(struct conf_reading *r)
{
	struct conf *c = r->conf;
	const char *first = c->http.listen + strspn(c->http.listen, " ");
	const char *endpoint = pool_strndup(r->pool, first, strcspn(first, " "));
	const char *port = strrchr(endpoint, ':');

	if (strncmp(endpoint, "0.0.0.0:", strlen("0.0.0.0:")) == 0)
		endpoint = pool_printf(r->pool, "127.0.0.1%s", port);
	else if (strncmp(endpoint, "[::]:", strlen("[::]:")) == 0)
		endpoint = pool_printf(r->pool, "[::1]%s", port);
	c->http.url = pool_printf(conf_pool(), "http://%s", endpoint);
	conf_mark_computed(r, "http.url");
}

/* Take from the machine what the file leaves open. */
static void
set_from_machine(struct conf_reading *r)
{
	struct conf *c = r->conf;
	char host[HOST_NAME_MAX + 1] = "";
	cpu_set_t cpus;

	if (c->scheduler.workers == 0) {
		bool known = sched_getaffinity(0, sizeof cpus, &cpus) == 0;
		long n = known ? CPU_COUNT(&cpus) : sysconf(_SC_NPROCESSORS_ONLN);
		int max = conf_key("scheduler.workers")->max;

		c->scheduler.workers = n < 1 ? 1 : n > max ? max : (int)n;
		conf_mark_computed(r, "scheduler.workers");
	}
	if (c->scheduler.batch_size == 0) {
		int n = BATCH_PER_WORKER * c->scheduler.workers;
		int max = conf_key("scheduler.batch_size")->max;

		c->scheduler.batch_size = n > max ? max : n;
		conf_mark_computed(r, "scheduler.batch_size");
	}
	if (c->scheduler.host[0] == '\0') {
		gethostname(host, sizeof host - 1);
		if (host[0] == '\0' || !conf_key("scheduler.host")->form->fits(host))
			conf_report(r, 0,
			    "scheduler.host: must be set, because the host name \"%s\" is not "
			    "valid here",
			    host);
		c->scheduler.host = pool_strdup(conf_pool(), host);
		conf_mark_computed(r, "scheduler.host");
	}
}

void
conf_complete(struct conf_reading *r)
{
	if (conf_is_set(r, "http.listen") && !conf_is_set(r, "http.url"))
		set_url(r);
	set_from_machine(r);
}
