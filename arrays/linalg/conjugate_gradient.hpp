#pragma once

/// Linear systems whose matrix is symmetric and positive definite.

#include <armada/arrays/detail/blas.hpp>
#include <armada/arrays/distributed_array.hpp>
#include <armada/arrays/linalg/detail/conform.hpp>
#include <armada/arrays/linalg/detail/first_fault.hpp>
#include <armada/collectives/allreduce.hpp>

#include <cmath>
#include <concepts>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace armada {

/// A square matrix that a solver can use: `matvec(a, x, y)` and `a.diagonal()`.
template <class Matrix, class T>
concept linear_operator = requires(Matrix const& a, distributed_array<T, 1> const& x, distributed_array<T, 1>& y) {
  matvec(a, x, y);
  { a.diagonal() } -> std::same_as<distributed_array<T, 1>>;
  a.shape();
  a.comm();
  a.describe();
};

struct conjugate_gradient_options {
  double tolerance = 1e-10;                     ///< of |b - A x| / |b|
  std::optional<std::int64_t> max_iterations{}; ///< twice the number of rows unless given
  /// Called on every rank after each iteration with its number, from 1, and an estimate of the relative residual.
  std::function<void(std::int64_t iteration, double residual)> on_iteration{};
};

template <class T>
struct conjugate_gradient_result {
  distributed_array<T, 1> x;
  std::int64_t iterations = 0;
  double residual = 0; ///< |b - A x| / |b|, computed from x
  bool converged = false;
};

namespace detail {

/// The state of one solution; vectors that no other rank reads are plain ones.
template <class T, class Matrix>
class conjugate_gradient_solver {
public:
  conjugate_gradient_solver(Matrix const& a, distributed_array<T, 1> const& b,
                            conjugate_gradient_options const& options)
      : a_(a), b_(b), options_(options), scale_(a.diagonal()), x_(a.comm(), {a.shape()[0]}),
        direction_(a.comm(), {a.shape()[0]}), product_(a.comm(), {a.shape()[0]}), residual_(size()) {
    invert_diagonal();
  }

  [[nodiscard]] conjugate_gradient_result<T> solve() {
    auto const most = options_.max_iterations.value_or(2 * a_.shape()[0]);
    b_.fence();
    auto const b = b_.local().elements();
    norm_ = std::sqrt(sum(local_dot<T>(b, b)));
    if (!std::isfinite(norm_)) throw numeric_error(text("conjugate gradient: the norm of b is ", norm_));
    std::int64_t done = 0;
    double residual = restart();
    while (residual > options_.tolerance && done < most) {
      while (estimate() > options_.tolerance && done < most) iterate(++done);
      residual = restart(); // rounding makes the estimate drift away from the truth
    }
    return {std::move(x_), done, residual, residual <= options_.tolerance};
  }

private:
  [[nodiscard]] std::size_t size() const { return x_.local().elements().size(); }
  [[nodiscard]] T sum(T const& mine) const { return allreduce(a_.comm(), mine, std::plus{}); }
  [[nodiscard]] double estimate() const { return norm_ == 0 ? 0 : std::sqrt(squared_) / norm_; }

  /// scale = 1 / diagonal, the preconditioner.
  void invert_diagonal() {
    auto const scale = scale_.local().elements();
    auto const first = scale_.local_range().dimensions[0].first;
    throw_first(a_.comm(), named_fault_of([&] {
                  for (std::size_t i = 0; i < scale.size(); ++i) {
                    if (!(scale[i] > 0) || !std::isfinite(scale[i]))
                      throw numeric_error(text("conjugate gradient on ", a_.describe(), ": the diagonal is ", scale[i],
                                               " in row ", first + static_cast<std::int64_t>(i),
                                               " (the first row is 0), not positive"));
                    scale[i] = 1 / scale[i];
                  }
                }));
  }

  /// Begins anew from x: the residual from its definition, the direction of steepest descent. Returns the residual.
  double restart() {
    matvec(a_, x_, product_);
    auto const b = b_.local().elements();
    auto const product = product_.local().elements(), scale = scale_.local().elements();
    auto const direction = direction_.local().elements();
    double sums[2] = {0, 0};
    for (std::size_t i = 0; i < residual_.size(); ++i) {
      residual_[i] = b[i] - product[i];
      direction[i] = scale[i] * residual_[i];
      sums[0] += static_cast<double>(residual_[i] * direction[i]);
      sums[1] += static_cast<double>(residual_[i] * residual_[i]);
    }
    allreduce(a_.comm(), in_place, sums, std::plus{});
    scaled_ = sums[0];
    squared_ = sums[1];
    return estimate();
  }

  void iterate(std::int64_t number) {
    matvec(a_, direction_, product_);
    auto const direction = direction_.local().elements(), product = product_.local().elements();
    double const curvature = static_cast<double>(sum(local_dot<T>(direction, product)));
    if (!(curvature > 0) || !std::isfinite(curvature))
      throw numeric_error(text("conjugate gradient on ", a_.describe(), ": not positive definite: in iteration ",
                               number, " the direction p has p · A p = ", curvature));
    descend(scaled_ / curvature);
    if (options_.on_iteration) options_.on_iteration(number, estimate());
  }

  /// A step along the direction, and the next direction: two passes over the vectors and one reduction.
  void descend(double step) {
    auto const x = x_.local().elements(), scale = scale_.local().elements();
    auto const direction = direction_.local().elements(), product = product_.local().elements();
    auto const length = static_cast<T>(step);
    T sums[2][2] = {}; // two chains of each
    for (std::size_t i = 0; i < residual_.size(); ++i) {
      x[i] += length * direction[i];
      T const r = residual_[i] -= length * product[i];
      sums[0][i % 2] += r * r * scale[i];
      sums[1][i % 2] += r * r;
    }
    double totals[2] = {static_cast<double>(sums[0][0] + sums[0][1]), static_cast<double>(sums[1][0] + sums[1][1])};
    allreduce(a_.comm(), in_place, totals, std::plus{});
    auto const keep = static_cast<T>(totals[0] / scaled_);
    scaled_ = totals[0];
    squared_ = totals[1];
    for (std::size_t i = 0; i < residual_.size(); ++i) direction[i] = scale[i] * residual_[i] + keep * direction[i];
  }

  Matrix const& a_;
  distributed_array<T, 1> const& b_;
  conjugate_gradient_options const& options_;
  distributed_array<T, 1> scale_, x_, direction_, product_;
  std::vector<T> residual_;
  double norm_ = 0, scaled_ = 0, squared_ = 0; ///< |b|, r · (r scaled), r · r
};

} // namespace detail

/// Solves A x = b for a symmetric positive definite A by conjugate gradients, preconditioned by the diagonal of A.
/// Collective. Shapes: A (n, n), b (n). Begins with x = 0 and ends when |b - A x| <= tolerance × |b|, which is verified
/// with x itself and gone on with where the recurrence was too optimistic, or after the last iteration allowed.
/// Throws `argument_error` where shapes do not conform; `numeric_error` for a diagonal element that is not positive,
/// naming the row, for a matrix that is found not to be positive definite, naming iteration and value, and for values
/// that are not finite; all on every rank.
template <class Matrix, std::floating_point T>
  requires linear_operator<Matrix, T>
[[nodiscard]] conjugate_gradient_result<T> conjugate_gradient(Matrix const& a, distributed_array<T, 1> const& b,
                                                              conjugate_gradient_options const& options = {}) {
  if (a.shape()[0] != a.shape()[1])
    throw argument_error(detail::text("conjugate gradient on ", a.describe(), ", which is not square"));
  detail::check_product("conjugate gradient", a, b, b);
  return detail::conjugate_gradient_solver<T, Matrix>(a, b, options).solve();
}

} // namespace armada
