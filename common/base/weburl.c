#include "weburl.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "netaddr.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"
#define HOST_MAX 253

/* What may be in a path or a query (RFC 3986). */
#define PATH LETTERS DIGITS "-._~:/?@!$&'()*+,;=%[]"

/* A name whose last part is a number is an address to some programs, in any of many spellings. */
static bool
is_numeric(const char *host)
{
	const char *dot = strrchr(host, '.'), *last = dot != NULL ? dot + 1 : host;

	if (strncasecmp(last, "0x", 2) == 0)
		return last[2 + strspn(last + 2, DIGITS "abcdefABCDEF")] == '\0';
	return last[strspn(last, DIGITS)] == '\0';
}

static const char *
host_wrong(const char *host)
{
	struct netaddr a;

	if (host[0] == '\0' || strlen(host) > HOST_MAX)
		return "has no host";
	if (host[0] == '.' || strstr(host, "..") != NULL ||
	    host[strspn(host, LETTERS DIGITS "-_.")] != '\0')
		return "has a host that is neither a name in letters, digits and hyphens nor an "
		       "address";
	if (host[strlen(host) - 1] == '.')
		return "has a host that ends with a dot";
	if (is_numeric(host) && !netaddr_parse(host, &a))
		return "has an address that is not written as four decimal numbers";
	return NULL;
}

/* Read ":443" or nothing. */
static const char *
port_read(const char *s, size_t len, struct weburl *out)
{
	long port = out->https ? 443 : 80;

	if (len > 0) {
		if (s[0] != ':' || len < 2 || len > 6 || strspn(s + 1, DIGITS) < len - 1)
			return "has a port that is not a number of 1 to 65535";
		port = strtol(s + 1, NULL, 10);
	}
	if (port < 1 || port > 65535)
		return "has a port that is not a number of 1 to 65535";
	out->port = (int)port;
	return NULL;
}

/* Take the part between "//" and the path apart. */
static const char *
authority_read(struct pool *pool, const char *s, size_t len, struct weburl *out)
{
	size_t host = 0;
	struct netaddr a;
	const char *wrong;

	if (memchr(s, '@', len) != NULL)
		return "must not have a user name or a password";
	if (s[0] == '[') {
		const char *end = memchr(s, ']', len);

		if (end == NULL)
			return "has an address of IPv6 without an end";
		out->host = pool_strndup(pool, s + 1, (size_t)(end - s) - 1);
		host = (size_t)(end - s) + 1;
		if (strchr(out->host, ':') == NULL || !netaddr_parse(out->host, &a))
			return "has something in brackets that is no address of IPv6";
	} else {
		while (host < len && s[host] != ':')
			host++;
		out->host = pool_strndup(pool, s, host);
		wrong = host_wrong(out->host);
		if (wrong != NULL)
			return wrong;
	}
	return port_read(s + host, len - host, out);
}

const char *
weburl_parse(struct pool *pool, const char *url, struct weburl *out)
{
	const char *s = url;
	size_t len;

	*out = (struct weburl){.path = "/"};
	if (strlen(url) > WEBURL_MAX)
		return "is too long";
	if (strncasecmp(s, "https://", 8) == 0)
		out->https = true;
	else if (strncasecmp(s, "http://", 7) != 0)
		return "is no URL that begins with https://";
	s += out->https ? 8 : 7;
	len = strcspn(s, "/?#");
	if (s[strspn(s, PATH "#")] != '\0')
		return "has characters that have to be percent-encoded";
	if (strchr(s, '#') != NULL)
		return "must not have a fragment";
	if (s[len] != '\0')
		out->path = s[len] == '/' ? s + len : pool_printf(pool, "/%s", s + len);
	return authority_read(pool, s, len, out);
}

/* Whether PORT is in the list of the configuration; an empty one has all. */
static bool
port_listed(const char *ports, int port)
{
	if (ports[strspn(ports, " ")] == '\0')
		return true;
	for (const char *s = ports + strspn(ports, " "); *s != '\0'; s += strspn(s, " ")) {
		if (strtol(s, NULL, 10) == port)
			return true;
		s += strcspn(s, " ");
	}
	return false;
}

const char *
weburl_wrong(struct pool *pool, const struct conf *conf, const char *url)
{
	struct weburl u;
	struct netaddr a;
	const char *why = weburl_parse(pool, url, &u);

	if (why != NULL)
		return why;
	if (!u.https && conf->webhooks.allow_http == 0)
		return "must begin with https://";
	if (!port_listed(conf->webhooks.ports, u.port))
		return pool_printf(pool, "must have one of these ports: %s", conf->webhooks.ports);
	if (!netaddr_parse(u.host, &a) || netaddr_listed(&a, conf->webhooks.allow_networks))
		return NULL;
	why = netaddr_why_not(&a);
	return why == NULL ? NULL : pool_printf(pool, "has an address that is %s", why);
}
