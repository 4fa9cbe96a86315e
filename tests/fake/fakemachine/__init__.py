# SPDX-License-Identifier: GPL-2.0-or-later
"""Generate the state directory of a machine that is not there."""
