// metrics: serves the node's metrics in the Prometheus text format.
// SPDX-License-Identifier: Apache-2.0
#include <mw/node_services.h>
#include <mw/plugin.h>

namespace {

class metrics_plugin final : public mw::plugin {
 public:
  struct options {
    std::string path = "/metrics";
    void fields(mw::field_visitor& v) {
      v.field("path", path, "Where the metrics are served; scrapers expect /metrics.");
    }
  };

  static void describe(mw::manifest& m) {
    m.about("Serves the node's metrics to Prometheus.")
        .uses<mw::metrics_source>("source", "The node's metrics; the kernel provides them.")
        .stability(mw::plugin_stability::alpha);
  }

  metrics_plugin(mw::host& host, options opt)
      : source_(host.use<mw::metrics_source>("source")),
        scrapes_(host.counter("mw_metrics_scrapes_total", "Scrapes answered.")),
        refused_(host.counter("mw_metrics_refused_total",
                              "Scrapes refused because one was being rendered already.")),
        duration_(host.histogram("mw_metrics_render_seconds", "Time to render a scrape.",
                                 mw::histogram_unit::seconds)),
        offer_(host.admin().offer({opt.path, "All metrics of this node, for Prometheus."},
                                  [this, &host](const mw::admin_request&, mw::admin_reply reply) {
                                    scrape(host, std::move(reply));
                                  })) {}

 private:
  void scrape(mw::host& host, mw::admin_reply reply) {
    source_.render([this, &host, since = host.now(),
                    reply = std::move(reply)](mw::result<std::string> text) mutable {
      if (!text) {
        refused_.add();
        return reply(mw::admin_failure(text.error()));
      }
      scrapes_.add();
      duration_.record(host.now() - since);
      reply({.content_type = "text/plain; version=0.0.4; charset=utf-8", .body = std::move(*text)});
    });
  }

  mw::metrics_source& source_;
  mw::counter scrapes_;
  mw::counter refused_;
  mw::histogram duration_;
  std::unique_ptr<mw::admin_offer> offer_;
};

}  // namespace

MW_PLUGIN(metrics_plugin, "metrics", "1.0.0")
