#include <cardamom/io/model_directory.hpp>
#include <cardamom/io/panel.hpp>

namespace cardamom {

template SavedModel read_model_directory(const std::string&);
template Counts read_panel(const std::string&, const PanelOptions&);
template std::string panel_text(const Counts&);

}  // namespace cardamom
