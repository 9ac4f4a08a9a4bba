// fake_dns: a name server for tests, told by its admin page what it knows and how it misbehaves.
// SPDX-License-Identifier: Apache-2.0
#include "common/dns/writer.h"

#include <mw/plugin.h>

#include <algorithm>
#include <sstream>

namespace mw::dns {
namespace {

// Lines: `record NAME TTL A|AAAA|SRV|CNAME|SOA DATA…`, `answer fine|nxdomain|servfail|formerr`, and
// switches: silent, truncate, lowercase, forge, garbage, no_edns, silent_stream.
struct script {
  std::vector<record> records;
  code outcome = code::fine;
  std::vector<std::string> switches;

  [[nodiscard]] bool has(std::string_view name) const {
    return std::find(switches.begin(), switches.end(), name) != switches.end();
  }
};

record record_of(std::istringstream& words) {
  record out;
  std::string about;
  std::string what;
  std::string text;
  words >> about >> out.ttl >> what;
  out.about = name::parse(about).value();
  if (what == "SRV") {
    service to;
    words >> to.priority >> to.weight >> to.port >> text;
    to.target = name::parse(text).value();
    out.what = type::srv;
    out.content = to;
  } else if (what == "SOA") {
    authority zone;
    words >> zone.minimum;
    out.what = type::soa;
    out.where = section::authority;
    out.content = zone;
  } else if (what == "CNAME") {
    words >> text;
    out.what = type::cname;
    out.content = name::parse(text).value();
  } else {
    words >> text;
    out.what = what == "A" ? type::a : type::aaaa;
    out.content = parse_address(text);
  }
  return out;
}

script parse(std::string_view text) {
  script out;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string first;
    words >> first;
    if (first == "record") {
      out.records.push_back(record_of(words));
    } else if (first == "answer") {
      std::string kind;
      words >> kind;
      out.outcome = kind == "nxdomain"   ? code::no_such_name
                    : kind == "servfail" ? code::server_failure
                    : kind == "formerr"  ? code::form_error
                                         : code::fine;
    } else if (!first.empty()) {
      out.switches.push_back(first);
    }
  }
  return out;
}

class fake_dns final : public plugin {
 public:
  struct options {
    endpoint listen{.host = "127.0.0.1", .port = 5353};
    void fields(field_visitor& v) { v.field("listen", listen, "Where it answers."); }
  };

  static void describe(manifest& m) { m.about("A name server for tests."); }

  fake_dns(host& node, options opt)
      : node_(node),
        opt_(std::move(opt)),
        page_(node.admin().offer(
            {"/" + std::string(node.name()), "What it knows.", admin_kind::action},
            [this](const admin_request& request, const admin_reply& reply) {
              now_ = parse(request.body);
              reply({.body = std::to_string(asked_)});
            })) {}

  status start() override {
    MW_TRY(socket_, node_.datagrams().open(opt_.listen, {}, [this](const datagram& packet) {
      if (now_.has("garbage")) return void(socket_->send(packet.from, as_bytes("garbage")));
      if (now_.has("forge")) (void)socket_->send(packet.from, as_bytes(answer(packet.bytes, true)));
      const std::string text = answer(packet.bytes, false, now_.has("truncate"));
      if (!now_.has("silent") && !text.empty()) (void)socket_->send(packet.from, as_bytes(text));
    }));
    MW_TRY(listener_, node_.streams().listen(opt_.listen, {}, [this](stream_ptr made) {
      calls_.push_back(std::make_unique<call>(*this, std::move(made)));
    }));
    return {};
  }

 private:
  // One question over a stream.
  struct call final : stream_events {
    call(fake_dns& server, stream_ptr made) : of(server), bytes(std::move(made)) {
      bytes->start(*this);
    }
    void on_data(bytes_view data) override {
      heard += as_text(data);
      if (heard.size() < 2 || heard.size() < 2 + static_cast<std::size_t>(heard[1])) return;
      if (of.now_.has("silent_stream")) return bytes->finish();
      const std::string text = of.answer(as_bytes(std::string_view(heard).substr(2)), false);
      const std::string framed = std::string{static_cast<char>(text.size() >> 8U),
                                             static_cast<char>(text.size() & 0xffU)} +
                                 text;
      // In two pieces: nobody may count on more.
      (void)bytes->write(as_bytes(framed).first(1));
      (void)bytes->write(as_bytes(framed).subspan(1));
    }
    void on_writable() override {}
    void on_end() override { bytes->finish(); }
    void on_closed(const failure&) override {}

    fake_dns& of;
    stream_ptr bytes;
    std::string heard;
  };

  std::string answer(bytes_view packet, bool wrong, bool cut = false) {
    const auto asked = read_message(packet, dialect::unicast, {});
    if (!asked || asked->questions.empty()) return {};
    ++asked_;
    message head;
    head.id = static_cast<std::uint16_t>(asked->id + (wrong ? 1 : 0));
    head.response = true;
    head.truncated = cut;
    head.outcome = now_.outcome;
    writer out(dialect::unicast, 65535);
    const bool edns = std::to_integer<int>(packet[11]) != 0;
    if (edns && now_.has("no_edns")) {
      head.outcome = code::form_error;
      return out.finish(head);
    }
    question about = asked->questions.front();
    if (now_.has("lowercase")) about.about = name::parse(lower(about.about.text())).value();
    (void)out.add(about);
    if (!cut)
      for (const record& one : now_.records) (void)out.add(one);
    return out.finish(head);
  }

  static std::string lower(std::string text) {
    for (char& c : text)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
    return text;
  }

  host& node_;
  const options opt_;
  script now_;
  std::uint64_t asked_ = 0;
  std::vector<std::unique_ptr<call>> calls_;
  datagram_ptr socket_;
  listener_ptr listener_;
  std::unique_ptr<admin_offer> page_;
};

}  // namespace
}  // namespace mw::dns

MW_PLUGIN(mw::dns::fake_dns, "fake.dns", "0.0.0")
