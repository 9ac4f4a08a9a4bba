// policy: what a decision costs with 1,000 rules: from the cache, from the index, by a scan.
// SPDX-License-Identifier: Apache-2.0
// links: security_policy_objects
#include "bench.h"
#include "store.h"

#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

namespace {

namespace policy = mw::access_policy;

// 100 roles with 9 allows and a deny each.
std::string rules() {
  std::string text;
  for (int role = 0; role < 100; ++role) {
    const std::string name = "role" + std::to_string(role);
    for (int i = 0; i < 9; ++i)
      text += "allow " + name + " call,send shop" + std::to_string(role) + ".orders" +
              std::to_string(i) +
              (i % 3 == 0   ? ".*\n"
               : i % 3 == 1 ? ".**\n"
                            : "\n");
    text += "deny " + name + " send shop" + std::to_string(role) + ".orders1.audit\n";
    text += "bind " + name + " spiffe://mesh.local/ns/shop" + std::to_string(role) + "/svc/*\n";
  }
  return text;
}

// More questions than the cache's place for one, so that the index is asked when it is off.
struct question {
  std::string subject, resource;
};
std::vector<question> questions() {
  std::vector<question> all;
  for (int i = 0; i < 256; ++i) {
    const std::string role = std::to_string(i * 37 % 100);
    all.push_back({"spiffe://mesh.local/ns/shop" + role + "/svc/worker-" + std::to_string(i % 7),
                   "shop" + role + ".orders" + std::to_string(i % 9) + (i % 2 == 0 ? ".get" : "")});
  }
  return all;
}

std::shared_ptr<policy::store> store_with(std::size_t cache) {
  auto made = policy::prepare({}, false, rules(), "bench");
  if (!made || made->text.rules.size() != 1000) std::abort();
  auto store = std::make_shared<policy::store>(cache, 1);
  store->apply(std::move(*made), {});
  return store;
}

mw::bench::table decisions() {
  mw::bench::table t("authorize, 1000 rules", "ns", {"scan"});
  const auto asked = std::make_shared<std::vector<question>>(questions());
  const auto through = [asked](std::shared_ptr<policy::store> of) {
    return [asked, of](std::uint64_t items) {
      for (std::uint64_t i = 0; i < items; ++i) {
        const question& q = (*asked)[i % asked->size()];
        mw::bench::keep(
            of->authorize({q.subject, mw::access_verb::call, q.resource}).decided.allowed);
      }
    };
  };
  t.add("cached", through(store_with(4096)));
  t.add("index", through(store_with(0)));
  // Dear enough that fewer rounds of it are measured.
  t.add_value("scan", [asked, of = store_with(0)](std::uint64_t items) {
    const auto& now = of->in_force();
    const std::uint64_t rounds = items / 200 + 1;
    const auto begin = std::chrono::steady_clock::now();
    for (std::uint64_t i = 0; i < rounds; ++i) {
      const question& q = (*asked)[i % asked->size()];
      mw::bench::keep(policy::allowed_by_scan(now.text, false, {},
                                              {q.subject, mw::access_verb::call, q.resource}));
    }
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - begin;
    return took.count() / static_cast<double>(rounds);
  });
  t.at_most("cached", 200);
  return t;
}

}  // namespace

int main(int argc, char** argv) {
  return mw::bench::run_tables(argc, argv, {decisions()}, 200'000);
}
