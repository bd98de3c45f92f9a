#ifndef TTS_PICTURE_H
#define TTS_PICTURE_H

#include <stddef.h>
#include <stdint.h>

#include "../store/stage.h"

#define PICTURE_PIXELS_MAX 40000000
#define PICTURE_SIDE_MAX 20000

/*
 * Look at the beginning of a picture: of which type it is, and how large. Nothing is decoded.
 * Returns IMAGE_TYPES if it is neither PNG nor JPEG nor WebP; otherwise *WRONG is what is wrong
 * with it, or NULL.
 */
enum image_type picture_look(
    const uint8_t *data, size_t len, uint32_t *width, uint32_t *height, const char **wrong);

#endif
