#include <stdarg.h>
#include <string.h>

#include "conf_key.h"
#include "conf_reading.h"
#include "log.h"

/* The configuration lives as long as the process. */
struct pool *
conf_pool(void)
{
	static struct pool *pool;

	if (pool == NULL)
		pool = pool_new();
	return pool;
}

static void __attribute__((format(printf, 3, 0)))
report_line(struct conf_reading *r, struct location at, const char *fmt, va_list ap)
{
	char *message = pool_vprintf(r->pool, fmt, ap);

	if (at.line > 0)
		log_error("%s:%d: %s", at.path, at.line, message);
	else
		log_error("%s: %s", r->path, message);
	r->errors++;
}

void
conf_report(struct conf_reading *r, int line, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	report_line(r, (struct location){r->path, line}, fmt, ap);
	va_end(ap);
}

void
conf_report_at(struct conf_reading *r, struct location at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	report_line(r, at, fmt, ap);
	va_end(ap);
}

void
conf_report_key(struct conf_reading *r, const char *name, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	report_line(r, r->set[conf_key(name) - conf_keys], fmt, ap);
	va_end(ap);
}

void
conf_report_order(
    struct conf_reading *r, const char *low, int low_value, const char *high, int high_value)
{
	conf_report_key(r, conf_is_set(r, low) ? low : high,
	    "%s: %d is too large for %s, which is %d", low, low_value, high, high_value);
}

bool
conf_is_set(const struct conf_reading *r, const char *name)
{
	return r->set[conf_key(name) - conf_keys].line > 0;
}

void
conf_mark_computed(struct conf_reading *r, const char *name)
{
	r->origins[conf_key(name) - conf_keys] = CONF_COMPUTED;
}

bool
conf_path_contains(const char *a, const char *b)
{
	size_t len = strlen(a);

	return strncmp(a, b, len) == 0 && (b[len] == '\0' || b[len] == '/');
}
