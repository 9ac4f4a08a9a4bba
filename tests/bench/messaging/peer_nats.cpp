// peer_nats: NATS: a broker of its own on both cores, and its C client at either end.
// SPDX-License-Identifier: Apache-2.0
#include "driver.h"
#include "tls/certs.h"

#include <fcntl.h>
#include <nats/nats.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace {

namespace bench = mw::bench;

constexpr const char* requests = "requests";
constexpr const char* replies = "replies";
// The broker cuts off who lags behind by 64 MiB; so much may be under way.
constexpr std::size_t bytes_under_way = 8 * 1024 * 1024;

void must(natsStatus status, const char* what) {
  if (status != NATS_OK) bench::give_up(std::string(what) + ": " + natsStatus_GetText(status));
}

// The broker beside the server; it ends with it.
struct broker {
  pid_t pid = 0;
  std::uint16_t port = 0;
};

[[noreturn]] void become_broker(int log, const bench::settings& with) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  cpu_set_t all;
  CPU_ZERO(&all);
  for (int core = 0; core < CPU_SETSIZE; ++core) CPU_SET(static_cast<unsigned>(core), &all);
  sched_setaffinity(0, sizeof all, &all);
  dup2(log, STDERR_FILENO);
  dup2(log, STDOUT_FILENO);
  std::vector<std::string> words{"nats-server", "-a", "127.0.0.1", "-p", "-1"};
  if (with.variant == "tls") {
    const bench::cert_files files = bench::find_certs();
    for (const std::string& more :
         {std::string("--tlsverify"), std::string("--tlscert"), files.certificate,
          std::string("--tlskey"), files.key, std::string("--tlscacert"), files.ca})
      words.push_back(more);
  }
  std::vector<char*> command;
  for (std::string& word : words) command.push_back(word.data());
  command.push_back(nullptr);
  execvp("nats-server", command.data());
  execv("/usr/sbin/nats-server", command.data());
  std::fprintf(stderr, "cannot run nats-server\n");
  _exit(127);
}

// Its log says which port it took: "Listening for client connections on 127.0.0.1:4222".
broker start_broker(const bench::settings& with) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) bench::give_up("no pipe for the broker");
  broker made;
  made.pid = fork();
  if (made.pid == 0) become_broker(ends[1], with);
  close(ends[1]);
  std::string log;
  std::array<char, 512> some{};
  while (log.find("Server is ready") == std::string::npos) {
    const ssize_t got = read(ends[0], some.data(), some.size());
    if (got <= 0) bench::give_up("the broker did not start: " + log);
    log.append(some.data(), static_cast<std::size_t>(got));
  }
  constexpr std::string_view mark = "client connections on 127.0.0.1:";
  const auto at = log.find(mark);
  if (at == std::string::npos) bench::give_up("the broker names no port: " + log);
  made.port = static_cast<std::uint16_t>(std::atoi(log.c_str() + at + mark.size()));
  return made;  // the pipe stays open: a closed one would end the broker at its next word
}

natsConnection* connected(const bench::settings& with, std::uint16_t port, bool at_once) {
  natsOptions* options = nullptr;
  must(natsOptions_Create(&options), "options");
  const std::string to = "nats://127.0.0.1:" + std::to_string(port);
  must(natsOptions_SetURL(options, to.c_str()), "options");
  // Without it the client gathers what is sent, which is faster for many and slower for one.
  must(natsOptions_SetSendAsap(options, at_once), "options");
  if (with.variant == "tls") {
    const bench::cert_files files = bench::find_certs();
    must(natsOptions_SetSecure(options, true), "tls");
    must(natsOptions_LoadCATrustedCertificates(options, files.ca.c_str()), "tls");
    must(natsOptions_LoadCertificatesChain(options, files.certificate.c_str(), files.key.c_str()),
         "tls");
    must(natsOptions_SkipServerVerification(options, true), "tls");
  }
  natsConnection* made = nullptr;
  must(natsConnection_Connect(&made, options), "connect");
  natsOptions_Destroy(options);
  return made;
}

natsSubscription* subscribed(natsConnection* on, const char* subject) {
  natsSubscription* made = nullptr;
  must(natsConnection_SubscribeSync(&made, on, subject), "subscribe");
  must(natsSubscription_SetPendingLimits(made, -1, -1), "limits");
  must(natsConnection_Flush(on), "flush");
  return made;
}

constexpr std::int64_t for_ever_ms = 3'600'000;

natsMsg* next_of(natsSubscription* from) {
  natsMsg* got = nullptr;
  must(natsSubscription_NextMsg(&got, from, for_ever_ms), "receive");
  return got;
}

void count_message(natsConnection*, natsSubscription*, natsMsg* message, void* slot) {
  auto* const to = static_cast<std::pair<bench::counts_page*, std::size_t>*>(slot);
  to->first->add(1, static_cast<std::size_t>(natsMsg_GetDataLength(message)), to->second);
  natsMsg_Destroy(message);
}

void serve_sinks(const bench::settings& with, bench::counts_page& counts, const broker& of) {
  const std::size_t receivers = with.what == bench::work::fanout ? with.receivers : 1;
  std::vector<std::pair<bench::counts_page*, std::size_t>> slots;
  for (std::size_t i = 0; i < receivers; ++i) slots.emplace_back(&counts, i);
  for (auto& slot : slots) {
    natsConnection* const connection = connected(with, of.port, false);
    natsSubscription* made = nullptr;
    must(natsConnection_Subscribe(&made, connection, requests, count_message, &slot), "subscribe");
    must(natsSubscription_SetPendingLimits(made, -1, -1), "limits");
    must(natsConnection_Flush(connection), "flush");
  }
  bench::announce({of.port}, {of.pid});
  for (;;) pause();
}

void serve(const bench::settings& with, bench::counts_page& counts) {
  if (with.what == bench::work::idle || with.what == bench::work::critical ||
      with.what == bench::work::handshake || with.what == bench::work::stalled)
    throw bench::not_offered{};
  const broker of = start_broker(with);
  if (with.what != bench::work::echo) return serve_sinks(with, counts, of);
  natsConnection* const connection = connected(with, of.port, with.in_flight == 1);
  natsSubscription* const wanted = subscribed(connection, requests);
  bench::announce({of.port}, {of.pid});
  for (;;) {
    natsMsg* const message = next_of(wanted);
    const int length = natsMsg_GetDataLength(message);
    counts.add(1, static_cast<std::size_t>(length));
    must(natsConnection_Publish(connection, replies, natsMsg_GetData(message), length), "answer");
    natsMsg_Destroy(message);
  }
}

bench::outcome measure_echo(const bench::settings& with, bench::counts_page& counts) {
  natsConnection* const connection = connected(with, with.ports.front(), with.in_flight == 1);
  natsSubscription* const wanted = subscribed(connection, replies);
  std::vector<char> body = bench::make_body(with.size);
  bench::echo_meter meter(with, counts);
  while (meter.open() || !meter.settled()) {
    while (meter.open() && meter.in_flight() < with.in_flight) {
      bench::put_stamp(body.data(), meter.next_stamp());
      must(natsConnection_Publish(connection, requests, body.data(), static_cast<int>(body.size())),
           "send");
    }
    natsMsg* const reply = next_of(wanted);
    meter.answered(bench::stamp_of(natsMsg_GetData(reply)));
    natsMsg_Destroy(reply);
  }
  return meter.finish();
}

bench::outcome measure(const bench::settings& with, bench::counts_page& counts) {
  if (with.what == bench::work::echo) return measure_echo(with, counts);
  natsConnection* const connection = connected(with, with.ports.front(), false);
  const std::vector<char> body = bench::make_body(with.size);
  bench::oneway_sender sender;
  // A broker that is flooded drops its clients: a bounded lead keeps the run free of losses.
  sender.lead = std::max<std::uint64_t>(4, bytes_under_way / with.size);
  sender.send_some = [&] {
    must(natsConnection_Publish(connection, requests, body.data(), static_cast<int>(body.size())),
         "send");
    return std::uint64_t{1};
  };
  return bench::run_oneway(with, counts, with.what == bench::work::fanout ? with.receivers : 1,
                           sender);
}

}  // namespace

int main(int argc, char** argv) {
  return mw::bench::run_peer(argc, argv, {serve, measure});
}
