/*
 * systemd.generator(7): at boot and at each "systemctl daemon-reload", writes drop-ins for the
 * units with the settings of tts.conf(5) that differ from the installed units. Drop-ins whose names
 * sort after "10-tts-conf.conf", such as those of "systemctl edit", take precedence.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "../common/base/conf.h"
#include "../common/base/log.h"

#define DROP_IN "10-tts-conf.conf"
#define SPARE_SEC 60	     /* from the last sentence of a run to its end */
#define STAGE_SEC 600	     /* of a step of a stage, for fetching a result */
#define COPY_SEC 600	     /* for a large file that tts-tier has begun to copy */
#define SPARE_FILES 64	     /* descriptors of tts-stream for anything but streams */
#define WORKERS_EACH_CORE 2L /* workers of tts-api */

/* A drop-in being written. */
struct unit {
	char path[PATH_MAX];
	FILE *f;
};

static bool
open_unit(struct unit *unit, const char *dir, const char *name)
{
	int len = snprintf(unit->path, sizeof unit->path, "%s/%s.d", dir, name);

	if (len < 0 || len + sizeof "/" DROP_IN > sizeof unit->path) {
		log_error("cannot write below %s: the name is too long", dir);
		return false;
	}
	if (mkdir(unit->path, 0755) == 0 || errno == EEXIST) {
		memcpy(unit->path + len, "/" DROP_IN, sizeof "/" DROP_IN);
		unit->f = fopen(unit->path, "we");
	}
	if (unit->f == NULL)
		log_error("cannot write %s: %s", unit->path, strerror(errno));
	return unit->f != NULL;
}

static bool
close_unit(struct unit *unit)
{
	bool bad = ferror(unit->f) != 0, closed = fclose(unit->f) == 0;

	if (closed && !bad)
		return true;
	log_error("cannot write %s: %s", unit->path,
	    closed ? "a part of it could not be written" : strerror(errno));
	remove(unit->path); /* a partial drop-in is worse than none */
	return false;
}

/* Write PATH as one word of systemd.syntax(7), or unquoted as the rest of a line. */
static void
put_path(FILE *f, const char *prefix, const char *path, bool quoted)
{
	if (quoted)
		fprintf(f, "\"%s", prefix);
	for (; *path != '\0'; path++) {
		if (*path == '%')
			putc('%', f);
		if (quoted && (*path == '"' || *path == '\\'))
			putc('\\', f);
		putc(*path, f);
	}
	if (quoted)
		putc('"', f);
}

static void
put_setting(FILE *f, const char *key, const char *prefix, const char *path)
{
	fprintf(f, "%s=", key);
	put_path(f, prefix, path, true);
	putc('\n', f);
}

/* Hand PATH over, if it is where only root can read: the units see the credentials there. */
static void
put_credential(FILE *f, const char *path)
{
	static const char folder[] = "/etc/tts/secrets/";
	const char *name = path + sizeof folder - 1;

	if (strncmp(path, folder, sizeof folder - 1) != 0 || strchr(name, '/') != NULL ||
	    strchr(name, ':') != NULL)
		return;
	fputs("LoadCredential=", f);
	put_path(f, "", name, false);
	putc(':', f);
	put_path(f, "", path, false);
	putc('\n', f);
}

/* Allow a TCP connection to the database, and to no other host if its address is configured. */
static void
put_network(FILE *f, const struct conf *conf)
{
	const char *host = conf->databases.host;
	unsigned char address[sizeof(struct in6_addr)];

	if (host[0] == '\0')
		return;
	fputs("PrivateNetwork=no\nRestrictAddressFamilies=AF_INET AF_INET6\n", f);
	if (inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1)
		fprintf(f, "IPAddressAllow=%s\n", host);
	else
		fputs("IPAddressDeny=\n", f);
}

static long
cores(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n > 0 ? n : 1;
}

/* Give KEY all directories with files below them: that of media.root, and of each level. */
static void
put_roots(FILE *f, const struct conf *conf, const char *key)
{
	put_setting(f, key, "-", conf->media.root);
	for (size_t i = 0; i < conf->levels.n; i++)
		if (i != conf->levels.home)
			put_setting(f, key, "-", conf->levels.v[i].path);
}

static void
put_pool(FILE *f, const struct conf *conf, long workers)
{
	fprintf(f, "[Service]\nEnvironment=TTS_API_WORKERS=%ld\n", workers);
	put_setting(f, "ReadWritePaths", "-", conf->media.gone_root);
	put_setting(f, "ReadWritePaths", "-", conf->scheduler.kick_file);
	put_setting(f, "ReadWritePaths", "-", conf->work.kick_file);
	put_setting(f, "ReadWritePaths", "-", conf->events.kick_file);
	put_setting(f, "ReadWritePaths", "-", conf->pipeline.kick_file);
	put_setting(f, "ReadWritePaths", "-", conf->pipeline.inbox);
	put_setting(f, "ReadWritePaths", "-", conf->metrics.api_file);
	put_roots(f, conf, "InaccessiblePaths");
	put_network(f, conf);
}

static void
put_api(FILE *f, const struct conf *conf)
{
	put_pool(f, conf, WORKERS_EACH_CORE * cores());
}

static void
put_api_heavy(FILE *f, const struct conf *conf)
{
	put_pool(f, conf, conf->http.heavy_workers > 0 ? conf->http.heavy_workers : cores());
}

/* The settings of all units that write below media.root and the other levels. A level that is not
 * mounted does not stop them: it has no marker then. */
static void
put_root(FILE *f, const struct conf *conf)
{
	fputs("[Unit]\n", f);
	put_setting(f, "RequiresMountsFor", "", conf->media.root);
	fputs("[Service]\n", f);
	put_roots(f, conf, "ReadWritePaths");
	put_network(f, conf);
}

/* The settings of those that also see to tombstones. */
static void
put_media(FILE *f, const struct conf *conf)
{
	put_root(f, conf);
	put_setting(f, "ReadWritePaths", "-", conf->media.gone_root);
}

static void
put_timer(FILE *f, int interval_sec)
{
	/* The empty value clears all triggers of the timer, so its start has to be set again. */
	fprintf(
	    f, "[Timer]\nOnUnitInactiveSec=\nOnActiveSec=0\nOnUnitInactiveSec=%ds\n", interval_sec);
}

static void
put_render(FILE *f, const struct conf *conf)
{
	put_media(f, conf);
	put_setting(f, "ReadWritePaths", "-", conf->scheduler.lock_file);
	put_setting(f, "ReadWritePaths", "-", conf->events.kick_file);
	put_setting(f, "ReadWritePaths", "-", conf->pipeline.kick_file);
	put_setting(f, "ReadWritePaths", "-", conf->metrics.renderer_file);
	fprintf(f, "TimeoutStartSec=%d\n",
	    conf->scheduler.run_sec + conf->speech.timeout_sec + SPARE_SEC);
}

static void
put_work(FILE *f, const struct conf *conf)
{
	put_media(f, conf);
	put_setting(f, "ReadWritePaths", "-", conf->work.lock_file);
	put_setting(f, "ReadWritePaths", "-", conf->scheduler.kick_file);
	put_setting(f, "ReadWritePaths", "-", conf->events.kick_file);
	put_setting(f, "ReadWritePaths", "-", conf->pipeline.inbox);
	put_setting(f, "ReadWritePaths", "-", conf->metrics.work_file);
	fprintf(f, "TimeoutStartSec=%d\n",
	    conf->work.run_sec + conf->databases.timeout_sec + SPARE_SEC);
}

/* ---------------------------------------------------------------- levels of storage */

static void
put_tier_switch(FILE *f, const struct conf *conf)
{
	if (conf->levels.n == 0)
		fputs("[Unit]\n# levels.list is empty: never.\nConditionPathExists=!/\n", f);
}

/* Give the directory of the fetch log, in which it is renamed. */
static void
put_fetch_log(FILE *f, const char *path)
{
	const char *slash = strrchr(path, '/');
	char dir[PATH_MAX];

	if (slash == NULL || slash == path || (size_t)(slash - path) >= sizeof dir)
		return;
	memcpy(dir, path, slash - path);
	dir[slash - path] = '\0';
	put_setting(f, "BindReadOnlyPaths", "-", dir);
}

static void
put_tier(FILE *f, const struct conf *conf)
{
	put_tier_switch(f, conf);
	fputs("[Service]\n", f);
	put_roots(f, conf, "ReadWritePaths");
	put_setting(f, "ReadWritePaths", "-", conf->levels.lock_file);
	put_setting(f, "ReadWritePaths", "-", conf->metrics.tier_file);
	put_fetch_log(f, conf->levels.fetch_log);
	put_network(f, conf);
	fprintf(f, "TimeoutStartSec=%d\n",
	    conf->levels.run_sec + conf->levels.grace_sec + conf->databases.timeout_sec + COPY_SEC +
		SPARE_SEC);
}

static void
put_tier_timer(FILE *f, const struct conf *conf)
{
	put_tier_switch(f, conf);
	put_timer(f, conf->levels.interval_sec);
}

/* ---------------------------------------------------------------- the stages of pipelines */

static bool
is_remote(const struct conf_stage *stage)
{
	static const char *const local[] = {"template", "speech", "ffmpeg"};

	for (size_t i = 0; i < sizeof local / sizeof *local; i++)
		if (strcmp(stage->engine, local[i]) == 0)
			return false;
	return true;
}

/* The key of the engine, if there is one: without the file systemd would not start the service, and
 * some servers need no key. */
static void
put_key(FILE *f, const struct conf_stage *stage)
{
	if (is_remote(stage) && access(stage->key_file, F_OK) == 0)
		put_credential(f, stage->key_file);
}

static void
put_switch(FILE *f, const struct conf *conf)
{
	if (!conf->pipeline.enabled)
		fputs("[Unit]\n# pipeline.enabled is 0: never.\nConditionPathExists=!/\n", f);
}

static void
put_stage(FILE *f, const struct conf *conf, enum account account)
{
	size_t i = account - ACCOUNT_LYRIC;
	const struct conf_stage *stage = &conf->pipeline.stage[i];

	put_switch(f, conf);
	if (account == ACCOUNT_LYRIC) {
		fputs("[Service]\n", f);
		put_roots(f, conf, "InaccessiblePaths");
		put_network(f, conf);
	} else {
		put_root(f, conf);
	}
	if (account == ACCOUNT_SONG) /* it has its lines spoken */
		put_setting(f, "ReadWritePaths", "-", conf->scheduler.kick_file);
	if (account == ACCOUNT_VIDEO)
		put_setting(f, "ReadWritePaths", "-", conf->pipeline.inbox);
	put_setting(f, "ReadWritePaths", "-", stage->lock_file);
	put_setting(f, "ReadWritePaths", "-", conf->pipeline.kick_file);
	put_setting(f, "ReadWritePaths", "-", conf->events.kick_file);
	put_setting(f, "ReadWritePaths", "-", conf->metrics.stage_file[i]);
	put_key(f, stage);
	if (is_remote(stage)) /* and asks a name server */
		fputs("PrivateNetwork=no\nRestrictAddressFamilies=AF_INET AF_INET6 AF_NETLINK\n"
		      "IPAddressDeny=\n",
		    f);
	fprintf(f, "TimeoutStartSec=%d\n",
	    conf->pipeline.run_sec + stage->timeout_sec + STAGE_SEC + SPARE_SEC);
}

static void
put_lyric(FILE *f, const struct conf *conf)
{
	put_stage(f, conf, ACCOUNT_LYRIC);
}

static void
put_song(FILE *f, const struct conf *conf)
{
	put_stage(f, conf, ACCOUNT_SONG);
}

static void
put_video(FILE *f, const struct conf *conf)
{
	put_stage(f, conf, ACCOUNT_VIDEO);
}

/* ---------------------------------------------------------------- the rest */

/* What is backed up is read; nothing else of the configuration concerns it. */
static void
put_backup(FILE *f, const struct conf *conf)
{
	fputs("[Service]\n", f);
	put_credential(f, conf->fcm.service_account_file);
	put_credential(f, conf->alerts.webhook_url_file);
	for (size_t i = 0; i < PIPELINE_STAGES; i++)
		put_key(f, &conf->pipeline.stage[i]);
	put_network(f, conf);
}

static void
put_stream(FILE *f, const struct conf *conf)
{
	fprintf(f, "[Service]\nLimitNOFILE=%d\n", conf->stream.streams + SPARE_FILES);
	put_setting(f, "ReadWritePaths", "-", conf->metrics.stream_file);
	put_roots(f, conf, "InaccessiblePaths");
	put_setting(f, "InaccessiblePaths", "-", conf->media.gone_root);
	put_network(f, conf);
}

/* It has a network of its own accord, and has nothing to do with sounds. */
static void
put_notify(FILE *f, const struct conf *conf)
{
	fputs("[Service]\n", f);
	put_setting(f, "ReadWritePaths", "-", conf->webhooks.lock_file);
	put_setting(f, "ReadWritePaths", "-", conf->metrics.notify_file);
	put_credential(f, conf->fcm.service_account_file);
	put_credential(f, conf->alerts.webhook_url_file);
	put_roots(f, conf, "InaccessiblePaths");
	fprintf(f, "TimeoutStartSec=%d\n",
	    conf->webhooks.run_sec + conf->databases.timeout_sec + SPARE_SEC);
	put_network(f, conf);
}

static void
put_kick(FILE *f, const char *kick_file)
{
	fputs("[Path]\nPathModified=\nPathModified=", f);
	put_path(f, "", kick_file, false);
	putc('\n', f);
}

static void
put_render_timer(FILE *f, const struct conf *conf)
{
	put_timer(f, conf->scheduler.interval_sec);
}

static void
put_render_kick(FILE *f, const struct conf *conf)
{
	put_kick(f, conf->scheduler.kick_file);
}

static void
put_work_timer(FILE *f, const struct conf *conf)
{
	put_timer(f, conf->work.interval_sec);
}

static void
put_work_kick(FILE *f, const struct conf *conf)
{
	put_kick(f, conf->work.kick_file);
}

static void
put_notify_timer(FILE *f, const struct conf *conf)
{
	put_timer(f, conf->webhooks.interval_sec);
}

static void
put_notify_kick(FILE *f, const struct conf *conf)
{
	put_kick(f, conf->events.kick_file);
}

static void
put_stage_timer(FILE *f, const struct conf *conf)
{
	put_switch(f, conf);
	put_timer(f, conf->pipeline.interval_sec);
}

static void
put_stage_kick(FILE *f, const struct conf *conf)
{
	put_switch(f, conf);
	put_kick(f, conf->pipeline.kick_file);
}

static const struct {
	const char *name;
	void (*put)(FILE *f, const struct conf *conf);
} units[] = {
    {"tts-api.service", put_api},
    {"tts-api-heavy.service", put_api_heavy},
    {"tts-render.service", put_render},
    {"tts-render.timer", put_render_timer},
    {"tts-render.path", put_render_kick},
    {"tts-work.service", put_work},
    {"tts-work.timer", put_work_timer},
    {"tts-work.path", put_work_kick},
    {"tts-stream.service", put_stream},
    {"tts-notify.service", put_notify},
    {"tts-notify.timer", put_notify_timer},
    {"tts-notify.path", put_notify_kick},
    {"tts-pipeline@lyric.service", put_lyric},
    {"tts-pipeline@song.service", put_song},
    {"tts-pipeline@video.service", put_video},
    {"tts-pipeline@.timer", put_stage_timer},
    {"tts-pipeline@.path", put_stage_kick},
    {"tts-tier.service", put_tier},
    {"tts-tier.timer", put_tier_timer},
    {"tts-gc.service", put_media},
    {"tts-backup.service", put_backup},
};

int
main(int argc, char *argv[])
{
	const char *path = argc == 5 ? argv[4] : CONF_DEFAULT_PATH;
	const struct conf *conf;
	int status = EX_OK;

	if (argc != 2 && argc != 4 && argc != 5) {
		fprintf(
		    stderr, "usage: tts-units-generator normal-dir [early-dir late-dir [file]]\n");
		return EX_USAGE;
	}
	log_init("tts-units-generator", 6);
	if (access(path, F_OK) < 0 && errno == ENOENT)
		return EX_OK; /* the package was removed but not purged */
	conf = conf_load(path);
	if (conf == NULL)
		return EX_CONFIG; /* the units stay as installed; the programs report it too */
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		struct unit unit = {.f = NULL};

		if (!open_unit(&unit, argv[1], units[i].name)) {
			status = EX_CANTCREAT;
			continue;
		}
		units[i].put(unit.f, conf);
		if (!close_unit(&unit))
			status = EX_CANTCREAT;
	}
	return status;
}
