// engine: sorts what arrives to the parts, and gives them time.
// SPDX-License-Identifier: Apache-2.0
#include "engine/engine.h"

#include <algorithm>
#include <stdexcept>

namespace mw::routing {
namespace {

class offer_registration final : public registration {
 public:
  offer_registration(engine& at, std::uint64_t id, std::string name)
      : engine_(at), id_(id), name_(std::move(name)) {}
  ~offer_registration() override { engine_.withdraw(id_, name_); }

 private:
  engine& engine_;
  std::uint64_t id_;
  std::string name_;
};

class group_registration final : public registration {
 public:
  group_registration(engine& at, std::string name) : engine_(at), name_(std::move(name)) {}
  ~group_registration() override { engine_.leave(name_); }

 private:
  engine& engine_;
  std::string name_;
};

}  // namespace

engine::engine(const surroundings& around, settings options)
    : channel_(around.channel),
      with_(around.node, std::move(options), around.channel, around.codec, around.balancer,
            [this] { wake_soon(); }),
      receipts_(with_),
      calls_(with_),
      gathering_(with_, calls_),
      serving_(with_, receipts_),
      sending_(with_),
      announcing_(with_),
      soon_(around.node.make_timer([this] { turn(); })),
      deadline_(around.node.make_timer([this] {
        armed_for_.reset();
        turn();
      })) {
  if (around.sealer != nullptr)
    with_.seal = std::make_unique<sealing>(around.node, *around.sealer, with_.mail, with_.peers,
                                           with_.counts);
  else if (!with_.options.seal.empty())
    throw std::runtime_error(
        "seal: nothing is bound to `sealer`: add a stanza `sealer: { use: security.sealer }`, or "
        "remove the rules");
}

engine::~engine() {
  if (attached_) channel_.detach();
}

void engine::start() {
  attached_ = true;
  channel_.attach(*this);
  if (with_.seal != nullptr) with_.seal->start();
}

void engine::wake_soon() {
  if (std::exchange(woken_, true)) return;
  soon_->arm(duration::zero());
}

void engine::turn() {
  woken_ = false;
  const time_point now = with_.node.now();
  with_.guard.look_again(with_.peers);
  if (with_.mail.deliver_local(*this, now)) on_room({});
  calls_.expire(now);
  serving_.expire(now);
  gathering_.turn(now);
  sending_.turn(now);
  announcing_.tick(now);
  receipts_.flush();
  arm_for({calls_.next_deadline(), serving_.next_deadline(), gathering_.next_deadline(),
           sending_.next_deadline(), announcing_.next_tick()});
}

// Moving the timer for each message would cost more than the message, so it is moved only when it
// would fire too late. Deadlines that are gone may make it fire for nothing: turn() then looks.
void engine::arm() {
  // Each is asked: what came nearer is forgotten by asking.
  const bool calls = calls_.came_nearer();
  const bool requests = serving_.came_nearer();
  const bool hedges = gathering_.came_nearer();
  const bool letters = sending_.came_nearer();
  if (calls | requests | hedges | letters) arm_all();
}

void engine::arm_all() {
  arm_for({calls_.soonest(), serving_.soonest(), gathering_.soonest(), sending_.soonest(),
           announcing_.next_tick()});
}

void engine::arm_for(std::initializer_list<std::optional<time_point>> deadlines) {
  std::optional<time_point> first;
  for (const auto& next : deadlines)
    if (next && (!first || *next < *first)) first = next;
  if (!first) return;
  if (armed_for_ && *armed_for_ <= *first) return;
  armed_for_ = first;
  deadline_->arm(std::max(duration::zero(), *first - with_.node.now()));
}

result<service_ref> engine::open(std::string_view service_name) {
  MW_TRY(service* const found, with_.services.open(service_name));
  return service_ref{found->number};
}

result<call_ref> engine::call(const route& where, message_out& body,
                              function<void(const mw::answer&)> on_answer) {
  const question q = calls_.question_of(where);
  MW_CHECK(calls_.check(q, body));
  with_.guard.look_again(with_.peers);
  MW_CHECK(with_.guard.check_own(access_verb::call, *q.what));
  result<call_ref> made = [&]() -> result<call_ref> {
    if (where.to == send_to::one) return calls_.ask_one(q, where, body, std::move(on_answer));
    if (where.to != send_to::node) return gathering_.ask(q, where, body, std::move(on_answer));
    peer* const to = with_.peers.find_id(where.name);
    if (to == nullptr)
      return failure(errc::not_found, "no node is known as " + std::string(where.name));
    MW_CHECK(with_.guard.check_offer(*to, *q.what));
    return calls_.ask(q, *to, body, on_answer);
  }();
  arm();
  return made;
}

result<reach> engine::send(const route& where, message_out& body, function<void(status)> settled) {
  const question q = calls_.question_of(where);
  MW_CHECK(calls_.check(q, body));
  with_.guard.look_again(with_.peers);
  MW_CHECK(with_.guard.check_own(access_verb::send, *q.what));
  const bool plain = where.to == send_to::one && !settled && !q.streams &&
                     q.guarantee == guarantee::at_most_once && q.what->seal == seal_mode::none;
  if (plain) return sending_.send_plain(q, where, body);  // nothing to remember, no deadline
  result<reach> taken = sending_.send(q, where, body, std::move(settled));
  arm();
  return taken;
}

status engine::push(call_ref call, message_out& item, bool last, function<void()> room) {
  if (gatherer::is_one(call))
    return failure(errc::unsupported, "items to several members: open a call to each");
  return calls_.push(call, item, last, std::move(room));
}

void engine::cancel(call_ref call) {
  if (gatherer::is_one(call))
    gathering_.cancel(call);
  else
    calls_.cancel(call);
}

result<registration_ptr> engine::serve(std::string_view service_name, const serve_options& options,
                                       function<void(const incoming&)> handler) {
  MW_TRY(const std::uint64_t id, serving_.serve(service_name, options, std::move(handler)));
  announcing_.changed({table_change::kind::add_service, std::string(service_name)});
  return registration_ptr(
      std::make_unique<offer_registration>(*this, id, std::string(service_name)));
}

void engine::withdraw(std::uint64_t offer, const std::string& name) {
  serving_.withdraw(offer);
  announcing_.changed({table_change::kind::remove_service, name});
}

status engine::answer(reply_ref to, message_out& body, bool last, function<void()> room) {
  return serving_.answer(to, body, last, std::move(room));
}

result<registration_ptr> engine::join(std::string_view group) {
  MW_CHECK(check_name("the name of a group", group));
  peer& self = with_.peers.self();
  const std::uint64_t hash = service_hash(group);
  if (self.in_group(hash, group))
    return failure(errc::invalid, "this node has joined " + std::string(group) + " already");
  if (self.groups.size() >= with_.options.services_max)
    return failure(errc::overloaded, "services_max: this node is in " +
                                         std::to_string(self.groups.size()) + " groups already");
  peer_book::change(self.groups, std::string(group), true);
  if (!self.in_group(hash, group))
    return failure(errc::invalid, "the name " + std::string(group) +
                                      " has the hash of another group: choose another name");
  with_.peers.changed();
  announcing_.changed({table_change::kind::add_group, std::string(group)});
  return registration_ptr(std::make_unique<group_registration>(*this, std::string(group)));
}

void engine::leave(const std::string& group) {
  peer_book::change(with_.peers.self().groups, group, false);
  with_.peers.changed();
  announcing_.changed({table_change::kind::remove_group, group});
}

void engine::on_message(const arrival& message) {
  switch (message.head.kind) {
    case message_kind::one_way:
      return on_one_way(message);
    case message_kind::request:
      serving_.on_request(message);
      break;
    case message_kind::request_item:
    case message_kind::request_end:
    case message_kind::cancel:
      serving_.on_more(message);
      break;
    case message_kind::reply_item:
    case message_kind::reply:
    case message_kind::refusal:
      calls_.on_answer(message);
      break;
  }
  arm();
}

void engine::on_one_way(const arrival& message) {
  const auto kind = kind_of(message.body.bytes);
  if (!kind) return with_.counts.refused(refusal::malformed);
  if (*kind == envelope_kind::message) return serving_.on_one_way(message);
  peer* from = with_.peers.find(message.from.ref);
  if (from == nullptr && message.on == local_link) from = &with_.peers.self();
  if (from == nullptr) return;
  if (*kind == envelope_kind::table && !from->self)
    announcing_.on_table(*from, message.body.bytes);
  else if (*kind == envelope_kind::receipts)
    sending_.letters().on_receipts(*from, message.body.bytes, false);
  else if (*kind == envelope_kind::keys || *kind == envelope_kind::sealed_receipts)
    on_sealed(*kind, *from, message.body.bytes);
  arm();
}

void engine::on_sealed(envelope_kind kind, peer& from, bytes_view message) {
  if (with_.seal == nullptr || from.self) return with_.counts.refused(refusal::not_opened);
  if (kind == envelope_kind::keys) return with_.seal->on_keys(from, message);
  const auto receipts = with_.seal->open_receipts(from, message);
  if (receipts) sending_.letters().on_receipts(from, *receipts, true);
}

void engine::on_peer(const peer_view& view) {
  const peer* const before = with_.peers.find(view.ref);
  const bool was_up = before != nullptr && before->up();
  const std::uint64_t life = before != nullptr ? before->view.life : 0;
  peer* const now = with_.peers.update(view);
  if (now == nullptr)
    return with_.node.log().warn("too many peers: this one is not used", {{"peer", view.id}});
  // Before the table: who learns of a service can seal to it sooner.
  if (with_.seal != nullptr) with_.seal->on_peer(view);
  if (view.state == peer_state::gone) {
    calls_.on_gone(now->index);
    receipts_.on_gone(now->index);
    serving_.on_gone(now->index);
    sending_.letters().on_gone(*now);
    with_.peers.remove(*now);
  } else if (now->up() && (!was_up || life != view.life)) {
    announcing_.on_up(*now);
    sending_.letters().on_up(*now, life != 0 && life != view.life);
  }
  arm_all();
}

void engine::on_link_closed(peer_ref peer_name, link_ref closed, const failure& why) {
  calls_.on_link_closed(closed, why);
  serving_.on_link_closed(closed);
  // A table may have been lost with it; deliveries come again by themselves.
  if (peer* const p = with_.peers.find(peer_name); p != nullptr && p->up()) announcing_.on_up(*p);
  arm_all();
}

void engine::on_placed(const message_head& head, result<link_ref> where) {
  if (head.kind == message_kind::request)
    calls_.on_placed(head, where);
  else if (head.kind == message_kind::one_way)
    sending_.on_placed(head, where);
}

void engine::on_room(peer_ref peer_name) {
  const peer* const p =
      peer_name.generation == 0 ? &with_.peers.self() : with_.peers.find(peer_name);
  if (p == nullptr) return;
  const std::uint32_t index = p->index;
  calls_.on_room(index);
  serving_.on_room(index);
}

}  // namespace mw::routing
