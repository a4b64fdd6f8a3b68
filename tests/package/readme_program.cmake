# The program printed in the README is the one that the consumer project builds.
file(READ ${SOURCE}/README.md readme)
file(READ ${SOURCE}/tests/package/consumer/main.cpp program)
string(STRIP "${program}" program)
string(FIND "${readme}" "${program}" position)
if(position EQUAL -1)
  message(FATAL_ERROR "README.md does not hold tests/package/consumer/main.cpp word for word")
endif()
