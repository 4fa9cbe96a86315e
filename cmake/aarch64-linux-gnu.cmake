# SPDX-License-Identifier: GPL-2.0-or-later
# cmake --toolchain cmake/aarch64-linux-gnu.cmake: for arm64, on a Debian with
# libraries of that architecture beside its own; programs of the build that
# tests run are emulated. See scripts/check-arm64.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
find_program(VFIO_TPH_EMULATOR NAMES qemu-aarch64-static qemu-aarch64)
set(CMAKE_CROSSCOMPILING_EMULATOR ${VFIO_TPH_EMULATOR})
# pkg-config's own idea of where to look is this machine's.
set(ENV{PKG_CONFIG_LIBDIR}
    /usr/lib/aarch64-linux-gnu/pkgconfig:/usr/share/pkgconfig)
