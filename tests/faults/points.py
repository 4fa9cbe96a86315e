# SPDX-License-Identifier: GPL-2.0-or-later
"""What can be made to fail: the calls of a run, and how each can fail."""

import errno
import pathlib
import struct
import subprocess
import zlib

# What each kind of call can return, by its manual page; of ioctls by the
# kernel: drivers/vfio, drivers/iommu/iommufd, drivers/pci/tph.c. What only a
# bug of the caller would bring about (EBADF, EFAULT) stands where the kernel
# can mean something else by it.
HEAP = ["ENOMEM"]
BY_NAME = ["ENOENT", "EACCES", "EMFILE", "ENFILE", "ENOMEM", "EIO", "EINTR"]
LOOK = ["ENOENT", "EACCES", "ENOMEM", "EIO"]
TRANSFER = ["EIO", "EINTR", "short"]
DESCRIPTOR = ["EMFILE", "ENFILE", "ENOMEM"]
ERRORS = {
    "malloc": HEAP, "calloc": HEAP, "realloc": HEAP, "reallocarray": HEAP,
    "strdup": HEAP, "strndup": HEAP, "asprintf": HEAP, "vasprintf": HEAP,
    "open_memstream": HEAP, "setenv": HEAP,
    "open": BY_NAME, "openat": BY_NAME, "fopen": BY_NAME,
    "opendir": BY_NAME, "scandir": BY_NAME,
    "readdir": ["EIO", "ENOENT"],
    "access": LOOK, "faccessat": LOOK, "lstat": LOOK, "stat": LOOK,
    "euidaccess": LOOK, "fstatat": LOOK, "readlink": LOOK, "readlinkat": LOOK, "realpath": LOOK,
    "getcwd": ["ENOENT", "ENOMEM"],
    "fstat": ["EIO", "ENOMEM"],
    "mkdir": ["EACCES", "ENOSPC", "EROFS", "ENOMEM"],
    "unlink": ["EACCES", "EROFS", "EIO"],
    "unlinkat": ["EACCES", "EROFS", "EIO"],
    "renameat": ["EACCES", "ENOSPC", "EROFS", "EIO", "ENOMEM"],
    "fchmod": ["EPERM", "EROFS", "EIO"],
    "fsync": ["EIO", "ENOSPC", "EINTR"],
    "close": ["EIO", "EINTR"],
    "gzopen": BY_NAME, "gzread": ["EIO"], "dlopen": ["ELIBACC"],
    "read": TRANSFER + ["end", "ENODEV"], "fread": ["EIO"],
    "fgets": ["EIO"], "getdelim": ["EIO", "ENOMEM"],
    "pread": TRANSFER + ["end", "ENODEV"],
    "write": TRANSFER + ["ENOSPC", "EPIPE"],
    "mmap": ["ENOMEM", "EAGAIN", "EACCES", "EPERM"],
    "memfd_create": DESCRIPTOR,
    "pipe2": DESCRIPTOR, "epoll_create1": DESCRIPTOR,
    "inotify_init1": DESCRIPTOR, "signalfd": DESCRIPTOR,
    "timerfd_create": DESCRIPTOR,
    "fork": ["EAGAIN", "ENOMEM"],
    "execvp": ["ENOENT", "EACCES", "E2BIG", "ENOMEM", "EIO"],
    "execlp": ["ENOENT", "EACCES", "ENOMEM", "EIO"],
    "waitpid": ["ECHILD"],
    "kill": ["ESRCH", "EPERM"],
    "sigwaitinfo": ["EINTR"],
    "epoll_ctl": ["ENOMEM", "ENOSPC"], "epoll_wait": ["EINTR"],
    "inotify_add_watch": ["ENOENT", "EACCES", "ENOSPC", "ENOMEM"],
    "sched_getaffinity": ["EINVAL", "EPERM"],
    "pidfd_open": ["ESRCH", "EPERM", "EMFILE", "ENOMEM", "ENODEV"],
    "pidfd_getfd": ["EPERM", "ESRCH", "EBADF", "EMFILE"],
    "socket": DESCRIPTOR + ["EAFNOSUPPORT", "EACCES"],
    "sendto": ["ENOENT", "ECONNREFUSED", "EACCES", "EAGAIN", "ENOBUFS"],
    "getpwuid": ["EIO", "ENOMEM"],
    "syscall": ["ESRCH", "EPERM"],
}
DEVICE = ["EINTR", "ENOMEM", "EFAULT", "EINVAL", "EIO", "ENODEV"]
IOCTLS = {
    "ioctl.3b64": ["EINTR", "ENOMEM"],			 # GET_API_VERSION
    "ioctl.3b66": ["ENODEV", "EPERM", "ENOMEM", "EINTR", "EINVAL"],
    "ioctl.3b67": ["EFAULT", "ENODEV", "EINTR"],	 # GROUP_GET_STATUS
    "ioctl.3b68": ["EBUSY", "EPERM", "EINVAL", "ENOMEM", "ENODEV", "EINTR"],
    "ioctl.3b6a": ["EBUSY", "EPERM", "EINVAL", "ENODEV", "EMFILE", "EIO"],
    "ioctl.3b6b": DEVICE, "ioctl.3b6c": DEVICE, "ioctl.3b70": DEVICE,
    "ioctl.3b76": DEVICE + ["EPERM", "EBUSY"],		 # BIND_IOMMUFD
    "ioctl.3b77": DEVICE + ["EBUSY"],			 # ATTACH_IOMMUFD_PT
    "ioctl.3b78": DEVICE,				 # DETACH_IOMMUFD_PT
    "ioctl.3b80": ["ENOENT", "EBUSY", "EINTR"],		 # DESTROY
    "ioctl.3b81": ["ENOMEM", "EINTR"],			 # IOAS_ALLOC
    "ioctl.3b89": DEVICE + ["ENOENT", "EOPNOTSUPP"],	 # HWPT_ALLOC
    "ioctl.3b8a": ["ENOENT", "EOPNOTSUPP", "ENOMEM"],	 # GET_HW_INFO
    "ioctl.3b8e": ["EOPNOTSUPP", "ENOMEM", "EMFILE"],	 # FAULT_QUEUE_ALLOC
    "ioctl.3b7a.0": DEVICE + ["EOPNOTSUPP", "ENOTTY"],	 # GET_CAP
    "ioctl.3b7a.1": DEVICE + ["EOPNOTSUPP", "EBUSY", "EPERM"],
    "ioctl.3b7a.2": DEVICE + ["EOPNOTSUPP"],		 # DISABLE
    "ioctl.3b7a.3": DEVICE + ["EOPNOTSUPP", "EPERM"],	 # GET_ST
    "ioctl.3b7a.4": DEVICE + ["EOPNOTSUPP", "ENXIO", "EPERM"],
    "ioctl.5413": ["ENOTTY"],				 # TIOCGWINSZ
}

# Functions that ask nothing of kernel or heap, or cannot fail as the program
# calls them; streams to stdout have their faults by /dev/full and pipes.
HARMLESS = set("""
__ctype_b_loc __ctype_tolower_loc __cxa_finalize __errno_location __gmon_start__
__isoc99_sscanf __libc_start_main __sigsetjmp _setjmp longjmp siglongjmp
__longjmp_chk __stack_chk_fail __tls_get_addr _exit exit abort alphasort fcntl fcntl64 sigaction
alphasort64 closedir dirfd dlerror dlsym fclose ferror fflush fprintf fputc fputs free
fwrite getenv geteuid getopt_long getpid gzclose isatty mallopt memchr memcmp memcpy memmove
memset munmap printf putc putchar puts qsort bsearch signal sigaddset
sigemptyset sigismember sigprocmask sigpending raise snprintf sscanf stderr stdout stpcpy
strchr strcmp strcpy strncpy strcspn strerror strerrorname_np sigabbrev_np
strlen strpbrk strncasecmp strncmp strrchr strsep strspn strstr strtol strtoul
strcasecmp strtoull sysconf timerfd_settime uname unsetenv vfprintf vprintf vsnprintf
feof fseeko rewind optarg optind opterr
_ITM_deregisterTMCloneTable _ITM_registerTMCloneTable
""".split())
LIBRARIES = ("pci_", "numa_", "json_", "scols_")
SANITIZERS = ("__asan_", "__ubsan_", "__lsan_", "__sanitizer_")

RECORD = struct.Struct("24sIIIII")


class Point:
    """The nth call of a function in a process, where it was made, and from
    which stack (a number that stands for it)."""

    def __init__(self, function, role, nth, site, stack):
        self.function, self.role, self.nth = function, role, nth
        self.site, self.stack = site, stack

    def __str__(self):
        return f"{self.role} {self.function} {self.nth}"


def read_trace(path):
    """The calls of a run, in their order; the file is removed."""
    path = pathlib.Path(path)
    data = path.read_bytes() if path.exists() else b""
    path.unlink(missing_ok=True)
    points = []
    for name, role, nth, module, at, stack in RECORD.iter_unpack(data):
        function = name.rstrip(b"\0").decode()
        # Children are alike: which of them it was is no other place.
        points.append(Point(function, role, nth,
                            (function, min(role, 1), module, at), stack))
    return points


def ways_to_fail(function):
    """All ACTIONs for a function, as names."""
    if function.startswith("ioctl"):
        if function not in IOCTLS:
            raise SystemExit(f"try-faults: what does {function} return? "
                             "Say so in points.py")
        return IOCTLS[function]
    return ERRORS[function]


def number(action):
    """An ACTION as the library takes it."""
    return str(getattr(errno, action, action))


def pick(site, ways, salt=""):
    """One of them, always the same for a site."""
    return ways[zlib.crc32(repr((site, salt)).encode()) % len(ways)]


def check_functions(program):
    """Every function that the program calls is known here."""
    text = subprocess.run(["nm", "-D", "--undefined-only", program],
                          check=True, capture_output=True, text=True).stdout
    names = {line.split()[-1].split("@")[0] for line in text.splitlines()}
    known = set()
    for name in ERRORS:
        known |= {name, name + "64", f"__{name}", f"__{name}_chk",
                  f"__{name}_2", f"__{name}64_2"}
    return sorted(n for n in names - known - HARMLESS - {"ioctl"}
                  if not n.startswith(LIBRARIES + SANITIZERS))
