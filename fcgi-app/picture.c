#include "picture.h"

#include <stdbool.h>
#include <string.h>

/* The bytes of a picture; whatever is beyond them is 0. */
struct picture {
	const uint8_t *data;
	size_t len;
};

static uint32_t
byte_at(const struct picture *p, size_t at)
{
	return at < p->len ? p->data[at] : 0;
}

/* Numbers of N bytes, the most significant one first or last. */
static uint32_t
big_at(const struct picture *p, size_t at, size_t n)
{
	uint32_t number = 0;

	for (size_t i = 0; i < n; i++)
		number = number << 8 | byte_at(p, at + i);
	return number;
}

static uint32_t
little_at(const struct picture *p, size_t at, size_t n)
{
	uint32_t number = 0;

	for (size_t i = n; i-- > 0;)
		number = number << 8 | byte_at(p, at + i);
	return number;
}

static bool
has_at(const struct picture *p, size_t at, const char *magic, size_t n)
{
	return p->len >= at + n && memcmp(p->data + at, magic, n) == 0;
}

/* ------------------------------------------------------------------ the formats */

/* The first chunk is IHDR. */
static bool
look_png(const struct picture *p, uint32_t *width, uint32_t *height)
{
	*width = big_at(p, 16, 4);
	*height = big_at(p, 20, 4);
	return p->len >= 33 && has_at(p, 8, "\0\0\0\rIHDR", 8);
}

/* A start of frame: SOF0 to SOF15, without DHT, JPG and DAC. */
static bool
is_frame(uint32_t marker)
{
	return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 &&
	       marker != 0xcc;
}

/* Segments with their lengths, until one of them begins the frame. */
static bool
look_jpeg(const struct picture *p, uint32_t *width, uint32_t *height)
{
	size_t at = 2;

	while (at + 4 <= p->len && byte_at(p, at) == 0xff) {
		uint32_t marker = byte_at(p, at + 1), length = big_at(p, at + 2, 2);

		if (marker == 0xff) { /* padding */
			at++;
			continue;
		}
		if (is_frame(marker)) {
			*height = big_at(p, at + 5, 2);
			*width = big_at(p, at + 7, 2);
			return at + 2 + length <= p->len && length >= 8;
		}
		if (marker == 0xd9 || marker == 0xda || length < 2)
			return false;
		at += 2 + (size_t)length;
	}
	return false;
}

/* A key frame of VP8, a frame of VP8L, or the canvas of VP8X. */
static bool
look_webp(const struct picture *p, uint32_t *width, uint32_t *height)
{
	uint32_t bits;

	if (has_at(p, 12, "VP8 ", 4)) {
		*width = little_at(p, 26, 2) & 0x3fff;
		*height = little_at(p, 28, 2) & 0x3fff;
		return p->len >= 30 && has_at(p, 23, "\x9d\x01\x2a", 3) &&
		       (byte_at(p, 20) & 1) == 0;
	}
	if (has_at(p, 12, "VP8L", 4)) {
		bits = little_at(p, 21, 4);
		*width = (bits & 0x3fff) + 1;
		*height = (bits >> 14 & 0x3fff) + 1;
		return p->len >= 25 && byte_at(p, 20) == 0x2f;
	}
	*width = little_at(p, 24, 3) + 1;
	*height = little_at(p, 27, 3) + 1;
	return p->len >= 30 && has_at(p, 12, "VP8X", 4);
}

static enum image_type
type_of(const struct picture *p)
{
	if (has_at(p, 0, "\x89PNG\r\n\x1a\n", 8))
		return IMAGE_PNG;
	if (has_at(p, 0, "\xff\xd8\xff", 3))
		return IMAGE_JPEG;
	if (has_at(p, 0, "RIFF", 4) && has_at(p, 8, "WEBP", 4))
		return IMAGE_WEBP;
	return IMAGE_TYPES;
}

enum image_type
picture_look(const uint8_t *data, size_t len, uint32_t *width, uint32_t *height, const char **wrong)
{
	static bool (*const looks[IMAGE_TYPES])(
	    const struct picture *p, uint32_t *width, uint32_t *height) = {
	    [IMAGE_PNG] = look_png,
	    [IMAGE_JPEG] = look_jpeg,
	    [IMAGE_WEBP] = look_webp,
	};
	const struct picture p = {data, len};
	enum image_type type = type_of(&p);

	*width = *height = 0;
	*wrong = NULL;
	if (type == IMAGE_TYPES)
		return type;
	if (!looks[type](&p, width, height) || *width == 0 || *height == 0)
		*wrong = "is damaged: its size cannot be read";
	else if (*width > PICTURE_SIDE_MAX || *height > PICTURE_SIDE_MAX ||
		 (uint64_t)*width * *height > PICTURE_PIXELS_MAX)
		*wrong = "must have at most 40 million pixels, and 20,000 on each side";
	return type;
}
