#pragma once

/// When you may look: the third of the three words of a communication, besides who (the function) and what (the
/// buffer).

#include <concepts>

namespace armada {

/// The call returns when the result is there. The default.
struct blocking_t {};
/// The call returns at once with a `pending`; buffers stay untouched until it has been waited for.
struct nonblocking_t {};
/// The call prepares a `plan`, which is started and waited for as often as wanted; its buffers outlive it.
struct persistent_t {};

inline constexpr blocking_t blocking{};
inline constexpr nonblocking_t nonblocking{};
inline constexpr persistent_t persistent{};

/// A way for a two-sided or collective call to complete.
template <class Mode>
concept completion = std::same_as<Mode, blocking_t> || std::same_as<Mode, nonblocking_t>;

/// The same, for calls that can also be prepared.
template <class Mode>
concept any_mode = completion<Mode> || std::same_as<Mode, persistent_t>;

} // namespace armada
