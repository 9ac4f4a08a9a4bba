// settings: the options of routing.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/options.h>

#include <cstdint>
#include <string>
#include <vector>

namespace mw::routing {

// Which services are sealed from end to end.
struct seal_rule {
  std::string services;
  bool sign = false;

  void fields(field_visitor& v);
};

struct settings {
  std::uint32_t calls_max = 65'536;
  std::uint32_t services_max = 1024;
  std::uint32_t waiting_max = 4096;
  std::uint32_t waiting_per_peer_max = 4096;
  duration deadline_max = 1h;
  duration announce_every = 1s;
  duration hedge_after{};
  rate broadcasts_per_peer{100'000};
  byte_size local_max{64u << 20};
  std::uint32_t outbox_max = 65'536;
  byte_size outbox_bytes{64u << 20};
  std::vector<duration> redeliver_after{100ms, 200ms, 400ms, 1s, 2s, 5s};
  std::uint32_t attempts_max = 16;
  std::uint32_t dead_letters_max = 1024;
  std::uint32_t producers_max = 4096;
  std::uint32_t cached_replies_max = 4096;
  byte_size cached_bytes{16u << 20};
  std::uint32_t labelled_services = 64;
  std::vector<seal_rule> seal;

  void fields(field_visitor& v);

 private:
  void fields_of_seal(field_visitor& v);
};

}  // namespace mw::routing
