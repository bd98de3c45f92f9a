/*
 * In the place of ffmpeg: says on standard error what it can do where it was started, and fails. It
 * is linked statically, as there is hardly a file where it runs.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Whether anything can be connected to, or even sent anywhere. */
static int
network(void)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(80)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
	return fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0;
}

static int
database(void)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX, .sun_path = "/run/mysqld/mysqld.sock"};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0;
}

static int
listed(const char *path)
{
	return opendir(path) != NULL;
}

static int
readable(const char *path)
{
	return open(path, O_RDONLY | O_CLOEXEC) >= 0;
}

static int
writable(const char *path)
{
	return open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600) >= 0;
}

int
main(void)
{
	fprintf(stderr,
	    "network %d database %d secrets %d password %d media %d run %d etc %d home %d proc %d"
	    " processes %d root %d work %d\n",
	    network(), database(), listed("/etc/tts/secrets"),
	    readable("/etc/tts/secrets/video.pw"), listed("/var/lib/tts/media"), listed("/run"),
	    readable("/etc/tts/tts.conf"), listed("/root"), listed("/proc"), getpid() > 20,
	    writable("/probe"), writable("/work/probe"));
	return 1;
}
