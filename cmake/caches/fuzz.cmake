# cmake -C cmake/caches/fuzz.cmake -S . -B build-fuzz: the fuzzing programs of tests/fuzz, and nothing else. What -D says
# after it decides: CARDAMOM_SANITIZE=undefined lets `anndata` run three times as often.
set(CMAKE_CXX_COMPILER clang++ CACHE STRING "")
set(CARDAMOM_WARNINGS_AS_ERRORS ON CACHE BOOL "")
set(CARDAMOM_SANITIZE "address,undefined" CACHE STRING "")
set(CMAKE_CXX_FLAGS_RELEASE "-O1" CACHE STRING "")
set(CARDAMOM_BUILD_FUZZERS ON CACHE BOOL "")
set(CARDAMOM_BUILD_TESTS OFF CACHE BOOL "")
set(CARDAMOM_BUILD_EXAMPLES OFF CACHE BOOL "")
set(CARDAMOM_BUILD_PRECOMPILED OFF CACHE BOOL "")
