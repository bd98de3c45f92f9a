#include "sandbox.h"

#include <errno.h>
#include <link.h>
#include <linux/filter.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <seccomp.h>

#include "../../common/base/log.h"

/*
 * Placeholder in the prepared filter for the process id, which is known only after the fork. A
 * process may send SIGABRT only to itself; without that, abort() could not be distinguished from a
 * forbidden system call.
 */
#define SELF 0x2f5d3b71

#define RULE_MAX 512

static struct sock_filter filter[RULE_MAX];
static struct sock_fprog program = {.filter = filter};

/* The system calls that are allowed, with conditions on up to two arguments. */
static const struct {
	int call;
	unsigned compares;
	struct scmp_arg_cmp compare[2];
} allowed[] = {
    {SCMP_SYS(brk), 0, {{0}}},
    /* Memory, but never executable, and never a file. */
    {SCMP_SYS(mmap), 2,
	{{2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0},
	    {3, SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS}}},
    {SCMP_SYS(mprotect), 1, {{2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0}}},
    {SCMP_SYS(munmap), 0, {{0}}},
    {SCMP_SYS(mremap), 0, {{0}}},
    {SCMP_SYS(madvise), 0, {{0}}},
    {SCMP_SYS(futex), 0, {{0}}},
    /* On machines without a vDSO for the time. */
    {SCMP_SYS(clock_gettime), 0, {{0}}},
    {SCMP_SYS(gettimeofday), 0, {{0}}},
    {SCMP_SYS(getrandom), 0, {{0}}},
    /* abort() */
    {SCMP_SYS(getpid), 0, {{0}}},
    {SCMP_SYS(gettid), 0, {{0}}},
    {SCMP_SYS(rt_sigprocmask), 0, {{0}}},
    {SCMP_SYS(rt_sigaction), 0, {{0}}},
    {SCMP_SYS(tgkill), 2, {{0, SCMP_CMP_EQ, SELF, 0}, {2, SCMP_CMP_EQ, SIGABRT, 0}}},
    {SCMP_SYS(sigaltstack), 0, {{0}}}, /* the sanitizers, when a process exits */
    {SCMP_SYS(exit), 0, {{0}}},
    {SCMP_SYS(exit_group), 0, {{0}}},
#ifdef TTS_FAULTS
    {SCMP_SYS(kill), 1, {{0, SCMP_CMP_EQ, SELF, 0}}},
    {SCMP_SYS(nanosleep), 0, {{0}}},
    {SCMP_SYS(clock_nanosleep), 0, {{0}}},
#endif
};

/* The system calls that fail with EBADF instead of killing the process. */
static const int refused[] = {
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(readv),
    SCMP_SYS(writev),
    SCMP_SYS(close),
    SCMP_SYS(lseek),
    SCMP_SYS(ioctl),
    SCMP_SYS(fstat),
    SCMP_SYS(newfstatat),
};

static int
filter_fill(scmp_filter_ctx ctx)
{
	int e = 0;
	for (size_t i = 0; e == 0 && i < sizeof allowed / sizeof allowed[0]; i++)
		e = seccomp_rule_add_array(
		    ctx, SCMP_ACT_ALLOW, allowed[i].call, allowed[i].compares, allowed[i].compare);
	for (size_t i = 0; e == 0 && i < sizeof refused / sizeof refused[0]; i++)
		e = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EBADF), refused[i], 0);
	return e;
}

/* libseccomp exports the program only through a descriptor. */
static int
filter_export(scmp_filter_ctx ctx)
{
	int fd = memfd_create("filter", MFD_CLOEXEC);
	if (fd < 0)
		return -errno;
	int e = seccomp_export_bpf(ctx, fd);
	if (e == 0) {
		ssize_t n = pread(fd, filter, sizeof filter, 0);
		e = n < 0 ? -errno : n == sizeof filter ? -E2BIG : 0;
		program.len = n < 0 ? 0 : (unsigned short)((size_t)n / sizeof filter[0]);
	}
	close(fd);
	return e;
}

bool
sandbox_prepare(void)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
	/* Build a tree instead of a list: at each installation the kernel walks it for every
	 * system call. */
	int e = ctx == NULL ? -ENOMEM : seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	if (e == 0)
		e = filter_fill(ctx);
	if (e == 0)
		e = filter_export(ctx);
	if (ctx != NULL)
		seccomp_release(ctx);
	if (e != 0)
		log_error("cannot prepare the sandbox: %s", strerror(-e));
	return e == 0;
}

static void
hide_from_children(const struct dl_phdr_info *info)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE) - 1;
	for (size_t i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *part = &info->dlpi_phdr[i];
		uintptr_t at = info->dlpi_addr + part->p_vaddr, end = at + part->p_memsz;
		at &= ~page;
		if (part->p_type == PT_LOAD)
			madvise((void *)at, ((end + page) & ~page) - at, MADV_DONTFORK);
	}
}

/*
 * Called by dl_iterate_phdr(3) in the order of symbol lookup. A function that is bound lazily must
 * be found before the search reaches a library that is no longer mapped. So only the libraries
 * after the C library may be hidden: the C library resolves everything that it and those before it
 * still look up.
 */
static int
hide_library(struct dl_phdr_info *info, size_t size, void *libc_seen)
{
	const char *slash = strrchr(info->dlpi_name, '/');
	const char *name = slash != NULL ? slash + 1 : info->dlpi_name;
	bool *after = libc_seen;
	if (strncmp(name, "libc.so", 7) == 0)
		*after = true;
	else if (*after && strncmp(name, "ld-", 3) != 0)
		hide_from_children(info);
	return 0;
}

void
sandbox_shed(void)
{
	bool libc_seen = false;
	dl_iterate_phdr(hide_library, &libc_seen);
}

bool
sandbox_follow(pid_t parent)
{
	const struct rlimit none = {0, 0};
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return false;
	if (getppid() != parent) { /* it had died before prctl took effect */
		errno = ESRCH;
		return false;
	}
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_DUMPABLE, 0) == 0 &&
	       setrlimit(RLIMIT_CORE, &none) == 0;
}

size_t
sandbox_address_space(void)
{
	unsigned long pages = 0;
	FILE *f = fopen("/proc/self/statm", "re");
	if (f == NULL)
		log_error("cannot read /proc/self/statm: %s", strerror(errno));
	else if (fscanf(f, "%lu", &pages) != 1)
		log_error("cannot read /proc/self/statm: it contains no number");
	if (f != NULL)
		fclose(f);
	return pages * (size_t)sysconf(_SC_PAGESIZE);
}

static bool
set_limit(int what, rlim_t soft, rlim_t hard)
{
	const struct rlimit both = {soft, hard};
	return setrlimit(what, &both) == 0;
}

static bool
filter_install(void)
{
	for (size_t i = 0; i < program.len; i++)
		if (filter[i].k == SELF && BPF_CLASS(filter[i].code) == BPF_JMP)
			filter[i].k = (uint32_t)getpid();
	return program.len > 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

bool
sandbox_enter(const struct sandbox_limits *limits)
{
	/* The hard CPU limit is a second later, because at the hard limit the signal would be
	 * SIGKILL. */
	return close_range(0, ~0U, 0) == 0 &&
	       set_limit(RLIMIT_AS, limits->address_space, limits->address_space) &&
	       set_limit(RLIMIT_CPU, limits->cpu_sec, limits->cpu_sec + 1) &&
	       set_limit(RLIMIT_FSIZE, 0, 0) && set_limit(RLIMIT_NPROC, 0, 0) &&
	       set_limit(RLIMIT_NOFILE, 0, 0) && filter_install();
}
