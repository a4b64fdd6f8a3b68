# cardamom::precompiled: the algorithms with the usual policies, compiled once. A program that links it includes the same
# headers and compiles those only that it combines otherwise; without it, the headers are all there is. Programs and
# library must be compiled alike (-march).
file(GLOB cardamom_precompiled_sources CONFIGURE_DEPENDS cmake/precompiled/*.cpp)
add_library(cardamom_precompiled STATIC ${cardamom_precompiled_sources})
add_library(cardamom::precompiled ALIAS cardamom_precompiled)
set_target_properties(cardamom_precompiled PROPERTIES EXPORT_NAME precompiled POSITION_INDEPENDENT_CODE ON)
target_link_libraries(cardamom_precompiled PUBLIC cardamom)
target_compile_definitions(cardamom_precompiled PUBLIC CARDAMOM_PRECOMPILED)
