// stream: both ends as small machines over frames.
// SPDX-License-Identifier: Apache-2.0
#include "native/stream.h"

#include "native/comparison.h"
#include "native/frames.h"

#include <mw/toolkit/hash.h>

#include <algorithm>
#include <map>
#include <set>

namespace mw::swim::native {

namespace {

constexpr std::size_t record_room = 112;  // of a record beside its texts
constexpr std::size_t records_bytes_max = frame_max - 1'024 * 1'024;

std::uint64_t version_of(const member_state& m) {
  return digest_of(m.claim.node, m.claim.at, m.claim.meta, m.claim.incarnation);
}

bool living(const member_state& m) {
  return m.state == liveness::alive || m.state == liveness::suspect;
}

// What both ends share: openings, keys, frames.
class party : public stream_party {
 public:
  party(const stream_facts& with, knowledge& node, bool dialler)
      : with_(with),
        node_(node),
        dialler_(dialler),
        label_(static_cast<std::uint32_t>(hash_text(with.cluster))) {}

  stream_step feed(std::string_view bytes) final {
    cutter_.feed(bytes);
    stream_step all;
    while (!all.done && all.why == drop::none) {
      auto body = cutter_.next();
      if (!body) {
        if (cutter_.broken()) all.why = drop::malformed;
        return all;
      }
      stream_step one = opened_ ? take_sealed(*body) : take_opening(*body);
      all.write += one.write;
      all.done = one.done;
      all.why = one.why;
    }
    return all;
  }

 protected:
  virtual stream_step take(const std::string& body) = 0;
  virtual stream_step after_opening() = 0;

  [[nodiscard]] static stream_step broken(drop why) { return {.write = {}, .why = why}; }
  [[nodiscard]] std::string say(const std::string& body) { return out_.seal(body); }

  std::string own_opening(std::uint32_t key_id) {
    salt_ = with_.salt();
    return frame(encode(opening{label_, key_id, salt_}));
  }

  // Cards first: the records stand on them.
  void take_all(const records_text& theirs, const endpoint& from) {
    node_.live_core().take_cards(theirs.cards, node_.now());
    node_.live_core().merge(theirs.members, from, node_.now());
  }

  // With each record the card that it needs; what does not fit into one frame comes the next time.
  void add_cards(records_text& to) const {
    std::set<card_id> added;
    std::size_t bytes = 0;
    std::size_t kept = 0;
    for (const member_state& m : to.members) {
      bytes += record_room + m.claim.meta.size() + m.claim.node.size();
      const std::string* card = nullptr;
      if (m.claim.signed_by && added.insert(m.claim.signed_by->card).second)
        card = node_.live_core().card(m.claim.signed_by->card);
      if (card != nullptr) bytes += card->size() + 2;
      if (bytes > records_bytes_max) break;
      if (card != nullptr) to.cards.push_back(*card);
      ++kept;
    }
    to.members.resize(kept);
  }

  const stream_facts& with_;
  knowledge& node_;

 private:
  stream_step take_opening(const std::string& body) {
    const auto theirs = decode_opening(body);
    if (!theirs) return broken(drop::malformed);
    if (theirs->label != label_) return broken(drop::label);
    if ((theirs->key_id == 0) != with_.keys->empty())
      return broken(theirs->key_id == 0 ? drop::plaintext : drop::key);
    std::string master;
    if (theirs->key_id != 0) {
      const std::string* const key = with_.keys->find(theirs->key_id);
      if (key == nullptr) return broken(drop::key);
      master = *key;
    }
    std::string write;
    if (!dialler_) write = own_opening(theirs->key_id);
    const std::string salts = dialler_ ? salt_ + theirs->salt : theirs->salt + salt_;
    out_ = frame_sealer(master, with_.cluster, salts, dialler_);
    in_ = frame_sealer(master, with_.cluster, salts, !dialler_);
    opened_ = true;
    stream_step next = after_opening();
    next.write = write + next.write;
    return next;
  }

  stream_step take_sealed(const std::string& body) {
    const auto plain = in_.open(body);
    if (!plain) return broken(drop::key);
    if (plain->empty()) return broken(drop::malformed);
    return take(*plain);
  }

  bool dialler_;
  std::uint32_t label_;
  bool opened_ = false;
  std::string salt_;
  frame_cutter cutter_;
  frame_sealer out_, in_;
};

class dialler final : public party {
 public:
  dialler(const stream_facts& with, knowledge& node, const stream_task& task)
      : party(with, node, true), task_(task) {}

  stream_step begin() override {
    const keyring& keys = *with_.keys;
    return {.write = own_opening(keys.empty() ? 0 : keyring::id_of(keys.primary()))};
  }

 private:
  [[nodiscard]] bool probes() const {
    return task_.what == stream_task::kind::ping || task_.what == stream_task::kind::verify;
  }

  [[nodiscard]] bool compares() const {
    return task_.what == stream_task::kind::sync || task_.what == stream_task::kind::join;
  }

  stream_step after_opening() override {
    if (probes()) return {.write = say(encode(probe_text{task_.number, task_.name}))};
    if (task_.what == stream_task::kind::cards)
      return {.write = say(encode(want_cards_text{task_.cards}))};
    mine_ = node_.live_core().buckets();
    return {.write = say(encode(compare_text{task_.what == stream_task::kind::join,
                                             group_digests(mine_), node_.user_state()}))};
  }

  stream_step take(const std::string& body) override {
    switch (static_cast<speech>(body.front())) {
      case speech::here: {
        const auto number = decode_here(body);
        if (!probes() || !number || *number != task_.number) return broken(drop::malformed);
        return {.write = {}, .done = true};
      }
      case speech::groups:
        return compares() ? take_groups(body) : broken(drop::malformed);
      case speech::records:
        return compares() ? take_records(body) : broken(drop::malformed);
      case speech::cards: {
        const auto got = decode_cards(body);
        if (!got || task_.what != stream_task::kind::cards) return broken(drop::malformed);
        node_.live_core().take_cards(got->cards, node_.now());
        return {.write = {}, .done = true};
      }
      default:
        return broken(drop::malformed);
    }
  }

  stream_step take_groups(const std::string& body) {
    const auto theirs = decode_groups(body);
    if (!theirs) return broken(drop::malformed);
    node_.merge_user_state(theirs->user, task_.what == stream_task::kind::join);
    entries_text mine;
    for (const auto& [group, digests] : theirs->groups) {
      for (std::size_t i = 0; i < group_size; ++i) {
        const std::size_t index = group * group_size + i;
        if (mine_[index] == digests[i]) continue;
        auto& [number, entries] = mine.buckets.emplace_back();
        number = static_cast<std::uint8_t>(index);
        for (const member_state& m : node_.live_core().bucket(index))
          if (living(m)) entries.push_back({place_of(m.claim.node), version_of(m)});
      }
    }
    if (mine.buckets.empty()) return {.write = {}, .done = true};
    for (const auto& one : mine.buckets) asked_.insert(one.first);
    return {.write = say(encode(mine))};
  }

  stream_step take_records(const std::string& body) {
    const auto theirs = decode_records(body);
    if (!theirs) return broken(drop::malformed);
    const std::set<std::uint64_t> wanted(theirs->wanted.begin(), theirs->wanted.end());
    records_text mine;
    for (const std::uint8_t index : asked_)
      for (member_state& m : node_.live_core().bucket(index))
        if (wanted.count(place_of(m.claim.node)) != 0) mine.members.push_back(std::move(m));
    add_cards(mine);
    take_all(*theirs, endpoint{});
    if (wanted.empty()) return {.write = {}, .done = true};
    return {.write = say(encode(mine)), .done = true};
  }

  stream_task task_;
  bucket_digests mine_{};
  std::set<std::uint8_t> asked_;
};

class acceptor final : public party {
 public:
  acceptor(const stream_facts& with, knowledge& node, endpoint from)
      : party(with, node, false), from_(std::move(from)) {}
  stream_step begin() override { return {}; }

 private:
  stream_step after_opening() override { return {}; }

  stream_step take(const std::string& body) override {
    switch (static_cast<speech>(body.front())) {
      case speech::probe: {
        const auto asked = decode_probe(body);
        if (!asked || asked->node != node_.live_core().self().name) return broken(drop::malformed);
        return {.write = say(encode_here(asked->number)), .done = true};
      }
      case speech::compare:
        return take_compare(body);
      case speech::entries:
        return take_entries(body);
      case speech::records: {
        const auto theirs = decode_records(body);
        if (!theirs || !sent_records_) return broken(drop::malformed);
        take_all(*theirs, from_);
        return {.write = {}, .done = true};
      }
      case speech::want_cards: {
        const auto asked = decode_want_cards(body);
        if (!asked) return broken(drop::malformed);
        cards_text answer;
        for (const card_id& one : asked->ids)
          if (const std::string* const known = node_.live_core().card(one))
            answer.cards.push_back(*known);
        return {.write = say(encode(answer)), .done = true};
      }
      default:
        return broken(drop::malformed);
    }
  }

  stream_step take_compare(const std::string& body) {
    const auto theirs = decode_compare(body);
    if (!theirs) return broken(drop::malformed);
    const bucket_digests mine = node_.live_core().buckets();
    const auto groups = group_digests(mine);
    groups_text answer;
    answer.user = node_.user_state();
    node_.merge_user_state(theirs->user, theirs->join);
    for (std::size_t g = 0; g < group_size; ++g) {
      if (groups[g] == theirs->groups[g]) continue;
      auto& [index, digests] = answer.groups.emplace_back();
      index = static_cast<std::uint8_t>(g);
      std::copy_n(mine.begin() + static_cast<std::ptrdiff_t>(g * group_size), group_size,
                  digests.begin());
    }
    return {.write = say(encode(answer)), .done = answer.groups.empty()};
  }

  stream_step take_entries(const std::string& body) {
    const auto theirs = decode_entries(body);
    if (!theirs || sent_records_) return broken(drop::malformed);
    sent_records_ = true;
    records_text answer;
    for (const auto& [index, entries] : theirs->buckets) {
      std::map<std::uint64_t, std::uint64_t> listed;
      for (const entry& one : entries) listed[one.place] = one.version;
      for (member_state& m : node_.live_core().bucket(index)) {
        const auto at = listed.find(place_of(m.claim.node));
        const bool same = at != listed.end() && living(m) && at->second == version_of(m);
        if (at != listed.end() && living(m) && !same) answer.wanted.push_back(at->first);
        // What is dead here is news only for those who think otherwise.
        const bool news = living(m) ? !same : at != listed.end();
        if (at != listed.end()) {
          if (!living(m)) answer.wanted.push_back(at->first);
          listed.erase(at);
        }
        if (news) answer.members.push_back(std::move(m));
      }
      for (const auto& [place, version] : listed) answer.wanted.push_back(place);
    }
    const bool over = answer.wanted.empty();
    add_cards(answer);
    return {.write = say(encode(answer)), .done = over};
  }

  endpoint from_;
  bool sent_records_ = false;
};

}  // namespace

party_ptr make_dialler(const stream_facts& with, knowledge& node, const stream_task& task) {
  return std::make_unique<dialler>(with, node, task);
}

party_ptr make_acceptor(const stream_facts& with, knowledge& node, const endpoint& from) {
  return std::make_unique<acceptor>(with, node, from);
}

}  // namespace mw::swim::native
