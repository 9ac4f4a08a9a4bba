// transport.loopback: links inside one process, for tests, examples and nodes that call themselves.
// SPDX-License-Identifier: Apache-2.0
#include "common/links/counted_stream.h"
#include "door.h"
#include "memory_stream.h"

#include <mw/plugin.h>

#include <utility>

namespace {

using mw::transports::counted_stream;
using mw::transports::link_origin;

constexpr std::uint64_t frame_max = std::uint64_t{16} << 20;
constexpr std::uint16_t first_free_port = 49152;

// A dial until its answer in a later turn. Destroying it cancels the timer and so the dial.
class waiting_dial final : public mw::dial_handle {
 public:
  waiting_dial(const mw::host& host, mw::function<void()> knock)
      : next_turn_(host.after(mw::duration::zero(), std::move(knock))) {}

 private:
  mw::timer next_turn_;
};

class loopback_transport final : public mw::plugin, private mw::transport {
 public:
  struct options {
    mw::endpoint listen;
    mw::byte_size send_limit{1024 * 1024};
    std::uint32_t connections_max = 1024;

    void fields(mw::field_visitor& v) {
      v.field("listen", listen,
              "Where users of the transport listen. Any endpoint: it means something to this "
              "stanza alone. Empty: the node only dials.");
      v.field("send_limit", send_limit,
              "Bytes that one end may have written and the other not heard; beyond, its writer "
              "has to wait.",
              mw::between_of(mw::byte_size{4096}, mw::byte_size{std::uint64_t{1} << 30}));
      v.field("connections_max", connections_max,
              "Links at a time; further dials fail. Bounds the memory, two inboxes a link.",
              mw::between{1, 1'000'000}, mw::unit{"connections"});
    }
  };

  static void describe(mw::manifest& m) {
    m.about("Carries links inside one process, for tests, examples and nodes that call themselves.")
        .provides<mw::transport>({{"ordered"}, {"max_frame", frame_max}})
        .trust(mw::plugin_trust::local_only);
  }

  loopback_transport(mw::host& host, options opt) : host_(host), opt_(std::move(opt)), book_(host) {
    host.provide<mw::transport>(*this);
  }

 private:
  using done_function = mw::function<void(mw::result<mw::link>)>;

  mw::result<mw::listener_ptr> listen(const mw::endpoint& at,
                                      mw::function<void(mw::link)> accepted) override {
    if (at.empty())
      return {mw::errc::invalid, "listening needs an endpoint, such as here:1, not an empty one"};
    mw::endpoint real = at;
    if (at.port == 0 && !at.local) {
      MW_TRY(real.port, free_port(at));
    }
    if (doors_.contains(real))
      return {mw::errc::denied,
              "cannot listen on " + to_string(real) + ": this transport listens there already"};
    return mw::listener_ptr(
        std::make_unique<mw::loopback::door>(host_, doors_, real, std::move(accepted)));
  }

  [[nodiscard]] std::vector<mw::endpoint> configured() const override {
    if (opt_.listen.empty()) return {};
    return {opt_.listen};
  }

  mw::dial_ptr dial(const mw::dial_request& request, done_function done) override {
    return std::make_unique<waiting_dial>(
        host_, [this, to = request.to, done = std::make_shared<done_function>(std::move(done))] {
          answer(to, done);
        });
  }

  // The dial may be destroyed by `done`, which lives on until it returns.
  void answer(mw::endpoint to, std::shared_ptr<done_function> done) {
    mw::result<mw::link> outcome = connect(to);
    if (!outcome) book_.dial_failed(outcome.error().kind());
    (*done)(std::move(outcome));
  }

  mw::result<mw::link> connect(const mw::endpoint& to) {
    const auto found = doors_.find(to);
    if (found == doors_.end())
      return {mw::errc::disconnected,
              "cannot connect to " + to_string(to) + ": nobody listens there"};
    if (found->second->waiting() >= mw::loopback::door::backlog_max)
      return {mw::errc::overloaded, "cannot connect to " + to_string(to) + ": " +
                                        std::to_string(mw::loopback::door::backlog_max) +
                                        " links wait for its paused listener, which is the limit"};
    if (book_.accepted_open() >= opt_.connections_max) {
      book_.refused_too_many();
      return {mw::errc::overloaded, "cannot connect to " + to_string(to) + ": " +
                                        std::to_string(opt_.connections_max) +
                                        " links are open, which is connections_max; raise it"};
    }
    auto ends = mw::loopback::memory_stream::make(
        host_, {.host = to.host, .port = 0, .local = to.local}, to, opt_.send_limit);
    found->second->knock(
        std::make_unique<counted_stream>(std::move(ends.far), book_, link_origin::accepted));
    return mw::link{
        std::make_unique<counted_stream>(std::move(ends.near), book_, link_origin::dialled), ""};
  }

  mw::result<std::uint16_t> free_port(mw::endpoint at) const {
    for (std::uint32_t port = first_free_port; port <= 65535; ++port) {
      at.port = static_cast<std::uint16_t>(port);
      if (!doors_.contains(at)) return at.port;
    }
    return {mw::errc::denied, "no free port on " + at.host + ": all from 49152 to 65535 are taken"};
  }

  mw::host& host_;
  options opt_;
  mw::transports::link_book book_;
  mw::loopback::doors doors_;
};

}  // namespace

MW_PLUGIN(loopback_transport, "transport.loopback", "0.1.0")
