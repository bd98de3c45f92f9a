#ifndef TTS_MP3_H
#define TTS_MP3_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The MP3 encoder: mono, constant bit rate. The first frame is an information frame that tells
 * decoders the encoder's delay and padding, so that they return exactly the original samples.
 * (Below 24 kbit/s at 22,050 Hz it does not fit, and they play about 65 ms more.) An encoder makes
 * one file; its bytes depend only on samples, settings and library version.
 */
struct mp3;

/* The output buffer: LEN of its CAP bytes are written. */
struct mp3_out {
	uint8_t *data;
	size_t len, cap;
};

enum mp3_end {
	MP3_OK,
	MP3_FULL,  /* the file does not fit */
	MP3_ERROR, /* the encoder refused */
};

/*
 * Create an encoder that turns sound of SAMPLE_RATE into an MP3 of MP3_RATE (0: the same) with
 * unchanged loudness. NULL, logged, if MP3 does not have this bit rate at this sample rate.
 */
struct mp3 *mp3_new(int sample_rate, int mp3_rate, int bitrate_kbps, int quality);
void mp3_free(struct mp3 *mp3);

enum mp3_end mp3_encode(struct mp3 *mp3, const int16_t *pcm, size_t n, struct mp3_out *out);

/* Finish the file: flush the encoder, then fill in the information frame. */
enum mp3_end mp3_finish(struct mp3 *mp3, struct mp3_out *out);

/*
 * By how many dB the true peaks of an MP3 can exceed those of the original sound, measured with
 * many kinds of speech: the fewer bits per sample, the more.
 */
double mp3_overshoot(int mp3_rate, int bitrate_kbps);

/* The encoder library's version. */
const char *mp3_version(void);

/* The size in bytes of the largest file of SECONDS of sound. */
size_t mp3_size_max(int seconds, int bitrate_kbps);

/*
 * Tell whether DATA is one whole file as this encoder writes it: nothing but complete mono frames
 * of one sample rate and BITRATE_KBPS. Made for data of doubtful origin.
 */
bool mp3_whole(const uint8_t *data, size_t len, int sample_rate, int bitrate_kbps);

#endif
