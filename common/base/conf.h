#ifndef TTS_CONF_H
#define TTS_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONF_DEFAULT_PATH "/etc/tts/tts.conf"
#define CONF_KEY_MIN 32 /* minimum length of a key file in bytes */
#define CONF_KEY_MAX 4096

#define PIPELINE_STAGES 3
#define CONF_LEVELS 8 /* the maximum number of levels of storage */

/* The database accounts; each program uses one. */
enum account {
	ACCOUNT_API,
	ACCOUNT_RENDERER,
	ACCOUNT_WORK,
	ACCOUNT_NOTIFY,
	ACCOUNT_STREAM,
	ACCOUNT_LYRIC,
	ACCOUNT_SONG,
	ACCOUNT_VIDEO,
	ACCOUNT_TIER,
	ACCOUNT_MIGRATION,
	ACCOUNTS
};

struct secret {
	size_t len;
	uint8_t *data;
};

/*
 * The configuration, tts.conf(5): one file for all programs, read once and never changed. No string
 * is NULL ("" if not set); every number is within its documented range.
 */
struct conf {
	struct {
		const char *socket; /* "": TCP to host:port */
		const char *host;
		int port;
		const char *tls_ca; /* PEM file; "": no TLS */
		const char *name;
		int connect_timeout_sec;
		int timeout_sec; /* for reads and writes */
		struct {
			const char *user;
			const char *password_file; /* "": no password (authentication by socket) */
		} account[ACCOUNTS];
	} databases;
	struct {
		const char *token_key_file; /* signs tokens; read by the API only */
		const char *media_key_file; /* used in file names; read by the renderer only */
	} secrets;
	struct {
		int interval_sec;
		int batch_size;	   /* sentences claimed at once; 0 in the file: 16 per worker */
		int run_sec;	   /* after this time a run claims no more */
		int lease_sec;	   /* after this time other hosts may take a claim back */
		int workers;	   /* concurrent children; 0 in the file: the number of CPUs */
		int max_attempts;  /* failures of any kind before a sentence is failed */
		int max_crashes;   /* deaths of the child before a sentence is failed */
		int retry_base_ms; /* full jitter: rand(0, min(cap, base * 2^attempt)) */
		int retry_cap_ms;
		const char *hours; /* when sentences are spoken, see hours.h; "": always */
		const char *lock_file;
		const char *kick_file;
		const char *host; /* identifies this renderer's claims; default: the host name */
	} scheduler;
	struct {
		int interval_sec;
		int batch_size; /* pieces of work claimed at once */
		int run_sec;	/* after this time a run claims no more */
		int lease_sec;	/* after this time without progress other hosts may take over */
		int keep_days;	/* how long finished work is kept in the table */
		const char *lock_file;
		const char *kick_file;
	} work;
	struct {
		int keep_days; /* how long events are kept */
		const char *kick_file;
	} events;
	struct {
		int interval_sec;
		int run_sec;
		int lease_sec;
		int keep_days;		    /* how long finished deliveries are kept */
		int allow_http;		    /* 1: http:// as well as https:// */
		const char *allow_networks; /* that are reached although they are not public */
		const char *ports;	    /* that are reached; "": all */
		const char *lock_file;
	} webhooks;
	struct {
		const char *webhook_url;      /* where an administrator is told; "": nowhere */
		const char *webhook_url_file; /* has that URL, if it is a secret; "": no file */
	} alerts;
	struct {
		const char *service_account_file; /* "": no push messages */
		const char *url;		  /* of FCM */
		const char *token_url;		  /* "": that of the service account */
	} fcm;
	struct {
		const char *socket; /* used without a socket passed by systemd */
		int streams;	    /* of all users together, polls included */
		int per_user;
	} stream;
	struct {
		int enabled;
		int interval_sec;
		int run_sec;
		int lease_sec;
		int keep_days;	/* how long tries and replaced runs are kept */
		int expire_sec; /* what is not finished then fails; 0: never */
		int draft_days; /* after which a draft is deleted; 0: never */
		int images_max; /* of a pipeline */
		int image_bytes;
		const char *inbox;     /* uploaded pictures, until they are decoded */
		const char *kick_file; /* of all stages */
		/* In the order of enum stage. */
		struct conf_stage {
			const char *engine;
			int concurrency;      /* over all hosts */
			const char *url;      /* of the service */
			const char *key_file; /* the key of the service */
			const char *model;    /* "": that of the engine */
			int calls_per_min;    /* of a remote engine; 0: no limit */
			int poll_sec;
			int deadline_sec; /* for what was sent */
			int timeout_sec;  /* for one step */
			const char *lock_file;
		} stage[PIPELINE_STAGES];
		int min_chars;		 /* of a lyric that was written for a request */
		const char *prompt_file; /* the instructions for the model; "": ours */
		const char *music_dir;	 /* has a directory of music for each genre; "": none */
		const char *genre;	 /* if the request says none */
		const char *orientation; /* the same */
		/* Of a song that is spoken: pauses after a line and after a verse, and by how much
		 * the music is louder than the voice. */
		int line_pause_ms, verse_pause_ms, music_db;
		int memory_mib; /* of one ffmpeg(1) */
		const char *template_vertical, *template_horizontal;
		const char
		    *allow_networks; /* where results are fetched although it is not public */
		int result_mib;	     /* the largest file of a result */
	} pipeline;
	struct {
		int expire_sec;
		int refresh_days; /* since the login */
	} token;
	struct {
		const char *url;    /* the URL that "ttsctl status" checks as a client; "": none */
		const char *listen; /* from here on for nginx: see nginx/settings */
		const char *trusted_proxies;
		int requests_per_sec;
		int logins_per_min;
		int in_flight;
		int streams;		/* of one client */
		int heavy_workers;	/* 0: one for each core */
		const char *public_url; /* of this server, as services reach it; "": they do not */
		const char *nginx_conf; /* looked at by "ttsctl status"; "": not at all */
	} http;
	struct {
		const char *root;
		const char *gone_root;
		const char *url; /* path prefix in responses: "/media" */
		int grace_sec;	 /* age at which a file that no row names is removed */
	} media;
	/*
	 * Levels of storage. N is 0 if none are configured: then there is only media.root, and none
	 * of the rest is used.
	 */
	struct {
		size_t n;
		/* By min_count, ascending: the index is the rank of a level, 0 is the lowest. */
		struct conf_level {
			const char *name, *path;
			uint64_t min_count;
			uint64_t max_bytes;  /* 0: what the file system has */
			uint64_t free_bytes; /* that are left free on the file system */
			double keep_ratio;   /* down only below this × min_count */
		} v[CONF_LEVELS];
		size_t home;	   /* the rank of media.root, where new files are written */
		int half_life_sec; /* of a fetch; 0: all fetches count the same */
		int min_stay_sec;  /* a file that was moved stays so long */
		int interval_sec, run_sec, lease_sec;
		const char *hours;   /* when files are moved, see hours.h; "": always */
		int files, mib;	     /* moved in one run at most */
		int grace_sec;	     /* between a move and the removal of the old copy */
		int high_percent;    /* a level that is fuller is emptied to low_percent */
		int low_percent;     /* of max_bytes, or of the file system */
		int replace_percent; /* of the score of those that give way on a full level */
		int repeat_sec;	     /* fetches of a file by one address count once; 0: all count */
		int daily_max;	     /* fetches of a file by one address in a day; 0: no limit */
		int keep_days;	     /* how long the history of moves is kept */
		const char *fetch_log; /* written by nginx */
		const char *lock_file;
	} levels;
	struct {
		const char *language;	   /* for Latin script if the project sets none */
		int constructed_languages; /* 1: their voices are offered */
		int loudness_lufs;	   /* of every sound; 0: leave it as the engine made it */
		int lead_ms, trail_ms;	   /* silence before and after, at normal speed */
		int max_seconds;	   /* of sound; anything longer is a failure */
		int timeout_sec;	   /* wall clock for one sentence */
		int memory_mib; /* address space the child may add to what it starts with */
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
		int sentences_bytes; /* of all text in a project */
		int body_bytes;
		int json_depth;
		int projects_per_user;
		int lexicon_entries; /* per user */
		int sentences_per_project;
		int webhooks_per_user;
		int devices_per_user;
		int keys_per_user;
		int pipelines_per_user;
	} limits;
	struct {
		const char *api_file; /* see counters.h */
		const char *renderer_file;
		const char *work_file;
		const char *notify_file;
		const char *stream_file;
		const char *stage_file[PIPELINE_STAGES]; /* of pipelines */
		const char *tier_file;
	} metrics;
	int log_level; /* 3 (errors only) to 7 (debug) */

	const uint8_t *origins; /* of each key; see conf_origin() */
};

/*
 * Read and check the file, and then each file of the directory conf.d beside it, which may set keys
 * again; see conf_file_list(). On errors, write one line for each to standard error ("tts.conf:12:
 * mp3.quality: 11 is not in 0..9") and return NULL. An unknown key is an error. The result lives as
 * long as the process. Secrets are not read here.
 */
const struct conf *conf_load(const char *path);

/*
 * Read a secret file, without one trailing newline if it has one. If the file cannot be read, is
 * shorter than MIN bytes or longer than CONF_KEY_MAX, the process logs it and exits.
 */
struct secret conf_secret(const char *path, size_t min);

#endif
