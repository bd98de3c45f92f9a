#ifndef TTS_STORE_DEVICE_H
#define TTS_STORE_DEVICE_H

#include "store.h"

/*
 * Devices: apps that are told of a user's events by push messages. A device is an endpoint, whose
 * deliveries are made, claimed and finished as those of a webhook are (webhook.h).
 */
#define DEVICE_TOKEN_MAX 4096
#define DEVICE_STALE_DAYS 270 /* not registered again for so long, it is forgotten */

struct device {
	uint64_t id, user;
	const char *platform; /* "android", "ios", "web" */
	const char *language; /* a tag of BCP 47 */
	struct timestamp created_at, updated_at;
};

struct device_new {
	const char *token, *platform, *language;
};

/*
 * Register the device with this token; it is told of what happens from now on. If USER has it, it
 * is renewed (*RENEWED), and keeps its id. If another user has it, it is theirs no more. RC_LIMIT
 * when the user has limits.devices_per_user.
 */
enum rc device_register(struct db *db, struct pool *pool, uint64_t user,
    const struct device_new *in, struct device *out, bool *renewed);

/* All devices of a user, the newest first. */
enum rc device_list(struct db *db, struct pool *pool, uint64_t user, struct device **v, size_t *n);

/* Its deliveries are removed by tts-notify. */
enum rc device_delete(struct db *db, struct pool *pool, uint64_t user, uint64_t id);

/* For the operator: up to MAX devices of all users after AFTER. */
enum rc device_list_all(
    struct db *db, struct pool *pool, uint64_t after, size_t max, struct device *v, size_t *n);

#endif
