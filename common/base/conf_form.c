#include "conf_form.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "hours.h"

#define PATH_LENGTH 1024 /* anything longer is a mistake; leaves room for what is appended */

static bool
consists_of(const char *s, const char *characters, size_t min, size_t max)
{
	size_t len = strlen(s);

	return len >= min && len <= max && strspn(s, characters) == len;
}

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

static bool
is_path(const char *s)
{
	size_t len = strlen(s);

	if (s[0] != '/' || len < 2 || len > PATH_LENGTH || s[len - 1] == '/')
		return false;
	for (; *s != '\0'; s++) {
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			return false;
		if (strncmp(s, "/../", 4) == 0 || strcmp(s, "/..") == 0)
			return false;
	}
	return true;
}

static bool
is_path_or_none(const char *s)
{
	return s[0] == '\0' || is_path(s);
}

static bool
is_host_or_none(const char *s)
{
	return consists_of(s, LETTERS DIGITS "-_.:%", 0, 255);
}

static bool
is_host_name(const char *s)
{
	return consists_of(s, LETTERS DIGITS "-_.", 0, 64);
}

static bool
is_database(const char *s)
{
	return consists_of(s, LETTERS DIGITS "-_$", 1, 64);
}

static bool
is_account(const char *s)
{
	return consists_of(s, LETTERS DIGITS "-_.$@", 1, 80);
}

static bool
is_url(const char *s)
{
	return consists_of(s, LETTERS DIGITS "-_.~/", 2, 255) && s[0] == '/' &&
	       s[strlen(s) - 1] != '/' && strstr(s, "//") == NULL && strstr(s, "/.") == NULL;
}

/* "" disables the check. */
static bool
is_site_or_none(const char *s)
{
	static const char scheme[] = "http://";
	size_t len = strlen(scheme);

	return s[0] == '\0' || (strncmp(s, scheme, len) == 0 &&
				   consists_of(s + len, LETTERS DIGITS "-_.:[]", 1, 255));
}

/* "https://" or "http://", a host, and perhaps a port and a path. */
static bool
is_service(const char *s)
{
	size_t scheme = strncmp(s, "https://", 8) == 0 ? 8 : strncmp(s, "http://", 7) == 0 ? 7 : 0;

	return scheme > 0 && s[strlen(s) - 1] != '/' &&
	       consists_of(s + scheme, LETTERS DIGITS "-_.~:[]/", 1, 255);
}

static bool
is_service_or_none(const char *s)
{
	return s[0] == '\0' || is_service(s);
}

static bool
is_one_of(const char *s, const char *const *v)
{
	for (; *v != NULL; v++)
		if (strcmp(s, *v) == 0)
			return true;
	return false;
}

static bool
is_lyric_engine(const char *s)
{
	return is_one_of(s, (const char *const[]){"template", "openai-chat", NULL});
}

static bool
is_song_engine(const char *s)
{
	return is_one_of(s, (const char *const[]){"speech", "suno", NULL});
}

static bool
is_video_engine(const char *s)
{
	return is_one_of(s, (const char *const[]){"ffmpeg", "creatomate", NULL});
}

static bool
is_orientation(const char *s)
{
	return is_one_of(s, (const char *const[]){"vertical", "horizontal", NULL});
}

/* What goes into a request to a service, and into its URL. */
static bool
is_token_or_none(const char *s)
{
	return consists_of(s, LETTERS DIGITS "-_.:/@+", 0, 255);
}

static bool
is_genre(const char *s)
{
	size_t len = strlen(s);

	for (size_t i = 0; i < len; i++)
		if ((unsigned char)s[i] < 0x20 || s[i] == 0x7f || s[i] == '/')
			return false;
	return len >= 1 && len <= 255;
}

static bool
is_language(const char *s)
{
	return consists_of(s, LETTERS DIGITS "-", 2, 35) && s[0] != '-';
}

/* A part of file names, keys and lines of the log. */
static bool
is_level(const char *s)
{
	return consists_of(s, "abcdefghijklmnopqrstuvwxyz" DIGITS "-", 1, 16) && s[0] >= 'a';
}

/* Longest word of a list: "[address of IPv6]:port". */
#define WORD_LENGTH (INET6_ADDRSTRLEN + 8)

/* Tell whether S is a list of words for which FITS holds, separated by spaces; FITS may change
 * them. */
static bool
is_list_of(const char *s, size_t min, bool (*fits)(char *word))
{
	char word[WORD_LENGTH + 1];
	size_t n = 0;

	for (s += strspn(s, " "); *s != '\0'; n++) {
		size_t len = strcspn(s, " ");

		if (len > WORD_LENGTH)
			return false;
		memcpy(word, s, len);
		word[len] = '\0';
		if (!fits(word))
			return false;
		s += len;
		s += strspn(s, " ");
	}
	return n >= min;
}

/* Tell whether S is a number without a leading zero, of MIN to MAX. */
static bool
is_decimal(const char *s, long min, long max)
{
	long n;

	if (!consists_of(s, DIGITS, 1, 5) || (s[0] == '0' && s[1] != '\0'))
		return false;
	n = strtol(s, NULL, 10);
	return n >= min && n <= max;
}

static bool
is_ip(const char *s, int family)
{
	unsigned char address[sizeof(struct in6_addr)];

	return inet_pton(family, s, address) == 1;
}

/* "192.0.2.1:80" or "[2001:db8::1]:80" */
static bool
is_endpoint(char *word)
{
	char *colon = strrchr(word, ':');

	if (colon == NULL || !is_decimal(colon + 1, 1, 65535))
		return false;
	*colon = '\0';
	if (word[0] != '[')
		return is_ip(word, AF_INET);
	if (colon[-1] != ']')
		return false;
	colon[-1] = '\0';
	return is_ip(word + 1, AF_INET6);
}

/* An address, or one with the length of a prefix: "192.0.2.0/24", "2001:db8::/32" */
static bool
is_network(char *word)
{
	char *slash = strchr(word, '/');
	int family = strchr(word, ':') != NULL ? AF_INET6 : AF_INET;

	if (slash != NULL) {
		*slash = '\0';
		if (!is_decimal(slash + 1, 0, family == AF_INET ? 32 : 128))
			return false;
	}
	return is_ip(word, family);
}

static bool
is_endpoints(const char *s)
{
	return is_list_of(s, 1, is_endpoint);
}

static bool
is_networks(const char *s)
{
	return is_list_of(s, 0, is_network);
}

static bool
is_port(char *word)
{
	return is_decimal(word, 1, 65535);
}

static bool
is_ports(const char *s)
{
	return is_list_of(s, 0, is_port);
}

const struct conf_form form_path = {"an absolute path", is_path};
const struct conf_form form_path_or_none = {"an absolute path or empty", is_path_or_none};
const struct conf_form form_host_or_none = {"a host name or an address", is_host_or_none};
const struct conf_form form_host_name = {
    "a name of up to 64 letters, digits and \"-_.\"", is_host_name};
const struct conf_form form_database = {"the name of a database", is_database};
const struct conf_form form_account = {"the name of an account", is_account};
const struct conf_form form_url = {"a path like \"/media\"", is_url};
const struct conf_form form_hours = {"hours like \"22:00-06:00\" or empty", hours_are_valid};
const struct conf_form form_site_or_none = {
    "\"http://\", a host and perhaps a port, or empty", is_site_or_none};
const struct conf_form form_service = {"a URL like \"https://example.org\"", is_service};
const struct conf_form form_service_or_none = {
    "a URL like \"https://example.org/token\" or empty", is_service_or_none};
const struct conf_form form_endpoints = {
    "a list of addresses with ports like \"127.0.0.1:8080 [::1]:8080\"", is_endpoints};
const struct conf_form form_networks = {
    "a list of addresses and networks like \"127.0.0.1 2001:db8::/32\"", is_networks};
const struct conf_form form_ports = {"a list of ports like \"443 8443\"", is_ports};
const struct conf_form form_lyric_engine = {"\"template\" or \"openai-chat\"", is_lyric_engine};
const struct conf_form form_song_engine = {"\"speech\" or \"suno\"", is_song_engine};
const struct conf_form form_video_engine = {"\"ffmpeg\" or \"creatomate\"", is_video_engine};
const struct conf_form form_orientation = {"\"vertical\" or \"horizontal\"", is_orientation};
const struct conf_form form_token_or_none = {
    "up to 255 letters, digits and \"-_.:/@+\"", is_token_or_none};
const struct conf_form form_genre = {"1 to 255 characters in one line without \"/\"", is_genre};
const struct conf_form form_language = {"a language tag like \"en\"", is_language};
const struct conf_form form_level = {
    "a name of up to 16 letters a-z, digits and \"-\" that begins with a letter", is_level};
