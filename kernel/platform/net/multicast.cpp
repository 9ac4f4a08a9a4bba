// multicast: joining and leaving groups on the interface that has a given address.
// SPDX-License-Identifier: Apache-2.0
#include "multicast.h"

#include "socket_address.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>

namespace mw::kernel {

namespace {

// The index of the interface with address `host`; 0 when there is none.
unsigned interface_with(const std::string& host) {
  ifaddrs* all = nullptr;
  if (::getifaddrs(&all) != 0) return 0;
  unsigned index = 0;
  for (const ifaddrs* one = all; one != nullptr && index == 0; one = one->ifa_next) {
    const int family = one->ifa_addr != nullptr ? one->ifa_addr->sa_family : AF_UNSPEC;
    if (family != AF_INET && family != AF_INET6) continue;
    socket_address address;
    address.size = family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
    std::copy_n(reinterpret_cast<const std::byte*>(one->ifa_addr), address.size,
                reinterpret_cast<std::byte*>(&address.storage));
    if (to_endpoint(address).host == host) index = if_nametoindex(one->ifa_name);
  }
  ::freeifaddrs(all);
  return index;
}

// `on`: also the sender's address from then on; by itself the system never takes 127.0.0.1.
int change_v4(int fd, const socket_address& group, const membership& change, unsigned index) {
  const bool wanted = change.wanted;
  ip_mreqn request{};
  if (const auto on = to_address({change.on, 0, false}, {}); on && on->family() == AF_INET)
    request.imr_address = reinterpret_cast<const sockaddr_in*>(&on->storage)->sin_addr;
  request.imr_multiaddr = reinterpret_cast<const sockaddr_in*>(&group.storage)->sin_addr;
  request.imr_ifindex = static_cast<int>(index);
  if (wanted && index != 0)
    (void)setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &request, sizeof request);
  return setsockopt(fd, IPPROTO_IP, wanted ? IP_ADD_MEMBERSHIP : IP_DROP_MEMBERSHIP, &request,
                    sizeof request);
}

int change_v6(int fd, const socket_address& group, unsigned index, bool wanted) {
  ipv6_mreq request{};
  request.ipv6mr_multiaddr = reinterpret_cast<const sockaddr_in6*>(&group.storage)->sin6_addr;
  request.ipv6mr_interface = index;
  if (wanted && index != 0)
    (void)setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, &index, sizeof index);
  return setsockopt(fd, IPPROTO_IPV6, wanted ? IPV6_ADD_MEMBERSHIP : IPV6_DROP_MEMBERSHIP, &request,
                    sizeof request);
}

}  // namespace

status change_membership(int fd, const membership& change) {
  const std::string doing = (change.wanted ? "joining " : "leaving ") + change.group;
  MW_TRY(const socket_address group, to_address({change.group, 0, false}, {}));
  const unsigned index = change.on.empty() ? 0 : interface_with(change.on);
  if (!change.on.empty() && index == 0)
    return {errc::invalid, doing + ": no interface has the address " + change.on};
  const int code = group.family() == AF_INET ? change_v4(fd, group, change, index)
                                             : change_v6(fd, group, index, change.wanted);
  if (code != 0) return os_failure(errc::invalid, doing, errno);
  return {};
}

}  // namespace mw::kernel
