#include "sniff.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define FRAMES_MIN 10
#define JUNK_MAX 65536 /* bytes between two frames, or before the first */
#define BOXES_MAX 10000
#define HOUR_MS (3600 * UINT64_C(1000))
#define DURATION_MAX (10 * HOUR_MS)

struct bytes {
	const uint8_t *p;
	size_t n;
};

static bool
bytes_map(int fd, struct bytes *out)
{
	struct stat st;
	void *p;

	*out = (struct bytes){NULL, 0};
	if (fstat(fd, &st) != 0 || st.st_size <= 0)
		return false;
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return false;
	*out = (struct bytes){p, (size_t)st.st_size};
	return true;
}

static void
bytes_unmap(const struct bytes *b)
{
	munmap((void *)(uintptr_t)b->p, b->n);
}

static uint32_t
be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static uint64_t
be64(const uint8_t *p)
{
	return (uint64_t)be32(p) << 32 | be32(p + 4);
}

/* ---------------------------------------------------------------- MP3 */

struct mp3_frame {
	size_t len;
	unsigned samples, rate, kind; /* of the version, layer and rate, which do not change */
};

/* Read the header of a frame at P, with 4 bytes. */
static bool
mp3_header(const uint8_t *p, struct mp3_frame *out)
{
	static const unsigned rates[4][3] = {
	    {11025, 12000, 8000}, {0, 0, 0}, {22050, 24000, 16000}, {44100, 48000, 32000}};
	static const unsigned kbps[2][15] = {
	    {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160},
	    {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320}};
	unsigned version = p[1] >> 3 & 3, layer = p[1] >> 1 & 3, rate = p[2] >> 2 & 3;
	unsigned bitrate = p[2] >> 4, padding = p[2] >> 1 & 1;

	if (p[0] != 0xff || (p[1] & 0xe0) != 0xe0 || version == 1 || layer != 1 || rate == 3 ||
	    bitrate == 0 || bitrate == 15)
		return false;
	out->rate = rates[version][rate];
	out->samples = version == 3 ? 1152 : 576;
	out->kind = (unsigned)p[1] << 8 | (unsigned)(p[2] & 0x0c);
	out->len = out->samples / 8 * kbps[version == 3][bitrate] * 1000 / out->rate + padding;
	return true;
}

/* The first of two frames that follow each other at or after AT; SIZE_MAX: there is none near. */
static size_t
mp3_next(const struct bytes *b, size_t at)
{
	struct mp3_frame one, two;

	for (size_t i = at; i + 4 <= b->n && i - at <= JUNK_MAX; i++)
		if (b->p[i] == 0xff && mp3_header(b->p + i, &one) && one.len + 4 <= b->n - i &&
		    mp3_header(b->p + i + one.len, &two) && one.kind == two.kind)
			return i;
	return SIZE_MAX;
}

/* The end of the tags at the beginning. */
static size_t
mp3_begin(const struct bytes *b)
{
	size_t at = 0;

	while (b->n - at > 10 && memcmp(b->p + at, "ID3", 3) == 0) {
		const uint8_t *p = b->p + at;
		size_t len = 10 + ((size_t)(p[6] & 0x7f) << 21 | (size_t)(p[7] & 0x7f) << 14 |
				      (size_t)(p[8] & 0x7f) << 7 | (p[9] & 0x7f));

		if (len > b->n - at)
			break;
		at += len;
	}
	return at;
}

static const char *
mp3_walk(const struct bytes *b, uint64_t *duration_ms)
{
	size_t begin = mp3_begin(b), at = mp3_next(b, begin), frames = 0, sound = 0;
	struct mp3_frame f = {0}, first = {0};
	uint64_t samples = 0;

	if (at == SIZE_MAX)
		return "no frame is found";
	mp3_header(b->p + at, &first);
	while (at + 4 <= b->n) {
		if (!mp3_header(b->p + at, &f) || f.kind != first.kind) {
			at = mp3_next(b, at + 1);
			if (at == SIZE_MAX)
				break; /* tags, or nothing of value, at the end */
			continue;
		}
		if (f.len > b->n - at)
			break;
		samples += f.samples;
		sound += f.len;
		frames++;
		at += f.len;
	}
	if (frames < FRAMES_MIN)
		return "it has almost no frames";
	if (sound < (b->n - begin) / 10 * 9)
		return "it has much that is no sound";
	*duration_ms = samples * 1000 / first.rate;
	return *duration_ms > DURATION_MAX ? "it is too long" : NULL;
}

const char *
sniff_mp3(int fd, uint64_t *duration_ms)
{
	struct bytes b;
	const char *wrong;

	if (!bytes_map(fd, &b))
		return "it is empty";
	wrong = mp3_walk(&b, duration_ms);
	bytes_unmap(&b);
	return wrong;
}

/* ---------------------------------------------------------------- MP4 */

struct mp4_box {
	uint32_t type;
	const uint8_t *p; /* its contents */
	size_t n, whole;  /* with its header */
};

#define BOX(a, b, c, d) ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (d))

static bool
mp4_box(const uint8_t *p, size_t left, struct mp4_box *out)
{
	size_t header = 8;
	uint64_t whole;

	if (left < 8)
		return false;
	whole = be32(p);
	if (whole == 1) {
		if (left < 16)
			return false;
		whole = be64(p + 8);
		header = 16;
	} else if (whole == 0) {
		whole = left;
	}
	if (whole < header || whole > left)
		return false;
	*out = (struct mp4_box){be32(p + 4), p + header, (size_t)whole - header, (size_t)whole};
	return true;
}

/* The first box of that type in N bytes. */
static bool
mp4_find(const uint8_t *p, size_t n, uint32_t type, struct mp4_box *out)
{
	for (size_t at = 0, i = 0; i < BOXES_MAX && mp4_box(p + at, n - at, out); i++) {
		if (out->type == type)
			return true;
		at += out->whole;
	}
	return false;
}

static bool
mp4_duration(const struct mp4_box *moov, uint64_t *duration_ms)
{
	struct mp4_box h;
	uint64_t duration, scale;

	if (!mp4_find(moov->p, moov->n, BOX('m', 'v', 'h', 'd'), &h) || h.n < 20)
		return false;
	if (h.p[0] == 1 && h.n < 32)
		return false;
	scale = be32(h.p + (h.p[0] == 1 ? 20 : 12));
	duration = h.p[0] == 1 ? be64(h.p + 24) : be32(h.p + 16);
	if (scale == 0 || duration / scale > DURATION_MAX / 1000)
		return false;
	*duration_ms = duration * 1000 / scale;
	return *duration_ms > 0;
}

static const char *
mp4_walk(const struct bytes *b, uint64_t *duration_ms)
{
	struct mp4_box box, moov = {0};
	size_t at = 0;
	bool mdat = false;

	if (!mp4_box(b->p, b->n, &box) || box.type != BOX('f', 't', 'y', 'p'))
		return "it does not begin like one";
	for (int i = 0; at < b->n; i++) {
		if (i == BOXES_MAX || !mp4_box(b->p + at, b->n - at, &box))
			return "it is damaged, or its end is missing";
		if (box.type == BOX('m', 'o', 'o', 'v'))
			moov = box;
		mdat |= box.type == BOX('m', 'd', 'a', 't') && box.n > 0;
		at += box.whole;
	}
	if (moov.p == NULL || !mdat)
		return "it has no film";
	return mp4_duration(&moov, duration_ms) ? NULL : "it has no duration";
}

const char *
sniff_mp4(int fd, uint64_t *duration_ms)
{
	struct bytes b;
	const char *wrong;

	if (!bytes_map(fd, &b))
		return "it is empty";
	wrong = mp4_walk(&b, duration_ms);
	bytes_unmap(&b);
	return wrong;
}
