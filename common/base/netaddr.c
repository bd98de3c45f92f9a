#include "netaddr.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORD 64

static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

/* Networks, and why nobody is to be reached there. The first that matches counts. */
struct reserved {
	const char *network, *why;
};

static const struct reserved reserved_4[] = {
    {"0.0.0.0/8", "this network"},
    {"127.0.0.0/8", "loopback"},
    {"10.0.0.0/8", "private"},
    {"172.16.0.0/12", "private"},
    {"192.168.0.0/16", "private"},
    {"100.64.0.0/10", "private"},
    {"169.254.0.0/16", "link-local"},
    {"192.0.0.0/24", "reserved"},
    {"192.0.2.0/24", "reserved"},
    {"192.88.99.0/24", "reserved"},
    {"198.18.0.0/15", "reserved"},
    {"198.51.100.0/24", "reserved"},
    {"203.0.113.0/24", "reserved"},
    {"224.0.0.0/4", "multicast"},
    {"240.0.0.0/4", "reserved"},
};

/* Of IPv6 only 2000::/3 is public, without these. */
static const struct reserved reserved_6[] = {
    {"fe80::/10", "link-local"},
    {"fc00::/7", "private"},
    {"fec0::/10", "private"},
    {"ff00::/8", "multicast"},
    {"2001:db8::/32", "reserved"},
    {"2001::/23", "reserved"}, /* also Teredo, which can lead to any address of IPv4 */
    {"2002::/16", "reserved"}, /* the same of 6to4 */
    {"3fff::/20", "reserved"},
};

static bool
is_v4(const struct netaddr *a)
{
	return memcmp(a->b, mapped, sizeof mapped) == 0;
}

bool
netaddr_parse(const char *s, struct netaddr *out)
{
	memcpy(out->b, mapped, sizeof mapped);
	return inet_pton(AF_INET, s, out->b + 12) == 1 || inet_pton(AF_INET6, s, out->b) == 1;
}

bool
netaddr_of(const struct sockaddr *sa, struct netaddr *out)
{
	struct sockaddr_in in;
	struct sockaddr_in6 in6;

	if (sa->sa_family == AF_INET) {
		memcpy(&in, sa, sizeof in);
		memcpy(out->b, mapped, sizeof mapped);
		memcpy(out->b + 12, &in.sin_addr, 4);
	} else if (sa->sa_family == AF_INET6) {
		memcpy(&in6, sa, sizeof in6);
		memcpy(out->b, &in6.sin6_addr, 16);
	} else {
		return false;
	}
	return true;
}

/* The address of IPv4 that is in one of IPv6, if it is of a form that leads there. */
static struct netaddr
unmap(const struct netaddr *a)
{
	static const uint8_t none[12], nat64[12] = {0, 0x64, 0xff, 0x9b};
	struct netaddr out = *a;

	if (memcmp(a->b, none, sizeof none) == 0 || memcmp(a->b, nat64, sizeof nat64) == 0)
		memcpy(out.b, mapped, sizeof mapped);
	return out;
}

/* Whether A is in the network NET: "10.0.0.0/8", or one address. */
static bool
in_network(const struct netaddr *a, const char *net)
{
	const char *slash = strchr(net, '/');
	char word[WORD];
	struct netaddr n;
	unsigned bits, whole;

	snprintf(word, sizeof word, "%.*s", (int)strcspn(net, "/"), net);
	if (!netaddr_parse(word, &n))
		return false;
	bits = slash == NULL ? 128 : (unsigned)strtoul(slash + 1, NULL, 10);
	if (slash != NULL && is_v4(&n))
		bits += 96;
	if (bits > 128)
		return false;
	whole = bits / 8;
	if (memcmp(a->b, n.b, whole) != 0)
		return false;
	return bits % 8 == 0 || ((a->b[whole] ^ n.b[whole]) >> (8 - bits % 8)) == 0;
}

static const char *
why_reserved(const struct netaddr *a, const struct reserved *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (in_network(a, v[i].network))
			return v[i].why;
	return NULL;
}

const char *
netaddr_why_not(const struct netaddr *addr)
{
	static const struct netaddr loopback = {.b = {[15] = 1}};
	struct netaddr a = unmap(addr);
	const char *why;

	if (memcmp(addr, &loopback, sizeof loopback) == 0)
		return "loopback";
	if (is_v4(&a))
		return why_reserved(&a, reserved_4, sizeof reserved_4 / sizeof *reserved_4);
	why = why_reserved(&a, reserved_6, sizeof reserved_6 / sizeof *reserved_6);
	if (why == NULL && !in_network(&a, "2000::/3"))
		why = "reserved";
	return why;
}

bool
netaddr_listed(const struct netaddr *addr, const char *networks)
{
	struct netaddr a = unmap(addr);
	char word[WORD];

	for (const char *s = networks + strspn(networks, " "); *s != '\0'; s += strspn(s, " ")) {
		size_t len = strcspn(s, " ");

		snprintf(word, sizeof word, "%.*s", (int)len, s);
		if (in_network(&a, word) || in_network(addr, word))
			return true;
		s += len;
	}
	return false;
}

size_t
netaddr_own(struct netaddr *v, size_t max)
{
	struct ifaddrs *list;
	size_t n = 0;

	if (getifaddrs(&list) != 0)
		return 0;
	for (const struct ifaddrs *i = list; i != NULL && n < max; i = i->ifa_next)
		if (i->ifa_addr != NULL && netaddr_of(i->ifa_addr, &v[n]))
			n++;
	freeifaddrs(list);
	return n;
}

bool
netaddr_same(const struct netaddr *a, const struct netaddr *b)
{
	struct netaddr x = unmap(a), y = unmap(b);

	return memcmp(&x, &y, sizeof x) == 0;
}
