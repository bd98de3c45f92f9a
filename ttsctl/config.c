#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "../common/base/conf_key.h"
#include "../common/base/log.h"
#include "ctl.h"
#include "host.h"
#include "out.h"
#include "ttsctl.h"

#define MIB (UINT64_C(1024) * 1024)

/* ---------------------------------------------------------------- check */

/* Only the attributes of a secret are checked, because only another program may be allowed to
 * read it. */
static bool
check_secret(const char *key, const char *path, off_t min)
{
	struct stat st;

	if (path[0] == '\0')
		return true;
	if (stat(path, &st) < 0)
		log_error("%s: %s: %s", key, path, strerror(errno));
	else if (!S_ISREG(st.st_mode))
		log_error("%s: %s is not a file", key, path);
	else if (st.st_size < min)
		log_error("%s: %s has fewer than %d bytes", key, path, (int)min);
	else if (st.st_size > CONF_KEY_MAX + 1)
		log_error("%s: %s has more than %d bytes", key, path, CONF_KEY_MAX);
	else if (st.st_mode & S_IROTH)
		log_error("%s: %s is readable by everybody", key, path);
	else
		return true;
	return false;
}

static bool
check_path(const char *key, const char *path, int error)
{
	if (error == 0)
		return true;
	log_error("%s: %s: %s", key, path, host_why(error));
	return false;
}

static int
check_config(const struct conf *conf, const char *conf_path, bool json)
{
	static const struct {
		const char *key;
		enum account account;
	} accounts[] = {
	    {"databases.api.password_file", ACCOUNT_API},
	    {"databases.renderer.password_file", ACCOUNT_RENDERER},
	    {"databases.work.password_file", ACCOUNT_WORK},
	    {"databases.migration.password_file", ACCOUNT_MIGRATION},
	};
	struct host host;
	bool ok = true;

	host_look(conf, &host);
	for (size_t i = 0; i < sizeof accounts / sizeof *accounts; i++)
		ok &= check_secret(
		    accounts[i].key, conf->databases.account[accounts[i].account].password_file, 1);
	ok &= check_secret("secrets.token_key_file", conf->secrets.token_key_file, CONF_KEY_MIN);
	ok &= check_secret("secrets.media_key_file", conf->secrets.media_key_file, CONF_KEY_MIN);
	if (conf->fcm.service_account_file[0] != '\0')
		ok &= check_secret("fcm.service_account_file", conf->fcm.service_account_file, 1);
	ok &= check_path("media.root", conf->media.root, host.root_error);
	ok &= check_path("media.gone_root", conf->media.gone_root, host.gone_error);
	ok &= check_path("scheduler.kick_file", conf->scheduler.kick_file, host.kick_error);
	ok &= check_path("work.kick_file", conf->work.kick_file, host.work_kick_error);
	ok &= check_path("events.kick_file", conf->events.kick_file, host.event_kick_error);
	if (json) {
		out_open(NULL, '{');
		out_string("file", conf_path);
		out_bool("good", ok);
		out_close('}');
	} else if (ok) {
		printf("%s is good\n", conf_path);
	}
	return ok ? EX_OK : EX_CONFIG;
}

/* ---------------------------------------------------------------- show */

static const char *const origins[] = {
    [CONF_DEFAULT] = "default",
    [CONF_SET] = "set",
    [CONF_COMPUTED] = "computed",
};

static void
show_key(const struct conf *conf, const struct conf_key *key, bool json)
{
	const char *at = (const char *)conf + key->offset, *string = NULL;
	enum conf_origin origin = conf_origin(conf, key);
	int number = 0;

	if (key->form != NULL)
		memcpy(&string, at, sizeof string);
	else
		memcpy(&number, at, sizeof number);
	if (json && string != NULL) {
		out_string(key->name, string);
	} else if (json) {
		out_int(key->name, number);
	} else {
		printf("%s = ", key->name);
		if (string != NULL) {
			putchar('"');
			text_put(string);
			fputs("\";", stdout);
		} else {
			printf("%d;", number);
		}
		if (origin != CONF_DEFAULT)
			printf("  # %s", origins[origin]);
		putchar('\n');
	}
}

static void
show_level(const struct conf_level *level)
{
	printf("levels.list.%s.path = \"", level->name);
	text_put(level->path);
	printf("\";  # set\n"
	       "levels.list.%s.min_count = %" PRIu64 ";  # set\n"
	       "levels.list.%s.max_mib = %" PRIu64 ";  # set\n"
	       "levels.list.%s.free_mib = %" PRIu64 ";  # set\n"
	       "levels.list.%s.keep_percent = %.0f;  # set\n",
	    level->name, level->min_count, level->name, level->max_bytes / MIB, level->name,
	    level->free_bytes / MIB, level->name, level->keep_ratio * 100);
}

static void
show_level_json(const struct conf_level *level)
{
	out_open(NULL, '{');
	out_string("name", level->name);
	out_string("path", level->path);
	out_uint("min_count", level->min_count);
	out_uint("max_mib", level->max_bytes / MIB);
	out_uint("free_mib", level->free_bytes / MIB);
	out_uint("keep_percent", (uint64_t)(level->keep_ratio * 100 + 0.5));
	out_close('}');
}

/* The levels, the lowest first. */
static void
show_levels(const struct conf *conf, bool json)
{
	if (json)
		out_open("levels.list", '[');
	for (size_t i = 0; i < conf->levels.n; i++) {
		if (json)
			show_level_json(&conf->levels.v[i]);
		else
			show_level(&conf->levels.v[i]);
	}
	if (json)
		out_close(']');
}

static int
show_config(const struct conf *conf, bool json)
{
	if (json)
		out_open(NULL, '{');
	for (size_t i = 0; i < conf_keys_n; i++)
		show_key(conf, &conf_keys[i], json);
	show_levels(conf, json);
	if (json) {
		out_open("origins", '{');
		for (size_t i = 0; i < conf_keys_n; i++)
			out_string(conf_keys[i].name, origins[conf_origin(conf, &conf_keys[i])]);
		out_string("levels.list", origins[conf->levels.n > 0 ? CONF_SET : CONF_DEFAULT]);
		out_close('}');
		out_close('}');
	}
	return EX_OK;
}

int
cmd_config(const char *conf_path, int argc, char **argv)
{
	bool json = argc == 3 && strcmp(argv[2], "--json") == 0;
	bool is_show = argc >= 2 && strcmp(argv[1], "show") == 0;
	bool is_check = argc >= 2 && strcmp(argv[1], "check") == 0;
	struct ctl ctl;
	int status;

	if ((!is_check && !is_show) || (argc != 2 && !json))
		return ctl_usage("config");
	status = ctl_configure(&ctl, conf_path);
	if (status == EX_OK)
		status = is_check ? check_config(ctl.conf, conf_path, json)
				  : show_config(ctl.conf, json);
	return ctl_close(&ctl, status);
}
