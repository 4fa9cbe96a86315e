# SPDX-License-Identifier: GPL-2.0-or-later
# C11 with GNU extensions, warnings as errors, and the hardening flags that
# distributions build root's programs with.

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE RelWithDebInfo)
endif()

option(VFIO_TPH_COVERAGE "Count which lines run (gcov)" OFF)
option(VFIO_TPH_WERROR "Treat compiler warnings as errors" ON)
set(VFIO_TPH_SANITIZE "" CACHE STRING
    "Sanitizers to build with, as -fsanitize= takes them")

add_compile_definitions(_GNU_SOURCE _FILE_OFFSET_BITS=64)
add_compile_options(
    -Wall -Wextra -Wformat=2 -Wshadow -Wstrict-prototypes
    -Wmissing-prototypes -Wold-style-definition -Wpointer-arith
    -Wwrite-strings -Wundef -Wvla -Wconversion
    -fno-strict-aliasing -fstack-protector-strong)
if(VFIO_TPH_WERROR)
    add_compile_options(-Werror)
endif()

# _FORTIFY_SOURCE needs an optimiser, and does not mix with a sanitizer.
if(VFIO_TPH_SANITIZE)
    add_compile_options(-fsanitize=${VFIO_TPH_SANITIZE}
        -fno-sanitize-recover=all -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${VFIO_TPH_SANITIZE})
    # In the program itself: where the fake is loaded before it, gcc's shared
    # run-time would come too late, and would have to be loaded into every
    # other program as well.
    if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
        add_link_options(-static-libasan -static-libubsan)
    endif()
elseif(NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
    # A distribution's own flags may have set a level: ours replaces it.
    add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
endif()
if(VFIO_TPH_COVERAGE)
    add_compile_options(--coverage -fprofile-update=atomic)
    add_link_options(--coverage)
endif()
if(VFIO_TPH_FUZZ)
    add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
    add_compile_options(-fstack-clash-protection -fcf-protection)
endif()

include(CheckPIESupported)
check_pie_supported()
add_link_options(-Wl,-z,relro,-z,now -Wl,-z,noexecstack -Wl,--as-needed)
