#ifndef TTS_MP3_JOIN_H
#define TTS_MP3_JOIN_H

#include <stddef.h>
#include <stdint.h>

#include "../base/mem.h"
#include "mp3_frame.h"

/*
 * Join whole MP3 files of ours to one, frame by frame: nothing is encoded again, and each sound is,
 * sample for sample, what it is alone. Pauses are frames of silence, so a pause is a whole number
 * of frames long; what is rounded off is carried on to the next. The silence that the sounds have
 * at their ends is part of the pause: empty frames at the end of a sound are left out if there are
 * more than the pause needs, down to two. The result has one information frame, with the counts of
 * the whole.
 */
struct mp3_join;

enum mp3_join_end {
	MP3_JOIN_OK,
	MP3_JOIN_FOREIGN, /* not a file of ours, or damaged */
	MP3_JOIN_CUT,	  /* its length is not the one that it states */
	MP3_JOIN_MIXED,	  /* its sample rate or bit rate is not that of the first: render it anew */
	MP3_JOIN_LARGE,	  /* the result would be longer than the format allows: 4 GiB */
	MP3_JOIN_IO,	  /* it cannot be written */
};

#define MP3_JOIN_HEARD UINT32_MAX

struct mp3_join_sound {
	const uint8_t *data;
	size_t len;
	uint32_t pause_ms; /* silence before its speech; not used for the first sound */
	/* The silence that the sound itself has before and after the speech. MP3_JOIN_HEARD: find
	 * out the latter from its frames, to about half a frame. */
	uint32_t lead_ms, trail_ms;
};

/* Where a sound is in the result, in samples as decoders return them. */
struct mp3_join_place {
	uint64_t start, samples;
	uint64_t speech_end; /* where the silence after its speech begins */
	int sample_rate;
};

/*
 * Begin to write to FD, which must be a regular file, from its present position. The join lives in
 * POOL.
 */
struct mp3_join *mp3_join_new(struct pool *pool, int fd);

/*
 * Add a sound. It is not needed any more afterwards. PLACE can be NULL. After anything but
 * MP3_JOIN_OK, mp3_join_why tells what is wrong with which sound, and the file is of no use.
 */
enum mp3_join_end mp3_join_add(
    struct mp3_join *join, const struct mp3_join_sound *sound, struct mp3_join_place *place);

/* Complete the file: write what is left and the information frame. WHOLE can be NULL. */
enum mp3_join_end mp3_join_finish(struct mp3_join *join, struct mp3_join_place *whole);

/* A sentence for people, without a full stop: "sound 3 is damaged". It lives as long as JOIN. */
const char *mp3_join_why(const struct mp3_join *join);

#endif
