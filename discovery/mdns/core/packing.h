// packing: questions and records into packets that fit.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model.h"

namespace mw::mdns {

// One query in as many packets as it needs; all but the last say that known answers follow.
// `known` and `proposed` (of a probe) are records without regard to their section.
void pack_query(const std::vector<dns::question>& questions, const std::vector<record>& known,
                const std::vector<record>& proposed, std::vector<packet>& out);

// All answers, and those additional records that fit into the last packet.
void pack_answers(const std::vector<record>& answers, const std::vector<record>& additional,
                  std::vector<packet>& out);

// For askers that are no mDNS hosts: the id and the question again, short times to live.
[[nodiscard]] packet pack_legacy_reply(const dns::message& query, std::vector<record> answers,
                                       const endpoint& to);

// The data of a record as bytes, names in full: what probes are compared by.
[[nodiscard]] std::string data_bytes(const record& of);

}  // namespace mw::mdns
