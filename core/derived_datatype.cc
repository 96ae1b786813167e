#include <armada/core/call.hpp>
#include <armada/core/derived_datatype.hpp>
#include <armada/core/job.hpp>
#include <armada/core/resource.hpp>

namespace armada {
namespace detail {

/// A datatype that is freed.
class datatype_state final : public resource {
public:
  explicit datatype_state(MPI_Datatype raw) : raw_(raw) {
    try {
      call<MPI_Type_commit>(&raw_);
    } catch (...) {
      MPI_Type_free(&raw_);
      throw;
    }
    enter();
  }
  ~datatype_state() override { release(); }
  void release() noexcept override {
    leave();
    if (raw_ != MPI_DATATYPE_NULL && job::running()) MPI_Type_free(&raw_);
    raw_ = MPI_DATATYPE_NULL;
  }
  [[nodiscard]] std::string describe() const override {
    char name[MPI_MAX_OBJECT_NAME] = {};
    int length = 0;
    MPI_Type_get_name(raw_, name, &length);
    return length > 0 ? text("datatype \"", name, "\"") : "a datatype";
  }
  [[nodiscard]] MPI_Datatype raw() const noexcept { return raw_; }

private:
  MPI_Datatype raw_;
};

} // namespace detail

datatype::datatype() noexcept : raw_(MPI_DATATYPE_NULL) {}
datatype::datatype(datatype&& other) noexcept
    : owned_(std::move(other.owned_)), raw_(std::exchange(other.raw_, MPI_DATATYPE_NULL)) {}
datatype& datatype::operator=(datatype&& other) noexcept {
  owned_ = std::move(other.owned_);
  raw_ = std::exchange(other.raw_, MPI_DATATYPE_NULL);
  return *this;
}
datatype::~datatype() = default;

datatype datatype::borrow(MPI_Datatype raw) {
  job::require_running("datatype::borrow");
  if (raw == MPI_DATATYPE_NULL) throw argument_error("datatype::borrow: the handle is MPI_DATATYPE_NULL");
  datatype result;
  result.raw_ = raw;
  return result;
}

datatype datatype::adopt(MPI_Datatype raw) {
  job::require_running("datatype::adopt");
  if (raw == MPI_DATATYPE_NULL) throw argument_error("datatype::adopt: the handle is MPI_DATATYPE_NULL");
  datatype result;
  result.owned_ = std::make_unique<detail::datatype_state>(raw);
  return result;
}

datatype::operator bool() const noexcept { return owned_ != nullptr || raw_ != MPI_DATATYPE_NULL; }

MPI_Datatype datatype::raw() const {
  MPI_Datatype const raw = owned_ ? owned_->raw() : raw_;
  if (raw == MPI_DATATYPE_NULL) throw lifecycle_error("datatype: this one was freed, or never was one");
  return raw;
}

datatype datatype::match_size(number_kind kind, int bytes) {
  job::require_running("datatype::match_size");
  MPI_Datatype raw = MPI_DATATYPE_NULL;
  call<MPI_Type_match_size>(kind == number_kind::integer ? MPI_TYPECLASS_INTEGER
                            : kind == number_kind::real  ? MPI_TYPECLASS_REAL
                                                         : MPI_TYPECLASS_COMPLEX,
                            bytes, &raw);
  return borrow(raw);
}

datatype datatype::f90_integer(int digits) {
  job::require_running("datatype::f90_integer");
  MPI_Datatype raw = MPI_DATATYPE_NULL;
  call<MPI_Type_create_f90_integer>(digits, &raw);
  return borrow(raw);
}

namespace {

template <auto Routine>
datatype f90_number(std::string_view maker, std::optional<int> digits, std::optional<int> range) {
  job::require_running(maker);
  if (!digits && !range)
    throw argument_error(detail::text(maker, " on ", job::whoami(), ": neither digits nor range is given"));
  MPI_Datatype raw = MPI_DATATYPE_NULL;
  call<Routine>(digits.value_or(MPI_UNDEFINED), range.value_or(MPI_UNDEFINED), &raw);
  return datatype::borrow(raw);
}

} // namespace

datatype datatype::f90_real(std::optional<int> digits, std::optional<int> range) {
  return f90_number<MPI_Type_create_f90_real>("datatype::f90_real", digits, range);
}
datatype datatype::f90_complex(std::optional<int> digits, std::optional<int> range) {
  return f90_number<MPI_Type_create_f90_complex>("datatype::f90_complex", digits, range);
}

std::int64_t datatype::size() const {
  MPI_Count bytes = 0;
  call<MPI_Type_size_c>(raw(), &bytes);
  return bytes;
}

namespace {

struct bounds {
  MPI_Count lower = 0;
  MPI_Count extent = 0;
};
template <auto Routine>
bounds bounds_of(MPI_Datatype raw) {
  bounds result;
  call<Routine>(raw, &result.lower, &result.extent);
  return result;
}

} // namespace

std::int64_t datatype::extent() const { return bounds_of<MPI_Type_get_extent_c>(raw()).extent; }
std::int64_t datatype::lower_bound() const { return bounds_of<MPI_Type_get_extent_c>(raw()).lower; }
std::int64_t datatype::true_extent() const { return bounds_of<MPI_Type_get_true_extent_c>(raw()).extent; }
std::int64_t datatype::true_lower_bound() const { return bounds_of<MPI_Type_get_true_extent_c>(raw()).lower; }

std::string datatype::name() const {
  char text[MPI_MAX_OBJECT_NAME] = {};
  int length = 0;
  call<MPI_Type_get_name>(raw(), text, &length);
  return {text, static_cast<std::size_t>(length)};
}

void datatype::set_name(std::string_view name) { // NOLINT(*-make-member-function-const)
  if (name.size() >= MPI_MAX_OBJECT_NAME)
    throw argument_error(detail::text("datatype::set_name on ", job::whoami(), ": the name has ", name.size(),
                                      " characters, and at most ", MPI_MAX_OBJECT_NAME - 1, " are possible"));
  call<MPI_Type_set_name>(raw(), std::string(name).c_str());
}

} // namespace armada
