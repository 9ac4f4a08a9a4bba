// watchers: one that ends while all are told is only marked: its function may be running.
// SPDX-License-Identifier: Apache-2.0
#include "node/watchers.h"

#include <utility>

namespace mw::anti_entropy {

class watchers::handle final : public state_watch {
 public:
  handle(watchers& of, std::uint64_t number) : of_(of), number_(number) {}
  handle(const handle&) = delete;
  handle& operator=(const handle&) = delete;
  ~handle() override { of_.end(number_); }

 private:
  watchers& of_;
  std::uint64_t number_;
};

state_watch_ptr watchers::add(std::string_view prefix, function<void(const state_entry&)> changed) {
  if (size() >= watchers_max) return nullptr;
  const std::uint64_t number = ++last_;
  all_.emplace(number, watcher{std::string(prefix), std::move(changed), false});
  return std::make_unique<handle>(*this, number);
}

void watchers::tell(const state_entry& what) {
  telling_ = true;
  // Numbers rise: those who come meanwhile are at the end, and hear of what is the case then.
  for (auto& [number, one] : all_)
    if (!one.gone && what.name.starts_with(one.prefix)) one.changed(what);
  telling_ = false;
  if (gone_ == 0) return;
  std::erase_if(all_, [](const auto& one) { return one.second.gone; });
  gone_ = 0;
}

void watchers::end(std::uint64_t number) {
  const auto at = all_.find(number);
  if (at == all_.end()) return;
  if (!telling_) {
    all_.erase(at);
    return;
  }
  at->second.gone = true;
  ++gone_;
}

}  // namespace mw::anti_entropy
