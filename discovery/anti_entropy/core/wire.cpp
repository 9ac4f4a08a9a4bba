// wire: writing, and the checks of what was read.
// SPDX-License-Identifier: Apache-2.0
#include "core/wire.h"

#include "common/packing/packing.h"
#include "core/wire_entry.h"

#include <mw/toolkit/hash.h>

#include <limits>

namespace mw::anti_entropy {

namespace {

void put_all(std::string& out, const digests& all) {
  for (const std::uint64_t one : all) put(out, one);
}

void put_entries(std::string& out, const std::vector<entry>& all) {
  put(out, static_cast<std::uint16_t>(all.size()));
  for (const entry& one : all) put_entry(out, one);
}

struct writing {
  std::string& out;

  void operator()(const root_message& m) const {
    put(out, static_cast<std::uint8_t>(m.from));
    put(out, m.root);
  }
  void operator()(const same_message& m) const { put(out, static_cast<std::uint8_t>(m.from)); }
  void operator()(const branches_message& m) const {
    put(out, static_cast<std::uint8_t>(m.from));
    put_all(out, m.branches);
  }
  void operator()(const buckets_message& m) const {
    put(out, static_cast<std::uint8_t>(m.branches.size()));
    for (const auto& [branch, all] : m.branches) {
      put(out, branch);
      put_all(out, all);
    }
  }
  void operator()(const digests_message& m) const {
    put(out, static_cast<std::uint8_t>(m.more ? 1 : 0));
    put(out, static_cast<std::uint16_t>(m.buckets.size()));
    for (const auto& [bucket, pairs] : m.buckets) {
      put(out, bucket);
      put(out, static_cast<std::uint16_t>(pairs.size()));
      for (const digest_pair& one : pairs) {
        put(out, one.key);
        put(out, one.digest);
      }
    }
  }
  void operator()(const exchange_message& m) const {
    put_entries(out, m.entries);
    put(out, static_cast<std::uint16_t>(m.wanted.size()));
    for (const std::uint64_t key : m.wanted) put(out, key);
  }
  void operator()(const taken_message& m) const {
    put(out, m.served);
    put_entries(out, m.entries);
  }
  void operator()(const push_message& m) const { put_entries(out, m.entries); }
};

rank read_rank(byte_reader& in) {
  const auto number = in.number<std::uint8_t>();
  if (number > static_cast<std::uint8_t>(rank::resident)) in.fail();
  return static_cast<rank>(number);
}

digests read_digests(byte_reader& in) {
  digests all{};
  for (std::uint64_t& one : all) one = in.number<std::uint64_t>();
  return all;
}

// True when `count` things of at least `size` bytes may still follow.
bool room_for(byte_reader& in, std::size_t count, std::size_t size) {
  if (count * size > in.left()) in.fail();
  return !in.failed();
}

std::vector<entry> read_entries(byte_reader& in) {
  std::vector<entry> all;
  const std::size_t count = in.number<std::uint16_t>();
  if (!room_for(in, count, entry_bytes_min)) return all;
  all.reserve(count);
  for (std::size_t i = 0; i < count && !in.failed(); ++i) all.push_back(read_entry(in));
  return all;
}

// Strictly rising, so that everything has one form only.
message read_buckets(byte_reader& in) {
  buckets_message m;
  const std::size_t count = in.number<std::uint8_t>();
  if (count > fan_out) in.fail();
  for (std::size_t i = 0; i < count && !in.failed(); ++i) {
    const auto branch = in.number<std::uint8_t>();
    if (branch >= fan_out || (i > 0 && branch <= m.branches.back().first)) in.fail();
    m.branches.emplace_back(branch, read_digests(in));
  }
  return m;
}

message read_pairs(byte_reader& in) {
  digests_message m;
  const auto more = in.number<std::uint8_t>();
  const std::size_t buckets = in.number<std::uint16_t>();
  if (more > 1 || buckets > bucket_count) in.fail();
  m.more = more == 1;
  for (std::size_t i = 0; i < buckets && !in.failed(); ++i) {
    const auto bucket = in.number<std::uint8_t>();
    const std::size_t count = in.number<std::uint16_t>();
    if (i > 0 && bucket <= m.buckets.back().first) in.fail();
    if (!room_for(in, count, 16)) break;
    auto& pairs = m.buckets.emplace_back(bucket, std::vector<digest_pair>()).second;
    for (std::size_t k = 0; k < count && !in.failed(); ++k) {
      const digest_pair one{in.number<std::uint64_t>(), in.number<std::uint64_t>()};
      if (bucket_of(one.key) != bucket || (k > 0 && one.key <= pairs.back().key)) in.fail();
      pairs.push_back(one);
    }
  }
  return m;
}

message read_exchange(byte_reader& in) {
  exchange_message m;
  m.entries = read_entries(in);
  const std::size_t wanted = in.number<std::uint16_t>();
  if (!room_for(in, wanted, 8)) return m;
  m.wanted.resize(wanted);
  for (std::uint64_t& key : m.wanted) key = in.number<std::uint64_t>();
  return m;
}

message read_body(std::uint8_t kind, byte_reader& in) {
  switch (kind) {
    case 1: {
      const rank from = read_rank(in);
      return root_message{from, in.number<std::uint64_t>()};
    }
    case 2:
      return same_message{read_rank(in)};
    case 3: {
      const rank from = read_rank(in);
      return branches_message{from, read_digests(in)};
    }
    case 4:
      return read_buckets(in);
    case 5:
      return read_pairs(in);
    case 6:
      return read_exchange(in);
    case 7: {
      const auto served = in.number<std::uint16_t>();
      return taken_message{served, read_entries(in)};
    }
    case 8:
      return push_message{read_entries(in)};
    default:
      in.fail();
      return same_message{};
  }
}

}  // namespace

std::string encode(const message& what) {
  std::string out;
  put(out, wire_version);
  put(out, static_cast<std::uint8_t>(what.index() + 1));
  std::visit(writing{out}, what);
  return out;
}

result<message> decode(std::string_view bytes) {
  if (bytes.size() > message_max)
    return {errc::invalid, "a message of shared state has " + std::to_string(bytes.size()) +
                               " bytes, at most " + std::to_string(message_max) + " are taken"};
  byte_reader in(bytes);
  const auto version = in.number<std::uint8_t>();
  const auto kind = in.number<std::uint8_t>();
  if (in.failed() || version != wire_version)
    return {errc::unsupported, "shared state of version " + std::to_string(version) +
                                   ", this node speaks " + std::to_string(wire_version)};
  message out = read_body(kind, in);
  if (in.failed() || in.left() != 0)
    return {errc::invalid, "a message of shared state, kind " + std::to_string(kind) + ", " +
                               std::to_string(bytes.size()) + " bytes, has no valid form"};
  return out;
}

footprint footprint_of(const entry& one) {
  std::string out;
  put_state(out, one);
  const std::uint64_t hash = hash_text(out);
  // Zero stands for no entry.
  return {hash == 0 ? 1 : hash, out.size() + (one.removed() ? age_bytes : 0)};
}

}  // namespace mw::anti_entropy
