// network: links, addresses, streams and datagrams of one world in one place.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "address_book.h"
#include "datagram_network.h"
#include "link_table.h"
#include "stream_network.h"

#include <mw/sim_network.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace mw::sim {

class network final : public sim_network {
 public:
  explicit network(engine& events)
      : links_(events),
        streams_(events, links_, addresses_),
        datagrams_(events, links_, addresses_) {}

  void set_links(const sim_link& all) override { links_.set_all(all); }
  void set_link(sim_path path, const sim_link& link) override { links_.set(path, link); }
  std::uint64_t cut(const sim_cut& paths) override { return links_.cut(paths); }
  void heal(std::uint64_t cut) override { links_.heal(cut); }
  void heal_all() override { links_.heal_all(); }
  void clog(sim_path path, duration how_long) override { links_.clog(path, how_long); }
  void reset_streams(std::size_t a, std::size_t b) override { streams_.reset_between(a, b); }
  void sever_streams(std::size_t a, std::size_t b) override { streams_.sever_between(a, b); }
  [[nodiscard]] std::size_t open_streams() const override { return streams_.open(); }

  void add_node(const machine& node, std::string_view address, bool own_loopback) {
    addresses_.add_node(address, own_loopback);
    links_.add(node);
  }
  // A process ended; what it had open is closed by its machine, or forgotten with it.
  void drop(process& ended) {
    streams_.drop(ended, !ended.on().powered);
    datagrams_.drop(ended);
  }
  void set_name(const std::string& name, std::vector<std::string> addresses) override {
    names_[name] = std::move(addresses);
  }
  // No name server answers for `name`.
  [[nodiscard]] bool is_silent(const std::string& name) const {
    const auto set = names_.find(name);
    return set != names_.end() && set->second.empty();
  }
  // What `name` means to everybody, or nothing.
  [[nodiscard]] std::vector<std::string> addresses_of(const std::string& name) const {
    if (const auto set = names_.find(name); set != names_.end()) return set->second;
    for (std::size_t i = 0; i < links_.size(); ++i)
      if (links_.node(i).name == name) return {addresses_.own_address(i)};
    return {};
  }
  [[nodiscard]] const sim_link& links() const { return links_.common(); }
  [[nodiscard]] address_book& addresses() { return addresses_; }
  [[nodiscard]] stream_network& streams() { return streams_; }
  [[nodiscard]] datagram_network& datagrams() { return datagrams_; }

 private:
  link_table links_;
  std::map<std::string, std::vector<std::string>> names_;
  address_book addresses_;
  stream_network streams_;
  datagram_network datagrams_;
};

}  // namespace mw::sim
