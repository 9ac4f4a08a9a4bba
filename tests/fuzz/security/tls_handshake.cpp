// tls_handshake: any bytes at any moment of a handshake are refused in words, or ignored.
// SPDX-License-Identifier: Apache-2.0
// links: mw_tls_core mw_test_certs
#include "common/x509/test_certs.h"
#include "engine/engine.h"

#include <mw/assert.h>
#include <mw/random.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace {

namespace tls = mw::tls;
namespace x509 = mw::x509;
using mw::as_bytes;
using mw::as_text;
using mw::bytes_view;
using mw::rate;
using mw::time_point;
using mw::wall_time;
using mw::tls::engine;
using mw::tls::side;

class fixed_entropy final : public tls::entropy {
 public:
  void fill(std::span<std::byte> out) override {
    for (std::byte& one : out) one = static_cast<std::byte>(dice_.next() >> 32);
  }

 private:
  mw::random_stream dice_{1};
};

constexpr wall_time now{std::chrono::hours(24) * 20'000};

struct world {
  world() {
    const x509::test_pki pki(now);
    const auto good = pki.node("n1");
    mw::credential_set set;
    set.chain = good.certificates;
    set.key = mw::secret(good.key);
    set.trust = pki.root.certificate;
    tls::settings opt;
    opt.min_version = tls::version_choice::tls12;  // the larger surface
    opt.resumption = true;
    epoch = tls::context::make(*library, set, opt).value();
  }
  fixed_entropy source;
  std::unique_ptr<tls::crypto> library = tls::crypto::make(source).value();
  tls::context_ptr epoch;
};

struct one_end final : tls::output, tls::judge {
  one_end(const world& w, side here) : session(w.epoch, here, *this, rate{16.0 / 60}) {}
  std::size_t take(bytes_view bytes) override {
    out += as_text(bytes);
    MW_ASSERT(out.size() < (1u << 20), "an answer is bounded");
    return bytes.size();
  }
  [[nodiscard]] wall_time now() const override { return ::now; }
  [[nodiscard]] tls::verdict accept(const X509&) override { return {}; }

  std::string out;
  std::string left;
  engine::state state = engine::state::more;
  engine session;

  void hear(std::string_view bytes) {
    left += bytes;
    session.feed(as_bytes(left));
    if (state == engine::state::more) {
      state = session.shake(*this, time_point{std::chrono::seconds(1)});
    } else if (state == engine::state::done) {
      std::array<std::byte, 512> place;
      engine::transfer got{engine::state::data, 0};
      for (int i = 0; i < 200 && got.what == engine::state::data; ++i)
        got = session.read(place, *this, time_point{std::chrono::seconds(1)});
      if (got.what == engine::state::failed) state = engine::state::failed;
    }
    left.erase(0, left.size() - session.input_left().size());
    session.feed({});
    if (state == engine::state::failed)
      MW_ASSERT(session.outcome().text().size() > 10, "a refusal is explained");
  }
};

}  // namespace

// The first byte: who hears the bytes, and after how many true flights; the rest is what it hears.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const world w;
  if (size < 1) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  one_end dialler(w, side::dialler);
  one_end listener(w, side::listener);
  const int flights = data[0] >> 1 & 7;
  dialler.hear({});
  for (int i = 0; i < flights; ++i) {
    one_end& from = i % 2 == 0 ? dialler : listener;
    one_end& to = i % 2 == 0 ? listener : dialler;
    to.hear(std::exchange(from.out, {}));
  }
  one_end& victim = (data[0] & 1) != 0 ? dialler : listener;
  const bool believed = victim.state == engine::state::done;
  victim.hear(bytes.substr(0, bytes.size() / 2));
  victim.hear(bytes.substr(bytes.size() / 2));
  MW_ASSERT(believed || victim.state != engine::state::done, "nobody is believed without a proof");
  return 0;
}
