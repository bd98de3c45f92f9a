#include "homes.h"

#include <sched.h>
#include <stddef.h>
#include <sys/mman.h>

struct homes {
	size_t size;
	size_t slots;
	int cpu[]; /* of the child in each slot, and 1; 0: there is none */
};

struct homes *
homes_new(size_t slots)
{
	size_t size = sizeof(struct homes) + slots * sizeof(int);
	struct homes *homes =
	    mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (homes == MAP_FAILED)
		return NULL;
	homes->size = size;
	homes->slots = slots;
	return homes;
}

/* How many children began on CPU. */
static size_t
children(const struct homes *homes, int cpu)
{
	size_t n = 0;
	for (size_t i = 0; i < homes->slots; i++)
		n += __atomic_load_n(&homes->cpu[i], __ATOMIC_RELAXED) == cpu + 1;
	return n;
}

/* The CPU of SET with the fewest children: CURRENT, if no other has fewer. */
static int
choose(const struct homes *homes, const cpu_set_t *set, int current)
{
	int best = current;
	size_t fewest = children(homes, current);
	for (int cpu = 0; cpu < CPU_SETSIZE && fewest > 0; cpu++) {
		size_t n = CPU_ISSET(cpu, set) ? children(homes, cpu) : fewest;
		if (n < fewest) {
			best = cpu;
			fewest = n;
		}
	}
	return best;
}

static void
move(const cpu_set_t *all, int cpu)
{
	cpu_set_t one;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	/* The first moves us, at once; the second lets us be moved away again. */
	if (sched_setaffinity(0, sizeof(one), &one) == 0)
		sched_setaffinity(0, sizeof(*all), all);
}

int
homes_enter(struct homes *homes, size_t slot)
{
	cpu_set_t all;
	if (homes == NULL)
		return -1;
	int current = sched_getcpu(), cpu = -1;
	__atomic_store_n(&homes->cpu[slot], 0, __ATOMIC_RELAXED);
	if (current >= 0 && sched_getaffinity(0, sizeof(all), &all) == 0) {
		cpu = choose(homes, &all, current);
		__atomic_store_n(&homes->cpu[slot], cpu + 1, __ATOMIC_RELAXED);
		if (cpu != current)
			move(&all, cpu);
	}
	munmap(homes, homes->size);
	return cpu;
}

void
homes_leave(struct homes *homes, size_t slot)
{
	if (homes != NULL)
		__atomic_store_n(&homes->cpu[slot], 0, __ATOMIC_RELAXED);
}
