#ifndef TTS_GAIN_H
#define TTS_GAIN_H

#include "../../common/say/voice.h"

#define GAIN_TARGET (-18.0) /* LUFS */

/*
 * The gain in dB that brings a typical sentence of this voice to GAIN_TARGET: measured at build
 * time with the engine installed then (render-job/engine/mkgains.c).
 */
double gain_known(const struct voice *voice);

#endif
