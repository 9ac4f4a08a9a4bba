// name_desk: answers a little later, as a name server near by would.
// SPDX-License-Identifier: Apache-2.0
#include "name_desk.h"

#include "network.h"
#include "node/process.h"

#include <arpa/inet.h>

#include <utility>

namespace mw::sim {

namespace {

using answer = result<std::vector<std::string>>;

constexpr duration answer_min = 100us;
constexpr duration answer_max = 5ms;
constexpr duration patience = 5s;  // with name servers that do not answer

bool is_numeric(const std::string& name) {
  unsigned char raw[16] = {};
  return inet_pton(AF_INET, name.c_str(), raw) == 1 || inet_pton(AF_INET6, name.c_str(), raw) == 1;
}

answer look_up(const network& net, const std::string& name) {
  if (name.empty() || name.find('\0') != std::string::npos)
    return {errc::invalid, "resolving '" + name + "': not a host name"};
  if (is_numeric(name)) return std::vector<std::string>{name};
  if (name == "localhost") return std::vector<std::string>{"::1", "127.0.0.1"};
  std::vector<std::string> found = net.addresses_of(name);
  if (net.is_silent(name))
    return {errc::timed_out, "resolving " + name + ": no name server answered"};
  if (found.empty())
    return {errc::not_found, "resolving " + name + ": no node of this world has that name"};
  return found;
}

}  // namespace

class name_question final : public resolve_handle {
 public:
  name_question(lane& home, kernel::resource_ledger& ledger, std::string name,
                function<void(answer)> done)
      : lane_(home), name_(std::move(name)), done_(std::move(done)), counted_(ledger.names) {}
  ~name_question() override {
    over();
    if (lane_.alive()) lane_.home().names().erase(id_);
  }

  void ask(std::shared_ptr<std::size_t> under_way) {
    under_way_ = std::move(under_way);
    ++*under_way_;
    process& process = lane_.home();
    const slot_id id = process.names().emplace(this);
    id_ = id;
    duration takes = process.scheduling().between(answer_min, answer_max);
    if (process.net().is_silent(name_)) takes = patience;
    process.events().after(takes, process.on().tag(event_kind::name), [&process, id] {
      name_question** asker = process.names().find(id);
      if (asker == nullptr) return;
      (*asker)->outcome_ = look_up(process.net(), (*asker)->name_);
      (*asker)->lane_.ready((*asker)->telling_);
    });
  }
  void refuse(failure why) {
    outcome_ = std::move(why);
    lane_.ready(telling_);
  }

 private:
  void over() {
    if (under_way_) --*under_way_;
    under_way_.reset();
  }
  void tell() {
    over();
    lane_.home().names().erase(std::exchange(id_, 0));
    // The plug-in may destroy this in the call: nothing may follow it.
    const function<void(answer)> done = std::move(done_);
    done(std::move(outcome_));
  }

  lane& lane_;
  const std::string name_;
  slot_id id_ = 0;
  std::shared_ptr<std::size_t> under_way_;  // how many of this plug-in; null: not under way
  answer outcome_{errc::internal, "not answered"};
  function<void(answer)> done_;
  kernel::ledger_entry counted_;
  member_task<name_question, &name_question::tell> telling_{*this};
};

resolve_ptr name_desk::resolve(const std::string& name, function<void(answer)> done) {
  auto asked = std::make_unique<name_question>(lane_, ledger_, name, std::move(done));
  if (*under_way_ >= under_way_max)
    asked->refuse({errc::overloaded, "resolving " + name + ": " + plugin_ + " has " +
                                         std::to_string(under_way_max) +
                                         " names under way, which is the limit: wait for some to"
                                         " be answered"});
  else
    asked->ask(under_way_);
  return asked;
}

}  // namespace mw::sim
