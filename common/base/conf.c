#include "conf.h"

#include <ctype.h>
#include <errno.h>
#include <libconfig.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "conf_file.h"
#include "conf_key.h"
#include "conf_reading.h"
#include "mem.h"

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
set_number(void *base, const struct conf_key *key, int number)
{
	memcpy((char *)base + key->offset, &number, sizeof number);
}

static void
set_string(void *base, const struct conf_key *key, const char *string)
{
	memcpy((char *)base + key->offset, &string, sizeof string);
}

static void
set_default(void *base, const struct conf_key *key)
{
	if (key->form != NULL)
		set_string(base, key, key->string);
	else
		set_number(base, key, key->number);
}

/* NAME is how the key is called in messages, BASE the struct that has its value. */
static void
read_number(struct conf_reading *r, const char *name, void *base, const struct conf_key *key,
    const config_setting_t *setting)
{
	int type = config_setting_type(setting), line = (int)config_setting_source_line(setting);
	long long n = config_setting_get_int64(setting);

	if (type != CONFIG_TYPE_INT && type != CONFIG_TYPE_INT64)
		conf_report(
		    r, line, "%s: expected a whole number, found %s", name, type_name(setting));
	else if (n < key->min || n > key->max)
		conf_report(r, line, "%s: %lld is not in %d..%d", name, n, key->min, key->max);
	else if (key->number_fits != NULL && !key->number_fits((int)n))
		conf_report(r, line, "%s: %lld is not one of %s", name, n, key->numbers);
	else
		set_number(base, key, (int)n);
}

static void
read_string(struct conf_reading *r, const char *name, void *base, const struct conf_key *key,
    const config_setting_t *setting)
{
	int line = (int)config_setting_source_line(setting);
	const char *s = config_setting_get_string(setting);

	if (s == NULL)
		conf_report(r, line, "%s: expected a string, found %s", name, type_name(setting));
	else if (!key->form->fits(s))
		conf_report(r, line, "%s: \"%s\" is not %s", name, s, key->form->name);
	else
		set_string(base, key, pool_strdup(conf_pool(), s));
}

static void
read_value(struct conf_reading *r, const char *name, void *base, const struct conf_key *key,
    const config_setting_t *setting)
{
	if (key->form != NULL)
		read_string(r, name, base, key, setting);
	else
		read_number(r, name, base, key, setting);
}

/* The member NAME of a level; NULL: there is none. */
static const struct conf_key *
level_key(const char *name)
{
	for (size_t i = 0; i < conf_level_keys_n; i++)
		if (strcmp(conf_level_keys[i].name + strlen(CONF_LEVEL_PREFIX), name) == 0)
			return &conf_level_keys[i];
	return NULL;
}

/* A level, number I of the list. */
static void
read_level(struct conf_reading *r, int i, const config_setting_t *group)
{
	struct conf_level_given *level = &r->levels[i];

	*level = (struct conf_level_given){.at = {r->path, (int)config_setting_source_line(group)}};
	for (size_t k = 0; k < conf_level_keys_n; k++)
		set_default(level, &conf_level_keys[k]);
	for (int k = 0; k < config_setting_length(group); k++) {
		const config_setting_t *setting = config_setting_get_elem(group, (unsigned)k);
		const char *member = config_setting_name(setting);
		const char *name = pool_printf(r->pool, "%s[%d].%s", CONF_LEVEL_LIST, i, member);
		const struct conf_key *key = level_key(member);

		if (key != NULL)
			read_value(r, name, level, key, setting);
		else
			conf_report(r, (int)config_setting_source_line(setting),
			    "%s: there is no such key", name);
	}
}

/* A list that is read later replaces one that was read before. */
static void
read_levels(struct conf_reading *r, const config_setting_t *list)
{
	int n = config_setting_length(list), line = (int)config_setting_source_line(list);

	r->levels_n = 0;
	if (config_setting_type(list) != CONFIG_TYPE_LIST) {
		conf_report(
		    r, line, "%s: expected a list, found %s", CONF_LEVEL_LIST, type_name(list));
		return;
	}
	if (n > CONF_LEVELS)
		conf_report(r, line, "%s: %d levels are more than the maximum of %d",
		    CONF_LEVEL_LIST, n, CONF_LEVELS);
	for (int i = 0; i < n && i < CONF_LEVELS; i++) {
		const config_setting_t *level = config_setting_get_elem(list, (unsigned)i);

		if (config_setting_type(level) == CONFIG_TYPE_GROUP)
			read_level(r, (int)r->levels_n++, level);
		else
			conf_report(r, (int)config_setting_source_line(level),
			    "%s[%d]: expected a group, found %s", CONF_LEVEL_LIST, i,
			    type_name(level));
	}
}

static void
read_setting(struct conf_reading *r, const char *name, const config_setting_t *setting)
{
	const struct conf_key *key = conf_key(name);
	int line = (int)config_setting_source_line(setting);

	if (strcmp(name, CONF_LEVEL_LIST) == 0) {
		read_levels(r, setting);
	} else if (key == NULL && conf_is_group(name)) {
		conf_report(r, line, "%s: expected a group, found %s", name, type_name(setting));
	} else if (key == NULL) {
		conf_report(r, line, "%s: there is no such key", name);
	} else {
		r->set[key - conf_keys] = (struct location){r->path, line};
		r->origins[key - conf_keys] = CONF_SET;
		read_value(r, name, r->conf, key, setting);
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
	for (size_t i = 0; i < conf_keys_n; i++)
		set_default(conf, &conf_keys[i]);
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
			conf_check(&r);
		conf_complete(&r);
	}
	pool_free(r.pool);
	return r.errors == 0 ? r.conf : NULL;
}

enum conf_origin
conf_origin(const struct conf *conf, const struct conf_key *key)
{
	return conf->origins[key - conf_keys];
}
