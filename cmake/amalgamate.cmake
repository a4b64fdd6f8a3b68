# Joins a header and everything it includes from its own tree into one file:
#   cmake -DROOT=include -DENTRY=cardamom/cardamom.hpp -DOUTPUT=one.hpp -DLICENSE=LICENSE -DVERSION=1.2.3 -P amalgamate.cmake
# Each header appears once, after the headers it needs; includes of other libraries are hoisted to the top, sorted.
# Only includes outside of preprocessor conditions are understood: after the first #if of a header its foreign includes
# stay where they are, and an include of the tree's own headers there is an error.
cmake_minimum_required(VERSION 3.23)

set_property(GLOBAL PROPERTY seen "")
set_property(GLOBAL PROPERTY foreign "")
set_property(GLOBAL PROPERTY body "")

# The file names of all #include <...> lines of the text.
function(list_includes text out)
  string(REGEX MATCHALL "\n#include <[^>\n]+>" lines "${text}")
  list(TRANSFORM lines REPLACE "\n#include <([^>]+)>" "\\1")
  set(${out} "${lines}" PARENT_SCOPE)
endfunction()

function(amalgamate header)
  get_property(seen GLOBAL PROPERTY seen)
  if(header IN_LIST seen)
    return()
  endif()
  set_property(GLOBAL APPEND PROPERTY seen ${header})

  file(READ ${ROOT}/${header} text)
  string(REPLACE "\r\n" "\n" text "\n${text}\n")
  string(FIND "${text}" "\n#if" condition)
  string(SUBSTRING "${text}" 0 ${condition} head)
  set(tail "")
  if(NOT condition EQUAL -1)
    string(SUBSTRING "${text}" ${condition} -1 tail)
    list_includes("${tail}" late)
    foreach(include ${late})
      if(EXISTS ${ROOT}/${include})
        message(FATAL_ERROR "${header}: #include <${include}> after an #if cannot be amalgamated")
      endif()
    endforeach()
  endif()

  list_includes("${head}" includes)
  foreach(include ${includes})
    if(EXISTS ${ROOT}/${include})
      amalgamate(${include})
    else()
      set_property(GLOBAL APPEND PROPERTY foreign ${include})
    endif()
  endforeach()

  string(REGEX REPLACE "\n#include <[^>\n]+>" "" head "${head}")
  string(CONCAT text "${head}" "${tail}")
  string(REPLACE "\n#pragma once\n" "\n" text "${text}")
  if(text MATCHES "\n#[ \t]*include \"")
    message(FATAL_ERROR "${header}: includes are written with angle brackets in this project")
  endif()
  string(REGEX REPLACE "\n\n\n+" "\n\n" text "${text}")
  # The umbrellas hold nothing but includes and a comment: leave them out.
  string(REGEX REPLACE "\n//[^\n]*" "" code "${text}")
  string(STRIP "${code}" code)
  if(NOT code STREQUAL "")
    set_property(GLOBAL APPEND_STRING PROPERTY body "\n// ---- ${header} ----${text}")
  endif()
endfunction()

amalgamate(${ENTRY})

get_property(foreign GLOBAL PROPERTY foreign)
list(REMOVE_DUPLICATES foreign)
list(SORT foreign)
list(TRANSFORM foreign REPLACE "(.+)" "#include <\\1>")
list(JOIN foreign "\n" foreign)
get_property(body GLOBAL PROPERTY body)
file(READ ${LICENSE} license)
string(STRIP "${license}" license)
string(REPLACE "\n" "\n// " license "// ${license}")
string(REPLACE "\n// \n" "\n//\n" license "${license}")
file(WRITE ${OUTPUT}
  "// cardamom ${VERSION}, all headers in one file; generated, do not edit. Needs Eigen >= 3.4 and Boost >= 1.74.\n//\n"
  "${license}\n\n#pragma once\n\n${foreign}\n${body}")
