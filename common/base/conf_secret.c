#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "conf.h"
#include "conf_file.h"
#include "crypt.h"
#include "log.h"
#include "mem.h"

/* Secrets live as long as the process. */
static struct pool *
secret_pool(void)
{
	static struct pool *pool;

	if (pool == NULL)
		pool = pool_new();
	return pool;
}

struct secret
conf_secret(const char *path, size_t min)
{
	char data[CONF_KEY_MAX + 2];
	struct secret secret;
	struct stat st;
	ssize_t len;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	len = fd < 0 ? -1 : conf_file_read(fd, data, sizeof data - 1);
	if (len < 0)
		fatal(EX_CONFIG, "cannot read secret %s: %s", path, strerror(errno));
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & S_IROTH) != 0)
		log_warn("secret %s is readable by everybody", path);
	close(fd);
	if (len > 0 && data[len - 1] == '\n')
		len--;
	if ((size_t)len < min)
		fatal(EX_CONFIG, "cannot use secret %s: it has %zd bytes, fewer than %zu", path,
		    len, min);
	if (len > CONF_KEY_MAX)
		fatal(EX_CONFIG, "cannot use secret %s: it has more than %d bytes", path,
		    CONF_KEY_MAX);
	secret.len = (size_t)len;
	secret.data = pool_alloc(secret_pool(), secret.len + 1);
	memcpy(secret.data, data, secret.len);
	crypt_wipe(data, sizeof data);
	return secret;
}
