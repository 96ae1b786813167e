#include <armada/core/launch.hpp>
#include <armada/p2p/detail/buffer_receive.hpp>
#include <armada/p2p/detail/object_transfer.hpp>
#include <armada/p2p/object_limits.hpp>

#include <algorithm>
#include <cstring>

namespace armada::detail {
namespace {

std::size_t chunk_bytes() { return std::max<std::size_t>(current_object_limits().chunk, 1); }

/// Calls `each(span)` for the parts of `bytes` of at most one chunk.
template <class Byte, class Each>
void for_each_chunk(std::span<Byte> bytes, Each each) {
  auto const chunk = chunk_bytes();
  for (; !bytes.empty(); bytes = bytes.subspan(std::min(chunk, bytes.size())))
    each(bytes.first(std::min(chunk, bytes.size())));
}

/// How long the first message of an object of `bytes` is: all of it on a communicator without a twin.
std::size_t first_bytes(std::uint64_t bytes, communicator_state const& comm) {
  if (comm.twin() == MPI_COMM_NULL) return static_cast<std::size_t>(bytes);
  auto const limit = std::max(current_object_limits().first_message, sizeof(frame));
  return static_cast<std::size_t>(std::min<std::uint64_t>(bytes, limit));
}

MPI_Request begin_send(send_kind kind, auto const& arguments) {
  switch (kind) {
  case send_kind::synchronous: return send_routines<send_kind::synchronous>::begin(arguments);
  case send_kind::buffered: return send_routines<send_kind::buffered>::begin(arguments);
  case send_kind::ready: return send_routines<send_kind::ready>::begin(arguments);
  default: return send_routines<send_kind::standard>::begin(arguments);
  }
}

[[noreturn]] void throw_wrong_part(MPI_Count bytes, std::uint64_t due) {
  throw format_error(
      text("object message on ", job::whoami(), ": a part of ", bytes, " bytes where ", due, " were due"));
}

} // namespace

std::string_view name_of(send_kind kind) noexcept {
  switch (kind) {
  case send_kind::synchronous: return send_routines<send_kind::synchronous>::name;
  case send_kind::buffered: return send_routines<send_kind::buffered>::name;
  case send_kind::ready: return send_routines<send_kind::ready>::name;
  default: return send_routines<send_kind::standard>::name;
  }
}

object_send::object_send(communicator const& comm, encoded object, to const& destination, send_kind kind)
    : object_(std::move(object)) {
  auto const& state = *comm.state();
  frame head;
  std::memcpy(&head, object_.message.data(), sizeof(head));
  auto send = [&](std::span<std::byte const> bytes, int tag, MPI_Comm raw, send_kind how) {
    auto const arguments =
        std::tuple(bytes.data(), static_cast<MPI_Count>(bytes.size()), MPI_BYTE, destination.dest.value, tag, raw);
    messages_.emplace_back(begin_send(how, arguments), request_kind::send);
  };
  // What follows the first message needs no promise about receives.
  auto const rest = kind == send_kind::buffered ? kind : send_kind::standard;
  auto send_rest = [&](std::span<std::byte const> bytes) { send(bytes, head.id, state.twin(), rest); };

  auto const message = object_.message.bytes();
  auto const first = first_bytes(message.size(), state);
  auto const send_first = [&] { send(message.first(first), destination.tag, state.raw(), kind); };
  messages_.reserve(2 + object_.blocks.size()); // more only for more than a chunk
  // Where room may run out, the message that a receiver waits for comes last.
  if (kind != send_kind::buffered) send_first();
  for_each_chunk(message.subspan(first), send_rest);
  for (auto const& block : object_.blocks) for_each_chunk(block, send_rest);
  if (kind == send_kind::buffered) send_first();
}

void object_send::wait() {
  MPI_Status ignored{};
  for (request& each : messages_) each.wait(ignored);
}

bool object_send::test() {
  MPI_Status ignored{};
  return std::all_of(messages_.begin(), messages_.end(), [&](request& each) { return each.test(ignored); });
}

object_receive::object_receive(communicator const& comm, from const& origin, std::uint64_t type, std::string_view name)
    : comm_(comm.state()), origin_(origin), type_(type), name_(name) {
  if (origin_.source.value == proc_null) {
    sender_ = from_nobody;
    here_ = true;
    return;
  }
  if (comm_->twin() == MPI_COMM_NULL) return;
  message_.resize(std::max(current_object_limits().first_message, sizeof(frame)));
  auto const posted =
      request_of<MPI_Irecv_c>(std::tuple(static_cast<void*>(message_.data()), static_cast<MPI_Count>(message_.size()),
                                         MPI_BYTE, origin_.source.value, origin_.tag, comm_->raw()));
  first_ = request(posted, request_kind::receive);
}

object_receive::object_receive(std::shared_ptr<communicator_state> comm, from const& origin, MPI_Message message,
                               MPI_Status const& probed, std::uint64_t type, std::string_view name)
    : comm_(std::move(comm)), origin_(origin), type_(type), name_(name) {
  take_first(message, probed);
}

bool object_receive::cancel() {
  if (here_) return false;
  if (!first_.posted()) return true; // nothing was posted on a borrowed communicator
  MPI_Status arrived{};
  if (first_.cancel(arrived)) return true;
  first_arrived(arrived);
  return false;
}

void object_receive::abandon() noexcept {
  if (!first_.posted()) return;
  MPI_Status arrived{};
  try {
    static_cast<void>(first_.cancel(arrived));
  } catch (...) {
    first_.forget();
  }
}

void object_receive::discard() {
  if (!looks_like_frame(message_.bytes())) return;
  read_head();
  drop_rest();
}

void object_receive::wait_first() {
  if (here_) return;
  MPI_Status arrived{};
  if (comm_->twin() == MPI_COMM_NULL) {
    auto const message = wait_for_message(comm_->raw(), origin_, arrived);
    return take_first(message, arrived);
  }
  explained([&] { first_.wait(arrived); });
  first_arrived(arrived);
}

bool object_receive::test_first() {
  if (here_) return true;
  MPI_Status arrived{};
  if (comm_->twin() == MPI_COMM_NULL) {
    int found = 0;
    MPI_Message message = MPI_MESSAGE_NULL;
    call<MPI_Improbe>(origin_.source.value, origin_.tag, comm_->raw(), &found, &message, &arrived);
    if (found != 0) take_first(message, arrived);
  } else {
    bool done = false;
    explained([&] { done = first_.test(arrived); });
    if (done) first_arrived(arrived);
  }
  return here_;
}

void object_receive::explained(auto&& action) {
  try {
    action();
  } catch (mpi_error const& e) {
    if (e.error_class() != MPI_ERR_TRUNCATE) throw;
    throw type_error(text("receive of a ", name_, " on ", job::whoami(),
                          ": the message is no object but a buffer of more than ", message_.size(), " bytes"));
  }
}

void object_receive::take_first(MPI_Message message, MPI_Status const& probed) {
  message_.resize(static_cast<std::size_t>(message_bytes(probed)));
  MPI_Status arrived{};
  call<MPI_Mrecv_c>(static_cast<void*>(message_.data()), message_bytes(probed), MPI_BYTE, &message, &arrived);
  first_arrived(arrived);
}

void object_receive::first_arrived(MPI_Status const& arrived) {
  here_ = true;
  sender_ = {arrived.MPI_SOURCE, arrived.MPI_TAG, message_bytes(arrived), 1};
  message_.resize(static_cast<std::size_t>(sender_.bytes));
}

void object_receive::read_head() {
  head_ = read_frame(message_.bytes(), name_);
  auto const whole = sizeof(frame) + head_.archive_bytes;
  if (message_.size() != first_bytes(whole, *comm_))
    throw format_error(text("receive of a ", name_, " on ", job::whoami(), ": a message of ", message_.size(),
                            " bytes, cut short from ", whole));
  due_ = whole - message_.size() + head_.block_bytes;
  sender_.bytes = static_cast<std::int64_t>(whole + head_.block_bytes);
}

void object_receive::receive_archive() {
  check_type(head_, type_, name_);
  // Grown as chunks arrive, so that a forged length costs no more than the messages behind it.
  for (auto left = sizeof(frame) + head_.archive_bytes - message_.size(); left > 0;) {
    auto const part = std::min<std::uint64_t>(left, chunk_bytes());
    MPI_Count bytes = 0;
    MPI_Message message = next_part(bytes);
    auto const at = message_.size();
    message_.resize(at + static_cast<std::size_t>(bytes));
    call<MPI_Mrecv_c>(static_cast<void*>(message_.data() + at), bytes, MPI_BYTE, &message, MPI_STATUS_IGNORE);
    due_ -= std::min(due_, static_cast<std::uint64_t>(bytes));
    if (static_cast<std::uint64_t>(bytes) != part) throw_wrong_part(bytes, part);
    left -= part;
  }
  check_archive(head_, message_.bytes().subspan(sizeof(frame)));
}

MPI_Message object_receive::next_part(MPI_Count& bytes) {
  MPI_Message message = std::exchange(matched_, MPI_MESSAGE_NULL);
  bytes = matched_bytes_;
  if (message != MPI_MESSAGE_NULL) return message;
  MPI_Status probed{};
  call<MPI_Mprobe>(sender_.source, head_.id, comm_->twin(), &message, &probed);
  bytes = message_bytes(probed);
  return message;
}

void object_receive::expect(std::uint64_t bytes) {
  if (bytes <= credited_block) return;
  auto const first = std::min<std::uint64_t>(bytes, chunk_bytes());
  matched_ = next_part(matched_bytes_);
  if (static_cast<std::uint64_t>(matched_bytes_) != first) throw_wrong_part(matched_bytes_, first);
}

void object_receive::fetch(std::span<std::byte> block) {
  for_each_chunk(block, [&](std::span<std::byte> part) { receive_part(part); });
}

void object_receive::receive_part(std::span<std::byte> part) {
  MPI_Status arrived{};
  auto const room = static_cast<MPI_Count>(part.size());
  due_ -= std::min<std::uint64_t>(due_, part.size());
  if (matched_ != MPI_MESSAGE_NULL)
    call<MPI_Mrecv_c>(static_cast<void*>(part.data()), room, MPI_BYTE, &matched_, &arrived);
  else
    call<MPI_Recv_c>(static_cast<void*>(part.data()), room, MPI_BYTE, sender_.source, head_.id, comm_->twin(),
                     &arrived);
  if (message_bytes(arrived) != room) throw_wrong_part(message_bytes(arrived), part.size());
}

void object_receive::drop_rest() {
  if (matched_ != MPI_MESSAGE_NULL) { // looked at, and not received
    byte_buffer dropped;
    dropped.resize(static_cast<std::size_t>(matched_bytes_));
    due_ -= std::min(due_, static_cast<std::uint64_t>(matched_bytes_));
    call<MPI_Mrecv_c>(static_cast<void*>(dropped.data()), matched_bytes_, MPI_BYTE, &matched_, MPI_STATUS_IGNORE);
  }
  drop_parts(comm_->twin(), sender_.source, head_.id, std::exchange(due_, 0));
}

void object_receive::throw_no_memory() const {
  throw out_of_memory(text("receive of a ", name_, " on ", job::whoami(),
                           ": no memory for an object whose messages hold ", sender_.bytes, " bytes"));
}

} // namespace armada::detail
