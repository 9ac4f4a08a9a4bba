// crier: see crier.h.
// SPDX-License-Identifier: Apache-2.0
#include "common/presence/crier.h"

#include <mw/toolkit/json_writer.h>

#include <algorithm>
#include <utility>

namespace mw::presence {
namespace {

constexpr duration open_again_pause = 5s;
constexpr duration refresh_patience = 500ms;
constexpr duration goodbye_patience = 150ms;

}  // namespace

// One interface: the core with its socket and its timers. Opens again when the interface was away.
class crier::post {
 public:
  post(crier& of, lan::interface where, way path)
      : of_(of),
        where_(std::move(where)),
        path_(std::move(path)),
        core_(settings_of(of.opt_, of.node_.node(), of.node_.wall_now()), where_,
              of.node_.random("presence")),
        clock_(of.node_.make_timer([this] {
          core_.tick(of_.node_.now(), of_.node_.wall_now());
          perform();
        })),
        checking_(of.node_.make_timer([this] { check(); })) {}

  void start() {
    core_.start(of_.node_.now());
    check();
    perform();
  }
  void publish(const std::optional<own_facts>& what) {
    std::optional<own_facts> told = what;
    if (told) {
      const auto at = parse_endpoint(told->address);
      const auto here = at ? lan::told_on(where_, *at) : std::nullopt;
      if (here) {
        told->address = to_string(*here);
      } else {
        told.reset();
        of_.metrics_.withheld.add();
      }
    }
    core_.publish(told, of_.node_.now());
    perform();
  }
  void ask() {
    core_.ask(of_.node_.now());
    perform();
  }
  [[nodiscard]] const caller& core() const { return core_; }
  [[nodiscard]] const lan::interface& where() const { return where_; }
  [[nodiscard]] const way& path() const { return path_; }
  [[nodiscard]] const std::string& trouble() const { return trouble_; }

 private:
  status open() {
    MW_TRY(socket_, of_.node_.datagrams().open(path_.bind, path_.how, [this](const datagram& p) {
      core_.received(p.bytes, p.from, of_.node_.now(), of_.node_.wall_now());
      perform();
    }));
    if (path_.joins) MW_CHECK(socket_->join(path_.to.host, where_.host()));
    return {};
  }
  // An interface that lost its address has lost its memberships, too.
  void check() {
    checking_->arm(open_again_pause);
    if (socket_ && of_.node_.datagrams().open({.host = where_.host()}, {}, [](const datagram&) {}))
      return;
    const bool was_well = trouble_.empty();
    const status opened = open();
    trouble_ = opened ? "" : where_.host() + ": " + opened.error().text();
    if (!opened) socket_.reset();
    if (!opened && was_well)
      of_.node_.log().warn("nobody can be called on an interface", {{"why", trouble_}});
    if (opened && !was_well)
      of_.node_.log().info("an interface is back", {{"interface", where_.host()}});
    of_.list();
  }
  void perform() {
    for (const std::string& one : core_.take_packets())
      if (!socket_ || !socket_->send(path_.to, as_bytes(one))) of_.metrics_.send_failures.add();
    const std::uint64_t namesakes = counted_.namesakes;
    of_.metrics_.raise(counted_, core_.counted());
    if (namesakes == 0 && counted_.namesakes > 0)
      of_.node_.log().warn("another node of this cluster calls itself as this one does",
                           {{"interface", where_.host()}});
    if (core_.take_changed()) of_.list();
    const time_point due = core_.next_due();
    if (due.since_start == duration::max())
      clock_->cancel();
    else
      clock_->arm(std::max(due - of_.node_.now(), duration::zero()));
  }

  crier& of_;
  const lan::interface where_;
  const way path_;
  caller core_;
  counts counted_;  // as last given to the metrics
  std::string trouble_;
  timer clock_;  // the rest last: they die first
  timer checking_;
  datagram_ptr socket_;
};

class crier::announced final : public announcement {
 public:
  explicit announced(crier& of) : of_(of) {}
  ~announced() override { of_.withdraw(); }

 private:
  crier& of_;
};

crier::crier(host& node, const common_options& opt, const std::string& metric_prefix,
             const function<way(const lan::interface&)>& way_on)
    : node_(node),
      opt_(opt),
      metrics_(node, metric_prefix),
      listed_(node),
      asked_(node, metric_prefix) {
  for (lan::interface& one : interfaces_of(opt_)) {
    way path = way_on(one);
    posts_.push_back(std::make_unique<post>(*this, std::move(one), std::move(path)));
  }
  listing_ = node.make_timer([this] { publish_peers(); });
  answering_ = node.make_timer([this] { answer(); });
  leaving_ = node.make_timer([this] { std::exchange(drained_, nullptr)(); });
  const auto offer = [&](const std::string& path, std::string summary, auto body) {
    pages_.push_back(node.admin().offer(
        {"/discovery/" + std::string(node.name()) + path, std::move(summary)},
        [body](const admin_request&, const admin_reply& reply) { reply({.body = body()}); }));
  };
  offer("", "Peers that called lately.", [this] { return listed_.as_json(); });
  offer("/interfaces", "Interfaces with what goes on there.", [this] { return interfaces_json(); });
}

crier::~crier() = default;

status crier::start() {
  if (open_to_others(opt_))
    node_.log().warn("calls are not authenticated: anybody on the network can be listed",
                     {{"option", "open"}});
  for (const auto& one : posts_) one->start();
  if (opt_.address) say(from_options());
  list();
  return {};
}

void crier::drain(function<void()> done) {
  drained_ = std::move(done);
  say(std::nullopt);
  const bool farewells = std::any_of(posts_.begin(), posts_.end(),
                                    [](const auto& one) { return one->core().says_goodbye(); });
  leaving_->arm(farewells ? goodbye_patience : duration::zero());
}

void crier::refresh(function<void(status)> done) {
  asked_.add(std::move(done));
  if (answering_->armed()) return;
  for (const auto& one : posts_) one->ask();
  answering_->arm(refresh_patience);
}

result<std::unique_ptr<announcement>> crier::announce(const self_description& self) {
  MW_TRY(const endpoint at, lan::reachable(self.address));
  say(own_facts{to_string(at), self.zone.empty() ? node_.node().zone : self.zone});
  return std::unique_ptr<announcement>(std::make_unique<announced>(*this));
}

std::optional<own_facts> crier::from_options() const {
  if (!opt_.address) return std::nullopt;
  return own_facts{to_string(*opt_.address), node_.node().zone};
}

void crier::withdraw() {
  if (!drained_) say(from_options());
}

void crier::say(const std::optional<own_facts>& what) {
  for (const auto& one : posts_) one->publish(what);
}

// Many packets of a turn make one list.
void crier::list() {
  if (!listing_->armed()) listing_->arm(duration::zero());
}

void crier::publish_peers() {
  tell_trouble();
  sources::peer_list next;
  for (const auto& one : posts_) {
    const sources::peer_list here = one->core().peers();
    next.insert(next.end(), here.begin(), here.end());
  }
  if (const status taken = listed_.take(std::move(next)); !taken)
    node_.log().warn("the last list of peers stays", {{"why", taken.error().text()}});
  metrics_.peers.set(static_cast<double>(listed_.list().size()));
}

void crier::answer() {
  status outcome;
  const bool deaf = std::none_of(posts_.begin(), posts_.end(),
                                 [](const auto& one) { return one->trouble().empty(); });
  if (deaf) outcome = failure(errc::disconnected, trouble());
  asked_.answer(outcome);
}

std::string crier::trouble() const {
  std::string all;
  for (const auto& one : posts_)
    if (!one->trouble().empty()) all += (all.empty() ? "" : "; ") + one->trouble();
  return all;
}

void crier::tell_trouble() {
  metrics_.interfaces_down.set(static_cast<double>(std::count_if(
      posts_.begin(), posts_.end(), [](const auto& one) { return !one->trouble().empty(); })));
  told_.tell(node_, trouble());
}

std::string crier::interfaces_json() const {
  json_writer out;
  out.begin_array();
  for (const auto& one : posts_) {
    out.begin_object().key("interface").value(one->where().host());
    out.key("to").value(to_string(one->path().to)).key("trouble").value(one->trouble());
    out.key("calls").value(one->core().speaks());
    out.key("known").value(one->core().known());
    out.end_object();
  }
  return out.end_array().take();
}

}  // namespace mw::presence
