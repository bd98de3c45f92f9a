#include "pcm.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* Samples below this, -50 dB, count as silence at the ends of a sound. */
#define AUDIBLE 104
/* Fewer samples than this are no sound: the engine reports success even for mere punctuation. */
#define SAMPLES_MIN 441

/*
 * The engine normally stays below full scale. A sound counts as clipped if more than one sample in
 * a hundred is at the limit in a run of such samples.
 */
#define FULL_SCALE 32760
#define CLIPPED_RUN 4
#define CLIPPED_SHARE 100

/*
 * The buffer grows in steps of STEP samples. The kernel copies nothing for that, and provides pages
 * only when they are written; READY samples are populated at once, because each page fault costs
 * time.
 */
#define STEP ((size_t)1 << 18)
#define READY ((size_t)1 << 15)
#define PAGE ((uintptr_t)4096)

static void
pcm_reserve(struct pcm *pcm, size_t n)
{
	if (n <= pcm->cap)
		return;
	size_t cap = (n + STEP - 1) / STEP * STEP;
	int16_t *data = realloc(pcm->data, cap * sizeof data[0]);
	if (data == NULL)
		abort(); /* as the engine does: without memory the child cannot continue */
	pcm->data = data;
	pcm->cap = cap;
}

/* Populate the pages for N samples, if the kernel can (Linux 5.14). */
static void
pcm_populate(struct pcm *pcm, size_t n)
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
	pcm_reserve(pcm, lead + 1);
	memset(pcm->data, 0, lead * sizeof pcm->data[0]);
}

bool
pcm_add(struct pcm *pcm, const int16_t *data, size_t n)
{
	if (n > pcm->max - (pcm->n - pcm->lead))
		return false;
	pcm_reserve(pcm, pcm->n + n);
	pcm_populate(pcm, pcm->n + n);
	memcpy(pcm->data + pcm->n, data, n * sizeof data[0]);
	pcm->n += n;
	return true;
}

static bool
is_audible(int16_t sample)
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
is_clipped(const int16_t *data, size_t n)
{
	if (pcm_highest(data, n) < FULL_SCALE) /* a quick check, as hardly any sound is that loud */
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
	while (first < end && !is_audible(pcm->data[first]))
		first++;
	while (end > first && !is_audible(pcm->data[end - 1]))
		end--;
	if (pcm->n - pcm->lead < SAMPLES_MIN || first == end)
		return PCM_SILENT;
	if (is_clipped(pcm->data + first, end - first))
		return PCM_CLIPPED;
	pcm_reserve(pcm, end + pcm->trail);
	if (pcm->n < end + pcm->trail)
		memset(pcm->data + pcm->n, 0, (end + pcm->trail - pcm->n) * sizeof pcm->data[0]);
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
