// codec: the bytes that typed messages become.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/contract.h>
#include <mw/message.h>
#include <mw/message_out.h>
#include <mw/result.h>

#include <string>
#include <string_view>

namespace mw {

// Calls belong to the lane of the plug-in that provides; nothing blocks. encode() and decode() are
// on the path of every message: they do not allocate beyond what the message's own fields need.
// Capabilities: none so far.
class codec {
 public:
  static constexpr std::string_view contract = "codec/1";

  // The format's name and version, for example "msgpack/1": peers talk only when theirs are equal.
  [[nodiscard]] virtual std::string_view format() const noexcept = 0;

  // Appends the message at `message`, which is of `type`, to `out`. `invalid` when it breaks one of
  // the codec's limits, `overloaded` when `out` overflows; `out` is then to be cleared.
  [[nodiscard]] virtual status encode(const message_type& type, const void* message,
                                      message_out& out) = 0;

  // Fills `message`, which is of `type`, from all of `from`. Views in it point into `from`; slices
  // share its owner when there is one. Fields that `from` lacks stay as they are: hand in a message
  // in its default state. `invalid` with the field and the position when the bytes are malformed,
  // do not fit the type or break a limit; nothing is allocated on the word of a length that the
  // bytes do not back. `message` is then in some valid state.
  [[nodiscard]] virtual status decode(const message_type& type, const payload& from,
                                      void* message) = 0;

  // For people and tools, off the hot path: any message as JSON without knowing its type (arrays by
  // position), or with its field names when `type` is not null.
  [[nodiscard]] virtual result<std::string> to_json(const payload& from,
                                                    const message_type* type) = 0;
  // The reverse: JSON text to bytes. With a type, objects are taken by field names.
  [[nodiscard]] virtual status from_json(std::string_view json, const message_type* type,
                                         message_out& out) = 0;

 protected:
  ~codec() = default;
};

// Typed use: encode(codec, order, out); decode(codec, payload, order).
template <class T>
[[nodiscard]] status encode(codec& with, const T& message, message_out& out) {
  return with.encode(message_type_of<T>, &message, out);
}
template <class T>
[[nodiscard]] status decode(codec& with, const payload& from, T& message) {
  return with.decode(message_type_of<T>, from, &message);
}

}  // namespace mw
