# The library is headers: it is as fast as the project that includes it is compiled, and without a build type CMake asks for
# no optimisation. Said once, at configure time, unless the project chose otherwise in its flags. Included by a build that
# is part of another project and, installed, by the package configuration.
get_property(cardamom_multi_config GLOBAL PROPERTY GENERATOR_IS_MULTI_CONFIG)
get_property(cardamom_build_type_told GLOBAL PROPERTY CARDAMOM_BUILD_TYPE_TOLD)
get_directory_property(cardamom_options COMPILE_OPTIONS)
if(NOT cardamom_multi_config AND NOT cardamom_build_type_told AND NOT CMAKE_BUILD_TYPE
    AND NOT "${CMAKE_CXX_FLAGS};${cardamom_options}" MATCHES "(^|[ ;])[-/]O")
  message(WARNING
    "This project has no build type, so its compiler does not optimise: cardamom is then many times slower. "
    "Configure with -DCMAKE_BUILD_TYPE=Release.")
  set_property(GLOBAL PROPERTY CARDAMOM_BUILD_TYPE_TOLD TRUE)
endif()
unset(cardamom_multi_config)
unset(cardamom_build_type_told)
unset(cardamom_options)
