// gate: the only place of routing that knows that there is a policy.
// SPDX-License-Identifier: Apache-2.0
#include "guard/gate.h"

#include <mw/toolkit/hash.h>

#include <algorithm>
#include <array>
#include <utility>

namespace mw::routing {
namespace {

constexpr std::array<std::string_view, 4> path_names{"message", "item", "outgoing", "table"};
constexpr auto verb_names = option_names(access_verb{});

std::string hex(std::uint64_t number) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (int shift = 28; shift >= 0; shift -= 4) out += digits[number >> shift & 15U];
  return out;
}

// Cheap and good enough to spread; what is found is compared in full.
std::uint64_t place_of(std::string_view identity, access_verb verb, std::uint32_t service) {
  std::uint64_t hash = service * 8 + static_cast<std::uint64_t>(verb);
  // Identities of one domain differ at their ends.
  for (const char c : identity.substr(identity.size() - std::min<std::size_t>(identity.size(), 8)))
    hash = (hash << 8U | hash >> 56U) ^ static_cast<unsigned char>(c);
  return hash_bits(hash ^ identity.size() << 32U);
}

// `list` is sorted by hash.
bool contains(const std::vector<offered_name>& list, const offered_name& wanted) {
  return std::binary_search(
      list.begin(), list.end(), wanted,
      [](const offered_name& a, const offered_name& b) { return a.hash < b.hash; });
}

counter denied(const host& on, gate_path path) {
  return on.counter("mw_router_denied_total", "What the policy did not allow, by path.",
                    {{"path", path_names[static_cast<std::size_t>(path)]}});
}

}  // namespace

gate::gate(const host& on)
    : host_(on),
      denied_message_(denied(on, gate_path::message)),
      denied_item_(denied(on, gate_path::item)),
      denied_outgoing_(denied(on, gate_path::outgoing)),
      denied_table_(denied(on, gate_path::table)),
      life_(on.random("references").next()) {}

void gate::attach(policy* asked, function<void(const access_denied&)> tell) {
  policy_ = asked;
  tell_ = std::move(tell);
  if (policy_ != nullptr) memos_.resize(kept_max);
}

bool gate::remembered(std::string_view identity, access_verb verb, const service& what) {
  memo& m = memos_[place_of(identity, verb, what.number) % kept_max];
  const std::uint64_t version = policy_->version();
  if (m.version == version && m.service == what.number && m.verb == verb && m.identity == identity)
    return m.allowed;
  const decision got = policy_->authorize({identity, verb, what.name});
  m = {got.version, what.number, verb, got.allowed, std::string(identity)};
  return got.allowed;
}

status gate::check(const peer& from, std::string_view identity, access_verb verb,
                   const service& what, gate_path path) {
  const std::string_view subject = subject_of(from, identity);
  if (allows(subject, verb, what)) return {};
  return refuse(&from, {subject, verb, what.name}, path);
}

failure gate::refuse_own(access_verb verb, const service& what) {
  const failure told = refuse(nullptr, {self_subject, verb, what.name}, gate_path::outgoing);
  // This one is ours to read: it names what was wanted.
  return {errc::denied, "this node may not " +
                            std::string(verb_names[static_cast<std::size_t>(verb)]) + " " +
                            what.name + " (" + told.text() + "): ask `mw policy explain self`"};
}

status gate::check_offer(const peer& who, const service& what) {
  if (may_offer(who, what)) return {};
  const failure told =
      refuse(&who, {who.view.identity, access_verb::offer, what.name}, gate_path::outgoing);
  return failure(errc::denied,
                 who.view.id + " may not offer " + what.name + " (" + told.text() + ")");
}

failure gate::refuse(const peer* from, const access& what, gate_path path) {
  switch (path) {
    case gate_path::message:
      denied_message_.add();
      break;
    case gate_path::item:
      denied_item_.add();
      break;
    case gate_path::outgoing:
      denied_outgoing_.add();
      break;
    case gate_path::table:
      denied_table_.add();
      break;
  }
  const decision why = policy_->authorize(what);
  access_denied told{.number = ++number_,
                     .reference = hex(life_) + "-" + std::to_string(number_),
                     .identity = std::string(what.subject),
                     .node = from != nullptr ? from->view.id : host_.node().id,
                     .verb = std::string(verb_names[static_cast<std::size_t>(what.verb)]),
                     .resource = std::string(what.resource),
                     .path = std::string(path_names[static_cast<std::size_t>(path)]),
                     .rule = why.rule,
                     .version = why.version};
  host_.log().warn("denied by the policy", {{"verb", told.verb},
                                            {"resource", told.resource},
                                            {"identity", told.identity},
                                            {"node", told.node},
                                            {"path", told.path},
                                            {"rule", told.rule},
                                            {"version", told.version},
                                            {"reference", told.reference}});
  if (tell_) tell_(told);
  return {errc::denied, "denied, reference " + told.reference};
}

template <class News>
std::vector<offered_name> gate::admit(const peer& from, access_verb verb,
                                      const std::vector<offered_name>& heard, std::size_t& told,
                                      News news) {
  std::vector<offered_name> fine;
  for (const offered_name& n : heard) {
    const access wanted{from.view.identity, verb, n.name};
    if (policy_->authorize(wanted).allowed)
      fine.push_back(n);
    else if (!news(n))
      continue;
    else if (told++ < told_per_table)
      (void)refuse(&from, wanted, gate_path::table);
    else
      denied_table_.add();
  }
  return fine;
}

bool gate::take_table(peer_book& peers, peer& from, const table_message& table) {
  if (policy_ == nullptr) return peers.take_table(from, table);
  const auto before = std::pair(from.table_life, from.table_version);
  const std::vector<offered_name> services = from.heard_services;
  const std::vector<offered_name> groups = from.heard_groups;
  // Changes count from what was announced, not from what was let in.
  from.services.swap(from.heard_services);
  from.groups.swap(from.heard_groups);
  const bool follows = peers.take_table(from, table);
  from.services.swap(from.heard_services);
  from.groups.swap(from.heard_groups);
  if (std::pair(from.table_life, from.table_version) == before) return follows;
  std::size_t told = 0;
  const auto unheard = [](const std::vector<offered_name>& list) {
    return [&list](const offered_name& n) { return !contains(list, n); };
  };
  from.services = admit(from, access_verb::offer, from.heard_services, told, unheard(services));
  from.groups = admit(from, access_verb::join, from.heard_groups, told, unheard(groups));
  return follows;
}

void gate::look_again(peer_book& peers) {
  if (policy_ == nullptr || tables_version_ == policy_->version()) return;
  tables_version_ = policy_->version();
  peers.each([this](peer& p) {
    if (p.self) return;
    std::size_t told = 0;
    const std::vector<offered_name> services = std::move(p.services);
    const std::vector<offered_name> groups = std::move(p.groups);
    const auto lost = [](const std::vector<offered_name>& list) {
      return [&list](const offered_name& n) { return contains(list, n); };
    };
    p.services = admit(p, access_verb::offer, p.heard_services, told, lost(services));
    p.groups = admit(p, access_verb::join, p.heard_groups, told, lost(groups));
  });
  peers.changed();
}

}  // namespace mw::routing
