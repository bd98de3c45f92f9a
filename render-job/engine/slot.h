#ifndef TTS_SLOT_H
#define TTS_SLOT_H

#include <stddef.h>
#include <stdint.h>

#include "speak.h"

#define SLOT_TEXT_MAX 65535 /* bytes: what the column of the database holds */
#define SLOT_PARTS_MAX 128  /* changes of the voice in one sentence */

/* What the engine tells of more words than this is not kept. */
#define SLOT_WORDS_MAX 16384

/* N code points of the text from AT are heard from sample SAMPLE of the sound. */
struct slot_word {
	uint32_t at, n;
	uint64_t sample;
};

#define SLOT_LOUDNESS_NONE INT32_MIN

/* What the child was doing last, for whoever finds it dead. */
enum phase { PHASE_PREPARING, PHASE_SPEAKING, PHASE_ENCODING, PHASES };

/* How the child came to its end, in its own words. */
enum child_end {
	CHILD_NONE,    /* it did not say */
	CHILD_SPOKEN,  /* the file is in the slot */
	CHILD_SILENT,  /* the voice had nothing to say */
	CHILD_CLIPPED, /* the sound is cut off at full scale */
	CHILD_LONG,    /* there would be more sound than allowed */
	CHILD_ABSURD,  /* there would be far more sound than the text can be worth */
	CHILD_ENGINE,  /* the speech engine refused */
	CHILD_ENCODER, /* the MP3 encoder refused */
	CHILD_ENDS,
};

/*
 * The memory that the renderer shares with the one child that speaks in it, and with nobody else:
 * the sentence goes in, the file comes out. What the child wrote may be anything: the renderer
 * reads it after the child's death and checks it. It is emptied before the next sentence.
 */
struct slot {
	/* Set by the renderer. */
	uint32_t percent; /* of the normal rate */
	uint32_t text_len;
	uint32_t phonemes; /* whether [[...]] in the text means them */
	uint32_t parts_n;  /* 0: the voice of the process speaks all of it */
	struct speak_part parts[SLOT_PARTS_MAX];
	/* Set by the child. */
	uint32_t phase; /* enum phase */
	uint32_t end;	/* enum child_end */
	uint64_t samples;
	uint64_t mp3_len;
	int64_t loudness; /* in hundredths of LUFS; SLOT_LOUDNESS_NONE if it cannot be told */
	uint64_t words_n;
	struct slot_word words[SLOT_WORDS_MAX]; /* in the order in which they are heard */
	char text[SLOT_TEXT_MAX + 1];		/* cleaned, and terminated */
	uint8_t mp3[];
};

#endif
