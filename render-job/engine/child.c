#include "child.h"

#include <math.h>
#include <sys/mman.h>
#include <sysexits.h>
#include <unistd.h>

#include "../../common/base/utf8.h"
#include "../../common/base/fault.h"
#include "datafiles.h"
#include "loudness.h"
#include "slot.h"
#include "sound.h"
#include "speak.h"

static enum child_end
speak_slot(const struct child_terms *terms, struct slot *slot)
{
	struct sound sound;
	struct mp3_out out = {slot->mp3, 0, terms->slot_size - sizeof *slot};
	slot->phase = PHASE_SPEAKING;
	sound_begin(&sound, &terms->sound, slot->percent, utf8_count(slot->text, slot->text_len));
	if (slot->phonemes)
		speak_phonemes();
	sound.words = slot->words;
	const struct speak_ear ear = {sound_add, sound_word, &sound};
	int percent = (int)slot->percent;
	enum speak_end said =
	    slot->parts_n > 0 ? speak_parts(slot->text, slot->parts, slot->parts_n, percent, &ear)
			      : speak_say(slot->text, slot->text_len, percent, &ear);
	if (said != SPEAK_DONE)
		return said == SPEAK_STOPPED ? sound.too_long : CHILD_ENGINE;
	(void)fault("render.child.spoken");
	slot->phase = PHASE_ENCODING;
	enum child_end end = sound_finish(&sound, &out);
	slot->samples = sound.samples;
	slot->words_n = sound.words_n;
	slot->loudness = sound.loudness > LOUDNESS_NONE ? (int32_t)lround(sound.loudness * 100)
							: SLOT_LOUDNESS_NONE;
	slot->mp3_len = out.len;
	return end;
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
	slot->end = speak_slot(terms, slot);
	(void)fault("render.child.encoded");
	_exit(EX_OK);
}
