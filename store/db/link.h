#ifndef TTS_LINK_H
#define TTS_LINK_H

#include "../../common/base/conf.h"
#include "db_internal.h"

/*
 * One connection to the server with its prepared statements. Nothing else in store/ uses the client
 * library. The calls that return unsigned return 0 or the number of the error, which db_meaning()
 * interprets.
 */
struct link;

#define LINK_WHY_SIZE 256

/* Connect as USER. If that fails, NULL, with the error number in *CODE and the reason in WHY. */
struct link *link_open(const struct conf *conf, const char *user, const char *password,
    unsigned *code, char why[LINK_WHY_SIZE]);

/* Close it. Only the message that closes the connection is sent to the server. */
void link_close(struct link *link);

/* Run SQL without arguments and result rows, without preparing it. */
unsigned link_plain(struct link *link, const char *sql);

/* The effects of a statement. */
struct done {
	uint64_t changed, inserted;
};

/* Prepare SQL with ITEMS items unless that has been done already, and run it; see db_run(). */
unsigned link_run(struct link *link, struct pool *pool, const struct sql *sql, size_t items,
    const struct arg *args, size_t n_args, struct rows *out, struct done *done);

#endif
