/// @file
/// Checkpoints: finished pieces of a long computation, kept where a later run finds them.
#pragma once

#include <concepts>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace cardamom {

/// | expression | type | meaning |
/// | --- | --- | --- |
/// | `checkpoint.load(name)` | `std::optional<std::string>` | the bytes that were saved under the name, none when there are none |
/// | `checkpoint.save(name, bytes)` | | keeps the bytes under the name; may throw |
///
/// Names are letters, digits, `_` and `-`. Both members are const and may be called from several threads at once, not
/// with the same name. A copy keeps the same pieces. Models: `NoCheckpoint`, `DirectoryCheckpoint`
/// (io/directory_checkpoint.hpp).
///
/// A verb with a checkpoint gives the result that it gives without one, to the bit, however often it was stopped. It
/// saves what it was asked, too (of several processes the first one alone reads and writes), and refuses a checkpoint
/// of another call; what it cannot see, such as the settings of a policy, is for the caller to compare.
template <class C>
concept Checkpoint = std::copy_constructible<C> &&
    requires(const C& checkpoint, const std::string& name, const std::string& bytes) {
  { checkpoint.load(name) } -> std::same_as<std::optional<std::string>>;
  checkpoint.save(name, bytes);
};

/// Keeps nothing.
struct NoCheckpoint {
  std::optional<std::string> load(const std::string&) const { return std::nullopt; }
  void save(const std::string&, const std::string&) const noexcept {}
};

/// The role of a verb's checkpoint; `NoCheckpoint` where none is given.
struct CheckpointRole {
  template <class T>
  static constexpr bool fits = Checkpoint<T>;
  template <class T>
  static constexpr bool check() {
    if constexpr (!fits<T>) {
      constexpr bool loads = requires(const T& t, const std::string& name) { t.load(name); };
      constexpr bool saves = requires(const T& t, const std::string& name) { t.save(name, name); };
      static_assert(!loads || saves, "Checkpoint: member save(name, bytes) is missing or not const");
      static_assert(!saves || loads, "Checkpoint: member load(name) is missing or not const");
      static_assert(!loads || !saves, "Checkpoint: load(name) must return std::optional<std::string>");
    }
    return true;
  }
};

/// A checkpoint of any type, which must outlive it.
class CheckpointRef {
 public:
  template <class C>
  requires(!std::same_as<C, CheckpointRef> && Checkpoint<C>) explicit CheckpointRef(const C& checkpoint)
      : checkpoint_(&checkpoint),
        keeps_(!std::same_as<C, NoCheckpoint>),
        load_([](const void* c, const std::string& name) { return static_cast<const C*>(c)->load(name); }),
        save_([](const void* c, const std::string& name, const std::string& bytes) {
          static_cast<const C*>(c)->save(name, bytes);
        }) {}

  /// Whether it keeps anything: of `NoCheckpoint` there is nothing to prepare.
  bool keeps() const noexcept { return keeps_; }
  std::optional<std::string> load(const std::string& name) const { return load_(checkpoint_, name); }
  void save(const std::string& name, const std::string& bytes) const { save_(checkpoint_, name, bytes); }

 private:
  const void* checkpoint_;
  bool keeps_;
  std::optional<std::string> (*load_)(const void*, const std::string&);
  void (*save_)(const void*, const std::string&, const std::string&);
};

}  // namespace cardamom
