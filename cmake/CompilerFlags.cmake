# SPDX-License-Identifier: GPL-2.0-or-later
# C11 with GNU extensions, warnings, and the hardening switches that
# distributions build root's programs with. scripts/check-hardening reads them
# from the built program.
include(CheckCCompilerFlag)
include(CheckCSourceCompiles)

set(CMAKE_C_STANDARD 11 CACHE STRING "The C standard to build with")
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE RelWithDebInfo)
endif()

option(VFIO_TPH_COVERAGE "Count which lines run (gcov)" OFF)
# For the presets, which developers and CI use: another compiler has other
# warnings, and they are not to stop a packager's build.
option(VFIO_TPH_WERROR "Treat compiler warnings as errors" OFF)
set(VFIO_TPH_SANITIZE "" CACHE STRING
    "Sanitizers to build with, as -fsanitize= takes them")

# add_supported_options(<option>...): those that the compiler knows
function(add_supported_options)
    foreach(option IN LISTS ARGN)
        string(MAKE_C_IDENTIFIER "HAVE${option}" known)
        check_c_compiler_flag(${option} ${known})
        if(${known})
            add_compile_options(${option})
        endif()
    endforeach()
endfunction()

add_compile_definitions(_GNU_SOURCE _FILE_OFFSET_BITS=64)
add_compile_options(
    -Wall -Wextra -Wformat=2 -Wshadow -Wstrict-prototypes
    -Wmissing-prototypes -Wold-style-definition -Wpointer-arith
    -Wwrite-strings -Wundef -Wvla -Wconversion
    -fno-strict-aliasing -fstack-protector-strong)
add_supported_options(-fstack-clash-protection -ftrivial-auto-var-init=zero)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|i[3-6]86)$")
    add_supported_options(-fcf-protection)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64)$")
    add_supported_options(-mbranch-protection=standard)
endif()
if(VFIO_TPH_WERROR)
    add_compile_options(-Werror)
endif()

# A level that the compiler or the distribution's flags set is left alone.
set(CMAKE_REQUIRED_FLAGS -O2)
check_c_source_compiles("
    #ifdef _FORTIFY_SOURCE
    #error set already
    #endif
    int main(void) { return 0; }" VFIO_TPH_SETS_FORTIFY)
unset(CMAKE_REQUIRED_FLAGS)

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
elseif(VFIO_TPH_SETS_FORTIFY AND NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
    add_compile_definitions(_FORTIFY_SOURCE=3)
endif()
if(VFIO_TPH_COVERAGE)
    add_compile_options(--coverage -fprofile-update=atomic)
    add_link_options(--coverage)
endif()
if(VFIO_TPH_FUZZ)
    add_compile_options(-fsanitize=fuzzer-no-link)
endif()

include(CheckPIESupported)
check_pie_supported()
add_link_options(-Wl,-z,relro,-z,now -Wl,-z,noexecstack -Wl,--as-needed)
