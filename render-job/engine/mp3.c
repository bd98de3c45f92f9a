#include "mp3.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <lame/lame.h>

#include "../../common/base/log.h"

#define PIECE 4096     /* samples passed to the encoder at a time */
#define HEADER 4       /* bytes of a frame's header */
#define ENCODER_TAG 9  /* bytes of the encoder's name in the information frame */
#define INFORMATION 52 /* bytes of that frame's contents */

/* The families of formats: their sample rates and what depends on them. */
struct family {
	int rate[3];	  /* in the order of the header's index */
	int kbps[16];	  /* likewise; 0: invalid */
	int samples;	  /* per frame */
	uint8_t id;	  /* the two version bits */
	size_t side_info; /* bytes after the header of a mono frame */
};

static const struct family families[] = {
    {{44100, 48000, 32000}, {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320},
	1152, 3, 17},
    {{22050, 24000, 16000}, {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160}, 576, 2,
	9},
    {{11025, 12000, 8000}, {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160}, 576, 0,
	9},
};

/* A rate of a family: what the frame headers of a file have in common. */
struct format {
	const struct family *family;
	unsigned rate_index, kbps_index;
	size_t frame; /* bytes, without the padding byte that some frames have */
};

struct mp3 {
	lame_global_flags *lame;
	struct format format;
	size_t information; /* bytes of the information frame; 0 if it does not fit at this rate */
};

/* The contribution of a byte that is followed by so many others: several bytes are looked up at
 * once. */
#define CRC_AT_ONCE 8
static uint16_t crc16_table[CRC_AT_ONCE][256];

static bool
format_find(int rate, int kbps, struct format *format)
{
	for (size_t f = 0; f < sizeof families / sizeof families[0]; f++)
		for (unsigned r = 0; r < 3; r++)
			for (unsigned k = 1; k < 15; k++) {
				const struct family *family = &families[f];
				if (family->rate[r] != rate || family->kbps[k] != kbps)
					continue;
				size_t frame = (size_t)(family->samples / 8 * kbps * 1000 / rate);
				*format = (struct format){family, r, k, frame};
				return true;
			}
	return false;
}

static void
no_message(const char *fmt, va_list ap)
{
}

/* CRC-16 as in ISO 11172-3, but starting with the low bit, as the information frame requires. */
static void
crc16_init(void)
{
	for (unsigned byte = 0; byte < 256; byte++) {
		unsigned crc = byte;
		for (int bit = 0; bit < 8; bit++)
			crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
		crc16_table[0][byte] = (uint16_t)crc;
	}
	for (unsigned after = 1; after < CRC_AT_ONCE; after++)
		for (unsigned byte = 0; byte < 256; byte++) {
			uint16_t crc = crc16_table[after - 1][byte];
			crc16_table[after][byte] =
			    (uint16_t)(crc >> 8 ^ crc16_table[0][crc & 0xff]);
		}
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
	if (!format_find(mp3_rate, bitrate_kbps, &mp3->format) || lame_init_params(lame) < 0) {
		log_error("cannot prepare the MP3 encoder: MP3 does not allow %d kbit/s at %d Hz",
		    bitrate_kbps, mp3_rate);
		mp3_free(mp3);
		return NULL;
	}
	size_t need = HEADER + mp3->format.family->side_info + INFORMATION;
	mp3->information = mp3->format.frame >= need ? mp3->format.frame : 0;
	crc16_init();
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

static uint16_t
crc16(const uint8_t *data, size_t len)
{
	uint16_t crc = 0;
	while (len >= CRC_AT_ONCE) {
		uint16_t sum = 0;
		crc ^= (uint16_t)(data[0] | data[1] << 8);
		sum ^= crc16_table[CRC_AT_ONCE - 1][crc & 0xff];
		sum ^= crc16_table[CRC_AT_ONCE - 2][crc >> 8];
		for (unsigned i = 2; i < CRC_AT_ONCE; i++)
			sum ^= crc16_table[CRC_AT_ONCE - 1 - i][data[i]];
		crc = sum;
		data += CRC_AT_ONCE;
		len -= CRC_AT_ONCE;
	}
	for (size_t i = 0; i < len; i++)
		crc = (uint16_t)(crc >> 8 ^ crc16_table[0][(crc ^ data[i]) & 0xff]);
	return crc;
}

static uint8_t *
write_bytes(uint8_t *p, uint32_t value, int bytes)
{
	while (bytes-- > 0)
		*p++ = (uint8_t)(value >> (8 * bytes));
	return p;
}

/*
 * Write the information frame: a silent frame with the Xing header, named "Info" for constant bit
 * rates, followed by LAME's extension, which tells how many samples to drop at both ends (Mp3 Info
 * Tag rev. 1). The seek table is omitted, as constant bit rates do not need it; so the frame has
 * the same bit rate as all others.
 */
static void
write_information(const struct mp3 *mp3, const struct mp3_out *out)
{
	const struct format *format = &mp3->format;
	uint32_t frames = (uint32_t)lame_get_frameNum(mp3->lame);
	uint32_t delay = (uint32_t)lame_get_encoder_delay(mp3->lame);
	uint32_t padding = (uint32_t)lame_get_encoder_padding(mp3->lame);

	out->data[0] = 0xff;
	out->data[1] = (uint8_t)(0xe0 | format->family->id << 3 | 1 << 1 | 1);
	out->data[2] = (uint8_t)(format->kbps_index << 4 | format->rate_index << 2);
	out->data[3] = 3 << 6 | 1 << 2; /* mono, original: as in the encoder's own frames */
	uint8_t *p = out->data + HEADER + format->family->side_info;
	memcpy(p, "Info", 4);
	p = write_bytes(p + 4, 1 | 2, 4); /* number of frames and of bytes follow */
	p = write_bytes(p, frames, 4);
	p = write_bytes(p, (uint32_t)out->len, 4);
	memcpy(p, "LAME", 4);
	strncpy((char *)p + 4, get_lame_short_version(), ENCODER_TAG - 4);
	p += ENCODER_TAG;
	p = write_bytes(p, 1, 1); /* revision 0, constant rate */
	p += 1 + 4 + 2 + 2;	  /* low-pass, peak, gains: not stated */
	p += 1;			  /* flags of the encoder: not stated */
	p = write_bytes(p, (uint32_t)format->family->kbps[format->kbps_index] & 0xff, 1);
	p = write_bytes(p, delay << 12 | (padding & 0xfff), 3);
	p += 1 + 1 + 2; /* history of the samples: not stated */
	p = write_bytes(p, (uint32_t)out->len, 4);
	p = write_bytes(p, crc16(out->data + mp3->information, out->len - mp3->information), 2);
	write_bytes(p, crc16(out->data, (size_t)(p - out->data)), 2);
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
	struct format format;
	if (!format_find(sample_rate, bitrate_kbps, &format) || len == 0)
		return false;
	const uint8_t want[HEADER] = {0xff, (uint8_t)(0xe0 | format.family->id << 3 | 1 << 1 | 1),
	    (uint8_t)(format.kbps_index << 4 | format.rate_index << 2), 3 << 6};
	const uint8_t mask[HEADER] = {0xff, 0xff, 0xfc, 0xc0};
	while (len > 0) {
		if (len < HEADER)
			return false;
		for (int i = 0; i < HEADER; i++)
			if ((data[i] & mask[i]) != want[i])
				return false;
		size_t frame = format.frame + (data[2] >> 1 & 1);
		if (frame > len)
			return false;
		data += frame;
		len -= frame;
	}
	return true;
}
