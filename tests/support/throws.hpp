#pragma once

#include <gtest/gtest.h>

#include <exception>
#include <initializer_list>
#include <string_view>

namespace support {

/// Whether `action()` throws an `Error` whose text holds each of `parts`: EXPECT_TRUE(throws<index_error>([&] { … })).
template <class Error, class Action>
[[nodiscard]] testing::AssertionResult throws(Action&& action, std::initializer_list<std::string_view> parts = {}) {
  try {
    static_cast<void>(action());
  } catch (Error const& e) {
    for (auto const part : parts)
      if (std::string_view(e.what()).find(part) == std::string_view::npos)
        return testing::AssertionFailure() << "\"" << part << "\" is not in: " << e.what();
    return testing::AssertionSuccess();
  } catch (std::exception const& e) {
    return testing::AssertionFailure() << "another type, with the text: " << e.what();
  }
  return testing::AssertionFailure() << "nothing was thrown";
}

} // namespace support
