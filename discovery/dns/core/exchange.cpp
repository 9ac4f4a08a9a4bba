// exchange: see exchange.h.
// SPDX-License-Identifier: Apache-2.0
#include "core/exchange.h"

#include "common/dns/writer.h"

#include <utility>

namespace mw::dns {
namespace {

constexpr std::uint16_t answer_max = 1232;  // fits a packet that no network takes apart
constexpr std::uint32_t doublings_max = 4;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// The same name, each letter in a case drawn by chance.
name respelled(const name& from, random_stream& dice) {
  name out;
  for (name rest = from; !rest.is_root(); rest = rest.parent()) {
    std::string label(rest.first());
    for (char& c : label)
      if (is_letter(c) && dice.below(2) == 0) c = static_cast<char>(c ^ 0x20);
    (void)out.append(label);  // as long as before
  }
  return out;
}

std::string_view text_of(code outcome) {
  switch (outcome) {
    case code::form_error:
      return "it did not understand the question";
    case code::server_failure:
      return "it failed";
    case code::not_implemented:
      return "it cannot answer such questions";
    case code::refused:
      return "it refused to answer";
    default:
      return "it gave an error";
  }
}

}  // namespace

exchange::exchange(question about, const asking& how, random_stream& dice)
    : about_(std::move(about)), how_(how), dice_(dice) {}

exchange::act exchange::begin(time_point now) {
  return ask(now, false);
}

exchange::act exchange::ask(time_point now, bool over_stream) {
  streaming_ = over_stream;
  id_ = static_cast<std::uint16_t>(dice_.below(0x10000));
  spelled_ = respelled(about_.about, dice_);
  writer out(dialect::unicast, 512);
  (void)out.add(question{spelled_, about_.what, about_.in});  // a question always fits
  if (!plain_) (void)out.add_edns(answer_max);
  message head;
  head.id = id_;
  head.wants_recursion = true;
  packet_ = out.finish(head);
  deadline_ = now + how_.patience * (1U << std::min(round_, doublings_max));
  return over_stream ? act::stream : act::send;
}

exchange::act exchange::next_server(time_point now) {
  plain_ = false;
  if (++server_ == how_.servers) {
    server_ = 0;
    ++round_;
  }
  if (round_ < how_.rounds) return ask(now, false);
  server_ = 0;
  outcome_ =
      failure(seen_.unwilling > 0 && seen_.silent == 0 ? errc::disconnected : errc::timed_out,
              "no name server answered for " + about_.about.text() +
                  (last_trouble_.empty() ? "" : "; the last one: " + last_trouble_));
  return act::done;
}

bool exchange::ours(const message& answer) const {
  return answer.response && answer.id == id_ && answer.questions.size() == 1 &&
         answer.questions.front().what == about_.what && answer.questions.front().in == about_.in &&
         answer.questions.front().about == spelled_;
}

bool exchange::letters_kept(const message& answer) const {
  return answer.questions.front().about.wire() == spelled_.wire();
}

exchange::act exchange::received(std::size_t server, bytes_view packet, time_point now) {
  if (streaming_) return act::none;  // late, or forged: the stream decides
  auto read = read_message(packet, dialect::unicast, {});
  if (!read) return ++seen_.broken, act::none;
  // Some answer a question that they do not understand without repeating it.
  const bool headless = read->questions.empty() && read->outcome == code::form_error &&
                        read->id == id_ && read->response;
  if (server != server_ || (!headless && !ours(*read))) return ++seen_.forged, act::none;
  if (!headless && !letters_kept(*read)) return ++seen_.forged, ask(now, true);
  if (read->truncated) return ask(now, true);
  return judge(std::move(*read), now);
}

exchange::act exchange::streamed(bytes_view packet, time_point now) {
  auto read = read_message(packet, dialect::unicast, {});
  if (!read || !ours(*read)) {
    ++seen_.broken;
    last_trouble_ = "its answer over a stream cannot be understood";
    return next_server(now);
  }
  return judge(std::move(*read), now);
}

exchange::act exchange::judge(message answer, time_point now) {
  if (answer.outcome == code::fine || answer.outcome == code::no_such_name) {
    outcome_ = std::move(answer);
    return act::done;
  }
  ++seen_.unwilling;
  last_trouble_ = text_of(answer.outcome);
  // Servers of old refuse what carries EDNS: once more without.
  const bool old = answer.outcome == code::form_error || answer.outcome == code::not_implemented;
  if (old && !plain_) {
    plain_ = true;
    return ask(now, false);
  }
  return next_server(now);
}

exchange::act exchange::stream_failed(time_point now) {
  if (!streaming_) return act::none;
  ++seen_.silent;
  last_trouble_ = "the stream to it broke";
  return next_server(now);
}

exchange::act exchange::tick(time_point now) {
  if (now < deadline_) return act::none;
  ++seen_.silent;
  last_trouble_ = "it did not answer in time";
  return next_server(now);
}

}  // namespace mw::dns
