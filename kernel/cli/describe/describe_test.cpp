// describe_test: every kind of name is explained, for people and for programs.
// SPDX-License-Identifier: Apache-2.0
#include "explain.h"
#include "plugin_text.h"

#include <mw/admin.h>
#include <mw/plugin.h>

#include <doctest/doctest.h>

#include <algorithm>

namespace mw::kernel::cli {
namespace {

struct wire {
  static constexpr std::string_view contract = "test.wire/2";
};

struct knock {
  static constexpr std::string_view topic = "test.knock/1";
  static constexpr std::string_view doc = "Somebody is at the door.";
  std::string who;
  duration waited{};
  static constexpr auto fields() {
    return field_list(field<&knock::who>("who", "Their name."),
                      field<&knock::waited>("waited", "For how long."));
  }
};

class door final : public plugin {
 public:
  struct bell_group {
    std::uint32_t loudness = 3;
    void fields(field_visitor& v) {
      v.field("loudness", loudness, "How loud.", between{1, 10}, live);
    }
  };
  struct options {
    bell_group bell;
    endpoint street;
    void fields(field_visitor& v) {
      v.field("bell", bell, "The bell.");
      v.field("street", street, "Where it stands.", required);
    }
  };
  door(host&, const options&) {}
  static void describe(mw::manifest& m) {
    m.about("Opens and closes.").publishes<knock>().stability(plugin_stability::stable);
    m.provides<wire>({{"ordered"}, {"max_frame", 4096}}).trust(plugin_trust::hostile_peer);
  }
};

class guard final : public plugin {
 public:
  explicit guard(host&) {}
  static void describe(mw::manifest& m) {
    m.about("Watches a door.").subscribes<knock>().uses_foreign_io();
    m.uses<wire>("post", "What to watch.", {{"ordered"}});
    m.may_use<wire>("second", "Another one.").uses_all<wire>("others", "All the rest.");
    m.uses<admin_directory>("directory", "Of the node.");
  }
};

template <class T>
plugin_descriptor descriptor_of(const char* type) {
  return {.type = type,
          .version = "1.2.3",
          .describe = &mw::detail::describe_plugin<T>,
          .options = &mw::detail::visit_options<T>,
          .create = &mw::detail::create_plugin<T>};
}

// The plug-ins above, as if they were installed.
struct house {
  plugin_descriptor door_type = descriptor_of<door>("house.door");
  plugin_descriptor guard_type = descriptor_of<guard>("guard");
  installed_plugins installed;

  house() {
    installed.loader = std::make_unique<plugin_loader>(std::vector<std::string>());
    installed.loader->add(door_type);
    installed.loader->add(guard_type);
    for (const char* type : {"guard", "house.door"})
      installed.plugins.push_back(std::get<const loaded_plugin*>(installed.loader->load(type)));
  }
  [[nodiscard]] std::string text(std::string_view name) const {
    const auto found = explain(name, installed, false);
    return found ? found->text : "unknown; near " + nearest_name(name, installed);
  }
  [[nodiscard]] std::string json(std::string_view name) const {
    const auto found = explain(name, installed, false);
    return found ? found->json : "unknown";
  }
};

TEST_CASE("a plug-in in a paragraph: contracts with their capabilities, and events") {
  const house here;
  CHECK(plugin_paragraph(*here.installed.plugins[1], false) ==
        "house.door 1.2.3 (stable, hostile-peer)\n"
        "    Opens and closes.\n"
        "    provides    test.wire/2 {ordered, max_frame 4096}\n"
        "    publishes   test.knock/1\n");
  CHECK(plugin_paragraph(*here.installed.plugins[0], false) ==
        "guard 1.2.3 (alpha, local-only, foreign I/O)\n"
        "    Watches a door.\n"
        "    uses        post: test.wire/2 {ordered}\n"
        "    uses        second: test.wire/2 (optional)\n"
        "    uses        others: test.wire/2 (any number)\n"
        "    uses        admin.directory/1 (of the node itself)\n"
        "    subscribes  test.knock/1\n");
}

TEST_CASE("a plug-in on a page: slots, events and options with their docs") {
  const house here;
  CHECK(here.text("guard") ==
        "guard 1.2.3 (alpha, local-only, foreign I/O)\n"
        "    Watches a door.\n"
        "    library     (built in)\n"
        "\nSlots (keys that name another stanza)\n"
        "  post: test.wire/2 {ordered}\n      What to watch.\n"
        "  second: test.wire/2 (optional)\n      Another one.\n"
        "  others: test.wire/2 (any number)\n      All the rest.\n"
        "\nSubscribes\n  test.knock/1\n      Somebody is at the door.\n"
        "\nOptions\n  none besides those that all stanzas have (mw explain stanza)\n");
  CHECK(here.text("house.door").find("street: an endpoint") != std::string::npos);
  CHECK(here.json("house.door").starts_with(R"({"kind":"plugin","plugin":{"type":"house.door")"));
  CHECK(here.json("house.door").find(R"("has":{"ordered":1,"max_frame":4096})") !=
        std::string::npos);
  CHECK(here.json("guard").find(R"({"slot":"post","contract":"test.wire/2","count":"one",)") !=
        std::string::npos);
}

TEST_CASE("options: of types with dots, in groups, of all stanzas, and slots") {
  const house here;
  CHECK(here.text("house.door.street").starts_with("street: an endpoint"));
  CHECK(here.text("house.door.bell.loudness").starts_with("loudness: a whole number from 1 to 10"));
  CHECK(here.text("guard.readiness").starts_with("readiness: "));
  CHECK(here.text("guard.post") ==
        "post: the name of a stanza that provides test.wire/2 {ordered}\n    What to watch.\n");
  CHECK(here.json("guard.post").starts_with(R"({"kind":"slot","of":"guard","slot":"post",)"));
  CHECK_MESSAGE(here.text("guard.directory").starts_with("unknown"), "no key of a stanza");
  CHECK(here.json("house.door.bell.loudness").find(R"("live":true,"default":3)") !=
        std::string::npos);
}

TEST_CASE("events and contracts, with and without their version") {
  const house here;
  CHECK(here.text("test.knock") ==
        "test.knock/1\n    Somebody is at the door.\n"
        "\nFields (for filters and logs)\n"
        "  who: text\n      Their name.\n  waited: duration\n      For how long.\n"
        "\npublished by house.door\nsubscribed by guard\n");
  CHECK(here.text("test.knock/1") == here.text("test.knock"));
  CHECK(here.text("test.wire") ==
        "test.wire/2\n    provided_by  house.door\n    used_by      guard\n");
  CHECK(here.json("test.wire/2") ==
        R"({"kind":"contract","contract":"test.wire/2","provided_by":["house.door"],)"
        R"("used_by":["guard"]})");
  CHECK(here.text("admin.directory").find("(the node itself)") != std::string::npos);
  CHECK(here.text("test.knock/2").starts_with("unknown"));
}

TEST_CASE("wrong names lead to the nearest ones, options included") {
  const house here;
  CHECK(here.text("house.dor") == "unknown; near house.door");
  CHECK(here.text("house.door.stret") == "unknown; near house.door.street");
  CHECK(here.text("guard.readyness") == "unknown; near guard.readiness");
  CHECK(here.text("node.zonne") == "unknown; near node.zone");
  CHECK(here.text("test.knok") == "unknown; near test.knock");
  CHECK(here.text("qqqqqqqqqq") == "unknown; near ");
}

TEST_CASE("all names that are listed can be explained") {
  const house here;
  const std::vector<std::string> names = explained_names(here.installed);
  CHECK(std::is_sorted(names.begin(), names.end()));
  for (const std::string& name : names) CHECK_MESSAGE(explain(name, here.installed, false), name);
}

TEST_CASE("titles are bold on terminals") {
  const house here;
  CHECK(explain("guard", here.installed, true)->text.starts_with("\x1b[1mguard\x1b[0m 1.2.3"));
}

}  // namespace
}  // namespace mw::kernel::cli
