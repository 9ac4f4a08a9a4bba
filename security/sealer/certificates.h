// certificates: a notary over X.509: signs with the node's key, checks chains against its trust.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/notary.h"

#include <mw/authn.h>
#include <mw/credentials.h>

#include <memory>
#include <vector>

struct x509_st;
struct x509_store_st;

namespace mw::sealing {

class certificates final : public notary {
 public:
  // All outlive it. `node`: who this node is; its own certificate has to say so, too.
  certificates(const crypto::library& with, credentials& from, authn& names, std::string node);
  ~certificates();

  // Takes over the set that is in force. On failure the one before stays; the text says what is
  // wrong with the new one.
  [[nodiscard]] status refresh();

  [[nodiscard]] std::vector<std::vector<std::byte>> chain() const override { return chain_; }
  [[nodiscard]] result<std::vector<std::byte>> sign(bytes_view message) const override;
  [[nodiscard]] result<proven_origin> prove(const key_claim& claim, wall_time now) override;
  [[nodiscard]] bool still_good(const proven_origin& origin) const override;
  [[nodiscard]] std::uint64_t epoch() const { return epoch_; }

 private:
  struct store_free {
    void operator()(x509_store_st* store) const;
  };

  const crypto::library& with_;
  credentials& from_;
  authn& names_;
  std::string node_;
  std::uint64_t epoch_ = 0;
  std::vector<std::vector<std::byte>> chain_;
  std::unique_ptr<crypto::private_key> key_;
  std::unique_ptr<x509_store_st, store_free> trust_;
};

}  // namespace mw::sealing
