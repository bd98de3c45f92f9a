#ifndef TTS_FILM_CAPTIONS_H
#define TTS_FILM_CAPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "../common/base/mem.h"
#include "../store/stage.h"

/* What the captions of a film look like. */
struct film_look {
	int width, height;    /* of the picture, in pixels */
	const char *language; /* of the request: it selects the forms of Chinese characters */
};

/*
 * Write the captions as a script of Advanced SubStation Alpha, version 4+, which libass draws. What
 * would be commands to it is escaped, so that each text is shown as it is.
 */
const char *film_captions(struct pool *pool, const struct film_look *look,
    const struct stage_caption *captions, size_t n);

#endif
