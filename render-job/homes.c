#include "homes.h"

#include <sched.h>
#include <stddef.h>
#include <sys/mman.h>

struct homes {
	int n;
	struct {
		int cpu;
		int children;
	} at[CPU_SETSIZE];
};

struct homes *
homes_new(void)
{
	cpu_set_t set;
	struct homes *homes =
	    mmap(NULL, sizeof(*homes), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (homes == MAP_FAILED || sched_getaffinity(0, sizeof(set), &set) < 0)
		return NULL;
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &set))
			homes->at[homes->n++].cpu = cpu;
	return homes;
}

void
homes_hide(struct homes *homes)
{
	if (homes != NULL)
		madvise(homes, sizeof(*homes), MADV_DONTFORK);
}

int
homes_take(struct homes *homes)
{
	int best = -1;
	for (int i = 0; homes != NULL && i < homes->n; i++)
		if (best < 0 || homes->at[i].children < homes->at[best].children)
			best = i;
	if (best < 0)
		return -1;
	__atomic_add_fetch(&homes->at[best].children, 1, __ATOMIC_RELAXED);
	return homes->at[best].cpu;
}

void
homes_leave(struct homes *homes, int home)
{
	for (int i = 0; homes != NULL && i < homes->n; i++)
		if (homes->at[i].cpu == home)
			__atomic_sub_fetch(&homes->at[i].children, 1, __ATOMIC_RELAXED);
}

void
homes_enter(int home)
{
	cpu_set_t all, one;
	if (home < 0 || sched_getcpu() == home || sched_getaffinity(0, sizeof(all), &all) < 0)
		return;
	CPU_ZERO(&one);
	CPU_SET(home, &one);
	/* The first moves us, at once; the second lets us be moved away again. */
	if (sched_setaffinity(0, sizeof(one), &one) == 0)
		sched_setaffinity(0, sizeof(all), &all);
}
