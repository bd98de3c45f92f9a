#include "mp3.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <lame/lame.h>

#include "../../common/base/log.h"
#include "../../common/media/mp3_frame.h"

#define PIECE 4096 /* samples passed to the encoder at a time */

struct mp3 {
	lame_global_flags *lame;
	struct mp3_format format;
	size_t information; /* bytes of the information frame; 0 if it does not fit at this rate */
};

static void
no_message(const char *fmt, va_list ap)
{
}

/* A mono encoder with constant bit rate; NULL if memory runs out. */
static lame_global_flags *
lame_new(int sample_rate, int mp3_rate, int bitrate_kbps, int quality)
{
	lame_global_flags *lame = lame_init();
	if (lame == NULL)
		return NULL;
	lame_set_errorf(lame, no_message);
	lame_set_msgf(lame, no_message);
	lame_set_debugf(lame, no_message);
	lame_set_num_channels(lame, 1);
	lame_set_mode(lame, MONO);
	lame_set_in_samplerate(lame, sample_rate);
	lame_set_out_samplerate(lame, mp3_rate);
	lame_set_VBR(lame, vbr_off);
	lame_set_brate(lame, bitrate_kbps);
	lame_set_quality(lame, quality);
	lame_set_bWriteVbrTag(
	    lame, 0); /* its frame is too long for low rates: see write_information() */
	return lame;
}

/*
 * The factor by which the encoder would multiply every sample: at most bit rates it makes sounds a
 * few percent quieter.
 */
static float
encoder_scale(int sample_rate, int mp3_rate, int bitrate_kbps, int quality)
{
	float scale = 1;
	lame_global_flags *lame = lame_new(sample_rate, mp3_rate, bitrate_kbps, quality);
	if (lame != NULL && lame_init_params(lame) == 0)
		scale = lame_get_scale(lame);
	lame_close(lame);
	return scale > 0 ? scale : 1;
}

struct mp3 *
mp3_new(int sample_rate, int mp3_rate, int bitrate_kbps, int quality)
{
	struct mp3 *mp3 = calloc(1, sizeof *mp3);
	mp3_rate = mp3_rate == 0 ? sample_rate : mp3_rate;
	if (mp3 != NULL)
		mp3->lame = lame_new(sample_rate, mp3_rate, bitrate_kbps, quality);
	if (mp3 == NULL || mp3->lame == NULL) {
		log_error("cannot prepare the MP3 encoder: out of memory");
		free(mp3);
		return NULL;
	}
	lame_global_flags *lame = mp3->lame;
	lame_set_scale(lame, 1 / encoder_scale(sample_rate, mp3_rate, bitrate_kbps, quality));
	if (!mp3_format_find(mp3_rate, bitrate_kbps, &mp3->format) || lame_init_params(lame) < 0) {
		log_error("cannot prepare the MP3 encoder: MP3 does not allow %d kbit/s at %d Hz",
		    bitrate_kbps, mp3_rate);
		mp3_free(mp3);
		return NULL;
	}
	mp3->information = mp3_information_fits(&mp3->format) ? mp3->format.frame : 0;
	mp3_crc(0, NULL, 0); /* makes its table, once for all processes forked later */
	return mp3;
}

void
mp3_free(struct mp3 *mp3)
{
	lame_close(mp3->lame);
	free(mp3);
}

static enum mp3_end
output_added(struct mp3_out *out, int n)
{
	if (n < 0)
		return n == -1 ? MP3_FULL : MP3_ERROR;
	out->len += (size_t)n;
	return MP3_OK;
}

static int
output_room(const struct mp3_out *out)
{
	size_t left = out->cap - out->len;
	return left < INT32_MAX ? (int)left : INT32_MAX;
}

enum mp3_end
mp3_encode(struct mp3 *mp3, const int16_t *pcm, size_t n, struct mp3_out *out)
{
	if (out->len == 0) {
		/* Reserve space for the information frame, which is written at the end. */
		if (out->cap < mp3->information)
			return MP3_FULL;
		memset(out->data, 0, mp3->information);
		out->len = mp3->information;
	}
	while (n > 0) {
		size_t part = n < PIECE ? n : PIECE;
		if (output_room(out) == 0)
			return MP3_FULL; /* to the encoder a size of 0 means no limit */
		enum mp3_end end =
		    output_added(out, lame_encode_buffer(mp3->lame, pcm, pcm, (int)part,
					  out->data + out->len, output_room(out)));
		if (end != MP3_OK)
			return end;
		pcm += part;
		n -= part;
	}
	return MP3_OK;
}

static void
write_information(const struct mp3 *mp3, const struct mp3_out *out)
{
	struct mp3_information information = {
	    .frames = (uint32_t)lame_get_frameNum(mp3->lame),
	    .bytes = (uint32_t)out->len,
	    .delay = (uint32_t)lame_get_encoder_delay(mp3->lame),
	    .padding = (uint32_t)lame_get_encoder_padding(mp3->lame),
	    .crc = mp3_crc(0, out->data + mp3->information, out->len - mp3->information),
	};
	memcpy(information.encoder, "LAME", 4);
	strncpy((char *)information.encoder + 4, get_lame_short_version(), MP3_ENCODER - 4);
	mp3_information_write(&mp3->format, &information, out->data);
}

enum mp3_end
mp3_finish(struct mp3 *mp3, struct mp3_out *out)
{
	if (output_room(out) == 0)
		return MP3_FULL;
	enum mp3_end end =
	    output_added(out, lame_encode_flush(mp3->lame, out->data + out->len, output_room(out)));
	if (end == MP3_OK && mp3->information > 0 && out->len > mp3->information)
		write_information(mp3, out);
	return end;
}

double
mp3_overshoot(int mp3_rate, int bitrate_kbps)
{
	static const struct {
		double bits; /* bits per sample, at least */
		double db;
	} table[] = {{2.1, 0.7}, {1.4, 1.2}, {0.7, 1.8}, {0, 3.5}};
	double bits = bitrate_kbps * 1000.0 / mp3_rate;
	size_t i = 0;
	while (table[i].bits > bits)
		i++;
	return table[i].db;
}

const char *
mp3_version(void)
{
	return get_lame_short_version();
}

size_t
mp3_size_max(int seconds, int bitrate_kbps)
{
	/* A few more frames than the sound has, and the room that the encoder wants for its last
	 * call. */
	return (size_t)seconds * (size_t)bitrate_kbps * 125 + 64 * 1024;
}

bool
mp3_whole(const uint8_t *data, size_t len, int sample_rate, int bitrate_kbps)
{
	struct mp3_format format;
	if (!mp3_format_find(sample_rate, bitrate_kbps, &format) || len == 0)
		return false;
	while (len > 0) {
		size_t frame = mp3_frame_size(&format, data, len);
		if (frame == 0)
			return false;
		data += frame;
		len -= frame;
	}
	return true;
}
