// scope: the account of one link, as the link carries it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "guard.h"

namespace mw::firewall {

class scope final : public admission_scope, public member {
 public:
  explicit scope(guard& by) : guard_(by) {}
  scope(const scope&) = delete;
  scope& operator=(const scope&) = delete;
  ~scope() override;

  bool reserve(std::size_t bytes) noexcept override;
  void release(std::size_t bytes) noexcept override;
  bool open_stream() noexcept override;
  void close_stream() noexcept override;
  status authenticated(std::string_view identity, bool proven) override;
  void offended(offence what) noexcept override;
  void on_eviction(function<void(const failure&)> evict) override { evict_ = std::move(evict); }

  // By the guard: the link goes, and this with it.
  void evict_now(const failure& why);

 private:
  frame_verdict frame_beyond(std::size_t kind) noexcept override;
  [[nodiscard]] bool granted(refusal why) noexcept;
  [[nodiscard]] std::string who() const;

  guard& guard_;
  function<void(const failure&)> evict_;
};

}  // namespace mw::firewall
