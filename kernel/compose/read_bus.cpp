// read_bus: checks the `bus:` section against what the plug-ins declare.
// SPDX-License-Identifier: Apache-2.0
#include "bus/filter/filter.h"
#include "compose/compose.h"
#include "config/nearest.h"

#include <algorithm>
#include <string>
#include <variant>
#include <vector>

namespace mw::kernel {
namespace {

using event_list = std::vector<const event_type*> manifest::*;

const event_type* event_in(const stanza& s, event_list which, std::string_view on) {
  if (s.plugin == nullptr) return nullptr;
  for (const event_type* type : s.plugin->declared.*which)
    if (topic_matches(on, type->topic)) return type;
  return nullptr;
}

class bus_reader {
 public:
  bus_reader(compose_result& out, diagnostics& found)
      : out_(out), node_(out.node), found_(found), complete_(all_loaded()) {}

  void run(const tree_node& list) {
    if (!list.is_list()) {
      found_.error("BUS0001", list.where(), "`bus` is " + std::string(to_string(list.kind)))
          .at_key("bus")
          .expecting("a list of rules: - { on: peer.found, to: [pool] }");
      return;
    }
    for (std::size_t i = 0; i < list.children.size(); ++i)
      read(list.children[i], "bus[" + std::to_string(i) + "]");
  }

 private:
  // With a library missing, topics and plug-ins cannot be judged.
  [[nodiscard]] bool all_loaded() const {
    return std::all_of(node_.stanzas.begin(), node_.stanzas.end(),
                       [](const stanza& s) { return s.plugin != nullptr; });
  }

  void read(const tree_node& item, const std::string& path) {
    option_context context{node_.document->sources, found_,
                           [this](const std::string& p) { return node_.document->read_secret(p); }};
    option_reader reader(context, &item, path, item.where());
    bus_rule rule;
    rule.fields(reader);
    reader.finish();
    out_.values.insert(out_.values.end(), reader.values().begin(), reader.values().end());
    if (reader.ok() && complete_) check(item, path, rule);
    node_.rules.push_back(std::move(rule));
  }

  void check(const tree_node& item, const std::string& path, const bus_rule& rule) {
    const event_type* type = find_topic(rule.on);
    if (type == nullptr) return unknown_topic(*item.find("on"), path, rule.on);
    check_names(item, path, "from", rule, &manifest::published, "publishes");
    check_names(item, path, "to", rule, &manifest::subscribed, "subscribes to");
    check_filter(item, path, rule, *type);
    check_key(item, path, rule, *type);
  }

  [[nodiscard]] const event_type* find_topic(std::string_view on) const {
    for (const stanza& s : node_.stanzas) {
      for (const event_list which : {&manifest::published, &manifest::subscribed})
        if (const event_type* type = event_in(s, which, on)) return type;
    }
    return nullptr;
  }

  void unknown_topic(const tree_node& on, const std::string& path, const std::string& name) {
    std::vector<std::string> topics;
    for (const stanza& s : node_.stanzas) {
      for (const event_list which : {&manifest::published, &manifest::subscribed})
        for (const event_type* type : s.plugin->declared.*which)
          topics.emplace_back(type->topic.substr(0, type->topic.rfind('/')));
    }
    std::sort(topics.begin(), topics.end());
    topics.erase(std::unique(topics.begin(), topics.end()), topics.end());
    found_.error("BUS0002", on.where(), "no plug-in of this node publishes or hears '" + name + "'")
        .at_key(path + ".on")
        .expecting(topics.empty() ? "no plug-in here has events" : "one of " + list_names(topics))
        .suggesting(nearest(name, topics));
  }

  void check_names(const tree_node& item, const std::string& path, std::string_view key,
                   const bus_rule& rule, event_list which, std::string_view verb) {
    const tree_node* list = item.find(key);
    if (list == nullptr) return;
    for (const tree_node& one : list->children) {
      std::vector<std::string> names;
      const stanza* named = nullptr;
      for (const stanza& s : node_.stanzas) {
        names.push_back(s.name);
        if (s.name == one.scalar) named = &s;
      }
      if (named == nullptr && one.scalar == "node") continue;
      if (named == nullptr) {
        found_.error("BUS0003", one.where(), "there is no plug-in named '" + one.scalar + "'")
            .at_key(path + "." + std::string(key))
            .expecting("one of " + list_names(names))
            .suggesting(nearest(one.scalar, names));
      } else if (event_in(*named, which, rule.on) == nullptr) {
        found_
            .error("BUS0004", one.where(),
                   "'" + one.scalar + "' never " + std::string(verb) + " " + rule.on)
            .at_key(path + "." + std::string(key))
            .noting("'" + one.scalar + "' is this plug-in", named->settings->key_where)
            .helping("`mw explain " + std::string(named->plugin->type()) + "` lists its events");
      }
    }
  }

  void check_filter(const tree_node& item, const std::string& path, const bus_rule& rule,
                    const event_type& type) {
    const tree_node* where = item.find("where");
    if (where == nullptr || rule.where.empty()) return;
    auto compiled = compile_filter(rule.where, type.fields);
    const auto* wrong = std::get_if<filter_error>(&compiled);
    if (wrong == nullptr) return;
    span at = where->where();
    at.column +=
        static_cast<std::uint32_t>(count_code_points(rule.where.substr(0, wrong->offset))) +
        (where->quoted ? 1 : 0);
    at.length = static_cast<std::uint32_t>(std::max<std::size_t>(wrong->length, 1));
    found_.error("BUS0005", at, wrong->message)
        .at_key(path + ".where")
        .suggesting(wrong->nearest)
        .helping("a filter compares fields of " + std::string(type.topic) +
                 ", as in: zone == \"a\"");
  }

  void check_key(const tree_node& item, const std::string& path, const bus_rule& rule,
                 const event_type& type) {
    if (rule.queue.key.empty()) return;
    std::vector<std::string> fields;
    for (const field_info& field : type.fields) fields.emplace_back(field.name);
    if (std::find(fields.begin(), fields.end(), rule.queue.key) != fields.end()) return;
    found_
        .error("BUS0006", item.find("queue")->find("key")->where(),
               std::string(type.topic) + " has no field '" + rule.queue.key + "'")
        .at_key(path + ".queue.key")
        .expecting("one of " + list_names(fields))
        .suggesting(nearest(rule.queue.key, fields));
  }

  compose_result& out_;
  composition& node_;
  diagnostics& found_;
  bool complete_;
};

// Two libraries that compiled different structs under one topic would read each other's memory
// wrong.
void check_schemas(const composition& node, diagnostics& found) {
  std::vector<std::pair<const event_type*, const stanza*>> first;
  for (const stanza& s : node.stanzas) {
    if (s.plugin == nullptr) continue;
    for (const event_list which : {&manifest::published, &manifest::subscribed}) {
      for (const event_type* type : s.plugin->declared.*which) {
        const auto known = std::find_if(first.begin(), first.end(), [&](const auto& f) {
          return f.first->topic == type->topic;
        });
        if (known == first.end()) {
          first.emplace_back(type, &s);
        } else if (known->first->schema() != type->schema()) {
          found
              .error("WIR0012", s.settings->key_where,
                     "'" + s.name + "' and '" + known->second->name +
                         "' were built with different " + std::string(type->topic))
              .at_key("plugins." + s.name)
              .noting("the other one", known->second->settings->key_where)
              .helping("rebuild both against the same header, or raise the topic's version");
        }
      }
    }
  }
}

}  // namespace

void read_bus(compose_result& out, diagnostics& found) {
  check_schemas(out.node, found);
  const tree_node* bus = out.node.document->root.find("bus");
  if (bus != nullptr && !bus->is_null()) bus_reader(out, found).run(*bus);
}

}  // namespace mw::kernel
