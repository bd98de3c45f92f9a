#include "metrics.h"

#include <inttypes.h>

/* Writing samples. */

void
metrics_family(struct buf *out, const char *name, const char *type, const char *help)
{
	buf_addf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

void
metrics_table(struct buf *out, const struct metric *v, size_t n, const uint64_t *numbers)
{
	const char *name = "";

	for (size_t i = 0; i < n; i++) {
		if (v[i].name != NULL) {
			name = v[i].name;
			metrics_family(out, name, v[i].type, v[i].help);
		}
		buf_adds(out, name);
		if (v[i].labels != NULL)
			buf_addf(out, "{%s}", v[i].labels);
		if (v[i].divisor > 0)
			buf_addf(out, " %.3f\n", (double)numbers[v[i].at] / v[i].divisor);
		else
			buf_addf(out, " %" PRIu64 "\n", numbers[v[i].at]);
	}
}

void
metrics_named(struct buf *out, const char *name, const char *label, const char *const *values,
    size_t n, const uint64_t *numbers)
{
	for (size_t i = 0; i < n; i++)
		buf_addf(out, "%s{%s=\"%s\"} %" PRIu64 "\n", name, label, values[i], numbers[i]);
}
