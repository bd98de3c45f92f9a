#include "homes.h"

#include <stddef.h>
#include <stdint.h>
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

/* The only CPU of SET with the fewest children; -1 where several have as few. */
static int
choose_only(const struct homes *homes, const cpu_set_t *set)
{
	int best = -1;
	size_t fewest = SIZE_MAX;
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		size_t n = CPU_ISSET(cpu, set) ? children(homes, cpu) : SIZE_MAX;
		if (n < fewest) {
			best = cpu;
			fewest = n;
		} else if (n == fewest && n != SIZE_MAX)
			best = -1;
	}
	return best;
}

static void
move(pid_t pid, const cpu_set_t *all, int cpu)
{
	cpu_set_t one;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	/* The first moves it, at once; the second lets it be moved away again. */
	if (sched_setaffinity(pid, sizeof(one), &one) == 0)
		sched_setaffinity(pid, sizeof(*all), all);
}

static void
note(struct homes *homes, size_t slot, int cpu)
{
	__atomic_store_n(&homes->cpu[slot], cpu + 1, __ATOMIC_RELAXED);
}

int
homes_send(struct homes *homes, size_t slot, pid_t child, const cpu_set_t *all)
{
	int cpu = homes != NULL ? choose_only(homes, all) : -1;
	if (cpu >= 0) {
		note(homes, slot, cpu);
		move(child, all, cpu);
	}
	return cpu;
}

int
homes_enter(struct homes *homes, size_t slot, const cpu_set_t *all)
{
	if (homes == NULL)
		return -1;
	int current = sched_getcpu(), cpu = -1;
	homes_leave(homes, slot);
	if (current >= 0) {
		cpu = choose(homes, all, current);
		note(homes, slot, cpu);
		if (cpu != current)
			move(0, all, cpu);
	}
	munmap(homes, homes->size);
	return cpu;
}

void
homes_leave(struct homes *homes, size_t slot)
{
	if (homes != NULL)
		note(homes, slot, -1);
}
