// planted_test: each mistake planted in the data path is found within its budget of seeds.
// SPDX-License-Identifier: Apache-2.0
#include "data_path_run.h"

#include <doctest/doctest.h>

#include <string>

namespace mw::tests {
namespace {

struct budget {
  const char* plugin;  // stanza of data_path.yaml
  const char* bug;
  std::uint64_t seeds;
  const char* found_by;  // part of what the run says
};

std::string run_with(const std::string& plugin, const std::string& bug, std::uint64_t seed) {
  data_path_run run;
  run.seed = seed;
  run.plugin_path = {MW_PLANTED_PLUGINS};
  for (const std::string stanza : {"pool", "routing"})
    run.flags.push_back("plugins." + stanza +
                        ".planted_bug=" + (stanza == plugin ? bug : std::string("none")));
  data_path_sums ignored;
  return run_data_path(run, ignored);
}

void find(const budget& one) {
  std::string found;
  std::uint64_t seed = 1;
  for (; seed <= one.seeds && found.empty(); ++seed) found = run_with(one.plugin, one.bug, seed);
  MESSAGE(std::string(one.bug) << " took " << seed - 1 << " seeds: " << found);
  CHECK_MESSAGE(found.find(one.found_by) != std::string::npos, std::string(one.bug));
}

TEST_CASE("planted: without a mistake the same build keeps every promise") {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) CHECK(run_with("pool", "none", seed) == "");
}

TEST_CASE("planted: mistakes of routing are found") {
  for (const budget& one : {budget{"routing", "window_off_by_one", 5, "seen twice"},
                            budget{"routing", "number_per_attempt", 5, "seen twice"},
                            budget{"routing", "ack_before_effect", 20, "acknowledged and lost"},
                            budget{"routing", "outbox_forgets", 5, "messages without an end"},
                            budget{"routing", "id_reused", 5, "another question"},
                            budget{"routing", "deadline_ignored", 5, "calls without an end"},
                            budget{"routing", "cancel_leaks_slot", 5, "a call leaked"},
                            budget{"routing", "hops_ignored", 5, "chain of calls"}})
    find(one);
}

TEST_CASE("planted: mistakes of the pool are found") {
  for (const budget& one : {budget{"pool", "credit_twice", 5, "called a violator"},
                            budget{"pool", "link_credit_forgotten", 5, "large streams"},
                            budget{"pool", "stream_credit_forgotten", 5, "large streams"},
                            budget{"pool", "room_not_told", 5, "large streams"},
                            budget{"pool", "large_overtaken", 5, "out of place"},
                            budget{"pool", "fragment_shifted", 5, "not those that were sent"},
                            budget{"pool", "stream_leaks", 5, "a stream leaked"},
                            budget{"pool", "half_open_for_ever", 20, "called a violator"}})
    find(one);
}

}  // namespace
}  // namespace mw::tests
