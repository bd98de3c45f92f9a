#include "mem.h"

#include <errno.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "log.h"

/* With AddressSanitizer, unallocated memory of a pool is poisoned so that overruns are noticed. */
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#define GAP 16
#else
#define ASAN_POISON_MEMORY_REGION(addr, size) ((void)(addr), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(addr, size) ((void)(addr), (void)(size))
#define GAP 0
#endif

#define ALIGN alignof(max_align_t)
#define CHUNK ((size_t)16 * 1024 - sizeof(struct chunk))
#define BIG (CHUNK / 4) /* allocations of this size or more get a chunk of their own */

struct chunk {
	struct chunk *next;
	size_t used;
	alignas(max_align_t) unsigned char data[];
};

struct pool {
	struct chunk *small; /* the one in use comes first */
	struct chunk *big;
};

static _Noreturn void
out_of_memory(size_t size)
{
	fatal(EX_OSERR, "cannot allocate %zu bytes: %s", size, strerror(ENOMEM));
}

/* calloc gets large chunks zeroed from the kernel; small allocations are zeroed in pool_alloc. */
static struct chunk *
chunk_new(struct chunk *next, size_t size)
{
	struct chunk *chunk;

	if (size > SIZE_MAX - sizeof *chunk)
		out_of_memory(size);
	chunk = calloc(1, sizeof *chunk + size);
	if (chunk == NULL)
		out_of_memory(size);
	chunk->next = next;
	return chunk;
}

static void
chunks_free(struct chunk *chunk)
{
	while (chunk != NULL) {
		struct chunk *next = chunk->next;

		free(chunk);
		chunk = next;
	}
}

struct pool *
pool_new(void)
{
	struct pool *pool = calloc(1, sizeof *pool);

	if (pool == NULL)
		out_of_memory(sizeof *pool);
	return pool;
}

void
pool_free(struct pool *pool)
{
	if (pool == NULL)
		return;
	chunks_free(pool->small);
	chunks_free(pool->big);
	free(pool);
}

void
pool_reset(struct pool *pool)
{
	chunks_free(pool->big);
	pool->big = NULL;
	if (pool->small != NULL) {
		chunks_free(pool->small->next);
		pool->small->next = NULL;
		pool->small->used = 0;
		ASAN_POISON_MEMORY_REGION(pool->small->data, CHUNK);
	}
}

void *
pool_alloc(struct pool *pool, size_t size)
{
	struct chunk *chunk = pool->small;
	size_t room;
	void *p;

	if (size >= BIG) {
		pool->big = chunk_new(pool->big, size);
		return pool->big->data;
	}
	room = (size + GAP + ALIGN - 1) / ALIGN * ALIGN;
	if (room == 0)
		room = ALIGN;
	if (chunk == NULL || CHUNK - chunk->used < room) {
		chunk = pool->small = chunk_new(chunk, CHUNK);
		ASAN_POISON_MEMORY_REGION(chunk->data, CHUNK);
	}
	p = chunk->data + chunk->used;
	chunk->used += room;
	ASAN_UNPOISON_MEMORY_REGION(p, size);
	return memset(p, 0, size);
}

void *
pool_array(struct pool *pool, size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes))
		out_of_memory(SIZE_MAX);
	return pool_alloc(pool, bytes);
}

char *
pool_strdup(struct pool *pool, const char *s)
{
	return pool_strndup(pool, s, strlen(s));
}

char *
pool_strndup(struct pool *pool, const char *s, size_t len)
{
	char *copy;

	if (len == SIZE_MAX)
		out_of_memory(len);
	copy = pool_alloc(pool, len + 1);
	if (len > 0)
		memcpy(copy, s, len);
	return copy;
}

char *
pool_vprintf(struct pool *pool, const char *fmt, va_list ap)
{
	va_list again;
	char *s;
	int len;

	va_copy(again, ap);
	len = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (len < 0)
		fatal(EX_SOFTWARE, "cannot format a string: %s", strerror(errno));
	s = pool_alloc(pool, (size_t)len + 1);
	vsnprintf(s, (size_t)len + 1, fmt, ap);
	return s;
}

char *
pool_printf(struct pool *pool, const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = pool_vprintf(pool, fmt, ap);
	va_end(ap);
	return s;
}

void
buf_init(struct buf *buf, struct pool *pool, size_t hint)
{
	buf->pool = pool;
	buf->cap = hint < 64 ? 64 : hint;
	buf->len = 0;
	buf->data = pool_alloc(pool, buf->cap);
}

/* Make room for LEN more bytes and a NUL. */
static void
buf_grow(struct buf *buf, size_t len)
{
	size_t need, cap = buf->cap;
	char *data;

	if (__builtin_add_overflow(buf->len, len, &need) || need > SIZE_MAX / 4)
		out_of_memory(SIZE_MAX);
	if (need < cap)
		return;
	while (cap <= need)
		cap *= 2;
	data = pool_alloc(buf->pool, cap);
	memcpy(data, buf->data, buf->len);
	buf->data = data;
	buf->cap = cap;
}

void
buf_add(struct buf *buf, const void *data, size_t len)
{
	if (len == 0)
		return;
	buf_grow(buf, len);
	memcpy(buf->data + buf->len, data, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
}

void
buf_adds(struct buf *buf, const char *s)
{
	buf_add(buf, s, strlen(s));
}

void
buf_addu(struct buf *buf, uint64_t n)
{
	char digits[20]; /* of UINT64_MAX */
	size_t at = sizeof digits;

	do
		digits[--at] = (char)('0' + n % 10);
	while ((n /= 10) > 0);
	buf_add(buf, digits + at, sizeof digits - at);
}

void
buf_addf(struct buf *buf, const char *fmt, ...)
{
	size_t room = buf->cap - buf->len;
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(buf->data + buf->len, room, fmt, ap);
	va_end(ap);
	if (len < 0)
		fatal(EX_SOFTWARE, "cannot format a string: %s", strerror(errno));
	if ((size_t)len >= room) {
		buf_grow(buf, (size_t)len);
		va_start(ap, fmt);
		vsnprintf(buf->data + buf->len, (size_t)len + 1, fmt, ap);
		va_end(ap);
	}
	buf->len += (size_t)len;
}
