#include "oracle.h"

#include <string.h>

#define CANARIES_MAX 20000
#define CANARY_MIN 6 /* a shorter one would be found by chance */

static struct canary {
	const char *data;
	size_t len;
} canaries[CANARIES_MAX];
static size_t canaries_n;

void
canary_add(struct pool *pool, const char *data, size_t len)
{
	if (len < CANARY_MIN)
		return;
	if (canaries_n == CANARIES_MAX)
		give_up("there are more than %d canaries", CANARIES_MAX);
	canaries[canaries_n++] = (struct canary){pool_strndup(pool, data, len), len};
}

void
canaries_read(struct pool *pool, const char *path)
{
	size_t len = 0;
	const char *data = (const char *)file_read(pool, path, &len), *line = data, *end;

	if (data == NULL)
		give_up("cannot read %s", path);
	for (; (end = memchr(line, '\n', len - (size_t)(line - data))) != NULL; line = end + 1)
		canary_add(pool, line, (size_t)(end - line));
}

void
check_log(struct pool *pool, const char *path)
{
	struct pool *own = pool_new();
	size_t len = 0;
	const uint8_t *data = file_read(own, path, &len);

	if (data == NULL)
		give_up("cannot read %s", path);
	for (size_t i = 0; i < canaries_n; i++) {
		const uint8_t *found = memmem(data, len, canaries[i].data, canaries[i].len);
		size_t line = 1;

		if (found == NULL)
			continue;
		for (const uint8_t *p = data; p < found; p++)
			line += *p == '\n';
		broken(I9, "%s:%zu has \"%.12s...\"", path, line, canaries[i].data);
	}
	pool_free(own);
}
