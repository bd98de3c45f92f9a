#include <string.h>

#include "conf_form.h"
#include "conf_key.h"
#include "conf_reading.h"

/* The levels of storage: the members of a level, and what has to fit together. */

#define MIB (UINT64_C(1024) * 1024)

#define LEVEL_NUMBER(member, min_, max_, default_)                                                 \
	{                                                                                          \
		.name = CONF_LEVEL_PREFIX #member,                                                 \
		.offset = offsetof(struct conf_level_given, member), .min = (min_), .max = (max_), \
		.number = (default_)                                                               \
	}
#define LEVEL_STRING(member, kind_)                                                                \
	{                                                                                          \
		.name = CONF_LEVEL_PREFIX #member,                                                 \
		.offset = offsetof(struct conf_level_given, member), .form = &form_##kind_,        \
		.string = ""                                                                       \
	}

const struct conf_key conf_level_keys[] = {
    LEVEL_STRING(name, level),
    LEVEL_STRING(path, path),
    LEVEL_NUMBER(min_count, 0, 2000000000, 0),
    LEVEL_NUMBER(max_mib, 0, 1073741824, 0),
    LEVEL_NUMBER(free_mib, 0, 1073741824, 1024),
    LEVEL_NUMBER(keep_percent, 1, 100, 50),
};
const size_t conf_level_keys_n = sizeof conf_level_keys / sizeof *conf_level_keys;

/* How a level is called in messages. */
static const char *
given_name(struct conf_reading *r, size_t i)
{
	return pool_printf(r->pool, "%s[%zu]", CONF_LEVEL_LIST, i);
}

static void
check_alone(struct conf_reading *r, size_t i)
{
	const struct conf_level_given *level = &r->levels[i];

	if (level->name[0] == '\0')
		conf_report_at(r, level->at, "%s: name is not set", given_name(r, i));
	if (level->path[0] == '\0')
		conf_report_at(r, level->at, "%s: path is not set", given_name(r, i));
	else if (conf_path_contains(level->path, r->conf->media.gone_root) ||
		 conf_path_contains(r->conf->media.gone_root, level->path))
		conf_report_at(r, level->at,
		    "%s: neither path nor media.gone_root may contain the other", given_name(r, i));
}

static void
check_pair(struct conf_reading *r, size_t i, size_t j)
{
	const struct conf_level_given *a = &r->levels[i], *b = &r->levels[j];

	if (strcmp(a->name, b->name) == 0)
		conf_report_at(r, a->at, "%s: name is the same as that of %s", given_name(r, i),
		    given_name(r, j));
	if (a->min_count == b->min_count)
		conf_report_at(r, a->at, "%s: min_count is the same as that of %s",
		    given_name(r, i), given_name(r, j));
	if (conf_path_contains(a->path, b->path) || conf_path_contains(b->path, a->path))
		conf_report_at(r, a->at, "%s: neither path nor that of %s may contain the other",
		    given_name(r, i), given_name(r, j));
}

/* Insert the level by its count. */
static void
put_level(struct conf *c, const struct conf_level_given *given)
{
	size_t at = c->levels.n++;

	for (; at > 0 && c->levels.v[at - 1].min_count > (uint64_t)given->min_count; at--)
		c->levels.v[at] = c->levels.v[at - 1];
	c->levels.v[at] = (struct conf_level){.name = given->name,
	    .path = given->path,
	    .min_count = (uint64_t)given->min_count,
	    .max_bytes = (uint64_t)given->max_mib * MIB,
	    .free_bytes = (uint64_t)given->free_mib * MIB,
	    .keep_ratio = given->keep_percent / 100.0};
}

void
conf_check_levels(struct conf_reading *r)
{
	struct conf *c = r->conf;
	bool home = false;

	if (c->levels.low_percent >= c->levels.high_percent)
		conf_report_order(r, "levels.low_percent", c->levels.low_percent,
		    "levels.high_percent", c->levels.high_percent);
	if (r->levels_n == 0)
		return;
	for (size_t i = 0; i < r->levels_n; i++) {
		check_alone(r, i);
		for (size_t j = 0; j < i; j++)
			check_pair(r, i, j);
		put_level(c, &r->levels[i]);
	}
	for (size_t i = 0; i < c->levels.n; i++)
		if (strcmp(c->levels.v[i].path, c->media.root) == 0) {
			c->levels.home = i;
			home = true;
		}
	if (c->levels.v[0].min_count != 0)
		conf_report_at(r, r->levels[0].at, "%s: no level has min_count 0", CONF_LEVEL_LIST);
	if (!home)
		conf_report_at(r, r->levels[0].at,
		    "%s: no level has the path of media.root, where new files are written",
		    CONF_LEVEL_LIST);
}
