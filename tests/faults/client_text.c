#include "client.h"

#include <stdio.h>
#include <string.h>

#include "../../common/base/crypt.h"

#define SYLLABLES 16

static const char *const syllables[SYLLABLES] = {
    "ba", "ke", "lo", "mi", "nu", "pa", "re", "so", "ti", "wu", "da", "fe", "go", "hi", "ju", "ka"};

static const char *const endings[] = {"stood by the gate.", "went up the hill at noon!",
    "said nothing more.", "sang, and then was still.", "had no hat on?", "came late.",
    "drank the last of the tea.", "was 42 years old.", "ran.", "looked out of the window again."};

uint64_t
choose(struct client *c, uint64_t bound)
{
	uint64_t z = c->seed += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return (z ^ (z >> 31)) % bound;
}

static void
add_syllables(struct buf *text, unsigned n)
{
	do {
		buf_adds(text, syllables[n % SYLLABLES]);
		n /= SYLLABLES;
	} while (n > 0);
}

const char *
text_new(struct client *c, struct pool *pool)
{
	struct buf text;

	buf_init(&text, pool, 128);
	buf_adds(&text, TEXT_CANARY " ");
	add_syllables(&text, c->prefix);
	buf_adds(&text, " ");
	add_syllables(&text, c->serial++);
	buf_adds(&text, " ");
	buf_adds(&text, endings[choose(c, sizeof endings / sizeof endings[0])]);
	return text.data;
}

const char *
text_hash(struct pool *pool, const char *s)
{
	uint8_t hash[CRYPT_SHA256_SIZE];
	char *hex = pool_alloc(pool, 2 * sizeof hash + 1);

	crypt_sha256(hash, s, strlen(s));
	crypt_hex(hex, hash, sizeof hash);
	return hex;
}

const char *
json_quote(struct pool *pool, const char *s)
{
	struct buf out;

	buf_init(&out, pool, strlen(s) + 16);
	buf_adds(&out, "\"");
	for (; *s != '\0'; s++) {
		if ((unsigned char)*s < 0x20)
			buf_addf(&out, "\\u%04x", (unsigned char)*s);
		else if (*s == '"' || *s == '\\')
			buf_addf(&out, "\\%c", *s);
		else
			buf_add(&out, s, 1);
	}
	buf_adds(&out, "\"");
	return out.data;
}
