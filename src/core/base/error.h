/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What went wrong, in a form that the message on stderr, the JSON object and
 * the exit status are all made from.
 */
#ifndef CORE_BASE_ERROR_H
#define CORE_BASE_ERROR_H

#include "core/base/advice.h"

/* Exit statuses. They are a promise to scripts: docs and man page list them. */
enum status {
	STATUS_OK = 0,		/* done, or already so */
	STATUS_FAILED = 1,	/* the kernel or the device refused or failed */
	STATUS_USAGE = 2,	/* wrong usage or unreadable input */
	STATUS_NOT_FOUND = 3,	/* no such device */
	STATUS_NOT_BOUND = 4,	/* device not bound to a VFIO driver */
	STATUS_UNSUPPORTED = 5, /* device or platform cannot do it */
	STATUS_NO_ABI = 6,	/* no TPH ABI that the tool knows */
	STATUS_PERMISSION = 7,	/* permission */
	STATUS_BUSY = 8,	/* another process holds the device */
	STATUS_PARTIAL = 9,	/* done in part */
	STATUS_DRIFT = 10,	/* verify: actual state differs from wanted */
	STATUS_NO_HOLDER = 11,	/* no process holds the device */
};

/*
 * The kinds of error: C name, exit status, and the word that JSON gives as
 * "code". Words may be added, never changed.
 */
#define ERROR_KINDS(X)                                             \
	X(ERR_SYSTEM, STATUS_FAILED, "system")                     \
	X(ERR_OUTPUT, STATUS_FAILED, "output")                     \
	X(ERR_REFUSED, STATUS_FAILED, "refused")                   \
	X(ERR_OTHER_MODE, STATUS_FAILED, "other-mode")             \
	X(ERR_TPH_OFF, STATUS_FAILED, "tph-off")                   \
	X(ERR_OWNER_ENDED, STATUS_FAILED, "owner-ended")           \
	X(ERR_NOT_VERIFIED, STATUS_FAILED, "not-verified")         \
	X(ERR_DISAGREE, STATUS_FAILED, "disagree")                 \
	X(ERR_MISMATCH, STATUS_FAILED, "mismatch")                 \
	X(ERR_READ_BACK, STATUS_FAILED, "read-back")               \
	X(ERR_GROUP_NOT_VIABLE, STATUS_FAILED, "group-not-viable") \
	X(ERR_NO_DEVNODE, STATUS_FAILED, "no-device-node")         \
	X(ERR_ASLEEP, STATUS_FAILED, "asleep")                     \
	X(ERR_INTERRUPTED, STATUS_FAILED, "interrupted")           \
	X(ERR_USAGE, STATUS_USAGE, "usage")                        \
	X(ERR_INPUT, STATUS_USAGE, "input")                        \
	X(ERR_NOT_FOUND, STATUS_NOT_FOUND, "not-found")            \
	X(ERR_NOT_BOUND, STATUS_NOT_BOUND, "not-bound")            \
	X(ERR_NO_TPH, STATUS_UNSUPPORTED, "no-tph")                \
	X(ERR_NO_MODE, STATUS_UNSUPPORTED, "no-mode")              \
	X(ERR_NO_TABLE, STATUS_UNSUPPORTED, "no-table")            \
	X(ERR_NO_VECTORS, STATUS_UNSUPPORTED, "no-vectors")        \
	X(ERR_NO_COMPLETER, STATUS_UNSUPPORTED, "no-completer")    \
	X(ERR_NO_TAG, STATUS_UNSUPPORTED, "no-tag")                \
	X(ERR_NO_NODE, STATUS_UNSUPPORTED, "no-node")              \
	X(ERR_NO_IOMMU, STATUS_UNSUPPORTED, "no-iommu")            \
	X(ERR_IOMMU_CANNOT, STATUS_UNSUPPORTED, "iommu-cannot")    \
	X(ERR_GATED, STATUS_UNSUPPORTED, "gated")                  \
	X(ERR_NO_ABI, STATUS_NO_ABI, "no-abi")                     \
	X(ERR_UNKNOWN_ABI, STATUS_NO_ABI, "unknown-abi")           \
	X(ERR_PERMISSION, STATUS_PERMISSION, "permission")         \
	X(ERR_BUSY, STATUS_BUSY, "busy")                           \
	X(ERR_PARTIAL, STATUS_PARTIAL, "partial")                  \
	X(ERR_NO_OWNER, STATUS_NO_HOLDER, "no-owner")              \
	X(ERR_NODE_OPEN, STATUS_NO_HOLDER, "node-open")            \
	X(ERR_WOULD_NOT_LAST, STATUS_NO_HOLDER, "would-not-last")

enum error_kind {
	ERR_NONE,
#define X(name, status, word) name,
	ERROR_KINDS(X)
#undef X
};

struct error {
	enum error_kind kind;
	int number;	   /* errno behind it, or 0 */
	char message[768]; /* one line, without program and device */
	char hint[384];	   /* what to do, or empty */
	struct advice
		advice;	  /* the same, for a sentence that is not made yet */
	bool tells_state; /* the message says what became of the device */
};

/*
 * Fill *err with one line and return -number, or -EINVAL where number is 0.
 * The caller returns what this returns.
 */
int error_set(struct error *err, enum error_kind kind, int number,
	      const char *format, ...) __attribute__((format(printf, 4, 5)));

/* The same for a failed system call: appends ": <text of number>". */
int error_system(struct error *err, int number, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Hint at the capability that is missing: to root, who has it not in a
 * container or of a kernel that is locked down, it is no help to become root.
 */
void error_hint_rights(struct error *err, const char *capability);

/* Add what the user can do about it. */
void error_hint(struct error *err, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The same where saying it names options or commands. */
void error_advise(struct error *err, enum advice_kind kind);

/* Put "<prefix>: " before the message that is already there. */
void error_prefix(struct error *err, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Put more behind the message that is already there. */
void error_append(struct error *err, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

enum status error_status(const struct error *err);
const char *error_word(const struct error *err);

#endif
