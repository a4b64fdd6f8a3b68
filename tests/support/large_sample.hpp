// Tests whose samples are large enough for a law of chance to show: a sanitizer makes a minute of seconds, and finds
// nothing there that it does not find in the shorter tests of the same functions.
#pragma once

#include <doctest/doctest.h>

namespace support {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool sanitized = true;
#elif defined(__has_feature)
inline constexpr bool sanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
inline constexpr bool sanitized = false;
#endif

/// Decorates a test that is left out under a sanitizer: TEST_CASE("…" * support::large_sample()). A function, since
/// objects of different files have no order in which they are made.
inline doctest::skip large_sample() { return doctest::skip(sanitized); }

}  // namespace support
