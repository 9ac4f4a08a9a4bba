// check_target: a server that answers checks well, badly, or not at all.
// SPDX-License-Identifier: Apache-2.0
#include <mw/plugin.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr std::string_view fine = "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nall is ready";
constexpr std::string_view bad = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n";

// SETTINGS, headers ":status: 200", a HealthCheckResponse, trailers "grpc-status: 0".
std::string grpc_answer(char health) {
  using namespace std::string_view_literals;
  std::string out("\0\0\0\4\0\0\0\0\0"sv);
  out += "\0\0\1\1\4\0\0\0\1\x88"sv;
  out += "\0\0\7\0\0\0\0\0\1\0\0\0\0\2\x08"sv;
  out += health;
  out += "\0\0\x0f\1\5\0\0\0\1\0\x0bgrpc-status\1"sv;
  return out + '0';
}

struct settings {
  mw::endpoint listen;
  std::string mode = "ok";
  mw::duration flap{};

  void fields(mw::field_visitor& v) {
    v.field("listen", listen, "Where it answers.", mw::required);
    v.field("mode", mode, "ok, bad, silent, garbage, flood, close, grpc or grpc_bad.");
    v.field("flap", flap, "Is bad for about so long, then ok for three times that. 0s: never.");
  }
};

class check_target final : public mw::plugin {
 public:
  using options = settings;

  static void describe(mw::manifest& m) {
    m.about("Something to check, well or not.").trust(mw::plugin_trust::hostile_peer);
  }

  check_target(mw::host& host, settings opt)
      : host_(host),
        opt_(std::move(opt)),
        asked_(host.counter("mw_check_target_asked_total", "Connections.")),
        well_(host.gauge("mw_check_target_well", "1: it answers well.")),
        page_(host.admin().offer(
            {"/target/" + std::string(host.name()), "Changes the mode.", mw::admin_kind::action},
            [this](const mw::admin_request& request, const mw::admin_reply& reply) {
              become(std::string(request.parameter("mode")));
              reply({});
            })),
        flap_(host.make_timer([this] {
          become(opt_.mode == "ok" ? "bad" : "ok");
          arm();
        })) {}

  mw::status start() override {
    become(opt_.mode);
    arm();
    MW_TRY(listener_, host_.streams().listen(opt_.listen, {}, [this](mw::stream_ptr one) {
      asked_.add();
      if (opt_.mode == "close" || guests_.size() >= 256) return;
      guests_.push_back(std::make_unique<guest>(*this, std::move(one)));
    }));
    return {};
  }

 private:
  class guest final : mw::stream_events {
   public:
    guest(check_target& of, mw::stream_ptr bytes) : of_(of), bytes_(std::move(bytes)) {
      bytes_->start(*this);
    }

   private:
    void on_data(mw::bytes_view) override {
      if (answered_ || of_.opt_.mode == "silent") return;
      answered_ = true;
      const std::string text = of_.answer();
      (void)bytes_->write(mw::as_bytes(text));
      bytes_->finish();
    }
    void on_writable() override {}
    void on_end() override { bytes_->finish(); }
    void on_closed(const mw::failure&) override { of_.gone(*this); }

    check_target& of_;
    bool answered_ = false;
    mw::stream_ptr bytes_;
  };

  std::string answer() const {
    if (opt_.mode == "ok") return std::string(fine);
    if (opt_.mode == "garbage") return std::string("\x00\x01\xff not HTTP\r\n\r\n", 15);
    if (opt_.mode == "flood") return "HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x');
    if (opt_.mode == "grpc") return grpc_answer('\1');
    if (opt_.mode == "grpc_bad") return grpc_answer('\2');
    return std::string(bad);
  }
  void become(std::string mode) {
    opt_.mode = std::move(mode);
    well_.set(opt_.mode == "ok" || opt_.mode == "grpc" ? 1 : 0);
  }
  void arm() {
    if (opt_.flap <= mw::duration::zero()) return;
    const double by = (0.5 + host_.random("flaps").unit()) * (opt_.mode == "ok" ? 3 : 1);
    flap_->arm(
        mw::duration(static_cast<std::int64_t>(static_cast<double>(opt_.flap.count()) * by)));
  }
  void gone(const guest& one) {
    std::erase_if(guests_, [&one](const auto& g) { return g.get() == &one; });
  }

  mw::host& host_;
  settings opt_;
  mw::counter asked_;
  mw::gauge well_;
  std::unique_ptr<mw::admin_offer> page_;
  mw::timer flap_;
  std::vector<std::unique_ptr<guest>> guests_;
  mw::listener_ptr listener_;
};

}  // namespace

MW_PLUGIN(check_target, "check_target", "0.1.0")
