// watches: a callback may end its own watch or another one while they are called.
// SPDX-License-Identifier: Apache-2.0
#include "watches.h"

#include <algorithm>
#include <utility>

namespace mw::creds {

class watches::watch final : public credential_watch {
 public:
  watch(watches& book, function<void()> changed)
      : book_(book), changed_(std::make_shared<function<void()>>(std::move(changed))) {
    book_.all_.push_back(this);
  }
  watch(const watch&) = delete;
  watch& operator=(const watch&) = delete;
  ~watch() override { std::erase(book_.all_, this); }
  [[nodiscard]] const std::shared_ptr<function<void()>>& changed() const { return changed_; }

 private:
  watches& book_;
  std::shared_ptr<function<void()>> changed_;  // shared: it may end its own watch while it runs
};

std::unique_ptr<credential_watch> watches::add(function<void()> changed) {
  return std::make_unique<watch>(*this, std::move(changed));
}

void watches::call() {
  for (watch* one : std::vector<watch*>(all_)) {
    if (std::find(all_.begin(), all_.end(), one) == all_.end()) continue;  // ended meanwhile
    const auto changed = one->changed();
    (*changed)();
  }
}

}  // namespace mw::creds
