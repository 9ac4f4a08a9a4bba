// wire: finds the provider of every slot, and explains why where there is none or more than one.
// SPDX-License-Identifier: Apache-2.0
#include "compose/compose.h"
#include "config/nearest.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace mw::kernel {
namespace {

// Wanted by a slot, announced by nobody: the slot is bound only where the YAML names a provider,
// and stays empty otherwise, however many would fit.
constexpr std::string_view by_name = "by_name";

bool only_by_name(const contract_need& need) {
  return std::any_of(need.wanted.begin(), need.wanted.end(),
                     [](const capability& want) { return want.name == by_name; });
}

const contract_offer* offer_of(const stanza& provider, std::string_view contract) {
  if (provider.plugin == nullptr) return nullptr;
  for (const contract_offer& offer : provider.plugin->declared.offers)
    if (offer.contract == contract) return &offer;
  return nullptr;
}

std::string text_of(const capability& c) {
  return c.value == 1 ? c.name : c.name + " >= " + std::to_string(c.value);
}

// What `offer` lacks of what is wanted; empty when it will do.
std::string lacking(const contract_offer& offer, const capabilities& wanted) {
  std::string text;
  for (const capability& want : wanted) {
    const bool met = want.name == by_name ||
                     std::any_of(offer.has.begin(), offer.has.end(), [&](const capability& has) {
                       return has.name == want.name && has.value >= want.value;
                     });
    if (!met) text += (text.empty() ? "" : ", ") + text_of(want);
  }
  return text;
}

// Everything wire() needs while it works on one node.
class wirer {
 public:
  wirer(composition& node, plugin_loader& loader, diagnostics& found)
      : node_(node), loader_(loader), found_(found) {}

  void run() {
    for (stanza& user : node_.stanzas) {
      if (user.plugin == nullptr) continue;
      for (const contract_need& need : user.plugin->declared.needs)
        user.slots.push_back(bind(user, need));
    }
    for (const stanza& user : node_.stanzas) check_lanes(user);
    if (!found_.has_errors()) warn_unused();
  }

 private:
  bound_slot bind(const stanza& user, const contract_need& need) {
    bound_slot slot{
        .slot = need.slot, .contract = need.contract, .by_kernel = false, .providers = {}};
    if (is_kernel_contract(need.contract)) {
      slot.by_kernel = true;
      return slot;
    }
    const tree_node* chosen = user.settings->find(need.slot);
    if (chosen == nullptr || chosen->is_null()) {
      if (!only_by_name(need)) derive(user, need, slot);
    } else if (chosen->is_scalar()) {
      choose(user, need, *chosen, slot);
    } else if (chosen->is_list() && need.count == need_count::many) {
      for (const tree_node& one : chosen->children) choose(user, need, one, slot);
    } else {
      error("WIR0003", user, need, chosen->where(),
            "slot '" + need.slot + "' is " + std::string(to_string(chosen->kind)))
          .expecting(need.count == need_count::many ? "the name of a plug-in, or a list of names"
                                                    : "the name of one plug-in");
    }
    return slot;
  }

  // No choice in the YAML: bind when there is exactly one that fits.
  void derive(const stanza& user, const contract_need& need, bound_slot& slot) {
    std::vector<std::size_t> offering;
    for (std::size_t i = 0; i < node_.stanzas.size(); ++i)
      if (&node_.stanzas[i] != &user && offer_of(node_.stanzas[i], need.contract) != nullptr)
        offering.push_back(i);
    std::vector<std::size_t> fitting;
    for (const std::size_t i : offering)
      if (lacking(*offer_of(node_.stanzas[i], need.contract), need.wanted).empty())
        fitting.push_back(i);
    if (need.count == need_count::many || fitting.size() == 1) {
      slot.providers = std::move(fitting);
    } else if (fitting.size() > 1) {
      ambiguous(user, need, fitting);
    } else if (need.count == need_count::one) {
      missing(user, need, offering);
    }
  }

  void ambiguous(const stanza& user, const contract_need& need,
                 const std::vector<std::size_t>& fitting) {
    auto& said = error("WIR0006", user, need, user.settings->key_where,
                       "several plug-ins provide " + need.contract + ", and '" + user.name +
                           "' does not say which");
    std::string names;
    for (const std::size_t i : fitting) {
      names += (names.empty() ? "" : " or ") + node_.stanzas[i].name;
      said.noting("'" + node_.stanzas[i].name + "' provides it",
                  node_.stanzas[i].settings->key_where);
    }
    said.helping("add `" + need.slot + ": " + node_.stanzas[fitting.front()].name + "` to '" +
                 user.name + "' (" + names + ")");
  }

  void missing(const stanza& user, const contract_need& need,
               const std::vector<std::size_t>& offering) {
    auto& said = error("WIR0005", user, need, user.settings->key_where,
                       "'" + user.name + "' needs a plug-in that provides " + need.contract);
    for (const std::size_t i : offering) {
      const stanza& candidate = node_.stanzas[i];
      said.noting("'" + candidate.name + "' provides it, but lacks " +
                      lacking(*offer_of(candidate, need.contract), need.wanted),
                  candidate.settings->key_where);
    }
    const std::string types = installed_providers(need.contract);
    said.helping(types.empty()
                     ? "no installed plug-in provides it; `mw plugins` lists what there is"
                     : "add a stanza that uses " + types);
  }

  std::string installed_providers(std::string_view contract) {
    std::string types;
    for (const std::string& type : loader_.available()) {
      auto outcome = loader_.load(type);
      const auto* loaded = std::get_if<const loaded_plugin*>(&outcome);
      if (loaded == nullptr) continue;
      for (const contract_offer& offer : (*loaded)->declared.offers)
        if (offer.contract == contract) types += (types.empty() ? "" : " or ") + type;
    }
    return types;
  }

  void choose(const stanza& user, const contract_need& need, const tree_node& chosen,
              bound_slot& slot) {
    std::vector<std::string> names;
    std::string providers;
    for (std::size_t i = 0; i < node_.stanzas.size(); ++i) {
      const stanza& candidate = node_.stanzas[i];
      names.push_back(candidate.name);
      const contract_offer* offer = offer_of(candidate, need.contract);
      if (offer != nullptr && &candidate != &user)
        providers += (providers.empty() ? "" : ", ") + candidate.name;
      if (candidate.name != chosen.scalar) continue;
      if (candidate.plugin == nullptr) return;  // what is wrong with it was said already
      if (offer != nullptr) return accept(user, need, chosen, i, *offer, slot);
    }
    const bool exists = std::find(names.begin(), names.end(), chosen.scalar) != names.end();
    auto& said = error(exists ? "WIR0004" : "WIR0003", user, need, chosen.where(),
                       exists ? "'" + chosen.scalar + "' does not provide " + need.contract
                              : "there is no plug-in named '" + chosen.scalar + "'");
    said.expecting(providers.empty()
                       ? "a plug-in that provides " + need.contract + "; there is none"
                       : "one of: " + providers);
    if (!exists) said.suggesting(nearest(chosen.scalar, names));
  }

  void accept(const stanza& user, const contract_need& need, const tree_node& chosen,
              std::size_t index, const contract_offer& offer, bound_slot& slot) {
    const std::string lacks = lacking(offer, need.wanted);
    if (lacks.empty()) {
      slot.providers.push_back(index);
      return;
    }
    error("WIR0007", user, need, chosen.where(),
          "'" + chosen.scalar + "' provides " + need.contract + " but lacks " + lacks)
        .helping("'" + user.name + "' cannot work without it; choose another provider");
  }

  diagnostic& error(std::string_view code, const stanza& user, const contract_need& need,
                    const span& where, std::string message) {
    return found_.error(code, where, std::move(message))
        .at_key("plugins." + user.name + "." + need.slot);
  }

  void check_lanes(const stanza& user) {
    for (const bound_slot& slot : user.slots) {
      for (const std::size_t i : slot.providers) {
        const stanza& provider = node_.stanzas[i];
        if (provider.common.lane == user.common.lane) continue;
        found_
            .error("WIR0010", user.settings->key_where,
                   "'" + user.name + "' on lane " + std::to_string(user.common.lane) +
                       " cannot call '" + provider.name + "' on lane " +
                       std::to_string(provider.common.lane))
            .at_key("plugins." + user.name + "." + slot.slot)
            .noting("'" + provider.name + "' is here", provider.settings->key_where)
            .helping("put both on one lane; between lanes only events travel");
      }
    }
  }

  // A provider that nobody calls and that tells nobody anything is probably a forgotten slot.
  void warn_unused() {
    std::set<std::size_t> used;
    for (const stanza& user : node_.stanzas)
      for (const bound_slot& slot : user.slots)
        used.insert(slot.providers.begin(), slot.providers.end());
    for (std::size_t i = 0; i < node_.stanzas.size(); ++i) {
      const stanza& s = node_.stanzas[i];
      const manifest& m = s.plugin->declared;
      if (used.contains(i) || m.offers.empty() || !m.published.empty() || !m.subscribed.empty())
        continue;
      found_.warning("WIR0011", s.settings->key_where, "nobody uses '" + s.name + "'")
          .at_key("plugins." + s.name)
          .helping("it provides " + m.offers.front().contract +
                   "; name it in the stanza that should use it");
    }
  }

  composition& node_;
  plugin_loader& loader_;
  diagnostics& found_;
};

}  // namespace

void wire(composition& node, plugin_loader& loader, diagnostics& found) {
  wirer(node, loader, found).run();
}

}  // namespace mw::kernel
