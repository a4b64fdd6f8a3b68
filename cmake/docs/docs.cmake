# The documentation site: cmake -DCARDAMOM_BUILD_DOCS=ON, then the target cardamom_docs; open docs/html/index.html of the
# build folder. A warning of Doxygen fails the target.
find_package(Doxygen REQUIRED OPTIONAL_COMPONENTS dot)

set(docs_source ${PROJECT_SOURCE_DIR}/cmake/docs)
set(docs_output ${PROJECT_BINARY_DIR}/docs)
if(TARGET Doxygen::dot)
  set(docs_have_dot YES)
else()
  set(docs_have_dot NO)
endif()
configure_file(${docs_source}/Doxyfile.in ${docs_output}/Doxyfile @ONLY)
add_custom_target(cardamom_docs
  COMMAND Doxygen::doxygen ${docs_output}/Doxyfile
  WORKING_DIRECTORY ${docs_output}
  COMMENT "Writing ${docs_output}/html/index.html"
  VERBATIM)
