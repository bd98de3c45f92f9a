#include <stdlib.h>
#include <string.h>

#include "../common/base/crypt.h"
#include "../common/base/mem.h"
#include "fetch_seen.h"

#define DAY_SEC 86400
#define FIRST_SLOTS 4096 /* a power of two */
#define TEXT_MAX 256

/* An open table: one slot for each pair of address and file, found by its hash. */
struct seen_slot {
	uint64_t hash;	/* 0: free */
	uint32_t at;	/* when the last one counted, in seconds since 1970 */
	uint32_t today; /* how many counted on that day */
};

struct fetch_seen {
	struct pool *pool; /* of this */
	uint32_t repeat_sec, daily_max;
	uint8_t key[32];
	struct pool *slots_pool;
	struct seen_slot *slots;
	size_t slots_n, used; /* at most three quarters are used */
};

static void
seen_make_slots(struct fetch_seen *seen, size_t n)
{
	seen->slots_pool = pool_new();
	seen->slots = pool_array(seen->slots_pool, n, sizeof *seen->slots);
	seen->slots_n = n;
}

struct fetch_seen *
fetch_seen_new(int repeat_sec, int daily_max)
{
	struct fetch_seen *seen;
	struct pool *pool;

	if (repeat_sec == 0 && daily_max == 0)
		return NULL;
	pool = pool_new();
	seen = pool_alloc(pool, sizeof *seen);
	seen->pool = pool;
	seen->repeat_sec = (uint32_t)repeat_sec;
	seen->daily_max = (uint32_t)daily_max;
	crypt_random(seen->key, sizeof seen->key);
	seen_make_slots(seen, FIRST_SLOTS);
	return seen;
}

void
fetch_seen_free(struct fetch_seen *seen)
{
	if (seen == NULL)
		return;
	pool_free(seen->slots_pool);
	pool_free(seen->pool);
}

/* The slot of HASH, or the free one where it belongs. */
static struct seen_slot *
seen_find(struct fetch_seen *seen, uint64_t hash)
{
	size_t i = hash & (seen->slots_n - 1);

	while (seen->slots[i].hash != 0 && seen->slots[i].hash != hash)
		i = (i + 1) & (seen->slots_n - 1);
	return &seen->slots[i];
}

static void
seen_grow(struct fetch_seen *seen)
{
	struct pool *old_pool = seen->slots_pool;
	struct seen_slot *old = seen->slots;
	size_t n = seen->slots_n;

	seen_make_slots(seen, n * 2);
	for (size_t i = 0; i < n; i++)
		if (old[i].hash != 0)
			*seen_find(seen, old[i].hash) = old[i];
	pool_free(old_pool);
}

/* The hash of address and name, never 0. */
static uint64_t
seen_hash(const struct fetch_seen *seen, const struct fetch_line *line)
{
	char text[TEXT_MAX];
	uint64_t hash[2];
	size_t address_len = line->address_len;

	if (address_len > sizeof text - FETCH_NAME_MAX - 1)
		address_len = sizeof text - FETCH_NAME_MAX - 1;
	memcpy(text, line->address, address_len);
	text[address_len] = ' ';
	memcpy(text + address_len + 1, line->name, line->name_len);
	crypt_keyed_hash(
	    hash, sizeof hash, text, address_len + 1 + line->name_len, seen->key, sizeof seen->key);
	return hash[0] != 0 ? hash[0] : 1;
}

bool
fetch_seen_counts(struct fetch_seen *seen, const struct fetch_line *line)
{
	uint64_t hash = seen_hash(seen, line);
	struct seen_slot *slot = seen_find(seen, hash);
	int64_t at = line->at / 1000;

	if (slot->hash == 0) {
		if ((seen->used + 1) * 4 > seen->slots_n * 3) {
			seen_grow(seen);
			slot = seen_find(seen, hash);
		}
		seen->used++;
		*slot = (struct seen_slot){hash, (uint32_t)at, 1};
		return true;
	}
	if (at / DAY_SEC == slot->at / DAY_SEC) {
		/* Lines are not exactly in the order of their times. */
		if (llabs(at - slot->at) < seen->repeat_sec)
			return false;
		if (seen->daily_max != 0 && slot->today >= seen->daily_max)
			return false;
	} else
		slot->today = 0;
	slot->at = (uint32_t)at;
	slot->today++;
	return true;
}
