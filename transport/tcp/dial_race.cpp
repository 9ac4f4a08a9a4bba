// dial_race: which address of a name to try when; the first that answers wins.
// SPDX-License-Identifier: Apache-2.0
#include "dial_race.h"

#include <algorithm>

namespace mw::tcp {

namespace {

bool is_v6(std::string_view address) {
  return address.find(':') != std::string_view::npos;
}

}  // namespace

bool is_numeric(std::string_view host) {
  if (is_v6(host)) return true;
  return host.find_first_not_of("0123456789.") == std::string_view::npos;
}

dial_race::dial_race(const std::vector<std::string>& found) {
  std::vector<std::string> first;
  std::vector<std::string> second;
  for (const std::string& one : found)
    (is_v6(one) == is_v6(found.front()) ? first : second).push_back(one);
  const std::size_t longest = std::max(first.size(), second.size());
  for (std::size_t i = 0; i < longest; ++i)
    for (auto* family : {&first, &second})
      if (i < family->size() && addresses_.size() < addresses_max)
        addresses_.push_back(std::move((*family)[i]));
}

std::optional<std::size_t> dial_race::begin(time_point now) {
  if (begun_ == addresses_.size() || now < next_at_) return std::nullopt;
  next_at_ = now + stagger;
  return begun_++;
}

std::optional<time_point> dial_race::next_at() const {
  if (begun_ == addresses_.size()) return std::nullopt;
  return next_at_;
}

void dial_race::failed(std::size_t number, const failure& why) {
  ++failures_;
  if (!first_kind_) first_kind_ = why.kind();
  reasons_ += (reasons_.empty() ? "" : "; ") + why.text();
  if (number + 1 == begun_) next_at_ = {};  // the one before is over: no need to wait for it
}

failure dial_race::verdict(const endpoint& wanted) const {
  const errc kind = first_kind_.value_or(errc::not_found);
  if (addresses_.size() == 1 && addresses_.front() == wanted.host) return {kind, reasons_};
  return {kind, "cannot connect to " + to_string(wanted) + ": " + reasons_};
}

std::string dial_race::tried() const {
  std::string text;
  for (std::size_t i = 0; i < begun_; ++i) text += (i == 0 ? "" : ", ") + addresses_[i];
  return text;
}

}  // namespace mw::tcp
