#include <armada/core/job.hpp>
#include <armada/core/resource.hpp>

#include <cstddef>
#include <cstdio>
#include <mutex>
#include <new>

namespace armada::detail {
namespace {

struct resource_list {
  std::mutex mutex;
  resource* youngest = nullptr;
};

resource_list& list() {
  // Never destroyed: static handles may outlive any static list. It takes no memory late.
  alignas(resource_list) static std::byte memory[sizeof(resource_list)];
  static auto* const instance = new (memory) resource_list;
  return *instance;
}

} // namespace

void resource::enter() {
  std::scoped_lock const lock(list().mutex);
  previous_ = list().youngest;
  if (previous_ != nullptr) previous_->next_ = this;
  list().youngest = this;
  listed_ = true;
}

void resource::leave() noexcept {
  std::scoped_lock const lock(list().mutex);
  if (!listed_) return;
  (next_ != nullptr ? next_->previous_ : list().youngest) = previous_;
  if (previous_ != nullptr) previous_->next_ = next_;
  previous_ = next_ = nullptr;
  listed_ = false;
}

void release_all_resources() noexcept {
  while (resource* const last = list().youngest) {
    if (auto const name = last->describe(); !name.empty())
      std::fprintf(stderr, "%s: %s was still open when the environment ended; closed now\n", job::whoami().c_str(),
                   name.c_str());
    last->release();
  }
}

} // namespace armada::detail
