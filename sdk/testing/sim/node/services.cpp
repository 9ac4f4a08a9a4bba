// services: the services of one plug-in on one lane.
// SPDX-License-Identifier: Apache-2.0
#include "services.h"

#include "command_desk.h"
#include "disk/path_service.h"
#include "net/dial_attempt.h"
#include "net/listening.h"
#include "net/name_desk.h"
#include "net/network.h"
#include "net/packet_socket.h"
#include "process.h"
#include "work_desk.h"

#include <utility>

namespace mw::sim {

namespace {

class stream_desk final : public stream_service {
 public:
  stream_desk(lane& home, kernel::resource_ledger& ledger)
      : lane_(home), ledger_(ledger), net_(home.home().net().streams()) {}

  result<listener_ptr> listen(const endpoint& at, const stream_options& options,
                              function<void(stream_ptr)> accepted) override {
    return listening::make(lane_, ledger_, net_, at, options, std::move(accepted));
  }
  dial_ptr dial(const endpoint& to, const stream_options& options, duration deadline,
                function<void(result<stream_ptr>)> done) override {
    auto made = std::make_unique<dial_attempt>(lane_, ledger_, net_, std::move(done));
    made->begin(to, options, deadline);
    return made;
  }

 private:
  lane& lane_;
  kernel::resource_ledger& ledger_;
  stream_network& net_;
};

class datagram_desk final : public datagram_service {
 public:
  datagram_desk(lane& home, kernel::resource_ledger& ledger)
      : lane_(home), ledger_(ledger), net_(home.home().net().datagrams()) {}

  result<datagram_ptr> open(const endpoint& at, const datagram_options& options,
                            function<void(const datagram&)> received) override {
    return packet_socket::make(lane_, ledger_, net_, at, options, std::move(received));
  }

 private:
  lane& lane_;
  kernel::resource_ledger& ledger_;
  datagram_network& net_;
};

class simulated_services final : public kernel::plugin_services {
 public:
  simulated_services(lane& home, const kernel::plugin_scope& scope)
      : streams_(home, scope.ledger),
        datagrams_(home, scope.ledger),
        files_(home, scope),
        work_(home, scope.ledger),
        names_(home, scope),
        commands_(home, scope) {}

  stream_service& streams() override { return streams_; }
  datagram_service& datagrams() override { return datagrams_; }
  file_service& files() override { return files_; }
  work_service& work() override { return work_; }
  name_service& names() override { return names_; }
  process_service& processes() override { return commands_; }

 private:
  stream_desk streams_;
  datagram_desk datagrams_;
  path_service files_;
  work_desk work_;
  name_desk names_;
  command_desk commands_;
};

}  // namespace

std::unique_ptr<kernel::plugin_services> make_services(lane& home,
                                                       const kernel::plugin_scope& scope) {
  return std::make_unique<simulated_services>(home, scope);
}

}  // namespace mw::sim
