#ifndef TTS_ENGINE_PIPELINE_H
#define TTS_ENGINE_PIPELINE_H

#include "../common/base/conf.h"
#include "../common/base/mem.h"
#include "../store/stage.h"

/*
 * Whoever does a stage: a program of this machine, or a service. An engine is plain blocking code
 * that knows no database: each call is made in a child process of its own, which has a private
 * directory for files and a limit of time, and dies with its parent. What the call puts into the
 * answer is copied to the parent, which checks it, publishes the files and writes the result.
 *
 * A call returns nothing: answer->class says what became of it.
 */

#define ENGINE_EXCERPT 1024 /* bytes of an answer that are kept */
#define ENGINE_FILES_MAX 32
#define ENGINE_CAPTIONS_MAX 4096

struct engine_input {
	const struct conf *conf;
	struct pool *pool; /* lives as long as the child */
	enum stage stage;
	const char *task_id;   /* the name of the pipeline */
	uint64_t run;	       /* the run of the stage: a number that no other run has */
	const char *reference; /* the same as a name, for a service that echoes one */

	/* What the request said. */
	const char *customer_name, *region, *detail, *language, *genre;
	bool vertical; /* the orientation */

	/* The lyric: of the request, or of the stage before; "" if there is none. */
	const char *lyric;

	/* For engine speech: the sentences, all of them ready; paths are absolute. */
	const struct stage_sound *sounds;
	size_t n_sounds;

	/* For a video: the song, and pictures that were decoded; paths are absolute. */
	const char *song;
	uint64_t song_ms;
	const struct stage_caption *captions;
	size_t n_captions;
	const struct stage_image *images; /* for picture_decode(): those that are not decoded yet */
	size_t n_images;
	/* Where a service can fetch them; "", NULL: it cannot reach us. */
	const char *song_url;
	const char *const *image_urls;

	/* What is known of a request that was sent; "" if nothing is. */
	const char *external_id, *external_part;
	const char *candidate;	  /* the id that a call to our callback URL claimed */
	const char *url;	  /* for fetch(): what the poll said */
	const char *callback_url; /* for the service to call; "": it cannot reach us */
	const char *token; /* the secret part of that URL: 32 hexadecimal digits that are sent with
			    * the request where the service keeps such a thing; "" */

	const char *directory; /* private to this call, for files; "" for a lyric */
};

/* A file in the private directory. */
struct engine_file {
	const char *name;	   /* without a slash */
	const char *type;	   /* "audio/mpeg", "video/mp4", "image/jpeg" */
	uint64_t duration_ms;	   /* 0 for a picture */
	const char *external_part; /* the service's id of it; NULL */
	uint64_t image;		   /* of a decoded picture: its id; 0 */
};

/* A picture that cannot be decoded. */
struct engine_refusal {
	uint64_t image;
	const char *error; /* plain words */
};

struct engine_answer {
	enum pipeline_class class; /* CLASS_SYSTEM unless it is set */
	const char *message;	   /* plain words for people; NULL after CLASS_OK */
	int status;		   /* of HTTP; 0: none */
	const char *excerpt;	   /* the beginning of the answer, secrets masked; NULL */
	int64_t retry_after_sec;   /* asked for by the service; 0: not */

	/*
	 * After anything but CLASS_OK and CLASS_WAIT of send(): the request may have been accepted.
	 * Then it is not sent again, but looked for with find().
	 */
	bool unknown;
	/* After a failure of fetch() or poll(): the URL is of no use any more, or was not yet:
	 * poll() again. */
	bool poll_again;

	const char *external_id, *external_part; /* NULL: as before */
	int progress;				 /* percent; -1: not known, also at first */
	const char *prompt;			 /* what was asked for; NULL: as before */
	const char *text;			 /* a lyric */
	const char *url;			 /* of the result, to be fetched */

	struct engine_file files[ENGINE_FILES_MAX]; /* the first is the chosen one */
	size_t n_files;
	struct stage_caption *captions;
	size_t n_captions;
	struct engine_refusal refusals[ENGINE_FILES_MAX];
	size_t n_refusals;
};

struct engine {
	const char *name;
	enum stage stage;
	bool remote; /* its children use the network */
	bool paid;   /* send() must not be made twice: stage_send is called before it */
	/* Limits of time; 0: pipeline.X.timeout_sec for what is made here, and for fetch(); a
	 * minute for the other calls of a service. */
	int send_sec, fetch_sec;

	/*
	 * Do it. A local engine says CLASS_OK, with the result. So may a service that answers at
	 * once. Else CLASS_WAIT, with the external id.
	 */
	void (*send)(const struct engine_input *in, struct engine_answer *out);

	/*
	 * After a send() whose answer is not known: look for it at the service. CLASS_WAIT with the
	 * external id if it is there, CLASS_NOT_READY if it is not (yet). NULL: the service cannot
	 * tell.
	 */
	void (*find)(const struct engine_input *in, struct engine_answer *out);

	/*
	 * Ask how far it is: CLASS_WAIT, perhaps with progress; CLASS_OK with the URL of the
	 * result, or the result. NULL: send() does everything.
	 */
	void (*poll)(const struct engine_input *in, struct engine_answer *out);

	/* Fetch the result from in->url: CLASS_OK, with files. NULL: poll() does. */
	void (*fetch)(const struct engine_input *in, struct engine_answer *out);

	/*
	 * For tts-pipeline -t: whether it can be used, by calls that cost nothing. NULL if all is
	 * well, or plain words.
	 */
	const char *(*check)(const struct conf *conf, struct pool *pool);
};

extern const struct engine lyric_given; /* the request brings it */

/* Those that need nothing but this machine. */
extern const struct engine engine_template; /* lyric_template.c */
extern const struct engine engine_speech;   /* song_speech.c */
extern const struct engine engine_ffmpeg;   /* video_film.c */

/* All of them; see pipeline-job/engines.c. */
extern const struct engine *const engines[];
extern const size_t engines_n;

/* The engine of STAGE with that name; NULL if there is none. */
const struct engine *engine_named(enum stage stage, const char *name);

/*
 * Decode pictures and encode them anew, before anything else sees them: for each of in->images,
 * whose `inbox` is an absolute path here, there is a file (with `image` set) or a refusal. CLASS_OK
 * also if all are refused. See pipeline-job/picture.c.
 */
void picture_decode(const struct engine_input *in, struct engine_answer *out);

#endif
