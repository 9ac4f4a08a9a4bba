// transport.unix: links over unix sockets, between processes of one machine.
// SPDX-License-Identifier: Apache-2.0
#include "common/links/counted_stream.h"
#include "settings.h"

#include <mw/plugin.h>
#include <mw/transport.h>

#include <utility>

namespace {

constexpr std::uint64_t frame_max = std::uint64_t{16} << 20;

// A dial in progress. The user may destroy it inside `done`.
class path_dial final : public mw::dial_handle {
 public:
  using done_function = mw::function<void(mw::result<mw::link>)>;
  path_dial(const mw::transports::door_keeper& by, const mw::dial_request& request,
            done_function done)
      : book_(by.book), done_(std::move(done)) {
    if (request.to.local && !request.to.empty())
      dialling_ = by.host.streams().dial(
          request.to, by.options, request.deadline,
          [this](mw::result<mw::stream_ptr> outcome) { answered(std::move(outcome)); });
    else
      refused_ = by.host.after(mw::duration::zero(), [this, to = request.to] {
        answered(mw::failure(mw::errc::invalid, "cannot dial '" + to_string(to) +
                                                    "' over unix sockets: write unix:/path"));
      });
  }

 private:
  void answered(mw::result<mw::stream_ptr> outcome) {
    const done_function done = std::move(done_);
    if (!outcome) {
      book_.dial_failed(outcome.error().kind());
      return done(std::move(outcome).error());
    }
    done(mw::link{std::make_unique<mw::transports::counted_stream>(
                      std::move(outcome).value(), book_, mw::transports::link_origin::dialled),
                  ""});
  }

  mw::transports::link_book& book_;
  done_function done_;
  mw::timer refused_;
  mw::dial_ptr dialling_;  // last: it dies first
};

class unix_transport final : public mw::plugin, private mw::transport {
 public:
  using options = mw::unix_sockets::settings;

  static void describe(mw::manifest& m) {
    m.about("Carries links over unix sockets, between processes of one machine.")
        .provides<mw::transport>({{"ordered"}, {"max_frame", frame_max}})
        .may_use<mw::admission>("admission", "Who may connect, and how much each may take.")
        .trust(mw::plugin_trust::hostile_peer);
  }

  unix_transport(mw::host& host, options opt)
      : listen_(std::move(opt.listen)),
        book_(host),
        keeper_{host, book_, opt.accepting, opt.stream, host.find<mw::admission>("admission")} {
    keeper_.options.file_mode = file_mode(opt.access);
    host.provide<mw::transport>(*this);
  }

 private:
  mw::result<mw::listener_ptr> listen(const mw::endpoint& at,
                                      mw::function<void(mw::link)> accepted) override {
    if (!at.local || at.empty())
      return {mw::errc::invalid,
              "cannot listen on '" + to_string(at) + "' with unix sockets: write unix:/path"};
    return mw::transports::link_listener::make(keeper_, at, std::move(accepted));
  }

  [[nodiscard]] std::vector<mw::endpoint> configured() const override {
    if (listen_.empty()) return {};
    return {listen_};
  }

  mw::dial_ptr dial(const mw::dial_request& request,
                    mw::function<void(mw::result<mw::link>)> done) override {
    return std::make_unique<path_dial>(keeper_, request, std::move(done));
  }

  mw::endpoint listen_;
  mw::transports::link_book book_;
  mw::transports::door_keeper keeper_;
};

}  // namespace

MW_PLUGIN(unix_transport, "transport.unix", "0.1.0")
