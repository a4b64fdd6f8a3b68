# cmake -C cmake/caches/asan.cmake -S . -B build-asan: tests with AddressSanitizer, UndefinedBehaviorSanitizer and Eigen's
# assertions. What -D says after it decides.
set(CMAKE_CXX_COMPILER clang++ CACHE STRING "")
# A group of tests takes a quarter of the time; another compiler needs OFF.
set(CARDAMOM_PARSE_ONCE ON CACHE BOOL "")
set(CARDAMOM_WARNINGS_AS_ERRORS ON CACHE BOOL "")
set(CARDAMOM_SANITIZE "address,undefined" CACHE STRING "")
set(CMAKE_CXX_FLAGS_RELEASE "-O1" CACHE STRING "")
set(CARDAMOM_BUILD_EXAMPLES OFF CACHE BOOL "")
