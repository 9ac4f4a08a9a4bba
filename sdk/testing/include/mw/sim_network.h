// sim_network: what tests may do to the network of a simulated world.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/types.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace mw {

// From one node to another, by index. Directions are independent of each other.
struct sim_path {
  std::size_t from = 0;
  std::size_t to = 0;
  friend auto operator<=>(const sim_path&, const sim_path&) = default;
};

// The quality of one direction between two nodes. Chances are parts per million: 10'000 is 1 %.
struct sim_link {
  duration latency = 200us;
  duration jitter = 300us;         // uniform, on top of the latency
  std::uint32_t tail_ppm = 1'000;  // packets that take up to `tail` longer
  duration tail = 20ms;
  std::uint64_t bytes_per_second = 125'000'000;  // of one stream or all datagrams; zero: no limit
  std::size_t mtu = 65'507;                      // larger datagrams vanish

  // Datagrams. For streams a lost packet means a late one: they repeat it.
  std::uint32_t loss_ppm = 0;
  std::uint32_t duplicate_ppm = 0;
  std::uint32_t reorder_ppm = 0;  // overtaken by packets of the next `reorder_by`
  duration reorder_by = 5ms;
  std::uint32_t corrupt_ppm = 0;  // one bit flipped

  // Streams.
  std::uint32_t refuse_ppm = 0;     // per dial
  std::uint32_t lose_dial_ppm = 0;  // per dial: no answer at all, until the deadline
  std::uint32_t reset_ppm = 0;      // per arriving packet
  std::uint32_t sever_ppm = 0;      // per arriving packet: both ends live on and never hear again
  std::uint32_t cut_read_ppm = 100'000;  // per read: odd cuts, single bytes
  std::uint32_t short_write_ppm = 0;     // per write: less is taken than there is room for
  std::uint64_t window = 256 * 1024;     // bytes under way or unread in one direction
};

// Paths on which nothing gets through.
using sim_cut = std::vector<sim_path>;
[[nodiscard]] sim_cut cut_one_way(std::size_t from, std::size_t to);
[[nodiscard]] sim_cut cut_isolate(std::size_t nodes, std::size_t victim);
// Nodes below `first` on one side, the rest on the other.
[[nodiscard]] sim_cut cut_halves(std::size_t nodes, std::size_t first);
// Two halves that only `middle` can talk to.
[[nodiscard]] sim_cut cut_bridge(std::size_t nodes, std::size_t middle);
// Every node hears only its neighbours in a ring.
[[nodiscard]] sim_cut cut_ring(std::size_t nodes);

// Takes effect at once, also on what is under way.
class sim_network {
 public:
  virtual void set_links(const sim_link& all) = 0;  // forgets settings of single paths
  virtual void set_link(sim_path path, const sim_link& link) = 0;
  // Cuts add up; each ends with heal() of the number returned.
  virtual std::uint64_t cut(const sim_cut& paths) = 0;
  virtual void heal(std::uint64_t cut) = 0;
  virtual void heal_all() = 0;  // cuts and clogs
  // Nothing is lost, everything waits; afterwards it arrives in a burst.
  virtual void clog(sim_path path, duration how_long) = 0;
  // All streams between two nodes: both ends are told, or neither ever hears again.
  virtual void reset_streams(std::size_t a, std::size_t b) = 0;
  virtual void sever_streams(std::size_t a, std::size_t b) = 0;
  // What a name means, besides the names of nodes, which mean their addresses. Without addresses no
  // name server answers for it.
  virtual void set_name(const std::string& name, std::vector<std::string> addresses) = 0;
  [[nodiscard]] virtual std::size_t open_streams() const = 0;

 protected:
  ~sim_network() = default;
};

}  // namespace mw
