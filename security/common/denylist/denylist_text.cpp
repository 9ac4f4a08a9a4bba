// denylist_text: the text form. One way to write each list, and no other is read.
// SPDX-License-Identifier: Apache-2.0
#include "common/x509/pem.h"
#include "denylist.h"
#include "entry_form.h"
#include "timestamp.h"

#include <array>
#include <charconv>
#include <utility>

namespace mw::denylist {
namespace {

constexpr std::string_view first_line = "mw-deny-list 1";
constexpr std::string_view label = "SIGNATURE";
constexpr std::string_view signature_begins = "-----BEGIN SIGNATURE-----\n";
constexpr std::string_view reason_mark = " # ";
constexpr std::size_t signature_bytes_max = 512;  // RSA 4096
constexpr std::array<std::string_view, 3> kind_words{"serial", "key", "id"};

class reader {
 public:
  explicit reader(std::string_view text) : rest_(text) {}

  result<list> run() {
    list out;
    if (next_line() != first_line) return wrong("the first line must be 'mw-deny-list 1'");
    MW_CHECK(read_head(out));
    std::string_view line = next_line();
    for (; !line.empty(); line = next_line()) MW_CHECK(read_entry(line, out));
    MW_CHECK(read_signature(out));
    return out;
  }

 private:
  [[nodiscard]] failure wrong(std::string_view what) const {
    return {errc::invalid, "deny list, line " + std::to_string(line_) + ": " + std::string(what)};
  }

  std::string_view next_line() {
    ++line_;
    const auto end = rest_.find('\n');
    const std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    return line;
  }

  // "name value": the value, or empty.
  std::string_view value_of(std::string_view line, std::string_view name) {
    if (!line.starts_with(name) || line.size() <= name.size() + 1 || line[name.size()] != ' ')
      return {};
    return line.substr(name.size() + 1);
  }

  status read_head(list& out) {
    const std::string_view number = value_of(next_line(), "number");
    const auto end = number.data() + number.size();
    const auto parsed = std::from_chars(number.data(), end, out.number);
    if (number.empty() || parsed.ec != std::errc() || parsed.ptr != end)
      return wrong("'number N' was expected");
    MW_TRY(out.issued, read_time(value_of(next_line(), "issued")));
    const std::string_view expires = value_of(next_line(), "expires");
    if (expires != "never") {
      MW_TRY(out.expires, read_time(expires));
    }
    const std::string_view signer = value_of(next_line(), "signer");
    if (!has_form(entry_kind::key, signer))
      return wrong("'signer' and the 64 hex digits of its key's SHA-256 were expected");
    out.signer = signer;
    return {};
  }

  result<wall_time> read_time(std::string_view text) {
    auto time = parse_timestamp(text);
    if (!time) return wrong(time.error().text());
    return time;
  }

  status read_entry(std::string_view line, list& out) {
    if (out.entries.size() == entries_max) return wrong("more than 10000 entries");
    entry one;
    std::string_view value;
    for (std::size_t kind = 0; kind < kind_words.size() && value.empty(); ++kind) {
      value = value_of(line, kind_words[kind]);
      one.kind = static_cast<entry_kind>(kind);
    }
    const auto mark = value.find(reason_mark);
    if (mark != std::string_view::npos) {
      one.reason = value.substr(mark + reason_mark.size());
      value = value.substr(0, mark);
      if (one.reason.empty() || !is_reason(one.reason)) return wrong("a reason that is none");
    }
    if (!has_form(one.kind, value))
      return wrong("'serial HEX', 'key HEX' or 'id SPIFFE' was expected");
    one.value = value;
    if (!out.entries.empty() && !in_order(out.entries.back(), one))
      return wrong("entries stand in order, each once");
    out.entries.push_back(std::move(one));
    return {};
  }

  status read_signature(list& out) {
    if (!rest_.starts_with(signature_begins)) return wrong("a SIGNATURE block was expected");
    const auto blocks = x509::read_blocks(rest_);
    if (!blocks.ok() || blocks.value.size() != 1) return wrong("a broken SIGNATURE block");
    out.signature = blocks.value.front().der;
    const bool size_fits = !out.signature.empty() && out.signature.size() <= signature_bytes_max;
    if (!size_fits || x509::write_block(label, out.signature) != rest_)
      return wrong("a broken SIGNATURE block, or something behind it");
    return {};
  }

  std::string_view rest_;
  std::size_t line_ = 0;
};

}  // namespace

result<list> parse(std::string_view text) {
  if (text.size() > text_bytes_max)
    return {errc::invalid, "a deny list has at most " + std::to_string(text_bytes_max) +
                               " bytes, this has " + std::to_string(text.size())};
  MW_TRY(list out, reader(text).run());
  // "number 007" is another way to write 7, and the signature would not cover it.
  if (print(out) != text)
    return {errc::invalid, "the deny list is not written in its canonical form: sign it anew"};
  return out;
}

std::string signed_part(const list& all) {
  std::string text(first_line);
  text += "\nnumber " + std::to_string(all.number);
  text += "\nissued " + print_timestamp(all.issued);
  text += "\nexpires " + (all.expires ? print_timestamp(*all.expires) : std::string("never"));
  text += "\nsigner " + all.signer + "\n";
  for (const entry& one : all.entries) {
    text += kind_words[static_cast<std::size_t>(one.kind)];
    text += ' ' + one.value;
    if (!one.reason.empty()) text += std::string(reason_mark) + one.reason;
    text += '\n';
  }
  return text + '\n';
}

std::string print(const list& all) {
  return signed_part(all) + x509::write_block(label, all.signature);
}

}  // namespace mw::denylist
