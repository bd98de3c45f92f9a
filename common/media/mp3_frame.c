#include "mp3_frame.h"

#include <string.h>

#define INFORMATION 52 /* bytes of the contents of the information frame */
#define AT_CRC 50      /* where in them the last sum is, of all bytes before it */

/* The families of formats: their sample rates and what depends on them. */
struct family {
	int rate[3];	  /* in the order of the header's index */
	int kbps[16];	  /* likewise; 0: invalid */
	int samples;	  /* per frame */
	uint8_t id;	  /* the two version bits */
	size_t side_info; /* bytes after the header of a mono frame */
	size_t parts;
};

static const struct family families[] = {
    {{44100, 48000, 32000}, {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320},
	1152, 3, 17, 2},
    {{22050, 24000, 16000}, {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160}, 576, 2,
	9, 1},
    {{11025, 12000, 8000}, {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160}, 576, 0,
	9, 1},
};

static void
format_set(struct mp3_format *format, const struct family *family, unsigned rate, unsigned kbps)
{
	*format = (struct mp3_format){.sample_rate = family->rate[rate],
	    .kbps = family->kbps[kbps],
	    .samples = family->samples,
	    .side_info = family->side_info,
	    .parts = family->parts,
	    .header = {0xff, (uint8_t)(0xe0 | family->id << 3 | 1 << 1 | 1),
		(uint8_t)(kbps << 4 | rate << 2)}};
	format->frame = (size_t)(format->samples / 8 * format->kbps * 1000 / format->sample_rate);
}

bool
mp3_format_find(int sample_rate, int kbps, struct mp3_format *format)
{
	for (size_t f = 0; f < sizeof families / sizeof families[0]; f++)
		for (unsigned r = 0; r < 3; r++)
			for (unsigned k = 1; k < 15; k++) {
				const struct family *family = &families[f];
				if (family->rate[r] != sample_rate || family->kbps[k] != kbps)
					continue;
				format_set(format, family, r, k);
				return true;
			}
	return false;
}

bool
mp3_format_read(const uint8_t *data, size_t len, struct mp3_format *format)
{
	if (len < MP3_HEADER)
		return false;
	unsigned rate = data[2] >> 2 & 3, kbps = data[2] >> 4;
	if (rate == 3 || kbps == 0 || kbps == 15)
		return false;
	for (size_t f = 0; f < sizeof families / sizeof families[0]; f++) {
		format_set(format, &families[f], rate, kbps);
		if (mp3_frame_size(format, data, len) > 0)
			return true;
	}
	return false;
}

size_t
mp3_frame_size(const struct mp3_format *format, const uint8_t *data, size_t len)
{
	if (len < MP3_HEADER || data[0] != format->header[0] || data[1] != format->header[1] ||
	    (data[2] & 0xfc) != format->header[2] || (data[3] & 0xc0) != 3 << 6)
		return 0;
	size_t size = format->frame + (data[2] >> 1 & 1);
	return size <= len ? size : 0;
}

/* Read COUNT bits of the side information, which begin AT bits after the header. */
static unsigned
side_bits(const uint8_t *frame, size_t at, size_t count)
{
	unsigned value = 0;
	for (size_t i = at; i < at + count; i++)
		value = value << 1 | (frame[MP3_HEADER + i / 8] >> (7 - i % 8) & 1);
	return value;
}

unsigned
mp3_frame_back(const struct mp3_format *format, const uint8_t *frame)
{
	return side_bits(frame, 0, format->parts == 2 ? 9 : 8);
}

bool
mp3_frame_empty(const struct mp3_format *format, const uint8_t *frame)
{
	/* part2_3_length, the number of bits of each granule, is the first field of it. */
	if (format->parts == 2)
		return side_bits(frame, 9 + 5 + 4, 12) == 0 &&
		       side_bits(frame, 9 + 5 + 4 + 59, 12) == 0;
	return side_bits(frame, 8 + 1, 12) == 0;
}

size_t
mp3_frame_silence(const struct mp3_format *format, bool padded, uint8_t *out)
{
	size_t size = format->frame + padded;
	memset(out, 0, size);
	memcpy(out, format->header, sizeof format->header);
	out[2] = (uint8_t)(out[2] | padded << 1);
	out[3] = 3 << 6 | 1 << 2; /* mono, original: as in the encoder's own frames */
	return size;
}

bool
mp3_information_fits(const struct mp3_format *format)
{
	return format->frame >= MP3_HEADER + format->side_info + INFORMATION;
}

static uint8_t *
write_bytes(uint8_t *p, uint32_t value, int bytes)
{
	while (bytes-- > 0)
		*p++ = (uint8_t)(value >> (8 * bytes));
	return p;
}

static uint32_t
read_bytes(const uint8_t *p, int bytes)
{
	uint32_t value = 0;
	while (bytes-- > 0)
		value = value << 8 | *p++;
	return value;
}

/*
 * The frame has the Xing header, named "Info" for constant bit rates, followed by LAME's extension.
 * The seek table is omitted, as constant bit rates do not need it; so the frame has the same bit
 * rate as all others.
 */
void
mp3_information_write(
    const struct mp3_format *format, const struct mp3_information *information, uint8_t *out)
{
	mp3_frame_silence(format, false, out);
	uint8_t *p = out + MP3_HEADER + format->side_info;
	memcpy(p, "Info", 4);
	p = write_bytes(p + 4, 1 | 2, 4); /* number of frames and of bytes follow */
	p = write_bytes(p, information->frames, 4);
	p = write_bytes(p, information->bytes, 4);
	memcpy(p, information->encoder, MP3_ENCODER);
	p += MP3_ENCODER;
	p = write_bytes(p, 1, 1); /* revision 0, constant rate */
	p += 1 + 4 + 2 + 2;	  /* low-pass, peak, gains: not stated */
	p += 1;			  /* flags of the encoder: not stated */
	p = write_bytes(p, (uint32_t)format->kbps & 0xff, 1);
	p = write_bytes(p, information->delay << 12 | (information->padding & 0xfff), 3);
	p += 1 + 1 + 2; /* history of the samples: not stated */
	p = write_bytes(p, information->bytes, 4);
	p = write_bytes(p, information->crc, 2);
	write_bytes(p, mp3_crc(0, out, (size_t)(p - out)), 2);
}

bool
mp3_information_read(
    const struct mp3_format *format, const uint8_t *frame, struct mp3_information *information)
{
	if (!mp3_information_fits(format))
		return false;
	const uint8_t *p = frame + MP3_HEADER + format->side_info;
	if (memcmp(p, "Info", 4) != 0 || read_bytes(p + 4, 4) != (1 | 2) ||
	    read_bytes(p + AT_CRC, 2) != mp3_crc(0, frame, (size_t)(p + AT_CRC - frame)))
		return false;
	information->frames = read_bytes(p + 8, 4);
	information->bytes = read_bytes(p + 12, 4);
	memcpy(information->encoder, p + 16, MP3_ENCODER);
	p += 16 + MP3_ENCODER + 1 + 1 + 4 + 2 + 2 + 1 + 1;
	information->delay = read_bytes(p, 3) >> 12;
	information->padding = read_bytes(p, 3) & 0xfff;
	information->crc = (uint16_t)read_bytes(p + 3 + 1 + 1 + 2 + 4, 2);
	return true;
}

/* The contribution of a byte that is followed by so many others: several bytes are looked up at
 * once. */
#define CRC_AT_ONCE 8
static uint16_t crc_table[CRC_AT_ONCE][256];

static void
crc_init(void)
{
	for (unsigned byte = 0; byte < 256; byte++) {
		unsigned crc = byte;
		for (int bit = 0; bit < 8; bit++)
			crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
		crc_table[0][byte] = (uint16_t)crc;
	}
	for (unsigned after = 1; after < CRC_AT_ONCE; after++)
		for (unsigned byte = 0; byte < 256; byte++) {
			uint16_t crc = crc_table[after - 1][byte];
			crc_table[after][byte] = (uint16_t)(crc >> 8 ^ crc_table[0][crc & 0xff]);
		}
}

uint16_t
mp3_crc(uint16_t crc, const uint8_t *data, size_t len)
{
	if (crc_table[0][1] == 0)
		crc_init();
	while (len >= CRC_AT_ONCE) {
		uint16_t sum = 0;
		crc ^= (uint16_t)(data[0] | data[1] << 8);
		sum ^= crc_table[CRC_AT_ONCE - 1][crc & 0xff];
		sum ^= crc_table[CRC_AT_ONCE - 2][crc >> 8];
		for (unsigned i = 2; i < CRC_AT_ONCE; i++)
			sum ^= crc_table[CRC_AT_ONCE - 1 - i][data[i]];
		crc = sum;
		data += CRC_AT_ONCE;
		len -= CRC_AT_ONCE;
	}
	for (size_t i = 0; i < len; i++)
		crc = (uint16_t)(crc >> 8 ^ crc_table[0][(crc ^ data[i]) & 0xff]);
	return crc;
}
