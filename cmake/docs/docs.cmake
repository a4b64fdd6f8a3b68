# The documentation site: cmake -DCARDAMOM_BUILD_DOCS=ON, then the target cardamom_docs; open docs/html/index.html of the
# build folder. A warning of Doxygen fails the target, and so do a public entity that is not documented and a guide that
# links to none. The target cardamom_docs_figures, built before it, adds pictures.
find_package(Doxygen REQUIRED OPTIONAL_COMPONENTS dot)

set(docs_source ${PROJECT_SOURCE_DIR}/cmake/docs)
set(docs_output ${PROJECT_BINARY_DIR}/docs)
set(docs_figures ${docs_output}/html/paper_figures)
# The folders and their includes are shown as a picture where Graphviz is there to draw it, else as text: a \dotfile
# without Graphviz is an error of Doxygen.
if(TARGET Doxygen::dot)
  set(docs_have_dot YES)
  set(docs_sections folders_picture)
else()
  set(docs_have_dot NO)
  set(docs_sections folders_text)
endif()
# The sources of the examples, one page of them all.
file(GLOB docs_examples RELATIVE ${PROJECT_SOURCE_DIR}/examples CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/examples/*.cpp)
set(docs_page "# Example programs {#example_programs}\n\nThe files `examples/*.cpp`, each a whole program.\n")
foreach(example IN LISTS docs_examples)
  get_filename_component(name ${example} NAME_WE)
  string(APPEND docs_page "\n## ${name} {#example_${name}}\n\n\\include ${example}\n")
endforeach()
file(CONFIGURE OUTPUT ${docs_output}/example_programs.md CONTENT "${docs_page}" @ONLY)
configure_file(${docs_source}/Doxyfile.in ${docs_output}/Doxyfile @ONLY)
add_custom_target(cardamom_docs
  COMMAND ${CMAKE_COMMAND} -DROOT=${PROJECT_SOURCE_DIR}/include/cardamom -DOUTPUT=${docs_output}/folders.dot
    -DTEXT=${docs_output}/folders.txt -P ${PROJECT_SOURCE_DIR}/cmake/layers.cmake
  COMMAND ${CMAKE_COMMAND} -DDOXYGEN=$<TARGET_FILE:Doxygen::doxygen> -DDOXYFILE=${docs_output}/Doxyfile
    -DPAGES=${docs_source}/pages -P ${docs_source}/undocumented.cmake
  COMMAND ${CMAKE_COMMAND} -DDOXYGEN=$<TARGET_FILE:Doxygen::doxygen> -DDOXYFILE=${docs_output}/Doxyfile
    -DFIGURES=${docs_figures} -P ${docs_source}/run_doxygen.cmake
  WORKING_DIRECTORY ${docs_output}
  COMMENT "Writing ${docs_output}/html/index.html"
  VERBATIM)

# The pictures of the page on the paper's figures; without them it shows text. Building the program takes minutes.
if(TARGET paper_figures)
  add_custom_target(cardamom_docs_figures
    COMMAND ${CMAKE_COMMAND} -E make_directory ${docs_figures}
    COMMAND paper_figures --quick --out ${docs_figures}
    COMMENT "Drawing the paper's figures for the documentation"
    VERBATIM)
endif()
