// policy_text: fuzzes the policy language, and compares the index with a scan of all rules.
// SPDX-License-Identifier: Apache-2.0
// links: security_policy_objects
#include "store.h"

#include <cstdint>
#include <cstdlib>
#include <string>

namespace {

namespace policy = mw::access_policy;

void ask(policy::store& of, const mw::access& what) {
  const bool allowed = of.authorize(what).decided.allowed;
  if (of.authorize(what).decided.allowed != allowed) std::abort();
  const auto& now = of.in_force();
  if (policy::allowed_by_scan(now.text, now.allow_by_default, "spiffe://m/self", what) != allowed)
    std::abort();
  if (policy::as_text(of.explain(what)).empty()) std::abort();
}

}  // namespace

// The text of a policy, then after a NUL: subject, NUL, resource.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const std::string_view text = all.substr(0, all.find('\0'));
  auto made = policy::prepare({}, false, text, "fuzz");
  if (!made) {
    if (made.error().text().empty()) std::abort();
    return 0;
  }
  // What is printed reads back as the same policy.
  std::string printed = made->allow_by_default ? "default allow\n" : "default deny\n";
  for (const auto& rule : made->text.rules) printed += policy::to_string(rule) + "\n";
  for (const auto& binding : made->text.bindings) printed += policy::to_string(binding) + "\n";
  if (printed.size() <= policy::file_max) {
    const auto again = policy::prepare({}, false, printed, "again");
    if (!again || again->digest != made->digest) std::abort();
  }
  std::string_view rest = all.substr(std::min(all.size(), text.size() + 1));
  const std::string_view subject = rest.substr(0, rest.find('\0'));
  rest = rest.substr(std::min(rest.size(), subject.size() + 1));
  policy::store one(8, 1);
  one.apply(std::move(*made), "spiffe://m/self");
  for (int verb = 0; verb < 6; ++verb) {
    ask(one, {subject, static_cast<mw::access_verb>(verb), rest});
    ask(one, {mw::self_subject, static_cast<mw::access_verb>(verb), rest});
  }
  return 0;
}
