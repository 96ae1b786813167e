#pragma once

/// Values that ride on a communicator, window or datatype under a key of their own.

#include <armada/core/call.hpp>
#include <armada/core/communicator.hpp>
#include <armada/core/job.hpp>
#include <armada/core/mpi.hpp>

#include <concepts>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace armada {

/// What a key's values ride on.
enum class attribute_holder { communicator, window, datatype };

/// What happens to a value besides being destroyed. Each runs once for each event.
template <class T>
struct attribute_callbacks {
  /// Called when the holder is duplicated: the duplicate's value, or nothing. Without it the value stays behind.
  std::function<std::optional<T>(T const&)> copy = {};
  /// Called before a value is destroyed: it is replaced or erased, or its holder is freed.
  std::function<void(T&)> erase = {};
};

/// For `attribute_callbacks::copy`: the duplicate gets a copy of the value.
inline constexpr auto copy_attribute = []<std::copy_constructible T>(T const& value) {
  return std::optional<T>(value);
};

namespace detail {

/// A value as MPI keeps it.
class kept_attribute {
public:
  kept_attribute() = default;
  kept_attribute(kept_attribute const&) = delete;
  kept_attribute& operator=(kept_attribute const&) = delete;
  virtual ~kept_attribute() = default;
  /// For the duplicate of the holder; null when the value stays behind.
  [[nodiscard]] virtual std::unique_ptr<kept_attribute> copy() const = 0;
  /// The end is near.
  virtual void erase() = 0;
};

template <class T>
class attribute_of final : public kept_attribute {
public:
  attribute_of(T initial, std::shared_ptr<attribute_callbacks<T> const> callbacks)
      : value(std::move(initial)), callbacks_(std::move(callbacks)) {}
  [[nodiscard]] std::unique_ptr<kept_attribute> copy() const override {
    if (!callbacks_->copy) return nullptr;
    auto copied = callbacks_->copy(value);
    if (!copied) return nullptr;
    return std::make_unique<attribute_of>(std::move(*copied), callbacks_);
  }
  void erase() override {
    if (callbacks_->erase) callbacks_->erase(value);
  }

  T value;

private:
  std::shared_ptr<attribute_callbacks<T> const> callbacks_; // they outlive the key while there are values
};

/// What MPI calls for every key of Armada. An exception of a user's callback waits until MPI has returned.
int copy_kept_attribute(void* value, void* copied, int* flag) noexcept;
int delete_kept_attribute(void* value) noexcept;
/// The first exception of a callback in this thread since the last call; null when there was none.
[[nodiscard]] std::exception_ptr take_callback_failure() noexcept;
void throw_callback_failure();
/// Aborts the job if there was one: for where nothing may be thrown.
void end_on_callback_failure() noexcept;

/// MPI's routines for the attributes of one kind of handle.
template <class Handle, auto CreateKey, auto FreeKey, auto Set, auto Get, auto Delete>
struct attribute_routines {
  using handle = Handle;
  static int create_key() {
    auto* const copy = +[](Handle, int, void*, void* value, void* copied, int* flag) {
      return copy_kept_attribute(value, copied, flag);
    };
    auto* const erase = +[](Handle, int, void* value, void*) { return delete_kept_attribute(value); };
    int key = MPI_KEYVAL_INVALID;
    call<CreateKey>(copy, erase, &key, static_cast<void*>(nullptr));
    return key;
  }
  static void free_key(int key) noexcept { static_cast<void>(FreeKey(&key)); }
  static void set(Handle holder, int key, std::unique_ptr<kept_attribute> value) {
    call<Set>(holder, key, static_cast<void*>(value.get()));
    static_cast<void>(value.release()); // MPI's, until it calls delete_kept_attribute
    throw_callback_failure();
  }
  static kept_attribute* get(Handle holder, int key) {
    kept_attribute* value = nullptr;
    int found = 0;
    call<Get>(holder, key, static_cast<void*>(&value), &found);
    return found != 0 ? value : nullptr;
  }
  static void erase(Handle holder, int key) {
    call<Delete>(holder, key);
    throw_callback_failure();
  }
};

template <attribute_holder>
struct attribute_routines_of;
template <>
struct attribute_routines_of<attribute_holder::communicator>
    : attribute_routines<MPI_Comm, MPI_Comm_create_keyval, MPI_Comm_free_keyval, MPI_Comm_set_attr, MPI_Comm_get_attr,
                         MPI_Comm_delete_attr> {};
template <>
struct attribute_routines_of<attribute_holder::window>
    : attribute_routines<MPI_Win, MPI_Win_create_keyval, MPI_Win_free_keyval, MPI_Win_set_attr, MPI_Win_get_attr,
                         MPI_Win_delete_attr> {};
template <>
struct attribute_routines_of<attribute_holder::datatype>
    : attribute_routines<MPI_Datatype, MPI_Type_create_keyval, MPI_Type_free_keyval, MPI_Type_set_attr,
                         MPI_Type_get_attr, MPI_Type_delete_attr> {};

} // namespace detail

/// The key of attributes of type T. Values may outlive it, and are still freed with their holder then, callbacks and
/// all. Move-only. Local. Throws `lifecycle_error` while MPI does not run. MPI-4.0, section 7.7.
template <std::movable T, attribute_holder Holder = attribute_holder::communicator>
class attribute_key {
  using routines = detail::attribute_routines_of<Holder>;

public:
  attribute_key() : attribute_key(attribute_callbacks<T>()) {}
  explicit attribute_key(attribute_callbacks<T> callbacks)
      : callbacks_(std::make_shared<attribute_callbacks<T> const>(std::move(callbacks))) {
    job::require_running("attribute_key");
    raw_ = routines::create_key();
  }
  attribute_key(attribute_key&& other) noexcept
      : raw_(std::exchange(other.raw_, MPI_KEYVAL_INVALID)), callbacks_(std::move(other.callbacks_)) {}
  attribute_key& operator=(attribute_key&& other) noexcept {
    std::swap(raw_, other.raw_);
    std::swap(callbacks_, other.callbacks_);
    return *this;
  }
  ~attribute_key() {
    if (raw_ != MPI_KEYVAL_INVALID && job::running()) routines::free_key(raw_);
  }

  /// MPI's own key. Throws `lifecycle_error` for a key that was moved away.
  [[nodiscard]] int raw() const {
    if (raw_ == MPI_KEYVAL_INVALID) throw lifecycle_error("attribute_key: this key was moved away");
    return raw_;
  }

  /// The three accesses, for the handle of any holder: see the functions below.
  void set(typename routines::handle holder, T value) const {
    routines::set(holder, raw(), std::make_unique<detail::attribute_of<T>>(std::move(value), callbacks_));
  }
  [[nodiscard]] T* get(typename routines::handle holder) const {
    auto* const kept = routines::get(holder, raw());
    return kept != nullptr ? &static_cast<detail::attribute_of<T>*>(kept)->value : nullptr;
  }
  bool erase(typename routines::handle holder) const {
    if (get(holder) == nullptr) return false;
    routines::erase(holder, raw());
    return true;
  }

private:
  int raw_ = MPI_KEYVAL_INVALID;
  std::shared_ptr<attribute_callbacks<T> const> callbacks_;
};

/// Gives `comm` a value, which it owns; one that was there is erased. Local. Throws what the erase callback throws, the
/// new value being in place. An exception of that callback when `comm` is freed ends the job. MPI-4.0, section 7.7.2.
template <class T>
void set_attribute(communicator const& comm, attribute_key<T> const& key, std::type_identity_t<T> value) {
  key.set(comm.raw(), std::move(value));
}

/// The value of `comm`, or null: valid until it is replaced or erased, or `comm` is freed. Local.
template <class T>
[[nodiscard]] T* get_attribute(communicator const& comm, attribute_key<T> const& key) {
  return key.get(comm.raw());
}

/// Erases the value of `comm`, and says whether there was one. Local. Throws what the erase callback throws.
template <class T>
bool erase_attribute(communicator const& comm, attribute_key<T> const& key) {
  return key.erase(comm.raw());
}

} // namespace armada
