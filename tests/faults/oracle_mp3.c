#include "oracle.h"

#include <string.h>

#define HEADER 4

/* ISO/IEC 11172-3 and 13818-3, Layer III: by the two version bits (2.5, reserved, 2, 1). */
static const struct {
	int rate[3], samples;
	size_t side_mono, side_stereo;
} versions[4] = {
    {{11025, 12000, 8000}, 576, 9, 17},
    {{0, 0, 0}, 0, 0, 0},
    {{22050, 24000, 16000}, 576, 9, 17},
    {{44100, 48000, 32000}, 1152, 17, 32},
};

static const int kbps_1[16] = {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0};
static const int kbps_2[16] = {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0};

/* Read a header; 0 if it is invalid, otherwise the length of the frame in bytes. */
static size_t
frame(const uint8_t *h, struct mp3_facts *facts, size_t *side)
{
	unsigned version = h[1] >> 3 & 3, rate = h[2] >> 2 & 3, kbps = h[2] >> 4;

	if (h[0] != 0xff || (h[1] & 0xe0) != 0xe0 || version == 1 || (h[1] >> 1 & 3) != 1 ||
	    rate == 3)
		return 0;
	facts->kbps = version == 3 ? kbps_1[kbps] : kbps_2[kbps];
	if (facts->kbps == 0)
		return 0;
	facts->rate = versions[version].rate[rate];
	facts->samples = versions[version].samples;
	facts->channels = h[3] >> 6 == 3 ? 1 : 2;
	*side = facts->channels == 1 ? versions[version].side_mono : versions[version].side_stereo;
	return (size_t)(facts->samples / 8 * facts->kbps * 1000 / facts->rate) + (h[2] >> 1 & 1);
}

static bool
is_information(const uint8_t *data, size_t size, size_t side)
{
	const uint8_t *tag = data + HEADER + side;

	return size >= HEADER + side + 4 &&
	       (memcmp(tag, "Info", 4) == 0 || memcmp(tag, "Xing", 4) == 0);
}

bool
mp3_inspect(const uint8_t *data, size_t len, struct mp3_facts *facts, const char **why)
{
	struct mp3_facts first = {0}, here = {0};
	size_t at = 0, size, side;

	*facts = first;
	*why = "it is empty";
	for (; at < len; at += size) {
		size = len - at >= HEADER ? frame(data + at, &here, &side) : 0;
		*why = "there is data that is not a frame";
		if (size == 0)
			return false;
		*why = "the last frame is truncated";
		if (size > len - at)
			return false;
		if (at == 0)
			first = here;
		*why = "the frames differ in kind";
		if (here.rate != first.rate || here.kbps != first.kbps ||
		    here.channels != first.channels)
			return false;
		if (at > 0 || !is_information(data, size, side))
			first.frames++;
	}
	*facts = first;
	if (len > 0 && first.frames == 0)
		*why = "there is no sound in it";
	return first.frames > 0;
}
