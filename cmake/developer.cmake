# Settings of the project's own programs (tests, examples, benchmarks); nothing here reaches consumers.
if(PROJECT_IS_TOP_LEVEL AND NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()

add_library(cardamom_developer INTERFACE)
target_link_libraries(cardamom_developer INTERFACE cardamom::cardamom)
target_compile_options(cardamom_developer INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
if(CARDAMOM_WARNINGS_AS_ERRORS)
  target_compile_options(cardamom_developer INTERFACE -Werror)
endif()
if(CARDAMOM_NATIVE)
  target_compile_options(cardamom_developer INTERFACE -march=native)
endif()
if(CARDAMOM_SANITIZE)
  # Eigen's assertions are part of the check: keep them whatever the build type.
  target_compile_options(cardamom_developer INTERFACE
    -fsanitize=${CARDAMOM_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g1 -UNDEBUG)
  target_link_options(cardamom_developer INTERFACE -fsanitize=${CARDAMOM_SANITIZE})
endif()
