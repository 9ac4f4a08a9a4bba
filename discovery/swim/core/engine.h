// engine: SWIM with suspicion and Lifeguard as a step function: messages and time in, effects out.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "claims/notary.h"
#include "claims/origins.h"
#include "core/broadcast_queue.h"
#include "core/member_table.h"
#include "core/model.h"
#include "core/settings.h"
#include "core/vivaldi.h"

#include <mw/random.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mw::swim {

struct identity {
  std::string name;
  endpoint at;  // where others reach it
  std::string meta;
  std::uint32_t incarnation = 1;  // of an earlier life plus one, where it is known
};

struct packet {
  endpoint to;
  std::string name;  // of the member there; empty: not known
  std::vector<std::string> parts;
  bool reply = false;  // answers what came from there: no larger than that, unless it is proved
};

// A stream that the adapter is to open.
struct stream_task {
  enum class kind : std::uint8_t {
    ping,    // the probe by another way: is it there?
    verify,  // is its process gone? Only a refusal says so
    sync,    // compare all we know
    join,    // the same with somebody not known yet
    cards,   // ask for cards that claims need
  };
  kind what = kind::sync;
  endpoint to;
  std::string name;
  std::uint32_t number = 0;
  std::vector<card_id> cards{};
};

enum class news_kind : std::uint8_t {
  joined,
  changed,
  suspect,
  cleared,
  failed,
  left,
  forgotten,
  conflict
};
struct member_news {
  news_kind what = news_kind::joined;
  std::string name;
  endpoint at;
  std::string meta;
  std::uint32_t incarnation = 0;
  std::string reason;
};

struct outputs {
  std::vector<packet> packets;
  std::vector<stream_task> streams;
  std::vector<member_news> news;
  std::vector<std::string> user;  // bytes of users, in order of arrival
};

// Only ever grow; the adapter turns them into metrics.
struct counts {
  std::uint64_t probes = 0, probes_failed = 0, suspicions = 0, refutations = 0, deaths = 0;
  std::uint64_t accusations_withheld = 0, convictions_postponed = 0, stalls = 0;
  std::uint64_t hard_deaths = 0, hard_mistakes = 0;
  std::uint64_t refused_claims = 0;  // too large, too far, too many
  std::uint64_t conflicts = 0, broadcasts_dropped = 0, relays_refused = 0;
  std::uint64_t waiting_dropped = 0;                  // claims whose card did not come
  std::array<std::uint64_t, news_classes> limited{};  // by class: of a source that said too much
};

class engine {
 public:
  // `signer`: null where claims are not signed; it outlives the engine.
  engine(const settings& s, identity self, const message_codec& codec, random_stream& random,
         notary* signer = nullptr);

  void start(time_point now);
  // Something came from `from`. Everything in it is hostile until checked.
  void receive(const message& m, const endpoint& from, time_point now);
  void tick(time_point now);
  [[nodiscard]] time_point next_due() const;
  [[nodiscard]] outputs take_outputs() { return std::exchange(out_, {}); }

  // Outcomes of streams. Refused: nobody listens there.
  void stream_answered(const stream_task& task, time_point now);
  void stream_failed(const stream_task& task, bool refused, time_point now);
  // Another member's whole knowledge, or a part of it. `from`: who came with it; empty: it was this
  // node that chose whom to ask.
  void merge(const std::vector<member_state>& theirs, const endpoint& from, time_point now);
  // Cards that came in a conversation; claims that waited for them are looked at again.
  void take_cards(const std::vector<std::string>& cards, time_point now);
  [[nodiscard]] const std::string* card(const card_id& id) const {
    return notary_ == nullptr ? nullptr : notary_->card(id);
  }
  // This node has a new card: its claim is signed again, as news.
  void sign_anew(time_point now);
  [[nodiscard]] std::vector<member_state> state() const;
  // The tree of digests with this node in it, and what is in one bucket of it; failed members, too.
  [[nodiscard]] std::array<std::uint64_t, bucket_count> buckets() const;
  [[nodiscard]] std::vector<member_state> bucket(std::size_t index) const;

  // A connection with `name` broke: look at once whether its process is gone.
  void suspect_exit(const std::string& name, time_point now);
  void set_meta(std::string meta, time_point now);
  // Spreads bytes of the user. A newer piece with the same subject replaces the older one.
  void spread(const std::string& subject, std::string bytes);
  // Tells everybody that this node goes. Keep ticking until left_everybody().
  void leave(time_point now);
  [[nodiscard]] bool left_everybody() const { return leaving_ && broadcasts_.empty(); }
  [[nodiscard]] bool spread_everything() const { return user_.empty(); }
  [[nodiscard]] bool leaving() const { return leaving_; }
  // Ends a failed member for everybody: it counts as left, and with `forget` it is not kept.
  bool force_leave(const std::string& name, bool forget, time_point now);

  [[nodiscard]] const identity& self() const { return self_; }
  [[nodiscard]] member_table& members() { return members_; }
  [[nodiscard]] const member_table& members() const { return members_; }
  [[nodiscard]] const counts& counted() const { return counts_; }
  [[nodiscard]] std::uint32_t health() const { return health_; }  // 0 is well
  [[nodiscard]] std::size_t waiting_broadcasts() const { return broadcasts_.size() + user_.size(); }
  // Of all living members and of this node: equal where views agree.
  [[nodiscard]] std::uint64_t digest() const;
  [[nodiscard]] const coordinate& here() const { return vivaldi_.here(); }
  // Members that others reckon with: alive, suspected, or dead for a short while.
  [[nodiscard]] std::size_t cluster_size() const { return counted_; }
  [[nodiscard]] std::size_t waiting_claims() const { return waiting_.size(); }
  [[nodiscard]] std::uint32_t spread_times() const;
  // Nothing was heard for so long that the fault may be ours; or it was so just before.
  [[nodiscard]] bool silent(time_point now) const;
  [[nodiscard]] bool in_doubt(time_point now) const;

 private:
  struct probe_state {
    bool active = false;
    std::string node;
    std::uint32_t number = 0;
    time_point sent{}, ask_others{}, end{};
    bool asked = false;
    std::uint32_t nacks_expected = 0, nacks = 0;
  };
  struct relay {
    std::uint32_t number = 0;  // ours
    std::uint32_t theirs = 0;
    endpoint asker;
    bool wants_nack = false;
    time_point nack_at{}, end{};
  };
  struct waiting_claim {
    alive_claim claim;
    endpoint from;
    time_point until{};
    bool asked = false;
  };
  struct exit_check {
    std::string node;
    std::uint32_t number = 0;
    time_point since{}, again{};
    bool refused_once = false;
    bool look_again = false;   // at `again`
    std::uint32_t broken = 0;  // looks that ended in between
  };

  // engine.cpp
  void send(const endpoint& to, const std::string& name, const message& m, bool reply = false);
  void fill(packet& p, std::size_t used);
  void gossip(time_point now);
  void count_members(time_point now);
  void forget_old(time_point now);
  void tell(news_kind what, const member& m, std::string reason = {});
  [[nodiscard]] std::vector<member*> some(std::size_t count, const std::string& but, bool dead_too,
                                          time_point now);
  std::uint32_t next_number() { return ++number_; }

  // engine_probe.cpp
  void on(const ping& m, const endpoint& from, time_point now);
  void on(const ping_request& m, const endpoint& from, time_point now);
  void on(const ack& m, const endpoint& from, time_point now);
  void on(const nack& m, const endpoint& from, time_point now);
  [[nodiscard]] member* at_address(const endpoint& at) const;
  void start_probe(time_point now);
  void ask_others(time_point now);
  void end_probe(bool answered, time_point now);
  void accuse(member& m, const std::string& reason, time_point now);
  void tick_relays(time_point now);
  void add_health(int delta);
  void hear(time_point now);
  void begin_check(member& m, time_point now);
  [[nodiscard]] bool check_broken(const stream_task& task, time_point now);
  void check_refused(const std::string& node, time_point now);
  void tick_checks(time_point now);

  // engine_claims.cpp
  void on(const alive_claim& m, const endpoint& from, time_point now);
  void on(const suspect_claim& m, const endpoint& from, time_point now);
  void on(const dead_claim& m, const endpoint& from, time_point now);
  void on(const user_bytes& m, const endpoint& from, time_point now);
  [[nodiscard]] bool acceptable(const alive_claim& m) const;
  [[nodiscard]] bool plausible_jump(std::uint32_t known, std::uint32_t claimed) const;
  void hear_of_self(const alive_claim& m, const endpoint& from, time_point now);
  void adopt(member& m, const alive_claim& claim, time_point now);
  void meet(const alive_claim& m, const endpoint& from, time_point now);
  void renew(member& m, const alive_claim& claim, time_point now);
  void contradict(member& m, const alive_claim& claim, time_point now);
  void refute(std::uint32_t claimed, time_point now);
  void announce_self();
  void bury(member& m, const dead_claim& claim, const std::string& reason, time_point now);
  void tick_suspicions(time_point now);
  [[nodiscard]] alive_claim own_claim() const;
  void pass_on(const std::string& subject, const message& m);

  // engine_proofs.cpp
  [[nodiscard]] bool believed(const alive_claim& m, const endpoint& from, time_point now);
  [[nodiscard]] bool believed(const dead_claim& m, time_point now);
  [[nodiscard]] bool heard_enough(news_class what, const endpoint& from, time_point now);
  [[nodiscard]] bool plausible_accusation(const member& m, std::uint32_t claimed) const;
  void refute_accusation(std::uint32_t claimed, time_point now);
  void wait_for_card(const alive_claim& m, const endpoint& from, time_point now);
  void ask_for_cards(time_point now);
  void card_ask_ended(const stream_task& task);
  void tick_waiting(time_point now);

  // engine_sync.cpp
  void tick_sync(time_point now);
  void visit_failed(time_point now);
  void compare_digest(const member& m, std::uint64_t theirs, time_point now);
  [[nodiscard]] duration sync_pause() const;

  settings s_;
  identity self_;
  const message_codec& codec_;
  random_stream& random_;
  notary* notary_;
  std::optional<proof> own_proof_;  // of the claim, or of the leaving
  origins origins_;
  std::vector<waiting_claim> waiting_;
  std::vector<endpoint> asking_;  // for cards
  time_point step_from_{};        // no following of accusations before
  member_table members_;
  vivaldi vivaldi_;
  broadcast_queue broadcasts_;
  broadcast_queue user_;
  outputs out_;
  counts counts_;
  probe_state probe_;
  std::vector<relay> relays_;
  std::vector<exit_check> checks_;
  std::vector<std::string> doubted_;  // members under suspicion
  std::uint32_t number_ = 0;
  std::uint32_t health_ = 0;
  std::size_t counted_ = 1;
  bool leaving_ = false;
  time_point heard_{};  // from anybody
  time_point catching_up_until_{};
  time_point changed_{};  // anything that digests cover
  time_point due_{};      // what next_due() last said
  time_point next_probe_{}, next_gossip_{}, next_sync_{}, next_forget_{}, next_reconnect_{};
  double reconnect_share_ = 0;     // of one visit to a failed member
  time_point digest_sync_from_{};  // no exchange because of digests before
};

}  // namespace mw::swim
