// option_scalar: booleans, numbers, quantities, choices and secrets.
// SPDX-License-Identifier: Apache-2.0
#include "option_scalar.h"

#include "config/nearest.h"
#include "option_text.h"

#include <algorithm>
#include <array>
#include <vector>

namespace mw::kernel {
namespace {

constexpr std::size_t shown_value_max = 60;

std::string shown(const std::string& text) {
  if (text.size() <= shown_value_max) return "'" + text + "'";
  std::size_t end = shown_value_max;
  while ((static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return "'" + text.substr(0, end) + "...'";
}

bool is_number(option_kind kind) {
  return kind == option_kind::integer || kind == option_kind::natural || kind == option_kind::real;
}

// What YAML 1.1 took for a boolean, or an empty text.
std::string_view meant_boolean(const std::string& text) {
  std::string lower = text;
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  constexpr std::array<std::string_view, 6> yes{"yes", "on", "y", "true", "enabled", "1"};
  constexpr std::array<std::string_view, 6> no{"no", "off", "n", "false", "disabled", "0"};
  if (std::find(yes.begin(), yes.end(), lower) != yes.end()) return "true";
  if (std::find(no.begin(), no.end(), lower) != no.end()) return "false";
  return {};
}

// The decimal number that an ambiguous form most likely stands for; empty when the form is plain.
std::string plain_number(const std::string& text) {
  const bool ambiguous = text.starts_with('+') || text.find('_') != std::string::npos ||
                         (text.size() > 1 && text[0] == '0' && text[1] != '.');
  if (!ambiguous || text.find_first_not_of("0123456789_+") != std::string::npos) return {};
  std::string digits;
  std::copy_if(text.begin(), text.end(), std::back_inserter(digits),
               [](char c) { return c >= '0' && c <= '9'; });
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.empty() ? 0 : digits.size() - 1));
  return digits;
}

bool is_hexadecimal(const std::string& text) {
  return text.starts_with("0x") || text.starts_with("0o") || text.starts_with("0b");
}

// "expected a duration, got '250'; for example 250ms" -> "a duration; for example 250ms".
std::string expectation(const failure& cause, const std::string& text) {
  std::string out = cause.text();
  if (out.starts_with("expected ")) out.erase(0, std::string_view("expected ").size());
  const std::string got = ", got '" + text + "'";
  if (const std::size_t at = out.find(got); at != std::string::npos) out.erase(at, got.size());
  return out;
}

// One call: everything read_scalar() knows.
class scalar_reader {
 public:
  scalar_reader(option_context& context, const tree_node& node, const std::string& path,
                const field_meta& meta, option_ref value)
      : context_(context), node_(node), path_(path), meta_(meta), value_(value) {}

  [[nodiscard]] bool read() {
    if (value_.type->kind == option_kind::secret) return read_secret();
    if (!kind_fits() || !form_fits()) return false;
    const std::string before = value_.type->print(value_.value);
    if (!parse()) return false;
    if (limits_hold()) return true;
    // The default goes back in, so that checks that follow do not complain about a refused value.
    static_cast<void>(value_.type->parse(before, value_.value));
    return false;
  }

 private:
  diagnostic& error(std::string_view code, std::string message) {
    return context_.found.error(code, node_.where(), std::move(message)).at_key(path_);
  }
  [[nodiscard]] std::string expected() const { return expected_text(*value_.type, meta_); }

  [[nodiscard]] bool kind_fits() {
    if (node_.is_scalar()) return true;
    if (node_.is_null()) {
      error("CFG0029", "'" + path_ + "' has no value")
          .expecting(expected())
          .helping("leave the key out to get the default");
      return false;
    }
    error("CFG0021", std::string(to_string(node_.kind)) + " where one value is expected")
        .expecting(expected());
    return false;
  }

  // Refuses what other readers of YAML would take for something else.
  [[nodiscard]] bool form_fits() {
    const option_kind kind = value_.type->kind;
    const std::string& text = node_.scalar;
    if (kind == option_kind::boolean) return boolean_fits(text);
    if (!is_number(kind)) return true;
    if (node_.quoted) {
      auto& mistake =
          error("CFG0028", "text in quotes where a number is expected").expecting(expected());
      if (text.find_first_not_of("0123456789.-") == std::string::npos) mistake.suggesting(text);
      return false;
    }
    const std::string plain = plain_number(text);
    if (plain.empty() && !is_hexadecimal(text)) return true;
    error("CFG0027", shown(text) + " can be read as more than one number")
        .expecting("a decimal number without leading zeros")
        .suggesting(plain);
    return false;
  }

  [[nodiscard]] bool boolean_fits(const std::string& text) {
    if (!node_.quoted && (text == "true" || text == "false")) return true;
    const std::string_view meant = meant_boolean(text);
    if (node_.quoted && !meant.empty()) {
      error("CFG0028", "text in quotes where true or false is expected")
          .suggesting(std::string(meant));
    } else if (!meant.empty()) {
      error("CFG0026", shown(text) + " is not a boolean here")
          .expecting("true or false")
          .suggesting(std::string(meant));
    } else {
      error("CFG0022", shown(text) + " is not a boolean").expecting("true or false");
    }
    return false;
  }

  [[nodiscard]] bool parse() {
    const status parsed = value_.type->parse(node_.scalar, value_.value);
    if (parsed) return true;
    const option_type& type = *value_.type;
    if (type.kind == option_kind::choice) {
      const std::vector<std::string> names(type.choices.begin(), type.choices.end());
      error("CFG0024", shown(node_.scalar) + " is not one of the choices")
          .expecting(expected())
          .suggesting(nearest(node_.scalar, names));
      return false;
    }
    const bool digits =
        !node_.scalar.empty() && node_.scalar.find_first_not_of("-0123456789") == std::string::npos;
    const bool too_big = digits && is_number(type.kind);
    error(too_big ? "CFG0023" : "CFG0022",
          shown(node_.scalar) +
              (too_big ? " is out of bounds" : " is not " + with_article(type.name)))
        .expecting(expectation(parsed.error(), node_.scalar));
    return false;
  }

  [[nodiscard]] bool limits_hold() {
    if (value_.type->as_number == nullptr) return true;
    const double high = value_.type->as_number(value_.value);
    const bool is_range = value_.type->kind == option_kind::range;
    const double low =
        is_range ? static_cast<double>(static_cast<const range*>(value_.value)->low) : high;
    if ((!meta_.low || low >= *meta_.low) && (!meta_.high || high <= *meta_.high)) return true;
    error("CFG0023", shown(node_.scalar) + " is out of bounds").expecting(expected());
    return false;
  }

  // --- secrets: by reference only, and hidden whatever happens ---

  [[nodiscard]] bool read_secret() {
    if (const tree_node* file = node_.find("file"); file != nullptr && node_.children.size() == 1) {
      if (file->is_scalar()) return read_secret_file(file->scalar, file->where());
    }
    if (!node_.is_scalar()) return kind_fits() && refuse_shape();
    constexpr std::string_view prefix = "file:";
    if (node_.scalar.starts_with(prefix) && !node_.reference) {
      return read_secret_file(node_.scalar.substr(prefix.size()), node_.where());
    }
    context_.sources.redact(node_.where());
    const bool from_environment =
        node_.reference ||
        context_.sources.at(node_.where().source).kind == source_kind::variable;
    if (from_environment) return value_.type->parse(node_.scalar, value_.value).ok();
    error("CFG0030", "a secret is written here in plain text")
        .expecting(expected())
        .helping("move it to a file or to the environment; this one counts as published");
    return false;
  }

  [[nodiscard]] bool refuse_shape() {
    error("CFG0021", std::string(to_string(node_.kind)) + " where a secret is expected")
        .expecting(expected());
    return false;
  }

  [[nodiscard]] bool read_secret_file(const std::string& file, const span& where) {
    result<std::string> content = context_.read_secret(file);
    if (content.ok()) {
      while (content->ends_with('\n') || content->ends_with('\r')) content->pop_back();
      if (!content->empty()) return value_.type->parse(*content, value_.value).ok();
    }
    context_.found
        .error("CFG0031", where,
               "the secret in '" + file + "' cannot be used: " +
                   (content.ok() ? "the file is empty" : content.error().text()))
        .at_key(path_);
    return false;
  }

  option_context& context_;
  const tree_node& node_;
  const std::string& path_;
  const field_meta& meta_;
  option_ref value_;
};

}  // namespace

bool read_scalar(option_context& context, const tree_node& node, const std::string& path,
                 const field_meta& meta, option_ref value) {
  return scalar_reader(context, node, path, meta, value).read();
}

}  // namespace mw::kernel
