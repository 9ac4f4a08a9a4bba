// connection_answer: from a complete request to the last byte of its response.
// SPDX-License-Identifier: Apache-2.0
#include "connection.h"

#include <mw/assert.h>

#include <array>
#include <utility>

namespace mw::http {
namespace {

// Answers up to this size leave in one piece with their head.
constexpr std::size_t joined_bytes_max = 16 * 1024;
constexpr std::size_t scratch_bytes_max = 64 * 1024;

constexpr header_line no_sniffing{"X-Content-Type-Options", "nosniff"};
constexpr header_line no_storing{"Cache-Control", "no-store"};
constexpr header_line own_pages_only{"Cross-Origin-Resource-Policy", "same-origin"};
constexpr std::string_view challenge = "Bearer realm=\"meshwright\"";
constexpr header_line own_scripts_only{"Content-Security-Policy",
                                       "default-src 'self'; frame-ancestors 'none'"};

bool can_be_sent(const admin_response& given) {
  return given.status >= 200 && given.status <= 599 && is_field_value(given.content_type);
}

}  // namespace

void connection::on_request() {
  const request& asked = parser_.current();
  asked_at_ = shared_.host.now();
  method_ = asked.method;
  minor_ = asked.minor_version;
  keep_alive_ = asked.keep_alive;
  ++exchange_;
  account_body(asked.body().size());
  if (!reads_requests()) return;  // refused by account_body()

  arrival came = inspect(asked);
  if (came.why.status != 0) return turn_back(came);
  // Strangers see what is open as it is: no `?verbose` for them.
  if (came.from.stranger) came.where.query.clear();
  const admin_request wanted{came.where.path, asked.body(), came.from.caller,
                             std::move(came.where.query)};
  if (!came.found.endpoint)
    return answer({200, "application/json", index_body(shared_.directory.endpoints())});
  if (came.found.endpoint->kind == admin_kind::feed)
    return open_feed(asked, wanted, came.from.stranger);
  acting_ = came.found.endpoint->kind == admin_kind::action;
  if (acting_) caller_ = wanted.caller, path_ = wanted.path;
  call_endpoint(wanted);
}

// The order matters: nobody learns which paths exist before they are known to be welcome.
connection::arrival connection::inspect(const request& asked) const {
  arrival came;
  came.why = shared_.access.fault_of(asked);
  if (came.why.status != 0) return came;
  const bool whole_server = asked.target() == "*";
  if (!whole_server) {
    auto where = parse_target(asked.target());
    if (!where) {
      came.why = {400, where.error().text()};
      return came;
    }
    came.where = std::move(*where);
  }
  came.from =
      shared_.identity.judge(asked, came.where.path, {carrier_.bytes->remote(), carrier_.peer});
  came.why = came.from.why;
  came.barred = came.why.status != 0;
  if (came.barred) return came;
  if (whole_server) {
    came.why = {204, {}};
    came.found.allow = all_methods;
    return came;
  }
  came.found = find_route(shared_.directory, asked.method, came.where.path);
  came.why = came.found.why;
  return came;
}

void connection::turn_back(const arrival& came) {
  if (!came.barred) {
    if (came.why.status == 403 || came.why.status == 421)
      shared_.metrics.refuse(reason_of(came.why.status));
    return refuse(came.why, {"Allow", came.found.allow});
  }
  shared_.metrics.refuse(came.from.reason);
  shared_.note_knocks();
  if (came.why.status == 401) return refuse(came.why, {"WWW-Authenticate", challenge});
  if (came.why.status != 429) return refuse(came.why, {});
  // Who floods has to connect again for each attempt.
  keep_alive_ = false;
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(shared_.options.cool_down_window);
  refuse(came.why, {"Retry-After", std::to_string(seconds.count())});
}

void connection::call_endpoint(const admin_request& wanted) {
  enter(phase::answering);
  early_.reset();
  calling_ = true;
  const status called = shared_.directory.call(wanted, reply_ticket(link(), exchange_));
  calling_ = false;
  // A call that failed may have dropped the ticket; the failure says more than that does.
  if (!called) return answer(admin_failure(called.error()));
  if (early_) answer(*std::exchange(early_, std::nullopt));
}

void connection::replied(std::uint64_t exchange, admin_response given) {
  if (exchange != exchange_ || phase_ != phase::answering) return;
  // Inside the call of the endpoint nothing is sent: the call may still fail.
  if (calling_ && !early_) early_ = std::move(given);
  if (!calling_) answer(given);
}

void connection::answer(const admin_response& given) {
  if (can_be_sent(given)) return respond(given.status, given.content_type, given.body, {});
  refuse({500, "the endpoint answered with a status or content type that HTTP cannot carry"}, {});
}

void connection::refuse(const refusal& why, const header_line& line) {
  if (why.status == 204) return respond(204, {}, {}, line);
  respond(why.status, "application/json", error_body(why.status, why.text), line);
}

// For what leaves the framing unknown or the peer unwanted: nothing more is read.
void connection::refuse_and_close(const refusal& why, refused reason) {
  shared_.metrics.refuse(reason);
  const logger log = shared_.host.log();
  if (log.enabled(log_level::debug))
    log.debug(
        "request refused",
        {{"peer", to_string(carrier_.bytes->remote())}, {"status", why.status}, {"why", why.text}});
  keep_alive_ = false;
  method_ = verb::get;  // not known, or not the one this answers
  asked_at_ = shared_.host.now();
  respond(why.status, "application/json", error_body(why.status, why.text), {});
}

void connection::respond(int status, std::string_view type, std::string_view body,
                         const header_line& line) {
  keep_alive_ = keep_alive_ && !shared_.draining && !(half_closed_ && backlog_.empty());
  std::array<header_line, 5> lines{no_sniffing, no_storing, own_scripts_only, own_pages_only};
  std::size_t count = 4;
  if (!line.value.empty()) lines[count++] = line;
  const framing how = framing_for(status);
  std::string& out = shared_.scratch;
  const bool written = append_head(out, {.status = status,
                                         .content_type = type,
                                         .body = how,
                                         .content_length = body.size(),
                                         .keep_alive = keep_alive_,
                                         .minor_version = minor_,
                                         .date = shared_.date(),
                                         .extra = std::span(lines).first(count)});
  MW_ASSERT(written, "what endpoints choose was checked by can_be_sent()");
  if (method_ == verb::head || how == framing::none) body = {};
  const bool joined = body.size() <= joined_bytes_max;
  if (joined) out += body;
  send(out);
  if (!joined) send(body);
  out.clear();
  if (out.capacity() > scratch_bytes_max) out.shrink_to_fit();
  exchange_over(status);
}

void connection::note_action(int status) {
  if (std::exchange(acting_, false))
    shared_.identity.acted(caller_, path_, carrier_.bytes->remote(), status);
}

void connection::exchange_over(int status) {
  note_action(status);
  shared_.metrics.answered(status, shared_.host.now() - asked_at_);
  ++exchange_;  // whoever still holds a ticket for this one is late
  served_ = true;
  account_body(0);
  if (!keep_alive_) return close_politely();
  parser_.next();
  if (!unsent_.empty())
    enter(phase::writing);
  else
    next_request();
}

std::weak_ptr<connection_link> connection::link() {
  if (!link_) link_ = std::make_shared<connection_link>(connection_link{this});
  return link_;
}

void connection::send(std::string_view bytes) {
  sent_ += bytes.size();
  if (unsent_.empty()) {
    if (carrier_.bytes->unsent() == 0) moved_at_ = shared_.host.now();
    const std::size_t taken = carrier_.bytes->write(as_bytes(bytes));
    shared_.metrics.sent(taken);
    bytes.remove_prefix(taken);
  }
  unsent_.append(bytes);
}

// True when the stream has taken everything.
bool connection::flush() {
  if (unsent_.empty()) return true;
  const std::string_view rest = std::string_view(unsent_).substr(unsent_at_);
  const std::size_t taken = carrier_.bytes->write(as_bytes(rest));
  shared_.metrics.sent(taken);
  unsent_at_ += taken;
  if (taken < rest.size()) return false;
  std::string().swap(unsent_);
  unsent_at_ = 0;
  return true;
}

std::size_t connection::waiting_bytes() const {
  return unsent_.size() - unsent_at_ + carrier_.bytes->unsent();
}

}  // namespace mw::http
