#include "child.h"

#include <string.h>
#include <sys/mman.h>
#include <sysexits.h>
#include <unistd.h>

#include "../common/fault.h"
#include "datafiles.h"
#include "slot.h"
#include "speak.h"

/* Below these there was nothing to hear: the engine says "success" to a text of mere punctuation.
 */
#define SAMPLES_MIN 441
#define PEAK_MIN 64

/* The sentence on its way from the engine through the encoder into the slot. */
struct passage {
	const struct child_terms *terms;
	struct slot *slot;
	struct mp3_out out;
	uint64_t samples;
	bool audible;
	enum child_end end; /* why the sink wants no more */
};

static bool
note(struct passage *p, enum mp3_end end)
{
	if (end == MP3_FULL)
		p->end = CHILD_LONG;
	if (end == MP3_ERROR)
		p->end = CHILD_ENCODER;
	return end == MP3_OK;
}

static bool
encode(void *to, const int16_t *pcm, size_t n)
{
	struct passage *p = to;
	p->samples += n;
	if (p->samples > p->terms->samples_max) {
		p->end = CHILD_LONG;
		return false;
	}
	for (size_t i = 0; i < n && !p->audible; i++)
		p->audible = pcm[i] >= PEAK_MIN || pcm[i] <= -PEAK_MIN;
	p->slot->phase = PHASE_ENCODING;
	bool more = note(p, mp3_encode(p->terms->mp3, pcm, n, &p->out));
	p->slot->phase = PHASE_SPEAKING;
	return more;
}

static enum child_end
speak(struct passage *p)
{
	struct slot *slot = p->slot;
	slot->phase = PHASE_SPEAKING;
	enum speak_end end =
	    slot->parts_n > 0
		? speak_parts(slot->text, slot->parts, slot->parts_n, (int)slot->percent, encode, p)
		: speak_say(slot->text, slot->text_len, (int)slot->percent, encode, p);
	if (end == SPEAK_STOPPED)
		return p->end;
	if (end == SPEAK_ERROR)
		return CHILD_ENGINE;
	if (p->samples < SAMPLES_MIN || !p->audible)
		return CHILD_SILENT;
	(void)fault("render.child.spoken");
	slot->phase = PHASE_ENCODING;
	if (!note(p, mp3_finish(p->terms->mp3, &p->out)))
		return p->end;
	slot->samples = p->samples;
	slot->mp3_len = p->out.len;
	return CHILD_SPOKEN;
}

_Noreturn void
child_speak(const struct child_terms *terms, int slot_fd, pid_t parent)
{
	if (!sandbox_follow(parent))
		_exit(EX_OSERR);
	struct slot *slot =
	    mmap(NULL, terms->slot_size, PROT_READ | PROT_WRITE, MAP_SHARED, slot_fd, 0);
	if (slot == MAP_FAILED)
		_exit(EX_OSERR);
	(void)fault("render.child.start");
	datafiles_seal();
	if (!sandbox_enter(&terms->limits))
		_exit(EX_OSERR);
	struct passage passage = {
	    .terms = terms,
	    .slot = slot,
	    .out = {slot->mp3, 0, terms->slot_size - sizeof(*slot)},
	};
	slot->end = speak(&passage);
	(void)fault("render.child.encoded");
	_exit(EX_OK);
}
