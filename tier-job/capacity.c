#include "capacity.h"

#include <math.h>
#include <sys/stat.h>

#include "../common/base/log.h"
#include "../common/media/media_level.h"
#include "count.h"

static uint64_t
percent_of(uint64_t bytes, int percent)
{
	return bytes / 100 * (uint64_t)percent;
}

/* The file system of a level counts only for moves that free something on it. */
static void
capacity_find_apart(struct capacity *c)
{
	dev_t devices[CONF_LEVELS] = {0};
	struct stat st;

	for (size_t i = 0; i < c->conf->levels.n; i++) {
		if (!c->v[i].usable || stat(c->conf->levels.v[i].path, &st) < 0)
			continue;
		devices[i] = st.st_dev;
		for (size_t j = 0; j < i; j++)
			c->v[i].apart |= c->v[j].usable && devices[j] != devices[i];
	}
}

void
capacity_look(struct capacity *c, const struct conf *conf, const struct tier_sum sums[CONF_LEVELS])
{
	*c = (struct capacity){.conf = conf};
	for (unsigned i = 0; i < conf->levels.n; i++) {
		struct capacity_level *level = &c->v[i];
		struct media_room room = {0};
		int error = media_level_error(conf, i);

		level->usable = error == 0 && media_level_room(conf, i, &room);
		if (!level->usable)
			log_error("level %s cannot be used: %s", conf->levels.v[i].name,
			    media_level_why(error));
		level->used = sums[i].bytes;
		level->coldest = sums[i].coldest;
		level->fs_size = room.bytes;
		level->fs_used = room.bytes - room.bytes_free;
		count_level(i, level->usable, level->usable && capacity_full(c, i), room.bytes,
		    room.bytes_free);
	}
	capacity_find_apart(c);
}

unsigned
capacity_usable(const struct capacity *c)
{
	unsigned mask = 0;

	for (unsigned i = 0; i < c->conf->levels.n; i++)
		mask |= c->v[i].usable ? 1u << i : 0;
	return mask;
}

unsigned
capacity_open(const struct capacity *c)
{
	unsigned mask = 0;

	for (unsigned i = 0; i < c->conf->levels.n; i++)
		mask |= capacity_takes(c, i, 0) ? 1u << i : 0;
	return mask;
}

/* Whether BYTES more would bring a level above PERCENT, or below its free_bytes. */
static bool
capacity_exceeds(const struct capacity *c, unsigned rank, uint64_t bytes, int percent)
{
	const struct conf_level *level = &c->conf->levels.v[rank];
	const struct capacity_level *now = &c->v[rank];

	if (level->max_bytes > 0 && now->used + bytes > percent_of(level->max_bytes, percent))
		return true;
	return now->fs_used + bytes > percent_of(now->fs_size, percent) ||
	       now->fs_used + bytes + level->free_bytes > now->fs_size;
}

bool
capacity_takes(const struct capacity *c, unsigned rank, uint64_t bytes)
{
	return c->v[rank].usable && !capacity_exceeds(c, rank, bytes, c->conf->levels.high_percent);
}

bool
capacity_full(const struct capacity *c, unsigned rank)
{
	return capacity_exceeds(c, rank, 0, c->conf->levels.high_percent);
}

double
capacity_margin(const struct capacity *c)
{
	return log2(c->conf->levels.replace_percent / 100.0);
}

double
capacity_lw_min(const struct capacity *c, unsigned rank)
{
	if (!capacity_exceeds(c, rank, 0, c->conf->levels.low_percent))
		return 0;
	/* None of its files may leave. */
	if (isinf(c->v[rank].coldest))
		return capacity_full(c, rank) ? c->v[rank].coldest : 0;
	return c->v[rank].coldest + capacity_margin(c);
}

static uint64_t
more(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static uint64_t
above(uint64_t n, uint64_t limit)
{
	return n > limit ? n - limit : 0;
}

uint64_t
capacity_excess(const struct capacity *c, unsigned rank)
{
	const struct conf_level *level = &c->conf->levels.v[rank];
	const struct capacity_level *now = &c->v[rank];
	int high = c->conf->levels.high_percent, low = c->conf->levels.low_percent;
	uint64_t excess = 0;

	if (level->max_bytes > 0 && now->used > percent_of(level->max_bytes, high))
		excess = above(now->used, percent_of(level->max_bytes, low));
	if (!now->apart)
		return excess;
	if (now->fs_used > percent_of(now->fs_size, high))
		excess = more(excess, above(now->fs_used, percent_of(now->fs_size, low)));
	return more(excess, above(now->fs_used + level->free_bytes, now->fs_size));
}

static uint64_t
less(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

uint64_t
capacity_left(const struct capacity *c, unsigned rank)
{
	const struct conf_level *level = &c->conf->levels.v[rank];
	const struct capacity_level *now = &c->v[rank];
	int high = c->conf->levels.high_percent;
	uint64_t left = UINT64_MAX;

	if (level->max_bytes > 0)
		left = above(percent_of(level->max_bytes, high), now->used);
	if (!now->apart)
		return left;
	left = less(left, above(percent_of(now->fs_size, high), now->fs_used));
	return less(left, above(now->fs_size, now->fs_used + level->free_bytes));
}

void
capacity_add(struct capacity *c, unsigned rank, uint64_t bytes)
{
	c->v[rank].used += bytes;
	c->v[rank].fs_used += bytes;
}
