/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/profile: any text in place of a profile. */
#include "fuzz.h"

#include "core/profile/profile.h"

static void check_device(const struct profile_device *device)
{
	fuzz_must(device->name && device->selector.text == device->name);
	fuzz_must(device->selector.kind != SELECT_ALL);
	for (size_t i = 0; i < device->maps.n; i++) {
		const struct st_map *map = &device->maps.list[i];

		fuzz_must(map->all == (map->indexes.count == 0));
		for (size_t k = 0; k < map->indexes.count; k++)
			fuzz_must(map->indexes.items[k] < 2048);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = fuzz_text(data, size);
	struct problems problems;
	struct profile profile;
	int r = profile_parse("fuzz", text, size, &profile, &problems);

	fuzz_must((r == 0) == (problems.n == 0));
	fuzz_must(problems.n <= PROFILE_MAX_PROBLEMS);
	for (size_t i = 0; i < problems.n; i++)
		fuzz_must_explain(&problems.list[i]);
	fuzz_must(r == 0 || profile.n == 0);
	for (size_t i = 0; i < profile.n; i++)
		check_device(&profile.devices[i]);
	problems_free(&problems);
	profile_free(&profile);
	return 0;
}
