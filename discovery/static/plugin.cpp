// discovery.static: the peers that the YAML or a file lists; the file is looked at again and again.
// SPDX-License-Identifier: Apache-2.0
#include "common/sources/published_peers.h"
#include "common/sources/waiters.h"
#include "peer_file.h"

#include <mw/discovery.h>
#include <mw/plugin.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace static_peers {
namespace {

struct member {
  mw::endpoint address;
  std::string id;
  std::string zone;
  void fields(mw::field_visitor& v) {
    v.field("address", address, "Where the peer listens.", mw::required);
    v.field("id", id, "Its node id, when it is known beforehand. Default: it says so itself.");
    v.field("zone", zone, "Its zone. Default: it says so itself.");
    using mw::sources::check_name;
    v.check("id", id.empty() || check_name(id), "has letters, digits and ._-, at most 128 bytes");
    v.check("zone", zone.empty() || check_name(zone),
            "has letters, digits and ._-, at most 128 bytes");
  }
};

struct options {
  std::vector<mw::endpoint> peers;
  std::vector<member> members;
  std::optional<mw::file_path> file;
  mw::duration reload = mw::duration(5'000'000'000);
  void fields(mw::field_visitor& v) {
    v.field("peers", peers,
            "Endpoints of peers. This node's own address may be among them, so that all nodes can "
            "share one list.");
    v.field("members", members, "Peers with their ids and zones.");
    v.field("file", file,
            "A file with more peers, a line each: ADDRESS [id=NAME] [zone=NAME]; # begins a "
            "comment. When it cannot be read or understood, the last good list stays.");
    v.field("reload", reload,
            "How often the file is read again. Shorter finds changes sooner and reads more.",
            mw::between_of(mw::duration(100'000'000), mw::duration(86'400'000'000'000)));
    v.check("peers", peers.size() + members.size() <= mw::sources::peers_max,
            "at most 10000 peers can be listed, here and in members");
  }
};

class static_discovery final : public mw::plugin, private mw::discovery {
 public:
  using options = static_peers::options;

  static void describe(mw::manifest& m) {
    m.about("Lists the peers that the YAML or a file names.")
        .provides<mw::discovery>({{"watches"}})
        .publishes<mw::peer_found>()
        .publishes<mw::peer_lost>()
        .reports_ready()
        .stability(mw::plugin_stability::stable);
  }

  static_discovery(mw::host& host, const options& opt)
      : host_(host),
        file_path_(opt.file),
        reload_(opt.reload),
        listed_(host.gauge("mw_discovery_static_peers", "Peers that are listed.")),
        reads_(host.counter("mw_discovery_static_reads_total", "Readings of the file.")),
        failures_(host.counter("mw_discovery_static_failures_total",
                               "Readings that failed: the last good list stays.")),
        listed_peers_(host),
        waiting_(host, "mw_discovery_static_") {
    for (const mw::endpoint& at : opt.peers) fixed_.push_back(listed(to_string(at), "", ""));
    for (const member& one : opt.members)
      fixed_.push_back(listed(to_string(one.address), one.id, one.zone));
    if (const mw::status fine = mw::sources::normalise(fixed_); !fine)
      throw std::invalid_argument(fine.error().text());
    host.provide<mw::discovery>(*this);
    page_ = host.admin().offer({"/discovery/" + std::string(host.name()), "Peers that are listed."},
                               [this](const mw::admin_request&, mw::admin_reply reply) {
                                 reply({.status = 200, .body = listed_peers_.as_json()});
                               });
  }

  mw::status start() override {
    look_again_ = host_.make_timer([this] { read_file(); });
    answer_ = host_.make_timer([this] { tell_all({}); });
    MW_CHECK(take({}));
    if (file_path_)
      read_file();
    else
      host_.status().ready();
    return {};
  }

 private:
  static mw::peer_found listed(std::string address, std::string id, std::string zone) {
    return {.id = std::move(id), .address = std::move(address), .zone = std::move(zone)};
  }

  std::vector<mw::peer_found> peers() const override { return listed_peers_.list(); }

  void refresh(mw::function<void(mw::status)> done) override {
    waiting_.add(std::move(done));
    if (!file_path_)
      answer_->arm(mw::duration::zero());
    else if (!reading_)
      read_file();
  }

  mw::result<std::unique_ptr<mw::announcement>> announce(const mw::self_description&) override {
    return {mw::errc::unsupported,
            "discovery.static is a list: add this node to it on the other nodes"};
  }

  void read_file() {
    reading_ = true;
    look_again_->cancel();  // refresh() came first; the end of this reading arms it again
    reads_.add();
    host_.files().open(*file_path_, mw::open_mode::read, [this](mw::result<mw::file_ptr> opened) {
      if (!opened) return finish_reading(opened.error());
      file_ = std::move(*opened);
      // One byte more than allowed shows that it is too long.
      const std::size_t size = std::min<std::uint64_t>(file_->size(), file_max + 1);
      file_->read(0, size, [this](const mw::result<mw::slice>& content) {
        file_.reset();
        if (!content) return finish_reading(content.error());
        auto list = parse_peers(content->text());
        if (!list) return finish_reading(list.error());
        finish_reading(take(std::move(*list)));
      });
    });
  }

  void finish_reading(const mw::status& outcome) {
    reading_ = false;
    if (!outcome) complain(outcome.error());
    if (outcome && troubled_) host_.log().info("the list can be read again", {{"file", path()}});
    troubled_ = !outcome;
    if (outcome)
      host_.status().ready();
    else
      host_.status().degraded(path() + ": " + outcome.error().text());
    look_again_->arm(reload_);
    tell_all(outcome);
  }

  void complain(const mw::failure& why) {
    failures_.add();
    if (!troubled_)
      host_.log().warn("the last good list of peers stays",
                       {{"file", path()}, {"why", why.text()}});
  }

  // The new list is what is fixed and what the file says; the fixed entries win.
  mw::status take(peer_list from_file) {
    from_file.insert(from_file.end(), fixed_.begin(), fixed_.end());
    MW_CHECK(listed_peers_.take(std::move(from_file)));
    listed_.set(static_cast<double>(listed_peers_.list().size()));
    return {};
  }

  void tell_all(const mw::status& outcome) { waiting_.answer(outcome); }

  [[nodiscard]] const std::string& path() const { return file_path_->text; }

  mw::host& host_;
  std::optional<mw::file_path> file_path_;
  mw::duration reload_;
  mw::gauge listed_;
  mw::counter reads_;
  mw::counter failures_;
  mw::sources::published_peers listed_peers_;
  peer_list fixed_;  // from the YAML
  bool reading_ = false;
  bool troubled_ = false;
  mw::sources::waiters waiting_;
  mw::file_ptr file_;
  std::unique_ptr<mw::admin_offer> page_;  // these last: they die first
  mw::timer answer_;
  mw::timer look_again_;
};

}  // namespace
}  // namespace static_peers

MW_PLUGIN(static_peers::static_discovery, "discovery.static", "1.0.0")
