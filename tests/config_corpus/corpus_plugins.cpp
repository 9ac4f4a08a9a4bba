// corpus_plugins: between them every option type, capabilities, slots and one event.
// SPDX-License-Identifier: Apache-2.0
#include "corpus_plugins.h"

#include "loader/loader.h"

#include <mw/plugin.h>

#include <array>
#include <map>
#include <optional>
#include <vector>

namespace mw::corpus {
namespace {

struct transport {
  static constexpr std::string_view contract = "corpus.transport/1";
};

struct found {
  static constexpr std::string_view topic = "corpus.found/1";
  static constexpr std::string_view doc = "A peer was found.";
  std::string id;
  std::string zone;
  static constexpr auto fields() {
    return field_list(field<&found::id>("id", "Node id."),
                      field<&found::zone>("zone", "Its zone."));
  }
};

enum class preset { lan, wan, local };
constexpr std::array<std::string_view, 3> option_names(preset) {
  return {"lan", "wan", "local"};
}

class tcp final : public plugin {
 public:
  struct options {
    endpoint listen;
    std::uint16_t backlog = 128;
    bool nodelay = true;
    duration timeout = 250ms;
    duration idle = 1min;
    byte_size frame{std::uint64_t{16} << 20U};
    rate limit{100};
    range connections{1, 4};
    preset tuning = preset::lan;
    std::map<std::string, std::string> labels;

    void fields(field_visitor& v) {
      v.field("listen", listen, "Where to listen.", required);
      v.field("backlog", backlog, "Connections that wait.", between{1, 4096});
      v.field("nodelay", nodelay, "Send small packets at once.");
      v.field("timeout", timeout, "How long to wait.", between_of(1ms, 10s));
      v.field("idle", idle, "When to close.");
      v.field("frame", frame, "The largest frame.");
      v.field("limit", limit, "Frames a second.");
      v.field("connections", connections, "How many at a time.", between{1, 64});
      v.field("preset", tuning, "A set of defaults.");
      v.field("labels", labels, "Free text by name.");
      v.check("timeout", timeout <= idle, "must not be above idle");
    }
  };
  static void describe(manifest& m) {
    m.about("Ordered bytes.").provides<transport>({{"ordered"}});
  }
  tcp(host&, const options&) {}
};

class udp final : public plugin {
 public:
  struct options {
    endpoint listen;
    void fields(field_visitor& v) { v.field("listen", listen, "Where to listen.", required); }
  };
  static void describe(manifest& m) { m.about("Bytes in any order.").provides<transport>(); }
  udp(host&, const options&) {}
};

class tls final : public plugin {
 public:
  struct verify_group {
    std::uint32_t depth = 4;
    void fields(field_visitor& v) { v.field("depth", depth, "Longest chain.", between{1, 16}); }
  };
  struct mirror_group {
    endpoint to;
    void fields(field_visitor& v) { v.field("to", to, "Where copies go.", required); }
  };
  struct options {
    file_path certificate;
    secret password;
    verify_group verify;
    std::optional<mirror_group> mirror;
    void fields(field_visitor& v) {
      v.field("certificate", certificate, "A PEM file.", required);
      v.field("password", password, "Of the key.");
      v.field("verify", verify, "How peers are checked.");
      v.field("mirror", mirror, "A copy of the traffic.");
    }
  };
  static void describe(manifest& m) {
    m.about("Encrypted bytes.").provides<transport>({{"ordered"}, {"secure"}});
    m.uses<transport>("over", "What carries the bytes.", {{"ordered"}});
  }
  tls(host&, const options&) {}
};

class seeds final : public plugin {
 public:
  struct options {
    std::vector<endpoint> peers;
    std::map<std::string, std::string> labels;
    void fields(field_visitor& v) {
      v.field("peers", peers, "Where the others are.", required);
      v.field("labels", labels, "Free text by name.");
    }
  };
  static void describe(manifest& m) { m.about("A list of peers.").publishes<found>(); }
  seeds(host&, const options&) {}
};

class pool final : public plugin {
 public:
  static void describe(manifest& m) { m.about("Connections to peers.").subscribes<found>(); }
  explicit pool(host&) {}
};

template <class T>
void add(kernel::plugin_loader& loader, const char* type) {
  static constexpr plugin_descriptor blank{};
  static plugin_descriptor descriptor = blank;
  descriptor.type = type;
  descriptor.version = "1.0.0";
  descriptor.describe = &mw::detail::describe_plugin<T>;
  descriptor.options = &mw::detail::visit_options<T>;
  descriptor.create = &mw::detail::create_plugin<T>;
  loader.add(descriptor);
}

}  // namespace

void add_plugins(kernel::plugin_loader& loader) {
  add<tcp>(loader, "corpus.tcp");
  add<udp>(loader, "corpus.udp");
  add<tls>(loader, "corpus.tls");
  add<seeds>(loader, "corpus.seeds");
  add<pool>(loader, "corpus.pool");
}

}  // namespace mw::corpus
