#include "mp3_join.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#define OUT_SIZE ((size_t)256 * 1024) /* written at once */
#define KEEP 2			      /* empty frames that a sound keeps at its end */
/* The delays of our encoder and of all decoders, where no information frame states the former. */
#define DELAY (576 + 529)
#define EARLY 637 /* samples: see join_trail */

struct mp3_join {
	struct pool *pool;
	int fd;
	off_t base; /* where in the file the result begins */
	struct mp3_format format;
	bool has_information;
	struct mp3_information information; /* of the whole, so far */
	uint64_t added;			    /* sounds */
	uint64_t frames, bytes; /* without those of the tail and the information frame */
	/* The empty frames at the end of the last sound that may be left out. */
	struct buf tail;
	uint64_t tail_frames;
	uint64_t speech_end; /* in samples: where the silence after the last speech begins */
	int64_t carry;	     /* samples by which the pauses so far are too short */
	uint8_t *out;
	size_t out_len;
	const char *why;
};

struct mp3_join *
mp3_join_new(struct pool *pool, int fd)
{
	struct mp3_join *join = pool_alloc(pool, sizeof *join);
	join->pool = pool;
	join->fd = fd;
	join->base = lseek(fd, 0, SEEK_CUR);
	join->out = pool_alloc(pool, OUT_SIZE);
	join->why = "";
	buf_init(&join->tail, pool, 4096);
	return join;
}

const char *
mp3_join_why(const struct mp3_join *join)
{
	return join->why;
}

static enum mp3_join_end
join_write_error(struct mp3_join *join)
{
	join->why = pool_printf(join->pool, "cannot write the sounds joined: %s", strerror(errno));
	return MP3_JOIN_IO;
}

static enum mp3_join_end
join_flush(struct mp3_join *join)
{
	size_t done = 0;
	join->information.crc = mp3_crc(join->information.crc, join->out, join->out_len);
	while (done < join->out_len) {
		ssize_t n = write(join->fd, join->out + done, join->out_len - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return join_write_error(join);
		done += (size_t)n;
	}
	join->out_len = 0;
	return MP3_JOIN_OK;
}

/* Append whole frames. */
static enum mp3_join_end
join_put(struct mp3_join *join, const void *data, size_t len, uint64_t frames)
{
	const uint8_t *p = data;
	join->frames += frames;
	join->bytes += len;
	while (len > 0) {
		size_t part = OUT_SIZE - join->out_len < len ? OUT_SIZE - join->out_len : len;
		memcpy(join->out + join->out_len, p, part);
		join->out_len += part;
		p += part;
		len -= part;
		if (join->out_len < OUT_SIZE)
			break;
		enum mp3_join_end end = join_flush(join);
		if (end != MP3_JOIN_OK)
			return end;
	}
	return MP3_JOIN_OK;
}

/* Append frames of silence; where the bytes fall short of the bit rate, a frame is padded. */
static enum mp3_join_end
join_put_silence(struct mp3_join *join, uint64_t frames)
{
	const struct mp3_format *format = &join->format;
	uint8_t *frame = pool_alloc(join->pool, format->frame + 1);
	enum mp3_join_end end = MP3_JOIN_OK;
	while (frames-- > 0 && end == MP3_JOIN_OK) {
		uint64_t due = (join->frames + 1) * (uint64_t)format->samples / 8 *
			       (uint64_t)format->kbps * 1000 / (uint64_t)format->sample_rate;
		bool padded = join->bytes + format->frame < due;
		size_t size = mp3_frame_silence(format, padded, frame);
		end = join_put(join, frame, size, 1);
	}
	return end;
}

/* What is known of a sound once its frames have been counted. */
struct counted {
	const uint8_t *data; /* without the information frame */
	size_t len;
	uint64_t frames;
	struct mp3_information information;
	uint64_t heard;	  /* frames up to the last one that is not empty */
	size_t solid_len; /* without the empty frames at the end that may be left out */
	uint64_t solid_frames;
};

static enum mp3_join_end
join_refuse(struct mp3_join *join, enum mp3_join_end end, const char *what)
{
	join->why =
	    pool_printf(join->pool, "sound %llu %s", (unsigned long long)join->added + 1, what);
	return end;
}

/* Check that a sound has the format of those before it; the first one determines it. */
static enum mp3_join_end
join_check_format(struct mp3_join *join, const struct mp3_join_sound *sound)
{
	struct mp3_format format;
	if (!mp3_format_read(sound->data, sound->len, &format))
		return join_refuse(join, MP3_JOIN_FOREIGN, "is not an MP3 of this server");
	if (join->added == 0) {
		join->format = format;
		join->has_information = mp3_information_fits(&format);
		/* Its place; it is written at the end. */
		if (join->has_information &&
		    lseek(join->fd, join->base + (off_t)format.frame, SEEK_SET) < 0)
			return join_write_error(join);
		return MP3_JOIN_OK;
	}
	if (format.sample_rate == join->format.sample_rate && format.kbps == join->format.kbps)
		return MP3_JOIN_OK;
	return join_refuse(join, MP3_JOIN_MIXED,
	    pool_printf(join->pool, "has %d Hz and %d kbit/s, those before it %d Hz and %d kbit/s",
		format.sample_rate, format.kbps, join->format.sample_rate, join->format.kbps));
}

/* Go through the frames. The empty ones at the end, but for KEEP, are not solid. */
static enum mp3_join_end
join_count(struct mp3_join *join, struct counted *counted)
{
	const struct mp3_format *format = &join->format;
	size_t at = 0;
	unsigned empty = 0;
	while (at < counted->len) {
		size_t size = mp3_frame_size(format, counted->data + at, counted->len - at);
		if (size == 0)
			return join_refuse(join, MP3_JOIN_FOREIGN, "is damaged or incomplete");
		const uint8_t *frame = counted->data + at;
		if (counted->frames == 0 && mp3_frame_back(format, frame) != 0)
			return join_refuse(join, MP3_JOIN_FOREIGN,
			    "begins in the middle: its first frame needs others before it");
		at += size;
		counted->frames++;
		empty = mp3_frame_empty(format, frame) ? empty + 1 : 0;
		if (empty == 0)
			counted->heard = counted->frames;
		if (empty <= KEEP) {
			counted->solid_len = at;
			counted->solid_frames = counted->frames;
		}
	}
	return MP3_JOIN_OK;
}

/* Check a sound completely, before anything of it is written. */
static enum mp3_join_end
join_check(struct mp3_join *join, const struct mp3_join_sound *sound, struct counted *counted)
{
	enum mp3_join_end end = join_check_format(join, sound);
	if (end != MP3_JOIN_OK)
		return end;
	*counted = (struct counted){.data = sound->data, .len = sound->len};
	struct mp3_information *information = &counted->information;
	if (join->has_information) {
		if (!mp3_information_read(&join->format, sound->data, information))
			return join_refuse(join, MP3_JOIN_FOREIGN, "is not an MP3 of this server");
		if (information->bytes != sound->len)
			return join_refuse(join, MP3_JOIN_CUT, "is incomplete");
		size_t skip = mp3_frame_size(&join->format, sound->data, sound->len);
		counted->data += skip;
		counted->len -= skip;
	}
	end = join_count(join, counted);
	if (end != MP3_JOIN_OK)
		return end;
	if (!join->has_information)
		information->frames = (uint32_t)counted->frames;
	if (information->frames != counted->frames)
		return join_refuse(join, MP3_JOIN_CUT, "is incomplete");
	if ((uint64_t)information->delay + information->padding >
	    counted->frames * (uint64_t)join->format.samples)
		return join_refuse(join, MP3_JOIN_FOREIGN, "is damaged");
	return MP3_JOIN_OK;
}

/*
 * Bring what has been written to the frame at which the next sound begins, so that the speech of
 * both has the pause between it, as near as frames and what may be left out allow.
 */
static enum mp3_join_end
join_pause(struct mp3_join *join, const struct mp3_join_sound *sound)
{
	int64_t samples = join->format.samples, rate = join->format.sample_rate;
	int64_t want = (int64_t)join->speech_end + join->carry +
		       ((int64_t)sound->pause_ms - (int64_t)sound->lead_ms) * rate / 1000;
	int64_t at = want > 0 ? (want + samples / 2) / samples : 0;
	int64_t least = (int64_t)join->frames, most = least + (int64_t)join->tail_frames;

	/* A pause that is shorter than what has to be there is not made up for later. */
	join->carry = at < least ? 0 : want - at * samples;
	if (at <= least)
		return MP3_JOIN_OK;
	if (at >= most) {
		uint64_t more = (uint64_t)(at - most);
		enum mp3_join_end end =
		    join_put(join, join->tail.data, join->tail.len, join->tail_frames);
		return end == MP3_JOIN_OK ? join_put_silence(join, more) : end;
	}
	size_t len = 0;
	for (int64_t n = least; n < at; n++)
		len += mp3_frame_size(
		    &join->format, (const uint8_t *)join->tail.data + len, join->tail.len - len);
	return join_put(join, join->tail.data, len, (uint64_t)(at - least));
}

/*
 * The samples of silence after the speech. The last sample that is not silent is in the last frame
 * that is not empty, or shortly before it, because each frame has a part of what comes next: by so
 * many samples on average, found by encoding sounds of all lengths.
 */
static uint64_t
join_trail(const struct mp3_join *join, const struct mp3_join_sound *sound,
    const struct counted *counted, uint64_t samples)
{
	int64_t frame = join->format.samples, trail;
	if (sound->trail_ms == MP3_JOIN_HEARD)
		trail = (int64_t)samples -
			(((int64_t)counted->heard - 1) * frame - EARLY + (frame - 576) / 2);
	else
		trail = (int64_t)sound->trail_ms * join->format.sample_rate / 1000;
	return trail < 0 ? 0 : (uint64_t)trail > samples ? samples : (uint64_t)trail;
}

enum mp3_join_end
mp3_join_add(
    struct mp3_join *join, const struct mp3_join_sound *sound, struct mp3_join_place *place)
{
	struct counted counted;
	enum mp3_join_end end = join_check(join, sound, &counted);
	if (end == MP3_JOIN_OK && join->added > 0)
		end = join_pause(join, sound);
	if (end == MP3_JOIN_OK && join->bytes + sound->len > UINT32_MAX - join->format.frame)
		end = join_refuse(join, MP3_JOIN_LARGE, "makes the file too long");
	if (end != MP3_JOIN_OK)
		return end;

	uint64_t samples = (uint64_t)join->format.samples;
	struct mp3_join_place here = {.start = join->frames * samples,
	    .samples =
		counted.frames * samples - counted.information.delay - counted.information.padding,
	    .sample_rate = join->format.sample_rate};
	join->speech_end =
	    here.start + here.samples - join_trail(join, sound, &counted, here.samples);
	here.speech_end = join->speech_end;
	if (!join->has_information) {
		here.start += DELAY;
		here.speech_end += DELAY;
	}
	if (place != NULL)
		*place = here;

	if (join->added == 0)
		join->information = counted.information;
	join->information.padding = counted.information.padding;
	join->information.crc = join->added == 0 ? 0 : join->information.crc;
	join->added++;
	join->tail.len = 0;
	join->tail_frames = counted.frames - counted.solid_frames;
	buf_add(&join->tail, counted.data + counted.solid_len, counted.len - counted.solid_len);
	return join_put(join, counted.data, counted.solid_len, counted.solid_frames);
}

enum mp3_join_end
mp3_join_finish(struct mp3_join *join, struct mp3_join_place *whole)
{
	struct mp3_information *information = &join->information;
	if (join->added == 0) {
		join->why = "there is no sound to join";
		return MP3_JOIN_FOREIGN;
	}
	enum mp3_join_end end = join_put(join, join->tail.data, join->tail.len, join->tail_frames);
	if (end == MP3_JOIN_OK)
		end = join_flush(join);
	if (end != MP3_JOIN_OK)
		return end;
	information->frames = (uint32_t)join->frames;
	information->bytes = (uint32_t)(join->bytes + join->format.frame);
	if (join->has_information) {
		uint8_t *frame = pool_alloc(join->pool, join->format.frame);
		mp3_information_write(&join->format, information, frame);
		if (pwrite(join->fd, frame, join->format.frame, join->base) !=
		    (ssize_t)join->format.frame)
			return join_write_error(join);
	}
	if (whole != NULL)
		*whole = (struct mp3_join_place){.start = 0,
		    .samples = join->frames * (uint64_t)join->format.samples - information->delay -
			       information->padding,
		    .sample_rate = join->format.sample_rate};
	return MP3_JOIN_OK;
}
