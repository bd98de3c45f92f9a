#include "nginx.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CONNECTIONS_DEFAULT 512 /* of nginx, if the file does not set it */
#define CONNECTIONS_OTHER 15	/* of each worker: listening sockets, requests, channels */

static int
cores(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n > 0 ? (int)n : 1;
}

/* The value if LINE is "NAME VALUE;", else NULL. */
static const char *
directive(const char *line, const char *name)
{
	size_t len = strlen(name);

	line += strspn(line, " \t");
	if (strncmp(line, name, len) != 0 || strspn(line + len, " \t") == 0)
		return NULL;
	return line + len + strspn(line + len, " \t");
}

/* "events { worker_connections 768; }" may be one line. */
static void
read_line(const char *line, struct nginx_room *room)
{
	const char *value, *brace = strchr(line, '{');

	if ((value = directive(line, "worker_processes")) != NULL)
		room->workers = strncmp(value, "auto", 4) == 0 ? cores() : atoi(value);
	if (brace != NULL && directive(line, "events") != NULL)
		line = brace + 1;
	if ((value = directive(line, "worker_connections")) != NULL)
		room->connections = atoi(value);
}

struct nginx_room
nginx_look(const char *path)
{
	struct nginx_room room = {.workers = 1, .connections = CONNECTIONS_DEFAULT};
	FILE *f = path[0] != '\0' ? fopen(path, "re") : NULL;
	char *line = NULL;
	size_t size = 0;

	if (f == NULL)
		return (struct nginx_room){0, 0};
	while (getline(&line, &size, f) >= 0)
		read_line(line, &room);
	free(line);
	fclose(f);
	return room;
}

int
nginx_streams(const struct nginx_room *room)
{
	int each = (room->connections - CONNECTIONS_OTHER) / 2;

	return each > 0 ? each * room->workers : 0;
}

int
nginx_needed(const struct nginx_room *room, int streams)
{
	int workers = room->workers > 0 ? room->workers : 1;

	return (streams + workers - 1) / workers * 2 + CONNECTIONS_OTHER;
}
