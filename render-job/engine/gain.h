#ifndef TTS_GAIN_H
#define TTS_GAIN_H

#include "../../common/say/voice.h"

#define GAIN_TARGET (-18.0) /* LUFS */

/*
 * The gain in dB that makes a usual sentence of this voice as loud as GAIN_TARGET: measured when
 * the program was built, on the engine that was there then (render-job/engine/mkgains.c).
 */
double gain_known(const struct voice *voice);

#endif
