#include "say_parts.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define HOST_MAX 253 /* RFC 1035 */
#define LABEL_MAX 63
#define PORT_DIGITS 5
#define PATH_MAX_SAID 128
#define LOCAL_MAX 64 /* RFC 5321 */

/* Top-level domains that make "example.com" a host name without further evidence. */
static const char *const domains[] = {"com", "net", "org", "edu", "gov", "io", "dev", "info", "kr",
    "jp", "cn", "uk", "de", "fr", "eu", "us", "ai", "app", "tv"};

static bool
is_label(char c)
{
	return isalnum((unsigned char)c) || c == '-';
}

/* The length of a host name with at least two labels at S[AT], or 0; *LAST is the start of the
 * last label. */
static size_t
host_length(const char *s, size_t len, size_t at, size_t *last)
{
	size_t i = at, labels = 0, end = at;

	while (i < len && i - at < HOST_MAX) {
		size_t from = i;

		if (s[from] == '-')
			break;
		while (i < len && i - from <= LABEL_MAX && is_label(s[i]))
			i++;
		if (i == from || i - from > LABEL_MAX || s[i - 1] == '-')
			break;
		*last = from;
		end = i;
		labels++;
		if (i >= len || s[i] != '.')
			break;
		i++;
	}
	return labels >= 2 && end - at <= HOST_MAX ? end - at : 0;
}

static bool
known_domain(const char *s, size_t len)
{
	for (size_t i = 0; i < SAY_COUNT(domains); i++)
		if (strlen(domains[i]) == len && strncasecmp(domains[i], s, len) == 0)
			return true;
	return false;
}

static bool
has_prefix(const char *s, size_t len, size_t at, const char *prefix)
{
	size_t n = strlen(prefix);

	return len - at >= n && strncasecmp(s + at, prefix, n) == 0;
}

/* The length of the port and path after a host name, without punctuation that ends a sentence. */
static size_t
path_length(const char *s, size_t len, size_t at)
{
	size_t i = at;

	if (i + 1 < len && s[i] == ':' && isdigit((unsigned char)s[i + 1]))
		for (i++; i < len && i - at <= PORT_DIGITS && isdigit((unsigned char)s[i]);)
			i++;
	if (i < len && s[i] == '/')
		while (i < len && i - at < PATH_MAX_SAID &&
		       (isalnum((unsigned char)s[i]) || strchr("/._-~%?=&#+", s[i]) != NULL) &&
		       s[i] != '\0')
			i++;
	while (i > at && strchr(".?,", s[i - 1]) != NULL)
		i--;
	return i - at;
}

size_t
say_url(const char *s, size_t len, size_t at)
{
	size_t scheme = has_prefix(s, len, at, "https://")  ? 8
			: has_prefix(s, len, at, "http://") ? 7
							    : 0;
	size_t last = at, n = host_length(s, len, at + scheme, &last), end = at + scheme + n;
	bool sure = scheme > 0 || has_prefix(s, len, at, "www.");

	if (n == 0 ||
	    (!sure && (!known_domain(s + last, end - last) || !islower((unsigned char)s[last]))))
		return 0;
	return scheme + n + path_length(s, len, end);
}

size_t
say_email(const char *s, size_t len, size_t at)
{
	size_t i = at, last = 0, n;

	while (i < len && i - at < LOCAL_MAX && s[i] != '\0' &&
	       (isalnum((unsigned char)s[i]) || strchr("._-+%", s[i]) != NULL))
		i++;
	if (i == at || i >= len || s[i] != '@')
		return 0;
	n = host_length(s, len, i + 1, &last);
	return n > 0 ? i + 1 + n - at : 0;
}

static const char *
sign_words(char c, const struct say_entry *signs, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (signs[i].from[0] == c)
			return signs[i].to;
	return NULL;
}

bool
say_address(struct buf *out, const struct say_capture *c, const struct say_entry *signs, size_t n)
{
	size_t i = has_prefix(c->s, c->len, 0, "https://")  ? 8
		   : has_prefix(c->s, c->len, 0, "http://") ? 7
							    : 0;
	size_t end = c->len > i && c->s[c->len - 1] == '/' ? c->len - 1 : c->len;
	bool word = false;

	if (has_prefix(c->s, c->len, i, "www.")) {
		buf_adds(out, sign_words('w', signs, n));
		i += 3;
		word = true;
	}
	for (; i < end; i++) {
		const char *said =
		    isalnum((unsigned char)c->s[i]) ? NULL : sign_words(c->s[i], signs, n);

		if (said != NULL && word)
			buf_adds(out, " ");
		if (said != NULL) {
			buf_adds(out, said);
			buf_adds(out, " ");
		} else
			buf_add(out, isalnum((unsigned char)c->s[i]) ? c->s + i : " ", 1);
		word = said == NULL;
	}
	return true;
}
