// link_book: what a transport counts about its links, by the name of its stanza.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/host.h>

#include <array>
#include <cstddef>

namespace mw::transports {

enum class link_origin : std::uint8_t { dialled, accepted };

// One per transport; its links refer to it. All transports share the names, apart by the label
// `transport`.
class link_book {
 public:
  explicit link_book(const host& h);

  void opened(link_origin from);
  void closed(link_origin from);
  // A link ended because its peer stopped answering without a word.
  void peer_vanished() const { half_open_.add(); }
  void dial_failed(errc kind) const;
  void refused_too_many() const { too_many_.add(); }
  void refused_by_admission() const { not_admitted_.add(); }
  void accepting_paused() const { accept_pauses_.add(); }
  void received(std::size_t bytes) const { bytes_in_.add(bytes); }
  void sent(std::size_t bytes) const { bytes_out_.add(bytes); }

  // Links at the moment that somebody else began.
  [[nodiscard]] std::size_t accepted_open() const { return accepted_open_; }

 private:
  static constexpr std::size_t kinds = 8;  // of errc, which counts from 1

  std::array<counter, kinds> dial_failures_;
  counter dialled_;
  counter accepted_;
  counter too_many_;
  counter not_admitted_;
  counter half_open_;
  counter accept_pauses_;
  counter bytes_in_;
  counter bytes_out_;
  gauge open_;
  std::size_t accepted_open_ = 0;
};

}  // namespace mw::transports
