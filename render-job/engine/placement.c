#include "placement.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>

struct placement {
	size_t size;
	size_t slots;
	int cpu[]; /* for each slot, the CPU of its child + 1; 0: there is no child */
};

struct placement *
placement_new(size_t slots)
{
	size_t size = sizeof(struct placement) + slots * sizeof(int);
	struct placement *placement =
	    mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (placement == MAP_FAILED)
		return NULL;
	placement->size = size;
	placement->slots = slots;
	return placement;
}

/* The number of children that were placed on CPU. */
static size_t
children_on(const struct placement *placement, int cpu)
{
	size_t n = 0;
	for (size_t i = 0; i < placement->slots; i++)
		n += __atomic_load_n(&placement->cpu[i], __ATOMIC_RELAXED) == cpu + 1;
	return n;
}

/* The CPU of SET with the fewest children; CURRENT if no other has fewer. */
static int
choose_cpu(const struct placement *placement, const cpu_set_t *set, int current)
{
	int best = current;
	size_t fewest = children_on(placement, current);
	for (int cpu = 0; cpu < CPU_SETSIZE && fewest > 0; cpu++) {
		size_t n = CPU_ISSET(cpu, set) ? children_on(placement, cpu) : fewest;
		if (n < fewest) {
			best = cpu;
			fewest = n;
		}
	}
	return best;
}

/* The CPU of SET with the fewest children; -1 if several have equally few. */
static int
choose_unique_cpu(const struct placement *placement, const cpu_set_t *set)
{
	int best = -1;
	size_t fewest = SIZE_MAX;
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		size_t n = CPU_ISSET(cpu, set) ? children_on(placement, cpu) : SIZE_MAX;
		if (n < fewest) {
			best = cpu;
			fewest = n;
		} else if (n == fewest && n != SIZE_MAX)
			best = -1;
	}
	return best;
}

static void
move_to(pid_t pid, const cpu_set_t *all, int cpu)
{
	cpu_set_t one;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	/* The first call moves the process at once; the second allows the scheduler to move it
	 * again. */
	if (sched_setaffinity(pid, sizeof one, &one) == 0)
		sched_setaffinity(pid, sizeof *all, all);
}

static void
record_cpu(struct placement *placement, size_t slot, int cpu)
{
	__atomic_store_n(&placement->cpu[slot], cpu + 1, __ATOMIC_RELAXED);
}

int
placement_assign(struct placement *placement, size_t slot, pid_t child, const cpu_set_t *all)
{
	int cpu = placement != NULL ? choose_unique_cpu(placement, all) : -1;
	if (cpu >= 0) {
		record_cpu(placement, slot, cpu);
		move_to(child, all, cpu);
	}
	return cpu;
}

int
placement_begin(struct placement *placement, size_t slot, const cpu_set_t *all)
{
	if (placement == NULL)
		return -1;
	int current = sched_getcpu(), cpu = -1;
	placement_end(placement, slot);
	if (current >= 0) {
		cpu = choose_cpu(placement, all, current);
		record_cpu(placement, slot, cpu);
		if (cpu != current)
			move_to(0, all, cpu);
	}
	munmap(placement, placement->size);
	return cpu;
}

void
placement_end(struct placement *placement, size_t slot)
{
	if (placement != NULL)
		record_cpu(placement, slot, -1);
}
