#include "conf_key.h"

#include <string.h>

#include "conf_form.h"

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

/* A fetch that counts for less than an hour says nothing. */
static bool
is_half_life(int sec)
{
	return sec == 0 || sec >= 3600;
}

/* A key has the name of its member of struct conf, except those of the accounts and stages. */
#define NAMED_NUMBER(name_, member, min_, max_, default_)                                          \
	{                                                                                          \
		.name = (name_), .offset = offsetof(struct conf, member), .min = (min_),           \
		.max = (max_), .number = (default_)                                                \
	}
#define NUMBER(member, min_, max_, default_) NAMED_NUMBER(#member, member, min_, max_, default_)
#define NAMED_STRING(name_, member, kind_, default_)                                               \
	{                                                                                          \
		.name = (name_), .offset = offsetof(struct conf, member), .form = &form_##kind_,   \
		.string = (default_)                                                               \
	}
#define STRING(member, kind_, default_) NAMED_STRING(#member, member, kind_, default_)
#define ACCOUNT(group, index, user_, file)                                                         \
	NAMED_STRING("databases." group ".user", databases.account[index].user, account, user_),   \
	    NAMED_STRING("databases." group ".password_file",                                      \
		databases.account[index].password_file, path_or_none, file)

/* A stage of pipelines: its group, number, forms and defaults. */
#define STAGE(group, index, engine_form, engine_, concurrency_, url_, poll, deadline, timeout)     \
	NAMED_STRING(                                                                              \
	    "pipeline." group ".engine", pipeline.stage[index].engine, engine_form, engine_),      \
	    NAMED_NUMBER("pipeline." group ".concurrency", pipeline.stage[index].concurrency, 1,   \
		1000, concurrency_),                                                               \
	    NAMED_STRING("pipeline." group ".url", pipeline.stage[index].url, service, url_),      \
	    NAMED_STRING("pipeline." group ".key_file", pipeline.stage[index].key_file,            \
		path_or_none, "/etc/tts/secrets/" group ".key"),                                   \
	    NAMED_STRING(                                                                          \
		"pipeline." group ".model", pipeline.stage[index].model, token_or_none, ""),       \
	    NAMED_NUMBER("pipeline." group ".calls_per_min", pipeline.stage[index].calls_per_min,  \
		0, 100000, 10),                                                                    \
	    NAMED_NUMBER(                                                                          \
		"pipeline." group ".poll_sec", pipeline.stage[index].poll_sec, 1, 3600, poll),     \
	    NAMED_NUMBER("pipeline." group ".deadline_sec", pipeline.stage[index].deadline_sec,    \
		10, 604800, deadline),                                                             \
	    NAMED_NUMBER("pipeline." group ".timeout_sec", pipeline.stage[index].timeout_sec, 5,   \
		86400, timeout),                                                                   \
	    NAMED_STRING("pipeline." group ".lock_file", pipeline.stage[index].lock_file, path,    \
		"/run/tts/" group ".lock")

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
    ACCOUNT("lyric", ACCOUNT_LYRIC, "tts_lyric", "/etc/tts/secrets/lyric.pw"),
    ACCOUNT("song", ACCOUNT_SONG, "tts_song", "/etc/tts/secrets/song.pw"),
    ACCOUNT("video", ACCOUNT_VIDEO, "tts_video", "/etc/tts/secrets/video.pw"),
    ACCOUNT("tier", ACCOUNT_TIER, "tts_tier", "/etc/tts/secrets/tier.pw"),
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

    STRING(alerts.webhook_url, service_or_none, ""),
    STRING(alerts.webhook_url_file, path_or_none, ""),

    STRING(fcm.service_account_file, path_or_none, ""),
    STRING(fcm.url, service, "https://fcm.googleapis.com"),
    STRING(fcm.token_url, service_or_none, ""),

    NUMBER(pipeline.enabled, 0, 1, 1),
    NUMBER(pipeline.interval_sec, 1, 3600, 2),
    NUMBER(pipeline.run_sec, 1, 86400, 50),
    NUMBER(pipeline.lease_sec, 10, 86400, 120),
    NUMBER(pipeline.keep_days, 1, 3650, 30),
    NUMBER(pipeline.expire_sec, 0, 31536000, 604800),
    NUMBER(pipeline.draft_days, 0, 3650, 7),
    NUMBER(pipeline.images_max, 1, 10, 10),
    NUMBER(pipeline.image_bytes, 1024, 67108864, 10485760),
    STRING(pipeline.inbox, path, "/var/lib/tts/inbox"),
    STRING(pipeline.kick_file, path, "/run/tts/pipeline.kick"),
    STAGE("lyric", 0, lyric_engine, "template", 4, "https://api.openai.com/v1", 10, 300, 60),
    NAMED_NUMBER("pipeline.lyric.min_chars", pipeline.min_chars, 0, 10000, 50),
    NAMED_STRING("pipeline.lyric.prompt_file", pipeline.prompt_file, path_or_none, ""),
    STAGE("song", 1, song_engine, "speech", 2, "https://api.sunoapi.org", 10, 300, 600),
    NAMED_STRING("pipeline.song.music_dir", pipeline.music_dir, path_or_none, ""),
    NAMED_STRING("pipeline.song.genre", pipeline.genre, genre, "pop, ambient"),
    NAMED_NUMBER("pipeline.song.line_pause_ms", pipeline.line_pause_ms, 0, 60000, 280),
    NAMED_NUMBER("pipeline.song.verse_pause_ms", pipeline.verse_pause_ms, 0, 60000, 600),
    NAMED_NUMBER("pipeline.song.music_db", pipeline.music_db, -60, 0, -12),
    STAGE("video", 2, video_engine, "ffmpeg", 2, "https://api.creatomate.com", 15, 600, 3600),
    NAMED_STRING("pipeline.video.orientation", pipeline.orientation, orientation, "vertical"),
    NAMED_STRING("pipeline.video.template_vertical", pipeline.template_vertical, token_or_none, ""),
    NAMED_STRING(
	"pipeline.video.template_horizontal", pipeline.template_horizontal, token_or_none, ""),
    STRING(pipeline.allow_networks, networks, ""),
    NUMBER(pipeline.result_mib, 1, 65536, 1024),
    NUMBER(pipeline.memory_mib, 512, 1048576, 4096),

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
    STRING(http.public_url, service_or_none, ""),
    STRING(http.nginx_conf, path_or_none, "/etc/nginx/nginx.conf"),

    NUMBER(token.expire_sec, 1, 2592000, 3600),
    NUMBER(token.refresh_days, 1, 365, 30),

    STRING(media.root, path, "/var/lib/tts/media"),
    STRING(media.gone_root, path, "/var/lib/tts/gone"),
    STRING(media.url, url, "/media"),
    NUMBER(media.grace_sec, 1, 31536000, 3600),

    {.name = "levels.half_life_sec",
	.offset = offsetof(struct conf, levels.half_life_sec),
	.min = 0,
	.max = 315360000,
	.number = 604800,
	.number_fits = is_half_life,
	.numbers = "3600 to 315360000, or 0"},
    NUMBER(levels.min_stay_sec, 0, 31536000, 86400),
    NUMBER(levels.interval_sec, 1, 86400, 300),
    NUMBER(levels.run_sec, 1, 86400, 60),
    NUMBER(levels.lease_sec, 30, 86400, 600),
    STRING(levels.hours, hours, ""),
    NUMBER(levels.files, 1, 10000000, 10000),
    NUMBER(levels.mib, 1, 1073741824, 10240),
    NUMBER(levels.grace_sec, 2, 20, 3),
    NUMBER(levels.high_percent, 2, 100, 90),
    NUMBER(levels.low_percent, 1, 99, 80),
    NUMBER(levels.replace_percent, 100, 1000, 125),
    NUMBER(levels.repeat_sec, 0, 86400, 600),
    NUMBER(levels.daily_max, 0, 1000000, 10),
    NUMBER(levels.keep_days, 1, 3650, 365),
    STRING(levels.fetch_log, path, "/var/log/nginx/tts-fetches.log"),
    STRING(levels.lock_file, path, "/run/tts/tier.lock"),

    STRING(speech.language, language, "en"),
    NUMBER(speech.constructed_languages, 0, 1, 0),
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
	.number = 64,
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
    NUMBER(limits.keys_per_user, 0, 1000, 20),
    NUMBER(limits.pipelines_per_user, 0, 1000000, 10000),

    STRING(metrics.api_file, path, "/run/tts/metrics.api"),
    STRING(metrics.renderer_file, path, "/run/tts/metrics.render"),
    STRING(metrics.work_file, path, "/run/tts/metrics.work"),
    STRING(metrics.notify_file, path, "/run/tts/metrics.notify"),
    STRING(metrics.stream_file, path, "/run/tts/metrics.stream"),
    NAMED_STRING("metrics.lyric_file", metrics.stage_file[0], path, "/run/tts/metrics.lyric"),
    NAMED_STRING("metrics.song_file", metrics.stage_file[1], path, "/run/tts/metrics.song"),
    NAMED_STRING("metrics.video_file", metrics.stage_file[2], path, "/run/tts/metrics.video"),
    STRING(metrics.tier_file, path, "/run/tts/metrics.tier"),
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
