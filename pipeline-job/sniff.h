#ifndef TTS_PIPELINE_SNIFF_H
#define TTS_PIPELINE_SNIFF_H

#include <stdint.h>

/*
 * What a file from elsewhere is, whatever it is called. It is read once from beginning to end, and
 * nothing of it is decoded. NULL, with its duration, or what is wrong, to follow "it is not …: ".
 */
const char *sniff_mp3(int fd, uint64_t *duration_ms); /* whole frames of MPEG layer III */
const char *sniff_mp4(int fd, uint64_t *duration_ms); /* whole boxes, with moov and mdat */

#endif
