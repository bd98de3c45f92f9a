#ifndef TTS_WEBURL_H
#define TTS_WEBURL_H

#include <stdbool.h>

#include "conf.h"
#include "mem.h"

#define WEBURL_MAX 2048

/*
 * The URL of a webhook, in the one spelling that no two programs read differently:
 * "https://host[:port][/path][?query]" in printable ASCII, with a name in letters, digits, "-" and
 * "_", an address of IPv4 in four decimal numbers, or one of IPv6 in brackets. No user, no
 * fragment.
 */
struct weburl {
	bool https;
	int port;
	const char *host; /* without brackets */
	const char *path; /* with the query; "/" if there is none */
};

/* Take URL apart. Return what is wrong with it, to complete "url …", or NULL. */
const char *weburl_parse(struct pool *pool, const char *url, struct weburl *out);

/*
 * The same, and whether a webhook may be at URL as far as that can be told without asking for the
 * name: the scheme, the port, and an address that is written in it.
 */
const char *weburl_wrong(struct pool *pool, const struct conf *conf, const char *url);

#endif
