// admin_registry: offers, look-ups and calls that hop to the owner's lane and back.
// SPDX-License-Identifier: Apache-2.0
#include "node/admin_registry.h"

#include <algorithm>
#include <exception>
#include <utility>

namespace mw::kernel {
namespace {

// Keeps a request alive while it travels to another lane.
struct kept_request {
  explicit kept_request(const admin_request& r)
      : path(r.path), body(r.body), caller(r.caller), query(r.query) {}
  [[nodiscard]] admin_request view() const { return {path, body, caller, query}; }

  std::string path;
  std::string body;
  std::string caller;
  std::vector<std::pair<std::string, std::string>> query;
};

// A reply on its way home from another lane. However it ends, it ends on its own lane: dropped
// unanswered it is destroyed there.
class homing_reply {
 public:
  homing_reply(lane& home, admin_reply reply) : home_(home), reply_(std::move(reply)) {}
  homing_reply(const homing_reply&) = delete;
  homing_reply& operator=(const homing_reply&) = delete;
  ~homing_reply() {
    if (reply_) home_.post([dropped = std::move(reply_)] {});
  }
  void send(admin_response response) {
    home_.post([reply = std::exchange(reply_, nullptr), response = std::move(response)]() mutable {
      reply(std::move(response));
    });
  }

 private:
  lane& home_;
  admin_reply reply_;
};

// A handler is a plug-in's code: what it throws ends here, and its reply is dropped.
void run(const admin_registry::entry& target, const admin_request& request, admin_reply reply) {
  try {
    target.handler(request, std::move(reply));
  } catch (const std::exception&) {
    return;
  }
}

class offer_handle final : public admin_offer {
 public:
  offer_handle(admin_registry& registry, std::string path, resource_ledger& ledger)
      : entry_(ledger.offers), registry_(registry), path_(std::move(path)) {}
  offer_handle(const offer_handle&) = delete;
  offer_handle& operator=(const offer_handle&) = delete;
  ~offer_handle() override { registry_.remove(path_); }

 private:
  ledger_entry entry_;
  admin_registry& registry_;
  std::string path_;
};

class service final : public admin_service_for_plugin {
 public:
  service(admin_registry& registry, std::string plugin, lane& home, resource_ledger& ledger)
      : registry_(registry), plugin_(std::move(plugin)), home_(home), ledger_(ledger) {}

  std::unique_ptr<admin_offer> offer(admin_endpoint endpoint, admin_handler handler) override {
    return add(std::move(endpoint), std::move(handler), nullptr);
  }
  std::unique_ptr<admin_offer> offer_feed(admin_endpoint endpoint, feed_handler handler) override {
    endpoint.kind = admin_kind::feed;
    return add(std::move(endpoint), nullptr, std::move(handler));
  }
  std::vector<failure> take_failures() override { return std::exchange(failures_, {}); }

 private:
  std::unique_ptr<admin_offer> add(admin_endpoint endpoint, admin_handler handler,
                                   feed_handler feed) {
    const std::string path = endpoint.path;
    status added = registry_.add(std::make_shared<admin_registry::entry>(admin_registry::entry{
        std::move(endpoint), plugin_, &home_, std::move(handler), std::move(feed)}));
    // The plug-in is about to be refused: the handle must not remove somebody else's endpoint.
    if (!added) failures_.push_back(std::move(added).error());
    return std::make_unique<offer_handle>(registry_, added ? path : std::string(), ledger_);
  }

  admin_registry& registry_;
  std::string plugin_;
  lane& home_;
  resource_ledger& ledger_;
  std::vector<failure> failures_;
};

}  // namespace

class admin_registry::directory final : public admin_directory {
 public:
  directory(const admin_registry& registry, lane& caller) : registry_(registry), caller_(caller) {}

  std::vector<admin_endpoint> endpoints() const override { return registry_.list(); }
  std::optional<admin_endpoint> find(std::string_view path) const override {
    const auto found = registry_.lookup(path);
    if (found == nullptr) return std::nullopt;
    return found->endpoint;
  }

  status call(const admin_request& request, admin_reply reply) override {
    const auto target = registry_.lookup(request.path);
    if (target == nullptr) return none(request.path);
    if (!target->handler)
      return failure(errc::unsupported, std::string(request.path) + " is a feed");
    if (target->home == &caller_) {
      run(*target, request, std::move(reply));
      return {};
    }
    auto reply_home = std::make_unique<homing_reply>(caller_, std::move(reply));
    target->home->post([target, kept = kept_request(request), &registry = registry_,
                        reply_home = std::move(reply_home)]() mutable {
      // Withdrawn meanwhile: dropping the reply answers "no answer".
      if (registry.lookup(kept.path) != target) return;
      run(*target, kept.view(),
          [reply_home = std::move(reply_home)](admin_response response) mutable {
            reply_home->send(std::move(response));
          });
    });
    return {};
  }

  status open_feed(const admin_request& request, std::unique_ptr<admin_feed> feed) override {
    const auto target = registry_.lookup(request.path);
    if (target == nullptr) return none(request.path);
    if (!target->feed)
      return failure(errc::unsupported, std::string(request.path) + " is not a feed");
    if (target->home != &caller_) {
      return failure(errc::unsupported, "the feed " + std::string(request.path) + " belongs to '" +
                                            target->plugin +
                                            "' on another lane: put both on one lane");
    }
    target->feed(request, std::move(feed));
    return {};
  }

 private:
  static failure none(std::string_view path) {
    return {errc::not_found, "no plug-in offers " + std::string(path)};
  }

  const admin_registry& registry_;
  lane& caller_;
};

admin_registry::admin_registry() = default;
admin_registry::~admin_registry() = default;

std::unique_ptr<admin_service_for_plugin> admin_registry::service_for(std::string plugin,
                                                                      lane& home,
                                                                      resource_ledger& ledger) {
  return std::make_unique<service>(*this, std::move(plugin), home, ledger);
}

admin_directory& admin_registry::directory_for(lane& caller) {
  const std::lock_guard lock(mutex_);
  auto& made = directories_[caller.index()];
  if (made == nullptr) made = std::make_unique<directory>(*this, caller);
  return *made;
}

status admin_registry::add(std::shared_ptr<entry> added) {
  const std::lock_guard lock(mutex_);
  const std::string& path = added->endpoint.path;
  if (!path.starts_with('/'))
    return {errc::invalid, "the admin path '" + path + "' does not begin with '/'"};
  if (entries_.size() >= max_endpoints) {
    return {errc::overloaded, "cannot offer " + path + ": the node has " +
                                  std::to_string(max_endpoints) + " admin endpoints already"};
  }
  const auto [known, fresh] = entries_.try_emplace(path, added);
  if (fresh) return {};
  return {errc::invalid,
          "offers " + path + ", which '" + known->second->plugin + "' offers already"};
}

void admin_registry::remove(const std::string& path) {
  const std::lock_guard lock(mutex_);
  entries_.erase(path);
}

std::shared_ptr<admin_registry::entry> admin_registry::lookup(std::string_view path) const {
  const std::lock_guard lock(mutex_);
  if (const auto exact = entries_.find(path); exact != entries_.end()) return exact->second;
  // "/a/b" may be served by "/a/b/*", "/a/*" or "/*": the longest wins.
  for (std::string prefix(path);;) {
    const std::size_t slash = prefix.rfind('/');
    if (slash == std::string::npos) return nullptr;
    prefix.resize(slash);
    if (const auto wide = entries_.find(prefix + "/*"); wide != entries_.end()) return wide->second;
  }
}

std::vector<admin_endpoint> admin_registry::list() const {
  const std::lock_guard lock(mutex_);
  std::vector<admin_endpoint> all;
  for (const auto& [path, one] : entries_) all.push_back(one->endpoint);
  return all;
}

}  // namespace mw::kernel
