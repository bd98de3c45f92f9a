#ifndef TTS_NETADDR_H
#define TTS_NETADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/*
 * Which addresses a program of ours may connect to on behalf of a user. Only public ones: a user
 * must not reach through us what is reachable only from here.
 */

/* An address as 16 bytes; one of IPv4 is ::ffff:a.b.c.d. */
struct netaddr {
	uint8_t b[16];
};

/* Read an address of IPv4 (a.b.c.d) or IPv6. */
bool netaddr_parse(const char *s, struct netaddr *out);

/* The address of a socket address; false if it is neither IPv4 nor IPv6. */
bool netaddr_of(const struct sockaddr *sa, struct netaddr *out);

/*
 * Why one must not connect to ADDR: "loopback", "private" …; NULL if it is public. An address of
 * IPv6 that stands for one of IPv4 (mapped, compatible, 64:ff9b::/96) is judged by that one.
 */
const char *netaddr_why_not(const struct netaddr *addr);

/*
 * Whether ADDR, or the address of IPv4 for which it stands, is in one of the NETWORKS of a list
 * like "127.0.0.1 2001:db8::/32", as the configuration has it.
 */
bool netaddr_listed(const struct netaddr *addr, const char *networks);

/* Read the addresses of this machine's interfaces, at most MAX, into V. Return how many. */
size_t netaddr_own(struct netaddr *v, size_t max);

/* Whether both stand for the same address. */
bool netaddr_same(const struct netaddr *a, const struct netaddr *b);

#endif
