// routing_wire: what peers send to routing: what is accepted has one form, the rest is refused.
// SPDX-License-Identifier: Apache-2.0
// links: routing_objects
#include "delivery/receipts.h"
#include "wire/envelope.h"
#include "wire/table_message.h"

#include <mw/assert.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace {

bool same(mw::bytes_view a, mw::bytes_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

void check_envelope(mw::bytes_view input) {
  mw::routing::envelope head;
  mw::bytes_view body;
  if (!mw::routing::read_envelope(input, head, body)) return;
  mw::message_out out;
  out.append(body);
  mw::routing::push_envelope(out, head);
  MW_ASSERT(same(out.written(), input), "an envelope has one form only");
}

void check_table(mw::bytes_view input) {
  const auto table = mw::routing::read_table(input);
  if (!table) return;
  mw::message_out out;
  mw::routing::write_table(out, *table);
  MW_ASSERT(same(out.written(), input), "a table has one form only");
}

void check_receipts(mw::bytes_view input) {
  std::vector<mw::routing::receipt> all;
  if (!mw::routing::read_receipts(input, all)) return;
  mw::message_out out;
  mw::routing::write_receipts(out, all);
  MW_ASSERT(same(out.written(), input), "receipts have one form only");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const mw::bytes_view input(reinterpret_cast<const std::byte*>(data), size);
  check_envelope(input);
  check_table(input);
  check_receipts(input);
  const mw::failure why = mw::routing::read_refusal(input);
  MW_ASSERT(why.text().size() <= 4 * mw::routing::refusal_text_max, "refusals are bounded");
  return 0;
}
