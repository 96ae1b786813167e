#include <armada/core/attribute.hpp>
#include <armada/core/call.hpp>
#include <armada/core/error_class.hpp>
#include <armada/core/error_handler.hpp>
#include <armada/core/job.hpp>
#include <armada/core/kept_handles.hpp>

#include <utility>
#include <vector>

namespace armada {
namespace {

using kept_function = std::shared_ptr<error_handler::function const>;

void free_key(int* key) { MPI_Comm_free_keyval(key); }

/// The callable of a communicator rides on it as an attribute, because MPI's handlers have no state. Duplicates return
/// errors and do not get it.
int function_key() {
  using routines = detail::attribute_routines_of<attribute_holder::communicator>;
  static int const key = detail::kept_handles<int, free_key>::keep(routines::create_key());
  return key;
}

detail::attribute_of<kept_function>* function_of(MPI_Comm comm) {
  using routines = detail::attribute_routines_of<attribute_holder::communicator>;
  return static_cast<detail::attribute_of<kept_function>*>(routines::get(comm, function_key()));
}

/// An error that MPI has told a handler of.
struct told {
  MPI_Comm comm;
  int code;
};
thread_local std::vector<told> due;

/// Within MPI nothing can be asked for: the callable runs when MPI has returned.
void note_error(MPI_Comm* comm, int* code, ...) { due.push_back({*comm, *code}); }

/// MPI's handle behind every callable.
MPI_Errhandler shared_handle() {
  static MPI_Errhandler const handle = [] {
    MPI_Errhandler made = MPI_ERRHANDLER_NULL;
    call<MPI_Comm_create_errhandler>(note_error, &made);
    return detail::kept_handles<MPI_Errhandler, MPI_Errhandler_free>::keep(made);
  }();
  return handle;
}

std::shared_ptr<MPI_Errhandler const> predefined(MPI_Errhandler raw) {
  return std::make_shared<MPI_Errhandler const>(raw);
}

} // namespace

error_handler error_handler::errors_return() { return error_handler(predefined(MPI_ERRORS_RETURN)); }
error_handler error_handler::errors_are_fatal() { return error_handler(predefined(MPI_ERRORS_ARE_FATAL)); }

error_handler error_handler::errors_abort() {
  static error_handler const handler([](communicator const& comm, int code) {
    job::abort(detail::text("MPI met an error on \"", comm.name(), "\": ", error_string(code)));
  });
  return handler;
}

void set_error_handler(communicator const& comm, error_handler const& handler) {
  using routines = detail::attribute_routines_of<attribute_holder::communicator>;
  if (handler.action_) {
    auto callbacks = std::make_shared<attribute_callbacks<kept_function> const>();
    routines::set(comm.raw(), function_key(),
                  std::make_unique<detail::attribute_of<kept_function>>(handler.action_, std::move(callbacks)));
    call<MPI_Comm_set_errhandler>(comm.raw(), shared_handle());
  } else {
    call<MPI_Comm_set_errhandler>(comm.raw(), handler.raw());
    if (function_of(comm.raw()) != nullptr) routines::erase(comm.raw(), function_key());
  }
}

error_handler get_error_handler(communicator const& comm) {
  MPI_Errhandler raw = MPI_ERRHANDLER_NULL;
  call<MPI_Comm_get_errhandler>(comm.raw(), &raw);
  auto const free = [](MPI_Errhandler const* handle) {
    MPI_Errhandler last = *handle;
    if (job::running()) MPI_Errhandler_free(&last);
    delete handle;
  };
  error_handler result(std::shared_ptr<MPI_Errhandler const>(new MPI_Errhandler const(raw), free));
  if (auto* const found = function_of(comm.raw()); found != nullptr && raw == shared_handle()) {
    result.action_ = found->value;
    result.raw_.reset();
  }
  return result;
}

void call_error_handler(communicator const& comm, int code) {
  call<MPI_Comm_call_errhandler>(comm.raw(), code);
  detail::run_error_handlers(code);
}

void detail::run_error_handlers(int code) {
  for (auto const& [comm, told_code] : std::exchange(due, {})) {
    if (told_code != code) continue; // of a raw call, whose code somebody else has seen
    if (auto* const found = function_of(comm)) {
      auto const action = found->value; // it may set another handler
      (*action)(communicator::borrow(comm), code);
    }
  }
}

} // namespace armada
