#include "guess.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "../common/base/crypt.h"

#define WAYS 8 /* slots in which a key may be */

struct slot {
	uint64_t key; /* 0: unused */
	uint64_t failures;
	uint64_t last_ms; /* when the newest was */
};
_Static_assert(sizeof(struct slot) * GUESS_SLOTS == GUESS_NUMBERS * sizeof(uint64_t),
    "slots fill their place");

static struct slot *slots;

void
guess_open(uint64_t *numbers)
{
	slots = (struct slot *)numbers;
}

/* What identifies an account, or with CLIENT that client's logins to it. Not 0. */
static uint64_t
slot_key(const char *account, const char *client)
{
	uint8_t hash[CRYPT_SHA256_SIZE], address[16];
	char text[512];
	uint64_t key;
	int n;

	if (client == NULL)
		n = snprintf(text, sizeof text, "%.400s", account);
	else if (inet_pton(AF_INET6, client, address) == 1)
		n = snprintf(text, sizeof text, "%.400s %02x%02x:%02x%02x:%02x%02x:%02x%02x",
		    account, address[0], address[1], address[2], address[3], address[4], address[5],
		    address[6], address[7]);
	else
		n = snprintf(text, sizeof text, "%.400s %.60s", account, client);
	crypt_sha256(hash, text, (size_t)n);
	memcpy(&key, hash, sizeof key);
	return key != 0 ? key : 1;
}

static bool
is_forgotten(const struct slot *slot, int64_t now_ms)
{
	int64_t age = now_ms - (int64_t)slot->last_ms;

	return slot->key == 0 || age < 0 || age > (int64_t)GUESS_FORGET_SEC * 1000;
}

/* The slot of KEY; NULL if it has none. With *SPARE: the one that it can get instead. */
static struct slot *
slot_find(uint64_t key, int64_t now_ms, struct slot **spare)
{
	struct slot *first = &slots[key % (GUESS_SLOTS - WAYS + 1)], *oldest = first;

	for (struct slot *slot = first; slot < first + WAYS; slot++) {
		if (slot->key == key && !is_forgotten(slot, now_ms))
			return slot;
		if (is_forgotten(oldest, now_ms))
			continue;
		if (is_forgotten(slot, now_ms) || slot->last_ms < oldest->last_ms)
			oldest = slot;
	}
	if (spare != NULL)
		*spare = oldest;
	return NULL;
}

static void
count_failure(uint64_t key, int64_t now_ms)
{
	struct slot *spare, *slot = slot_find(key, now_ms, &spare);

	if (slot == NULL) {
		slot = spare;
		slot->failures = 0;
		slot->key = key;
	}
	slot->failures++;
	slot->last_ms = (uint64_t)now_ms;
}

uint32_t
guess_wait_sec(const char *account, const char *client, int64_t now_ms)
{
	const struct slot *pair = slot_find(slot_key(account, client), now_ms, NULL);
	const struct slot *all = slot_find(slot_key(account, NULL), now_ms, NULL);
	uint64_t delay = 0, past;

	if (pair == NULL || pair->failures == 0)
		return 0;
	if (pair->failures >= GUESS_FREE)
		delay = pair->failures - GUESS_FREE < 5 ? 1U << (pair->failures - GUESS_FREE)
							: GUESS_DELAY_SEC;
	if (all != NULL && all->failures >= GUESS_MANY)
		delay = GUESS_DELAY_SEC;
	past = (uint64_t)now_ms - pair->last_ms;
	return past >= delay * 1000 ? 0 : (uint32_t)((delay * 1000 - past + 999) / 1000);
}

void
guess_note(const char *account, const char *client, bool success, int64_t now_ms)
{
	uint64_t key = slot_key(account, client);
	struct slot *pair;

	if (!success) {
		count_failure(key, now_ms);
		count_failure(slot_key(account, NULL), now_ms);
	} else if ((pair = slot_find(key, now_ms, NULL)) != NULL) {
		pair->failures = 0;
	}
}
