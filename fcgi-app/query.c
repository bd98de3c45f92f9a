#include "query.h"

#include <string.h>

bool
query_find(const char *query, const char *name, const char **value, size_t *len)
{
	size_t n = strlen(name);

	while (strncmp(query, name, n) != 0 || query[n] != '=') {
		query += strcspn(query, "&");
		if (*query == '\0')
			return false;
		query++;
	}
	*value = query + n + 1;
	*len = strcspn(*value, "&");
	return true;
}

bool
query_preview(const struct req *req)
{
	const char *value;
	size_t len;

	return query_find(req->query, "preview", &value, &len) && !(len == 1 && *value == '0');
}
