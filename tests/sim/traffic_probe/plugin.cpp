// traffic_probe: sends notes and streams to all peers, then asks each what it made of them.
// SPDX-License-Identifier: Apache-2.0
#include "asker.h"
#include "ledger.h"

#include <mw/plugin.h>
#include <mw/rpc.h>

#include <map>
#include <memory>
#include <utility>

namespace {

constexpr std::uint64_t items_per_stream = 40;
constexpr std::size_t ballast_max = 100'000;  // larger than a fragment
constexpr std::size_t large_item = 16'000;    // a stream of such needs its window several times
constexpr mw::duration chains_every{1'000'000'000};
constexpr mw::duration away_every{3'000'000'000};
constexpr mw::duration away_for{300'000'000};

// A stream under way from here.
struct outgoing_stream {
  std::string to;
  bool last = false;  // one of those that have to come through
  std::uint64_t next = 0;
  mw::call_ref call;
};

class traffic_probe final : public mw::plugin {
 public:
  struct options {
    mw::duration period{100'000'000};
    mw::duration quiet_after{20'000'000'000};
    mw::duration audit_after{55'000'000'000};  // the network heals at 45 s
    void fields(mw::field_visitor& v) {
      v.field("period", period, "Between rounds of notes.");
      v.field("quiet_after", quiet_after, "When the last round begins.");
      v.field("audit_after", audit_after, "When peers are asked what they saw.");
    }
  };

  static void describe(mw::manifest& m) {
    m.about("Sends notes and streams to all peers and audits what became of them.")
        .uses<mw::router>("router", "Sends.")
        .uses<mw::services>("services", "Receives.");
  }

  traffic_probe(mw::host& host, const options& opt)
      : host_(host),
        options_(opt),
        router_(host.use<mw::router>("router")),
        home_(host.use<mw::services>("services")),
        dice_(host.random("traffic")),
        acknowledged_(host.counter("mw_traffic_acknowledged_total", "Notes acknowledged.")),
        given_up_(host.counter("mw_traffic_given_up_total", "Notes that became dead letters.")),
        audited_(host.counter("mw_traffic_audited_total", "Acknowledged notes looked up.")),
        missing_(host.counter("mw_traffic_missing_total", "Acknowledged, but never seen.")),
        doubled_(host.counter("mw_traffic_doubled_total", "Exactly-once notes seen twice.")),
        streams_(host.counter("mw_traffic_streams_total", "Streams that came to a good end.")),
        last_streams_(host.counter("mw_traffic_last_streams_total",
                                   "Large streams after the network has healed.")),
        disorder_(host.counter("mw_traffic_disorder_total", "Streams with items out of place.")),
        damaged_(host.counter("mw_traffic_damaged_total", "Messages with other bytes.")),
        unsettled_(host.gauge("mw_traffic_unsettled", "Notes whose sender was told nothing yet.")),
        asker_(host, router_, home_) {}

  mw::status start() override {
    MW_CHECK(take_notes());
    MW_TRY(
        audits_,
        (mw::serve<traffic::claim, traffic::verdict>(
            router_, home_, "traffic.audit",
            [this](const traffic::claim& told, const mw::incoming& in,
                   mw::responder<traffic::verdict> to) { to.reply(seen_.check(in.from, told)); })));
    MW_TRY(streamed_, home_.serve("traffic.stream", {.streams = true, .waiting_max = 0},
                                  [this](const mw::incoming& in) { take_item(in); }));
    MW_TRY(note_service_, router_.open("traffic.note"));
    MW_TRY(audit_service_, router_.open("traffic.audit"));
    MW_TRY(stream_service_, router_.open("traffic.stream"));
    MW_CHECK(asker_.start());
    began_ = host_.now();
    round_ = host_.every(options_.period, [this] { round(); });
    away_ = host_.every(away_every, [this] { go_away(); });
    chain_ = host_.every(chains_every, [this] { chain(); });
    audit_ = host_.after(options_.audit_after, [this] { audit(); });
    return {};
  }

 private:
  using series = std::pair<std::string, std::uint8_t>;  // peer, exactly

  mw::status take_notes() {
    MW_TRY(notes_, (mw::serve<traffic::note, traffic::verdict>(
                       router_, home_, "traffic.note",
                       [this](const traffic::note& one, const mw::incoming& in,
                              const mw::responder<traffic::verdict>&) {
                         if (!traffic::is_ballast(one.ballast)) damaged_.add();
                         seen_.saw(in.from, one);
                       })));
    return {};
  }

  // The service is away for a moment: what arrives meanwhile is refused, and must not count.
  void go_away() {
    if (host_.now() - began_ > options_.quiet_after) return away_.reset();
    notes_.reset();
    back_ = host_.after(away_for, [this] { (void)take_notes(); });
  }

  void round() {
    if (host_.now() - began_ > options_.quiet_after) return round_.reset();
    for (const mw::member& peer : home_.members()) {
      if (peer.self || peer.id.empty()) continue;
      write(peer.id, 0);
      write(peer.id, 1);
      asker_.ask(peer.id);
      if (peer.state == mw::peer_state::up && dice_.chance(0.1))
        open_stream({peer.id, false, 0, {}});
    }
  }

  void chain() {
    if (host_.now() - began_ > options_.quiet_after) return chain_.reset();
    asker_.begin_chain();
  }

  [[nodiscard]] mw::bytes_view ballast() {
    const std::size_t size = dice_.chance(0.05) ? dice_.below(ballast_max) : dice_.below(100);
    traffic::fill_ballast(bytes_, size);
    return bytes_;
  }

  [[nodiscard]] mw::bytes_view next_bytes(const outgoing_stream& of) {
    if (!of.last) return ballast();
    traffic::fill_ballast(bytes_, large_item);
    return bytes_;
  }

  void write(const std::string& to, std::uint8_t exactly) {
    const series what{to, exactly};
    const traffic::note one{exactly, ++written_[what], ballast()};
    mw::route where;
    where.service = note_service_;
    where.to = mw::send_to::node;
    where.name = to;
    where.deadline = mw::duration(15'000'000'000);
    where.guarantee = exactly == 1 ? mw::guarantee::exactly_once : mw::guarantee::at_least_once;
    // Refused at once (a full outbox, a peer that has gone) is a note never written.
    const auto taken =
        mw::send(router_, where, one, [this, what, number = one.number](const mw::status& how) {
          unsettled_.add(-1);
          if (!how) return given_up_.add();
          acknowledged_.add();
          told_[what].push_back(number);
        });
    if (taken) unsettled_.add(1);
  }

  // ---- streams ---------------------------------------------------------------------------------

  void open_stream(outgoing_stream&& planned) {
    auto made = std::make_shared<outgoing_stream>(std::move(planned));
    const mw::router_tools with = router_.tools();
    if (!mw::encode(with.codec, traffic::item{}, with.out)) return;
    mw::route where;
    where.service = stream_service_;
    where.to = mw::send_to::node;
    where.name = made->to;
    where.deadline = mw::duration(10'000'000'000);
    where.streams = true;
    // Lost with its link is no mistake: nobody promised more. The last ones try again.
    const auto call = router_.call(where, with.out,
                                   [this, to = made->to, last = made->last](const mw::answer& a) {
                                     if (a.what == mw::answer::kind::reply)
                                       ended_well(last, a);
                                     else if (last)
                                       last_stream(to);
                                   });
    if (!call) {
      if (made->last) last_stream(made->to);
      return;
    }
    made->call = *call;
    push_items(std::move(made));
  }

  void ended_well(bool last, const mw::answer& a) {
    traffic::tally counted;
    if (!mw::decode(router_.tools().codec, a.body, counted)) return disorder_.add();
    if (counted.in_order == 0 || counted.items != items_per_stream) return disorder_.add();
    streams_.add();
    if (last) last_streams_.add();
  }

  // Large, and with a few tries, because a dead link may have to be noticed first.
  void last_stream(const std::string& to) {
    if (++last_tries_[to] > 3) return;
    retries_.push_back(host_.after(mw::duration(500'000'000), [this, to] {
      open_stream({to, true, 0, {}});
    }));
  }

  void push_items(std::shared_ptr<outgoing_stream> stream) {
    while (stream->next < items_per_stream) {
      const mw::router_tools with = router_.tools();
      if (!mw::encode(with.codec, traffic::item{stream->next, next_bytes(*stream)}, with.out))
        return;
      const bool last = stream->next + 1 == items_per_stream;
      const mw::status sent =
          router_.push(stream->call, with.out, last, [this, stream] { push_items(stream); });
      if (!sent) return;  // overloaded: called again; otherwise the call has ended
      ++stream->next;
    }
  }

  void take_item(const mw::incoming& in) {
    switch (in.what) {
      case mw::incoming::kind::request:
        arriving_[in.reply.id] = {};
        break;
      case mw::incoming::kind::item: {
        traffic::item one;
        traffic::tally& so_far = arriving_[in.reply.id];
        if (!mw::decode(router_.tools().codec, in.body, one) || one.place != so_far.items)
          so_far.in_order = 0;
        if (!traffic::is_ballast(one.ballast)) damaged_.add();
        ++so_far.items;
        break;
      }
      case mw::incoming::kind::end: {
        const traffic::tally all = arriving_[in.reply.id];
        arriving_.erase(in.reply.id);
        mw::responder<traffic::tally>(router_, home_, in.reply).reply(all);
        break;
      }
      case mw::incoming::kind::cancelled:
        arriving_.erase(in.reply.id);
        break;
    }
  }

  // ---- the audit -------------------------------------------------------------------------------

  void audit() {
    for (const auto& [what, numbers] : told_) ask(what, numbers, 20);
    for (const mw::member& peer : home_.members())
      if (!peer.self && !peer.id.empty()) last_stream(peer.id);
  }

  // The network has healed by then: it is asked until it answers.
  void ask(const series& what, const std::vector<std::uint64_t>& numbers, int tries) {
    if (tries == 0) return;
    mw::route where;
    where.service = audit_service_;
    where.to = mw::send_to::node;
    where.name = what.first;
    where.deadline = mw::duration(1'000'000'000);
    const auto again = [this, what, tries] {
      retries_.push_back(host_.after(mw::duration(500'000'000),
                                     [this, what, tries] { ask(what, told_[what], tries - 1); }));
    };
    const auto asked =
        mw::call<traffic::verdict>(router_, where, traffic::claim{what.second, numbers},
                                   [this, what, again](const mw::result<traffic::verdict>& found) {
                                     if (!found) return again();
                                     audited_.add(told_[what].size());
                                     missing_.add(found->missing);
                                     if (what.second == 1) doubled_.add(found->doubled);
                                   });
    if (!asked) again();
  }

  mw::host& host_;
  options options_;
  mw::router& router_;
  mw::services& home_;
  mw::random_stream& dice_;
  mw::counter acknowledged_;
  mw::counter given_up_;
  mw::counter audited_;
  mw::counter missing_;
  mw::counter doubled_;
  mw::counter streams_;
  mw::counter last_streams_;
  mw::counter disorder_;
  mw::counter damaged_;
  mw::gauge unsettled_;
  traffic::ledger seen_;
  std::vector<std::byte> bytes_;
  std::map<series, std::uint64_t> written_;
  std::map<series, std::vector<std::uint64_t>> told_;
  std::map<std::uint64_t, traffic::tally> arriving_;
  std::map<std::string, int> last_tries_;
  mw::service_ref note_service_;
  mw::service_ref audit_service_;
  mw::service_ref stream_service_;
  mw::time_point began_{};
  traffic::asker asker_;
  mw::registration_ptr notes_;  // these last: they withdraw first
  mw::registration_ptr audits_;
  mw::registration_ptr streamed_;
  std::vector<mw::timer> retries_;
  mw::timer round_;
  mw::timer chain_;
  mw::timer away_;
  mw::timer back_;
  mw::timer audit_;
};

}  // namespace

MW_PLUGIN(traffic_probe, "traffic_probe", "1.0.0")
