#include "capture.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>

#include "../../render-job/engine/sandbox.h"

#define MEMORY (64UL << 20)

/* Opened before the child enters the sandbox. */
static int inherited;
static pid_t test_process;

/* ---------------------------------------------------------------- attempts, each to be punished */

static void
try_exec(void)
{
	char *argv[] = {NULL}, *envp[] = {NULL};
	execve("/bin/true", argv, envp);
}

static void
try_socket(void)
{
	socket(AF_INET, SOCK_STREAM, 0);
}

static void
try_unix_socket(void)
{
	int pair[2];
	socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
}

static void
try_open(void)
{
	syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY);
}

static void
try_old_open(void)
{
#ifdef SYS_open
	syscall(SYS_open, "/etc/passwd", O_RDONLY);
#else
	syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY);
#endif
}

static void
try_create(void)
{
	syscall(SYS_openat, AT_FDCWD, "/tmp/test_sandbox.escaped", O_CREAT | O_WRONLY, 0600);
}

static void
try_memfd(void)
{
	memfd_create("x", 0);
}

static void
try_fork(void)
{
	fork();
}

static void
try_thread(void)
{
	syscall(SYS_clone, CLONE_VM | SIGCHLD, 0, 0, 0, 0);
}

static void
try_vfork(void)
{
	syscall(SYS_clone3, NULL, 0);
}

static void
try_kill_parent(void)
{
	kill(test_process, SIGKILL);
}

static void
try_abort_parent(void)
{
	syscall(SYS_tgkill, test_process, test_process, SIGABRT);
}

static void
try_kill_self_otherwise(void)
{
	syscall(SYS_tgkill, getpid(), getpid(), SIGSTOP);
}

static void
try_ptrace(void)
{
	ptrace(PTRACE_ATTACH, test_process, NULL, NULL);
}

static void
try_read_memory(void)
{
	char byte;
	struct iovec here = {&byte, 1}, there = {&byte, 1};
	process_vm_readv(test_process, &here, 1, &there, 1, 0);
}

static void
try_shared_memory(void)
{
	shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600);
}

static void
try_executable_memory(void)
{
	mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void
try_making_memory_executable(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	mprotect(p, 4096, PROT_READ | PROT_EXEC);
}

static void
try_mapping_a_file(void)
{
	mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, inherited, 0);
}

static void
try_more_memory(void)
{
	struct rlimit none = {RLIM_INFINITY, RLIM_INFINITY};
	setrlimit(RLIMIT_AS, &none);
}

static void
try_unlink(void)
{
	unlink("/tmp/test_sandbox.escaped");
}

static void
try_chmod(void)
{
	syscall(SYS_fchmodat, AT_FDCWD, "/tmp", 0777);
}

static void
try_prctl(void)
{
	prctl(PR_SET_DUMPABLE, 1);
}

static void
try_sleep(void)
{
	struct timespec long_time = {3600, 0};
	syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &long_time, NULL);
}

static void
try_uring(void)
{
	syscall(SYS_io_uring_setup, 8, NULL);
}

static void
spin(void)
{
	for (volatile unsigned long i = 0;; i++)
		continue;
}

static void
spin_deaf(void)
{
	signal(SIGXCPU, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	spin();
}

static void
abort_itself(void)
{
	abort();
}

static void
crash(void)
{
	volatile uintptr_t nowhere = 8;
	*(volatile char *)nowhere = 1;
}

static const struct attempt {
	const char *name;
	void (*run)(void);
	int signal;
} attempts[] = {
    {"exec", try_exec, SIGSYS},
    {"socket", try_socket, SIGSYS},
    {"UNIX socket", try_unix_socket, SIGSYS},
    {"open", try_open, SIGSYS},
    {"old open", try_old_open, SIGSYS},
    {"create", try_create, SIGSYS},
    {"memfd", try_memfd, SIGSYS},
    {"fork", try_fork, SIGSYS},
    {"thread", try_thread, SIGSYS},
    {"clone3", try_vfork, SIGSYS},
    {"kill parent", try_kill_parent, SIGSYS},
    {"abort parent", try_abort_parent, SIGSYS},
    {"stop itself", try_kill_self_otherwise, SIGSYS},
    {"ptrace", try_ptrace, SIGSYS},
    {"read the parent's memory", try_read_memory, SIGSYS},
    {"shared memory", try_shared_memory, SIGSYS},
    {"executable memory", try_executable_memory, SIGSYS},
    {"making memory executable", try_making_memory_executable, SIGSYS},
    {"map a file", try_mapping_a_file, SIGSYS},
    {"raise a limit", try_more_memory, SIGSYS},
    {"unlink", try_unlink, SIGSYS},
    {"chmod", try_chmod, SIGSYS},
    {"become dumpable", try_prctl, SIGSYS},
    {"sleep", try_sleep, SIGSYS},
    {"io_uring", try_uring, SIGSYS},
    {"spin", spin, SIGXCPU},
    {"spin without ears", spin_deaf, SIGKILL},
    {"abort", abort_itself, SIGABRT},
    {"segmentation fault", crash, SIGSEGV},
};

static void
enter_sandbox(void)
{
	struct sandbox_limits limits = {sandbox_address_space() + MEMORY, 1};

	for (int i = 1; i < 32; i++)
		signal(i, SIG_DFL);
	/* No failure here may look like one of the expected deaths. */
	if (!sandbox_follow(test_process))
		_exit(101);
	if (!sandbox_enter(&limits))
		_exit(102);
}

static int
wait_for(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void
every_attempt_is_punished(void **state)
{
	for (size_t i = 0; i < sizeof attempts / sizeof attempts[0]; i++) {
		pid_t pid = fork();
		if (pid == 0) {
			enter_sandbox();
			attempts[i].run();
			_exit(100);
		}
		int status = wait_for(pid);
		if (!WIFSIGNALED(status) || WTERMSIG(status) != attempts[i].signal)
			fail_msg("%s: status %x, not signal %d", attempts[i].name, (unsigned)status,
			    attempts[i].signal);
	}
	assert_int_equal(access("/tmp/test_sandbox.escaped", F_OK), -1);
}

/* ---------------------------------------------------------------- what is left of descriptors */

static void
descriptors_are_gone(void **state)
{
	int pipes[2];
	assert_int_equal(pipe(pipes), 0);
	pid_t pid = fork();
	if (pid == 0) {
		enter_sandbox();
		for (int fd = 0; fd < 1024; fd++) {
			char byte = 'x';
			if (write(fd, &byte, 1) != -1 || errno != EBADF)
				_exit(1);
			if (read(fd, &byte, 1) != -1 || errno != EBADF)
				_exit(2);
		}
		_exit(0);
	}
	assert_int_equal(wait_for(pid), 0);
	close(pipes[1]);
	/* Nothing arrived, and no process holds the other end. */
	char byte;
	assert_int_equal(read(pipes[0], &byte, 1), 0);
	close(pipes[0]);
}

/* The filter answers for descriptors whatever there is; so this is asked from outside. */
static void
descriptors_are_closed_while_it_lives(void **state)
{
	int pipes[2];
	assert_int_equal(pipe(pipes), 0);
	pid_t pid = fork();
	if (pid == 0) {
		enter_sandbox();
		spin();
	}
	close(pipes[1]);
	struct pollfd end = {.fd = pipes[0], .events = POLLIN};
	assert_int_equal(poll(&end, 1, 800), 1); /* its CPU time ends after a second */
	assert_true(end.revents & POLLHUP);
	assert_int_equal(kill(pid, 0), 0);
	kill(pid, SIGKILL);
	wait_for(pid);
	close(pipes[0]);
}

/* ---------------------------------------------------------------- memory and limits */

static void
memory_ends(void **state)
{
	pid_t pid = fork();
	if (pid == 0) {
		enter_sandbox();
		size_t got = 0;
		volatile char *p;
		while ((p = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			    -1, 0)) != MAP_FAILED) {
			for (size_t i = 0; i < 1 << 20; i += 4096)
				p[i] = 1;
			if ((got += 1 << 20) > MEMORY + (1 << 20))
				_exit(1); /* more than the limit */
		}
		_exit(got >= MEMORY / 2 ? 0 : 2); /* but not much less */
	}
	assert_int_equal(wait_for(pid), 0);
}

static void
ordinary_work_goes_on(void **state)
{
	pid_t pid = fork();
	if (pid == 0) {
		enter_sandbox();
		char *few = malloc(100), *many = few == NULL ? NULL : realloc(few, 10 << 20);
		if (many == NULL)
			_exit(1);
		memset(many, 1, 10 << 20);
		free(many);
		struct timespec now;
		if (clock_gettime(CLOCK_MONOTONIC, &now) != 0 || time(NULL) == 0)
			_exit(2);
		/* Output goes nowhere and does no harm. */
		fprintf(stderr, "complaint\n");
		fflush(stderr);
		_exit(0);
	}
	assert_int_equal(wait_for(pid), 0);
}

static void
limits_are_set(void **state)
{
	pid_t pid = fork();
	if (pid == 0) {
		/* Examined from outside, because the sandbox allows no such call. */
		enter_sandbox();
		spin();
	}
	struct rlimit r;
	do
		assert_int_equal(prlimit(pid, RLIMIT_NOFILE, NULL, &r), 0);
	while (r.rlim_cur != 0);
	assert_int_equal(prlimit(pid, RLIMIT_FSIZE, NULL, &r), 0);
	assert_int_equal(r.rlim_max, 0);
	assert_int_equal(prlimit(pid, RLIMIT_CORE, NULL, &r), 0);
	assert_int_equal(r.rlim_max, 0);
	assert_int_equal(prlimit(pid, RLIMIT_NPROC, NULL, &r), 0);
	assert_int_equal(r.rlim_max, 0);
	assert_int_equal(prlimit(pid, RLIMIT_CPU, NULL, &r), 0);
	assert_int_equal(r.rlim_cur, 1);
	kill(pid, SIGKILL);
	wait_for(pid);
}

/* ---------------------------------------------------------------- following the parent */

static void
wrong_parent_is_found_out(void **state)
{
	pid_t pid = fork();
	if (pid == 0)
		_exit(sandbox_follow(1) ? 1 : 0);
	assert_int_equal(wait_for(pid), 0);
}

static void
follower_cannot_gain_or_be_looked_into(void **state)
{
	pid_t pid = fork();
	if (pid == 0)
		_exit(sandbox_follow(test_process) && prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 &&
			      prctl(PR_GET_DUMPABLE) == 0
			  ? 0
			  : 1);
	assert_int_equal(wait_for(pid), 0);
}

/* Parent and child hold the writing end; it is closed when both are dead. */
static void
child_dies_with_its_parent(void **state)
{
	int pipes[2];
	assert_int_equal(pipe(pipes), 0);
	pid_t parent = fork();
	if (parent == 0) {
		pid_t self = getpid();
		pid_t child = fork();
		if (child == 0) {
			if (!sandbox_follow(self))
				_exit(1);
			/* The child is ready, and ignores signals that can be ignored. */
			signal(SIGTERM, SIG_IGN);
			signal(SIGINT, SIG_IGN);
			if (write(pipes[1], "r", 1) != 1)
				_exit(1);
			for (;;)
				pause();
		}
		for (;;)
			pause();
	}
	close(pipes[1]);
	char byte;
	assert_int_equal(read(pipes[0], &byte, 1), 1);
	kill(parent, SIGKILL);
	wait_for(parent);
	struct pollfd end = {pipes[0], POLLIN, 0};
	assert_int_equal(poll(&end, 1, 30000), 1);
	assert_int_equal(read(pipes[0], &byte, 1), 0);
	close(pipes[0]);
}

static int
prepare(void **state)
{
	test_process = getpid();
	inherited = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
	return inherited >= 0 && sandbox_prepare() ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_attempt_is_punished),
	    cmocka_unit_test(descriptors_are_gone),
	    cmocka_unit_test(descriptors_are_closed_while_it_lives),
	    cmocka_unit_test(memory_ends),
	    cmocka_unit_test(ordinary_work_goes_on),
	    cmocka_unit_test(limits_are_set),
	    cmocka_unit_test(wrong_parent_is_found_out),
	    cmocka_unit_test(follower_cannot_gain_or_be_looked_into),
	    cmocka_unit_test(child_dies_with_its_parent),
	};

	return cmocka_run_group_tests(tests, prepare, NULL);
}
