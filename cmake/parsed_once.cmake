# cardamom_parsed_once, for clang++: a program that links it reads the library and doctest as parsed, with what their
# functions instantiate, and takes the machine code of these from one object. It compiles its own functions and what
# they instantiate otherwise, nothing else, and need not optimise that.
if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  message(FATAL_ERROR "CARDAMOM_PARSE_ONCE needs clang++: -DCARDAMOM_PARSE_ONCE=OFF with ${CMAKE_CXX_COMPILER}")
endif()
find_package(doctest REQUIRED CONFIG)

set(parsed_folder ${PROJECT_BINARY_DIR}/parsed_once)
file(CONFIGURE OUTPUT ${parsed_folder}/all.cpp CONTENT "#include <cardamom/everything.hpp>\n#include <doctest/doctest.h>\n")
add_library(cardamom_parsed_text OBJECT ${parsed_folder}/all.cpp)
target_link_libraries(cardamom_parsed_text PRIVATE cardamom_developer_headers doctest::doctest)
target_compile_definitions(cardamom_parsed_text PRIVATE DOCTEST_CONFIG_VOID_CAST_EXPRESSIONS
  $<$<TARGET_EXISTS:cardamom_precompiled>:CARDAMOM_PRECOMPILED>)
target_compile_options(cardamom_parsed_text PRIVATE -O0 -fpch-instantiate-templates -fpch-codegen "SHELL:-x c++-header")

# The compiler knows a parsed text by the name of its file.
set(parsed ${parsed_folder}/all.pch)
set(parsed_code ${parsed_folder}/all.o)
add_custom_command(OUTPUT ${parsed}
  COMMAND ${CMAKE_COMMAND} -E copy $<TARGET_OBJECTS:cardamom_parsed_text> ${parsed}
  DEPENDS $<TARGET_OBJECTS:cardamom_parsed_text>
  VERBATIM)
# Optimised, unlike the text: most of what the tests compute is here.
add_custom_command(OUTPUT ${parsed_code}
  COMMAND ${CMAKE_CXX_COMPILER} ${CMAKE_CXX20_EXTENSION_COMPILE_OPTION}
    $<TARGET_PROPERTY:cardamom_developer_options,INTERFACE_COMPILE_OPTIONS> -Wno-unused-command-line-argument -O1
    -Xclang -fno-validate-pch -o ${parsed_code} -c ${parsed}
  DEPENDS ${parsed}
  COMMAND_EXPAND_LISTS
  VERBATIM)
add_custom_target(cardamom_parsed DEPENDS ${parsed})
add_custom_target(cardamom_parsed_code DEPENDS ${parsed_code})

# CARDAMOM_PRECOMPILED is the same for all; other macros of the command line are not looked at.
set(parsed_options "SHELL:-Xclang -fno-validate-pch -include-pch ${parsed}")
add_library(cardamom_parsed_once INTERFACE)
target_compile_options(cardamom_parsed_once INTERFACE ${parsed_options})
target_sources(cardamom_parsed_once INTERFACE ${parsed_code})
# The object has every inline function, and some of the standard library's, never called, call what is nowhere.
target_link_options(cardamom_parsed_once INTERFACE -Wl,--gc-sections)
add_dependencies(cardamom_parsed_once cardamom_parsed cardamom_parsed_code)
if(TARGET cardamom_precompiled)
  target_compile_options(cardamom_precompiled PRIVATE ${parsed_options})
  add_dependencies(cardamom_precompiled cardamom_parsed)
endif()
