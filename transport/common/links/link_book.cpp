// link_book: what a transport counts about its links, by the name of its stanza.
// SPDX-License-Identifier: Apache-2.0
#include "link_book.h"

namespace mw::transports {

namespace {

counter dial_failures(const host& h, errc kind) {
  return h.counter("mw_transport_dial_failures_total", "Dials that gave no link, by reason.",
                   {{"transport", h.name()}, {"reason", to_string(kind)}});
}

counter links_made(const host& h, std::string_view how) {
  return h.counter("mw_transport_links_total", "Links made, by who began them.",
                   {{"transport", h.name()}, {"how", how}});
}

counter refused(const host& h, std::string_view why) {
  return h.counter("mw_transport_refused_total",
                   "Connections of others that were closed at once, by reason.",
                   {{"transport", h.name()}, {"reason", why}});
}

counter bytes(const host& h, std::string_view direction) {
  return h.counter("mw_transport_bytes_total", "Bytes that links have carried.",
                   {{"transport", h.name()}, {"direction", direction}});
}

}  // namespace

link_book::link_book(const host& h)
    : dial_failures_{dial_failures(h, errc::invalid),     dial_failures(h, errc::not_found),
                     dial_failures(h, errc::overloaded),  dial_failures(h, errc::disconnected),
                     dial_failures(h, errc::timed_out),   dial_failures(h, errc::denied),
                     dial_failures(h, errc::unsupported), dial_failures(h, errc::internal)},
      dialled_(links_made(h, "dialled")),
      accepted_(links_made(h, "accepted")),
      too_many_(refused(h, "connections_max")),
      not_admitted_(refused(h, "admission")),
      half_open_(h.counter("mw_transport_half_open_total",
                           "Links that ended because the peer had vanished without a word.",
                           {{"transport", h.name()}})),
      accept_pauses_(h.counter("mw_transport_accept_pauses_total",
                               "Times that connections had to wait because of accept_rate.",
                               {{"transport", h.name()}})),
      bytes_in_(bytes(h, "in")),
      bytes_out_(bytes(h, "out")),
      open_(h.gauge("mw_transport_open_links", "Links open at the moment.",
                    {{"transport", h.name()}})) {}

void link_book::opened(link_origin from) {
  open_.add(1);
  if (from == link_origin::dialled) return dialled_.add();
  accepted_.add();
  ++accepted_open_;
}

void link_book::closed(link_origin from) {
  open_.add(-1);
  if (from == link_origin::accepted) --accepted_open_;
}

void link_book::dial_failed(errc kind) const {
  dial_failures_[(static_cast<std::size_t>(kind) - 1) % kinds].add();
}

}  // namespace mw::transports
