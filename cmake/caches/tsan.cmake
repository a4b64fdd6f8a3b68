# cmake -C cmake/caches/tsan.cmake -S . -B build-tsan: tests with ThreadSanitizer; those that use threads are test_core and
# test_threads. What -D says after it decides.
set(CMAKE_CXX_COMPILER g++ CACHE STRING "")
set(CARDAMOM_WARNINGS_AS_ERRORS ON CACHE BOOL "")
set(CARDAMOM_SANITIZE "thread" CACHE STRING "")
set(CMAKE_CXX_FLAGS_RELEASE "-O1" CACHE STRING "")
set(CARDAMOM_BUILD_EXAMPLES OFF CACHE BOOL "")
# Two programs use the library: it is not worth compiling on its own.
set(CARDAMOM_BUILD_PRECOMPILED OFF CACHE BOOL "")
