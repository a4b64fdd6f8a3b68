# Every public entity is documented: types, functions, constants and macros that stand in a namespace or a file. Every
# guide links to some of them.
#   cmake -DDOXYGEN=doxygen -DDOXYFILE=Doxyfile -DPAGES=cmake/docs/pages -P undocumented.cmake
# has Doxygen read what it reads for the site, writes no pages, and fails with a list of those that say nothing. Deduction
# guides say what their type says; members of a type are told by its concept, their names, or a comment of their own.
file(READ ${DOXYFILE} configuration)
get_filename_component(folder ${DOXYFILE} DIRECTORY)
string(APPEND configuration "
EXTRACT_ALL          = NO
WARN_IF_UNDOCUMENTED = YES
WARN_AS_ERROR        = NO
GENERATE_HTML        = NO
GENERATE_XML         = YES
XML_OUTPUT           = undocumented_xml
XML_PROGRAMLISTING   = NO
HAVE_DOT             = NO
")
file(WRITE ${DOXYFILE}.undocumented "${configuration}")
execute_process(COMMAND ${DOXYGEN} ${DOXYFILE}.undocumented ERROR_VARIABLE messages OUTPUT_QUIET RESULT_VARIABLE result)
file(REMOVE_RECURSE ${folder}/undocumented_xml)
if(result)
  message(FATAL_ERROR "Doxygen failed: ${result}\n${messages}")
endif()
string(REPLACE ";" "," messages "${messages}")
string(REPLACE "\n" ";" messages "${messages}")
set(entities ${messages})
list(FILTER entities INCLUDE REGEX
  "warning: (Compound .* is not documented|Member .*[)] of (namespace|file) .* is not documented)")
list(FILTER entities EXCLUDE REGEX " -> ")
set(members ${messages})
list(FILTER members INCLUDE REGEX "warning: Member .*[)] of (class|struct) .* is not documented")
list(LENGTH entities count)
list(LENGTH members member_count)
message(STATUS "${count} public entities without a word of documentation; members of types without one: ${member_count}")

file(GLOB pages ${PAGES}/*.md)
set(unlinked)
foreach(page IN LISTS pages)
  file(READ ${page} text)
  if(NOT text MATCHES "@ref cardamom::")
    list(APPEND unlinked ${page})
  endif()
endforeach()
if(unlinked OR NOT pages)
  list(JOIN unlinked "\n" text)
  message(FATAL_ERROR "guides without a link into the reference:\n${text}")
endif()
if(count GREATER 0)
  list(JOIN entities "\n" text)
  message(FATAL_ERROR "undocumented:\n${text}")
endif()
