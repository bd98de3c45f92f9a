#include "stretch.h"

#include <stdlib.h>
#include <string.h>

#include <sonic.h>

struct stretch {
	sonicStream sonic;
	short piece[4096];
};

struct stretch *
stretch_new(int sample_rate, double factor)
{
	struct stretch *stretch = calloc(1, sizeof *stretch);
	if (stretch == NULL)
		return NULL;
	stretch->sonic = sonicCreateStream(sample_rate, 1);
	if (stretch->sonic == NULL) {
		free(stretch);
		return NULL;
	}
	sonicSetSpeed(stretch->sonic, (float)factor);
	return stretch;
}

static bool
pass_to_sink(struct stretch *stretch, speak_sink *sink, void *to)
{
	const int max = sizeof stretch->piece / sizeof stretch->piece[0];
	for (;;) {
		int n = sonicReadShortFromStream(stretch->sonic, stretch->piece, max);
		if (n <= 0)
			return true;
		if (!sink(to, stretch->piece, (size_t)n))
			return false;
	}
}

bool
stretch_write(struct stretch *stretch, const int16_t *pcm, size_t n, speak_sink *sink, void *to)
{
	/* libsonic takes a non-const pointer. */
	const size_t max = sizeof stretch->piece / sizeof stretch->piece[0];
	while (n > 0) {
		size_t part = n < max ? n : max;
		memcpy(stretch->piece, pcm, part * sizeof pcm[0]);
		if (!sonicWriteShortToStream(stretch->sonic, stretch->piece, (int)part))
			abort(); /* out of memory: the caller cannot continue either */
		if (!pass_to_sink(stretch, sink, to))
			return false;
		pcm += part;
		n -= part;
	}
	return true;
}

bool
stretch_end(struct stretch *stretch, speak_sink *sink, void *to)
{
	if (!sonicFlushStream(stretch->sonic))
		abort();
	return pass_to_sink(stretch, sink, to);
}
