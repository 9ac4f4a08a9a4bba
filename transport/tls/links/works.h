// works: what all links and handshakes of the stanza share.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "links/last_words.h"
#include "metrics.h"
#include "settings.h"

#include <mw/authn.h>
#include <mw/credentials.h>
#include <mw/host.h>

#include <array>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace mw::tls {

class secure_stream;

// A plaintext record in the making; taken by a link while something waits, given back at once.
using record_buffer = std::unique_ptr<std::array<std::byte, 16 * 1024>>;

// DER of certificates, the leaf first.
using shown_certificate =
    std::shared_ptr<const std::string>;  // shared: many peers, few authorities
using shown_chain = std::vector<shown_certificate>;

// All streams that are to be called for one reason; streams take themselves off when they go.
class stream_list {
 public:
  void add(secure_stream& one) { all_.push_back(&one); }
  void remove(secure_stream& gone);
  [[nodiscard]] bool empty() const { return all_.empty(); }
  // Calls `visit` with each that was in the list at the beginning and still lives.
  template <class Visit>
  void take_all(Visit visit) {
    visiting_.swap(all_);
    for (std::size_t i = 0; i < visiting_.size(); ++i)
      if (secure_stream* const one = visiting_[i]) visit(*one);
    visiting_.clear();
  }

 private:
  std::vector<secure_stream*> all_;
  std::vector<secure_stream*> visiting_;
};

class works {
 public:
  works(host& h, const crypto& library, const settings& opt, authn* names);
  works(const works&) = delete;
  works& operator=(const works&) = delete;

  // Encrypts and sends what the stream has gathered, at the end of this turn.
  void flush_at_turn_end(secure_stream& one);
  // Calls the stream in a later turn.
  void wake(secure_stream& one);
  void forget(secure_stream& gone);
  // True: its buffers of records stay until cooled(), a second or two after its last turn. False:
  // as many others keep theirs as may; back with them at once.
  [[nodiscard]] bool keep_warm(secure_stream& one);

  [[nodiscard]] record_buffer take_record();
  void give_record(record_buffer used);
  // Where decrypted bytes are gathered; valid until the next call of this.
  [[nodiscard]] std::span<std::byte> plaintext() {
    return {plaintext_->data(), plaintext_->size()};
  }

  // Takes what a peer has shown; what is behind the leaf is kept once for all peers.
  [[nodiscard]] shown_chain keep_chain(std::vector<std::string> shown);

  // The newest ticket of a peer is kept, and used once.
  void keep_ticket(const std::string& peer, session_ptr ticket);
  [[nodiscard]] session_ptr take_ticket(const std::string& peer);
  void forget_tickets() { tickets_.clear(); }

  [[nodiscard]] const crypto& library() const { return library_; }

  mw::host& node;
  const settings& opt;
  authn* const names;  // null: any verified peer is accepted
  const tls_metrics metrics;
  context_ptr epoch;  // null until there are credentials
  resting place;      // of connections that are made
  last_words farewells;
  // Live links, in no order.
  std::vector<secure_stream*> links;

 private:
  void cool();

  static constexpr std::size_t tickets_max = 256;
  static constexpr std::size_t spare_records = 64;
  static constexpr std::size_t warm_max = 64;         // 33 KiB each
  static constexpr std::size_t authorities_max = 64;  // beyond, copies are kept

  const crypto& library_;
  stream_list to_flush_;
  stream_list to_wake_;
  std::vector<secure_stream*> warm_;
  std::vector<record_buffer> records_;
  std::vector<std::weak_ptr<const std::string>> authorities_;
  std::unique_ptr<std::array<std::byte, 128 * 1024>> plaintext_;
  std::map<std::string, session_ptr> tickets_;
  timer cooling_;
  timer next_turn_;  // last: it dies first
};

}  // namespace mw::tls
