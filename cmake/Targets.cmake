# SPDX-License-Identifier: GPL-2.0-or-later
# Targets beside the build's own:
#   uninstall  remove what cmake --install installed last (DESTDIR counts)
#   dist       a tarball of the commit that is checked out, see scripts/make-dist
#   html       the manual as linked pages, in man/html of the build (man/CMakeLists.txt)

configure_file(${CMAKE_CURRENT_LIST_DIR}/Uninstall.cmake.in
    ${PROJECT_BINARY_DIR}/uninstall.cmake @ONLY)
add_custom_target(uninstall
    COMMAND ${CMAKE_COMMAND} -P ${PROJECT_BINARY_DIR}/uninstall.cmake
    VERBATIM)
add_custom_target(dist
    COMMAND ${PROJECT_SOURCE_DIR}/scripts/make-dist ${PROJECT_BINARY_DIR}
    VERBATIM)
