#include "media.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "../base/crypt.h"
#include "../base/log.h"
#include "media_dir.h"
#include "media_level.h"

static uint8_t media_key[CRYPT_SHA256_SIZE];
static bool key_read;

void
media_init(const struct conf *conf)
{
	struct secret secret = conf_secret(conf->secrets.media_key_file, CONF_KEY_MIN);

	/* BLAKE2b takes a key of at most 64 bytes; the file may be longer. */
	crypt_sha256(media_key, secret.data, secret.len);
	crypt_wipe(secret.data, secret.len);
	key_read = true;
}

static void
write_number(uint8_t out[8], uint64_t n)
{
	for (int i = 0; i < 8; i++)
		out[i] = (uint8_t)(n >> (56 - 8 * i));
}

void
media_path(const struct conf *conf, char out[MEDIA_PATH_SIZE], uint64_t project, uint64_t audio,
    uint64_t revision)
{
	uint8_t numbers[16], hash[16];
	char hex[2 * sizeof hash + 1];

	if (!key_read)
		fatal(EX_SOFTWARE, "cannot name a sound: the media key was not read");
	write_number(numbers, audio);
	write_number(numbers + 8, revision);
	crypt_keyed_hash(hash, sizeof hash, numbers, sizeof numbers, media_key, sizeof media_key);
	crypt_hex(hex, hash, sizeof hash);
	snprintf(out, MEDIA_PATH_SIZE, "%" PRIu64 "/%" PRIu64 "/%" PRIu64 "-r%" PRIu64 "-%s.mp3",
	    project / MEDIA_PROJECTS_PER_DIR, project, audio, revision, hex);
}

static enum rc
check_root(const char *path)
{
	int root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum rc rc = RC_NO_SPACE;

	if (root < 0) {
		log_error("cannot use media root %s: %s", path, strerror(errno));
		return rc;
	}
	if (!media_has_marker(root))
		log_error("cannot use media root %s: there is no %s in it; is it mounted?", path,
		    MEDIA_MARKER);
	else if (faccessat(root, ".", R_OK | W_OK | X_OK, AT_EACCESS) < 0)
		log_error("cannot use media root %s: %s", path, strerror(errno));
	else
		rc = RC_OK;
	close(root);
	return rc;
}

enum rc
media_check(const struct conf *conf)
{
	unsigned rank = media_home(conf);
	enum rc rc = check_root(media_root(conf, rank));

	while (rc != RC_OK && rank > 0)
		rc = check_root(media_root(conf, --rank));
	return rc;
}
