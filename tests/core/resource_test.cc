#include <armada/core/resource.hpp>

#include <string>

#include <gtest/gtest.h>

// What the environment does with forgotten ones, and their names on stderr: ending_test.sh.

namespace armada::detail {
namespace {

/// Writes its name when it is released.
class named final : public resource {
public:
  named(std::string& log, char name) : log_(log), name_(name) { enter(); }
  ~named() override { release(); }
  void release() noexcept override {
    if (released_) return;
    released_ = true;
    leave();
    log_ += name_;
  }
  [[nodiscard]] std::string describe() const override { return {}; }

private:
  std::string& log_;
  char name_;
  bool released_ = false;
};

TEST(resource, releases_the_youngest_first_and_each_once) {
  std::string log;
  {
    named const a(log, 'a');
    auto b = std::make_unique<named>(log, 'b');
    named const c(log, 'c');
    b.reset(); // from the middle
    EXPECT_EQ(log, "b");
    release_all_resources();
    EXPECT_EQ(log, "bca");
  }
  EXPECT_EQ(log, "bca");
}

} // namespace
} // namespace armada::detail
