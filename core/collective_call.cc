#include <armada/core/call.hpp>
#include <armada/core/collective_call.hpp>
#include <armada/core/datatype.hpp>
#include <armada/core/operation.hpp>
#include <armada/core/type_signature.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cctype>
#include <string>
#include <tuple>
#include <vector>

namespace armada {
namespace detail {

/// What one rank calls, or several that call the same.
struct record {
  std::uint64_t call;   // a hash of operation, form, mode, root and reduction
  std::uint64_t data;   // a hash of what moves
  std::uint32_t vague;  // 1: what moves is not known
  std::int32_t first;   // the lowest of these ranks
  std::int32_t ranks;   // how many they are
  std::uint64_t listed; // those of them below 64, as bits
  std::array<char, 152> text;
};

/// The calls that are not the same, by their first rank, and whether there are more of them.
struct call_records {
  static constexpr std::size_t most = 4;
  std::uint32_t count;
  std::uint32_t more;
  std::array<record, most> each;

  [[nodiscard]] std::span<record const> all() const noexcept { return std::span(each).first(count); }
  void add(record const& other) noexcept;
};

} // namespace detail

template <>
inline constexpr bool wire_as_bytes<detail::call_records> = true;

namespace detail {

void call_records::add(record const& other) noexcept {
  for (auto& mine : std::span(each).first(count)) {
    if (mine.call != other.call || (mine.data != other.data && mine.vague == 0 && other.vague == 0)) continue;
    if (mine.vague != 0 && other.vague == 0) {
      mine.data = other.data;
      mine.vague = 0;
      mine.text = other.text;
    }
    mine.first = std::min(mine.first, other.first);
    mine.ranks += other.ranks;
    mine.listed |= other.listed;
    return;
  }
  if (count == most)
    more = 1;
  else
    each[count++] = other;
}

namespace {

/// Keeps the order of the ranks, so that all of them get the same.
struct merge_records {
  call_records operator()(call_records const& lower, call_records const& higher) const noexcept {
    auto result = lower;
    for (auto const& each : higher.all()) result.add(each);
    result.more |= higher.more;
    return result;
  }
};

std::uint64_t hash_of(std::string_view text) noexcept { // FNV-1a
  std::uint64_t hash = 0xcbf2'9ce4'8422'2325;
  for (char const each : text) hash = (hash ^ static_cast<unsigned char>(each)) * 0x100'0000'01b3;
  return hash;
}

std::string reduction_name(MPI_Op op) {
  struct {
    MPI_Op op;
    char const* name;
  } const known[] = {{MPI_SUM, "sum"},        {MPI_PROD, "prod"}, {MPI_MIN, "min"},       {MPI_MAX, "max"},
                     {MPI_LAND, "land"},      {MPI_LOR, "lor"},   {MPI_LXOR, "lxor"},     {MPI_BAND, "band"},
                     {MPI_BOR, "bor"},        {MPI_BXOR, "bxor"}, {MPI_MINLOC, "minloc"}, {MPI_MAXLOC, "maxloc"},
                     {MPI_REPLACE, "replace"}};
  for (auto const& each : known)
    if (op == each.op) return each.name;
  return "a user operation"; // its handle differs from rank to rank
}

std::string type_text(MPI_Datatype type) {
  char name[MPI_MAX_OBJECT_NAME] = {};
  int length = 0;
  call<MPI_Type_get_name>(type, name, &length);
  std::string_view const given(name, static_cast<std::size_t>(length));
  if (!given.starts_with("MPI_")) {
    MPI_Count size = 0;
    call<MPI_Type_size_x>(type, &size);
    return text("items of ", size, " bytes");
  }
  std::string lower;
  for (char const each : given.substr(4)) lower += static_cast<char>(std::tolower(each));
  return lower;
}

/// Over two sides a root has three names, and what moves differs in the two directions; amounts between neighbours may
/// differ from place to place.
bool compares_data(collective_call const& what) {
  return !what.comm.is_inter() && !what.operation.starts_with("neighbor") && what.type != MPI_DATATYPE_NULL &&
         (what.count >= 0 || !what.counts.empty());
}

std::string data_text(collective_call const& what) {
  if (what.counts.empty()) return text(what.count, " x ", type_text(what.type));
  std::string list;
  for (std::size_t i = 0; i < what.counts.size() && i < 4; ++i) list += text(i == 0 ? "" : " ", what.counts[i]);
  return text(list, what.counts.size() > 4 ? " ..." : "", " x ", type_text(what.type));
}

type_signature data_of(collective_call const& what) {
  if (what.counts.empty()) return signature_of(what.type, what.count);
  type_signature all;
  for (auto const count : what.counts) { // where a block ends counts as well
    auto const block = signature_of(what.type, count);
    all = joined(all, {block.length + 1, block.hash * 31 + 1, block.known});
  }
  return all;
}

/// What the watchdog and an error call it.
std::string title_of(collective_call const& what, std::uint64_t number) { return text(what.operation, " #", number); }

/// The rank that an error names: of the communicator, or of the job where that has two sides.
int named_rank(communicator const& comm) {
  if (!comm.is_inter()) return comm.rank();
  int rank = 0;
  call<MPI_Comm_rank>(MPI_COMM_WORLD, &rank);
  return rank;
}

record record_of(collective_call const& what, std::uint64_t number, std::string_view mode) {
  std::string details;
  auto const detail = [&](auto const&... parts) { details += text(details.empty() ? " (" : ", ", parts...); };
  if (!what.form.empty()) detail(what.form);
  if (!mode.empty()) detail(mode);
  if (what.root != collective_call::no_root && !what.comm.is_inter()) detail("root ", what.root);
  if (what.reduction != MPI_OP_NULL) detail(reduction_name(what.reduction));

  record mine{};
  mine.call = hash_of(what.refused ? text(what.operation, " refused") : text(what.operation, details));
  mine.vague = 1;
  if (compares_data(what)) {
    auto const data = data_of(what);
    mine.data = data.hash ^ data.length;
    mine.vague = data.known ? 0 : 1;
    detail(data_text(what));
  }
  mine.first = named_rank(what.comm);
  mine.ranks = 1;
  if (mine.first < 64) mine.listed = std::uint64_t{1} << mine.first;
  auto const whole = title_of(what, number) + (details.empty() ? "" : details + ")");
  std::copy_n(whole.begin(), std::min(whole.size(), mine.text.size() - 1), mine.text.begin());
  return mine;
}

std::string ranks_text(record const& one) {
  if (one.ranks == 1) return text("rank ", one.first);
  if (one.ranks > 16 || std::popcount(one.listed) != one.ranks)
    return text(one.ranks, " ranks, the first of them ", one.first, ",");
  std::string list = "ranks";
  for (int rank = 0; rank < 64; ++rank)
    if (one.listed >> rank & 1) list += text(" ", rank);
  return list;
}

thread_local int depth = 0; // collectives that this thread is inside of

} // namespace

agreement::agreement(collective_call const& call, std::uint64_t number, std::string_view mode)
    : comm_(call.comm.state()), mine_(std::make_unique<call_records>()), all_(std::make_unique<call_records>()) {
  mine_->add(record_of(call, number, mode));
}
agreement::~agreement() = default;

namespace {

auto arguments_of(call_records const& mine, call_records& all, MPI_Comm shadow) {
  return std::tuple(static_cast<void const*>(&mine), static_cast<void*>(&all), 1, datatype_of<call_records>(),
                    operation_of<call_records>(merge_records()), shadow);
}

} // namespace

MPI_Request agreement::begin() {
  MPI_Request request = MPI_REQUEST_NULL;
  std::apply([&](auto... each) { call<MPI_Iallreduce>(each..., &request); },
             arguments_of(*mine_, *all_, comm_->shadow()));
  return request;
}

MPI_Request agreement::prepare() {
  MPI_Request request = MPI_REQUEST_NULL;
  std::apply([&](auto... each) { call<MPI_Allreduce_init>(each..., MPI_INFO_NULL, &request); },
             arguments_of(*mine_, *all_, comm_->shadow()));
  return request;
}

void agreement::verify() const {
  if (all_->count == 1) return;
  std::vector<record> calls(all_->all().begin(), all_->all().end());
  std::stable_sort(calls.begin(), calls.end(), [](auto const& a, auto const& b) { return a.ranks < b.ranks; });
  std::string what;
  for (auto const& each : calls) what += text(what.empty() ? "" : ", ", ranks_text(each), " called ", each.text.data());
  throw collective_mismatch(text("collectives on \"", comm_->name(), "\" do not match: ", what,
                                 all_->more != 0 ? ", others something else" : ""));
}

void collective_scope::enter(collective_call const& call) {
  bool const outermost = depth == 0;
  if (outermost) {
    auto& state = *call.comm.state();
    auto const number = state.next_collective();
    watch_.emplace([&] { return text(title_of(call, number), " of ", state.name()); });
    if (state.shadow() != MPI_COMM_NULL && checks::collectives()) {
      agreement check(call, number, {});
      MPI_Status ignored{};
      request(check.begin(), request_kind::collective).wait(ignored);
      check.verify();
    }
  }
  ++depth;
  open_ = true;
}

void collective_scope::leave() noexcept { --depth; }

void refuse_together(collective_call call, std::string_view why) {
  call.form = why.substr(why.find(": ") == std::string_view::npos ? 0 : why.find(": ") + 2); // behind where and who
  call.count = -1;
  call.counts = {};
  call.refused = true;
  collective_scope const compared(call);
}

std::unique_ptr<agreement> new_agreement(collective_call const& call, std::string_view mode) {
  if (depth > 0) return nullptr;
  auto& state = *call.comm.state();
  auto const number = state.next_collective();
  if (state.shadow() == MPI_COMM_NULL || !checks::collectives()) return nullptr;
  return std::make_unique<agreement>(call, number, mode);
}

} // namespace detail
} // namespace armada
