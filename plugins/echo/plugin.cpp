// echo: the two services that measuring needs: one that answers, one that only counts.
// SPDX-License-Identifier: Apache-2.0
#include <mw/plugin.h>
#include <mw/rpc.h>

namespace {

// What mw.echo.count answers.
struct echo_counts {
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;
  static constexpr auto fields() {
    return mw::field_list(
        mw::field<&echo_counts::messages>("messages", "Messages that mw.echo.sink has taken."),
        mw::field<&echo_counts::bytes>("bytes", "Their bytes."));
  }
};

class echo final : public mw::plugin {
 public:
  static void describe(mw::manifest& m) {
    m.about("Offers mw.echo, mw.echo.sink and mw.echo.count, for `mw bench` and first tries.")
        .uses<mw::router>("router", "Encodes the counts.")
        .uses<mw::services>("services", "Where the services are offered.")
        .trust(mw::plugin_trust::hostile_peer);
  }

  explicit echo(mw::host& host)
      : router_(host.use<mw::router>("router")),
        home_(host.use<mw::services>("services")),
        echoed_(host.counter("mw_echo_echoed_total", "Requests that mw.echo answered.")),
        sunk_(host.counter("mw_echo_sunk_total", "Messages that mw.echo.sink took.")) {}

  mw::status start() override {
    MW_TRY(echo_, home_.serve("mw.echo", {.streams = false, .waiting_max = 0},
                              [this](const mw::incoming& in) { give_back(in); }));
    MW_TRY(sink_, home_.serve("mw.echo.sink", {.streams = false, .waiting_max = 0},
                              [this](const mw::incoming& in) { swallow(in); }));
    MW_TRY(count_, home_.serve("mw.echo.count", {.streams = false, .waiting_max = 0},
                               [this](const mw::incoming& in) { tell(in); }));
    return {};
  }

 private:
  // The body passes as it came: what it means is the caller's business.
  void give_back(const mw::incoming& in) {
    if (in.what != mw::incoming::kind::request || in.reply.id == 0) return;
    mw::message_out& out = router_.tools().out;
    if (in.body.bytes.size() >= mw::message_out::share_from)
      out.append(in.body.keep());
    else
      out.append(in.body.bytes);
    echoed_.add();
    answer(in, out);
  }

  void swallow(const mw::incoming& in) {
    if (in.what != mw::incoming::kind::request) return;
    sunk_.add();
    ++counts_.messages;
    counts_.bytes += in.body.bytes.size();
    if (in.reply.id != 0) tell(in);
  }

  void tell(const mw::incoming& in) {
    if (in.what != mw::incoming::kind::request || in.reply.id == 0) return;
    const mw::router_tools with = router_.tools();
    if (const mw::status put = mw::encode(with.codec, counts_, with.out); !put)
      return home_.refuse(in.reply, put.error());
    answer(in, with.out);
  }

  void answer(const mw::incoming& in, mw::message_out& out) {
    const mw::status sent = home_.answer(in.reply, out, true, {});
    if (!sent && sent.error().kind() != mw::errc::not_found) home_.refuse(in.reply, sent.error());
  }

  mw::router& router_;
  mw::services& home_;
  echo_counts counts_;
  mw::counter echoed_;
  mw::counter sunk_;
  mw::registration_ptr echo_;  // these last: they withdraw first
  mw::registration_ptr sink_;
  mw::registration_ptr count_;
};

}  // namespace

MW_PLUGIN(echo, "echo", "1.0.0")
