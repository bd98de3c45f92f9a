#ifndef TTS_MEM_H
#define TTS_MEM_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A pool holds memory with the lifetime of a request (or of a batch that is rendered): it is
 * allocated piece by piece and freed all at once. No function here returns NULL: when memory runs
 * out, the process logs it and exits, and its supervisor starts another.
 */
struct pool;

struct pool *pool_new(void);

/* Free all memory allocated from POOL, and POOL itself. NULL is ignored. */
void pool_free(struct pool *pool);

/* Free all memory allocated from POOL. POOL can be used again; it keeps at most one small chunk. */
void pool_reset(struct pool *pool);

/* Return SIZE zeroed bytes, aligned for any type. */
void *pool_alloc(struct pool *pool, size_t size);

/* Return N zeroed elements of SIZE bytes; if the product overflows, the process exits. */
void *pool_array(struct pool *pool, size_t n, size_t size);

/* Copy a string. pool_strndup copies exactly LEN bytes, which may contain NUL, and appends a
 * NUL. */
char *pool_strdup(struct pool *pool, const char *s);
char *pool_strndup(struct pool *pool, const char *s, size_t len);

char *pool_printf(struct pool *pool, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
char *pool_vprintf(struct pool *pool, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0), nonnull));

/*
 * A byte string that grows, in a pool. DATA always ends with a NUL, which LEN does not count; it
 * moves when the string grows.
 */
struct buf {
	struct pool *pool;
	char *data;
	size_t len, cap;
};

void buf_init(struct buf *buf, struct pool *pool, size_t hint);
void buf_add(struct buf *buf, const void *data, size_t len);
void buf_adds(struct buf *buf, const char *s);
void buf_addu(struct buf *buf, uint64_t n); /* in decimal; ten times as fast as buf_addf */
void buf_addf(struct buf *buf, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
