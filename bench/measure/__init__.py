# SPDX-License-Identifier: GPL-2.0-or-later
"""Measure programs on machines that are not there."""
