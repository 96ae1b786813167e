#pragma once

/// The exceptions that Armada throws. Every one derives from `armada::error`, and its text names what was wrong,
/// where, and on which rank. This header knows no MPI, so that pure index arithmetic can use it.

#include <sstream>
#include <stdexcept>
#include <string>

namespace armada {

/// The kinds of fault. A fault that several ranks must know of travels between them as (kind, text).
enum class fault : int {
  generic,
  argument,
  index,
  type,
  truncation,
  lifecycle,
  mpi,
  out_of_memory,
  io,
  format,
  numeric,
  unsupported,
  collective,
  race,
};

/// Base of all exceptions of this library.
class error : public std::runtime_error {
public:
  explicit error(std::string const& what, fault kind = fault::generic) : std::runtime_error(what), kind_(kind) {}
  [[nodiscard]] fault kind() const noexcept { return kind_; }

private:
  fault kind_;
};

namespace detail {

/// An exception type of its own for each kind of fault, without writing the same constructor ten times.
template <fault Kind>
class error_of : public error {
public:
  explicit error_of(std::string const& what) : error(what, Kind) {}
};

} // namespace detail

/// A wrong argument, found before anything was done: a bad rank, tag, count, shape, or lengths that do not conform.
using argument_error = detail::error_of<fault::argument>;
/// An index, slice or target beyond the extent that it addresses. Nothing was read or written.
using index_error = detail::error_of<fault::index>;
/// A message, file or object that holds another type than the one asked for.
using type_error = detail::error_of<fault::type>;
/// A message longer than the buffer that should receive it.
using truncation_error = detail::error_of<fault::truncation>;
/// A call before initialisation or after finalisation, or a handle used after it was closed.
using lifecycle_error = detail::error_of<fault::lifecycle>;
/// Not enough memory; the text says how much was needed and how much there is. All ranks concerned throw it.
using out_of_memory = detail::error_of<fault::out_of_memory>;
/// A file that cannot be opened, read or written.
using io_error = detail::error_of<fault::io>;
/// A message, archive or file whose content is damaged or not what it says it is.
using format_error = detail::error_of<fault::format>;
/// A computation that cannot go on: a matrix that is not positive definite, a zero on the diagonal.
using numeric_error = detail::error_of<fault::numeric>;
/// Something that the MPI underneath cannot do; the text names the way that works.
using unsupported = detail::error_of<fault::unsupported>;
/// Two one-sided accesses that nothing orders, one of which writes: found when `ARMADA_CHECK` asks for it.
using race_error = detail::error_of<fault::race>;
/// Ranks that called different collectives, or the same with other arguments: found when `ARMADA_CHECK` asks for it.
/// All ranks of the communicator throw it, with the same text.
using collective_mismatch = detail::error_of<fault::collective>;

/// An error code that an MPI routine returned.
class mpi_error : public error {
public:
  mpi_error(std::string const& what, int code, int error_class)
      : error(what, fault::mpi), code_(code), error_class_(error_class) {}
  [[nodiscard]] int code() const noexcept { return code_; }
  [[nodiscard]] int error_class() const noexcept { return error_class_; }

private:
  int code_;
  int error_class_;
};

/// Throws the exception type that belongs to `kind` with the text `what`: how an agreed fault is raised on every rank.
[[noreturn]] void throw_fault(fault kind, std::string const& what);

namespace detail {

/// Joins its arguments to one text, as `operator<<` writes them.
template <class... Parts>
[[nodiscard]] std::string text(Parts const&... parts) {
  std::ostringstream out;
  (out << ... << parts);
  return out.str();
}

/// Writes a shape or an index as `(3, 4)`.
template <class Indices>
[[nodiscard]] std::string tuple_text(Indices const& indices) {
  std::ostringstream out;
  char const* before = "(";
  for (auto const& index : indices) {
    out << before << index;
    before = ", ";
  }
  out << (*before == '(' ? "()" : ")");
  return out.str();
}

} // namespace detail
} // namespace armada
