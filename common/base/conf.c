#include "conf.h"

#include <ctype.h>
#include <errno.h>
#include <libconfig.h>
#include <limits.h>
#include <sched.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf_file.h"
#include "conf_key.h"
#include "log.h"
#include "mem.h"

#define BATCH_PER_WORKER 16 /* a larger batch delays sentences that are queued during a run */

struct location {
	const char *path;
	int line; /* 0: of the file as a whole, or of none */
};

/* State while the files are read. Every error is reported, not only the first one. */
struct conf_reading {
	const char *path; /* of the file that is being read; at last that of tts.conf itself */
	struct conf *conf;
	struct pool *pool;
	struct location *set; /* where each key of conf_keys is set; line 0: nowhere */
	uint8_t *origins;
	unsigned errors;
};

/* The configuration lives as long as the process. */
static struct pool *
conf_pool(void)
{
	static struct pool *pool;

	if (pool == NULL)
		pool = pool_new();
	return pool;
}

static void __attribute__((format(printf, 3, 0)))
report_at(struct conf_reading *r, struct location at, const char *fmt, va_list ap)
{
	char *message = pool_vprintf(r->pool, fmt, ap);

	if (at.line > 0)
		log_error("%s:%d: %s", at.path, at.line, message);
	else
		log_error("%s: %s", r->path, message);
	r->errors++;
}

/* Report an error in a line of the file that is being read. */
static void __attribute__((format(printf, 3, 4)))
conf_report(struct conf_reading *r, int line, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	report_at(r, (struct location){r->path, line}, fmt, ap);
	va_end(ap);
}

/* Report an error where the key NAME is set. */
static void __attribute__((format(printf, 3, 4)))
report_key(struct conf_reading *r, const char *name, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	report_at(r, r->set[conf_key(name) - conf_keys], fmt, ap);
	va_end(ap);
}

/* Skip a string, a comment or a name at S. Return S if none begins there. */
static const char *
skip_token(struct conf_reading *r, const char *s, int *line)
{
	const char *start = s;

	if (*s == '"') {
		for (s++; *s != '\0' && *s != '"'; s++)
			if (*s == '\\' && s[1] != '\0')
				s++;
		s += *s == '"';
	} else if (*s == '#' || strncmp(s, "//", 2) == 0) {
		s += strcspn(s, "\n");
	} else if (strncmp(s, "/*", 2) == 0) {
		const char *end = strstr(s + 2, "*/");

		if (end == NULL)
			conf_report(r, *line, "unterminated comment");
		s = end != NULL ? end + 2 : s + strlen(s);
	} else if (isalpha((unsigned char)*s) || *s == '*') {
		while (isalnum((unsigned char)*s) || (*s != '\0' && strchr("*_-", *s) != NULL))
			s++;
	}
	for (; start < s; start++)
		*line += *start == '\n';
	return s;
}

static void
check_number_text(struct conf_reading *r, int line, const char *s, size_t len)
{
	char *number = pool_strndup(r->pool, s, len);
	bool hex = len > 2 && (number[1] == 'x' || number[1] == 'X');

	errno = 0;
	if (strtoull(number, NULL, hex ? 16 : 10) > INT_MAX || errno == ERANGE)
		conf_report(r, line, "%s is too large", number);
	else if (!hex && len > 1 && number[0] == '0' && isdigit((unsigned char)number[1]))
		conf_report(r, line, "%s: numbers must not begin with 0", number);
}

/*
 * Check the numbers as they are written: libconfig silently reads both 4294967306 and 010 as 10.
 * Included files would escape this check, so includes are refused.
 */
static bool
check_text(struct conf_reading *r, const char *s)
{
	int line = 1;

	while (*s != '\0') {
		const char *next = skip_token(r, s, &line);

		if (next > s) {
			s = next;
		} else if (isdigit((unsigned char)*s)) {
			for (next = s; isalnum((unsigned char)*next) || *next == '.';)
				next++;
			check_number_text(r, line, s, (size_t)(next - s));
			s = next;
		} else if (*s == '@') {
			conf_report(r, line, "including other files is not supported");
			return false;
		} else {
			line += *s++ == '\n';
		}
	}
	return true;
}

static const char *
type_name(const config_setting_t *setting)
{
	static const char *const names[] = {
	    [CONFIG_TYPE_NONE] = "nothing",
	    [CONFIG_TYPE_GROUP] = "a group",
	    [CONFIG_TYPE_INT] = "a number",
	    [CONFIG_TYPE_INT64] = "a number",
	    [CONFIG_TYPE_FLOAT] = "a number with a fraction",
	    [CONFIG_TYPE_STRING] = "a string",
	    [CONFIG_TYPE_BOOL] = "true or false",
	    [CONFIG_TYPE_ARRAY] = "an array",
	    [CONFIG_TYPE_LIST] = "a list",
	};

	return names[config_setting_type(setting)];
}

static void
set_number(struct conf *conf, const struct conf_key *key, int number)
{
	memcpy((char *)conf + key->offset, &number, sizeof number);
}

static void
set_string(struct conf *conf, const struct conf_key *key, const char *string)
{
	memcpy((char *)conf + key->offset, &string, sizeof string);
}

static void
read_number(struct conf_reading *r, const struct conf_key *key, const config_setting_t *setting)
{
	int type = config_setting_type(setting), line = (int)config_setting_source_line(setting);
	long long n = config_setting_get_int64(setting);

	if (type != CONFIG_TYPE_INT && type != CONFIG_TYPE_INT64)
		conf_report(r, line, "%s: expected a whole number, found %s", key->name,
		    type_name(setting));
	else if (n < key->min || n > key->max)
		conf_report(r, line, "%s: %lld is not in %d..%d", key->name, n, key->min, key->max);
	else if (key->number_fits != NULL && !key->number_fits((int)n))
		conf_report(r, line, "%s: %lld is not one of %s", key->name, n, key->numbers);
	else
		set_number(r->conf, key, (int)n);
}

static void
read_string(struct conf_reading *r, const struct conf_key *key, const config_setting_t *setting)
{
	int line = (int)config_setting_source_line(setting);
	const char *s = config_setting_get_string(setting);

	if (s == NULL)
		conf_report(
		    r, line, "%s: expected a string, found %s", key->name, type_name(setting));
	else if (!key->form->fits(s))
		conf_report(r, line, "%s: \"%s\" is not %s", key->name, s, key->form->name);
	else
		set_string(r->conf, key, pool_strdup(conf_pool(), s));
}

static void
read_setting(struct conf_reading *r, const char *name, const config_setting_t *setting)
{
	const struct conf_key *key = conf_key(name);
	int line = (int)config_setting_source_line(setting);

	if (key == NULL && conf_is_group(name)) {
		conf_report(r, line, "%s: expected a group, found %s", name, type_name(setting));
	} else if (key == NULL) {
		conf_report(r, line, "%s: there is no such key", name);
	} else {
		r->set[key - conf_keys] = (struct location){r->path, line};
		r->origins[key - conf_keys] = CONF_SET;
		if (key->form != NULL)
			read_string(r, key, setting);
		else
			read_number(r, key, setting);
	}
}

/* GROUP is the full name of the group followed by a dot, or "" at the top level. */
static void
read_group(struct conf_reading *r, const char *group, const config_setting_t *settings)
{
	for (int i = 0; i < config_setting_length(settings); i++) {
		const config_setting_t *setting = config_setting_get_elem(settings, (unsigned)i);
		const char *name =
		    pool_printf(r->pool, "%s%s", group, config_setting_name(setting));

		if (config_setting_type(setting) == CONFIG_TYPE_GROUP && conf_key(name) == NULL) {
			if (conf_is_group(name))
				read_group(r, pool_printf(r->pool, "%s.", name), setting);
			else
				conf_report(r, (int)config_setting_source_line(setting),
				    "%s: there is no such group", name);
		} else {
			read_setting(r, name, setting);
		}
	}
}

static void
read_settings(struct conf_reading *r, const char *text)
{
	config_t config;

	config_init(&config);
	if (config_read_string(&config, text) == CONFIG_TRUE)
		read_group(r, "", config_root_setting(&config));
	else
		conf_report(r, config_error_line(&config), "%s", config_error_text(&config));
	config_destroy(&config);
}

static void
set_defaults(struct conf *conf)
{
	for (size_t i = 0; i < conf_keys_n; i++) {
		const struct conf_key *key = &conf_keys[i];

		if (key->form != NULL)
			set_string(conf, key, key->string);
		else
			set_number(conf, key, key->number);
	}
}

static bool
is_set(const struct conf_reading *r, const char *name)
{
	return r->set[conf_key(name) - conf_keys].line > 0;
}

static void
mark_computed(struct conf_reading *r, const char *name)
{
	r->origins[conf_key(name) - conf_keys] = CONF_COMPUTED;
}

/* Tell whether path B is A or is below it. */
static bool
path_contains(const char *a, const char *b)
{
	size_t len = strlen(a);

	return strncmp(a, b, len) == 0 && (b[len] == '\0' || b[len] == '/');
}

static void
conf_report_order(
    struct conf_reading *r, const char *low, int low_value, const char *high, int high_value)
{
	report_key(r, is_set(r, low) ? low : high, "%s: %d is too large for %s, which is %d", low,
	    low_value, high, high_value);
}

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
	};
	const char *paths[sizeof names / sizeof *names];

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		memcpy(
		    &paths[i], (const char *)r->conf + conf_key(names[i])->offset, sizeof paths[i]);
		for (size_t j = 0; j < i; j++)
			if (strcmp(paths[i], paths[j]) == 0)
				report_key(r, is_set(r, names[i]) ? names[i] : names[j],
				    "%s: must not be the same as %s", names[i], names[j]);
	}
}

/* Check what depends on more than one key. */
static void
check_combinations(struct conf_reading *r)
{
	struct conf *c = r->conf;

	if (c->databases.host[0] != '\0' && !is_set(r, "databases.socket")) {
		c->databases.socket = "";
		mark_computed(r, "databases.socket");
	}
	if (c->databases.host[0] == '\0' && c->databases.socket[0] == '\0')
		report_key(
		    r, "databases.socket", "databases.socket: neither a socket nor a host is set");
	if (c->databases.host[0] != '\0' && c->databases.socket[0] != '\0')
		report_key(r, "databases.host",
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
		report_key(r, "mp3.sample_rate_hz",
		    "mp3.sample_rate_hz: MP3 does not allow %d kbit/s at %d Hz",
		    c->mp3.bitrate_kbps, c->mp3.sample_rate_hz);
	if (path_contains(c->media.root, c->media.gone_root) ||
	    path_contains(c->media.gone_root, c->media.root))
		report_key(r, "media.gone_root",
		    "media.gone_root: neither it nor media.root may contain the other");
	check_files(r);
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
	mark_computed(r, "http.url");
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
		mark_computed(r, "scheduler.workers");
	}
	if (c->scheduler.batch_size == 0) {
		int n = BATCH_PER_WORKER * c->scheduler.workers;
		int max = conf_key("scheduler.batch_size")->max;

		c->scheduler.batch_size = n > max ? max : n;
		mark_computed(r, "scheduler.batch_size");
	}
	if (c->scheduler.host[0] == '\0') {
		gethostname(host, sizeof host - 1);
		if (host[0] == '\0' || !conf_key("scheduler.host")->form->fits(host))
			conf_report(r, 0,
			    "scheduler.host: must be set, because the host name \"%s\" is not "
			    "valid here",
			    host);
		c->scheduler.host = pool_strdup(conf_pool(), host);
		mark_computed(r, "scheduler.host");
	}
}

/* Read one file on top of what was read before. Return whether it can be judged as a whole. */
static bool
read_file(struct conf_reading *r, const char *path)
{
	const char *text = conf_file_text(r->pool, path);

	r->path = path;
	if (text == NULL)
		r->errors++;
	else if (check_text(r, text))
		read_settings(r, text);
	else
		return false;
	return text != NULL;
}

const struct conf *
conf_load(const char *path)
{
	struct conf_reading r = {.pool = pool_new()};
	const char *const *more;
	bool complete;

	r.conf = pool_alloc(conf_pool(), sizeof *r.conf);
	r.set = pool_array(r.pool, conf_keys_n, sizeof *r.set);
	r.conf->origins = r.origins = pool_array(conf_pool(), conf_keys_n, sizeof *r.origins);
	set_defaults(r.conf);
	complete = read_file(&r, path);
	more = conf_file_list(r.pool, path);
	if (more == NULL) {
		r.errors++;
		complete = false;
	}
	for (; more != NULL && *more != NULL; more++)
		complete &= read_file(&r, *more);
	r.path = path;
	if (complete) {
		if (r.errors == 0)
			check_combinations(&r);
		if (is_set(&r, "http.listen") && !is_set(&r, "http.url"))
			set_url(&r);
		set_from_machine(&r);
	}
	pool_free(r.pool);
	return r.errors == 0 ? r.conf : NULL;
}

enum conf_origin
conf_origin(const struct conf *conf, const struct conf_key *key)
{
	return conf->origins[key - conf_keys];
}
