#pragma once

/// What a program may promise about an epoch, and how it locks.

namespace armada {

/// How a part is locked: by this rank alone, or together with others that lock it `shared`.
enum class lock_kind { exclusive, shared };
inline constexpr lock_kind exclusive = lock_kind::exclusive;
inline constexpr lock_kind shared = lock_kind::shared;

/// MPI's assertions, MPI-4.0, section 12.5.5. They make nothing right that would be wrong without them.

/// `no_check`: no other rank holds, or will ask for, a lock that excludes this one.
struct lock_assertions {
  bool no_check = false;
};

/// Of this rank's own part: `no_store`, it was not written since the last fence; `no_put`, nobody will put into it
/// until the next. Of all ranks alike: `no_precede`, no access has been made that this fence would complete;
/// `no_succeed`, none will be made until the next fence, and the epoch ends here.
struct fence_assertions {
  bool no_store = false;
  bool no_put = false;
  bool no_precede = false;
  bool no_succeed = false;
};

/// `no_check`: none of the origins has called `start` yet, and they promise the same. `no_store`, `no_put`: as above.
struct post_assertions {
  bool no_check = false;
  bool no_store = false;
  bool no_put = false;
};

/// `no_check`: every target has called `post`, with `no_check` as well.
struct start_assertions {
  bool no_check = false;
};

} // namespace armada
