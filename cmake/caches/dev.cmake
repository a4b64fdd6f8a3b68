# cmake -C cmake/caches/dev.cmake -S . -B build: everything, examples and what guards changes too, quick to compile. What -D
# says after it decides.
set(CMAKE_CXX_COMPILER g++ CACHE STRING "")
set(CARDAMOM_WARNINGS_AS_ERRORS ON CACHE BOOL "")
set(CARDAMOM_BUILD_BENCHMARKS ON CACHE BOOL "")
set(CARDAMOM_DEVELOPER_CHECKS ON CACHE BOOL "")
# Little is computed and much is compiled: optimising fully takes longer than it saves.
set(CMAKE_CXX_FLAGS_RELEASE "-O1 -DNDEBUG -Wno-maybe-uninitialized" CACHE STRING "")
