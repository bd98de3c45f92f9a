#ifndef TTS_TEST_GRANTS_H
#define TTS_TEST_GRANTS_H

#include "fixture.h"

/* Run SQL with the client as ACCOUNT; false when the server denied it. */
bool grants_allow(enum account account, const char *sql);

/* Run N statements by one client, which goes on after errors; fail unless each was denied. */
void grants_deny(enum account account, const char *const *statements, size_t n);
#define DENIED(account, list) grants_deny(account, list, sizeof(list) / sizeof *(list))

#endif
