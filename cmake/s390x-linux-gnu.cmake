# SPDX-License-Identifier: GPL-2.0-or-later
# cmake --toolchain cmake/s390x-linux-gnu.cmake: for s390x, whose byte order is
# not that of the others, on a Debian with libraries of that architecture beside
# its own; programs of the build that tests run are emulated. See
# scripts/check-builds.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR s390x)
set(CMAKE_C_COMPILER s390x-linux-gnu-gcc)
set(CMAKE_LIBRARY_ARCHITECTURE s390x-linux-gnu)
find_program(VFIO_TPH_EMULATOR NAMES qemu-s390x-static qemu-s390x)
set(CMAKE_CROSSCOMPILING_EMULATOR ${VFIO_TPH_EMULATOR})
# pkg-config's own idea of where to look is this machine's.
set(ENV{PKG_CONFIG_LIBDIR}
    /usr/lib/s390x-linux-gnu/pkgconfig:/usr/share/pkgconfig)
