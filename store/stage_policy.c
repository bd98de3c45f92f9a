#include "stage.h"

#include "../common/base/crypt.h"

const char *const pipeline_class_names[CLASSES] = {
    [CLASS_OK] = "ok",
    [CLASS_WAIT] = "wait",
    [CLASS_TRANSIENT] = "transient",
    [CLASS_RATE_LIMITED] = "rate_limited",
    [CLASS_OUT_OF_MONEY] = "out_of_money",
    [CLASS_AUTH] = "auth",
    [CLASS_PERMANENT] = "permanent",
    [CLASS_TEMPLATE] = "template",
    [CLASS_TOO_SHORT] = "too_short",
    [CLASS_PROVIDER_FAILED] = "provider_failed",
    [CLASS_TIMEOUT] = "timeout",
    [CLASS_NOT_READY] = "not_ready",
    [CLASS_EXPIRED] = "expired",
    [CLASS_SYSTEM] = "system",
};

const char *pipeline_class_name(enum pipeline_class class)
{
	return pipeline_class_names[class];
}

/* The time to the second try of each stage, in seconds, and the longest. */
#define LYRIC_SEC 30
#define SONG_SEC 60
#define VIDEO_SEC 120
#define CAP_SEC 600

#define HOLD_SEC 300

#define CHARGED(n, base) .tries = (n), .base_sec = (base), .cap_sec = CAP_SEC
#define AT_ONCE .tries = 1
#define WAITS(sec) .base_sec = (sec), .cap_sec = (sec)

/* What is the same for all stages, with the time to the second try. */
#define ALL_STAGES(base)                                                                           \
	[CLASS_RATE_LIMITED] = {.hold_sec = HOLD_SEC},                                             \
	[CLASS_OUT_OF_MONEY] = {.hold_sec = HOLD_SEC, .alerts = true},                             \
	[CLASS_AUTH] = {.disables = true, .alerts = true}, [CLASS_PERMANENT] = {AT_ONCE},          \
	[CLASS_TEMPLATE] = {AT_ONCE, .alerts_dead = true}, [CLASS_EXPIRED] = {AT_ONCE},            \
	[CLASS_SYSTEM] = {WAITS(base), .alerts = true}

/* A charge more than there are tries after the first: three more for a lyric and a song, two for a
 * video, which costs most; but three more to fetch it. */
static const struct stage_policy policies[STAGES][CLASSES] = {
    [STAGE_LYRIC] =
	{ALL_STAGES(LYRIC_SEC), [CLASS_TRANSIENT] = {CHARGED(4, LYRIC_SEC), .alerts_dead = true},
	    [CLASS_TOO_SHORT] = {CHARGED(2, LYRIC_SEC)},
	    [CLASS_PROVIDER_FAILED] = {CHARGED(4, LYRIC_SEC), .alerts_dead = true},
	    [CLASS_TIMEOUT] = {CHARGED(4, LYRIC_SEC), .alerts_dead = true},
	    [CLASS_NOT_READY] = {WAITS(LYRIC_SEC)}},
    [STAGE_SONG] =
	{ALL_STAGES(SONG_SEC), [CLASS_TRANSIENT] = {CHARGED(4, SONG_SEC), .alerts_dead = true},
	    [CLASS_TOO_SHORT] = {AT_ONCE},
	    [CLASS_PROVIDER_FAILED] = {CHARGED(4, SONG_SEC), .alerts_dead = true},
	    [CLASS_TIMEOUT] = {CHARGED(2, SONG_SEC), .alerts_dead = true},
	    [CLASS_NOT_READY] = {WAITS(30)}},
    [STAGE_VIDEO] = {ALL_STAGES(VIDEO_SEC),
	[CLASS_TRANSIENT] = {CHARGED(3, VIDEO_SEC), .fetch_tries = 4, .alerts_dead = true},
	[CLASS_TOO_SHORT] = {AT_ONCE},
	[CLASS_PROVIDER_FAILED] = {CHARGED(3, VIDEO_SEC), .alerts_dead = true},
	[CLASS_TIMEOUT] = {AT_ONCE, .alerts_dead = true}, [CLASS_NOT_READY] = {WAITS(60)}},
};

const struct stage_policy *
stage_policy(enum stage stage, enum pipeline_class class)
{
	return &policies[stage][class];
}

uint32_t
stage_rest_ms(const struct stage_policy *policy, unsigned n)
{
	uint64_t cap = (uint64_t)policy->cap_sec * 1000;
	unsigned doubled = n > 0 ? n - 1 : 0;
	uint64_t most = ((uint64_t)policy->base_sec * 1000) << (doubled < 32 ? doubled : 32);

	return crypt_uniform((uint32_t)(most < cap ? most : cap) + 1);
}
