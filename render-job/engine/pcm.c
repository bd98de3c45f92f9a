#include "pcm.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* What lies below this can be the end of a sound, at -50 dB; nothing that is heard alone does. */
#define AUDIBLE 104
/* Fewer samples than this are no sound: the engine says "success" to a text of mere punctuation. */
#define SAMPLES_MIN 441

/*
 * The engine keeps its own peaks below full scale. A sound is broken when more than one sample in a
 * hundred stands at the limit, side by side with others that do.
 */
#define FULL_SCALE 32760
#define CLIPPED_RUN 4
#define CLIPPED_SHARE 100

/* The buffer grows by so many samples; the kernel moves no byte for that, and gives out pages only
 * as they are written: of these so many samples' at a time, as each time costs. */
#define STEP ((size_t)1 << 18)
#define READY ((size_t)1 << 15)
#define PAGE ((uintptr_t)4096)

static void
reserve(struct pcm *pcm, size_t n)
{
	if (n <= pcm->cap)
		return;
	size_t cap = (n + STEP - 1) / STEP * STEP;
	int16_t *data = realloc(pcm->data, cap * sizeof(data[0]));
	if (data == NULL)
		abort(); /* as in the engine: who is out of memory cannot go on */
	pcm->data = data;
	pcm->cap = cap;
}

/* Have pages for N samples, where the kernel knows how (Linux 5.14). */
static void
make_ready(struct pcm *pcm, size_t n)
{
	if (n <= pcm->ready)
		return;
	size_t end = pcm->ready + READY > n ? pcm->ready + READY : n;
	uintptr_t from = ((uintptr_t)(pcm->data + pcm->ready) + PAGE - 1) & ~(PAGE - 1),
		  to = (uintptr_t)(pcm->data + (end < pcm->cap ? end : pcm->cap)) & ~(PAGE - 1);
	if (to > from)
		(void)madvise((void *)from, to - from, MADV_POPULATE_WRITE);
	pcm->ready = end;
}

void
pcm_begin(struct pcm *pcm, size_t max, size_t lead, size_t trail)
{
	*pcm = (struct pcm){.max = max, .lead = lead, .trail = trail, .n = lead};
	reserve(pcm, lead + 1);
	memset(pcm->data, 0, lead * sizeof(pcm->data[0]));
}

bool
pcm_add(struct pcm *pcm, const int16_t *data, size_t n)
{
	if (n > pcm->max - (pcm->n - pcm->lead))
		return false;
	reserve(pcm, pcm->n + n);
	make_ready(pcm, pcm->n + n);
	memcpy(pcm->data + pcm->n, data, n * sizeof(data[0]));
	pcm->n += n;
	return true;
}

static bool
audible(int16_t sample)
{
	return sample >= AUDIBLE || sample <= -AUDIBLE;
}

int
pcm_highest(const int16_t *data, size_t n)
{
	int16_t low = 0, high = 0;
	for (size_t i = 0; i < n; i++) {
		low = data[i] < low ? data[i] : low;
		high = data[i] > high ? data[i] : high;
	}
	return -low > high ? -low : high;
}

static bool
clipped(const int16_t *data, size_t n)
{
	if (pcm_highest(data, n) < FULL_SCALE) /* a cheap look, as hardly any sound is so loud */
		return false;
	size_t run = 0, all = 0;
	for (size_t i = 0; i < n; i++) {
		if (data[i] < FULL_SCALE && data[i] > -FULL_SCALE) {
			run = 0;
			continue;
		}
		run++;
		all += run == CLIPPED_RUN ? CLIPPED_RUN : run > CLIPPED_RUN;
	}
	return all > n / CLIPPED_SHARE;
}

enum pcm_verdict
pcm_trim(struct pcm *pcm, int64_t *cut)
{
	size_t first = pcm->lead, end = pcm->n;
	while (first < end && !audible(pcm->data[first]))
		first++;
	while (end > first && !audible(pcm->data[end - 1]))
		end--;
	if (pcm->n - pcm->lead < SAMPLES_MIN || first == end)
		return PCM_SILENT;
	if (clipped(pcm->data + first, end - first))
		return PCM_CLIPPED;
	reserve(pcm, end + pcm->trail);
	if (pcm->n < end + pcm->trail)
		memset(pcm->data + pcm->n, 0, (end + pcm->trail - pcm->n) * sizeof(pcm->data[0]));
	*cut = (int64_t)first - (int64_t)(2 * pcm->lead);
	pcm->data += first - pcm->lead;
	pcm->n = end + pcm->trail - (first - pcm->lead);
	return pcm->n <= pcm->max ? PCM_GOOD : PCM_LONG;
}

size_t
pcm_memory(size_t max, size_t lead, size_t trail)
{
	return (max + lead + trail + STEP) * sizeof(int16_t);
}
