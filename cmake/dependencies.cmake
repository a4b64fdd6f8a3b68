# What the headers need, for this build and (installed beside the package configuration) for consumers.
# Eigen is found without a version and compared here: a request for 3.4 is refused by Eigen 5, a range by Eigen 3.4.0.
if(NOT TARGET Eigen3::Eigen)
  find_package(Eigen3 REQUIRED CONFIG)
endif()
if(DEFINED Eigen3_VERSION AND Eigen3_VERSION VERSION_LESS 3.4)
  message(FATAL_ERROR "cardamom needs Eigen 3.4 or later, found ${Eigen3_VERSION}")
endif()
if(NOT TARGET Boost::headers)
  find_package(Boost 1.74 REQUIRED)
endif()
find_package(Threads REQUIRED)
