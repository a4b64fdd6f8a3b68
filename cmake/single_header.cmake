# The whole library as one file, <build>/single_header/cardamom/cardamom.hpp: put its folder on the include path and the
# usual #include <cardamom/cardamom.hpp> finds it. Eigen and Boost stay separate.
set(cardamom_single_header_dir ${PROJECT_BINARY_DIR}/single_header)
set(cardamom_single_header ${cardamom_single_header_dir}/cardamom/cardamom.hpp)
list(TRANSFORM cardamom_headers PREPEND ${PROJECT_SOURCE_DIR}/ OUTPUT_VARIABLE amalgamated_headers)
add_custom_command(OUTPUT ${cardamom_single_header}
  COMMAND ${CMAKE_COMMAND}
    -DROOT=${PROJECT_SOURCE_DIR}/include -DENTRY=cardamom/everything.hpp -DOUTPUT=${cardamom_single_header}
    -DLICENSE=${PROJECT_SOURCE_DIR}/LICENSE -DVERSION=${PROJECT_VERSION}
    -P ${PROJECT_SOURCE_DIR}/cmake/amalgamate.cmake
  DEPENDS ${amalgamated_headers} ${PROJECT_SOURCE_DIR}/cmake/amalgamate.cmake ${PROJECT_SOURCE_DIR}/LICENSE
  COMMENT "Writing ${cardamom_single_header}"
  VERBATIM)
add_custom_target(cardamom_single_header DEPENDS ${cardamom_single_header})
