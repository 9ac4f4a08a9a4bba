// option_text: printing by kind.
// SPDX-License-Identifier: Apache-2.0
#include "option_text.h"

#include <charconv>

namespace mw::kernel {
namespace {

bool needs_quotes(std::string_view text) {
  constexpr std::string_view safe =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./+";
  return text.empty() || text.find_first_not_of(safe) != std::string_view::npos || text == "null" ||
         text[0] == '-';
}

// Double quotes with the escapes of JSON are YAML too.
std::string quoted(std::string_view text) {
  json_writer out;
  return out.value(text).take();
}

std::string scalar_yaml(const option_type& type, const void* value) {
  std::string text = type.print(value);
  const bool bare_number = type.kind == option_kind::integer || type.kind == option_kind::natural ||
                           type.kind == option_kind::real;
  return !bare_number && needs_quotes(text) ? quoted(text) : text;
}

struct group_printer final : field_visitor {
  std::string yaml;
  json_writer* json = nullptr;

  void visit(const field_meta& meta, option_ref value) override {
    if (json != nullptr) {
      json->key(meta.name);
      option_json(*json, *value.type, value.value);
      return;
    }
    yaml += (yaml.empty() ? "" : ", ") + std::string(meta.name) + ": " +
            option_yaml(*value.type, value.value);
  }
  void rule_broken(std::string_view, std::string_view) override {}
};

std::string number_text(double value) {
  char text[32];
  const auto [end, error] =
      std::to_chars(text, text + sizeof text, value, std::chars_format::fixed, 0);
  if (error == std::errc{} && value == static_cast<double>(static_cast<std::int64_t>(value))) {
    return {text, end};
  }
  const auto shortest = std::to_chars(text, text + sizeof text, value);
  return {text, shortest.ptr};
}

// A group's fields() is not const: the same function also reads.
void visit_group(const option_type& type, const void* value, field_visitor& visitor) {
  type.fields(const_cast<void*>(value), visitor);
}

std::string choices_text(std::span<const std::string_view> choices) {
  std::string out;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    out += i == 0 ? "" : i + 1 == choices.size() ? " or " : ", ";
    out += choices[i];
  }
  return out;
}

}  // namespace

std::string option_yaml(const option_type& type, const void* value) {
  std::string out;
  switch (type.kind) {
    case option_kind::maybe:
      return type.count(value) == 0 ? "null" : option_yaml(type.element(), type.at(value, 0));
    case option_kind::list:
    case option_kind::map:
      for (std::size_t i = 0; i < type.count(value); ++i) {
        if (i != 0) out += ", ";
        if (type.kind == option_kind::map) out += std::string(type.key_at(value, i)) + ": ";
        out += option_yaml(type.element(), type.at(value, i));
      }
      return type.kind == option_kind::list ? "[" + out + "]" : "{" + out + "}";
    case option_kind::group: {
      group_printer printer;
      visit_group(type, value, printer);
      return "{" + printer.yaml + "}";
    }
    default:
      return scalar_yaml(type, value);
  }
}

void option_json(json_writer& out, const option_type& type, const void* value) {
  switch (type.kind) {
    case option_kind::boolean:
    case option_kind::integer:
    case option_kind::natural:
    case option_kind::real:
      out.raw(type.print(value));
      return;
    case option_kind::maybe:
      if (type.count(value) == 0) {
        out.null();
      } else {
        option_json(out, type.element(), type.at(value, 0));
      }
      return;
    case option_kind::list:
      out.begin_array();
      for (std::size_t i = 0; i < type.count(value); ++i) {
        option_json(out, type.element(), type.at(value, i));
      }
      out.end_array();
      return;
    case option_kind::map:
      out.begin_object();
      for (std::size_t i = 0; i < type.count(value); ++i) {
        out.key(type.key_at(value, i));
        option_json(out, type.element(), type.at(value, i));
      }
      out.end_object();
      return;
    case option_kind::group: {
      group_printer printer;
      printer.json = &out;
      out.begin_object();
      visit_group(type, value, printer);
      out.end_object();
      return;
    }
    default:
      out.value(type.print(value));
  }
}

std::string limit_text(option_kind kind, double limit) {
  switch (kind) {
    case option_kind::time_span:
      return mw::to_string(duration(static_cast<duration::rep>(limit)));
    case option_kind::byte_size:
      return to_string(byte_size{static_cast<std::uint64_t>(limit)});
    case option_kind::rate:
      return to_string(rate{limit});
    default:
      return number_text(limit);
  }
}

std::string with_article(std::string_view noun) {
  const bool vowel = std::string_view("aeiou").find(noun.front()) != std::string_view::npos;
  return (vowel ? "an " : "a ") + std::string(noun);
}

std::string expected_text(const option_type& type, const field_meta& meta) {
  std::string out;
  switch (type.kind) {
    case option_kind::boolean:
      return std::string(type.name);
    case option_kind::text:
      return "text";
    case option_kind::choice:
      return choices_text(type.choices);
    case option_kind::maybe:
      return expected_text(type.element(), meta);
    case option_kind::list:
      return "a list, each item " + expected_text(type.element(), meta);
    case option_kind::map:
      return "a map, each value " + expected_text(type.element(), meta);
    case option_kind::group:
      return "a map of options";
    case option_kind::secret:
      return "${VARIABLE} or { file: path }";
    default:
      out = with_article(type.name);
  }
  if (meta.low && meta.high) {
    out += " from " + limit_text(type.kind, *meta.low) + " to " + limit_text(type.kind, *meta.high);
  } else if (meta.low) {
    out += ", at least " + limit_text(type.kind, *meta.low);
  } else if (meta.high) {
    out += ", at most " + limit_text(type.kind, *meta.high);
  }
  if (!meta.unit.empty()) out += " (" + std::string(meta.unit) + ")";
  return out;
}

}  // namespace mw::kernel
