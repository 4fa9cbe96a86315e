# SPDX-License-Identifier: GPL-2.0-or-later
# cmake --toolchain cmake/compile-only.cmake: the sources are compiled, and
# nothing is linked, for a system whose headers are there and whose libraries
# are not. The caller sets compiler and flags. See scripts/check-builds.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_C_LINK_EXECUTABLE "<CMAKE_COMMAND> -E touch <TARGET>")
