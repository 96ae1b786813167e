#pragma once

/// Error codes and classes: MPI's, and those that a program or library adds. All local; they throw `lifecycle_error`
/// while MPI does not run. MPI-4.0, sections 9.4 and 9.5.

#include <string>
#include <string_view>

namespace armada {

/// The class of a code that MPI gave or that was added.
[[nodiscard]] int error_class(int code);
/// MPI's text for a code or class, or the one that was added; empty when there is none.
[[nodiscard]] std::string error_string(int code);

/// A new class, or a new code of such a class, without a text yet. Other ranks may get other numbers. `add_error_code`
/// throws `argument_error` for a class that was not added here: MPICH gives one of its own classes codes that have
/// other texts already (quirk 14e).
[[nodiscard]] int add_error_class();
[[nodiscard]] int add_error_code(int error_class);
/// Gives a class or code that was added a text of at most 511 bytes, instead of one that it has. Throws
/// `argument_error` for a longer text and for what was not added here.
void add_error_string(int code, std::string_view text);

/// Takes back what was added. Throws `argument_error` for what was not added here or has gone, for a class that has
/// codes, and for a code or class that has a text (quirk 14d); `unsupported` where MPI cannot (MPI-4.1, section 9.5;
/// MPICH from 4.0).
void remove_error_class(int error_class);
void remove_error_code(int code);
void remove_error_string(int code);

} // namespace armada
