#include <armada/core/posting_queue.hpp>

#include <memory>
#include <string>

#include <gtest/gtest.h>

namespace armada::detail {
namespace {

/// Writes its name when its second phase is posted, which its first phase allows or not.
class named final : public posting {
public:
  named(std::string& log, char name, bool first_ended = true) : log_(log), name_(name), first_ended_(first_ended) {}
  bool post_second() noexcept override {
    if (first_ended_) log_ += name_;
    return first_ended_;
  }
  void end_first() { first_ended_ = true; }

private:
  std::string& log_;
  char name_;
  bool first_ended_;
};

constexpr MPI_Comm here = MPI_COMM_SELF;

TEST(posting_queue, keeps_the_order) {
  std::string log;
  posting_queue queue(here);
  for (char name : {'a', 'b', 'c'}) queue.push(std::make_shared<named>(log, name));
  queue.advance();
  EXPECT_EQ(log, "abc");
  queue.advance();
  EXPECT_EQ(log, "abc") << "each is posted once";
}

TEST(posting_queue, none_overtakes_one_whose_first_phase_goes_on) {
  std::string log;
  posting_queue queue(here);
  auto const slow = std::make_shared<named>(log, 'b', false);
  queue.push(std::make_shared<named>(log, 'a'));
  queue.push(slow);
  queue.push(std::make_shared<named>(log, 'c'));
  queue.advance();
  EXPECT_EQ(log, "a");
  slow->end_first();
  queue.advance();
  EXPECT_EQ(log, "abc");
}

TEST(posting_queue, lets_go_of_what_was_posted) {
  std::string log;
  posting_queue queue(here);
  auto one = std::make_shared<named>(log, 'a');
  std::weak_ptr<named> const watch = one;
  queue.push(std::move(one));
  EXPECT_FALSE(watch.expired());
  queue.advance();
  EXPECT_TRUE(watch.expired());
}

TEST(posting_queue, is_moved_on_in_the_background_while_it_has_something) {
  std::string log;
  {
    posting_queue queue(here);
    EXPECT_TRUE(background_is_empty());
    queue.push(std::make_shared<named>(log, 'a'));
    EXPECT_FALSE(background_is_empty());
    advance_background();
    EXPECT_EQ(log, "a");
    EXPECT_TRUE(background_is_empty());
    queue.push(std::make_shared<named>(log, 'b', false));
  }
  EXPECT_TRUE(background_is_empty()) << "it has gone";
}

TEST(posting_queue, settles_before_a_collective_on_its_own_communicator) {
  class after_three final : public posting {
  public:
    explicit after_three(int& looks) : looks_(looks) {}
    bool post_second() noexcept override { return ++looks_ >= 3; }

  private:
    int& looks_;
  };
  int looks = 0;
  posting_queue queue(here);
  queue.push(std::make_shared<after_three>(looks));
  settle_background(MPI_COMM_WORLD);
  EXPECT_FALSE(background_is_empty()) << "another communicator's collective does not wait for it";
  EXPECT_LT(looks, 3);
  settle_background(here);
  EXPECT_TRUE(background_is_empty());
  EXPECT_EQ(looks, 3);
}

} // namespace
} // namespace armada::detail
