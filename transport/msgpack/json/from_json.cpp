// from_json: the shape of the message: groups, lists and what stands for what JSON lacks.
// SPDX-License-Identifier: Apache-2.0
#include "from_json.h"

#include <algorithm>

namespace mw::msgpack {

namespace {
constexpr std::size_t absent = 0;  // the root's index: no member of anything
}  // namespace

bool json_scanner::message(const group_plan* plan) {
  if (!json_.parse()) return false;
  return plan == nullptr ? value(0, nullptr) : group(0, *plan);
}

bool json_scanner::value(index i, const step* how) {
  return how == nullptr ? plain(i) : typed(i, *how);
}

bool json_scanner::plain(index i) {
  switch (at(i).kind) {
    case token_kind::null: {
      std::byte one;
      put_nil(&one);
      return put(i, &one, 1);
    }
    case token_kind::truth:
    case token_kind::lie:
      return boolean(i);
    case token_kind::number: {
      constexpr extent any_integer{std::uint64_t{1} << 63, ~std::uint64_t{0}};
      return is_number(i, true) ? real(i, op::f64) : integer(i, any_integer);
    }
    case token_kind::text:
      return text(i);
    case token_kind::array:
      return elements(i, nullptr);
    case token_kind::object:
      return special(i);
  }
  return false;
}

bool json_scanner::typed(index i, const step& how) {
  switch (how.code) {
    case op::boolean:
      return boolean(i);
    case op::f32:
    case op::f64:
      return real(i, how.code);
    case op::text:
    case op::text_view:
      return text(i);
    case op::blob:
    case op::blob_view:
      return blob(i);
    case op::list:
      return at(i).kind == token_kind::array ? elements(i, how.element) : wanted(i, "an array");
    case op::maybe:
      return at(i).kind == token_kind::null ? plain(i) : typed(i, *how.element);
    case op::group:
      return group(i, *how.group);
    default:
      return integer(i, extent_of(how.code));
  }
}

bool json_scanner::special(index i) {
  if (only_member(i, "$bytes")) return blob(i);
  if (only_member(i, "$real")) return real(i, op::f64);
  if (only_member(i, "$map")) return pairs(i);
  return refuse(i, reason::syntax,
                "an object without a known type; give the type, or an array by position");
}

bool json_scanner::elements(index i, const step* how) {
  if (!begin(at(i).count, i, false)) return false;
  index element = i + 1;
  for (std::size_t n = 0; n < at(i).count; ++n, element = at(element).next)
    if (!value(element, how)) return why_.in_element(n), false;
  ++depth_;
  return true;
}

bool json_scanner::pairs(index i) {
  const index list = *only_member(i, "$map");
  if (at(list).kind != token_kind::array) return wanted(list, "an array of pairs");
  if (!begin(at(list).count, list, true)) return false;
  index pair = list + 1;
  for (std::size_t n = 0; n < at(list).count; ++n, pair = at(pair).next) {
    if (at(pair).kind != token_kind::array || at(pair).count != 2)
      return wanted(pair, "an array of key and value");
    if (!plain(pair + 1) || !plain(at(pair + 1).next)) return why_.in_element(n), false;
  }
  ++depth_;
  return true;
}

bool json_scanner::group(index i, const group_plan& plan) {
  if (at(i).kind == token_kind::array) return positions(i, plan);
  if (at(i).kind != token_kind::object) return wanted(i, "an object");
  std::vector<index> given(plan.fields.size() + 1, absent);  // the last one for "$more"
  for (index key = i + 1; key < at(i).next; key = at(key + 1).next) {
    const std::string name = unescaped(at(key).raw);
    const auto field = std::find_if(plan.fields.begin(), plan.fields.end(),
                                    [&](const message_field& f) { return f.name == name; });
    if (field == plan.fields.end() && name != "$more") {
      std::string known;
      for (const message_field& f : plan.fields) known.append(known.empty() ? "" : ", ") += f.name;
      return refuse(key, reason::type, "no field has this name; there are: " + known);
    }
    given[static_cast<std::size_t>(field - plan.fields.begin())] = key + 1;
  }
  return fields(i, plan, given);
}

bool json_scanner::fields(index i, const group_plan& plan, const std::vector<index>& given) {
  const index rest = given.back();
  if (rest != absent && at(rest).kind != token_kind::array) return wanted(rest, "an array");
  const std::size_t extra = rest == absent ? 0 : at(rest).count;
  std::size_t count = plan.fields.size();
  while (rest == absent && count > 0 && given[count - 1] == absent) --count;
  if (!begin(count + extra, i, false)) return false;
  for (std::size_t n = 0; n < count; ++n) {
    bool done = false;
    if (given[n] != absent) {
      done = typed(given[n], plan.steps[n]);
    } else if (plan.steps[n].code == op::maybe) {
      std::byte nil;
      put_nil(&nil);
      done = put(i, &nil, 1);
    } else {
      done = refuse(i, reason::type, "is missing; only fields at the end may be left out");
    }
    if (!done) return why_.in_field(plan.fields[n].name), false;
  }
  ++depth_;
  return rest == absent || more(rest);
}

bool json_scanner::positions(index i, const group_plan& plan) {
  if (!begin(at(i).count, i, false)) return false;
  index element = i + 1;
  for (std::size_t n = 0; n < at(i).count; ++n, element = at(element).next) {
    if (value(element, n < plan.steps.size() ? &plan.steps[n] : nullptr)) continue;
    if (n < plan.fields.size())
      why_.in_field(plan.fields[n].name);
    else
      why_.in_element(n);
    return false;
  }
  ++depth_;
  return true;
}

// Values behind the known fields; their array was begun with the fields.
bool json_scanner::more(index i) {
  index element = i + 1;
  for (std::size_t n = 0; n < at(i).count; ++n, element = at(element).next)
    if (!plain(element)) return why_.in_element(n), why_.in_field("$more"), false;
  return true;
}

std::optional<std::size_t> json_scanner::only_member(index i, std::string_view name) const {
  if (at(i).kind != token_kind::object || at(i).count != 1 || at(i + 1).raw != name)
    return std::nullopt;
  return i + 2;
}

// An array or map of `count` begins; the end of it gives the depth back.
bool json_scanner::begin(std::size_t count, index i, bool is_map) {
  const std::size_t values = is_map ? 2 * count : count;
  if (depth_ == 0)
    return refuse(i, reason::depth,
                  "more than " + std::to_string(bounds_.depth) +
                      " lists and groups inside each "
                      "other; the option `depth` sets the limit");
  if (values > nodes_)
    return refuse(i, reason::nodes,
                  "more than " + std::to_string(bounds_.nodes) +
                      " values in the message; the option `nodes` sets the limit");
  --depth_;
  nodes_ -= values;
  std::byte head[head_max];
  const std::byte* end = is_map ? put_map(head, count) : put_array(head, count);
  return put(i, head, static_cast<std::size_t>(end - head));
}

bool json_scanner::put(index i, const std::byte* from, std::size_t size) {
  out_.append(bytes_view(from, size));
  if (!out_.overflowed()) return true;
  why_.kind = errc::overloaded;
  return refuse(i, reason::size,
                "the message outgrows its limit of " + std::to_string(out_.limit()) +
                    " bytes; send less, or in parts");
}

bool json_scanner::wanted(index i, std::string_view what) {
  constexpr std::string_view names[] = {"null", "true",     "false",    "a number",
                                        "text", "an array", "an object"};
  return refuse(i, reason::type,
                "wanted " + std::string(what) + ", got " +
                    std::string(names[static_cast<std::size_t>(at(i).kind)]));
}

bool json_scanner::refuse(index i, reason because, std::string what) {
  why_.why = because;
  why_.at = at(i).at;
  why_.what = std::move(what);
  return false;
}

}  // namespace mw::msgpack
