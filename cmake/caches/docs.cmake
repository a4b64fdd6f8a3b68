# cmake -C cmake/caches/docs.cmake -S . -B build-docs, then the target cardamom_docs. What -D says after it decides.
set(CARDAMOM_BUILD_DOCS ON CACHE BOOL "")
set(CARDAMOM_BUILD_TESTS OFF CACHE BOOL "")
