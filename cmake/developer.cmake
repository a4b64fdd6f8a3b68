# Settings of the project's own programs (tests, examples, benchmarks); nothing here reaches consumers.
if(PROJECT_IS_TOP_LEVEL AND NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()

add_library(cardamom_developer_options INTERFACE)
target_compile_options(cardamom_developer_options INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
# GCC 12 takes the resize of a vector, inlined, for a use after free.
target_compile_options(cardamom_developer_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-use-after-free>)
if(CARDAMOM_WARNINGS_AS_ERRORS)
  target_compile_options(cardamom_developer_options INTERFACE -Werror)
endif()
if(CARDAMOM_NATIVE)
  target_compile_options(cardamom_developer_options INTERFACE -march=native)
endif()
if(CARDAMOM_SANITIZE)
  # Eigen's assertions are part of the check: keep them whatever the build type.
  target_compile_options(cardamom_developer_options INTERFACE
    -fsanitize=${CARDAMOM_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g1 -UNDEBUG)
  # AddressSanitizer and Eigen's assertions stop at most of what the first four find; the rest (misaligned access outside
  # Eigen, a member of the wrong dynamic type) is given up: they took a unit of the tests from 161 to 292 s. The last
  # stops at Eigen's views of empty matrices, which begin at an offset from a null pointer, and are never read.
  if(CARDAMOM_SANITIZE MATCHES "address.*undefined")
    target_compile_options(cardamom_developer_options INTERFACE -fno-sanitize=null,alignment,object-size,vptr,pointer-overflow)
  endif()
  target_link_options(cardamom_developer_options INTERFACE -fsanitize=${CARDAMOM_SANITIZE})
endif()

# What programs link that compile every algorithm themselves, as users of the headers do, and what the others link.
add_library(cardamom_developer_headers INTERFACE)
target_link_libraries(cardamom_developer_headers INTERFACE cardamom_developer_options cardamom::cardamom)
add_library(cardamom_developer INTERFACE)
target_link_libraries(cardamom_developer INTERFACE cardamom_developer_headers)
if(TARGET cardamom_precompiled)
  target_compile_options(cardamom_precompiled
    PRIVATE $<TARGET_PROPERTY:cardamom_developer_options,INTERFACE_COMPILE_OPTIONS>
      $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  target_link_libraries(cardamom_developer INTERFACE cardamom::precompiled)
endif()
if(CARDAMOM_PARSE_ONCE)
  include(cmake/parsed_once.cmake)
endif()
