#ifndef TTS_CTL_NGINX_H
#define TTS_CTL_NGINX_H

/* What nginx's main configuration file says about connections; 0: it cannot be read. */
struct nginx_room {
	int workers;	 /* worker_processes; "auto" is the number of cores */
	int connections; /* worker_connections, of each of them */
};

/* Read PATH; files that it includes are not looked at: Debian's sets both itself. */
struct nginx_room nginx_look(const char *path);

/* The number of streams that there is room for: each takes a connection to the client and one to
 * tts-stream, and some are needed otherwise. */
int nginx_streams(const struct nginx_room *room);

/* The worker_connections that STREAMS streams need. */
int nginx_needed(const struct nginx_room *room, int streams);

#endif
