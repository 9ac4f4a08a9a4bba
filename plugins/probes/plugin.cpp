// probes: liveness, readiness and startup probes, and the node's state as JSON.
// SPDX-License-Identifier: Apache-2.0
#include "reports.h"

#include <mw/plugin.h>

#include <algorithm>
#include <vector>

namespace {

class probes final : public mw::plugin {
 public:
  static void describe(mw::manifest& m) {
    m.about("Answers /livez, /readyz, /startupz and /status.")
        .uses<mw::node_status>("status", "State of the node; the kernel provides it.")
        .stability(mw::plugin_stability::alpha);
  }

  explicit probes(mw::host& host)
      : host_(host),
        status_(host.use<mw::node_status>("status")),
        not_ready_(
            host.counter("mw_probes_not_ready_total", "Readiness probes answered with 503.")) {
    offer("/livez", "200 as long as the node can answer at all.",
          [](const mw::admin_request&) { return mw::probes::live(); });
    offer("/readyz", "200 when the node is ready; ?verbose lists every plug-in.",
          [this](const mw::admin_request& request) { return ready(request); });
    offer("/startupz", "200 once the node has been ready for the first time.",
          [this](const mw::admin_request&) { return mw::probes::startup(status_.phase()); });
    offer("/status", "The node and its plug-ins as JSON.", [this](const mw::admin_request&) {
      return mw::probes::status_json(host_.node(), status_.phase(), status_.plugins());
    });
  }

 private:
  template <class Answer>
  void offer(std::string path, std::string summary, Answer answer) {
    offers_.push_back(
        host_.admin().offer({std::move(path), std::move(summary)},
                            [answer](const mw::admin_request& request, mw::admin_reply reply) {
                              reply(answer(request));
                            }));
  }

  mw::admin_response ready(const mw::admin_request& request) {
    const bool verbose = std::any_of(request.query.begin(), request.query.end(),
                                     [](const auto& pair) { return pair.first == "verbose"; });
    mw::admin_response answer = mw::probes::ready(status_.phase(), status_.plugins(), verbose);
    if (answer.status != 200) not_ready_.add();
    return answer;
  }

  mw::host& host_;
  mw::node_status& status_;
  mw::counter not_ready_;
  std::vector<std::unique_ptr<mw::admin_offer>> offers_;
};

}  // namespace

MW_PLUGIN(probes, "probes", "1.0.0")
