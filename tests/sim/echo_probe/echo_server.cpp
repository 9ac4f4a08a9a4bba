// echo_server: sessions, and recovering from a disk that failed.
// SPDX-License-Identifier: Apache-2.0
#include "echo_server.h"

#include <utility>

namespace echo_probe {

using namespace std::chrono_literals;

session::session(echo_server& server, std::uint64_t id, mw::stream_ptr stream)
    : server_(server), id_(id), stream_(std::move(stream)) {
  stream_->start(*this);
}

void session::on_data(mw::bytes_view bytes) {
  if (server_.context().has(planted_bug::trust_reads))
    lines_.take_as_line(bytes);
  else if (!lines_.take(bytes))
    return server_.end(id_);
  while (const auto line = lines_.next())
    if (!handle(*line)) return;
}

bool session::handle(std::string_view line) {
  const auto request = parse_line(line);
  if (request && request->word == "put" && !client_.empty()) {
    if (request->number <= server_.records().last(client_) + 1) {
      server_.keep(id_, client_, request->number);
      return true;
    }
    server_.context().broken("a record was left out");
  } else if (request && request->word.starts_with("hello:") && client_.empty()) {
    client_ = request->word.substr(6);
    say("last", server_.records().last(client_));
    return true;
  } else {
    server_.context().broken("a request makes no sense");
  }
  server_.end(id_);
  return false;
}

void session::kept(std::uint64_t number) {
  say("ok", number);
}

void session::say(std::string_view word, std::uint64_t number) {
  // A client has few records under way: what does not fit belongs to one that does not read.
  if (!stream_->write(mw::slice::copy_of(make_line(word, number)))) stream_->finish();
}

void session::on_end() {
  stream_->finish();
}

void session::on_closed(const mw::failure&) {
  server_.end(id_);
}

void echo_server::start(mw::function<void()> ready) {
  ready_ = std::move(ready);
  retry_ = context_.host.make_timer([this] { recover(); });
  recover();
}

void echo_server::recover() {
  ++life_;
  listener_.reset();
  sessions_.clear();
  records_.recover([this](const mw::status& outcome) { recovered(outcome); });
}

void echo_server::recovered(const mw::status& outcome) {
  if (!outcome) return retry_->arm(200ms);
  auto made = context_.host.streams().listen(
      context_.options.listen, {}, [this](mw::stream_ptr one) { accept(std::move(one)); });
  if (!made) return context_.host.status().failed(made.error().text());
  listener_ = std::move(made).value();
  ready_();
}

void echo_server::accept(mw::stream_ptr stream) {
  const std::uint64_t id = ++last_session_;
  sessions_[id] = std::make_unique<session>(*this, id, std::move(stream));
}

void echo_server::keep(std::uint64_t id, std::string_view client, std::uint64_t number) {
  records_.keep(client, number, [this, id, number, life = life_](const mw::status& outcome) {
    if (life == life_) kept(id, number, outcome);
  });
}

void echo_server::kept(std::uint64_t id, std::uint64_t number, const mw::status& outcome) {
  // Nobody knows what the file holds now: read it again, with the sessions told by their ends. Not
  // here, inside a callback of the file, but when the timer rings.
  if (!outcome) {
    ++life_;
    return retry_->arm(0ms);
  }
  const auto found = sessions_.find(id);
  if (found != sessions_.end()) found->second->kept(number);
}

}  // namespace echo_probe
