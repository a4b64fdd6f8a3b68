// Checks that an expression throws the documented type and that its message holds every given part.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

namespace support {

template <class Exception, class Action>
void check_throws(Action&& action, std::initializer_list<std::string_view> parts) {
  try {
    action();
  } catch (const Exception& error) {
    const std::string message = error.what();
    for (const std::string_view part : parts) {
      INFO("message: " << message);
      INFO("expected to hold: " << std::string(part));
      CHECK(message.find(part) != std::string::npos);
    }
    return;
  }
  FAIL_CHECK("nothing of the documented type was thrown");
}

}  // namespace support
