// pages: lists are cut at a thousand peers.
// SPDX-License-Identifier: Apache-2.0
#include "pages.h"

#include <mw/toolkit/json_writer.h>

#include <map>

namespace mw::sealing {
namespace {

constexpr std::size_t lines_max = 1000;

void write_peer(json_writer& json, const peer& p) {
  json.begin_object().key("node").value(p.id).key("agreed").value(p.best != nullptr);
  json.key("reachable").value(p.life != 0);
  const pair* const used = p.best;
  if (used != nullptr) {
    json.key("identity").value(used->origin->who.uri);
    json.key("key_type").value(crypto::to_string(used->origin->key.kind()));
    json.key("sealed").value(used->next_sequence).key("sealed_bytes").value(used->sealed_bytes);
  }
  std::uint64_t opened = 0;
  std::uint64_t forged = 0;
  std::size_t retired = 0;
  for (const auto& one : p.pairs) {
    opened += one->opened;
    forged += one->forgeries;
    retired += one->retired() ? 1 : 0;
  }
  json.key("opened").value(opened).key("forged").value(forged);
  json.key("pairs").value(p.pairs.size()).key("pairs_retired").value(retired);
  json.end_object();
}

}  // namespace

std::string overview(const sealing_core& core, time_point now) {
  json_writer json;
  json.begin_object();
  if (!core.keys().empty()) {
    const own_key& key = core.keys().current();
    json.key("epoch").value(key.epoch).key("age").value(to_string(now - key.made));
    json.key("rotates_in").value(to_string(std::max(core.keys().due() - now, duration::zero())));
    json.key("keys_held").value(core.keys().size());
    json.key("cipher").value(
        key.algorithm == crypto::aead_algorithm::aes_256_gcm ? "aes-256-gcm" : "chacha20-poly1305");
  }
  json.key("rotations").value(core.rotations());
  if (!core.last_rotation_failure().empty())
    json.key("rotation_failure").value(core.last_rotation_failure());
  json.key("refused").begin_object();
  for (std::size_t i = 0; i < refusal_count; ++i)
    if (core.refused()[i] != 0) json.key(refusal_names[i]).value(core.refused()[i]);
  json.end_object();
  std::map<std::string_view, const peer*> sorted;
  core.each_peer([&](const peer& p) { sorted.emplace(p.id, &p); });
  json.key("peers").begin_array();
  std::size_t left = lines_max;
  for (const auto& [id, p] : sorted)
    if (left != 0) --left, write_peer(json, *p);
  return json.end_array().end_object().take();
}

}  // namespace mw::sealing
