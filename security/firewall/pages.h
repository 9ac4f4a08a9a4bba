// pages: what people see of the firewall, and what they can do.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "guard.h"

#include <memory>
#include <string>
#include <vector>

namespace mw::firewall {

// How many consumers a page lists.
inline constexpr std::size_t consumers_max = 20;

// /firewall: accounts, bans, refusals, who takes most.
[[nodiscard]] std::string status_page(const guard& of, time_point now);
// The last networks of which somebody was refused are in the log; here is what holds now.
[[nodiscard]] admin_response pardon_page(guard& of, const admin_request& asked);
[[nodiscard]] admin_response ban_page(guard& of, const admin_request& asked);

// Both must live as long as the offers. A node may have several: the stanza `firewall` keeps the
// short paths.
[[nodiscard]] std::vector<std::unique_ptr<admin_offer>> offer_pages(host& on, guard& of);

}  // namespace mw::firewall
