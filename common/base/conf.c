#include "conf.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <libconfig.h>
#include <limits.h>
#include <sched.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "conf_key.h"
#include "crypt.h"
#include "log.h"
#include "mem.h"

#define FILE_SIZE_MAX (1024 * 1024)
#define BATCH_PER_WORKER 16 /* a larger batch delays sentences that are queued during a run */

/* State while the file is read. Every error is reported, not only the first one. */
struct reading {
	const char *path;
	struct conf *conf;
	struct pool *pool;
	int *lines; /* the line that sets each key of conf_keys; 0: none does */
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

static void __attribute__((format(printf, 3, 4)))
report(struct reading *r, int line, const char *fmt, ...)
{
	va_list ap;
	char *message;

	va_start(ap, fmt);
	message = pool_vprintf(r->pool, fmt, ap);
	va_end(ap);
	if (line > 0)
		log_error("%s:%d: %s", r->path, line, message);
	else
		log_error("%s: %s", r->path, message);
	r->errors++;
}

/* Read FD to its end, at most MAX bytes. Return -1 with errno if it cannot be read or is longer. */
static ssize_t
read_all(int fd, char *data, size_t max)
{
	size_t len = 0;
	ssize_t n;

	do {
		n = read(fd, data + len, max + 1 - len);
		if (n > 0)
			len += (size_t)n;
	} while ((n > 0 && len <= max) || (n < 0 && errno == EINTR));
	if (n < 0)
		return -1;
	if (len > max) {
		errno = EFBIG;
		return -1;
	}
	return (ssize_t)len;
}

static const char *
read_text(struct reading *r)
{
	char *text = pool_alloc(r->pool, FILE_SIZE_MAX + 1);
	int fd = open(r->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	ssize_t len = fd < 0 ? -1 : read_all(fd, text, FILE_SIZE_MAX);

	if (len < 0)
		log_error("cannot read %s: %s", r->path, strerror(errno));
	else if (memchr(text, '\0', (size_t)len) != NULL) {
		log_error("cannot read %s: it contains a NUL character", r->path);
		len = -1;
	} else
		text[len] = '\0';
	if (fd >= 0)
		close(fd);
	return len < 0 ? NULL : text;
}

/* Skip a string, a comment or a name at S. Return S if none begins there. */
static const char *
skip_token(struct reading *r, const char *s, int *line)
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
			report(r, *line, "unterminated comment");
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
check_number_text(struct reading *r, int line, const char *s, size_t len)
{
	char *number = pool_strndup(r->pool, s, len);
	bool hex = len > 2 && (number[1] == 'x' || number[1] == 'X');

	errno = 0;
	if (strtoull(number, NULL, hex ? 16 : 10) > INT_MAX || errno == ERANGE)
		report(r, line, "%s is too large", number);
	else if (!hex && len > 1 && number[0] == '0' && isdigit((unsigned char)number[1]))
		report(r, line, "%s: numbers must not begin with 0", number);
}

/*
 * Check the numbers as they are written: libconfig silently reads both 4294967306 and 010 as 10.
 * Included files would escape this check, so includes are refused.
 */
static bool
check_text(struct reading *r, const char *s)
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
			report(r, line, "including other files is not supported");
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
read_number(struct reading *r, const struct conf_key *key, const config_setting_t *setting)
{
	int type = config_setting_type(setting), line = (int)config_setting_source_line(setting);
	long long n = config_setting_get_int64(setting);

	if (type != CONFIG_TYPE_INT && type != CONFIG_TYPE_INT64)
		report(r, line, "%s: expected a whole number, found %s", key->name,
		    type_name(setting));
	else if (n < key->min || n > key->max)
		report(r, line, "%s: %lld is not in %d..%d", key->name, n, key->min, key->max);
	else if (key->number_fits != NULL && !key->number_fits((int)n))
		report(r, line, "%s: %lld is not one of %s", key->name, n, key->numbers);
	else
		set_number(r->conf, key, (int)n);
}

static void
read_string(struct reading *r, const struct conf_key *key, const config_setting_t *setting)
{
	int line = (int)config_setting_source_line(setting);
	const char *s = config_setting_get_string(setting);

	if (s == NULL)
		report(r, line, "%s: expected a string, found %s", key->name, type_name(setting));
	else if (!key->form->fits(s))
		report(r, line, "%s: \"%s\" is not %s", key->name, s, key->form->name);
	else
		set_string(r->conf, key, pool_strdup(conf_pool(), s));
}

static void
read_setting(struct reading *r, const char *name, const config_setting_t *setting)
{
	const struct conf_key *key = conf_key(name);
	int line = (int)config_setting_source_line(setting);

	if (key == NULL && conf_is_group(name)) {
		report(r, line, "%s: expected a group, found %s", name, type_name(setting));
	} else if (key == NULL) {
		report(r, line, "%s: there is no such key", name);
	} else {
		r->lines[key - conf_keys] = line;
		r->origins[key - conf_keys] = CONF_SET;
		if (key->form != NULL)
			read_string(r, key, setting);
		else
			read_number(r, key, setting);
	}
}

/* GROUP is the full name of the group followed by a dot, or "" at the top level. */
static void
read_group(struct reading *r, const char *group, const config_setting_t *settings)
{
	for (int i = 0; i < config_setting_length(settings); i++) {
		const config_setting_t *setting = config_setting_get_elem(settings, (unsigned)i);
		const char *name =
		    pool_printf(r->pool, "%s%s", group, config_setting_name(setting));

		if (config_setting_type(setting) == CONFIG_TYPE_GROUP && conf_key(name) == NULL) {
			if (conf_is_group(name))
				read_group(r, pool_printf(r->pool, "%s.", name), setting);
			else
				report(r, (int)config_setting_source_line(setting),
				    "%s: there is no such group", name);
		} else {
			read_setting(r, name, setting);
		}
	}
}

static void
read_settings(struct reading *r, const char *text)
{
	config_t config;

	config_init(&config);
	if (config_read_string(&config, text) == CONFIG_TRUE)
		read_group(r, "", config_root_setting(&config));
	else
		report(r, config_error_line(&config), "%s", config_error_text(&config));
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

static int
line_of(const struct reading *r, const char *name)
{
	return r->lines[conf_key(name) - conf_keys];
}

static void
mark_computed(struct reading *r, const char *name)
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
report_order(struct reading *r, const char *low, int low_value, const char *high, int high_value)
{
	int line = line_of(r, low) > 0 ? line_of(r, low) : line_of(r, high);

	report(
	    r, line, "%s: %d is too large for %s, which is %d", low, low_value, high, high_value);
}

/* Each program locks, touches or counts in files of its own. */
static void
check_files(struct reading *r)
{
	static const char *const names[] = {
	    "scheduler.lock_file",
	    "scheduler.kick_file",
	    "work.lock_file",
	    "work.kick_file",
	    "metrics.api_file",
	    "metrics.renderer_file",
	    "metrics.work_file",
	};
	const char *paths[sizeof names / sizeof *names];

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		memcpy(
		    &paths[i], (const char *)r->conf + conf_key(names[i])->offset, sizeof paths[i]);
		for (size_t j = 0; j < i; j++)
			if (strcmp(paths[i], paths[j]) == 0)
				report(r,
				    line_of(r, names[i]) > 0 ? line_of(r, names[i])
							     : line_of(r, names[j]),
				    "%s: must not be the same as %s", names[i], names[j]);
	}
}

/* Check what depends on more than one key. */
static void
check_combinations(struct reading *r)
{
	struct conf *c = r->conf;

	if (c->databases.host[0] != '\0' && line_of(r, "databases.socket") == 0) {
		c->databases.socket = "";
		mark_computed(r, "databases.socket");
	}
	if (c->databases.host[0] == '\0' && c->databases.socket[0] == '\0')
		report(r, line_of(r, "databases.socket"),
		    "databases.socket: neither a socket nor a host is set");
	if (c->databases.host[0] != '\0' && c->databases.socket[0] != '\0')
		report(r, line_of(r, "databases.host"),
		    "databases.host: a socket is set as well; set only one of the two");
	if (c->speech.timeout_sec >= c->scheduler.lease_sec)
		report_order(r, "speech.timeout_sec", c->speech.timeout_sec, "scheduler.lease_sec",
		    c->scheduler.lease_sec);
	if (c->scheduler.retry_base_ms > c->scheduler.retry_cap_ms)
		report_order(r, "scheduler.retry_base_ms", c->scheduler.retry_base_ms,
		    "scheduler.retry_cap_ms", c->scheduler.retry_cap_ms);
	if (c->limits.password_min > c->limits.password_max)
		report_order(r, "limits.password_min", c->limits.password_min,
		    "limits.password_max", c->limits.password_max);
	if (c->limits.sentences_bytes > c->limits.body_bytes)
		report_order(r, "limits.sentences_bytes", c->limits.sentences_bytes,
		    "limits.body_bytes", c->limits.body_bytes);
	if (c->mp3.sample_rate_hz >= 32000 &&
	    (c->mp3.bitrate_kbps < 32 || c->mp3.bitrate_kbps == 144))
		report(r, line_of(r, "mp3.sample_rate_hz"),
		    "mp3.sample_rate_hz: MP3 does not allow %d kbit/s at %d Hz",
		    c->mp3.bitrate_kbps, c->mp3.sample_rate_hz);
	if (path_contains(c->media.root, c->media.gone_root) ||
	    path_contains(c->media.gone_root, c->media.root))
		report(r, line_of(r, "media.gone_root"),
		    "media.gone_root: neither it nor media.root may contain the other");
	check_files(r);
}

/* Take from the machine what the file leaves open. */
static void
set_from_machine(struct reading *r)
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
			report(r, 0,
			    "scheduler.host: must be set, because the host name \"%s\" is not "
			    "valid here",
			    host);
		c->scheduler.host = pool_strdup(conf_pool(), host);
		mark_computed(r, "scheduler.host");
	}
}

const struct conf *
conf_load(const char *path)
{
	struct reading r = {.path = path, .pool = pool_new()};
	const char *text;

	r.conf = pool_alloc(conf_pool(), sizeof *r.conf);
	r.lines = pool_array(r.pool, conf_keys_n, sizeof *r.lines);
	r.conf->origins = r.origins = pool_array(conf_pool(), conf_keys_n, sizeof *r.origins);
	set_defaults(r.conf);
	text = read_text(&r);
	if (text == NULL) {
		r.errors++;
	} else if (check_text(&r, text)) {
		read_settings(&r, text);
		if (r.errors == 0)
			check_combinations(&r);
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

struct secret
conf_secret(const char *path, size_t min)
{
	char data[CONF_KEY_MAX + 2];
	struct secret secret;
	struct stat st;
	ssize_t len;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	len = fd < 0 ? -1 : read_all(fd, data, sizeof data - 1);
	if (len < 0)
		fatal(EX_CONFIG, "cannot read secret %s: %s", path, strerror(errno));
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & S_IROTH) != 0)
		log_warn("secret %s is readable by everybody", path);
	close(fd);
	if (len > 0 && data[len - 1] == '\n')
		len--;
	if ((size_t)len < min)
		fatal(EX_CONFIG, "cannot use secret %s: it has %zd bytes, fewer than %zu", path,
		    len, min);
	if (len > CONF_KEY_MAX)
		fatal(EX_CONFIG, "cannot use secret %s: it has more than %d bytes", path,
		    CONF_KEY_MAX);
	secret.len = (size_t)len;
	secret.data = pool_alloc(conf_pool(), secret.len + 1);
	memcpy(secret.data, data, secret.len);
	crypt_wipe(data, sizeof data);
	return secret;
}
