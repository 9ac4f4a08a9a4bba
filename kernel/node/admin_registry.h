// admin_registry: all endpoints that a node's plug-ins offer, callable from any of its lanes.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "lane/lane.h"
#include "platform/platform.h"

#include <mw/admin.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace mw::kernel {

// The offering side of one plug-in; remembers what was wrong for the plug-in's construction.
class admin_service_for_plugin : public admin_service {
 public:
  virtual ~admin_service_for_plugin() = default;
  [[nodiscard]] virtual std::vector<failure> take_failures() = 0;
};

// Endpoints are added and removed on their owner's lane and found on the caller's: a lock guards
// the table, and calls to another lane are posted there and back.
class admin_registry {
 public:
  admin_registry();
  admin_registry(const admin_registry&) = delete;
  admin_registry& operator=(const admin_registry&) = delete;
  ~admin_registry();

  struct entry {
    admin_endpoint endpoint;
    std::string plugin;
    lane* home;
    admin_handler handler;
    feed_handler feed;
  };

  // Paths are bounded so that a plug-in cannot fill the table from what peers send.
  static constexpr std::size_t max_endpoints = 4096;

  [[nodiscard]] std::unique_ptr<admin_service_for_plugin> service_for(std::string plugin,
                                                                      lane& home,
                                                                      resource_ledger& ledger);
  // The serving side for plug-ins on `caller`; lives as long as the registry.
  [[nodiscard]] admin_directory& directory_for(lane& caller);

  // For the registry's own parts.
  [[nodiscard]] status add(std::shared_ptr<entry> added);
  void remove(const std::string& path);
  [[nodiscard]] std::shared_ptr<entry> lookup(std::string_view path) const;
  [[nodiscard]] std::vector<admin_endpoint> list() const;

 private:
  class directory;

  mutable std::mutex mutex_;
  // Shared: a call that was posted to the owner's lane may find the offer withdrawn meanwhile.
  std::map<std::string, std::shared_ptr<entry>, std::less<>> entries_;
  std::map<std::size_t, std::unique_ptr<directory>> directories_;  // by lane
};

}  // namespace mw::kernel
