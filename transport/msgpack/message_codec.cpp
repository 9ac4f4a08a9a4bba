// message_codec: one walker for each call; what is kept between calls are the plans.
// SPDX-License-Identifier: Apache-2.0
#include "message_codec.h"

#include "decode.h"
#include "encode.h"
#include "json/from_json.h"
#include "json/to_json.h"

#include <utility>

namespace mw::msgpack {

message_codec::message_codec(const limits& bounds, metrics counts)
    : bounds_(bounds), counts_(std::move(counts)) {
  plans_.on_restart = [this] { counts_.plan_restarts.add(); };
}

status message_codec::encode(const message_type& type, const void* message, message_out& out) {
  encoder work(bounds_, out, why_);
  if (!work.message(plans_.of(type), message)) return refused(&type);
  counts_.encoded.add();
  return {};
}

status message_codec::decode(const message_type& type, const payload& from, void* message) {
  decoder work(bounds_, from, why_);
  if (!work.message(plans_.of(type), message)) return refused(&type);
  counts_.decoded.add();
  return {};
}

result<std::string> message_codec::to_json(const payload& from, const message_type* type) {
  json_printer work(bounds_, from.bytes, why_);
  if (!work.message(plan_or_none(type))) return refused(type);
  return work.take();
}

status message_codec::from_json(std::string_view json, const message_type* type, message_out& out) {
  json_scanner work(json, bounds_, out, why_);
  if (!work.message(plan_or_none(type))) return refused(type);
  return {};
}

const group_plan* message_codec::plan_or_none(const message_type* type) {
  return type == nullptr ? nullptr : &plans_.of(*type);
}

failure message_codec::refused(const message_type* type) {
  const refusal why = std::exchange(why_, {});
  counts_.refused[static_cast<std::size_t>(why.why)].add();
  return why.as_failure(type == nullptr ? std::string_view() : type->name);
}

}  // namespace mw::msgpack
