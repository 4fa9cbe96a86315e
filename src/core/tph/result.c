/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/tph/result.h"

#include <stdlib.h>

void steering_result_free(struct steering_result *result)
{
	free(result->entries);
	*result = (struct steering_result){ 0 };
}
