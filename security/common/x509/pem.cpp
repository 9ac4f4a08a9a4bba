// pem: a splitter of our own, which notices files that are half written; DER is libcrypto's.
// SPDX-License-Identifier: Apache-2.0
#include "pem.h"

#include <openssl/crypto.h>
#include <openssl/err.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace mw::x509 {
namespace {

constexpr std::string_view begins = "-----BEGIN ";
constexpr std::string_view ends = "-----END ";
constexpr std::string_view dashes = "-----";
constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<std::int8_t, 256> values_of_letters() {
  std::array<std::int8_t, 256> values{};
  for (std::int8_t& value : values) value = -1;
  for (std::size_t at = 0; at < alphabet.size(); ++at)
    values[static_cast<unsigned char>(alphabet[at])] = static_cast<std::int8_t>(at);
  return values;
}
constexpr auto letter_values = values_of_letters();

// Base64 that comes in lines: bits are kept until they are a byte.
class base64_reader {
 public:
  bool take(std::string_view line) {
    for (const char letter : line)
      if (!take(letter)) return false;
    return true;
  }
  // The padding fits and no bit was left that means something.
  [[nodiscard]] bool complete() const { return letters_ % 4 == 0 && bits_ == 0; }
  [[nodiscard]] std::string bytes() { return std::move(out_); }

 private:
  bool take(char letter) {
    ++letters_;
    if (letter == '=') {
      ++padding_;
      have_ = have_ >= 2 ? have_ - 2 : 0;
      return padding_ <= 2;
    }
    const std::int8_t value = letter_values[static_cast<unsigned char>(letter)];
    if (value < 0 || padding_ != 0) return false;
    bits_ = (bits_ << 6U) | static_cast<std::uint32_t>(value);
    have_ += 6;
    if (have_ >= 8) {
      have_ -= 8;
      out_ += static_cast<char>(bits_ >> have_);
      bits_ &= (std::uint32_t{1} << have_) - 1;
    }
    return true;
  }

  std::string out_;
  std::uint32_t bits_ = 0;
  unsigned have_ = 0;
  unsigned padding_ = 0;
  std::size_t letters_ = 0;
};

std::string_view trimmed(std::string_view line) {
  while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t'))
    line.remove_suffix(1);
  return line;
}

// "X" of "-----BEGIN X-----", or empty.
std::string_view label_of(std::string_view line, std::string_view prefix) {
  if (!line.starts_with(prefix) || !line.ends_with(dashes)) return {};
  if (line.size() <= prefix.size() + dashes.size()) return {};
  return line.substr(prefix.size(), line.size() - prefix.size() - dashes.size());
}

class splitter {
 public:
  explicit splitter(std::string_view text) : rest_(text) {}

  judged<std::vector<pem_block>> run() {
    while (!rest_.empty()) {
      const std::string_view line = next_line();
      if (!line.starts_with("---")) continue;  // words between blocks
      const std::string_view label = label_of(line, begins);
      if (label.empty()) return damaged("dashes that begin no block");
      if (blocks_.size() == blocks_max)
        return damaged("more than " + std::to_string(blocks_max) + " blocks");
      if (std::string fault = read_body(label); !fault.empty()) return damaged(std::move(fault));
    }
    return {std::move(blocks_), {}};
  }

 private:
  std::string_view next_line() {
    ++line_;
    const auto end = rest_.find('\n');
    const std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    return trimmed(line);
  }

  std::string read_body(std::string_view label) {
    pem_block block{std::string(label), {}, false};
    base64_reader content;
    while (!rest_.empty()) {
      const std::string_view line = next_line();
      if (line.starts_with("---")) {
        if (label_of(line, ends) != label) return "a block that ends as another";
        if (!block.encrypted) {
          if (!content.complete()) return "base64 that is cut off";
          block.der = content.bytes();
        }
        blocks_.push_back(std::move(block));
        return {};
      }
      if (line.find(':') != std::string_view::npos) {
        block.encrypted = block.encrypted || line.find("ENCRYPTED") != std::string_view::npos;
      } else if (!block.encrypted && !content.take(line)) {
        return "a byte that is no base64";
      }
    }
    return "a block without its end";
  }

  judged<std::vector<pem_block>> damaged(std::string what) {
    return {{}, {refusal::pem_damaged, {}, std::move(what) + ", line " + std::to_string(line_)}};
  }

  std::string_view rest_;
  std::size_t line_ = 0;
  std::vector<pem_block> blocks_;
};

const unsigned char* bytes_of(std::string_view der) {
  return reinterpret_cast<const unsigned char*>(der.data());
}

// All of `der` as one object; what follows it would be read by nobody.
template <class Object>
Object* whole(Object* (*decode)(Object**, const unsigned char**, long), std::string_view der) {
  const unsigned char* at = bytes_of(der);
  Object* object = decode(nullptr, &at, static_cast<long>(der.size()));
  if (object == nullptr) ERR_clear_error();
  return object;
}

std::string encoded(int (*encode)(const X509*, unsigned char**), const X509& object) {
  unsigned char* out = nullptr;
  const int size = encode(&object, &out);
  if (size <= 0) return {};
  std::string der(reinterpret_cast<char*>(out), static_cast<std::size_t>(size));
  OPENSSL_free(out);
  return der;
}

std::size_t size_in_der(const X509& certificate) {
  const int size = i2d_X509(&certificate, nullptr);
  return size > 0 ? static_cast<std::size_t>(size) : 0;
}

void forget(std::vector<pem_block>& blocks) {
  for (pem_block& block : blocks) OPENSSL_cleanse(block.der.data(), block.der.size());
}

problem too_large(std::string_view text) {
  return {refusal::file_too_large, {}, std::to_string(text.size()) + " bytes"};
}

bool is_certificate(std::string_view label) {
  return label == "CERTIFICATE" || label == "X509 CERTIFICATE" || label == "TRUSTED CERTIFICATE";
}

key_ptr key_from(const std::string& der) {
  const unsigned char* at = bytes_of(der);
  key_ptr key(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(der.size())));
  ERR_clear_error();
  return at == bytes_of(der) + der.size() ? std::move(key) : nullptr;
}

}  // namespace

judged<std::vector<pem_block>> read_blocks(std::string_view text) {
  if (text.size() > file_bytes_max) return {{}, too_large(text)};
  return splitter(text).run();
}

std::string write_block(std::string_view label, std::string_view der) {
  constexpr std::size_t line_letters = 64;
  std::string body((der.size() + 2) / 3 * 4 + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(body.data()), bytes_of(der),
                                   static_cast<int>(der.size()));
  body.resize(static_cast<std::size_t>(size));
  std::string text = std::string(begins) + std::string(label) + std::string(dashes) + "\n";
  for (std::size_t at = 0; at < body.size(); at += line_letters)
    text.append(body, at, line_letters) += '\n';
  OPENSSL_cleanse(body.data(), body.size());
  return text + std::string(ends) + std::string(label) + std::string(dashes) + "\n";
}

certificate_ptr certificate_from(std::string_view der) {
  prepare_openssl();
  certificate_ptr one(whole<X509>(&d2i_X509, der));
  return one != nullptr && size_in_der(*one) == der.size() ? std::move(one) : nullptr;
}

judged<certificates> read_certificates(std::string_view text, refusal otherwise) {
  auto blocks = read_blocks(text);
  if (!blocks.ok()) return {{}, std::move(blocks.wrong)};
  certificates all;
  for (const pem_block& block : blocks.value) {
    if (!is_certificate(block.label)) continue;
    certificate_ptr one = certificate_from(block.der);
    if (one == nullptr)
      return {{}, {refusal::malformed, {}, "certificate " + std::to_string(all.size() + 1)}};
    all.push_back(std::move(one));
  }
  forget(blocks.value);  // a key may stand beside
  if (all.empty()) return {{}, {otherwise, {}, {}}};
  return {std::move(all), {}};
}

judged<crls> read_crls(std::string_view text) {
  prepare_openssl();
  const auto blocks = read_blocks(text);
  if (!blocks.ok()) return {{}, blocks.wrong};
  crls all;
  for (const pem_block& block : blocks.value) {
    if (block.label != "X509 CRL") continue;
    crl_ptr one(whole<X509_CRL>(&d2i_X509_CRL, block.der));
    if (one == nullptr)
      return {{}, {refusal::crl_damaged, {}, "list " + std::to_string(all.size() + 1)}};
    all.push_back(std::move(one));
  }
  if (all.empty()) return {{}, {refusal::crl_damaged, {}, "no X509 CRL block"}};
  return {std::move(all), {}};
}

judged<key_ptr> read_key(std::string_view text) {
  prepare_openssl();
  auto blocks = read_blocks(text);
  if (!blocks.ok()) return {{}, std::move(blocks.wrong)};
  judged<key_ptr> key{nullptr, {refusal::no_key, {}, {}}};
  for (const pem_block& block : blocks.value) {
    if (!block.label.ends_with("PRIVATE KEY")) continue;
    if (key.value != nullptr) {
      key = {nullptr, {refusal::no_key, {}, "more than one"}};
      break;
    }
    if (block.encrypted || block.label.starts_with("ENCRYPTED")) {
      key = {nullptr, {refusal::key_encrypted, {}, {}}};
      break;
    }
    key.value = key_from(block.der);
    if (key.value == nullptr) {
      key.wrong.detail = "it cannot be decoded";
      break;
    }
    key.wrong = {};
  }
  forget(blocks.value);
  return key;
}

std::string der_of(const X509& certificate) {
  return encoded(&i2d_X509, certificate);
}

std::string pem_of(const X509& certificate) {
  return write_block("CERTIFICATE", der_of(certificate));
}

std::string pem_of(const X509_CRL& list) {
  unsigned char* out = nullptr;
  const int size = i2d_X509_CRL(&list, &out);
  if (size <= 0) return {};
  const std::string text =
      write_block("X509 CRL", {reinterpret_cast<char*>(out), static_cast<std::size_t>(size)});
  OPENSSL_free(out);
  return text;
}

std::string pem_of_private(const EVP_PKEY& key) {
  using pkcs8 = std::unique_ptr<PKCS8_PRIV_KEY_INFO, freed_by<PKCS8_PRIV_KEY_INFO_free>>;
  const pkcs8 wrapped(EVP_PKEY2PKCS8(&key));
  if (wrapped == nullptr) return {};
  unsigned char* out = nullptr;
  const int size = i2d_PKCS8_PRIV_KEY_INFO(wrapped.get(), &out);
  if (size <= 0) return {};
  std::string text =
      write_block("PRIVATE KEY", {reinterpret_cast<char*>(out), static_cast<std::size_t>(size)});
  OPENSSL_clear_free(out, static_cast<std::size_t>(size));
  return text;
}

}  // namespace mw::x509
