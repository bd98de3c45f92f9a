#ifndef TTS_CONF_H
#define TTS_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONF_DEFAULT_PATH "/etc/tts/tts.conf"
#define CONF_KEY_MIN 32 /* bytes a key file must hold at least */
#define CONF_KEY_MAX 4096

/* The three accounts of the database; each program uses one. */
enum account { ACCOUNT_API, ACCOUNT_RENDERER, ACCOUNT_MIGRATION, ACCOUNTS };

struct secret {
	size_t len;
	uint8_t *data;
};

/*
 * The configuration, tts.conf(5): the same file for all programs, read once, never changed. Every
 * string is there ("" where nothing was given); every number is in its documented range.
 */
struct conf {
	struct {
		const char *socket; /* "" means TCP to host:port */
		const char *host;
		int port;
		const char *tls_ca; /* PEM file; "" means no TLS */
		const char *name;
		int connect_timeout_sec;
		int timeout_sec; /* reading and writing */
		struct {
			const char *user;
			const char *password_file; /* "" means no password (auth by socket) */
		} account[ACCOUNTS];
	} databases;
	struct {
		const char *token_key_file; /* signs logins; read by the API only */
		const char *media_key_file; /* names files; read by the renderer only */
	} secrets;
	struct {
		int interval_sec;
		int batch_size;	   /* claimed at a time; 0 in the file becomes 16 for each worker */
		int run_sec;	   /* a run claims nothing more after this time */
		int lease_sec;	   /* other hosts may take a claim back after this time */
		int workers;	   /* children at once; 0 in the file becomes the number of cores */
		int max_attempts;  /* failures of any kind before a sentence is failed */
		int max_crashes;   /* deaths of the child before a sentence is failed */
		int retry_base_ms; /* full jitter: rand(0, min(cap, base * 2^attempt)) */
		int retry_cap_ms;
		const char *lock_file;
		const char *kick_file;
		const char *host; /* names this renderer's claims; the host name if not given */
	} scheduler;
	struct {
		int expire_sec;
	} token;
	struct {
		const char *root;
		const char *gone_root;
		const char *url; /* prefix of the path in answers: "/media" */
		int grace_sec;	 /* age at which a file no row names is swept */
	} media;
	struct {
		const char *language;  /* for Latin script when the project gives none */
		int loudness_lufs;     /* of every sound; 0: as the engine made it */
		int lead_ms, trail_ms; /* silence before and after, at the normal rate */
		int max_seconds;       /* of sound; more is a failure */
		int timeout_sec;       /* wall clock for one sentence */
		int memory_mib;	       /* address space of the child above what it starts with */
	} speech;
	struct {
		int bitrate_kbps;
		int quality;
		int sample_rate_hz; /* 0: the engine's own */
	} mp3;
	struct {
		int title_chars, name_chars, email_chars;
		int password_min, password_max;
		int sentence_chars;
		int sentences_bytes; /* of the text of a project */
		int body_bytes;
		int json_depth;
		int projects_per_user;
		int lexicon_entries; /* of a user */
		int sentences_per_project;
	} limits;
	struct {
		const char *api_file; /* counters.h */
		const char *renderer_file;
	} metrics;
	int log_level; /* 3 error … 7 debug */

	const uint8_t *origins; /* of each key, see conf_origin() */
};

/*
 * Read and check the file. On any error write one line for each to standard error ("tts.conf:12:
 * mp3.quality: 11 is not in 0..9") and return NULL. An unknown key is an error. The result lives as
 * long as the process. Secrets are not read here.
 */
const struct conf *conf_load(const char *path);

/*
 * Read a whole secret file; one trailing newline is not part of it. The process ends with a line in
 * the log if it cannot be read, is shorter than MIN bytes or longer than CONF_KEY_MAX.
 */
struct secret conf_secret(const char *path, size_t min);

#endif
