#ifndef TTS_VERSION_H
#define TTS_VERSION_H

/* Printed by every program with -V. */
#define TTS_VERSION "0.1.0"

#endif
