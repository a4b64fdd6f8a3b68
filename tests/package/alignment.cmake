# Two units that align memory alike make a program; two that do not make one that says so as it starts.
#   cmake -DCXX=COMPILER -DFLAGS=FLAGS -DDIRECTORY=DIR -P alignment.cmake
file(MAKE_DIRECTORY ${DIRECTORY})
file(WRITE ${DIRECTORY}/main.cpp
  "#include <cardamom/core/types.hpp>\ncardamom::Vector other();\nint main() { return other().size() == 3 ? 0 : 1; }\n")
file(WRITE ${DIRECTORY}/other.cpp
  "#include <cardamom/core/types.hpp>\ncardamom::Vector other() { return cardamom::Vector::Zero(3); }\n")
foreach(unit main other)
  foreach(bytes 32 64)
    execute_process(COMMAND ${CXX} -std=c++20 ${FLAGS} -DEIGEN_MAX_ALIGN_BYTES=${bytes} -c ${unit}.cpp -o ${unit}_${bytes}.o
      WORKING_DIRECTORY ${DIRECTORY} COMMAND_ERROR_IS_FATAL ANY)
  endforeach()
endforeach()
foreach(bytes 32 64)
  execute_process(COMMAND ${CXX} main_32.o other_${bytes}.o -o program_${bytes} WORKING_DIRECTORY ${DIRECTORY}
    COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND ${DIRECTORY}/program_${bytes} RESULT_VARIABLE result ERROR_VARIABLE message)
  if(bytes EQUAL 32 AND NOT result EQUAL 0)
    message(FATAL_ERROR "units that are aligned alike: ${result}, ${message}")
  elseif(bytes EQUAL 64 AND (result EQUAL 0 OR NOT message MATCHES "align memory to 32 and to 64 bytes|align memory to 64 and to 32 bytes"))
    message(FATAL_ERROR "units that are aligned differently went unnoticed: ${result}, ${message}")
  endif()
endforeach()
