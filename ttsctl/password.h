#ifndef TTS_PASSWORD_H
#define TTS_PASSWORD_H

#include "../common/base/conf.h"
#include "../common/base/mem.h"

/*
 * Read a password and return its hash. It is on the first line of FILE, where "-" is standard
 * input; if FILE is NULL, it is asked for twice on the terminal without echo. Returns NULL,
 * reported on standard error, if there is none or it is too short or too long.
 */
const char *password_read(const struct conf *conf, struct pool *pool, const char *file);

#endif
