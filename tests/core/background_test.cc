#include <armada/core/background.hpp>

#include <armada/core/environment.hpp>
#include <armada/core/pending.hpp>

#include <gtest/gtest.h>

namespace armada::detail {
namespace {

/// Counts down while others wait, and then ends.
class countdown final : public background_task {
public:
  explicit countdown(int left) : left_(left) { enter(); }
  ~countdown() override { leave(); }
  void advance() noexcept override {
    if (--left_ == 0) leave();
  }
  void settle(MPI_Comm comm) override { settled_ = comm; }
  [[nodiscard]] int left() const { return left_; }
  [[nodiscard]] MPI_Comm settled() const { return settled_; }

private:
  int left_;
  MPI_Comm settled_ = MPI_COMM_NULL;
};

TEST(background, tasks_are_moved_on_until_they_leave) {
  EXPECT_TRUE(background_is_empty());
  countdown const a(1);
  countdown const b(2);
  EXPECT_FALSE(background_is_empty());
  while (!background_is_empty()) advance_background();
  EXPECT_EQ(a.left(), 0);
  EXPECT_EQ(b.left(), 0);
  advance_background();
  EXPECT_EQ(b.left(), 0);
}

TEST(background, one_that_goes_is_forgotten) {
  { countdown const task(100); }
  EXPECT_TRUE(background_is_empty());
}

TEST(background, whoever_waits_moves_them_on) {
  countdown const task(3);
  wait_until([&] { return task.left() == 0; });
  EXPECT_TRUE(background_is_empty());
}

TEST(background, a_pending_that_waits_moves_them_on) {
  // What the request waits for comes from the task.
  class sender final : public background_task {
  public:
    sender() { enter(); }
    ~sender() override { leave(); }
    void advance() noexcept override {
      if (++looks_ != 3) return;
      MPI_Request request = MPI_REQUEST_NULL;
      MPI_Isend(nullptr, 0, MPI_INT, 0, 0, self().raw(), &request);
      MPI_Request_free(&request);
      leave();
    }

  private:
    int looks_ = 0;
  };
  for (bool by_test : {false, true}) {
    MPI_Request request = MPI_REQUEST_NULL;
    MPI_Irecv(nullptr, 0, MPI_INT, 0, 0, self().raw(), &request);
    pending<> incoming(request, request_kind::receive);
    sender const task;
    if (by_test)
      while (!incoming.test()) {
      }
    incoming.wait();
    EXPECT_TRUE(background_is_empty());
  }
}

TEST(background, settling_reaches_every_task) {
  countdown const task(100);
  settle_background(MPI_COMM_SELF);
  EXPECT_EQ(task.settled(), MPI_COMM_SELF);
  EXPECT_EQ(task.left(), 99);
}

} // namespace
} // namespace armada::detail
