// bench: `mw bench`, load on a running node, and how it took it.
// SPDX-License-Identifier: Apache-2.0
#include "cli/load/client_node.h"
#include "cli/load/load_generator.h"
#include "verbs.h"

#include <mw/rpc.h>
#include <mw/toolkit/json_writer.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>

namespace mw::kernel::cli {
namespace {

constexpr flag size_flag{"--size", "BYTES", "Body of each message. Default 64."};
constexpr flag in_flight_flag{
    "--in-flight", "N", "Calls under way at a time, or messages that wait for a link. Default 64."};
constexpr flag for_flag{"--for", "DURATION", "How long to measure. Default 5s."};
constexpr flag warmup_flag{"--warmup", "DURATION", "How long to run before. Default 500ms."};
constexpr flag priority_flag{"--priority", "NAME",
                             "low, normal, high or critical. Default normal."};
constexpr flag peers_flag{"--peers", "N",
                          "Start when so many peers offer the service. Default: one, and for "
                          "fanout one for each --connect."};
constexpr std::array flags{connect_flag, cluster_flag,    client_file_flag, certs_flag,
                           as_flag,      size_flag,       in_flight_flag,   for_flag,
                           warmup_flag,  priority_flag,   peers_flag,       json_flag,
                           set_flag,     plugin_path_flag};

constexpr std::uint32_t in_flight_max = 65536;
constexpr std::uint64_t size_max = 16ull << 20;

struct bench_request {
  client_request client;
  load_plan plan;
  duration length = 5s;
  duration warmup = 500ms;
  std::size_t peers = 1;
  bool json = false;
  [[nodiscard]] std::string service() const {
    return plan.work == load_work::echo ? "mw.echo" : "mw.echo.sink";
  }
};

// What mw.echo.count answers.
struct sink_counts {
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;
  static constexpr auto fields() {
    return field_list(field<&sink_counts::messages>("messages", "Taken so far."),
                      field<&sink_counts::bytes>("bytes", "Their bytes."));
  }
};

result<std::uint64_t> number(const arguments& given, const flag& of, std::uint64_t otherwise,
                             std::uint64_t highest) {
  if (!given.has(of.name)) return otherwise;
  const std::string text = given.text(of.name);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size() && value > 0 && value <= highest)
    return value;
  return failure(errc::invalid, std::string(of.name) + " takes a number from 1 to " +
                                    std::to_string(highest) + ", not '" + text + "'");
}

result<duration> length_of(const arguments& given, const flag& of, duration otherwise) {
  if (!given.has(of.name)) return otherwise;
  auto value = parse_duration(given.text(of.name));
  if (!value || *value < duration::zero() || *value > 24h)
    return failure(errc::invalid, std::string(of.name) + " takes a duration up to 24h such as 5s");
  return value;
}

result<load_work> work_of(const std::string& name) {
  if (name == "echo") return load_work::echo;
  if (name == "oneway") return load_work::one_way;
  if (name == "fanout") return load_work::fan_out;
  return {errc::invalid, "the work is echo, oneway or fanout, not '" + printable(name) + "'"};
}

result<mw::priority> priority_of(const std::string& name) {
  constexpr std::array<std::string_view, 4> names{"low", "normal", "high", "critical"};
  const auto found = std::find(names.begin(), names.end(), name);
  if (found != names.end()) return static_cast<mw::priority>(found - names.begin());
  return {errc::invalid,
          "--priority takes low, normal, high or critical, not '" + printable(name) + "'"};
}

result<bench_request> request_of(const arguments& given, const surroundings& world) {
  bench_request request;
  MW_TRY(request.plan.work, work_of(given.operands.front()));
  MW_TRY(request.client, client_request_of(given, world));
  MW_TRY(request.plan.size, number(given, size_flag, 64, size_max));
  MW_TRY(const std::uint64_t in_flight, number(given, in_flight_flag, 64, in_flight_max));
  request.plan.in_flight = static_cast<std::uint32_t>(in_flight);
  MW_TRY(request.length, length_of(given, for_flag, request.length));
  MW_TRY(request.warmup, length_of(given, warmup_flag, request.warmup));
  if (request.length == duration::zero()) return {errc::invalid, "--for is longer than nothing"};
  MW_TRY(request.plan.priority, priority_of(given.text(priority_flag.name, "normal")));
  const bool every = request.plan.work == load_work::fan_out && request.client.file.empty();
  MW_TRY(request.peers, number(given, peers_flag, every ? request.client.to.size() : 1, 10000));
  request.json = given.has("--json");
  return request;
}

std::string micros(duration d) {
  char text[32];
  (void)std::snprintf(text, sizeof text, "%.1f", static_cast<double>(d.count()) / 1e3);
  return text;
}

std::string per_second(std::uint64_t count, duration over) {
  const double rate_now =
      static_cast<double>(count) / std::max(1e-9, static_cast<double>(over.count()) / 1e9);
  char text[32];
  if (rate_now >= 1e6)
    (void)std::snprintf(text, sizeof text, "%.2f M/s", rate_now / 1e6);
  else if (rate_now >= 1e3)
    (void)std::snprintf(text, sizeof text, "%.1f k/s", rate_now / 1e3);
  else
    (void)std::snprintf(text, sizeof text, "%.0f /s", rate_now);
  return text;
}

std::string line_of(const load_counts& counts, duration over, load_work work) {
  std::string text = padded(per_second(counts.finished, over), 12);
  if (work == load_work::echo)
    text += "p50 " + padded(micros(counts.took.at(0.5)), 9) + "p99 " +
            padded(micros(counts.took.at(0.99)), 9) + "p99.9 " +
            padded(micros(counts.took.at(0.999)) + " us", 14);
  text += "failed " + std::to_string(counts.failed);
  return text;
}

// What a run came to, whole or not.
struct bench_outcome {
  load_counts counts;
  duration took{};
  std::optional<std::uint64_t> arrived;  // at the sinks; unknown when the run was cut short
  bool whole = false;
};

std::string as_json(const bench_request& request, const bench_outcome& outcome) {
  const load_counts& counts = outcome.counts;
  const double seconds = static_cast<double>(outcome.took.count()) / 1e9;
  json_writer out;
  out.begin_object().key("service").value(request.service());
  out.key("size").value(static_cast<std::uint64_t>(request.plan.size));
  out.key("in_flight").value(static_cast<std::uint64_t>(request.plan.in_flight));
  out.key("seconds").value(seconds).key("whole").value(outcome.whole);
  out.key("messages").value(counts.finished).key("failed").value(counts.failed);
  out.key("refused").value(counts.refused);
  out.key("per_second").value(static_cast<double>(counts.finished) / std::max(1e-9, seconds));
  if (request.plan.work == load_work::echo) {
    out.key("p50_ns").value(counts.took.at(0.5).count());
    out.key("p99_ns").value(counts.took.at(0.99).count());
    out.key("p999_ns").value(counts.took.at(0.999).count());
  } else if (outcome.arrived) {
    out.key("arrived").value(*outcome.arrived);
  }
  if (!counts.first_failure.empty()) out.key("first_failure").value(counts.first_failure);
  return out.end_object().take() + "\n";
}

std::string as_text(const bench_request& request, const bench_outcome& outcome) {
  const load_counts& counts = outcome.counts;
  std::string text = "total " + line_of(counts, outcome.took, request.plan.work) + "\n";
  if (!outcome.whole)
    text += "measured for " + mw::to_string(outcome.took) + " of " + mw::to_string(request.length) +
            "\n";
  if (outcome.arrived && request.plan.work != load_work::echo)
    text += "arrived, warm-up included: " + std::to_string(*outcome.arrived) + "\n";
  if (!counts.first_failure.empty())
    text += "first failure: " + printable(counts.first_failure) + "\n";
  return text;
}

// What the sinks say they have taken; shared with callbacks that may come late.
struct sink_sum {
  std::uint64_t messages = 0;
  status how;
  latch finished;

  void finish(status end) {
    how = std::move(end);
    finished.open();
  }
};

// One run against a started client: owns the generator, which lives on the client's lane.
class bench_run {
 public:
  bench_run(std::unique_ptr<client_node> client, const bench_request& request, console& io)
      : request_(request), io_(io), client_(std::move(client)) {}

  // A failure when it could not begin, or was cut short: by a signal, or the end of the client.
  // What was measured until then is in outcome().
  status measure() {
    MW_CHECK(client_->wait_for({request_.service(), request_.peers, {}}, 10s));
    MW_TRY(const std::uint64_t before, arrived_so_far());
    MW_CHECK(begin());
    MW_CHECK(client_->pause(request_.warmup));
    (void)taken();
    began_ = clock::now();
    const status watched = watch();
    outcome_.counts.add(taken());
    outcome_.took = clock::now() - *began_;
    MW_CHECK(watched);
    outcome_.whole = true;
    MW_CHECK(end());
    MW_TRY(const std::uint64_t after, arrived_so_far());
    outcome_.arrived = after - before;
    return {};
  }

  [[nodiscard]] bool has_measured() const { return began_.has_value(); }
  [[nodiscard]] const bench_outcome& outcome() const { return outcome_; }

 private:
  using clock = std::chrono::steady_clock;

  status begin() {
    status outcome;
    MW_CHECK(client_->run_there([&](const client_tools& tools) {
      const auto service = tools.router.open(request_.service());
      if (!service) {
        outcome = service.error();
        return;
      }
      generator_ = std::make_unique<load_generator>(
          tools.router, *service, request_.plan,
          [this](function<void()> task) { (void)client_->post(std::move(task)); });
      generator_->start();
    }));
    return outcome;
  }

  // One line a second, and what the seconds add up to.
  status watch() {
    duration left = request_.length;
    while (left > duration::zero()) {
      const duration step = std::min<duration>(left, 1s);
      const auto from = clock::now();
      const status whole = client_->pause(step);
      const load_counts part = taken();
      if (whole && !request_.json && request_.length > 1s) {
        io_.say(line_of(part, clock::now() - from, request_.plan.work) + "\n");
        io_.flush();
      }
      outcome_.counts.add(part);
      MW_CHECK(whole);
      left -= step;
    }
    return {};
  }

  // Lets what is under way finish. After a run that was cut short this is left to the end of the
  // client, which the generator outlives.
  status end() {
    bool idle = false;
    for (int look = 0; !idle && look < 2000; ++look) {
      MW_CHECK(client_->run_there([&](const client_tools&) {
        generator_->stop();
        idle = generator_->idle();
        if (idle) {
          outcome_.counts.failed += generator_->take().failed;
          generator_.reset();
        }
      }));
      if (!idle) MW_CHECK(client_->pause(10ms));
    }
    if (!idle) return {errc::timed_out, "messages are still under way 20s after the end"};
    return {};
  }

  load_counts taken() {
    load_counts counts;
    (void)client_->run_there([&](const client_tools&) { counts = generator_->take(); });
    return counts;
  }

  // What the sinks have taken, summed over those that answer; zero for other work.
  result<std::uint64_t> arrived_so_far() {
    if (request_.plan.work == load_work::echo) return std::uint64_t{0};
    const auto sum = std::make_shared<sink_sum>();
    MW_CHECK(client_->run_there([&](const client_tools& tools) {
      const auto service = tools.router.open("mw.echo.count");
      if (!service) return sum->finish(service.error());
      const router_tools with = tools.router.tools();
      route to;
      to.service = *service;
      to.to = send_to::all;
      const auto asked = tools.router.call(to, with.out, [sum, with](const answer& a) {
        sink_counts one;
        if (a.what == answer::kind::reply && decode(with.codec, a.body, one))
          sum->messages += one.messages;
        if (a.last) sum->finish(a.error != nullptr ? status(*a.error) : status());
      });
      if (!asked) sum->finish(asked.error());
    }));
    MW_CHECK(client_->wait(sum->finished));
    if (!sum->how) return sum->how.error();
    return sum->messages;
  }

  const bench_request& request_;
  console& io_;
  std::unique_ptr<load_generator> generator_;
  bench_outcome outcome_;
  std::optional<clock::time_point> began_;
  // Last: it stops first, so that no answer finds a generator that is gone.
  std::unique_ptr<client_node> client_;
};

exit_code complain(const failure& why, exit_code code, console& io) {
  io.complain("mw bench: " + printable(why.text()) + "\n");
  return code;
}

exit_code run(const arguments& given, surroundings& world) {
  const auto request = request_of(given, world);
  if (!request) return complain(request.error(), exit_code::usage, world.io);
  const interrupt stop;
  const auto code_of = [&stop] {
    return stop.asked() ? exit_code::interrupted : exit_code::cannot_run;
  };
  auto client = client_node::open(request->client, stop);
  if (!client) return complain(client.error(), code_of(), world.io);
  bench_run one(std::move(*client), *request, world.io);
  const status measured = one.measure();
  const bench_outcome& outcome = one.outcome();
  if (one.has_measured()) {
    world.io.say(request->json ? as_json(*request, outcome) : as_text(*request, outcome));
    world.io.flush();  // before the client stops, which may take a moment
  }
  if (!measured) return complain(measured.error(), code_of(), world.io);
  return outcome.counts.failed == 0 ? exit_code::ok : exit_code::no;
}

}  // namespace

extern const verb bench_verb{
    "bench",
    "echo|oneway|fanout",
    1,
    1,
    "put load on a running node and print rate and percentiles",
    "Starts a client node that connects to running nodes and sends messages to the services of the "
    "plug-in echo: calls that are answered (echo), messages to one (oneway) or to all (fanout). "
    "Prints a line a second and a total. The time of a call is from sending to its answer, on a "
    "clock that does not stand still within a turn. SIGINT (Ctrl-C) or SIGTERM ends the run and "
    "prints the total so far; a second one does not wait for that. Exit code 0 when nothing "
    "failed, "
    "1 when some did, 3 when no peer offers the service or the client itself failed, 4 when a "
    "signal ended it.",
    "mw bench echo --connect 127.0.0.1:7400 --in-flight 64 --size 64 --for 5s\n"
    "mw bench fanout --connect 127.0.0.1:7401 --connect 127.0.0.1:7402 --size 1024 --json",
    flags,
    run};

}  // namespace mw::kernel::cli
