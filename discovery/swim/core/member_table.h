// member_table: all members by name, in a random order for probing, with digests of what is known.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model.h"
#include "core/suspicion.h"

#include <mw/random.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace mw::swim {

struct member {
  std::string name;
  endpoint at;
  std::string meta;
  version_set versions = our_versions;
  std::uint32_t incarnation = 0;
  liveness state = liveness::alive;
  time_point changed{};  // its state
  time_point heard{};    // something that proves it alive, by ourselves
  time_point visited{};  // after it had failed
  std::unique_ptr<suspicion> doubt;
  std::uint32_t withheld = 0;     // accusations held back, one after the other
  time_point distrusted_until{};  // refusals prove nothing before
  duration distrust{};
  std::uint64_t told_moves = 0;  // of our coordinate
  std::optional<coordinate> where;
  std::unique_ptr<const proof> signed_by;  // of its last claim; null: it came without
  std::uint32_t accused = 0;  // the incarnation that others accuse, where it is not proved

  // What a claim has to exceed in order to be news.
  [[nodiscard]] std::uint32_t latest() const {
    return accused > incarnation ? accused : incarnation;
  }
  [[nodiscard]] bool living() const {
    return state == liveness::alive || state == liveness::suspect;
  }
};

// A digest of one member as others have to know it. Suspicions pass and do not count.
[[nodiscard]] std::uint64_t digest_of(const std::string& name, const endpoint& at,
                                      const std::string& meta, std::uint32_t incarnation);
[[nodiscard]] inline std::uint64_t digest_of(const member& m) {
  return digest_of(m.name, m.at, m.meta, m.incarnation);
}
// Where a name stands in the tree of digests: the top eight bits are its bucket.
[[nodiscard]] std::uint64_t place_of(std::string_view name);

// 256 buckets in 16 groups: a tree of three levels over the living members.
inline constexpr std::size_t bucket_count = 256;
inline constexpr std::size_t group_size = 16;

class member_table {
 public:
  explicit member_table(random_stream& random) : random_(random) {}

  [[nodiscard]] member* find(std::string_view name);
  [[nodiscard]] const member* find(std::string_view name) const;
  // At a random place in the order, so that no newcomer waits longer than one round for a probe.
  member& add(std::string name);
  void remove(const std::string& name);
  // Changes a member and the digests with it.
  template <class Change>
  void edit(member& m, Change change) {
    take_out(m);
    change(m);
    put_in(m);
  }
  // The next one in the order; the order is shuffled when it ends. Null: there are none.
  member* next();

  [[nodiscard]] const std::vector<std::unique_ptr<member>>& all() const { return order_; }
  [[nodiscard]] std::size_t size() const { return order_.size(); }
  [[nodiscard]] std::size_t living() const { return living_; }
  [[nodiscard]] std::uint64_t digest() const;
  [[nodiscard]] const std::array<std::uint64_t, bucket_count>& buckets() const { return buckets_; }
  [[nodiscard]] std::array<std::uint64_t, group_size> groups() const;

 private:
  void take_out(const member& m);
  void put_in(const member& m);
  void place(std::size_t index, std::unique_ptr<member> m);

  random_stream& random_;
  std::vector<std::unique_ptr<member>> order_;
  std::unordered_map<std::string_view, std::size_t> index_;  // names belong to the members
  std::size_t next_ = 0;
  std::size_t living_ = 0;
  std::array<std::uint64_t, bucket_count> buckets_{};
};

}  // namespace mw::swim
