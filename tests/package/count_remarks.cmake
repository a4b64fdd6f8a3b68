# Configures a project and counts how often its output speaks of the missing build type.
#   SOURCE, BUILD, GENERATOR
#   OPTIONS  of the configuration
#   COUNT    how often
unset(ENV{CMAKE_BUILD_TYPE})
unset(ENV{CXXFLAGS})
file(REMOVE_RECURSE ${BUILD})
execute_process(COMMAND ${CMAKE_COMMAND} -S ${SOURCE} -B ${BUILD} -G ${GENERATOR} ${OPTIONS}
  RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(result)
  message(FATAL_ERROR "the configuration failed:\n${output}")
endif()
string(REGEX MATCHALL "no build type" remarks "${output}")
list(LENGTH remarks count)
if(NOT count EQUAL COUNT)
  message(FATAL_ERROR "the missing build type is spoken of ${count} times, not ${COUNT}:\n${output}")
endif()
