# SPDX-License-Identifier: GPL-2.0-or-later
# Which commit a tree is, if it is not a release:
#
#   cmake -DSOURCE=TREE -DVERSION=0.9.0 -DOUTPUT=FILE -P Snapshot.cmake
#
# writes FILE, a header with VFIO_TPH_SNAPSHOT: what git describe prints, or ""
# for the release VERSION (tag v0.9.0, nothing changed) and for a tree of which
# nothing is known. The file is left alone if nothing changed. snapshot_of()
# is for use in other files.
cmake_minimum_required(VERSION 3.25)

# snapshot_of(<variable> <tree> <version>)
function(snapshot_of variable tree version)
    set(described "")
    file(READ ${tree}/cmake/archived archived)
    if(archived MATCHES "^([^$|]*)[|]([0-9a-f]+)") # by git archive
        set(described "${CMAKE_MATCH_1}")
        if(NOT described)
            set(described "${CMAKE_MATCH_2}")
        endif()
    elseif(EXISTS ${tree}/.git)
        find_program(GIT_EXECUTABLE git)
        if(GIT_EXECUTABLE)
            execute_process(COMMAND ${GIT_EXECUTABLE} -C ${tree}
                describe --tags "--match=v*" --always --dirty
                OUTPUT_VARIABLE described OUTPUT_STRIP_TRAILING_WHITESPACE
                ERROR_QUIET)
        endif()
    endif()
    if(described STREQUAL "v${version}")
        set(described "")
    endif()
    set(${variable} "${described}" PARENT_SCOPE)
endfunction()

if(CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)
    snapshot_of(snapshot ${SOURCE} ${VERSION})
    file(CONFIGURE OUTPUT ${OUTPUT}
        CONTENT "#define VFIO_TPH_SNAPSHOT \"@snapshot@\"\n" @ONLY)
endif()
