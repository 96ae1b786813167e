#pragma once

/// What the tests of collectives and messages have in common: numbers of every type, and buffers with a guard behind.

#include <array>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace support {

enum class colour : std::int16_t { red, green, blue };

/// A struct with padding whose members are found by themselves.
struct grain {
  char kind;
  double weight;
  short place[2][2];
  bool operator==(grain const&) const = default;
};

/// The n-th value of a type, exact in all of them.
template <class T>
struct numbered {
  static T at(int n) { return static_cast<T>(n % 100); }
};
template <class T>
struct numbered<std::complex<T>> {
  static std::complex<T> at(int n) { return {static_cast<T>(n), static_cast<T>(-n)}; }
};
template <class First, class Second>
struct numbered<std::pair<First, Second>> {
  static std::pair<First, Second> at(int n) { return {numbered<First>::at(n), numbered<Second>::at(n + 1)}; }
};
template <class... T>
struct numbered<std::tuple<T...>> {
  static std::tuple<T...> at(int n) { return {numbered<T>::at(n)...}; }
};
template <>
struct numbered<grain> {
  static grain at(int n) {
    auto const place = [n](int i) { return numbered<short>::at(n + i); };
    return {numbered<char>::at(n), numbered<double>::at(n + 1), {{place(2), place(3)}, {place(4), place(5)}}};
  }
};
template <class T, std::size_t N>
struct numbered<std::array<T, N>> {
  static std::array<T, N> at(int n) {
    std::array<T, N> values{};
    for (std::size_t i = 0; i < N; ++i) values[i] = numbered<T>::at(n + static_cast<int>(i));
    return values;
  }
};

/// Calls `visit(T{})` for wire types of every kind and size.
template <class Visit>
void for_each_wire_type(Visit visit) {
  visit(char{});
  visit(std::int8_t{});
  visit(std::uint16_t{});
  visit(int{});
  visit(std::int64_t{});
  visit(float{});
  visit(double{});
  visit(std::byte{});
  visit(colour{});
  visit(std::complex<float>{});
  visit(std::complex<double>{});
  visit(std::pair<char, double>{});
  visit(std::array<short, 3>{});
  visit(std::tuple<char, int, double>{});
  visit(grain{});
}

/// Runs `visit(T{})` for two wire types: of a byte, and a struct with padding. That every type has its datatype is for
/// the tests of `datatype` and `send`.
template <class Visit>
void for_some_types(Visit visit) {
  visit(char{});
  visit(std::pair<char, double>{});
}

/// `count` values that tell which rank they are from.
template <class T>
std::vector<T> values_of(int rank, std::size_t count) {
  std::vector<T> values;
  for (std::size_t i = 0; i < count; ++i) values.push_back(numbered<T>::at(1 + 10 * rank + static_cast<int>(i)));
  return values;
}

/// A receive buffer with an element behind it that must stay as it is.
template <class T>
class guarded {
public:
  explicit guarded(std::size_t count) : memory_(count + 1, numbered<T>::at(77)) {}
  /// The buffer, without the guard.
  [[nodiscard]] std::span<T> room() { return std::span(memory_).first(memory_.size() - 1); }
  /// Fails unless the buffer holds `expected` and the guard is untouched.
  void expect(std::vector<T> const& expected) const {
    EXPECT_EQ(std::vector<T>(memory_.begin(), memory_.end() - 1), expected);
    EXPECT_EQ(memory_.back(), numbered<T>::at(77)) << "the element behind the buffer";
  }

private:
  std::vector<T> memory_;
};

/// A string of any length that tells which rank it is from.
inline std::string text_of(int rank, std::size_t length) {
  std::string text(length, static_cast<char>('a' + rank));
  for (std::size_t i = 0; i < length; i += 7) text[i] = static_cast<char>('A' + i % 26);
  return text;
}

/// The text of the exception that `action` throws; fails when there is none of this type.
template <class Exception, class Action>
std::string message_of(Action&& action) {
  try {
    action();
  } catch (Exception const& e) {
    return e.what();
  } catch (std::exception const& e) {
    ADD_FAILURE() << "another exception: " << e.what();
    return {};
  }
  ADD_FAILURE() << "no exception";
  return {};
}

} // namespace support
