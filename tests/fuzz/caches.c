/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core/caches: the contents of level and of type, a CPU, and the rest as the
 * CPUs that share; a line each.
 */
#include "fuzz.h"

#include "core/cpu/caches.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = fuzz_text(data, size);
	char *rest = text;
	const char *level = strsep(&rest, "\n");
	const char *type = rest ? strsep(&rest, "\n") : "";
	const char *cpu = rest ? strsep(&rest, "\n") : "";
	unsigned int number = (unsigned int)strtoul(cpu, NULL, 10);
	struct cpulist cpus;
	bool found = false;

	fuzz_must(caches_parse_level(level, type) <= 999999999);
	if (caches_parse_sharing(rest ? rest : "", number, &cpus)) {
		fuzz_must(!cpus.items && !cpus.count);
		return 0;
	}
	for (size_t i = 0; i < cpus.count; i++) {
		fuzz_must(i == 0 || cpus.items[i] > cpus.items[i - 1]);
		fuzz_must(cpus.items[i] <= CPULIST_MAX_CPU);
		found |= cpus.items[i] == number;
	}
	fuzz_must(found);
	cpulist_free(&cpus);
	return 0;
}
