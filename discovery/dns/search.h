// search: one look for a service or a host: its answers, the addresses of its targets, its places.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "asker.h"
#include "core/finding.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mw::dns {

// What is looked for: with a port a host (A, AAAA), without one a service (SRV).
struct wanted {
  name about;
  std::uint16_t port = 0;
};

struct search_outcome {
  enum class kind : std::uint8_t { found, missing, failed };
  kind what = kind::failed;
  std::vector<place> places;
  std::uint32_t ttl = 0;
  bool decidedly = false;  // missing: the target "."
  std::string why;         // failed; found: why there may be more than was found
};

// What all searches of the plug-in share; outlives them.
struct search_context {
  host& node;
  const dns_metrics& metrics;
  asking how;
  family families = family::both;
  bool all_priorities = false;
  random_stream& dice;
  std::vector<endpoint> servers;
};

// Destroying it ends it silently. `done` is called once, in a later turn, and may destroy it.
class search {
 public:
  static constexpr std::size_t targets_max = 128;
  static constexpr std::size_t places_max = 1024;

  search(search_context& context, wanted what, function<void(search_outcome)> done);

 private:
  void ask(const name& about, type what, function<void(const result<message>&)> then);
  void ask_addresses(const service& of);
  void services_arrived(const result<message>& answer);
  void follow(services found, const message& answer);
  void addresses_arrived(const service& of, type what, const result<message>& answer);
  [[nodiscard]] bool take(const service& of, const addresses& found);
  void fail(const failure& why);
  void finish_when_done();

  search_context& context_;
  wanted what_;
  function<void(search_outcome)> done_;
  search_outcome out_;
  bool any_answer_ = false;
  bool over_ = false;
  std::uint32_t least_ttl_ = UINT32_MAX;
  std::uint32_t negative_ttl_ = 0;
  std::size_t open_ = 0;
  std::vector<std::unique_ptr<asker>> askers_;  // of targets_max targets at most, two each
};

}  // namespace mw::dns
