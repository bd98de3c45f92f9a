#ifndef TTS_PASSWORD_H
#define TTS_PASSWORD_H

#include "../common/base/conf.h"
#include "../common/base/mem.h"

/*
 * Read a password and give its hash. FILE has it on its first line, "-" is standard input; NULL
 * asks twice on the terminal, without echo. NULL, said on standard error, if there is none or it is
 * too short or too long.
 */
const char *password_read(const struct conf *conf, struct pool *pool, const char *file);

#endif
