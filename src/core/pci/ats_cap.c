/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/pci/ats_cap.h"

#define ATS_CAP_ID	   0x0f
#define ATS_CONTROL	   6
#define ATS_CONTROL_ENABLE 0x8000u

int ats_cap_read(const struct config_reader *reader, struct ats_cap *cap)
{
	unsigned int control = 0;
	int r = config_find_ext_cap(reader, ATS_CAP_ID, &cap->offset);

	if (r == 0 && cap->offset)
		r = config_read16(reader, cap->offset + ATS_CONTROL, &control);
	cap->enabled = control & ATS_CONTROL_ENABLE;
	return r;
}
