// host_services: the table of services behind a host, one per plug-in instance.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/admin.h>
#include <mw/bus.h>
#include <mw/datagrams.h>
#include <mw/files.h>
#include <mw/log.h>
#include <mw/metrics.h>
#include <mw/names.h>
#include <mw/processes.h>
#include <mw/random.h>
#include <mw/streams.h>
#include <mw/time.h>
#include <mw/work.h>

#include <string>
#include <string_view>
#include <vector>

namespace mw {

// Who this node is, from the `node:` section.
struct node_info {
  std::string id;
  std::string cluster;
  std::string zone;
  std::string datacenter;
  std::string data_dir;
};

// Contracts by name, as wired by the kernel. Used through host.use() and friends.
class wiring_service {
 public:
  // The providers bound to `slot`; empty when none. A slot that describe() did not declare fails
  // the construction of the plug-in.
  virtual std::vector<void*> bound(std::string_view slot, std::string_view contract) = 0;
  virtual void provide(std::string_view contract, void* implementation) = 0;

 protected:
  ~wiring_service() = default;
};

// How a plug-in tells the node about its state; shown by /readyz and `mw status`.
class status_service {
 public:
  virtual void ready() = 0;
  virtual void degraded(std::string_view why) = 0;
  // The plug-in cannot go on; the node applies the stanza's `on_failure` policy.
  virtual void failed(std::string_view why) = 0;

 protected:
  ~status_service() = default;
};

// A table of services; grows at the end only, so that older plug-ins stay loadable.
struct host_services {
  const node_info* node;
  std::string_view plugin_name;  // the key in the YAML
  time_service* time;
  random_service* random;
  stream_service* streams;
  datagram_service* datagrams;
  file_service* files;
  work_service* work;
  log_service* log;
  metric_service* metrics;
  bus_service* bus;
  wiring_service* wiring;
  status_service* status;
  admin_service* admin;
  name_service* names;
  process_service* processes;
};

}  // namespace mw
