#ifndef TTS_VERSION_H
#define TTS_VERSION_H

/* Printed by every program with -V. */
#define TTS_VERSION "0.2.0"

#endif
