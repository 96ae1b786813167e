#include <armada/core/ordering.hpp>

#include <armada/core/call.hpp>
#include <armada/core/environment.hpp>

#include <gtest/gtest.h>

#include <memory>

namespace armada::ordering {
namespace {

static_assert(orders("MPI_Send") && orders("MPI_Wait") && orders("MPI_Win_unlock") && orders("MPI_Accumulate"));
static_assert(orders("MPI_Get_accumulate") && orders("MPI_Fetch_and_op") && orders("MPI_Win_fence"));
static_assert(!orders("MPI_Put") && !orders("MPI_Get") && !orders("MPI_Rget") && !orders("MPI_Win_flush_all"));
static_assert(joins("MPI_Barrier") && joins("MPI_Allreduce_c") && !joins("MPI_Bcast") && !joins("MPI_Scan"));

/// The timeline of this process, while it lives.
struct watched_timeline {
  watched_timeline() { watch(*line); }
  ~watched_timeline() { forget(*line); }
  std::unique_ptr<timeline> line = std::make_unique<timeline>();
};

TEST(ordering, says_when_something_was_told_after_an_event) {
  watched_timeline const mine;
  EXPECT_EQ(mine.line->first_after(0), timeline::never);
  tell();
  auto const first = mine.line->first_after(0);
  EXPECT_NE(first, timeline::never);
  EXPECT_GT(first, 0U);
  EXPECT_EQ(mine.line->first_after(1), timeline::never) << "nothing since";
  tell();
  EXPECT_EQ(mine.line->first_after(0), first) << "the first time counts";
  EXPECT_GE(mine.line->first_after(1), first);
}

TEST(ordering, forgets_what_was_told_long_ago) {
  watched_timeline const mine;
  for (std::size_t i = 0; i < timeline::kept; ++i) tell();
  EXPECT_EQ(mine.line->first_after(0), 0U);
  EXPECT_GT(mine.line->first_after(1), 0U);
}

TEST(ordering, hears_at_the_end_and_tells_before) {
  watched_timeline const mine;
  tell();
  hear();
  EXPECT_GE(last_heard(), mine.line->first_after(0));
  auto const heard = last_heard();
  detail::note_hear(heard - 1);
  EXPECT_EQ(last_heard(), heard) << "it is known already";
}

TEST(ordering, routines_tell_and_hear_and_local_ones_do_not) {
  watched_timeline const mine;
  auto const heard = last_heard();
  MPI_Datatype pair = MPI_DATATYPE_NULL;
  call<MPI_Type_contiguous>(2, MPI_INT, &pair);
  call<MPI_Type_free>(&pair);
  EXPECT_EQ(mine.line->tellings, 0U);
  EXPECT_EQ(last_heard(), heard);
  int value = 0;
  call<MPI_Bcast>(static_cast<void*>(&value), 1, MPI_INT, 0, self().raw());
  EXPECT_EQ(mine.line->tellings, 1U);
  EXPECT_GT(last_heard(), heard);
}

TEST(ordering, nobody_listens_nothing_is_written) {
  auto const mine = std::make_unique<timeline>();
  tell();
  EXPECT_EQ(mine->tellings, 0U);
  {
    watched_timeline const other;
    EXPECT_TRUE(watched);
  }
  EXPECT_FALSE(watched);
}

} // namespace
} // namespace armada::ordering
