// message: `mw call` and `mw send`, one message by hand and what comes back.
// SPDX-License-Identifier: Apache-2.0
#include "cli/load/client_node.h"
#include "verbs.h"

#include <mw/rpc.h>
#include <mw/toolkit/json_writer.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <mutex>

namespace mw::kernel::cli {
namespace {

constexpr flag to_flag{"--to", "NODE", "To the node with this id instead of a balanced choice."};
constexpr flag group_flag{"--group", "NAME", "To all that offer the service and joined the group."};
constexpr flag all_flag{"--all", "", "To all that offer the service."};
constexpr flag quorum_flag{"--quorum", "N",
                           "With --group or --all: enough when so many have answered."};
constexpr flag deadline_flag{"--deadline", "DURATION", "How long to wait. Default 5s."};
constexpr flag guarantee_flag{"--guarantee", "NAME",
                              "at_most_once, at_least_once or exactly_once. Default at_most_once."};
constexpr std::array call_flags{connect_flag, cluster_flag,    client_file_flag, certs_flag,
                                as_flag,      to_flag,         group_flag,       all_flag,
                                quorum_flag,  deadline_flag,   guarantee_flag,   json_flag,
                                set_flag,     plugin_path_flag};
constexpr std::array send_flags{connect_flag,  cluster_flag,   client_file_flag, certs_flag,
                                as_flag,       to_flag,        group_flag,       all_flag,
                                deadline_flag, guarantee_flag, set_flag,         plugin_path_flag};

struct message_request {
  client_request client;
  std::string service;
  std::string body;  // JSON
  std::string name;  // borrowed by `where`
  route where;
  bool json = false;
};

// An answer as it is printed.
struct printed_answer {
  std::string from;
  std::string body;   // JSON
  std::string error;  // kind and text
};

struct exchange_outcome {
  std::vector<printed_answer> answers;
  status ended;
};

// Shared with the callbacks on the client's lane, which may come when nobody waits any more.
class exchange {
 public:
  void add(printed_answer one) {
    const std::lock_guard lock(mutex_);
    outcome_.answers.push_back(std::move(one));
  }
  void stop(status how) {
    {
      const std::lock_guard lock(mutex_);
      outcome_.ended = std::move(how);
    }
    finished_.open();
  }
  [[nodiscard]] exchange_outcome so_far() const {
    const std::lock_guard lock(mutex_);
    return outcome_;
  }
  [[nodiscard]] latch& finished() { return finished_; }

 private:
  mutable std::mutex mutex_;
  exchange_outcome outcome_;
  latch finished_;
};

result<guarantee> guarantee_of(const std::string& name) {
  constexpr std::array<std::string_view, 3> names{"at_most_once", "at_least_once", "exactly_once"};
  const auto found = std::find(names.begin(), names.end(), name);
  if (found != names.end()) return static_cast<guarantee>(found - names.begin());
  return {errc::invalid, "--guarantee takes at_most_once, at_least_once or exactly_once, not '" +
                             printable(name) + "'"};
}

status choose_target(const arguments& given, message_request& request) {
  const int ways =
      (given.has("--to") ? 1 : 0) + (given.has("--group") ? 1 : 0) + (given.has("--all") ? 1 : 0);
  if (ways > 1) return {errc::invalid, "--to, --group and --all exclude each other"};
  if (given.has("--to")) {
    request.where.to = send_to::node;
    request.name = given.text("--to");
  } else if (given.has("--group")) {
    request.where.to = send_to::group;
    request.name = given.text("--group");
  } else if (given.has("--all")) {
    request.where.to = send_to::all;
  }
  if (!given.has("--quorum")) return {};
  const std::string text = given.text("--quorum");
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), request.where.quorum);
  if (error != std::errc() || end != text.data() + text.size() || request.where.quorum == 0)
    return {errc::invalid, "--quorum takes a number from 1, not '" + printable(text) + "'"};
  if (ways == 0 || given.has("--to")) return {errc::invalid, "--quorum goes with --group or --all"};
  return {};
}

result<message_request> request_of(const arguments& given, const surroundings& world) {
  message_request request;
  request.service = given.operands.front();
  request.body = given.operands.size() > 1 ? given.operands[1] : "[]";
  MW_TRY(request.client, client_request_of(given, world));
  MW_CHECK(choose_target(given, request));
  const auto deadline = parse_duration(given.text("--deadline", "5s"));
  if (!deadline || *deadline <= duration::zero() || *deadline > 1h)
    return failure(errc::invalid, "--deadline takes a duration up to 1h such as 5s");
  request.where.deadline = *deadline;
  MW_TRY(request.where.guarantee, guarantee_of(given.text("--guarantee", "at_most_once")));
  request.json = given.has("--json");
  return request;
}

std::string words_of(const failure& why) {
  return std::string(mw::to_string(why.kind())) + ": " + why.text();
}

// Where the message goes, and the message in with.out.
struct prepared {
  route where;
  router_tools with;
};

result<prepared> prepare(const message_request& request, const client_tools& tools) {
  prepared ready{request.where, tools.router.tools()};
  ready.where.name = request.name;
  MW_TRY(ready.where.service, tools.router.open(request.service));
  MW_CHECK(ready.with.codec.from_json(request.body, nullptr, ready.with.out));
  return ready;
}

printed_answer print(const answer& a, codec& with) {
  printed_answer out;
  out.from = std::string(a.from);
  if (a.error != nullptr) {
    out.error = words_of(*a.error);
    return out;
  }
  auto json = with.to_json(a.body, nullptr);
  if (json)
    out.body = std::move(*json);
  else
    out.error = words_of(json.error());
  return out;
}

// All answers are in, or the failure says why they are not: the client failed or was stopped.
status ask(client_node& client, const message_request& request,
           const std::shared_ptr<exchange>& outcome) {
  MW_CHECK(client.run_there([&](const client_tools& tools) {
    const auto ready = prepare(request, tools);
    if (!ready) return outcome->stop(ready.error());
    const auto call = tools.router.call(
        ready->where, ready->with.out, [outcome, codec = &ready->with.codec](const answer& a) {
          const bool end = a.what == answer::kind::end;
          if (!end) outcome->add(print(a, *codec));
          if (!a.last) return;
          outcome->stop(end && a.error != nullptr ? status(*a.error) : status());
        });
    if (!call) outcome->stop(call.error());
  }));
  return client.wait(outcome->finished());
}

status tell(client_node& client, const message_request& request,
            const std::shared_ptr<exchange>& outcome) {
  MW_CHECK(client.run_there([&](const client_tools& tools) {
    const auto ready = prepare(request, tools);
    if (!ready) return outcome->stop(ready.error());
    const auto sent = tools.router.send(ready->where, ready->with.out,
                                        [outcome](const status& how) { outcome->stop(how); });
    if (!sent) outcome->stop(sent.error());
  }));
  return client.wait(outcome->finished());
}

exit_code complain(std::string_view verb, const failure& why, exit_code code, console& io) {
  io.complain("mw " + std::string(verb) + ": " + printable(words_of(why)) + "\n");
  return code;
}

exit_code report(const exchange_outcome& outcome, const message_request& request, console& io) {
  bool good = outcome.ended.ok();
  for (const printed_answer& one : outcome.answers) {
    good = good && one.error.empty();
    if (request.json) {
      json_writer line;
      line.begin_object().key("from").value(one.from);
      if (one.error.empty())
        line.key("body").raw(one.body);
      else
        line.key("error").value(one.error);
      io.say(line.end_object().take() + "\n");
    } else if (one.error.empty()) {
      io.say(printable(one.from) + ": " + one.body + "\n");
    } else {
      io.complain("mw call: " + (one.from.empty() ? "" : printable(one.from) + ": ") +
                  printable(one.error) + "\n");
    }
  }
  if (!outcome.ended) return complain("call", outcome.ended.error(), exit_code::no, io);
  return good ? exit_code::ok : exit_code::no;
}

result<std::unique_ptr<client_node>> connect(const message_request& request,
                                             const interrupt& stop) {
  MW_TRY(auto client, client_node::open(request.client, stop));
  MW_CHECK(client->wait_for({request.service, 1, {}}, request.where.deadline));
  // The others are met a moment later, if they are there: what is said to all should reach them.
  const duration moment = std::min<duration>(request.where.deadline, 1s);
  if (request.where.to == send_to::node)
    (void)client->wait_for({request.service, 1, request.name}, moment);
  else if (request.where.to != send_to::one)
    (void)client->wait_for({request.service, request.client.to.size(), {}}, moment);
  return client;
}

// When the message could not be sent, or its end was not awaited.
exit_code code_of(const interrupt& stop) {
  return stop.asked() ? exit_code::interrupted : exit_code::cannot_run;
}

exit_code run_call(const arguments& given, surroundings& world) {
  const auto request = request_of(given, world);
  if (!request) return complain("call", request.error(), exit_code::usage, world.io);
  const interrupt stop;
  const auto client = connect(*request, stop);
  if (!client) return complain("call", client.error(), code_of(stop), world.io);
  const auto outcome = std::make_shared<exchange>();
  const status waited = ask(**client, *request, outcome);
  const exit_code code = report(outcome->so_far(), *request, world.io);
  return waited ? code : complain("call", waited.error(), code_of(stop), world.io);
}

exit_code run_send(const arguments& given, surroundings& world) {
  const auto request = request_of(given, world);
  if (!request) return complain("send", request.error(), exit_code::usage, world.io);
  const interrupt stop;
  const auto client = connect(*request, stop);
  if (!client) return complain("send", client.error(), code_of(stop), world.io);
  const auto outcome = std::make_shared<exchange>();
  const status waited = tell(**client, *request, outcome);
  if (!waited) return complain("send", waited.error(), code_of(stop), world.io);
  const status sent = outcome->so_far().ended;
  return sent ? exit_code::ok : complain("send", sent.error(), exit_code::no, world.io);
}

}  // namespace

extern const verb call_verb{
    "call",
    "SERVICE [JSON]",
    1,
    2,
    "call a service of a running cluster and print the answers",
    "Connects to running nodes, sends the JSON text as the request (fields by position, so a "
    "request of two fields is an array of two) and prints each answer with the node it came from. "
    "Without JSON the request has no fields. Exit code 0 when all answered, 1 when one refused or "
    "the quorum was not met, 3 when nobody offers the service or the client itself failed, 4 when "
    "a "
    "signal stopped it; answers that were in are printed.",
    "mw call mw.echo '[\"hello\"]'\nmw call orders.get '[42]' --connect 127.0.0.1:7401 --all",
    call_flags,
    run_call};

extern const verb send_verb{
    "send",
    "SERVICE [JSON]",
    1,
    2,
    "send a message to a service of a running cluster",
    "As `mw call`, but wants no answer. With at_least_once or exactly_once it waits until the "
    "message was acknowledged. Exit code 0 when it was sent, 1 when not, 3 when nobody offers the "
    "service or the client itself failed, 4 when a signal stopped it: then nobody knows.",
    "mw send mw.echo.sink '[\"tick\"]' --all\nmw send orders.note '[42]' --guarantee at_least_once",
    send_flags,
    run_send};

}  // namespace mw::kernel::cli
