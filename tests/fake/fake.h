/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The inside of the fake: a library that is loaded before libc and answers
 * for a machine that is not there. See README.md for what it is and for the
 * layout of the state directory.
 *
 * hooks/ carries the names of libc's functions: a hook decides whether a call
 * concerns the machine, and otherwise hands it on. kernel/ answers as the
 * kernel does; state/ keeps the machine. What is below the hooks returns 0 or
 * more, or -errno.
 */
#ifndef FAKE_H
#define FAKE_H

#include <dirent.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/types.h>

/* What the library exports; all else is hidden. */
#define HOOK __attribute__((visibility("default")))

#define FAKE_MAX_CPUS	 8192
#define FAKE_MAX_VECTORS 2048
#define FAKE_CONFIG_SIZE 4096

/* ---- real.c: what lies below us ---- */

/* libc's own functions, found behind ours. */
struct real {
	long (*syscall)(long number, ...);
	FILE *(*fopen)(const char *, const char *);
	FILE *(*freopen)(const char *, const char *, FILE *);
	DIR *(*opendir)(const char *);
	int (*scandirat)(int, const char *, struct dirent ***,
			 int (*)(const struct dirent *),
			 int (*)(const struct dirent **,
				 const struct dirent **));
	char *(*canonicalize)(const char *);
	long (*sysconf)(int);
	ssize_t (*read)(int, void *, size_t);
	ssize_t (*write)(int, const void *, size_t);
	int (*close)(int);
	void *(*mmap)(void *, size_t, int, int, int, off_t);
	int (*get_nprocs)(void);
	int (*get_nprocs_conf)(void);
	void *glob;
};
extern struct real real;

/* True when a machine is selected. Every hook asks first: libraries'
 * constructors may run before ours. */
bool fake_on(void);

/* Plain system calls, -1 and errno as libc has them. */
int sys_openat(int dirfd, const char *path, int flags, mode_t mode);
int sys_fstatat(int dirfd, const char *path, struct stat *st, int flags);
int sys_fstat(int fd, struct stat *st);
ssize_t sys_readlinkat(int dirfd, const char *path, char *buf, size_t size);
ssize_t sys_pread(int fd, void *buf, size_t size, off_t offset);
ssize_t sys_pwrite(int fd, const void *buf, size_t size, off_t offset);
int sys_ftruncate(int fd, off_t size);
int sys_close(int fd);

/* A file of the state directory, by its name below it. */
int state_open(const char *name, int flags);
ssize_t state_read(const char *name, void *buf, size_t size);
int state_write(const char *name, const void *buf, size_t size);

/* ---- machine.c: settings ---- */

struct machine {
	char dir[PATH_MAX]; /* state directory, canonical */
	size_t dir_len;
	dev_t dev;   /* the file system it is on */
	int nr_cpus; /* possible CPUs: highest number + 1 */
	int cpus_conf;
	int cpus_online;
	uint8_t present[FAKE_MAX_CPUS / 8];
	uint8_t online[FAKE_MAX_CPUS / 8];
	uint8_t mems[FAKE_MAX_CPUS / 8];
	bool notph;
	bool fdinfo_syspath;
	char chroot[256]; /* of all processes but the caller, or "" */
	bool ptrace;
	bool iommu_present;
	bool iommu_nesting;
	bool iommu_fault;
	bool iommu_dirty;
	uint32_t iommu_type;
	uint32_t iommu_pasid;
	uint32_t iommu_capabilities; /* further bits of HW_INFO */
	uint32_t max_entries;
	bool getst_tableless; /* GET_ST only where there is no table */
	uid_t uid;
	gid_t gid;
	char release[65];
};
extern struct machine machine;

int machine_load(const char *dir);
/* The caller's affinity mask; a file of its own, so that a test may change
 * it under a running program. */
void machine_affinity(uint8_t *mask);
bool cpu_in(const uint8_t *mask, uint32_t cpu);
void list_parse(const char *text, uint8_t *mask);
void list_format(const uint8_t *mask, char *out, size_t size);
/* A file that holds "key value" lines: the value of key, or NULL. */
char *text_value(const char *text, const char *key, char *out, size_t size);

/* ---- path.c ---- */

/* Where the program keeps what is to last until the machine goes down. */
#define RUN_DIRECTORY "/run/vfio-tph"

enum where {
	PATH_ELSEWHERE, /* not ours */
	PATH_TREE,	/* in the machine's tree */
	PATH_PROCESS,	/* /proc/PID/... */
};

/* The absolute path that a call names, as the program sees it. */
enum where path_find(int dirfd, const char *path, char out[PATH_MAX]);
/* The file that stands for it. */
void path_real(const char *virtual_path, char out[PATH_MAX]);
/* Back: STATE/root/sys/x -> /sys/x; false when the path is none of the
 * tree's. in place. */
bool path_strip(char *path);
/* What readlink says of a link whose real text is `text`. */
ssize_t path_link_text(char *text, size_t size);

/* ---- lock.c: one at a time, over threads and processes ---- */

void lock_enter(void); /* also lets go of what nobody holds */
void lock_leave(void);

/* ---- fds.c: descriptors of the machine ---- */

enum kind {
	KIND_NONE,
	KIND_CONTAINER, /* /dev/vfio/vfio */
	KIND_GROUP,	/* /dev/vfio/N */
	KIND_CDEV,	/* /dev/vfio/devices/vfioN */
	KIND_IOMMUFD,	/* /dev/iommu */
	KIND_DEVICE,	/* a device, opened by its group */
	KIND_FAULT,	/* fault queue of an iommufd */
	KIND_COUNT
};

#define FD_OBJECTS 192

struct fd_object { /* of an iommufd */
	uint32_t type;
	uint32_t id;
	uint32_t users;
	uint32_t parent;
	uint32_t fault;	     /* HWPT: its queue, or 0 */
	uint8_t is_auto;     /* HWPT: attaching to an IOAS made it */
	uint8_t nest_parent; /* HWPT: others may be nested on it */
};

enum { OBJECT_FREE, OBJECT_DEVICE, OBJECT_IOAS, OBJECT_HWPT, OBJECT_FAULT };

/* The contents of the file that a descriptor of the machine is. */
struct fd_state {
	char magic[8];
	uint32_t kind;
	uint32_t number; /* of the group, or of the character device */
	uint64_t id;	 /* unique in the state directory */
	uint64_t parent; /* id of what it keeps open, 0 if nothing:
			  * device -> group, group -> container,
			  * cdev and fault queue -> iommufd */
	char bdf[16];
	uint32_t bound; /* cdev: bound; container: has an IOMMU */
	uint32_t dev_id;
	uint32_t pt_id; /* cdev: attached to; fault queue: its object */
	int32_t iommu_type;
	uint32_t opener; /* PID, for the log */
	uint32_t next_object;
	struct fd_object objects[FD_OBJECTS];
};

/* What kind of thing a path of the state directory is. */
enum kind kind_of_path(const char *real_path, uint32_t *number);
const char *kind_name(enum kind kind);
/* The state of a descriptor; false when it is none of the machine's. */
bool fd_load(int fd, struct fd_state *state);
int fd_store(int fd, const struct fd_state *state);
/* Under the lock: a new descriptor; its number or -errno. */
int fd_create(struct fd_state *state, bool cloexec);
/* Under the lock: all that are open. Returns how many there are. */
size_t fd_each(int (*visit)(const struct fd_state *state, void *data),
	       void *data);
bool fd_find(uint64_t id, struct fd_state *state);
int fd_store_id(const struct fd_state *state);
void fd_reap(void);

/* ---- node.c ---- */

/* open() of a node: real path of the node and flags of open(). */
int node_open(const char *real_path, int flags);
/* 0 or -EACCES: may the machine's user do what `wanted` (R_OK...) asks? */
int access_check(const char *virtual_path, mode_t mode, int wanted);
void access_owner(const char *virtual_path, uid_t *uid, gid_t *gid);
/* Whether somebody has the group open, or a device of it by its character
 * device: the two exclude each other. */
bool group_in_use(uint32_t group, bool *by_cdev);

/* ---- log.c, fault.c ---- */

void log_call(const char *object, const char *name, long result,
	      const char *format, ...) __attribute__((format(printf, 4, 5)));
void log_object(const struct fd_state *state, char *out, size_t size);
/* 0, or the -errno that this call is to fail with. Counts the call. */
int fault(const char *operation);
int fault_path(const char *operation, const char *path);
/* Whether path operations need be looked at at all (cheap). */
bool fault_paths(void);

/* ---- device.c: one PCI function that VFIO has ---- */

struct device_state { /* what the kernel keeps, not the hardware */
	uint32_t opened;
	uint32_t tph_enabled;
	uint32_t tph_mode;
	uint32_t tph_req;
	uint32_t msix_enabled;
	uint32_t reserved[3];
	uint8_t saved[FAKE_CONFIG_SIZE];
	uint32_t irq[FAKE_MAX_VECTORS]; /* Linux interrupt, 0: not allocated */
	uint8_t signalled[FAKE_MAX_VECTORS];
	uint32_t control[FAKE_MAX_VECTORS]; /* vector control words */
};

struct device {
	char bdf[16];
	char path[PATH_MAX]; /* in /sys */
	char abi[16];
	int group; /* -1: none */
	uint64_t bar[6];
	unsigned int tph; /* offsets of capabilities, 0: absent */
	unsigned int msix;
	unsigned int pm;
	unsigned int msix_size;
	unsigned int msix_bar;
	uint32_t msix_offset;
	uint8_t config[FAKE_CONFIG_SIZE];
	uint8_t loaded[FAKE_CONFIG_SIZE];
	struct device_state state;
};

int device_load(const char *bdf, struct device *dev);
void device_save(struct device *dev);
int device_first_open(const char *bdf);
void device_last_close(const char *bdf);
int device_bar_open(struct device *dev, unsigned int bar);
bool device_decodes(const struct device *dev);
bool device_sleeps(const struct device *dev); /* not in D0 */
void device_reset(struct device *dev, bool keep_tph);
uint16_t config_u16(const struct device *dev, unsigned int offset);
uint32_t config_u32(const struct device *dev, unsigned int offset);
void config_set_u16(struct device *dev, unsigned int offset, uint16_t v);
void config_set_u32(struct device *dev, unsigned int offset, uint32_t v);
/* ---- config.c: configuration space of any function of the machine ---- */

int config_file(const char *sys_path, int flags);
int config_read_bdf(const char *sys_path, uint8_t *config);
unsigned int config_find_cap(const uint8_t *config, uint8_t id);
unsigned int config_find_ecap(const uint8_t *config, uint16_t id);

/* ---- region.c: read, write and map through a device's descriptor ---- */

ssize_t region_read(const struct fd_state *fd, void *buf, size_t n, off_t at);
ssize_t region_write(const struct fd_state *fd, const void *buf, size_t n,
		     off_t at);
void *region_map(const struct fd_state *fd, void *addr, size_t n, int prot,
		 int flags, off_t at);

/* ---- irq.c ---- */

int irq_allocate(struct device *dev, unsigned int first, unsigned int count);
void irq_free_all(struct device *dev);
void irq_signal(struct device *dev, unsigned int vector, bool on);
void irq_publish(void);
/* Before effective_affinity_list is read: follow smp_affinity_list. */
void irq_follow(const char *virtual_path);

/* ---- tph_core.c: drivers/pci/tph.c, as the kernel behaves ---- */

enum { TPH_LOC_NONE, TPH_LOC_CAP, TPH_LOC_MSIX };

int tph_core_enable(struct device *dev, unsigned int mode);
void tph_core_disable(struct device *dev);
int tph_core_cpu_tag(const struct device *dev, unsigned int mem_type,
		     uint32_t cpu, uint16_t *tag);
int tph_core_set_entry(struct device *dev, unsigned int index, uint16_t tag);
unsigned int tph_core_location(const struct device *dev);
unsigned int tph_core_table_size(const struct device *dev);

/* ---- iommufd_objects.c ---- */

/* A new object that uses others, by id or 0; NULL when there is no room. */
struct fd_object *iommufd_add_object(struct fd_state *state, uint32_t type,
				     uint32_t parent, uint32_t fault);
struct fd_object *iommufd_object(struct fd_state *state, uint32_t id);
void iommufd_put(struct fd_state *state, uint32_t id);
void iommufd_attach(struct fd_state *cdev, struct fd_state *context,
		    uint32_t id);
void iommufd_detach(struct fd_state *cdev, struct fd_state *context);
void iommufd_release(struct fd_state *closed);
/* The iommufd is closed: a line in STATE/leaks for each object left. */
void iommufd_note_leaks(const struct fd_state *state);

/* ---- ioctl_*.c: -ENOTTY for a number that is not theirs ---- */

long ioctl_fake(int fd, struct fd_state *state, unsigned long number,
		void *arg);
long ioctl_container(struct fd_state *state, unsigned long number, void *arg);
long ioctl_group(struct fd_state *state, unsigned long number, void *arg);
long ioctl_iommufd(struct fd_state *state, unsigned long number, void *arg);
long ioctl_cdev(int fd, struct fd_state *state, unsigned long number,
		void *arg);
long ioctl_device(struct fd_state *state, unsigned long number, void *arg);
long ioctl_tph(struct device *dev, void *arg);
const char *tph_op_name(const void *arg);
bool group_viable(uint32_t group);

/* Copy as the kernel does: -EFAULT for a bad address, never a crash. */
int user_get(void *to, const void *from, size_t size);
int user_put(void *to, const void *from, size_t size);

/* ---- hooks/open.c, hooks/stat.c: shared by libc's names and syscall() ---- */

/* State that depends on who still holds a device is brought up to date
 * before a path that shows it is read. */
void path_settle(const char *virtual_path);
int fake_openat(int dirfd, const char *path, int flags, mode_t mode);
int fake_fstatat(int dirfd, const char *path, struct stat *st, int flags);
int fake_fstat(int fd, struct stat *st);
ssize_t fake_readlinkat(int dirfd, const char *path, char *buf, size_t size);
int fake_faccessat(int dirfd, const char *path, int wanted, int flags);
struct statx;
int fake_statx(int dirfd, const char *path, int flags, unsigned int mask,
	       struct statx *stx);
ssize_t fake_pread(int fd, void *buf, size_t n, off_t at);
int fake_ioctl(int fd, unsigned long number, void *arg);
int fake_pidfd_open(pid_t pid, unsigned int flags);
int fake_pidfd_getfd(int pidfd, int fd, unsigned int flags);
long fake_getaffinity(pid_t pid, size_t size, void *mask);

/* ---- procfs.c: files of /proc that are made when they are opened ---- */

int procfs_open(const char *virtual_path, int flags);

#endif
