#ifndef TTS_LINK_H
#define TTS_LINK_H

#include "../../common/base/conf.h"
#include "db_internal.h"

/*
 * One connection to the server with its prepared statements: all that the rest of store/ sees of
 * the client library. The calls that return unsigned give 0 or the number of the error; what an
 * error means is db_meaning()'s to say.
 */
struct link;

#define LINK_WHY_SIZE 256

/* Connect as USER. NULL when that fails, with the number in *CODE and the reason in WHY. */
struct link *link_open(const struct conf *conf, const char *user, const char *password,
    unsigned *code, char why[LINK_WHY_SIZE]);

/* Close it. The server is not spoken to for longer than it takes to say goodbye. */
void link_close(struct link *link);

/* Run SQL that takes no argument and returns no row, without preparing it. */
unsigned link_plain(struct link *link, const char *sql);

/* What a statement did. */
struct done {
	uint64_t changed, inserted;
};

/* Prepare SQL with ITEMS items if that was not done yet, and run it; see db_run(). */
unsigned link_run(struct link *link, struct pool *pool, const struct sql *sql, size_t items,
    const struct arg *args, size_t n_args, struct rows *out, struct done *done);

#endif
