#ifndef TTS_SLOT_H
#define TTS_SLOT_H

#include <stddef.h>
#include <stdint.h>

#include "speak.h"

#define SLOT_TEXT_MAX 65535 /* bytes; the maximum of the database column */
#define SLOT_PARTS_MAX 128  /* parts with different voices in one sentence */

/* Further words that the engine reports are dropped. */
#define SLOT_WORDS_MAX 16384

/* N code points of the text from AT are spoken from sample SAMPLE of the sound. */
struct slot_word {
	uint32_t at, n;
	uint64_t sample;
};

#define SLOT_LOUDNESS_NONE INT32_MIN

/* The last thing the child did, for the report after its death. */
enum phase { PHASE_PREPARING, PHASE_SPEAKING, PHASE_ENCODING, PHASES };

/* How the child ended, as it reports itself. */
enum child_end {
	CHILD_NONE,    /* it did not report */
	CHILD_SPOKEN,  /* the file is in the slot */
	CHILD_SILENT,  /* the voice produced no sound */
	CHILD_CLIPPED, /* the sound is clipped at full scale */
	CHILD_LONG,    /* there would be more sound than allowed */
	CHILD_ABSURD,  /* there would be far more sound than the text can account for */
	CHILD_ENGINE,  /* the speech engine refused */
	CHILD_ENCODER, /* the MP3 encoder refused */
	CHILD_ENDS,
};

/*
 * The memory that the renderer shares with one child only: the sentence goes in, the file comes
 * out. The child may have written anything: the renderer reads it after the child's death and
 * validates it. It is cleared before the next sentence.
 */
struct slot {
	/* Set by the renderer. */
	uint32_t percent; /* of normal speed */
	uint32_t text_len;
	uint32_t phonemes; /* whether [[...]] in the text are phonemes */
	uint32_t parts_n;  /* 0: the voice of the process speaks the whole text */
	struct speak_part parts[SLOT_PARTS_MAX];
	/* Set by the child. */
	uint32_t phase; /* enum phase */
	uint32_t end;	/* enum child_end */
	uint64_t samples;
	uint64_t mp3_len;
	int64_t loudness; /* in hundredths of LUFS; SLOT_LOUDNESS_NONE if unknown */
	uint64_t words_n;
	struct slot_word words[SLOT_WORDS_MAX]; /* in the order in which they are spoken */
	char text[SLOT_TEXT_MAX + 1];		/* cleaned, NUL-terminated */
	uint8_t mp3[];
};

#endif
