// store: the folder of a development authority: its own files, those of its nodes, its lists.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/x509/maker.h"

#include <mw/tool.h>

#include <string>
#include <vector>

namespace mw::creds {

// ca.pem (all that are trusted), ca.key (of the one that issues), issuer.pem (that one), NODE.pem,
// NODE.key, crl.pem, deny.txt; ca.next.pem and ca.next.key between `--ca add` and `--ca use`.
class store {
 public:
  store(tool_io& io, std::string folder) : io_(io), folder_(std::move(folder)) {}

  [[nodiscard]] std::string path(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name);  // by trying to read it
  [[nodiscard]] result<std::string> read(std::string_view name);
  [[nodiscard]] status write(std::string_view name, std::string_view text, bool replace);
  [[nodiscard]] status write_key(std::string_view name, std::string_view text, bool replace);

  // The authority that issues. `not_found` when there is none; `invalid` when its files are not a
  // pair.
  [[nodiscard]] result<x509::pair_text> authority();
  // A new authority, not written anywhere.
  [[nodiscard]] result<x509::pair_text> new_authority(const std::string& name, duration life);
  // A new pair for spiffe://DOMAIN/node/NODE, not written anywhere.
  struct leaf_wish {
    std::string domain;
    std::string node;
    x509::key_kind kind = x509::key_kind::p256;
    duration life{};
    std::vector<std::string> dns;
    std::vector<std::string> addresses;
  };
  [[nodiscard]] result<x509::pair_text> new_leaf(const leaf_wish& wish,
                                                 const x509::pair_text& issuer);

  [[nodiscard]] tool_io& io() { return io_; }

 private:
  [[nodiscard]] std::string drawn_serial();

  tool_io& io_;
  std::string folder_;
};

// `invalid` when it is no trust domain or node id of ours.
[[nodiscard]] status check_domain(const std::string& domain);
[[nodiscard]] status check_node(const std::string& node);
[[nodiscard]] result<x509::key_kind> key_kind_of(const std::string& word);

}  // namespace mw::creds
