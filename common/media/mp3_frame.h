#ifndef TTS_MP3_FRAME_H
#define TTS_MP3_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The frames of the MP3 files that we make: layer III, mono, without checksums, one sample rate and
 * one bit rate a file. The first frame of a file is its information frame (Mp3 Info Tag rev. 1):
 * silent, with the number of frames and bytes and how many samples decoders drop at both ends.
 */
#define MP3_HEADER 4 /* bytes of a frame's header */

struct mp3_format {
	int sample_rate, kbps;
	int samples;	   /* in each frame */
	size_t side_info;  /* bytes after the header */
	size_t frame;	   /* bytes of a frame, without the padding byte that some have */
	size_t parts;	   /* granules in a frame */
	uint8_t header[3]; /* how the header of each frame begins, without padding bit */
};

/* Find the format of a sample rate and a bit rate. False if MP3 does not have it. */
bool mp3_format_find(int sample_rate, int kbps, struct mp3_format *format);

/* Read the format from the header of a frame. False if the LEN bytes are not a frame of ours. */
bool mp3_format_read(const uint8_t *data, size_t len, struct mp3_format *format);

/* The size in bytes of the frame that DATA begins with; 0 unless it is a whole one of FORMAT. */
size_t mp3_frame_size(const struct mp3_format *format, const uint8_t *data, size_t len);

/* By how many bytes the data of a frame begin before it: the bit reservoir. */
unsigned mp3_frame_back(const struct mp3_format *format, const uint8_t *frame);

/* True if a frame has no data: it is silent, but for the end of the sound of the one before. */
bool mp3_frame_empty(const struct mp3_format *format, const uint8_t *frame);

/*
 * Write an empty frame to OUT, of format->frame bytes and one more if PADDED. It can follow and
 * precede any frame whose data do not begin before it.
 */
size_t mp3_frame_silence(const struct mp3_format *format, bool padded, uint8_t *out);

/* The information frame. At rates below 24 kbit/s at 22,050 Hz it does not fit. */
#define MP3_ENCODER 9 /* bytes of the encoder's name */
struct mp3_information {
	uint8_t encoder[MP3_ENCODER];
	uint32_t frames;	 /* without this one */
	uint32_t bytes;		 /* of the file, with this one */
	uint32_t delay, padding; /* samples, of 12 bits each */
	uint16_t crc;		 /* of all that follows it */
};

bool mp3_information_fits(const struct mp3_format *format);

/* Write the frame, which has format->frame bytes. */
void mp3_information_write(
    const struct mp3_format *format, const struct mp3_information *information, uint8_t *out);

/* Read it. False if FRAME, a whole one of FORMAT, is another frame or was not written by us. */
bool mp3_information_read(
    const struct mp3_format *format, const uint8_t *frame, struct mp3_information *information);

/* Continue CRC, 0 at first, as the information frame requires: CRC-16 of ISO 11172-3, but starting
 * with the low bit. */
uint16_t mp3_crc(uint16_t crc, const uint8_t *data, size_t len);

#endif
