// Sees the umbrella alone.
#include <cardamom/cardamom.hpp>

std::string format_without_hdf5(const std::string& path) { return cardamom::read_counts(path).format; }
cardamom::FileReader reader_without_hdf5() { return cardamom::PanelOptions{}.read; }
