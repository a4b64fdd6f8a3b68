// expect: CARDAMOM_ALLOW_FAST_MATH
// As -ffast-math defines it.
#define __FAST_MATH__ 1
#ifndef KO
#define CARDAMOM_ALLOW_FAST_MATH
#endif
#include <cardamom/core/error.hpp>
