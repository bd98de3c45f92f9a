#include "conf_key.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "hours.h"

#define PATH_LENGTH 1024 /* anything longer is a mistake; leaves room for what is appended */

static bool
consists_of(const char *s, const char *characters, size_t min, size_t max)
{
	size_t len = strlen(s);

	return len >= min && len <= max && strspn(s, characters) == len;
}

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

static bool
is_path(const char *s)
{
	size_t len = strlen(s);

	if (s[0] != '/' || len < 2 || len > PATH_LENGTH || s[len - 1] == '/')
		return false;
	for (; *s != '\0'; s++) {
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			return false;
		if (strncmp(s, "/../", 4) == 0 || strcmp(s, "/..") == 0)
			return false;
	}
	return true;
}

static bool
is_path_or_none(const char *s)
{
	return s[0] == '\0' || is_path(s);
}

static bool
is_host_or_none(const char *s)
{
	return consists_of(s, LETTERS DIGITS "-_.:%", 0, 255);
}

static bool
is_host_name(const char *s)
{
	return consists_of(s, LETTERS DIGITS "-_.", 0, 64);
}

static bool
is_database(const char *s)
{
	return consists_of(s, LETTERS DIGITS "-_$", 1, 64);
}

static bool
is_account(const char *s)
{
	return consists_of(s, LETTERS DIGITS "-_.$@", 1, 80);
}

static bool
is_url(const char *s)
{
	return consists_of(s, LETTERS DIGITS "-_.~/", 2, 255) && s[0] == '/' &&
	       s[strlen(s) - 1] != '/' && strstr(s, "//") == NULL && strstr(s, "/.") == NULL;
}

/* "" disables the check. */
static bool
is_site_or_none(const char *s)
{
	static const char scheme[] = "http://";
	size_t len = strlen(scheme);

	return s[0] == '\0' || (strncmp(s, scheme, len) == 0 &&
				   consists_of(s + len, LETTERS DIGITS "-_.:[]", 1, 255));
}

/* "https://" or "http://", a host, and perhaps a port and a path. */
static bool
is_service(const char *s)
{
	size_t scheme = strncmp(s, "https://", 8) == 0 ? 8 : strncmp(s, "http://", 7) == 0 ? 7 : 0;

	return scheme > 0 && s[strlen(s) - 1] != '/' &&
	       consists_of(s + scheme, LETTERS DIGITS "-_.~:[]/", 1, 255);
}

static bool
is_service_or_none(const char *s)
{
	return s[0] == '\0' || is_service(s);
}

static bool
is_language(const char *s)
{
	return consists_of(s, LETTERS DIGITS "-", 2, 35) && s[0] != '-';
}

/* Longest word of a list: "[address of IPv6]:port". */
#define WORD_LENGTH (INET6_ADDRSTRLEN + 8)

/* Tell whether S is a list of words for which FITS holds, separated by spaces; FITS may change
 * them. */
static bool
is_list_of(const char *s, size_t min, bool (*fits)(char *word))
{
	char word[WORD_LENGTH + 1];
	size_t n = 0;

	for (s += strspn(s, " "); *s != '\0'; n++) {
		size_t len = strcspn(s, " ");

		if (len > WORD_LENGTH)
			return false;
		memcpy(word, s, len);
		word[len] = '\0';
		if (!fits(word))
			return false;
		s += len;
		s += strspn(s, " ");
	}
	return n >= min;
}

/* Tell whether S is a number without a leading zero, of MIN to MAX. */
static bool
is_decimal(const char *s, long min, long max)
{
	long n;

	if (!consists_of(s, DIGITS, 1, 5) || (s[0] == '0' && s[1] != '\0'))
		return false;
	n = strtol(s, NULL, 10);
	return n >= min && n <= max;
}

static bool
is_ip(const char *s, int family)
{
	unsigned char address[sizeof(struct in6_addr)];

	return inet_pton(family, s, address) == 1;
}

/* "192.0.2.1:80" or "[2001:db8::1]:80" */
static bool
is_endpoint(char *word)
{
	char *colon = strrchr(word, ':');

	if (colon == NULL || !is_decimal(colon + 1, 1, 65535))
		return false;
	*colon = '\0';
	if (word[0] != '[')
		return is_ip(word, AF_INET);
	if (colon[-1] != ']')
		return false;
	colon[-1] = '\0';
	return is_ip(word + 1, AF_INET6);
}

/* An address, or one with the length of a prefix: "192.0.2.0/24", "2001:db8::/32" */
static bool
is_network(char *word)
{
	char *slash = strchr(word, '/');
	int family = strchr(word, ':') != NULL ? AF_INET6 : AF_INET;

	if (slash != NULL) {
		*slash = '\0';
		if (!is_decimal(slash + 1, 0, family == AF_INET ? 32 : 128))
			return false;
	}
	return is_ip(word, family);
}

static bool
is_endpoints(const char *s)
{
	return is_list_of(s, 1, is_endpoint);
}

static bool
is_networks(const char *s)
{
	return is_list_of(s, 0, is_network);
}

static bool
is_port(char *word)
{
	return is_decimal(word, 1, 65535);
}

static bool
is_ports(const char *s)
{
	return is_list_of(s, 0, is_port);
}

static const struct conf_form path = {"an absolute path", is_path};
static const struct conf_form path_or_none = {"an absolute path or empty", is_path_or_none};
static const struct conf_form host_or_none = {"a host name or an address", is_host_or_none};
static const struct conf_form host_name = {
    "a name of up to 64 letters, digits and \"-_.\"", is_host_name};
static const struct conf_form database = {"the name of a database", is_database};
static const struct conf_form account = {"the name of an account", is_account};
static const struct conf_form url = {"a path like \"/media\"", is_url};
static const struct conf_form hours = {"hours like \"22:00-06:00\" or empty", hours_are_valid};
static const struct conf_form site_or_none = {
    "\"http://\", a host and perhaps a port, or empty", is_site_or_none};
static const struct conf_form service = {"a URL like \"https://example.org\"", is_service};
static const struct conf_form service_or_none = {
    "a URL like \"https://example.org/token\" or empty", is_service_or_none};
static const struct conf_form endpoints = {
    "a list of addresses with ports like \"127.0.0.1:8080 [::1]:8080\"", is_endpoints};
static const struct conf_form networks = {
    "a list of addresses and networks like \"127.0.0.1 2001:db8::/32\"", is_networks};
static const struct conf_form ports = {"a list of ports like \"443 8443\"", is_ports};
static const struct conf_form language = {"a language tag like \"en\"", is_language};

/* LAME accepts any number and silently uses the nearest bit rate. */
static bool
is_bitrate(int kbps)
{
	static const int rates[] = {8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160};

	for (size_t i = 0; i < sizeof rates / sizeof *rates; i++)
		if (rates[i] == kbps)
			return true;
	return false;
}

/* The rates that work with all of the engine's voices; 0: the engine's own rate. */
static bool
is_mp3_rate(int hz)
{
	static const int rates[] = {0, 16000, 22050, 24000, 32000, 44100, 48000};

	for (size_t i = 0; i < sizeof rates / sizeof *rates; i++)
		if (rates[i] == hz)
			return true;
	return false;
}

/* Speech cannot be louder than this without audible limiting. */
static bool
is_loudness(int lufs)
{
	return lufs == 0 || lufs <= -16;
}

/* A key has the name of its member of struct conf, except those of the accounts. */
#define NUMBER(member, min_, max_, default_)                                                       \
	{                                                                                          \
		.name = #member, .offset = offsetof(struct conf, member), .min = (min_),           \
		.max = (max_), .number = (default_)                                                \
	}
#define NAMED_STRING(name_, member, form_, default_)                                               \
	{                                                                                          \
		.name = (name_), .offset = offsetof(struct conf, member), .form = &(form_),        \
		.string = (default_)                                                               \
	}
#define STRING(member, form_, default_) NAMED_STRING(#member, member, form_, default_)
#define ACCOUNT(group, index, user_, file)                                                         \
	NAMED_STRING("databases." group ".user", databases.account[index].user, account, user_),   \
	    NAMED_STRING("databases." group ".password_file",                                      \
		databases.account[index].password_file, path_or_none, file)

const struct conf_key conf_keys[] = {
    NUMBER(log_level, 3, 7, 6),

    STRING(databases.socket, path_or_none, "/run/mysqld/mysqld.sock"),
    STRING(databases.host, host_or_none, ""),
    NUMBER(databases.port, 1, 65535, 3306),
    STRING(databases.tls_ca, path_or_none, ""),
    STRING(databases.name, database, "tts"),
    NUMBER(databases.connect_timeout_sec, 1, 60, 5),
    NUMBER(databases.timeout_sec, 1, 600, 10),
    ACCOUNT("api", ACCOUNT_API, "tts_api", "/etc/tts/secrets/api.pw"),
    ACCOUNT("renderer", ACCOUNT_RENDERER, "tts_render", "/etc/tts/secrets/renderer.pw"),
    ACCOUNT("work", ACCOUNT_WORK, "tts_work", "/etc/tts/secrets/work.pw"),
    ACCOUNT("notify", ACCOUNT_NOTIFY, "tts_notify", "/etc/tts/secrets/notify.pw"),
    ACCOUNT("stream", ACCOUNT_STREAM, "tts_stream", "/etc/tts/secrets/stream.pw"),
    ACCOUNT("migration", ACCOUNT_MIGRATION, "tts_migrate", "/etc/tts/secrets/migration.pw"),

    STRING(secrets.token_key_file, path, "/etc/tts/secrets/token.key"),
    STRING(secrets.media_key_file, path, "/etc/tts/secrets/media.key"),

    NUMBER(scheduler.interval_sec, 1, 3600, 2),
    NUMBER(scheduler.batch_size, 0, 1000, 0),
    NUMBER(scheduler.run_sec, 1, 86400, 50),
    NUMBER(scheduler.lease_sec, 5, 86400, 120),
    NUMBER(scheduler.workers, 0, 256, 0),
    NUMBER(scheduler.max_attempts, 1, 100, 5),
    NUMBER(scheduler.max_crashes, 1, 100, 3),
    NUMBER(scheduler.retry_base_ms, 1, 3600000, 1000),
    NUMBER(scheduler.retry_cap_ms, 1, 86400000, 300000),
    STRING(scheduler.hours, hours, ""),
    STRING(scheduler.lock_file, path, "/run/tts/render.lock"),
    STRING(scheduler.kick_file, path, "/run/tts/kick"),
    STRING(scheduler.host, host_name, ""),

    NUMBER(work.interval_sec, 1, 3600, 5),
    NUMBER(work.batch_size, 1, 100, 4),
    NUMBER(work.run_sec, 1, 86400, 50),
    NUMBER(work.lease_sec, 5, 86400, 120),
    NUMBER(work.keep_days, 0, 3650, 30),
    STRING(work.lock_file, path, "/run/tts/work.lock"),
    STRING(work.kick_file, path, "/run/tts/work.kick"),

    NUMBER(events.keep_days, 1, 3650, 7),
    STRING(events.kick_file, path, "/run/tts/event.kick"),

    NUMBER(webhooks.interval_sec, 1, 3600, 2),
    NUMBER(webhooks.run_sec, 1, 86400, 50),
    NUMBER(webhooks.lease_sec, 30, 86400, 120),
    NUMBER(webhooks.keep_days, 1, 3650, 30),
    NUMBER(webhooks.allow_http, 0, 1, 0),
    STRING(webhooks.allow_networks, networks, ""),
    STRING(webhooks.ports, ports, "443 8443"),
    STRING(webhooks.lock_file, path, "/run/tts/notify.lock"),

    STRING(fcm.service_account_file, path_or_none, ""),
    STRING(fcm.url, service, "https://fcm.googleapis.com"),
    STRING(fcm.token_url, service_or_none, ""),

    STRING(stream.socket, path, "/run/tts/stream.sock"),
    NUMBER(stream.streams, 1, 1000000, 10000),
    NUMBER(stream.per_user, 1, 10000, 20),

    STRING(http.url, site_or_none, "http://127.0.0.1:8080"),
    STRING(http.listen, endpoints, "127.0.0.1:8080 [::1]:8080"),
    STRING(http.trusted_proxies, networks, ""),
    NUMBER(http.requests_per_sec, 1, 1000000, 200),
    NUMBER(http.logins_per_min, 1, 1000000, 60),
    NUMBER(http.in_flight, 1, 65535, 16),
    NUMBER(http.streams, 1, 65535, 64),
    NUMBER(http.heavy_workers, 0, 256, 0),
    STRING(http.nginx_conf, path_or_none, "/etc/nginx/nginx.conf"),

    NUMBER(token.expire_sec, 1, 2592000, 3600),

    STRING(media.root, path, "/var/lib/tts/media"),
    STRING(media.gone_root, path, "/var/lib/tts/gone"),
    STRING(media.url, url, "/media"),
    NUMBER(media.grace_sec, 1, 31536000, 3600),

    STRING(speech.language, language, "en"),
    {.name = "speech.loudness_lufs",
	.offset = offsetof(struct conf, speech.loudness_lufs),
	.min = -40,
	.max = 0,
	.number = -18,
	.number_fits = is_loudness,
	.numbers = "-40 to -16, or 0"},
    NUMBER(speech.lead_ms, 0, 5000, 50),
    NUMBER(speech.trail_ms, 0, 5000, 150),
    NUMBER(speech.max_seconds, 1, 36000, 600),
    NUMBER(speech.timeout_sec, 1, 3600, 60),
    NUMBER(speech.memory_mib, 16, 65536, 256),

    {.name = "mp3.bitrate_kbps",
	.offset = offsetof(struct conf, mp3.bitrate_kbps),
	.min = 8,
	.max = 160,
	.number = 48,
	.number_fits = is_bitrate,
	.numbers = "8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144 or 160"},
    NUMBER(mp3.quality, 0, 9, 7),
    {.name = "mp3.sample_rate_hz",
	.offset = offsetof(struct conf, mp3.sample_rate_hz),
	.min = 0,
	.max = 48000,
	.number = 0,
	.number_fits = is_mp3_rate,
	.numbers = "0, 16000, 22050, 24000, 32000, 44100 or 48000"},

    /* The upper bounds are what the database columns hold. */
    NUMBER(limits.title_chars, 1, 1024, 255),
    NUMBER(limits.name_chars, 1, 255, 100),
    NUMBER(limits.email_chars, 3, 254, 254),
    NUMBER(limits.password_min, 1, 1024, 8),
    NUMBER(limits.password_max, 1, 1024, 255),
    NUMBER(limits.sentence_chars, 1, 10000, 1000),
    NUMBER(limits.sentences_bytes, 1, 16777216, 2097152),
    NUMBER(limits.body_bytes, 1024, 33554432, 2621440),
    NUMBER(limits.json_depth, 2, 1000, 16),
    NUMBER(limits.projects_per_user, 1, 1000000, 10000),
    NUMBER(limits.lexicon_entries, 0, 100000, 1000),
    NUMBER(limits.sentences_per_project, 1, 1000000, 100000),
    NUMBER(limits.webhooks_per_user, 0, 1000, 20),
    NUMBER(limits.devices_per_user, 0, 1000, 20),

    STRING(metrics.api_file, path, "/run/tts/metrics.api"),
    STRING(metrics.renderer_file, path, "/run/tts/metrics.render"),
    STRING(metrics.work_file, path, "/run/tts/metrics.work"),
    STRING(metrics.notify_file, path, "/run/tts/metrics.notify"),
    STRING(metrics.stream_file, path, "/run/tts/metrics.stream"),
};
const size_t conf_keys_n = sizeof conf_keys / sizeof *conf_keys;

const struct conf_key *
conf_key(const char *name)
{
	for (size_t i = 0; i < conf_keys_n; i++)
		if (strcmp(conf_keys[i].name, name) == 0)
			return &conf_keys[i];
	return NULL;
}

bool
conf_is_group(const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < conf_keys_n; i++)
		if (strncmp(conf_keys[i].name, name, len) == 0 && conf_keys[i].name[len] == '.')
			return true;
	return false;
}
