#ifndef TTS_LYRIC_TEXTS_H
#define TTS_LYRIC_TEXTS_H

#include <stddef.h>

/*
 * The texts of the engine `template`: pairs of lines, of which one is chosen for each part of a
 * lyric. In them, {name}, {region} and {detail} are replaced by the facts of the request. In Korean
 * a particle can follow, in the form used after a consonant: {name:은} becomes "머뭄은" or
 * "카페는".
 */
enum lyric_tone { LYRIC_CALM, LYRIC_BRIGHT, LYRIC_DRIVING, LYRIC_TONES };

/* The parts in which a pair can be. */
enum lyric_part {
	LYRIC_OPENING,
	LYRIC_PLACE,  /* with {region} */
	LYRIC_CHORUS, /* with {name} */
	LYRIC_REFRAIN,
	LYRIC_ENDING, /* with {name} */
	LYRIC_PARTS
};

#define LYRIC_PAIRS_MAX 6

struct lyric_pair {
	const char *line[2]; /* NULL: after the last pair */
};

struct lyric_texts {
	struct lyric_pair pairs[LYRIC_TONES][LYRIC_PARTS][LYRIC_PAIRS_MAX];
	struct lyric_pair phrase[LYRIC_PAIRS_MAX];   /* with a {detail} that is not a sentence */
	struct lyric_pair sentence[LYRIC_PAIRS_MAX]; /* with one that is */
	const char *nameless;			     /* instead of a name that is not given */
};

extern const struct lyric_texts lyric_ko, lyric_en;

#endif
