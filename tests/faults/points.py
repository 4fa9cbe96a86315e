# SPDX-License-Identifier: GPL-2.0-or-later
"""What can be made to fail: the calls of a run, and how each can fail."""

import pathlib
import re
import struct
import subprocess
import zlib

HERE = pathlib.Path(__file__).resolve().parent


def read_table():
    """points.def: name -> the ways in which it can fail. Of the injector."""
    sets, ways = {}, {}
    for line in (HERE / "points.def").read_text().splitlines():
        found = re.match(r"#define (\w+)\s+(.*)|(LIBC|BOTH|IOCTL)\((\w+), (.*)\)$",
                         line)
        if not found:
            continue
        name, value, kind, point, rest = found.groups()
        words = re.findall(r'"([^"]*)"|\b([A-Z_]+)\b', value or rest)
        if kind == "IOCTL":	# request and operation are the library's
            point, words = f"ioctl.{point}", [w for w in words if w[1] != "ANY"]
        text = " ".join(quoted or sets[named] for quoted, named in words)
        if name:
            sets[name] = text
        else:
            ways[point] = text.split()
    return ways


WAYS = read_table()
HEAP = ["ENOMEM"]

# Functions that ask nothing of kernel or heap, or cannot fail as the program
# calls them; streams to stdout have their faults by /dev/full and pipes.
HARMLESS = set("""
__ctype_b_loc __ctype_tolower_loc __cxa_finalize __errno_location __gmon_start__
__isoc99_sscanf __libc_start_main __sigsetjmp _setjmp longjmp siglongjmp
dlclose __longjmp_chk __stack_chk_fail __tls_get_addr _exit exit abort alphasort clock_gettime fcntl fcntl64 sigaction
alphasort64 closedir dirfd dlerror dlsym fclose ferror fflush fprintf fputc fputs free
fwrite getenv geteuid getopt_long getpid gzclose isatty mallopt memchr memcmp memcpy memmove
memset munmap printf putc putchar puts qsort bsearch signal sigaddset
sigemptyset sigismember sigprocmask sigpending raise snprintf sscanf stderr stdout stpcpy
strchr strcmp strcpy strncpy strcspn strerror strerrorname_np sigabbrev_np
strlen strpbrk strncasecmp strncmp strrchr strsep strspn strstr strtol strtoul
strcasecmp strtoull sysconf timerfd_settime uname unsetenv vfprintf vprintf vsnprintf
feof fseeko rewind optarg optind opterr
clock_gettime getppid getrusage prctl program_invocation_short_name __progname
_ITM_deregisterTMCloneTable _ITM_registerTMCloneTable
""".split())
LIBRARIES = ("pci_", "numa_", "json_", "scols_")
SANITIZERS = ("__asan_", "__ubsan_", "__lsan_", "__sanitizer_")

RECORD = struct.Struct("40sIIIII")


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
    """All ACTIONs for a function."""
    if function not in WAYS:
        raise SystemExit(f"try-faults: what does {function} return? "
                         "Say so in points.def")
    return WAYS[function]


def pick(site, ways, salt=""):
    """One of them, always the same for a site."""
    return ways[zlib.crc32(repr((site, salt)).encode()) % len(ways)]


def check_functions(program):
    """Every function that the program calls is known here."""
    text = subprocess.run(["nm", "-D", "--undefined-only", program],
                          check=True, capture_output=True, text=True).stdout
    names = {line.split()[-1].split("@")[0] for line in text.splitlines()}
    known = set()
    for name in WAYS:
        known |= {name, name + "64", f"__{name}", f"__{name}_chk",
                  f"__{name}_2", f"__{name}64_2"}
    return sorted(n for n in names - known - HARMLESS - {"ioctl"}
                  if not n.startswith(LIBRARIES + SANITIZERS))
