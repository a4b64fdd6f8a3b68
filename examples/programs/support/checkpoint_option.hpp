// What a run with --checkpoint is told by: its options, and the files that they name.
#pragma once

#include <algorithm>
#include <filesystem>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include <CLI/CLI.hpp>
#include <boost/crc.hpp>

#include <cardamom/core/visible_text.hpp>
#include <cardamom/io/directory_checkpoint.hpp>
#include <cardamom/io/read_file.hpp>

#include "support/processes.hpp"

namespace support {

/// Options of the command line in their order with their values, but for those that cannot change what is computed; a
/// value that is a file with the CRC-32 of its content.
/// @param without names of options
inline cardamom::CheckpointIdentity checkpoint_identity(const CLI::App& app,
                                                        std::initializer_list<std::string_view> without) {
  cardamom::CheckpointIdentity identity;
  for (const CLI::Option* const option : app.get_options()) {
    const std::string name = option->get_name();
    if (option->count() == 0 || std::find(without.begin(), without.end(), name) != without.end()) continue;
    std::string values;
    for (const std::string& value : option->results()) {
      values += (values.empty() ? "" : " ") + cardamom::visible_text(value);
      std::error_code error;
      if (!std::filesystem::is_regular_file(value, error)) continue;
      const std::string bytes = cardamom::read_bytes(value);
      boost::crc_32_type crc;
      crc.process_bytes(bytes.data(), bytes.size());
      values += " (CRC " + std::to_string(crc.checksum()) + ')';
    }
    identity.emplace_back(name, values);
  }
  return identity;
}

/// The checkpoint in a directory, which the first process alone opens: verbs give the others what is in it.
class CheckpointOfFirst {
 public:
  CheckpointOfFirst(const std::string& path, const cardamom::CheckpointIdentity& identity) {
    if (is_first_process()) directory_.emplace(path, identity);
  }
  std::optional<std::string> load(const std::string& name) const { return directory_.value().load(name); }
  void save(const std::string& name, const std::string& bytes) const { directory_.value().save(name, bytes); }

 private:
  std::optional<cardamom::DirectoryCheckpoint> directory_;
};

}  // namespace support
