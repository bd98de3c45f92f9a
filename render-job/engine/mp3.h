#ifndef TTS_MP3_H
#define TTS_MP3_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The encoder: mono, constant bit rate. The first frame is an information frame from which decoders
 * learn the encoder's delay and padding, so that they give back exactly the samples that went in
 * (below 24 kbit/s at 22,050 Hz it does not fit, and they play some 65 ms more). An encoder makes
 * one file; its bytes depend on samples, settings and library version alone.
 */
struct mp3;

/* Where the file grows: LEN bytes of CAP are written. */
struct mp3_out {
	uint8_t *data;
	size_t len, cap;
};

enum mp3_end {
	MP3_OK,
	MP3_FULL,  /* the file would not fit */
	MP3_ERROR, /* the encoder refused */
};

/*
 * Prepare an encoder for sound of SAMPLE_RATE, which becomes MP3 of MP3_RATE (0: the same). The MP3
 * is as loud as the sound. NULL (logged) if the format has no such bit rate at this sample rate.
 */
struct mp3 *mp3_new(int sample_rate, int mp3_rate, int bitrate_kbps, int quality);
void mp3_free(struct mp3 *mp3);

enum mp3_end mp3_encode(struct mp3 *mp3, const int16_t *pcm, size_t n, struct mp3_out *out);

/* Finish the file: what is left, then the information frame in its place. */
enum mp3_end mp3_finish(struct mp3 *mp3, struct mp3_out *out);

/*
 * By how many dB the true peaks of an MP3 may be higher than those of the sound it was made from,
 * as speech of all kinds showed: the fewer bits there are for a sample, the more.
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
