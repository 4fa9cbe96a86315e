/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What watch says: lines to stderr. */
#ifndef WATCH_WATCH_LOG_H
#define WATCH_WATCH_LOG_H

enum watch_level {
	WATCH_ERROR = 3,
	WATCH_WARNING = 4,
	WATCH_NOTICE = 5,
	WATCH_DEBUG = 7
};

/* A line to stderr; with the level in front where the journal reads it. */
void watch_log(enum watch_level level, const char *address, const char *format,
	       ...) __attribute__((format(printf, 3, 4)));

#endif
