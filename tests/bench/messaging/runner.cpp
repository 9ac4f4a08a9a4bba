// runner: runs every program on every task in interleaved rounds and prints the comparison.
// SPDX-License-Identifier: Apache-2.0
#include "process.h"
#include "report.h"
#include "tls/make_certs.h"

#include <sys/resource.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <filesystem>
#include <set>
#include <thread>

namespace mw::bench {
namespace {

using namespace std::chrono_literals;

constexpr int exit_not_offered = 4;
#ifdef MW_BENCH_TLS
constexpr bool secure_run = true;
#else
constexpr bool secure_run = false;
#endif
constexpr std::string_view usage_text =
    "usage: bench_messaging [--json] [--rounds N] [--seconds S] [--only TASK[,..]]\n"
    "                       [--with PROGRAM[,..]] [--smoke] [--list]\n"
    "  --rounds   how often everything is run, one after the other in turn (3)\n"
    "  --seconds  measured time of each run (0.8)\n"
    "  --only     tasks to run;  --with  programs to compare;  --list  shows the names of both\n"
    "  --binary   like --with, but by the end of bench_msg_<name>: one may hold several programs\n"
    "  --smoke    each program briefly, only to see that all messages arrive\n";

struct plan {
  bool json = false;
  bool smoke = false;
  bool list = false;
  int rounds = 3;
  std::string seconds = "0.8";
  std::string warmup = "0.2";
  std::set<std::string, std::less<>> only;
  std::set<std::string, std::less<>> with;
  std::set<std::string, std::less<>> binaries;
};

std::set<std::string, std::less<>> names_in(std::string_view list) {
  std::set<std::string, std::less<>> out;
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    out.emplace(list.substr(0, comma));
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return out;
}

bool parse_plan(int argc, char** argv, plan& out) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view option = argv[i];
    const bool flag = option == "--json" || option == "--smoke" || option == "--list";
    if (option == "--json") out.json = true;
    if (option == "--smoke") out.smoke = true;
    if (option == "--list") out.list = true;
    if (flag) continue;
    if (++i == argc) return false;
    const std::string_view value = argv[i];
    double seconds = 0;
    if (option == "--only") {
      out.only = names_in(value);
    } else if (option == "--with") {
      out.with = names_in(value);
    } else if (option == "--binary") {
      out.binaries = names_in(value);
    } else if (option == "--rounds") {
      if (std::from_chars(value.begin(), value.end(), out.rounds).ec != std::errc() ||
          out.rounds < 1)
        return false;
    } else if (option == "--seconds") {
      if (std::from_chars(value.begin(), value.end(), seconds).ec != std::errc() || seconds <= 0)
        return false;
      out.seconds = value;
    } else {
      return false;
    }
  }
  return true;
}

bool wanted(const std::set<std::string, std::less<>>& names, std::string_view name) {
  return names.empty() || names.contains(name);
}

std::string binary_of(const program& one) {
  std::error_code ignored;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", ignored);
  return self.parent_path() / ("bench_msg_" + std::string(one.binary));
}

bool offers(const program& one, const task& what) {
  if (what.spin && !one.spins) return false;
  return std::find(one.does.begin(), one.does.end(), what.what) != one.does.end();
}

std::vector<std::string> command_for(const program& one, const task& what, const plan& how,
                                     const std::string& counts) {
  std::vector<std::string> command{"--work",        std::string(to_string(what.what)),
                                   "--size",        std::to_string(what.size),
                                   "--in-flight",   std::to_string(what.in_flight),
                                   "--connections", std::to_string(what.connections),
                                   "--seconds",     how.seconds,
                                   "--warmup",      how.warmup,
                                   "--counts",      counts};
  if (what.spin) command.emplace_back("--spin");
  if (!one.variant.empty()) {
    command.emplace_back("--variant");
    command.emplace_back(one.variant);
  }
  return command;
}

enum class outcome_kind : std::uint8_t { done, not_offered, failed };

class runner {
 public:
  explicit runner(const plan& how) : how_(how), cores_(std::thread::hardware_concurrency()) {}

  int run() {
    std::vector<const program*> present;
    for (const program& one : all_programs())
      if (one.secure == secure_run && wanted(how_.with, one.name) &&
          wanted(how_.binaries, one.binary) && access(binary_of(one).c_str(), X_OK) == 0)
        present.push_back(&one);
    if (present.empty()) {
      std::fputs("no program to compare: build the target bench_messaging\n", stderr);
      return 1;
    }
    for (const task& what : all_tasks()) {
      if (what.secure != secure_run || !wanted(how_.only, what.name) || (how_.smoke && !what.smoke))
        continue;
      for (int round = 0; round < how_.rounds; ++round)
        for (const program* one : present)
          if (offers(*one, what)) note(*one, what, run_once(*one, what));
    }
    if (!how_.smoke)
      std::fputs((how_.json ? found_.as_json_lines() : found_.as_text()).c_str(), stdout);
    return failures_ == 0 ? 0 : 1;
  }

 private:
  void note(const program& one, const task& what, outcome_kind how) {
    if (how == outcome_kind::failed) ++failures_;
    if (!how_.smoke && how != outcome_kind::failed) return;
    const char* const said = how == outcome_kind::done          ? "all arrived"
                             : how == outcome_kind::not_offered ? "not offered"
                                                                : "FAILED";
    std::fprintf(stderr, "%.*s on %.*s: %s\n", static_cast<int>(one.name.size()), one.name.data(),
                 static_cast<int>(what.name.size()), what.name.data(), said);
  }

  outcome_kind run_once(const program& one, const task& what) {
    const shared_file counts;
    std::vector<std::string> command = command_for(one, what, how_, counts.path());
    std::vector<std::string> serving{binary_of(one), "server"};
    serving.insert(serving.end(), command.begin(), command.end());
    child server(serving, what.same_core || cores_ < 2 ? 0 : 1);
    const std::string hello = server.read_line(20s);
    const auto pids = hello.find(" pids=");
    if (pids == std::string::npos)
      return server.wait(1s) == exit_not_offered ? outcome_kind::not_offered : outcome_kind::failed;
    std::vector<std::string> calling{binary_of(one), "client",
                                     "--port",       hello.substr(6, pids - 6),  // ports=
                                     "--server-pid", hello.substr(pids + 6)};
    calling.insert(calling.end(), command.begin(), command.end());
    child client(calling, 0);
    const auto result = parse_result(client.read_line(90s));
    const int ended = client.wait(10s);
    if (ended == exit_not_offered) return outcome_kind::not_offered;
    if (ended != 0 || !result || result->messages <= 0) return outcome_kind::failed;
    found_.add(what.name, one.name, *result);
    return outcome_kind::done;
  }

  const plan& how_;
  unsigned cores_;
  report found_;
  int failures_ = 0;
};

void list_names() {
  for (const task& one : all_tasks())
    if (one.secure == secure_run) std::printf("task %s\n", std::string(one.name).c_str());
  for (const program& one : all_programs())
    if (one.secure == secure_run)
      std::printf("program %s%s\n", std::string(one.name).c_str(),
                  access(binary_of(one).c_str(), X_OK) == 0 ? "" : " (not built)");
}

int run_plan(int argc, char** argv) {
  plan how;
  if (!parse_plan(argc, argv, how)) {
    std::fputs(usage_text.data(), stderr);
    return 2;
  }
  if (how.list) {
    list_names();
    return 0;
  }
  if (how.smoke) {
    how.rounds = 1;
    how.seconds = "0.2";
    how.warmup = "0.05";
  }
  for (const std::string& missing : prepare_machine())
    std::fprintf(stderr, "note: %s\n", missing.c_str());
#ifdef MW_BENCH_TLS
  const made_certs certs;
#endif
  return runner(how).run();
}

}  // namespace
}  // namespace mw::bench

int main(int argc, char** argv) {
  try {
    return mw::bench::run_plan(argc, argv);
  } catch (const std::exception& failed) {
    std::fprintf(stderr, "%s\n", failed.what());
    return 1;
  }
}
