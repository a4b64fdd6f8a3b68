# What the target "uninstall" removes is what was installed, and nothing else. In a build and a prefix of its own.
#   SOURCE, FOLDER, GENERATOR, COMPILER
set(build ${FOLDER}/build)
set(prefix ${FOLDER}/prefix)
file(REMOVE_RECURSE ${FOLDER})
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(result)
    message(FATAL_ERROR "failed: ${ARGN}\n${output}")
  endif()
endfunction()

run(${CMAKE_COMMAND} -S ${SOURCE} -B ${build} -G ${GENERATOR} -DCMAKE_CXX_COMPILER=${COMPILER}
  -DCMAKE_BUILD_TYPE=Release -DCARDAMOM_BUILD_TESTS=OFF -DCARDAMOM_BUILD_EXAMPLES=OFF)
run(${CMAKE_COMMAND} --install ${build} --prefix ${prefix})
if(NOT EXISTS ${prefix}/include/cardamom/cardamom.hpp)
  message(FATAL_ERROR "nothing was installed in ${prefix}")
endif()
file(WRITE ${prefix}/include/another.hpp "")
run(${CMAKE_COMMAND} --build ${build} --target uninstall)
file(GLOB_RECURSE rest LIST_DIRECTORIES TRUE RELATIVE ${prefix} ${prefix}/*)
list(FILTER rest INCLUDE REGEX "cardamom|\\.")
if(NOT rest STREQUAL "include/another.hpp")
  message(FATAL_ERROR "left in ${prefix}: ${rest}")
endif()

# There is nothing to remove twice.
execute_process(COMMAND ${CMAKE_COMMAND} --build ${build} --target uninstall
  RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(NOT result OR NOT output MATCHES "nothing was installed")
  message(FATAL_ERROR "removed twice:\n${output}")
endif()
