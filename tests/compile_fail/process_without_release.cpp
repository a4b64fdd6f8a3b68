// expect: CellProcess: member release\(Index node\)
#include <cardamom/simulation/population.hpp>

// One gene that is always at the level of the input.
class Mine {
 public:
  cardamom::Index nodes() const { return 2; }
  void reset(const cardamom::RandomStream&, double, const cardamom::CellState& state) { state_ = state; }
  void clamp(cardamom::Index node, double level) { state_.protein[node] = level; }
#ifndef KO
  void release(cardamom::Index) {}
#endif
  void advance_to(double) { state_.mrna[1] = state_.protein[1] = state_.protein[0]; }
  const cardamom::Vector& protein() const { return state_.protein; }
  const cardamom::Vector& mrna() const { return state_.mrna; }

 private:
  cardamom::CellState state_ = cardamom::CellState::zero(2);
};

void use() { (void)cardamom::simulate(Mine{}, {}, {.seed = 1}, cardamom::ExactMeasurement{}); }
