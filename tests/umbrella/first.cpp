#include <cardamom/cardamom.hpp>

double second();

int main() { return second() == cardamom::logistic(1.0) ? 0 : 1; }
