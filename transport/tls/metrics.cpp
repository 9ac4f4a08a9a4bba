// metrics: names and labels. Codes and alerts are counted under their names, which are few.
// SPDX-License-Identifier: Apache-2.0
#include "metrics.h"

namespace mw::tls {

namespace {

constexpr std::string_view name_of(side here) {
  return here == side::dialler ? "dialled" : "accepted";
}

counter by_result(const host& h, side here, std::string_view result) {
  return h.counter("mw_tls_handshakes_total", "Handshakes, by who began them and how they ended.",
                   {{"transport", h.name()}, {"how", name_of(here)}, {"result", result}});
}

histogram lasted(const host& h, side here) {
  return h.histogram("mw_tls_handshake_seconds", "From the connection to the end of its handshake.",
                     histogram_unit::seconds, {{"transport", h.name()}, {"how", name_of(here)}});
}

counter plain(const host& h, std::string_view name, std::string_view help) {
  return h.counter(name, help, {{"transport", h.name()}});
}

gauge level(const host& h, std::string_view name, std::string_view help) {
  return h.gauge(name, help, {{"transport", h.name()}});
}

counter bytes(const host& h, std::string_view direction) {
  return h.counter("mw_tls_bytes_total", "Encrypted bytes of live links.",
                   {{"transport", h.name()}, {"direction", direction}});
}

gauge links_of(const host& h, std::string_view epoch) {
  return h.gauge("mw_tls_links", "Live links, by whether they stand on the present credentials.",
                 {{"transport", h.name()}, {"epoch", epoch}});
}

}  // namespace

tls_metrics::tls_metrics(const host& h)
    : host_(h),
      done_{by_result(h, side::dialler, "ok"), by_result(h, side::listener, "ok")},
      failed_{by_result(h, side::dialler, "failed"), by_result(h, side::listener, "failed")},
      seconds_{lasted(h, side::dialler), lasted(h, side::listener)},
      resumed_(plain(h, "mw_tls_resumed_total", "Handshakes that went on from an earlier one.")),
      bytes_in_(bytes(h, "in")),
      bytes_out_(bytes(h, "out")),
      words_dropped_(plain(h, "mw_tls_last_words_dropped_total",
                           "Refusals whose reason was not waited for, because too many were.")),
      rotations_(plain(h, "mw_tls_rotations_total", "Changes of the credentials in use.")),
      rotations_failed_(plain(h, "mw_tls_rotations_failed_total",
                              "New credentials that could not be used; the old ones stay.")),
      waits_(plain(h, "mw_tls_handshake_waits_total",
                   "Steps of handshakes that waited for a later turn, see handshake_steps.")),
      cold_(plain(h, "mw_tls_cold_turns_total",
                  "Turns of links that gave their buffers back at once, because 64 others kept "
                  "theirs.")),
      links_current_(links_of(h, "current")),
      links_older_(links_of(h, "older")),
      under_way_(level(h, "mw_tls_handshakes_under_way", "Handshakes that have not ended yet.")),
      waiting_(
          level(h, "mw_tls_handshakes_waiting", "Handshakes whose next step waits for its turn.")),
      epoch_(level(h, "mw_tls_credentials_epoch", "The credential set in use.")),
      ends_(level(h, "mw_tls_certificate_end_seconds",
                  "When this node's certificate ends, in seconds since 1970.")) {}

void tls_metrics::count_code(const verdict& why) const {
  host_
      .counter("mw_tls_refusals_total", "Links refused or ended, by code.",
               {{"transport", host_.name()}, {"code", why.code()}})
      .add();
}

void tls_metrics::count_alert(const verdict& why) const {
  if (why.alert < 0) return;
  const bool theirs = why.why == refusal::refused_by_peer || why.why == refusal::peer_alert;
  host_
      .counter("mw_tls_alerts_total", "Fatal alerts of the protocol, by name.",
               {{"transport", host_.name()},
                {"direction", theirs ? "in" : "out"},
                {"name", alert_of(why.alert).name}})
      .add();
}

void tls_metrics::handshake_done(const engine& who, duration lasted) const {
  const auto at = static_cast<std::size_t>(who.here());
  done_[at].add();
  seconds_[at].record(lasted);
  if (who.resumed()) resumed_.add();
}

void tls_metrics::handshake_failed(side here, const verdict& why) const {
  failed_[static_cast<std::size_t>(here)].add();
  count_code(why);
  count_alert(why);
}

void tls_metrics::link_ended(const verdict& why) const {
  count_code(why);
  count_alert(why);
}

void tls_metrics::links(std::size_t current, std::size_t older) const {
  links_current_.set(static_cast<double>(current));
  links_older_.set(static_cast<double>(older));
}

void tls_metrics::handshakes(std::size_t under_way, std::size_t waiting) const {
  under_way_.set(static_cast<double>(under_way));
  waiting_.set(static_cast<double>(waiting));
}

void tls_metrics::rotated(std::uint64_t epoch, wall_time end) const {
  rotations_.add();
  epoch_.set(static_cast<double>(epoch));
  ends_.set(std::chrono::duration<double>(end.since_epoch).count());
}

}  // namespace mw::tls
