// verifier: form, then number, then hash: so that a missing line is not called a changed one.
// SPDX-License-Identifier: Apache-2.0
#include "verifier.h"

#include <algorithm>

namespace mw::audit_log {

void verifier::wrong(std::string what) {
  if (!fault_.empty()) return;
  fault_ = file_;
  if (line_number_ != 0) fault_ += ":" + std::to_string(line_number_);
  fault_ += ": " + std::move(what);
}

void verifier::begin_file(std::string_view name) {
  if (!fault_.empty()) return;
  // A file without any record was begun by a node that stopped at once: the next one goes on where
  // the one before it ended.
  torn_before_ = records_ == 0 ? std::nullopt : std::optional(std::uint64_t{line_.size()});
  line_.clear();
  file_ = name;
  line_number_ = 0;
}

void verifier::feed(std::string_view bytes) {
  while (!bytes.empty() && fault_.empty()) {
    const std::size_t end = bytes.find('\n');
    if (line_.size() + std::min(end, bytes.size()) > line_max) {
      ++line_number_;
      return wrong("a line of more than 64KiB: no record is that long");
    }
    if (end == std::string_view::npos) {
      line_ += bytes;
      return;
    }
    ++line_number_;
    if (line_.empty()) {
      take_line(bytes.substr(0, end));
    } else {
      line_ += bytes.substr(0, end);
      take_line(line_);
      line_.clear();
    }
    bytes.remove_prefix(end + 1);
  }
}

bool verifier::take_opening(std::string_view line, const record& r) {
  const auto from = read_opening(line);
  if (!from) {
    wrong("the first line does not say which file came before: it is missing or was changed");
    return false;
  }
  if (!torn_before_) {
    // The first file that is shown: its own word for where the chain comes from.
    at_ = {r.number - 1, from->after};
    begins_later_ = r.number != 1;
    if (r.number == 0 || (r.number == 1 && from->after != digest256{})) {
      wrong("the first record of a chain comes after nothing");
      return false;
    }
    return true;
  }
  if (from->after != at_.hash) {
    wrong("does not follow the file before: a file is missing, or that one was cut or changed");
    return false;
  }
  if (from->torn != *torn_before_) {
    wrong("says that " + std::to_string(from->torn) + " bytes of an unfinished line came before, " +
          std::to_string(*torn_before_) + " are there");
    return false;
  }
  return true;
}

void verifier::take_line(std::string_view line) {
  const auto r = read_record(line);
  if (!r) return wrong("is not a record: it was changed");
  if (line_number_ == 1 && !take_opening(line, *r)) return;
  if (r->number != at_.number + 1)
    return wrong("has number " + std::to_string(r->number) + " where " +
                 std::to_string(at_.number + 1) + " belongs: lines are missing or out of order");
  if (hash_after(at_.hash, r->body) != r->hash)
    return wrong("the hash does not fit: this line, or its hash, was changed");
  at_ = {r->number, r->hash};
  ++records_;
  if (!mark_ || mark_->number != at_.number) return;
  mark_met_ = true;
  if (mark_->hash != at_.hash)
    wrong("record " + std::to_string(at_.number) +
          " is not the one of the head mark: the chain was written anew");
}

void verifier::finish() {
  if (!fault_.empty()) return;
  if (!line_.empty())
    return wrong("ends with an unfinished line of " + std::to_string(line_.size()) +
                 " bytes: the node is writing, or stopped while it did; its next file says so");
  if (records_ == 0) return wrong("there are no records");
  if (!mark_ || mark_met_) return;
  line_number_ = 0;
  if (mark_->number > at_.number)
    wrong("the last record is " + std::to_string(at_.number) + ", the head mark is " +
          std::to_string(mark_->number) + ": the end was cut off");
  else
    wrong("the head mark is record " + std::to_string(mark_->number) +
          ", from before these files: show the older ones, too");
}

}  // namespace mw::audit_log
