// packet_dial: resolves a name and opens a socket for it; nobody is asked whether they listen.
// SPDX-License-Identifier: Apache-2.0
#include "packet_dial.h"

#include "common/links/counted_stream.h"
#include "packet_link.h"
#include "port.h"

#include <algorithm>
#include <utility>

namespace mw::udp {

packet_dial::packet_dial(context& shared, const dial_request& request, done_function done)
    : shared_(shared), to_(request.to), done_(std::move(done)) {
  if (to_.local || to_.empty() || to_.port == 0) {
    at_once_ = shared_.host.after(duration::zero(), [this] {
      tell(failure(errc::invalid, "cannot dial '" + to_string(to_) +
                                      "' over UDP: write host:port with a port from 1 to 65535,"
                                      " such as 127.0.0.1:7400 or node7.example:7400"));
    });
    return;
  }
  deadline_ = shared_.host.after(
      std::max<duration>(request.deadline, 0s), [this, patience = request.deadline] {
        tell(failure(errc::timed_out,
                     "no address for " + to_string(to_) + " within " + to_string(patience)));
      });
  resolving_ =
      shared_.host.names().resolve(to_.host, [this](result<std::vector<std::string>> found) {
        if (found) return tell(connect(found->front()));
        tell(std::move(found).error().in("cannot dial " + to_string(to_)));
      });
}

result<link> packet_dial::connect(const std::string& address) {
  std::unique_ptr<admission_scope> scope;
  if (shared_.admits != nullptr) {
    MW_TRY(scope, shared_.admits->depart({.host = address, .port = to_.port}, shared_.host.name()));
  }
  const bool six = address.find(':') != std::string::npos;
  MW_TRY(auto opened, port::open(shared_, {.host = six ? "::" : "0.0.0.0", .port = 0}));
  auto made = std::make_unique<packet_link>(shared_, std::move(opened),
                                            endpoint{.host = address, .port = to_.port},
                                            reply_budget::unlimited());
  auto counted = std::make_unique<transports::counted_stream>(std::move(made), shared_.book,
                                                              transports::link_origin::dialled);
  if (scope) counted->watch(*scope);
  return link{.bytes = std::move(counted), .scope = std::move(scope)};
}

// The user may destroy this in the call: nothing may follow it.
void packet_dial::tell(result<link> outcome) {
  if (!outcome) shared_.book.dial_failed(outcome.error().kind());
  if (deadline_) deadline_->cancel();
  resolving_.reset();
  const done_function done = std::move(done_);
  done(std::move(outcome));
}

}  // namespace mw::udp
