// guard: asks the ledger, tells people and the bus.
// SPDX-License-Identifier: Apache-2.0
#include "guard.h"

#include "scope.h"

#include <utility>

namespace mw::firewall {
namespace {

constexpr pace log_pace{100'000'000,
                        1'000'000'000};  // ten lines a second, of all refusals together
constexpr std::string_view alert_name = "firewall_refusals";

std::optional<ip_address> address_in(const endpoint& at) {
  if (at.local) return std::nullopt;
  const auto parsed = parse_address(at.host);
  if (!parsed) return std::nullopt;
  return *parsed;
}

errc kind_of(refusal why) {
  switch (why) {
    case refusal::denied_list:
    case refusal::not_listed:
    case refusal::banned:
    case refusal::cooling_down:
      return errc::denied;
    default:
      return errc::overloaded;
  }
}

}  // namespace

guard::guard(host& h, rules by, double alert_at)
    : host_(h),
      ledger_(std::move(by), h.random("addresses").next()),
      metrics_(h),
      alert_at_(alert_at <= 0 ? 0 : static_cast<std::uint64_t>(std::max(1.0, alert_at))),
      raised_(h.bus().open<alert_raised>()),
      cleared_(h.bus().open<alert_cleared>()),
      tick_(h.make_timer([this] { tick(); })),
      second_(h.make_timer([this] { every_second(); })),
      evictor_(h.make_timer([this] { settle(); })) {}

guard::~guard() = default;

result<std::unique_ptr<admission_scope>> guard::arrive(const endpoint& from,
                                                       std::string_view listener) {
  auto made = std::make_unique<scope>(*this);
  const auto address = address_in(from);
  if (!address && !from.local)
    return failure(errc::invalid, quoted(from.host) + " is not a numeric address");
  const refusal why = ledger_.arrive(*made, address, listener, host_.now());
  changed();
  if (why != refusal::none) return turned_away(why, from);
  metrics_.accepted.add();
  return std::unique_ptr<admission_scope>(std::move(made));
}

result<std::unique_ptr<admission_scope>> guard::depart(const endpoint& to,
                                                       std::string_view transport) {
  auto made = std::make_unique<scope>(*this);
  const auto address = address_in(to);
  if (!address && !to.local)
    return failure(errc::invalid, quoted(to.host) +
                                      " is not a numeric address: ask once the name "
                                      "is resolved");
  const refusal why = ledger_.depart(*made, address, transport, host_.now());
  changed();
  if (why != refusal::none) return turned_away(why, to);
  metrics_.dialled.add();
  return std::unique_ptr<admission_scope>(std::move(made));
}

failure guard::turned_away(refusal why, const endpoint& who) {
  complain(why, to_string(who));
  return {kind_of(why), "the firewall refuses " + to_string(who) + ": " +
                            std::string(to_string(why)) + ", see /firewall"};
}

void guard::complain(refusal why, std::string_view who) {
  if (last_offender_ != who) last_offender_ = who;
  if (!log_lines_.take(log_pace, host_.now())) return;
  host_.log().info("refused", {{"who", who}, {"why", to_string(why)}});
}

void guard::set_lists(prefix_trie lists) {
  metrics_.listed.set(static_cast<double>(lists.size()));
  ledger_.set_lists(std::move(lists));
}

bool guard::pardon(const network& at, std::string_view caller) {
  const bool any = ledger_.pardon(at);
  changed();
  if (!any) return false;
  metrics_.pardons.add();
  host_.log().warn("a person has pardoned a network", {{"network", to_string(at)}, {"by", caller}});
  return true;
}

status guard::ban_network(const network& at, duration how_long, std::string_view caller) {
  const time_point now = host_.now();
  if (!ledger_.ban_network(at, now, later(now, how_long)))
    return {errc::overloaded, std::to_string(ledger_.bans().all().size()) +
                                  " networks are banned already: pardon some, or put them into "
                                  "the list `deny`"};
  changed();
  host_.log().warn("a person has banned a network",
                   {{"network", to_string(at)}, {"for", mw::to_string(how_long)}, {"by", caller}});
  return {};
}

// ---- what follows ------------------------------------------------------------------------------

void guard::changed() {
  if (settling_) return;
  settling_ = true;
  host_.at_turn_end([this, alive = std::weak_ptr<char>(alive_)] {
    if (alive.expired()) return;
    settling_ = false;
    metrics_.update(ledger_);
    if (ledger_.has_orders() && !evictor_->armed()) evictor_->arm(duration::zero());
    if (ledger_.all_refusals() != seen_refusals_ && !second_->armed()) second_->arm(1s);
    const auto next = ledger_.next_tick();
    if (!next || (tick_->armed() && ticks_at_ <= *next)) return;
    ticks_at_ = *next;
    tick_->arm(std::max<duration>(duration::zero(), *next - host_.now()));
  });
}

// In a turn of its own, because links are closed here.
void guard::settle() {
  while (const auto notice = ledger_.next_notice()) tell(*notice);
  while (const auto order = ledger_.next_eviction()) {
    auto& leaving = static_cast<scope&>(*order->who);
    const std::string who = leaving.from ? to_string(*leaving.from) : "this machine";
    complain(order->why, who);
    leaving.evict_now(
        {kind_of(order->why), "the firewall closes it: " + std::string(to_string(order->why))});
  }
  changed();
}

void guard::tick() {
  ledger_.tick(host_.now());
  changed();
}

void guard::tell(const cool_down_notice& notice) {
  const std::string at = to_string(notice.at);
  if (!notice.begins) {
    host_.log().info("a network may come again", {{"network", at}});
    return;
  }
  metrics_.cool_downs.add();
  host_.log().warn("an address cools down after too many offences",
                   {{"network", at},
                    {"for", mw::to_string(notice.until - host_.now())},
                    {"remedy", "find out what it does; mw firewall pardon lets it in at once"}});
}

void guard::every_second() {
  const std::uint64_t all = ledger_.all_refusals();
  const bool busy = all != seen_refusals_;
  seen_refusals_ = all;
  switch (alarm_.tick(all, alert_at_)) {
    case alarm::change::raised:
      raised_.publish({std::string(alert_name), std::string(host_.name()),
                       std::to_string(alarm_.last_second()) +
                           " refusals in a second, the last of " + last_offender_ +
                           ": look at `mw firewall`, and deny who does it"});
      host_.log().warn("many are refused", {{"per second", alarm_.last_second()},
                                            {"last", last_offender_},
                                            {"remedy", "look at mw firewall status"}});
      break;
    case alarm::change::cleared:
      cleared_.publish({std::string(alert_name), std::string(host_.name())});
      host_.log().info("few are refused again", {});
      break;
    case alarm::change::none:
      break;
  }
  if (busy || alarm_.raised()) second_->arm(1s);
}

}  // namespace mw::firewall
