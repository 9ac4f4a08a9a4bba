// security.firewall: admission to the node: lists, rates, shares, cool-downs.
// SPDX-License-Identifier: Apache-2.0
#include "guard.h"
#include "networks/list_file.h"
#include "pages.h"
#include "settings.h"
#include "tools.h"

#include <mw/plugin.h>

#include <algorithm>
#include <string>
#include <utility>

namespace mw::firewall {
namespace {

class firewall_plugin final : public plugin {
 public:
  using options = settings;

  static void describe(manifest& m) {
    m.about("Decides who may connect, how often, and how much each connection may take.")
        .provides<admission>()
        .publishes<alert_raised>()
        .publishes<alert_cleared>()
        .reports_ready()
        .stability(plugin_stability::alpha)
        .trust(plugin_trust::hostile_peer);
  }
  static std::span<const tool> tools() { return firewall_tools(); }

  firewall_plugin(host& host, const options& opt)
      : host_(host),
        fixed_(opt.lists()),
        file_path_(opt.file),
        reload_(opt.reload),
        guard_(host, opt.to_rules(), opt.alert.per_second),
        pages_(offer_pages(host, guard_)),
        look_again_(host.make_timer([this] { read_file(); })) {
    take({});
    host.provide<admission>(guard_);
  }

  // With a file of lists it is ready only once that was read: nobody comes in before.
  mw::status start() override {
    if (file_path_)
      read_file();
    else
      host_.status().ready();
    return {};
  }

 private:
  void take(const entry_list& from_file) {
    prefix_trie lists;
    add_to(lists, fixed_);
    add_to(lists, from_file);
    guard_.set_lists(std::move(lists));
  }

  void read_file() {
    guard_.metrics().reads.add();
    host_.files().open(*file_path_, open_mode::read, [this](result<file_ptr> opened) {
      if (!opened) return finish_reading(opened.error());
      file_ = std::move(*opened);
      // One byte more than allowed shows that it is too long.
      const std::size_t size = std::min<std::uint64_t>(file_->size(), list_bytes_max + 1);
      file_->read(0, size, [this](const result<slice>& content) {
        file_.reset();
        if (!content) return finish_reading(content.error());
        const auto lists = parse_lists(content->text());
        if (!lists) return finish_reading(lists.error());
        take(*lists);
        finish_reading({});
      });
    });
  }

  void finish_reading(const mw::status& outcome) {
    if (!outcome) {
      guard_.metrics().read_failures.add();
      if (!troubled_)
        host_.log().warn("the last good lists stay",
                         {{"file", file_path_->text}, {"why", outcome.error()}});
      host_.status().degraded(file_path_->text + ": " + outcome.error().text());
    } else {
      if (troubled_) host_.log().info("the lists can be read again", {{"file", file_path_->text}});
      host_.status().ready();
    }
    troubled_ = !outcome;
    look_again_->arm(reload_);
  }

  host& host_;
  const entry_list fixed_;
  const std::optional<file_path> file_path_;
  const duration reload_;
  bool troubled_ = false;
  guard guard_;
  std::vector<std::unique_ptr<admin_offer>> pages_;
  file_ptr file_;
  timer look_again_;  // last: it dies first
};

}  // namespace
}  // namespace mw::firewall

MW_PLUGIN(mw::firewall::firewall_plugin, "security.firewall", "0.1.0")
