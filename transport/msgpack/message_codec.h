// message_codec: codec/1 in msgpack; needs no node.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bounds.h"
#include "metrics.h"
#include "plan.h"
#include "refusal.h"

#include <mw/codec.h>

namespace mw::msgpack {

class message_codec final : public codec {
 public:
  message_codec(const limits& bounds, metrics counts);
  message_codec(const message_codec&) = delete;
  message_codec& operator=(const message_codec&) = delete;

  [[nodiscard]] std::string_view format() const noexcept override { return "msgpack/1"; }
  status encode(const message_type& type, const void* message, message_out& out) override;
  status decode(const message_type& type, const payload& from, void* message) override;
  result<std::string> to_json(const payload& from, const message_type* type) override;
  status from_json(std::string_view json, const message_type* type, message_out& out) override;

 private:
  const group_plan* plan_or_none(const message_type* type);
  failure refused(const message_type* type);

  limits bounds_;
  metrics counts_;
  plan_book plans_;
  refusal why_;  // filled by a call that refuses, emptied before it returns
};

}  // namespace mw::msgpack
