#include <cardamom/cardamom.hpp>

double second();
double second() { return cardamom::logistic(1.0); }
