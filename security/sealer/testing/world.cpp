// world: one queue, no delays; time moves by advance() only.
// SPDX-License-Identifier: Apache-2.0
#include "testing/world.h"

#include <openssl/evp.h>

namespace mw::sealing::testing {

byte_list fake_notary::half_of(const crypto::private_key& key) {
  byte_list out(32);
  std::size_t size = out.size();
  MW_ASSERT(EVP_PKEY_get_raw_public_key(key.raw(), reinterpret_cast<unsigned char*>(out.data()),
                                        &size) == 1,
            "a key has a public half");
  return out;
}

node& world::boot(const std::string& name) {
  node& n = nodes_[name];
  n.core.reset();
  n.papers.reset();
  n.life = ++lives_;
  n.library = crypto::testing::repeatable(hash_mix(seed_, n.life));
  n.papers = std::make_unique<fake_notary>(*n.library, name);
  n.core = std::make_unique<sealing_core>(*n.library, *n.papers, whoami{name, "test"}, bounds);
  MW_ASSERT(n.core->start(at).ok(), "a first key can be made");
  return n;
}

void world::connect(const std::string& a, const std::string& b) {
  core(a).meet(b, nodes_.at(b).life, at);
  core(b).meet(a, nodes_.at(a).life, at);
}

void world::settle() {
  for (int round = 0; round < 1000; ++round) {
    std::vector<std::pair<std::string, outgoing>> all;
    for (auto& [name, n] : nodes_)
      for (outgoing& o : n.core->take_outputs()) all.emplace_back(name, std::move(o));
    if (all.empty()) return;
    for (auto& [from, message] : all) {
      log.emplace_back(from, message);
      if (wire && !wire(from, message)) continue;
      if (const auto to = nodes_.find(message.to); to != nodes_.end())
        to->second.core->receive(from, message.message, at);
    }
  }
  MW_ASSERT(false, "sealers fall silent");
}

void world::advance(duration by) {
  const time_point end = at.now + by;
  for (int step = 0; step < 100'000; ++step) {
    time_point next = end;
    for (auto& [name, n] : nodes_) next = std::min(next, std::max(n.core->next_tick(), at.now));
    at.wall.since_epoch += next - at.now;
    at.now = next;
    for (auto& [name, n] : nodes_)
      if (n.core->next_tick() <= at.now) n.core->tick(at);
    settle();
    if (at.now >= end) return;
  }
  MW_ASSERT(false, "time passes");
}

byte_list world::seal(const std::string& from, const std::string& to, std::string_view text,
                      std::string_view purpose, bool sign) {
  message_out body, out;
  body.append(as_bytes(text));
  const auto done = core(from).seal({from, to, purpose, {}, sign}, body, out, at.now);
  if (!done) return {};
  const bytes_view bytes = out.written();
  return {bytes.begin(), bytes.end()};
}

std::string world::open(const std::string& from, const std::string& to, const byte_list& envelope,
                        std::string_view purpose, bool sign) {
  const auto opened = core(to).open({from, to, purpose, {}, sign}, envelope, at.now);
  if (!opened) return "[" + std::string(mw::to_string(opened.error().kind())) + "]";
  return std::string(as_text(opened->body));
}

}  // namespace mw::sealing::testing
