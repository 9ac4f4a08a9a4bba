// discovery: who might be there: a list, DNS, a registry, multicast.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/contract.h>
#include <mw/events_peer.h>
#include <mw/function.h>
#include <mw/result.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mw {

// What this node tells others about itself.
struct self_description {
  std::string address;  // an endpoint that others can reach
  std::string zone;
};

// Keeps an announcement alive; destroying it withdraws it, as well as the source allows. Owned by
// the caller of announce(), which dies before the source.
class announcement {
 public:
  virtual ~announcement() = default;
};

// A source of peers. Most users need only its events: `peer.found/1` once for each peer that
// appears or whose facts change, `peer.lost/1` once for each that is no longer listed, `source`
// being the plug-in's name in the YAML. A source knows who is listed, not who is alive: that is the
// failure detector's word. Calls belong to the plug-in's lane; nothing blocks.
//
// Capabilities:
//   announces   announce() works
//   watches     changes come by themselves; without it they come with refresh() only
class discovery {
 public:
  static constexpr std::string_view contract = "discovery/1";

  // The peers listed now, each as in its last `peer.found/1` event, sorted by address. Called by
  // users that start after the events went out. A source that cannot reach its registry keeps the
  // last list it got.
  [[nodiscard]] virtual std::vector<peer_found> peers() const = 0;

  // Looks again. Called when the peers known so far do not answer, so it may come often: the source
  // joins calls that arrive while it looks. `done` is called once, in a later turn, after the
  // events of what changed were published; it is dropped when the source is destroyed first.
  // `disconnected` or `timed_out`: the registry does not answer; `denied`: it refuses us;
  // `overloaded`: too many callers wait already;
  // `invalid`: what it says cannot be understood. After a failure the list is as before.
  virtual void refresh(function<void(status)> done) = 0;

  // Lists this node, under its node id, for as long as the announcement lives; the source renews
  // what expires. Called when the node takes traffic. `unsupported` without the capability,
  // `invalid` for an address that is not an endpoint. Failures of the registry are not failures of
  // this call: the source retries and says so by metric and log.
  [[nodiscard]] virtual result<std::unique_ptr<announcement>> announce(
      const self_description& self) = 0;

 protected:
  ~discovery() = default;
};

}  // namespace mw
