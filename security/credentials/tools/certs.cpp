// certs: the usage text and which command a word means.
// SPDX-License-Identifier: Apache-2.0
#include "certs.h"

#include "commands.h"

#include <algorithm>
#include <array>

namespace mw::creds {
namespace {

constexpr std::string_view usage = R"(usage: mw certs COMMAND [flags]

A development authority, pairs for nodes, and what one does with certificates.

  make     --dir DIR --domain NAME [--node ID]... [--key p256|p384|ed25519|rsa]
           [--dns NAME]... [--ip ADDRESS]... [--days N] [--ca-days N] [--force]
           Makes ca.pem and ca.key if there are none, and ID.pem, ID.key for
           spiffe://NAME/node/ID. Days: 30 for nodes, 3650 for the authority.
           Pairs that are there are kept unless --force is given.
  inspect  FILE...
           Shows certificates, revocation lists and deny lists. Never a key.
  check    --cert FILE --key FILE --ca FILE [--crl FILE] [--identity URI]
           [--domain NAME]... [--node-id PATTERN]... [--web]
           Says what a node would say to this set, and its peers to the leaf:
           each problem with its code and remedy. Exit 1 when there is one.
           --identity: the URI of the set it replaces. --domain, --node-id: as
           trust_domains and node_ids of the peers; by default its own domain
           and /node/{id}. --web: for people and browsers, not for the mesh.
  revoke   --dir DIR [--node ID]... [--serial HEX]... [--none] [--days N]
           Adds certificates to DIR/crl.pem and signs it. --none: only a new
           list. Days until the next list has to come: 30.
  rotate   --dir DIR --node ID [--stanza NAME] [--days N] [--key KIND]
           Replaces the pair of a running node, lets it reload, and waits until
           its page shows the new certificate; else brings the old pair back.
           The stanza of security.credentials in its YAML is certs by default.
  rotate   --dir DIR --ca add|use|drop [--stanza NAME]
           A new authority in three steps: trust it beside the old one, issue
           from it (then `--node` for each), trust it alone.
  deny     --dir DIR [--serial HEX]... [--cert FILE]... [--key-hash SHA256]...
           [--id spiffe://DOMAIN/PATH]... [--reason TEXT] [--days N] [--remove]
           [--file FILE] [--sign-key KEY]
           Puts entries on the signed deny list (or off it). --cert denies the
           key of a certificate. Without --days the list never expires.
  deny     --dir DIR --verify [--file FILE] [--ca FILE]
           Verifies the list against the authorities. Exit 1 when it is not good.

example:
  mw certs make --dir certs --domain mesh.test --node n1 --node n2 --node n3
  mw certs check --cert certs/n1.pem --key certs/n1.key --ca certs/ca.pem
)";

constexpr auto alone = flag_kind::alone;
constexpr auto values = flag_kind::values;

constexpr auto make_flags = std::to_array<flag_rule>(
    {flag_rule{"--dir"}, flag_rule{"--domain"}, flag_rule{"--node", values}, flag_rule{"--key"},
     flag_rule{"--dns", values}, flag_rule{"--ip", values}, flag_rule{"--days"},
     flag_rule{"--ca-days"}, flag_rule{"--force", alone}});
constexpr auto check_flags = std::to_array<flag_rule>(
    {flag_rule{"--cert"}, flag_rule{"--key"}, flag_rule{"--ca"}, flag_rule{"--crl"},
     flag_rule{"--identity"}, flag_rule{"--domain", values}, flag_rule{"--node-id", values},
     flag_rule{"--web", alone}});
constexpr auto revoke_flags = std::to_array<flag_rule>(
    {flag_rule{"--dir"}, flag_rule{"--node", values}, flag_rule{"--serial", values},
     flag_rule{"--none", alone}, flag_rule{"--days"}});
constexpr auto rotate_flags =
    std::to_array<flag_rule>({flag_rule{"--dir"}, flag_rule{"--node"}, flag_rule{"--ca"},
                              flag_rule{"--days"}, flag_rule{"--key"}, flag_rule{"--stanza"}});
constexpr auto deny_flags = std::to_array<flag_rule>(
    {flag_rule{"--dir"}, flag_rule{"--file"}, flag_rule{"--sign-key"},
     flag_rule{"--serial", values}, flag_rule{"--key-hash", values}, flag_rule{"--cert", values},
     flag_rule{"--id", values}, flag_rule{"--reason"}, flag_rule{"--days"},
     flag_rule{"--remove", alone}, flag_rule{"--verify", alone}, flag_rule{"--ca"}});

int run_check(const words& given, tool_io& io) {
  const auto good = certs_check(given, io);
  if (!good) return end_with(good.error(), io);
  return *good ? 0 : 1;
}
template <status (*Command)(const words&, tool_io&)>
int run_command(const words& given, tool_io& io) {
  return end_with(Command(given, io), io);
}

struct command {
  std::string_view name;
  std::span<const flag_rule> flags;
  int (*run)(const words& given, tool_io& io);
};
constexpr auto commands =
    std::to_array<command>({command{"make", make_flags, &run_command<&certs_make>},
                            command{"inspect", {}, &run_command<&certs_inspect>},
                            command{"check", check_flags, &run_check},
                            command{"revoke", revoke_flags, &run_command<&certs_revoke>},
                            command{"rotate", rotate_flags, &run_command<&certs_rotate>},
                            command{"deny", deny_flags, &run_command<&certs_deny>}});

int run(std::span<const std::string_view> arguments, tool_io& io) {
  const std::string_view word = arguments.empty() ? std::string_view() : arguments.front();
  const auto found = std::find_if(commands.begin(), commands.end(),
                                  [word](const command& one) { return one.name == word; });
  if (found == commands.end())
    return end_with(failure(errc::invalid,
                            "a command was expected: make, inspect, check, revoke, "
                            "rotate or deny"),
                    io);
  const auto given = words::parse(arguments.subspan(1), found->flags);
  if (!given) return end_with(given.error(), io);
  return found->run(*given, io);
}

constexpr auto all = std::to_array<tool>(
    {tool{"certs", "make, show, check, revoke and rotate certificates", usage, &run}});

}  // namespace

std::span<const tool> certs_tools() {
  return all;
}

}  // namespace mw::creds
