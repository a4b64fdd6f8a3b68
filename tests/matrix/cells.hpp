// Checks shared by the cells of the matrix of verbs and policies (cmake/docs/pages/policies.md).
#pragma once

#include <archetypes/archetypes.hpp>

#include <doctest/doctest.h>

#include <cardamom/core/error.hpp>

namespace matrix {

using namespace cardamom;

/// The policies that every verb takes and that have no say in its result. `verb(policies…)` runs a verb with the
/// policies given and returns something with ==.
template <class Verb>
void check_run_policies(const Verb& verb) {
  const auto usual = verb();
  {
    INFO("executor");
    CHECK(verb(archetypes::Executor(0)) == usual);
  }
  {
    INFO("progress");
    archetypes::ProgressLog log;
    CHECK(verb(archetypes::Progress(log), archetypes::Executor(0)) == usual);
    CHECK(log.kept_its_promises);
    CHECK(log.calls > 0);
    CHECK(log.done == log.total);
  }
  {
    INFO("progress that asks to stop");
    archetypes::ProgressLog log;
    CHECK_THROWS_AS(verb(archetypes::Executor(0), archetypes::Progress(log, 1)), Cancelled);
    CHECK(log.calls == 1);
  }
}

}  // namespace matrix
