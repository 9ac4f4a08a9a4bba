// context: wiring, and the cached date.
// SPDX-License-Identifier: Apache-2.0
#include "context.h"

#include "wire/response.h"

#include <utility>

namespace mw::http {

context::context(mw::host& h, const settings& chosen, admin_directory& endpoints,
                 identity_source& who, connection_owner& server)
    : host(h),
      options(chosen),
      limits(chosen.limits()),
      access(chosen.listen, chosen.hosts, chosen.origins),
      metrics(h),
      directory(endpoints),
      identity(who),
      owner(server) {}

const std::string& context::date() {
  const wall_time now = host.wall_now();
  const duration second = std::chrono::floor<std::chrono::seconds>(now.since_epoch);
  if (second != date_second_) {
    date_second_ = second;
    date_ = http_date(now);
  }
  return date_;
}

void context::note_knocks() {
  const knock_count now = identity.knocks();
  metrics.watched(now.addresses, now.forgotten - std::exchange(forgotten_, now.forgotten));
}

}  // namespace mw::http
