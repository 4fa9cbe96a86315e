/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VFIO_DEVICE_PCI_TPH as bytes, for the bench's own programs. Layouts are spelt
 * out here, not taken from a header, so that the header is under test too.
 */
#ifndef ABI_CALL_H
#define ABI_CALL_H

#include <stddef.h>
#include <stdint.h>

#define PCI_TPH_IOCTL 0x3b7a

#define AT_ARGSZ   0
#define AT_OP	   4
#define AT_BODY	   8
#define AT_COUNT   8
#define AT_ENTRIES 16
#define ENTRY_SIZE 12
/* In an entry */
#define AT_CPU	     0
#define AT_MEMORY    4
#define AT_RESERVED0 5
#define AT_INDEX     6
#define AT_TAG	     8
#define AT_RESERVED1 10

#define MAX_ENTRIES 2048

enum { GET_CAP, ENABLE, DISABLE, GET_ST, SET_ST, OPS };

enum { MODE_NS = 1, MODE_IV = 2, MODE_DS = 4 };

/* The name of an operation, "unknown" beyond SET_ST. */
const char *op_name(uint32_t op);

/* Store and load size bytes, the lowest first; get() up to 4. */
void put(unsigned char *at, uint64_t value, unsigned int size);
unsigned int get(const unsigned char *at, unsigned int size);

/* Where the i-th entry of a batch stands. */
unsigned char *entry_at(unsigned char *call, size_t i);

/* How many bytes a batch has, its head included. */
size_t batch_size(size_t count);

/*
 * Write a whole call into buffer, which has room for it: the head with argsz as
 * large as the call is, for ENABLE the mode, for a batch count entries: CPUs
 * i % cpus, volatile memory, indexes i % indexes, tags 0xa5a5 (the kernel is
 * not to look at them). Returns argsz.
 */
size_t make_call(unsigned char *buffer, uint32_t op, unsigned int mode,
		 size_t count, unsigned int cpus, unsigned int indexes);

/* Issue it. Returns 0 or -errno; a positive result of the kernel as it is. */
int issue_call(int device, void *buffer);

/* "ok", or the name of the error. */
const char *result_name(int result);

/*
 * The registers of a device, by way of sysfs. open_config() returns the
 * descriptor of its config space; the offset of its TPH capability goes to
 * *tph. It ends the process if there is none.
 */
int open_config(const char *bdf, unsigned int *tph);
unsigned int read_config(int config, unsigned int at, unsigned int size);
unsigned int tph_control(int config, unsigned int tph);
unsigned int tph_entry(int config, unsigned int tph, unsigned int index);

#endif
