#ifndef TTS_LISTEN_H
#define TTS_LISTEN_H

/*
 * The listening socket: descriptor 3 if systemd passes one (sd_listen_fds(3)), else
 * standard input if that is one, else a socket that is made at PATH. If there is none, the process
 * logs why and exits.
 */
int listen_socket(const char *path);

#endif
