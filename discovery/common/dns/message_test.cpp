// message_test: packets there and back, and the many ways in which they can be broken.
// SPDX-License-Identifier: Apache-2.0
#include "common/dns/message.h"

#include "common/dns/writer.h"

#include <doctest/doctest.h>

namespace mw::dns {
namespace {

name named(std::string_view text) {
  return name::parse(text).value();
}

result<message> read(const std::string& packet, dialect how = dialect::unicast) {
  return read_message(as_bytes(packet), how, {});
}

std::vector<record> samples() {
  const name host = named("n1.mesh.example");
  return {
      {named("_mw._tcp.mesh.example"), type::srv, class_in, false, 30, section::answer,
       service{1, 10, 7400, host}},
      {host, type::a, class_in, false, 60, section::answer, parse_address("127.0.0.1")},
      {host, type::aaaa, class_in, false, 60, section::answer, parse_address("::1")},
      {named("www.mesh.example"), type::cname, class_in, false, 5, section::answer, host},
      {host, type::txt, class_in, false, 5, section::answer, texts{{"a=b", "", "c"}}},
      {named("mesh.example"), type::soa, class_in, false, 3600, section::authority,
       authority{named("ns.mesh.example"), 7}},
      {host, type::nsec, class_in, false, 60, section::additional,
       existing{host, {type::a, type::aaaa, type::srv}}},
      {host, static_cast<type>(99), class_in, false, 1, section::additional, unparsed{"xyz"}},
  };
}

std::string packet_of(const std::vector<record>& records, dialect how = dialect::unicast) {
  writer out(how, 65535);
  REQUIRE(out.add(question{named("_mw._tcp.mesh.example"), type::srv}));
  for (const record& one : records) REQUIRE(out.add(one));
  message head;
  head.id = 0x1234;
  head.response = head.authoritative = true;
  return out.finish(head);
}

TEST_CASE("all kinds of records go there and back") {
  for (const dialect how : {dialect::unicast, dialect::multicast}) {
    const auto found = read(packet_of(samples(), how), how);
    REQUIRE(found.ok());
    CHECK(found->id == 0x1234);
    CHECK(found->response);
    CHECK(found->authoritative);
    CHECK_FALSE(found->truncated);
    REQUIRE(found->questions.size() == 1);
    CHECK(found->questions[0].about == named("_mw._tcp.mesh.example"));
    const auto wanted = samples();
    REQUIRE(found->records.size() == wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      CAPTURE(i);
      CHECK(found->records[i].about == wanted[i].about);
      CHECK(found->records[i].what == wanted[i].what);
      CHECK(found->records[i].ttl == wanted[i].ttl);
      CHECK(found->records[i].where == wanted[i].where);
      CHECK(found->records[i].content == wanted[i].content);
    }
  }
}

TEST_CASE("names point back to what was written before") {
  const std::string packet = packet_of(samples());
  std::size_t plain = 0;
  for (std::size_t at = packet.find("example"); at != std::string::npos;
       at = packet.find("example", at + 1))
    ++plain;
  CHECK(plain ==
        3);  // once for all, and where pointers are forbidden: the target of a service, NSEC
}

TEST_CASE("multicast uses the top bit of the class") {
  writer out(dialect::multicast, 512);
  CHECK(out.add(question{named("a.local"), type::any, class_in, true}));
  CHECK(out.add({named("a.local"), type::a, class_in, true, 120, section::answer,
                 parse_address("127.0.0.1")}));
  const std::string packet = out.finish({});
  const auto found = read(packet, dialect::multicast);
  REQUIRE(found.ok());
  CHECK(found->questions[0].unicast);
  CHECK(found->questions[0].in == class_in);
  CHECK(found->records[0].flush);
  CHECK(read(packet)->records[0].in == 0x8001);
}

TEST_CASE("a packet that is cut anywhere is refused, never read beyond") {
  const std::string packet = packet_of(samples());
  for (std::size_t size = 0; size < packet.size(); ++size) {
    CAPTURE(size);
    CHECK(read(packet.substr(0, size)).error().kind() == errc::invalid);
  }
}

TEST_CASE("pointers that do not lead back are refused") {
  const std::string head("\0\0\x80\0\0\1\0\0\0\0\0\0", 12);
  const std::string tail("\0\1\0\1", 4);
  CHECK_FALSE(read(head + std::string("\xc0\x0c", 2) + tail).ok());     // to itself
  CHECK_FALSE(read(head + std::string("\xc0\x20", 2) + tail).ok());     // forwards
  CHECK_FALSE(read(head + std::string("\1a\xc0\x0c", 4) + tail).ok());  // a circle
  CHECK_FALSE(read(head + std::string("\x80\x0c", 2) + tail).ok());     // a kind that is reserved
  std::string chain(head);
  chain[5] = 18;  // questions, each a pointer to the one before
  chain += std::string("\1a\0", 3) + tail;
  for (int i = 0; i < 17; ++i) {
    const auto to = static_cast<char>(12 + (i == 0 ? 0 : 7 + 6 * (i - 1)));
    chain += std::string("\xc0", 1) + to + tail;
  }
  CHECK_FALSE(read(chain).ok());  // 17 pointers in a row
  chain[5] = 17;
  chain.resize(chain.size() - 6);
  CHECK(read(chain).ok());
}

TEST_CASE("counts that lie and packets with too much are refused") {
  std::string packet = packet_of({});
  packet[7] = 1;
  CHECK_FALSE(read(packet).ok());
  packet[6] = '\xff';
  CHECK(read(packet).error().text() == "not a DNS packet: it has too many records");
  packet = packet_of({});
  packet[4] = 1;
  CHECK(read(packet).error().text() == "not a DNS packet: it asks too much at once");
}

TEST_CASE("a record that makes no sense is skipped, and the rest is read") {
  auto records = samples();
  records.insert(records.begin(),
                 {named("x"), type::a, class_in, false, 1, section::answer, unparsed{"abc"}});
  records.insert(records.begin(),
                 {named("x"), type::srv, class_in, false, 1, section::answer, unparsed{"abcdef"}});
  records.insert(records.begin(),
                 {named("x"), type::txt, class_in, false, 1, section::answer, unparsed{"\5abc"}});
  records.insert(records.begin(), {named("x"), type::nsec, class_in, false, 1, section::answer,
                                   unparsed{std::string("\0\0\0", 3)}});
  const auto found = read(packet_of(records));
  REQUIRE(found.ok());
  CHECK(found->skipped == 4);
  CHECK(found->records.size() == samples().size());
}

TEST_CASE("what does not fit is left out, and the packet stays whole") {
  writer out(dialect::unicast, 100);
  CHECK(out.add(question{named("_mw._tcp.mesh.example"), type::srv}));
  const std::size_t before = out.size();
  CHECK_FALSE(out.add({named("n1.mesh.example"), type::txt, class_in, false, 1, section::answer,
                       texts{{std::string(200, 'x')}}}));
  CHECK_FALSE(out.add({named("n1.mesh.example"), static_cast<type>(99), class_in, false, 1,
                       section::answer, unparsed{std::string(70'000, 'x')}}));
  CHECK(out.size() == before);
  CHECK(out.add({named("n1.mesh.example"), type::a, class_in, false, 1, section::answer,
                 parse_address("127.0.0.1")}));
  CHECK(out.add_edns(1232));
  const auto found = read(out.finish({}));
  REQUIRE(found.ok());
  CHECK(found->records.size() == 1);
  CHECK(to_string(std::get<address>(found->records[0].content)) == "127.0.0.1");
}

TEST_CASE("times to live beyond 31 bits count as zero") {
  const auto found = read(packet_of({{named("x"), type::a, class_in, false, 0x80000000U,
                                      section::answer, parse_address("127.0.0.1")}}));
  CHECK(found->records[0].ttl == 0);
}

}  // namespace
}  // namespace mw::dns
