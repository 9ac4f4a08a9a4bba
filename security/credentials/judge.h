// judge: whether four texts are a set that a node can stand on, and everything that is wrong.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/x509/facts.h"
#include "common/x509/refusals.h"

#include <mw/credentials.h>
#include <mw/files.h>

#include <optional>
#include <string>
#include <vector>

namespace mw::creds {

// One input as it was read.
struct source_text {
  std::string name;  // for findings: "certs/n1.pem"
  std::string text;
  file_readers readers = file_readers::owner;
  x509::problem unread;  // why there is no text; none when there is
};

struct candidate {
  source_text cert;
  source_text key;
  source_text ca;
  std::optional<source_text> crl;  // none: revocation is not looked at
};

struct judge_rules {
  std::string identity;  // of the set in force; empty: any, there is none yet
  bool first = true;     // no set is in force
  duration skew{};       // how far our clock may be behind that of the authority
  bool group_may_read = false;
};

// What the page and the alarms say about one certificate or list.
struct dated {
  std::string what;   // "leaf", "authority" or "list"
  x509::facts about;  // of a list: issuer, not_before, not_after
};

struct verdict {
  std::vector<x509::problem> problems;  // empty: the set is good
  std::shared_ptr<credential_set> set;  // null unless good; its epoch is not set
  std::vector<dated> parts;             // of a good set: leaf, intermediates, authorities, lists
  [[nodiscard]] bool good() const { return problems.empty(); }
};

// Reports all problems that can be found, not the first alone. `now` is the node's wall clock.
[[nodiscard]] verdict judge(const candidate& given, const judge_rules& rules, wall_time now);

// Tells texts apart without keeping them: equal texts have equal marks.
[[nodiscard]] std::string mark_of(const candidate& given);

// Overwrites the key.
void forget(candidate& given);

}  // namespace mw::creds
