#include <armada/core/attribute.hpp>

#include "tests/support/throws.hpp"

#include <armada/core/environment.hpp>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include <gtest/gtest.h>

namespace armada {
namespace {

using support::throws;

static_assert(!std::is_copy_constructible_v<attribute_key<int>> &&
              std::is_nothrow_move_constructible_v<attribute_key<int>>);

/// Counts what becomes of its values.
struct counter {
  int copies = 0;
  int erased = 0;
  int destroyed = 0;

  struct value {
    explicit value(int number_, counter& owner_) : number(number_), owner(&owner_) {}
    value(value&& other) noexcept : number(other.number), owner(std::exchange(other.owner, nullptr)) {}
    value& operator=(value&&) = delete;
    ~value() {
      if (owner != nullptr) ++owner->destroyed;
    }
    int number;
    counter* owner;
  };
};

TEST(attribute, a_value_is_set_replaced_and_erased) {
  attribute_key<std::string> const key;
  attribute_key<std::string> const other;
  communicator const comm = self().dup();
  EXPECT_EQ(get_attribute(comm, key), nullptr);
  set_attribute(comm, key, "first");
  set_attribute(comm, other, "another");
  ASSERT_NE(get_attribute(comm, key), nullptr);
  EXPECT_EQ(*get_attribute(comm, key), "first");
  *get_attribute(comm, key) += " and changed";
  EXPECT_EQ(*get_attribute(comm, key), "first and changed");
  set_attribute(comm, key, "second");
  EXPECT_EQ(*get_attribute(comm, key), "second");
  EXPECT_TRUE(erase_attribute(comm, key));
  EXPECT_FALSE(erase_attribute(comm, key));
  EXPECT_EQ(get_attribute(comm, key), nullptr);
  EXPECT_EQ(*get_attribute(comm, other), "another");
}

TEST(attribute, values_need_no_copies) {
  attribute_key<std::unique_ptr<int>> const key;
  communicator const comm = self().dup();
  set_attribute(comm, key, std::make_unique<int>(5));
  EXPECT_EQ(**get_attribute(comm, key), 5);
  EXPECT_EQ(get_attribute(comm.dup(), key), nullptr) << "without a copy callback it stays behind";
}

TEST(attribute, every_callback_runs_once) {
  using value = std::shared_ptr<int>;
  counter count;
  attribute_key<value> const key({.copy =
                                      [&](value const& from) {
                                        ++count.copies;
                                        return std::optional(std::make_shared<int>(*from + 1));
                                      },
                                  .erase = [&](value& last) { count.erased += *last; }});
  {
    communicator const comm = world().dup();
    set_attribute(comm, key, std::make_shared<int>(1));
    EXPECT_EQ(count.copies, 0);
    {
      communicator const copy = comm.dup();
      EXPECT_EQ(count.copies, 1) << "the private twin is a duplicate as well, and has none";
      EXPECT_EQ(**get_attribute(copy, key), 2);
      EXPECT_EQ(**get_attribute(comm, key), 1);
      {
        communicator const third = copy.dup(nonblocking).wait();
        EXPECT_EQ(count.copies, 2);
        EXPECT_EQ(**get_attribute(third, key), 3);
        EXPECT_EQ(count.erased, 0);
      }
      EXPECT_EQ(count.erased, 3);
      EXPECT_EQ(get_attribute(copy.split(0), key), nullptr) << "no duplicate";
      EXPECT_EQ(count.copies, 2);
    }
    EXPECT_EQ(count.erased, 5);
    set_attribute(comm, key, std::make_shared<int>(10));
    EXPECT_EQ(count.erased, 6) << "replaced";
    EXPECT_TRUE(erase_attribute(comm, key));
    EXPECT_EQ(count.erased, 16);
  }
  EXPECT_EQ(count.erased, 16);
}

TEST(attribute, a_borrowed_communicator_copies_once_as_well) {
  int copies = 0;
  attribute_key<int> const key({.copy = [&](int from) {
    ++copies;
    return std::optional(from);
  }});
  MPI_Comm raw = MPI_COMM_NULL;
  MPI_Comm_dup(MPI_COMM_WORLD, &raw);
  {
    communicator const borrowed = communicator::borrow(raw);
    set_attribute(borrowed, key, 8);
    communicator const copy = borrowed.dup();
    EXPECT_EQ(copies, 1);
    EXPECT_EQ(*get_attribute(copy, key), 8);
  }
  MPI_Comm_free(&raw);
}

TEST(attribute, a_copy_may_be_refused) {
  attribute_key<int> const key({.copy = [](int from) { return from > 0 ? std::optional(from) : std::nullopt; }});
  attribute_key<int> const always({.copy = copy_attribute});
  communicator const comm = self().dup();
  set_attribute(comm, key, -1);
  set_attribute(comm, always, -1);
  communicator const copy = comm.dup();
  EXPECT_EQ(get_attribute(copy, key), nullptr);
  EXPECT_EQ(*get_attribute(copy, always), -1);
}

TEST(attribute, values_are_destroyed_with_their_holder) {
  counter count;
  {
    attribute_key<std::shared_ptr<counter::value>> const key;
    communicator comm = self().dup();
    set_attribute(comm, key, std::make_shared<counter::value>(1, count));
    comm.close();
    EXPECT_EQ(count.destroyed, 1);
  }
  EXPECT_EQ(count.destroyed, 1);
}

TEST(attribute, values_outlive_their_key) {
  int erased = 0;
  {
    communicator const comm = self().dup();
    {
      attribute_key<int> const key({.copy = copy_attribute, .erase = [&](int& last) { erased += last; }});
      set_attribute(comm, key, 4);
    }
    communicator const copy = comm.dup();
    EXPECT_EQ(erased, 0);
  }
  EXPECT_EQ(erased, 8) << "the callbacks live on in the values";
}

TEST(attribute, an_exception_of_the_copy_callback_is_thrown_on_every_rank) {
  bool const odd = world().rank() == world().size() - 1;
  attribute_key<int> const key({.copy = [&](int from) {
    if (odd) throw index_error("no copy of " + std::to_string(from));
    return std::optional(from);
  }});
  communicator const comm = world().dup();
  set_attribute(comm, key, 9);
  EXPECT_TRUE(throws<index_error>([&] { return comm.dup().size(); }, {"no copy of 9"}));
  auto later = comm.dup(nonblocking);
  EXPECT_TRUE(throws<index_error>([&] { return later.wait().size(); }, {odd ? "no copy of 9" : "failed on rank"}));
  erase_attribute(comm, key);
  EXPECT_EQ(comm.dup().size(), world().size());
}

TEST(attribute, an_exception_of_the_erase_callback_comes_after_the_deed) {
  attribute_key<int> const key({.erase = [](int& last) {
    if (last < 0) throw std::domain_error("less than nothing");
  }});
  communicator const comm = self().dup();
  set_attribute(comm, key, -1);
  EXPECT_TRUE(throws<std::domain_error>([&] { return set_attribute(comm, key, -2), 0; }, {"less than nothing"}));
  EXPECT_EQ(*get_attribute(comm, key), -2);
  EXPECT_TRUE(throws<std::domain_error>([&] { return erase_attribute(comm, key); }, {"less than nothing"}));
  EXPECT_EQ(get_attribute(comm, key), nullptr);
}

TEST(attribute, a_key_that_was_moved_away_says_so) {
  auto const first = std::make_unique<attribute_key<int>>();
  communicator const comm = self().dup();
  set_attribute(comm, *first, 3);
  attribute_key<int> const second = std::move(*first);
  EXPECT_EQ(*get_attribute(comm, second), 3);
  EXPECT_TRUE(throws<lifecycle_error>([&] { return get_attribute(comm, *first); }, {"moved away"}));
}

TEST(attribute, datatypes_and_windows_hold_values_too) {
  int erased = 0;
  attribute_key<std::string, attribute_holder::datatype> const on_type(
      {.copy = copy_attribute, .erase = [&](std::string&) { ++erased; }});
  MPI_Datatype type = MPI_DATATYPE_NULL;
  MPI_Datatype copy = MPI_DATATYPE_NULL;
  MPI_Type_contiguous(2, MPI_INT, &type);
  on_type.set(type, "pair");
  MPI_Type_dup(type, &copy);
  EXPECT_EQ(*on_type.get(copy), "pair");
  EXPECT_TRUE(on_type.erase(copy));
  EXPECT_EQ(erased, 1);
  MPI_Type_free(&copy);
  MPI_Type_free(&type);
  EXPECT_EQ(erased, 2);

  attribute_key<int, attribute_holder::window> const on_window({.erase = [&](int& last) { erased += last; }});
  MPI_Win window = MPI_WIN_NULL;
  MPI_Win_create(nullptr, 0, 1, MPI_INFO_NULL, MPI_COMM_SELF, &window);
  on_window.set(window, 10);
  EXPECT_EQ(*on_window.get(window), 10);
  MPI_Win_free(&window);
  EXPECT_EQ(erased, 12);
}

TEST(attribute, many_keys_come_and_go) {
  for (int round = 0; round < 5'000; ++round) {
    attribute_key<int> const key;
    set_attribute(self(), key, round);
    ASSERT_EQ(*get_attribute(self(), key), round);
    ASSERT_TRUE(erase_attribute(self(), key));
  }
}

} // namespace
} // namespace armada
