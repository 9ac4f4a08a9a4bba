// own_records: see own_records.h.
// SPDX-License-Identifier: Apache-2.0
#include "core/own_records.h"

#include "common/lan/interface.h"
#include "common/sources/peer_list.h"

#include <algorithm>
#include <utility>

namespace mw::mdns {
namespace {

using dns::class_in;
using dns::section;
using dns::type;

constexpr std::size_t host_part_max = 40;  // leaves room for a number

name below(const name& parent, std::string_view label) {
  name out;
  (void)out.append(label);
  for (name at = parent; !at.is_root(); at = at.parent()) (void)out.append(at.first());
  return out;
}

// A label is at most 63 bytes; the end of a long id is what tells nodes apart.
std::string cut(const std::string& text, std::size_t most) {
  return text.size() <= most ? text : text.substr(text.size() - most);
}

std::string host_label(const facts& of, unsigned attempt) {
  std::string out;
  for (const char c : of.id + "-" + of.cluster) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    out += plain ? c : '-';
  }
  out = cut(out, host_part_max);
  out.erase(0, out.find_first_not_of('-'));
  if (attempt > 1) out += "-" + std::to_string(attempt);
  return out.empty() ? "meshwright" : out;
}

dns::texts texts_for(const facts& of) {
  dns::texts out{{"txtvers=1", "id=" + of.id, "cluster=" + of.cluster}};
  if (!of.zone.empty()) out.strings.push_back("zone=" + of.zone);
  return out;
}

name domain_of(const name& service) {
  return service.parent().parent();
}

void add_target(const facts& of, const own_names& names, std::vector<own_record>& out) {
  const dns::address numeric = lan::address_of(of.address.host);
  name target = names.host;
  // Somebody else's name is used as it is; whoever hears it resolves it.
  if (auto other = name::parse(of.address.host); numeric.size == 0 && other)
    target = std::move(*other);
  const auto add = [&](const name& about, type what, std::uint32_t ttl, dns::data content) {
    out.push_back({.what = {about, what, class_in, true, ttl, section::answer, std::move(content)},
                   .unique = true});
  };
  add(names.instance, type::srv, host_ttl, dns::service{0, 0, of.address.port, target});
  add(names.instance, type::txt, other_ttl, texts_for(of));
  add(names.instance, type::nsec, host_ttl, dns::existing{names.instance, {type::txt, type::srv}});
  out.back().negative = true;
  if (numeric.size == 0) return;
  const type kind = numeric.size == 4 ? type::a : type::aaaa;
  add(names.host, kind, host_ttl, numeric);
  add(names.host, type::nsec, host_ttl, dns::existing{names.host, {kind}});
  out.back().negative = true;
}

}  // namespace

own_names names_for(const facts& of, const name& service, unsigned attempt) {
  const std::string more = attempt > 1 ? " (" + std::to_string(attempt) + ")" : "";
  const std::string label = cut(of.id + "@" + of.cluster, name::label_max - more.size()) + more;
  return {below(service, label), below(domain_of(service), host_label(of, attempt))};
}

std::vector<own_record> records_for(const facts& of, const name& service, const own_names& names) {
  std::vector<own_record> out;
  const auto add = [&](const name& about, const name& to) {
    out.push_back({.what = {about, type::ptr, class_in, false, other_ttl, section::answer, to}});
  };
  add(service, names.instance);
  const std::string part = "_" + cut(of.cluster, name::label_max - 1);
  add(below(below(service, "_sub"), part), names.instance);
  add(below(below(below(domain_of(service), "_udp"), "_dns-sd"), "_services"), service);
  add_target(of, names, out);
  return out;
}

result<node_texts> read_texts(const dns::texts& from) {
  node_texts out;
  std::vector<std::pair<std::string_view, std::string*>> wanted{
      {"id=", &out.id}, {"cluster=", &out.cluster}, {"zone=", &out.zone}};
  for (const std::string& line : from.strings)
    for (auto& [key, value] : wanted) {
      if (!line.starts_with(key) || !value->empty()) continue;  // RFC 6763: the first one counts
      if (line.size() == key.size()) continue;
      *value = line.substr(key.size());
      MW_CHECK(sources::check_name(*value));
    }
  return out;
}

result<name> parse_service(std::string_view text) {
  const auto wrong = [text](std::string_view why) {
    return failure(errc::invalid,
                   "'" + std::string(text.substr(0, 80)) +
                       "' is no service such as _meshwright._tcp.local: " + std::string(why));
  };
  auto parsed = name::parse(text);
  if (!parsed) return wrong("it is no domain name");
  const std::string_view kind = parsed->first();
  const std::string transport(parsed->parent().first());
  if (kind.size() < 2 || kind.size() > 16 || kind.front() != '_')
    return wrong("its first part has an underscore and 1 to 15 characters");
  if (transport != "_tcp" && transport != "_udp") return wrong("its second part is _tcp or _udp");
  if (domain_of(*parsed).is_root()) return wrong("it has no domain; multicast DNS has .local");
  if (parsed->wire().size() > 64) return wrong("it is longer than 64 bytes");
  return parsed;
}

}  // namespace mw::mdns
