# SPDX-License-Identifier: GPL-2.0-or-later
# The libraries, each found by pkg-config. A missing one is named together
# with the Debian package that brings it.

find_program(PKG_CONFIG_EXECUTABLE NAMES pkg-config pkgconf)
if(NOT PKG_CONFIG_EXECUTABLE)
    message(FATAL_ERROR "pkg-config not found: install pkg-config")
endif()
find_package(PkgConfig REQUIRED)

# require_library(<target> <module> <least version> <Debian package>)
function(require_library target module version package)
    pkg_check_modules(${target} QUIET IMPORTED_TARGET GLOBAL
        ${module}>=${version})
    if(NOT ${target}_FOUND)
        message(FATAL_ERROR
            "${module} ${version} or later not found: install ${package}")
    endif()
endfunction()

require_library(LIBPCI libpci 3.9 libpci-dev)
require_library(NUMA numa 2.0.14 libnuma-dev)
require_library(JSONC json-c 0.16 libjson-c-dev)
require_library(SMARTCOLS smartcols 2.38 libsmartcols-dev)
require_library(ZLIB zlib 1.2.13 zlib1g-dev)
